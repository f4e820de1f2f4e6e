//! The end of a programme as its people see it: days, figures, and what stands in the way.
//! No rules: `domain/ending.rs` has the days, `decide/ending.rs` refuses.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    reconciliation::OpenCents,
    report::usage_report,
    service::{Fault, Service},
};
use crate::{
    domain::{
        access::Tenant,
        calendar::Day,
        cents::Cents,
        ending::{EndDays, Phase},
        ids::{FunderId, ProgrammeId, Seq},
        ledger::Stage,
        usage::{Breakdown, UsageFilter},
        view::{AccountView, Filter, ProgrammeView},
    },
    store::AsOf,
};

/// How a programme ends, as of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EndingReport {
    /// The end of the journal when it was read.
    pub as_of: Seq,
    pub programme: ProgrammeId,
    pub phase: Phase,
    #[serde(flatten)]
    pub days: EndDays,
    /// The day on which what was left went back.
    pub ended: Option<Day>,
    /// Printed ahead or issued on the spot.
    pub vouchers_minted: i64,
    pub vouchers_handed_over: i64,
    /// Printed ahead, and still in a drawer or ended there.
    pub vouchers_not_handed_over: i64,
    pub vouchers_started: i64,
    /// Handed over, and no workshop taken.
    pub vouchers_unused: i64,
    pub workshops_outstanding: i64,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    /// What keeps the programme from ending once its days are over; a funder sees its own money.
    pub obstacles: Vec<Obstacle>,
    /// Conflicts and records that nobody has decided about: they keep it from ending too.
    pub undecided: i64,
    /// What would go back if it ended now: free and set aside, less what organisations owe.
    pub returnable: Vec<OpenCents>,
    /// What went back.
    pub returned: Vec<OpenCents>,
}

/// Money that is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Obstacle {
    pub stage: Stage,
    pub amount_cents: Cents,
}

const ON_ITS_WAY: [Stage; 4] =
    [Stage::Committed, Stage::Releasable, Stage::Earned, Stage::InPayment];

/// # Errors
/// When the database does not answer.
pub fn ending_report(
    service: &Service,
    within: Tenant,
    row: &ProgrammeView,
) -> Result<EndingReport, Fault> {
    let database = service.database();
    let as_of = database.as_of()?;
    let programme = Some(row.id);
    let today = service.clock.now().day(&row.terms.time_zone);
    let counted = UsageFilter { programme, ..UsageFilter::of(within) };
    let line = usage_report(database, Breakdown::None, &counted)?.lines.into_iter().next();
    let line = line.unwrap_or_else(super::report::Line::nothing);
    let all = Filter { programme, limit: u32::MAX, ..Filter::of(within) };
    let accounts = database.accounts(&all, AsOf::Now)?;
    let stage = |stage: Stage| {
        let held = accounts.iter().filter(|account| account.stage == stage);
        Obstacle { stage, amount_cents: Cents(held.map(|account| account.balance_cents.0).sum()) }
    };
    let obstacles = ON_ITS_WAY.map(stage).into_iter();
    Ok(EndingReport {
        as_of,
        programme: row.id,
        phase: row.terms.phase(row.ended, today),
        days: EndDays::of(&row.terms),
        ended: row.ended,
        vouchers_minted: line.vouchers_minted,
        vouchers_handed_over: line.vouchers_handed_over,
        vouchers_not_handed_over: line.vouchers_minted - line.vouchers_handed_over,
        vouchers_started: line.vouchers_started,
        vouchers_unused: line.vouchers_handed_over - line.vouchers_started,
        workshops_outstanding: line.workshops_outstanding,
        currency: "EUR",
        obstacles: obstacles.filter(|one| one.amount_cents != Cents::ZERO).collect(),
        undecided: database.undecided(row.id)?,
        returnable: sums(&accounts, &[Stage::Available, Stage::Guarantee, Stage::Receivable]),
        returned: sums(&accounts, &[Stage::Returned]),
    })
}

/// What a funder's accounts of some stages hold together; what is not above zero is left out.
fn sums(accounts: &[AccountView], stages: &[Stage]) -> Vec<OpenCents> {
    let mut sums: BTreeMap<FunderId, i64> = BTreeMap::new();
    for account in accounts.iter().filter(|account| stages.contains(&account.stage)) {
        *sums.entry(account.funder).or_default() += account.balance_cents.0;
    }
    let positive = sums.into_iter().filter(|(_, cents)| *cents > 0);
    positive.map(|(funder, cents)| OpenCents { funder, amount_cents: Cents(cents) }).collect()
}
