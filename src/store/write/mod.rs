//! Writing the effects of a batch, within the transaction that its world was loaded in.
//! No rules and no commit: `writer.rs` commits.

#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
#[cfg(feature = "postgres")]
mod unnest;

use diesel::{prelude::*, upsert::excluded};

use super::{
    api_keys, batches, conflicts, connection::Conn, devices, disputes, holds, keys, load::Failure,
    periods, records, restored, rows::*, scans, schema::*, settlements,
};
use crate::domain::{
    calendar::Instant,
    command::Command,
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
    batches::write(conn, world, effects)?;
    api_keys::write(conn, world, effects)?;
    devices::write(conn, world, effects)?;
    scans::write(conn, effects)?;
    records::write(conn, effects)?;
    conflicts::write(conn, world, effects)?;
    settlements::write(conn, world, effects)?;
    holds::write(conn, world, effects)?;
    periods::write(conn, world, effects)?;
    disputes::write(conn, world, effects)?;
    restored::write(conn, effects)?;
    let batch = Batch::of(world, effects, commands)?;
    match conn {
        Conn::Sqlite(conn) => sqlite::write(conn, &batch)?,
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => postgres::write(conn, &batch)?,
    }
    Ok(())
}

/// The rows of what happens often: journal, vouchers, accounts, figures, requests.
struct Batch {
    events: Vec<EventRow>,
    postings: Vec<PostingRow>,
    new_vouchers: Vec<VoucherRow>,
    /// Of these only what changes after issue is written.
    old_vouchers: Vec<VoucherRow>,
    redemptions: Vec<RedemptionRow>,
    /// Programme, version and number; they go before `taken` comes.
    freed: Vec<(i64, i64, i64)>,
    taken: Vec<WorkshopRow>,
    /// Each account once, with its totals after the batch.
    accounts: Vec<AccountRow>,
    /// Each programme and business day once.
    day_ends: Vec<DayEndRow>,
    /// Added to the figures of the day: the only additive rows.
    usage: Vec<UsageDayRow>,
    requests: Vec<RequestRow>,
    /// Scope and id; they go before `requests` come.
    forgotten: Vec<(String, Vec<u8>)>,
    /// The new end of the journal, if there are events.
    head: Vec<HeadRow>,
}

impl Batch {
    fn of(world: &World, effects: &Effects, commands: &[Command]) -> Result<Self, Failure> {
        let now = commands.first().map_or(Instant(0), |command| command.now);
        let voucher = |id| {
            let draft = effects.drafts.get(id);
            world.vouchers.get(id).map(|voucher| VoucherRow::of(voucher, draft))
        };
        let new = &effects.created.vouchers;
        let old = effects.changed.vouchers.difference(new);
        let redemptions = effects.created.redemptions.iter();
        let redemptions = redemptions.filter_map(|seq| world.redemptions.get(seq));
        let requests = effects.requests.iter();
        let forgotten = effects.requests_forgotten.iter();
        let forgotten = forgotten.map(|one| (one.scope.key(), one.id.0.as_bytes().to_vec()));
        let account = |key| world.accounts.get(key).map(|account| AccountRow::of(key, account));
        Ok(Self {
            events: effects.events.iter().map(EventRow::of).collect::<Result<_, _>>()?,
            postings: postings(effects),
            new_vouchers: new.iter().filter_map(voucher).collect::<Result<_, _>>()?,
            old_vouchers: old.filter_map(voucher).collect::<Result<_, _>>()?,
            redemptions: redemptions.map(RedemptionRow::of).collect::<Result<_, _>>()?,
            freed: freed(effects),
            taken: taken(effects),
            accounts: effects.changed.accounts.iter().filter_map(account).collect(),
            day_ends: day_ends(effects),
            usage: effects.usage.iter().map(|(cell, row)| UsageDayRow::of(cell, row)).collect(),
            requests: requests
                .map(|(request, outcome)| RequestRow::of(request, outcome, now))
                .collect::<Result<_, _>>()?,
            forgotten: forgotten.collect(),
            head: effects.events.last().map(|_| HeadRow::of(&world.head)).into_iter().collect(),
        })
    }
}

fn postings(effects: &Effects) -> Vec<PostingRow> {
    let events = effects.events.iter();
    let rows = events.flat_map(|recorded| {
        let lines = (0..).zip(&recorded.postings);
        lines.map(|(line, posting)| PostingRow::of(recorded.event.seq, line, posting))
    });
    rows.collect()
}

fn freed(effects: &Effects) -> Vec<(i64, i64, i64)> {
    let freed = effects.workshops_freed.iter();
    freed.map(|(programme, version, number)| (programme.0, i64::from(*version), *number)).collect()
}

fn taken(effects: &Effects) -> Vec<WorkshopRow> {
    let taken = effects.workshops_taken.iter();
    let rows = taken.map(|((programme, version, number), seq)| WorkshopRow {
        programme: programme.0,
        version: i64::from(*version),
        number: *number,
        redemption: seq.0,
    });
    rows.collect()
}

fn day_ends(effects: &Effects) -> Vec<DayEndRow> {
    let ends = effects.day_ends.iter();
    let rows = ends.map(|((programme, day), seq)| DayEndRow {
        programme: programme.0,
        day: i64::from(day.0),
        seq: seq.0,
    });
    rows.collect()
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
    programmes(conn, world, effects)
}

fn programmes(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let (created, changed) = (&effects.created, &effects.changed);
    let rows = created.programmes.union(&changed.programmes);
    let rows = rows.filter_map(|id| world.programmes.get(id)).map(ProgrammeRow::of);
    let rows = rows.collect::<Result<Vec<_>, _>>()?;
    upsert!(
        conn,
        programme,
        programme::id,
        [
            name,
            version,
            terms,
            earlier,
            next_number,
            next_ordinal,
            closed,
            reserves,
            ended_day,
            closed_through
        ],
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
