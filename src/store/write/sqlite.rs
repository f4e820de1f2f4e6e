//! Writing a batch on SQLite: a row a statement, each prepared once for the connection's life.
//! No rules; no text is built from values.

use std::{marker::PhantomData, sync::LazyLock};

use diesel::{
    prelude::*,
    query_builder::{AstPass, QueryFragment, QueryId},
    sql_types::{BigInt, Binary, Nullable, Text},
    sqlite::Sqlite,
};

use super::{super::schema::*, Batch, PostingRow, VoucherRow};
use crate::domain::usage::{Figures, with_figures};

/// A value that a statement is executed with.
trait Bound {
    fn bind<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()>;
}

macro_rules! bound {
    ($($rust:ty as $sql:ty),+) => {$(
        impl Bound for $rust {
            fn bind<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                out.push_bind_param::<$sql, _>(self)
            }
        }
    )+};
}

bound!(i64 as BigInt, Option<i64> as Nullable<BigInt>, String as Text, Vec<u8> as Binary);

/// An update or an upsert. Diesel's own are prepared anew each time, since it cannot know that
/// their text is always the same; here `Name` says so.
struct Fixed<'a, Name> {
    text: &'static str,
    values: Vec<&'a dyn Bound>,
    name: PhantomData<Name>,
}

impl<Name: 'static> QueryId for Fixed<'_, Name> {
    type QueryId = Name;
}

impl<Name> QueryFragment<Sqlite> for Fixed<'_, Name> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        // Diesel writes a value's `?` itself.
        let mut text = self.text.split('?');
        out.push_sql(text.next().unwrap_or_default());
        for (value, after) in self.values.iter().zip(text) {
            value.bind(out.reborrow())?;
            out.push_sql(after);
        }
        Ok(())
    }
}

impl<Name> RunQueryDsl<SqliteConnection> for Fixed<'_, Name> {}

/// Executes a fixed text for fields of a row: one use of this macro, one text.
macro_rules! fixed {
    ($conn:expr, $text:expr, $row:expr, [$($field:ident),+]) => {{
        struct Name;
        let values: Vec<&dyn Bound> = vec![$(&$row.$field),+];
        Fixed { text: $text, values, name: PhantomData::<Name> }.execute($conn)?
    }};
}

pub(super) fn write(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    for row in &batch.events {
        diesel::insert_into(event::table).values(row).execute(conn)?;
    }
    postings(conn, batch)?;
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
        fixed!(
            conn,
            "UPDATE head SET seq = ?, hash = ?, account = ?, funder = ?, issuer = ?, \
             organisation = ?, venue = ?, person = ?, programme = ?, voucher = ? WHERE id = ?",
            row,
            [
                seq,
                hash,
                account,
                funder,
                issuer,
                organisation,
                venue,
                person,
                programme,
                voucher,
                id
            ]
        );
    }
    Ok(())
}

struct FourPostings;

/// There are more postings than anything else: four a statement.
fn postings(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    let (fours, rest) = batch.postings.as_chunks::<4>();
    for rows in fours {
        let values = rows.iter().flat_map(|row| -> [&dyn Bound; 6] {
            let PostingRow { event, line, account, amount_cents, debit_after, credit_after } = row;
            [event, line, account, amount_cents, debit_after, credit_after]
        });
        let text = "INSERT INTO posting (event, line, account, amount_cents, debit_after, \
             credit_after) VALUES (?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?), \
             (?, ?, ?, ?, ?, ?)";
        let values = values.collect();
        Fixed { text, values, name: PhantomData::<FourPostings> }.execute(conn)?;
    }
    for row in rest {
        diesel::insert_into(posting::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// What a voucher was issued with never changes, and a redemption moves no column of an index:
/// naming one would rewrite the index's page even where its value stays.
fn update_voucher(conn: &mut SqliteConnection, row: &VoucherRow) -> QueryResult<()> {
    let used = fixed!(
        conn,
        "UPDATE voucher SET first_day = ?, life = ?, free = ?, uses = ?, successor = ? \
         WHERE number = ? AND last_day = ? AND standing = ? AND money = ?",
        row,
        [first_day, life, free, uses, successor, number, last_day, standing, money]
    );
    if used == 1 {
        return Ok(());
    }
    fixed!(
        conn,
        "UPDATE voucher SET version = ?, first_day = ?, last_day = ?, standing = ?, life = ?, \
         money = ?, free = ?, uses = ?, successor = ? WHERE number = ?",
        row,
        [version, first_day, last_day, standing, life, money, free, uses, successor, number]
    );
    Ok(())
}

fn accounts(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    for row in &batch.accounts {
        // Nearly all are there: an upsert would look into the unique index each time.
        let there = fixed!(
            conn,
            "UPDATE account SET debit_cents = ?, credit_cents = ? WHERE id = ?",
            row,
            [debit_cents, credit_cents, id]
        );
        if there == 0 {
            diesel::insert_into(account::table).values(row).execute(conn)?;
        }
    }
    for row in &batch.account_days {
        fixed!(
            conn,
            "INSERT INTO account_day (account, day, debit_cents, credit_cents) \
             VALUES (?, ?, ?, ?) ON CONFLICT (account, day) DO \
             UPDATE SET debit_cents = excluded.debit_cents, credit_cents = excluded.credit_cents",
            row,
            [account, day, debit_cents, credit_cents]
        );
    }
    Ok(())
}

static ADD_USAGE: LazyLock<String> = LazyLock::new(|| {
    const KEY: &str = "day, programme, issuer, venue, territory, service, funder";
    let names = Figures::NAMES.join(", ");
    let places = vec!["?"; 7 + Figures::NAMES.len()].join(", ");
    let sum = |name: &&str| format!("{name} = {name} + excluded.{name}");
    let sums = Figures::NAMES.iter().map(sum).collect::<Vec<_>>().join(", ");
    format!(
        "INSERT INTO usage_day ({KEY}, {names}) VALUES ({places}) \
         ON CONFLICT ({KEY}) DO UPDATE SET {sums}"
    )
});

fn usage(conn: &mut SqliteConnection, batch: &Batch) -> QueryResult<()> {
    for row in &batch.usage {
        macro_rules! add {
            ($($(#[$doc:meta])* $name:ident,)+) => {
                fixed!(
                    conn,
                    ADD_USAGE.as_str(),
                    row,
                    [day, programme, issuer, venue, territory, service, funder, $($name),+]
                )
            };
        }
        with_figures!(add);
    }
    Ok(())
}
