//! Writing the effects of a batch, within the transaction that its world was loaded in.
//! No rules and no commit: `writer.rs` commits.

use std::collections::BTreeSet;

use diesel::{prelude::*, sql_query, sql_types::BigInt, upsert::excluded};

use super::{
    connection::{Conn, on_either},
    keys,
    load::Failure,
    rows::*,
    schema::*,
};
use crate::domain::{
    command::Command,
    usage::Figures,
    world::{Effects, World},
};

/// Rows that one PostgreSQL statement carries: its limit is 65,535 bound values.
#[cfg(feature = "postgres")]
const ROWS_A_STATEMENT: usize = 1_000;

/// Inserts rows: one cached statement a row on SQLite, one for many on PostgreSQL.
macro_rules! insert {
    ($conn:expr, $table:ident, $rows:expr) => {{
        let rows = $rows;
        match $conn {
            Conn::Sqlite(conn) => {
                for row in &rows {
                    diesel::insert_into($table::table).values(row).execute(conn)?;
                }
            }
            #[cfg(feature = "postgres")]
            Conn::Pg(conn) => {
                for rows in rows.chunks(ROWS_A_STATEMENT) {
                    diesel::insert_into($table::table).values(rows).execute(conn)?;
                }
            }
        }
    }};
}

/// Inserts rows or, where the key is there, sets the named columns.
macro_rules! upsert {
    ($conn:expr, $table:ident, $key:expr, [$($column:ident),+], $rows:expr) => {{
        let rows = $rows;
        match $conn {
            Conn::Sqlite(conn) => {
                for row in &rows {
                    diesel::insert_into($table::table)
                        .values(row)
                        .on_conflict($key)
                        .do_update()
                        .set(($($table::$column.eq(excluded($table::$column))),+))
                        .execute(conn)?;
                }
            }
            #[cfg(feature = "postgres")]
            Conn::Pg(conn) => {
                for rows in rows.chunks(ROWS_A_STATEMENT) {
                    diesel::insert_into($table::table)
                        .values(rows)
                        .on_conflict($key)
                        .do_update()
                        .set(($($table::$column.eq(excluded($table::$column))),+))
                        .execute(conn)?;
                }
            }
        }
    }};
}

/// Writes everything that a batch changed.
pub(super) fn effects(
    conn: &mut Conn,
    world: &World,
    effects: &Effects,
    commands: &[Command],
) -> Result<(), Failure> {
    registry(conn, world, effects)?;
    keys::write(conn, world, effects)?;
    journal(conn, effects)?;
    vouchers(conn, world, effects)?;
    accounts(conn, world, effects)?;
    usage(conn, effects)?;
    requests(conn, effects, commands)?;
    if effects.events.is_empty() {
        return Ok(());
    }
    let head = HeadRow::of(&world.head);
    on_either!(conn, conn => diesel::update(head::table.find(1)).set(&head).execute(conn)?);
    Ok(())
}

fn registry(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let (created, changed) = (&effects.created, &effects.changed);
    let funders = created.funders.union(&changed.funders).filter_map(|id| world.funders.get(id));
    upsert!(conn, funder, funder::id, [name], funders.map(FunderRow::of).collect::<Vec<_>>());
    let issuers = created.issuers.union(&changed.issuers);
    let issuers = issuers.filter_map(|id| world.issuers.get(id)).map(IssuerRow::of);
    upsert!(conn, issuer, issuer::id, [suspended, name], issuers.collect::<Vec<_>>());
    let rows = created.organisations.union(&changed.organisations);
    let rows = rows.filter_map(|id| world.organisations.get(id)).map(OrganisationRow::of);
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    upsert!(conn, organisation, organisation::id, [name, siret, approval, approvals], rows);
    let rows = created.venues.union(&changed.venues);
    let rows = rows.filter_map(|id| world.venues.get(id)).map(VenueRow::of);
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    upsert!(
        conn,
        venue,
        venue::id,
        [name, address, postcode, commune, territory, active, openings],
        rows
    );
    let rows = effects.venue_details.iter().map(|(id, details)| VenueDetailRow {
        venue: id.0,
        record: details.record.clone(),
        latitude_microdegrees: details.position.map(|at| at.latitude_microdegrees.into()),
        longitude_microdegrees: details.position.map(|at| at.longitude_microdegrees.into()),
    });
    upsert!(
        conn,
        venue_detail,
        venue_detail::venue,
        [record, latitude_microdegrees, longitude_microdegrees],
        rows.collect::<Vec<_>>()
    );
    let rows = created.users.union(&changed.users).filter_map(|id| world.users.get(id));
    let rows = rows.map(PersonRow::of).collect::<Vec<_>>();
    upsert!(
        conn,
        person,
        person::id,
        [name, role, password_hash, revoked, raised_day, raised_to],
        rows
    );
    let rows = created.programmes.union(&changed.programmes);
    let rows = rows.filter_map(|id| world.programmes.get(id)).map(ProgrammeRow::of);
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    upsert!(
        conn,
        programme,
        programme::id,
        [name, version, terms, next_number, next_ordinal, closed],
        rows
    );
    let rows = created.admitted.iter();
    let rows =
        rows.map(|(programme, venue)| AdmissionRow { programme: programme.0, venue: venue.0 });
    insert!(conn, admission, rows.collect::<Vec<_>>());
    let rows = changed.allocations.iter().filter_map(|key| {
        world.allocations.get(key).map(|row| AllocationRow {
            programme: key.0.0,
            issuer: key.1.0,
            granted: row.granted,
            taken: row.taken,
        })
    });
    let key = (allocation::programme, allocation::issuer);
    upsert!(conn, allocation, key, [granted, taken], rows.collect::<Vec<_>>());
    Ok(())
}

fn journal(conn: &mut Conn, effects: &Effects) -> Result<(), Failure> {
    let rows = effects.events.iter().map(EventRow::of).collect::<Result<Vec<_>, _>>()?;
    insert!(conn, event, rows);
    let mut rows = Vec::new();
    for recorded in &effects.events {
        for (line, posting) in (0..).zip(&recorded.postings) {
            rows.push(PostingRow::of(recorded.event.seq, line, posting));
        }
    }
    insert!(conn, posting, rows);
    Ok(())
}

fn vouchers(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let row = |id| {
        let draft = effects.drafts.get(id);
        world.vouchers.get(id).map(|voucher| VoucherRow::of(voucher, draft))
    };
    let created = &effects.created.vouchers;
    let rows = created.iter().filter_map(row).collect::<Result<Vec<_>, _>>()?;
    insert!(conn, voucher, rows);
    let old = effects.changed.vouchers.difference(created);
    for row in old.filter_map(row) {
        let row = row?;
        // What a voucher was issued with never changes.
        let set = (
            voucher::first_day.eq(row.first_day),
            voucher::last_day.eq(row.last_day),
            voucher::standing.eq(row.standing),
            voucher::life.eq(row.life),
            voucher::money.eq(row.money),
            voucher::free.eq(row.free),
            voucher::uses.eq(row.uses),
            voucher::successor.eq(row.successor),
        );
        on_either!(conn, conn => {
            diesel::update(voucher::table.find(row.issued_seq)).set(set).execute(conn)?
        });
    }
    let rows = effects.created.redemptions.iter().filter_map(|seq| world.redemptions.get(seq));
    let rows = rows.map(RedemptionRow::of).collect::<Result<Vec<_>, _>>()?;
    insert!(conn, redemption, rows);
    for (programme, version, number) in &effects.workshops_freed {
        let key = (programme.0, i64::from(*version), number);
        on_either!(conn, conn => {
            diesel::delete(workshop::table.find(key)).execute(conn)?
        });
    }
    let rows = effects.workshops_taken.iter().map(|((programme, version, number), seq)| {
        let (programme, version) = (programme.0, i64::from(*version));
        WorkshopRow { programme, version, number: *number, redemption: seq.0 }
    });
    insert!(conn, workshop, rows.collect::<Vec<_>>());
    Ok(())
}

fn accounts(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let touched: BTreeSet<_> = effects.changed.accounts.iter().collect();
    let rows = touched
        .into_iter()
        .filter_map(|key| world.accounts.get(key).map(|account| AccountRow::of(key, account)));
    let rows = rows.collect::<Vec<_>>();
    upsert!(conn, account, account::id, [debit_cents, credit_cents], rows);
    let rows = effects.account_days.iter().map(|((account, day), (debit, credit))| {
        let day = i64::from(day.0);
        AccountDayRow { account: account.0, day, debit_cents: debit.0, credit_cents: credit.0 }
    });
    let key = (account_day::account, account_day::day);
    upsert!(conn, account_day, key, [debit_cents, credit_cents], rows.collect::<Vec<_>>());
    Ok(())
}

/// Adds the batch's figures to those of the day: the only additive rows.
fn usage(conn: &mut Conn, effects: &Effects) -> Result<(), Failure> {
    if effects.usage.is_empty() {
        return Ok(());
    }
    let sql = usage_statement();
    for (cell, figures) in &effects.usage {
        let row = UsageDayRow::of(cell, figures);
        on_either!(conn, conn => {
            use diesel::sql_types::Text;
            let mut query = sql_query(&sql)
                .into_boxed()
                .bind::<BigInt, _>(row.day)
                .bind::<BigInt, _>(row.programme)
                .bind::<BigInt, _>(row.issuer)
                .bind::<BigInt, _>(row.venue)
                .bind::<Text, _>(row.territory)
                .bind::<Text, _>(row.service)
                .bind::<BigInt, _>(row.funder);
            for value in figures.values() {
                query = query.bind::<BigInt, _>(value);
            }
            query.execute(conn)?
        });
    }
    Ok(())
}

/// Both databases read `$1`, `$2`, … in this order.
fn usage_statement() -> String {
    const DIMENSIONS: &str = "day, programme, issuer, venue, territory, service, funder";
    let figures = Figures::NAMES.join(", ");
    let places: Vec<String> =
        (1..=7 + Figures::NAMES.len()).map(|place| format!("${place}")).collect();
    let sums: Vec<String> = Figures::NAMES
        .iter()
        .map(|name| format!("{name} = usage_day.{name} + excluded.{name}"))
        .collect();
    format!(
        "INSERT INTO usage_day ({DIMENSIONS}, {figures}) VALUES ({}) \
         ON CONFLICT ({DIMENSIONS}) DO UPDATE SET {}",
        places.join(", "),
        sums.join(", ")
    )
}

fn requests(conn: &mut Conn, effects: &Effects, commands: &[Command]) -> Result<(), Failure> {
    let now = commands.first().map_or(crate::domain::calendar::Instant(0), |command| command.now);
    let rows =
        effects.requests.iter().map(|(request, outcome)| RequestRow::of(request, outcome, now));
    insert!(conn, request, rows.collect::<Result<Vec<_>, _>>()?);
    Ok(())
}
