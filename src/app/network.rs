//! The network report: which issuers hand out, which venues receive, which areas are blank.
//! No money: `report.rs` has it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::service::Fault;
use crate::{
    domain::{
        calendar::Day,
        ids::{IssuerId, Seq, VenueId},
        usage::{Breakdown, Figures, UsageFilter},
    },
    store::{Database, UsageLine},
};

/// Issuers, venues and territories as of an event. Stock and allocations are those of now,
/// everything else is of the days asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NetworkReport {
    /// The end of the journal when it was read.
    pub as_of: Seq,
    /// All that have an allocation.
    pub issuers: Vec<Issuing>,
    /// All with a workshop in those days, the busiest first.
    pub venues: Vec<Receiving>,
    pub territories: Vec<Area>,
}

/// What an issuer did with what it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Issuing {
    pub issuer: IssuerId,
    pub name: String,
    /// Whether it handed a voucher over.
    pub active: bool,
    pub workshops_allocated: i64,
    /// Of these, in no voucher yet.
    pub workshops_left: i64,
    /// Printed ahead, not activated and not past their last day.
    pub vouchers_stock: i64,
    /// The day on which the oldest of these was minted.
    pub oldest_stock: Option<Day>,
    pub vouchers_handed_over: i64,
    /// Of all that it ever handed over: with their first workshop in the days asked for.
    pub vouchers_started: i64,
}

/// What a venue received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Receiving {
    pub venue: VenueId,
    pub name: String,
    pub territory: String,
    /// Vouchers with their first workshop at this venue.
    pub vouchers_received: i64,
    pub redemptions: i64,
    pub workshops_used: i64,
}

/// A territory: blank where vouchers are handed over and no venue is active.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Area {
    /// Of venues, and of programmes for what is handed over.
    #[schema(example = "93")]
    pub territory: String,
    pub vouchers_handed_over: i64,
    /// Of approved organisations, not closed.
    pub venues_open: i64,
    /// With a workshop in the days asked for.
    pub venues_active: i64,
    pub workshops_used: i64,
}

/// # Errors
/// When the database does not answer.
pub fn network_report(database: &Database, filter: &UsageFilter) -> Result<NetworkReport, Fault> {
    let as_of = database.as_of()?;
    let venues = venues(database, filter)?;
    Ok(NetworkReport {
        as_of,
        issuers: issuers(database, filter)?,
        territories: territories(database, filter, &venues)?,
        venues,
    })
}

fn issuers(database: &Database, filter: &UsageFilter) -> Result<Vec<Issuing>, Fault> {
    let figures = by_number(&database.usage(Breakdown::Issuer, filter)?);
    let issuing = |drawer: crate::store::Drawer| {
        let figures = figures.get(&drawer.issuer).copied().unwrap_or_default();
        Issuing {
            issuer: IssuerId(drawer.issuer),
            name: drawer.name,
            active: figures.handed_over > 0,
            workshops_allocated: drawer.granted,
            workshops_left: drawer.granted - drawer.taken,
            vouchers_stock: drawer.stock,
            oldest_stock: drawer.oldest,
            vouchers_handed_over: figures.handed_over,
            vouchers_started: figures.started,
        }
    };
    Ok(database.drawers(filter)?.into_iter().map(issuing).collect())
}

fn venues(database: &Database, filter: &UsageFilter) -> Result<Vec<Receiving>, Fault> {
    let mut figures = by_number(&database.usage(Breakdown::Venue, filter)?);
    // What was undone in these days and done before leaves less than nothing.
    figures.retain(|_, figures| figures.redemptions > 0);
    let numbers: Vec<i64> = figures.keys().copied().collect();
    let places = database.venue_places(&numbers)?;
    let mut venues: Vec<Receiving> = figures
        .into_iter()
        .map(|(venue, figures)| {
            let (name, territory) = places.get(&venue).cloned().unwrap_or_default();
            Receiving {
                venue: VenueId(venue),
                name,
                territory,
                vouchers_received: figures.received,
                redemptions: figures.redemptions,
                workshops_used: figures.workshops_used,
            }
        })
        .collect();
    venues.sort_by_key(|venue| std::cmp::Reverse(venue.workshops_used));
    Ok(venues)
}

fn territories(
    database: &Database,
    filter: &UsageFilter,
    venues: &[Receiving],
) -> Result<Vec<Area>, Fault> {
    let open: BTreeMap<String, i64> =
        database.open_venues_by_territory(filter)?.into_iter().collect();
    let mut figures = BTreeMap::new();
    for UsageLine { key, figures: sums } in database.usage(Breakdown::Territory, filter)? {
        figures.insert(key, sums);
    }
    let mut active: BTreeMap<&str, i64> = BTreeMap::new();
    for venue in venues {
        *active.entry(&venue.territory).or_default() += 1;
    }
    let known: BTreeSet<&String> = open.keys().chain(figures.keys()).collect();
    let area = |territory: &String| {
        let figures = figures.get(territory).copied().unwrap_or_default();
        Area {
            territory: territory.clone(),
            vouchers_handed_over: figures.handed_over,
            venues_open: open.get(territory).copied().unwrap_or_default(),
            venues_active: active.get(territory.as_str()).copied().unwrap_or_default(),
            workshops_used: figures.workshops_used,
        }
    };
    Ok(known.into_iter().map(area).collect())
}

fn by_number(lines: &[UsageLine]) -> BTreeMap<i64, Figures> {
    lines.iter().filter_map(|line| Some((line.key.parse().ok()?, line.figures))).collect()
}
