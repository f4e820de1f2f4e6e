//! The check of the books: what should be zero, by programme, funder and age.
//! No SQL: the store finds what is open, this adds up.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::service::{Fault, Service};
use crate::domain::{
    access::Tenant,
    calendar::Day,
    cents::Cents,
    ids::{FunderId, ProgrammeId, Seq},
    reconciliation::{Age, AuditRun, Item, OpenThing},
    usage::UsageFilter,
};

/// What should be zero, and is or is not, as of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReconciliationReport {
    /// The end of the journal when it was read.
    pub as_of: Seq,
    /// Ages are counted to this day, in UTC.
    pub day: Day,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    /// The last time that everything was recomputed from the events; none: never here.
    pub audit: Option<AuditRun>,
    /// What is not zero; kinds that do not appear are.
    pub lines: Vec<OpenLine>,
    /// Of all programmes, for whoever sees all.
    pub gauges: Option<Gauges>,
}

/// What is followed against a threshold of the law: above it, the operator declares its limited
/// network (code monétaire et financier, art. L.525-6 and L.521-3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Gauges {
    pub threshold_cents: Cents,
    /// In people's hands now.
    pub value_in_circulation_cents: Cents,
    /// Paid to organisations in the last 365 days.
    pub paid_in_a_year_cents: Cents,
}

/// A million euros.
const THRESHOLD: Cents = Cents(100_000_000);
const YEAR_S: i64 = 365 * 86_400;

/// Things of one kind in one programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenLine {
    pub item: Item,
    /// None where a record names no voucher that is known.
    pub programme: Option<ProgrammeId>,
    pub count: i64,
    /// Of vouchers, conflicts and records.
    pub workshops: i64,
    /// None where no money is held up, or nobody knows how much.
    pub amount_cents: Option<Cents>,
    /// The same by funder; for a funder its own alone.
    pub funders: Vec<OpenCents>,
    /// Since when the oldest has been open.
    pub oldest: Day,
    /// All three, the youngest first.
    pub ages: Vec<OpenAge>,
}

/// What one funder's money has in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenCents {
    pub funder: FunderId,
    pub amount_cents: Cents,
}

/// How many are so old.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenAge {
    pub age: Age,
    pub count: i64,
    pub amount_cents: Cents,
}

impl OpenLine {
    fn of(item: Item, programme: Option<ProgrammeId>, today: Day, things: &[OpenThing]) -> Self {
        let mut funders: BTreeMap<FunderId, i64> = BTreeMap::new();
        for (funder, cents) in things.iter().flat_map(|thing| &thing.cents) {
            *funders.entry(*funder).or_default() += cents.0;
        }
        let age = |age: Age| {
            let own = things.iter().filter(|thing| Age::of(thing.since, today) == age);
            let (mut count, mut cents) = (0, 0);
            for thing in own {
                count += thing.count;
                cents += sum(thing);
            }
            OpenAge { age, count, amount_cents: Cents(cents) }
        };
        let amount = Cents(things.iter().map(sum).sum());
        Self {
            item,
            programme,
            count: things.iter().map(|thing| thing.count).sum(),
            workshops: things.iter().map(|thing| thing.workshops).sum(),
            amount_cents: (!funders.is_empty()).then_some(amount),
            funders: funders
                .into_iter()
                .map(|(funder, cents)| OpenCents { funder, amount_cents: Cents(cents) })
                .collect(),
            oldest: things.iter().map(|thing| thing.since).min().unwrap_or(today),
            ages: Age::ALL.map(age).to_vec(),
        }
    }
}

fn sum(thing: &OpenThing) -> i64 {
    thing.cents.iter().map(|(_, cents)| cents.0).sum()
}

/// # Errors
/// When the database does not answer.
pub fn reconciliation(
    service: &Service,
    filter: &UsageFilter,
) -> Result<ReconciliationReport, Fault> {
    let (database, now) = (service.database(), service.clock.now());
    let as_of = database.as_of()?;
    let day = Day(i32::try_from(now.0.div_euclid(86_400_000_000)).unwrap_or(i32::MAX));
    let mut things: BTreeMap<(Item, Option<ProgrammeId>), Vec<OpenThing>> = BTreeMap::new();
    for thing in database.open_things(filter, now)? {
        things.entry((thing.item, thing.programme)).or_default().push(thing);
    }
    let lines = things
        .iter()
        .map(|((item, programme), things)| OpenLine::of(*item, *programme, day, things));
    let gauges = match filter.within {
        Tenant::Any => Some(Gauges {
            threshold_cents: THRESHOLD,
            value_in_circulation_cents: database.value_in_circulation()?,
            paid_in_a_year_cents: database.paid_since(now.plus_seconds(-YEAR_S))?,
        }),
        _ => None,
    };
    Ok(ReconciliationReport {
        as_of,
        day,
        currency: "EUR",
        audit: database.last_audit()?,
        lines: lines.collect(),
        gauges,
    })
}
