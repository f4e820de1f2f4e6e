//! The forecast of a funder's money: what will be spent and what comes back in each programme.
//! No arithmetic: `domain/forecast.rs` has it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::service::{Fault, Service};
use crate::{
    domain::{
        calendar::Day,
        cents::Cents,
        ending::{EndDays, Phase},
        forecast::{Basis, WINDOW_DAYS, Warning},
        ids::{FunderId, ProgrammeId, Seq},
        ledger::Stage,
        usage::{Breakdown, Figures, UsageFilter},
        view::{Filter, ProgrammeView},
    },
    store::AsOf,
};

/// What will come of each funder's money in each running programme, as of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ForecastReport {
    /// The end of the journal when it was read.
    pub as_of: Seq,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    pub lines: Vec<ForecastLine>,
}

/// One funder's money in one programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ForecastLine {
    pub programme: ProgrammeId,
    pub funder: FunderId,
    /// The day that it is made on, in the programme's time zone.
    pub day: Day,
    pub issuing_stops: Day,
    pub last_day: Day,
    /// The last day on which venues accept.
    pub accepted_until: Day,
    /// Days before `day` over which the rates are taken.
    pub window_days: i32,
    /// Paid in or pledged, less what was taken back.
    pub deposited_cents: Cents,
    pub available_cents: Cents,
    /// In people's hands.
    pub outstanding_cents: Cents,
    pub earned_cents: Cents,
    /// Issued in the window.
    pub committed_lately_cents: Cents,
    /// Earned by venues in the window.
    pub earned_lately_cents: Cents,
    /// Earned by venues until the end, at this rate; none while there are no seven days to go by.
    pub spent_cents: Option<Cents>,
    /// What goes back at the end.
    pub comes_back_cents: Option<Cents>,
    /// The day on which nothing is available any more, at this rate.
    pub exhausted_on: Option<Day>,
    pub warnings: Vec<Warning>,
}

/// # Errors
/// When the database does not answer.
pub fn forecast(service: &Service, filter: &UsageFilter) -> Result<ForecastReport, Fault> {
    let database = service.database();
    let as_of = database.as_of()?;
    let all = Filter { programme: filter.programme, limit: u32::MAX, ..Filter::of(filter.within) };
    let mut lines = Vec::new();
    for row in database.programmes(&all)? {
        lines.extend(of_programme(service, filter, &row)?);
    }
    Ok(ForecastReport { as_of, currency: "EUR", lines })
}

/// The lines of one programme, unless it has not begun or venues accept no more.
pub fn of_programme(
    service: &Service,
    filter: &UsageFilter,
    row: &ProgrammeView,
) -> Result<Vec<ForecastLine>, Fault> {
    let today = service.clock.now().day(&row.terms.time_zone);
    let phase = row.terms.phase(row.ended, today);
    if phase == Phase::Coming || phase > Phase::Tolerance {
        return Ok(Vec::new());
    }
    let window = today.0.saturating_sub(row.terms.first_day.0).clamp(0, WINDOW_DAYS);
    let programme = Some(row.id);
    let own = UsageFilter { programme, from: None, to: None, ..filter.clone() };
    let ever = by_funder(service, &own)?;
    let lately = UsageFilter { from: Some(today.plus(-window)), to: Some(today.plus(-1)), ..own };
    let lately = if window > 0 { by_funder(service, &lately)? } else { BTreeMap::new() };
    let available = available(service, filter, row.id)?;
    let line = |(funder, ever): (&FunderId, &Figures)| {
        let lately = lately.get(funder).copied().unwrap_or_default();
        let available = available.get(funder).copied().unwrap_or_default();
        line(row, *funder, (today, window), (ever, &lately, available))
    };
    Ok(ever.iter().map(line).collect())
}

fn line(
    row: &ProgrammeView,
    funder: FunderId,
    (today, window_days): (Day, i32),
    (ever, lately, available): (&Figures, &Figures, i64),
) -> ForecastLine {
    let days = EndDays::of(&row.terms);
    let used = ever.earned_cents - ever.guaranteed_cents;
    let basis = Basis {
        window_days,
        issuing_days_left: if row.closed { 0 } else { days.issuing_stops.0 - today.0 },
        use_days_left: days.accepted_until.0 - today.0 + 1,
        deposited: ever.deposited_cents,
        earned: ever.earned_cents,
        outstanding: ever.committed_cents - used - ever.given_back_cents,
        available,
        committed_lately: if row.closed { 0 } else { lately.committed_cents },
        earned_lately: lately.earned_cents,
    };
    let outlook = basis.outlook();
    let exhausted = outlook.and_then(|outlook| outlook.exhausted_in_days);
    ForecastLine {
        programme: row.id,
        funder,
        day: today,
        issuing_stops: days.issuing_stops,
        last_day: days.last_day,
        accepted_until: days.accepted_until,
        window_days,
        deposited_cents: Cents(basis.deposited),
        available_cents: Cents(available),
        outstanding_cents: Cents(basis.outstanding),
        earned_cents: Cents(basis.earned),
        committed_lately_cents: Cents(basis.committed_lately),
        earned_lately_cents: Cents(basis.earned_lately),
        spent_cents: outlook.map(|outlook| Cents(outlook.spent)),
        comes_back_cents: outlook.map(|outlook| Cents(outlook.comes_back)),
        exhausted_on: exhausted.map(|days| today.plus(days)),
        warnings: outlook.map_or_else(Vec::new, |outlook| {
            outlook.warnings(&basis, today, (days.issuing_stops, days.last_day))
        }),
    }
}

fn by_funder(
    service: &Service,
    filter: &UsageFilter,
) -> Result<BTreeMap<FunderId, Figures>, Fault> {
    let lines = service.database().usage(Breakdown::Funder, filter)?;
    let own = lines.into_iter().filter_map(|line| {
        let funder = line.key.parse().ok().map(FunderId)?;
        Some((funder, line.figures))
    });
    Ok(own.collect())
}

/// What is free of each funder's money.
fn available(
    service: &Service,
    filter: &UsageFilter,
    programme: ProgrammeId,
) -> Result<BTreeMap<FunderId, i64>, Fault> {
    let (programme, stage) = (Some(programme), Some(Stage::Available));
    let all = Filter { programme, stage, limit: u32::MAX, ..Filter::of(filter.within) };
    let mut sums: BTreeMap<FunderId, i64> = BTreeMap::new();
    for account in service.database().accounts(&all, AsOf::Now)? {
        *sums.entry(account.funder).or_default() += account.balance_cents.0;
    }
    Ok(sums)
}
