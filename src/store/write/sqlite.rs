//! Writing a batch on SQLite: a row a statement, each prepared once for the connection's life.
//! No rules; the statements are the connection's, so nothing here builds text from values.

use std::marker::PhantomData;

use diesel::{
    backend::Backend,
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    upsert::excluded,
};

use super::{super::schema::*, Batch, VoucherRow};

/// A statement of which every instance has the same text. Diesel cannot know that of an update
/// or an upsert, and would prepare each one anew.
struct Fixed<Name, Query>(Query, PhantomData<Name>);

impl<Name: 'static, Query> QueryId for Fixed<Name, Query> {
    type QueryId = Name;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<DB: Backend, Name, Query: QueryFragment<DB>> QueryFragment<DB> for Fixed<Name, Query> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Name, Query, Conn> RunQueryDsl<Conn> for Fixed<Name, Query> {}

/// Names a statement: one use of this macro, one text.
macro_rules! fixed {
    ($query:expr) => {{
        struct Name;
        Fixed($query, PhantomData::<Name>)
    }};
}

pub(super) fn write(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    for row in &batch.events {
        diesel::insert_into(event::table).values(row).execute(conn)?;
    }
    for row in &batch.postings {
        diesel::insert_into(posting::table).values(row).execute(conn)?;
    }
    for row in &batch.new_vouchers {
        diesel::insert_into(voucher::table).values(row).execute(conn)?;
    }
    for row in &batch.old_vouchers {
        update_voucher(conn, row)?;
    }
    for row in &batch.redemptions {
        diesel::insert_into(redemption::table).values(row).execute(conn)?;
    }
    for key in &batch.freed {
        diesel::delete(workshop::table.find(*key)).execute(conn)?;
    }
    for row in &batch.taken {
        diesel::insert_into(workshop::table).values(row).execute(conn)?;
    }
    accounts(conn, batch)?;
    usage(conn, batch)?;
    for row in &batch.requests {
        diesel::insert_into(request::table).values(row).execute(conn)?;
    }
    for row in &batch.head {
        fixed!(diesel::update(head::table.find(1)).set(row)).execute(conn)?;
    }
    Ok(())
}

/// What a voucher was issued with never changes.
fn update_voucher(conn: &mut SqliteConnection, row: &VoucherRow) -> QueryResult<usize> {
    let set = (
        voucher::first_day.eq(row.first_day),
        voucher::last_day.eq(row.last_day),
        voucher::standing.eq(&row.standing),
        voucher::life.eq(&row.life),
        voucher::money.eq(&row.money),
        voucher::free.eq(&row.free),
        voucher::uses.eq(&row.uses),
        voucher::successor.eq(row.successor),
    );
    fixed!(diesel::update(voucher::table.find(row.number)).set(set)).execute(conn)
}

fn accounts(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    for row in &batch.accounts {
        let upsert = diesel::insert_into(account::table)
            .values(row)
            .on_conflict(account::id)
            .do_update()
            .set((
                account::debit_cents.eq(excluded(account::debit_cents)),
                account::credit_cents.eq(excluded(account::credit_cents)),
            ));
        fixed!(upsert).execute(conn)?;
    }
    for row in &batch.account_days {
        let upsert = diesel::insert_into(account_day::table)
            .values(row)
            .on_conflict((account_day::account, account_day::day))
            .do_update()
            .set((
                account_day::debit_cents.eq(excluded(account_day::debit_cents)),
                account_day::credit_cents.eq(excluded(account_day::credit_cents)),
            ));
        fixed!(upsert).execute(conn)?;
    }
    Ok(())
}

fn usage(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    use usage_day as u;
    macro_rules! sums {
        ($($figure:ident),+) => { ($(u::$figure.eq(u::$figure + excluded(u::$figure))),+) };
    }
    for row in &batch.usage {
        let upsert = diesel::insert_into(u::table)
            .values(row)
            .on_conflict((
                u::day,
                u::programme,
                u::issuer,
                u::venue,
                u::territory,
                u::service,
                u::funder,
            ))
            .do_update()
            .set(sums!(
                stocked,
                handed_over,
                workshops_issued,
                started,
                redemptions,
                workshops_used,
                exhausted,
                expired,
                workshops_expired,
                cancelled,
                workshops_cancelled,
                replaced,
                reversals,
                committed_cents,
                earned_cents,
                given_back_cents
            ));
        fixed!(upsert).execute(conn)?;
    }
    Ok(())
}
