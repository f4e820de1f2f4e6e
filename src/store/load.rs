//! Loading the world of a batch: what its commands touch, and no more.
//! No rules and no writes.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::{
    api_keys, batches, conflicts,
    connection::{Conn, on_either},
    convert::Unreadable,
    devices, disputes, endings, holds,
    kept::Kept,
    keys, periods, records, restored,
    rows::*,
    schema::*,
    settlements, signals,
    wanted::Wanted,
};
use crate::domain::{
    command::{Command, Draft, Outcome},
    ids::{FunderId, IssuerId, OrganisationId, ProgrammeId, Seq, UserId, VenueId, VoucherId},
    world::{Unique, World},
};

/// What went wrong below the rules.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("the database refused: {0}")]
    Query(#[from] diesel::result::Error),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Inconsistent(#[from] crate::domain::apply::Inconsistent),
}

/// Rows by a key: one cached statement a row on SQLite, one for all on PostgreSQL.
macro_rules! by_key {
    ($conn:expr, $table:ident, $column:ident, $keys:expr, $row:ty) => {{
        let keys = $keys;
        match $conn {
            Conn::Sqlite(conn) => {
                let mut rows: Vec<$row> = Vec::with_capacity(keys.len());
                for key in keys.iter() {
                    let query = $table::table.filter($table::$column.eq(key));
                    rows.extend(query.load::<$row>(conn)?);
                }
                rows
            }
            // What is kept is not asked for: each question is a round trip.
            #[cfg(feature = "postgres")]
            Conn::Pg(_) if keys.is_empty() => Vec::new(),
            #[cfg(feature = "postgres")]
            Conn::Pg(conn) => {
                let query = $table::table.filter($table::$column.eq_any(keys.clone()));
                query.load::<$row>(conn)?
            }
        }
    }};
}

/// Loads what `commands` touch, except what is kept from the batch before.
pub(super) fn world(
    conn: &mut Conn,
    commands: &[Command],
    kept: &mut Kept,
) -> Result<World, Failure> {
    let mut wanted = Wanted::of(commands);
    let head = on_either!(conn, conn => head::table.get_result::<HeadRow>(conn)?);
    let mut world = kept.take(head.domain()?);
    if kept.unread_mark() {
        world.read_only = restored::read_only(conn)?;
    }
    disputes::load(conn, &mut world, &mut wanted, commands)?;
    records::load(conn, &mut world, &mut wanted)?;
    conflicts::load(conn, &mut world, &mut wanted)?;
    requests(conn, &mut world, &mut wanted)?;
    redemptions(conn, &mut world, &mut wanted)?;
    holds::load(conn, &mut world, &wanted)?;
    settlements::load(conn, &mut world, &mut wanted, commands)?;
    periods::load(conn, &mut world, &mut wanted, commands)?;
    vouchers(conn, &mut world, &mut wanted)?;
    api_keys::load(conn, &mut world, &wanted.api_keys)?;
    devices::load(conn, &mut world, &wanted.devices)?;
    batches::load(conn, &mut world, &wanted.batches)?;
    wanted.programmes.extend(world.batches.values().map(|batch| batch.programme.0));
    registry(conn, &mut world, &mut wanted)?;
    signals::load(conn, &mut world, &wanted)?;
    programmes(conn, &mut world, &wanted, kept)?;
    taken(conn, &mut world, &wanted)?;
    keys::load(conn, &mut world, commands)?;
    Ok(world)
}

/// What is remembered of `commands`, and no more.
pub(super) fn known(conn: &mut Conn, commands: &[Command]) -> Result<World, Failure> {
    let (mut wanted, mut world) = (Wanted::of(commands), World::default());
    records::load(conn, &mut world, &mut wanted)?;
    conflicts::load(conn, &mut world, &mut wanted)?;
    requests(conn, &mut world, &mut wanted)?;
    redemptions(conn, &mut world, &mut wanted)?;
    Ok(world)
}

fn requests(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    let keys = wanted.requests.iter().map(|request| {
        let id = request.id.0.as_bytes().to_vec();
        ((request.scope.key(), id), (request.scope, request.id))
    });
    let keys: HashMap<(String, Vec<u8>), _> = keys.collect();
    let rows: Vec<RequestRow> = match conn {
        Conn::Sqlite(conn) => {
            let mut rows = Vec::new();
            for (scope, id) in keys.keys() {
                let query =
                    request::table.filter(request::scope.eq(scope)).filter(request::id.eq(id));
                rows.extend(query.load::<RequestRow>(conn)?);
            }
            rows
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            let (scopes, ids) = keys.keys().map(|(scope, id)| (scope, id)).unzip();
            super::paired::Requests { scopes, ids }.load(conn)?
        }
    };
    for row in rows {
        let remembered = row.domain()?;
        if let Outcome::Redeemed(redemption) = &remembered.outcome {
            wanted.redemptions.insert(redemption.seq.0);
        }
        if let Some(key) = keys.get(&(row.scope, row.id)) {
            world.requests.insert(*key, remembered);
        }
    }
    Ok(())
}

fn redemptions(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    if wanted.redemptions.is_empty() {
        return Ok(());
    }
    let seqs: Vec<i64> = wanted.redemptions.iter().copied().collect();
    let rows = by_key!(conn, redemption, seq, &seqs, RedemptionRow);
    let reversals: Vec<EventRow> = {
        let seqs: Vec<Option<i64>> = seqs.iter().copied().map(Some).collect();
        by_key!(conn, event, reverses, &seqs, EventRow)
    };
    let events: Vec<EventRow> = by_key!(conn, event, seq, &seqs, EventRow);
    for row in rows {
        let by = reversals.iter().find(|event| event.reverses == Some(row.seq));
        let own = events.iter().find(|event| event.seq == row.seq);
        let day = own.map(|event| event.day).unwrap_or_default();
        let record = row.domain(day, by.map(|event| event.seq))?;
        wanted.vouchers.insert(row.voucher);
        wanted.organisations.insert(row.organisation);
        world.redemptions.insert(Seq(row.seq), record);
    }
    Ok(())
}

fn vouchers(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    let mut next: Vec<i64> = wanted.vouchers.iter().copied().collect();
    // Successors of replaced vouchers come along: late records are paid by them.
    while !next.is_empty() {
        let rows = by_key!(conn, voucher, id, &next, VoucherRow);
        next.clear();
        for row in rows {
            let voucher = row.domain()?;
            wanted.programmes.insert(row.programme);
            wanted.issuers.insert(row.issuer);
            // Where workshops are taken: who issued the pass is compared with who takes them.
            if !wanted.taking.is_empty() {
                wanted.people.extend(row.agent);
            }
            let known = |id: &VoucherId| world.vouchers.contains_key(id);
            next.extend(voucher.successor.filter(|id| !known(id)).map(|id| id.0));
            world.vouchers.insert(voucher.id, voucher);
        }
    }
    Ok(())
}

/// Those of `ids` that are not kept from an earlier batch.
fn missing(ids: &BTreeSet<i64>, kept: impl Fn(i64) -> bool) -> Vec<i64> {
    ids.iter().copied().filter(|id| !kept(*id)).collect()
}

fn registry(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    let ids = missing(&wanted.venues, |id| world.venues.contains_key(&VenueId(id)));
    for row in by_key!(conn, venue, id, &ids, VenueRow) {
        world.venues.insert(VenueId(row.id), row.domain()?);
    }
    for id in &wanted.venues {
        let venue = world.venues.get(&VenueId(*id));
        wanted.organisations.extend(venue.map(|venue| venue.organisation.0));
    }
    let known = |id| world.organisations.contains_key(&OrganisationId(id));
    let ids = missing(&wanted.organisations, known);
    for row in by_key!(conn, organisation, id, &ids, OrganisationRow) {
        world.organisations.insert(OrganisationId(row.id), row.domain()?);
    }
    let ids = missing(&wanted.issuers, |id| world.issuers.contains_key(&IssuerId(id)));
    for row in by_key!(conn, issuer, id, &ids, IssuerRow) {
        let issuer = row.domain();
        world.issuers.insert(issuer.id, issuer);
    }
    let ids = missing(&wanted.funders, |id| world.funders.contains_key(&FunderId(id)));
    for row in by_key!(conn, funder, id, &ids, FunderRow) {
        let funder = row.domain();
        world.funders.insert(funder.id, funder);
    }
    let ids = missing(&wanted.users, |id| world.users.contains_key(&UserId(id)));
    for row in by_key!(conn, person, id, &ids, PersonRow) {
        let user = row.domain()?;
        world.users.insert(user.id, user);
    }
    Ok(())
}

fn programmes(
    conn: &mut Conn,
    world: &mut World,
    wanted: &Wanted,
    kept: &mut Kept,
) -> Result<(), Failure> {
    let known = |id| world.programmes.contains_key(&ProgrammeId(id));
    let ids = missing(&wanted.programmes, known);
    for row in by_key!(conn, programme, id, &ids, ProgrammeRow) {
        let programme = row.domain()?;
        world.programmes.insert(programme.id, programme);
    }
    if wanted.money {
        // Stages are few, organisations many: only those of the batch are loaded.
        let organisations = wanted.organisations.iter().copied().chain([0]);
        accounts(conn, world, &kept.unread_ledgers(&wanted.programmes, organisations))?;
    }
    endings::load(conn, world, &wanted.ending)?;
    for (programme, issuer) in &wanted.allocations {
        let key = (ProgrammeId(*programme), IssuerId(*issuer));
        if world.allocations.contains_key(&key) {
            continue;
        }
        let row: Option<AllocationRow> = on_either!(conn, conn => {
            allocation::table.find((programme, issuer)).get_result(conn).optional()?
        });
        if let Some(row) = row {
            world.allocations.insert(key, row.domain());
        }
    }
    let listed = wanted.programmes.iter().filter(|id| {
        let programme = world.programmes.get(&ProgrammeId(**id));
        programme.is_some_and(|programme| programme.terms.venues_listed)
    });
    for (programme, venue) in kept.unread_lists(listed, &wanted.venues) {
        let row: Option<AdmissionRow> = on_either!(conn, conn => {
            admission::table.find((programme, venue)).get_result(conn).optional()?
        });
        let key = (ProgrammeId(programme), VenueId(venue));
        world.admitted.extend(row.map(|_| key));
    }
    Ok(())
}

/// All accounts of each programme with each organisation; 0 is those without one.
fn accounts(
    conn: &mut Conn,
    world: &mut World,
    ledgers: &BTreeSet<(i64, i64)>,
) -> Result<(), Failure> {
    if ledgers.is_empty() {
        return Ok(());
    }
    let rows: Vec<AccountRow> = match conn {
        Conn::Sqlite(conn) => {
            let mut rows = Vec::new();
            for (programme, organisation) in ledgers {
                let query = account::table
                    .filter(account::programme.eq(programme))
                    .filter(account::organisation.eq(organisation));
                rows.extend(query.load::<AccountRow>(conn)?);
            }
            rows
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            let (programmes, organisations) = ledgers.iter().copied().unzip();
            super::paired::Accounts { programmes, organisations }.load(conn)?
        }
    };
    for row in rows {
        let (key, account) = row.domain()?;
        world.accounts.insert(key, account);
    }
    Ok(())
}

/// Which of the drafts' names are taken.
fn drafts(conn: &mut Conn, world: &mut World, drafts: &[Draft]) -> Result<(), Failure> {
    let mut rows: Vec<(i64, String, Vec<u8>)> = Vec::new();
    match conn {
        Conn::Sqlite(conn) => {
            for draft in drafts {
                let named = voucher::table
                    .filter(voucher::id.eq(draft.id.0))
                    .or_filter(voucher::reference.eq(&draft.reference))
                    .or_filter(voucher::code_tag.eq(draft.code_tag.to_vec()))
                    .select((voucher::id, voucher::reference, voucher::code_tag));
                rows.extend(named.load::<(i64, String, Vec<u8>)>(conn)?);
            }
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) if !drafts.is_empty() => {
            let ids: Vec<i64> = drafts.iter().map(|draft| draft.id.0).collect();
            let texts: Vec<&str> = drafts.iter().map(|draft| draft.reference.as_str()).collect();
            let tags: Vec<&[u8]> = drafts.iter().map(|draft| draft.code_tag.as_slice()).collect();
            rows = voucher::table
                .filter(voucher::id.eq_any(ids))
                .or_filter(voucher::reference.eq_any(texts))
                .or_filter(voucher::code_tag.eq_any(tags))
                .select((voucher::id, voucher::reference, voucher::code_tag))
                .load(conn)?;
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => {}
    }
    for (id, reference, tag) in rows {
        world.taken.extend([Unique::Voucher(VoucherId(id)), Unique::Reference(reference)]);
        world.taken.extend(<[u8; 16]>::try_from(tag.as_slice()).ok().map(Unique::CodeTag));
    }
    Ok(())
}

fn taken(conn: &mut Conn, world: &mut World, wanted: &Wanted) -> Result<(), Failure> {
    drafts(conn, world, &wanted.drafts)?;
    for text in &wanted.texts {
        let found: i64 = match text {
            Unique::Email(email) => on_either!(conn, conn => {
                person::table.filter(person::email.eq(email)).count().get_result(conn)?
            }),
            Unique::VenueSource(organisation, source) => on_either!(conn, conn => {
                venue::table
                    .filter(venue::organisation.eq(organisation.0))
                    .filter(venue::source.eq(source))
                    .count()
                    .get_result(conn)?
            }),
            Unique::Voucher(_) | Unique::Reference(_) | Unique::CodeTag(_) => 0,
        };
        if found > 0 {
            world.taken.insert(text.clone());
        }
    }
    for agent in &wanted.agents {
        // Days differ by time zone: the last three cover every programme's today.
        let rows: Vec<(i64, i64)> = on_either!(conn, conn => {
            event::table
                .filter(event::actor.eq(agent))
                .filter(event::kind.eq_any(["voucher_issued", "voucher_stocked"]))
                .group_by(event::day)
                .select((event::day, diesel::dsl::count_star()))
                .order(event::day.desc())
                .limit(3)
                .load(conn)?
        });
        for (day, count) in rows {
            let day = crate::domain::calendar::Day(i32::try_from(day).unwrap_or(i32::MAX));
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            world.issued.insert((UserId(*agent), day), count);
        }
    }
    Ok(())
}
