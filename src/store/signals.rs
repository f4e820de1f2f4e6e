//! What redemptions are looked at for: the last ones of a venue, names, and what a device took
//! without network. No rules: `decide/holds.rs` has them. Every look back has its bound.

use std::collections::{BTreeMap, BTreeSet};

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use super::{
    connection::{Conn, on_either},
    convert,
    device_schema::record,
    load::Failure,
    schema::person,
    wanted::Wanted,
};
use crate::domain::{
    calendar::Instant,
    hold::{MOST_OFFLINE, MOST_RECENT, TakenOffline, likeness},
    ids::{DeviceId, UserId, VenueId},
    world::World,
};

/// Events that are looked back through for a venue's last redemptions: more than ten minutes of
/// the busiest hour.
const MOST_EVENTS: i64 = 20_000;

#[derive(QueryableByName)]
struct Recent {
    #[diesel(sql_type = BigInt)]
    venue: i64,
    #[diesel(sql_type = BigInt)]
    occurred_at: i64,
}

/// Loads it for the redemptions of a batch; venues and names are kept for the next one.
pub(super) fn load(conn: &mut Conn, world: &mut World, wanted: &Wanted) -> Result<(), Failure> {
    recent(conn, world, &wanted.taking)?;
    people(conn, world, &wanted.people)?;
    offline(conn, world, &wanted.records)
}

fn recent(conn: &mut Conn, world: &mut World, venues: &BTreeSet<i64>) -> Result<(), Failure> {
    let signals = &mut world.signals;
    let of = |id: &i64| world.venues.get(&VenueId(*id)).map(|venue| venue.organisation.0);
    let unread = venues.iter().filter(|id| !signals.recent.contains_key(&VenueId(**id)));
    let unread: Vec<(i64, i64)> = unread.filter_map(|id| Some((of(id)?, *id))).collect();
    if unread.is_empty() {
        return Ok(());
    }
    let since = world.head.seq.saturating_sub(MOST_EVENTS);
    // One statement for all: an index range each, from its newest end.
    let one = |(organisation, venue): &(i64, i64)| {
        format!(
            "SELECT * FROM (SELECT venue, occurred_at, seq FROM redemption \
             WHERE organisation = {organisation} AND venue = {venue} AND seq > {since} \
             ORDER BY seq DESC LIMIT {MOST_RECENT}) AS last{venue}"
        )
    };
    for (_, venue) in &unread {
        signals.recent.entry(VenueId(*venue)).or_default();
    }
    for some in unread.chunks(STATEMENT) {
        let all = some.iter().map(one).collect::<Vec<_>>().join(" UNION ALL ");
        let text = format!("SELECT venue, occurred_at FROM ({all}) AS recent ORDER BY seq");
        let rows: Vec<Recent> = on_either!(conn, conn => sql_query(text).load(conn)?);
        for row in rows {
            signals.note(VenueId(row.venue), Instant(row.occurred_at));
        }
    }
    Ok(())
}

/// Venues that one statement asks for.
const STATEMENT: usize = 50;

fn people(conn: &mut Conn, world: &mut World, ids: &BTreeSet<i64>) -> Result<(), Failure> {
    let known = &mut world.signals.people;
    let ids: Vec<i64> =
        ids.iter().copied().filter(|id| !known.contains_key(&UserId(*id))).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let rows: Vec<(i64, String)> = on_either!(conn, conn => person::table
        .filter(person::id.eq_any(&ids))
        .select((person::id, person::name))
        .load(conn)?);
    known.extend(ids.into_iter().map(|id| (UserId(id), None)));
    known.extend(rows.into_iter().map(|(id, name)| (UserId(id), likeness(&name))));
    Ok(())
}

/// What devices took that day, as far back as any limit reaches.
fn offline(
    conn: &mut Conn,
    world: &mut World,
    records: &BTreeSet<(i64, i64)>,
) -> Result<(), Failure> {
    let mut firsts: BTreeMap<i64, i64> = BTreeMap::new();
    for (device, sequence) in records {
        let first = firsts.entry(*device).or_insert(*sequence);
        *first = (*first).min(*sequence);
    }
    for (device, first) in firsts {
        let rows: Vec<(i64, i64, i64)> = on_either!(conn, conn => record::table
            .filter(record::device.eq(device))
            .filter(record::sequence.ge(first - i64::from(MOST_OFFLINE)))
            .filter(record::sequence.lt(first))
            .filter(record::verdict.eq_any(["accepted", "conflict"]))
            .select((record::sequence, record::occurred_at, record::workshops))
            .load(conn)?);
        let taken = world.signals.offline.entry(DeviceId(device)).or_default();
        for (sequence, at, workshops) in rows {
            taken.push(TakenOffline {
                sequence: convert::small("record", sequence)?,
                at: Instant(at),
                workshops: convert::small("record", workshops)?,
            });
        }
    }
    Ok(())
}
