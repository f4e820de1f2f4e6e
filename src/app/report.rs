//! The usage report: what was issued, used, expired and earned, and what is left.
//! No SQL: the store sums, this derives what reports say besides.

use std::{cmp::Reverse, collections::HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::service::Fault;
use crate::{
    domain::{
        calendar::Day,
        ids::{Seq, VenueId},
        life::State,
        usage::{Breakdown, Figures, UsageFilter},
        view::{ExposureView, VoucherView},
    },
    store::{Database, UsageLine},
};

/// A usage report as of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageReport {
    /// The end of the journal when it was read; of a closed month, the event that closed it.
    pub as_of: Seq,
    pub by: Breakdown,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    pub lines: Vec<Line>,
}

/// One line of a report: counts in vouchers and workshops, money in cents. Counts are those of
/// whole programmes; money is that of the funders whom the report is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Line {
    /// The value of the breakdown: a number, a month, a territory, a service; else empty.
    pub key: String,
    /// What people call it; empty where the key says it.
    pub name: String,
    /// Printed ahead or issued on the spot.
    pub vouchers_minted: i64,
    /// Printed ahead for an issuer's drawer.
    pub vouchers_stocked: i64,
    /// Of these, activated at hand-over.
    pub vouchers_activated: i64,
    /// Issued on the spot, or activated at hand-over.
    pub vouchers_handed_over: i64,
    /// With their first workshop taken.
    pub vouchers_started: i64,
    /// With a workshop at a venue, once for each venue.
    pub vouchers_received: i64,
    /// With their last workshop taken.
    pub vouchers_exhausted: i64,
    /// Ended by their last day with workshops left.
    pub vouchers_expired: i64,
    /// Ended by people: lost, stolen, a mistake.
    pub vouchers_cancelled: i64,
    pub vouchers_replaced: i64,
    pub workshops_issued: i64,
    pub workshops_used: i64,
    /// Of those used, known to have been for one person.
    pub workshops_single: i64,
    /// Of those used, known to have been for a group.
    pub workshops_group: i64,
    pub workshops_expired: i64,
    pub workshops_cancelled: i64,
    /// Issued − used − expired − cancelled.
    pub workshops_outstanding: i64,
    pub redemptions: i64,
    /// Redemptions undone; they no longer count as redemptions.
    pub reversals: i64,
    /// Handed over, per thousand minted; like all means none where nothing is to be divided.
    pub handed_over_permille: Option<i64>,
    /// Started, per thousand handed over.
    pub started_permille: Option<i64>,
    /// Workshops used, per thousand issued.
    pub used_permille: Option<i64>,
    /// Workshops used, per hundred vouchers started.
    pub workshops_per_hundred_started: Option<i64>,
    /// From a voucher's first day to its first workshop, on average.
    pub days_to_first_workshop: Option<i64>,
    /// A redemption's duration in minutes, on average over those that tell.
    pub minutes_a_redemption: Option<i64>,
    /// Paid in or pledged by funders, less what they took back.
    pub deposited_cents: i64,
    /// Money of the vouchers handed over.
    pub committed_cents: i64,
    /// Earned by venues.
    pub earned_cents: i64,
    /// Of this, what the guarantee paid for conflicts: no pass held it.
    pub guaranteed_cents: i64,
    /// Of expired and cancelled vouchers: what was not used.
    pub given_back_cents: i64,
    /// Committed − (earned − guaranteed) − given back.
    pub outstanding_cents: i64,
}

impl Line {
    /// Where nothing happened.
    #[must_use]
    pub fn nothing() -> Self {
        let line = UsageLine { key: String::new(), figures: Figures::default() };
        Self::of(&line, &HashMap::new())
    }

    fn of(line: &UsageLine, names: &HashMap<i64, String>) -> Self {
        let f = &line.figures;
        let minted = f.stocked + f.handed_over - f.activated;
        let ended = f.workshops_used + f.workshops_expired + f.workshops_cancelled;
        let name = line.key.parse().ok().and_then(|number: i64| names.get(&number));
        Self {
            key: line.key.clone(),
            name: name.cloned().unwrap_or_default(),
            vouchers_minted: minted,
            vouchers_stocked: f.stocked,
            vouchers_activated: f.activated,
            vouchers_handed_over: f.handed_over,
            vouchers_started: f.started,
            vouchers_received: f.received,
            vouchers_exhausted: f.exhausted,
            vouchers_expired: f.expired,
            vouchers_cancelled: f.cancelled,
            vouchers_replaced: f.replaced,
            workshops_issued: f.workshops_issued,
            workshops_used: f.workshops_used,
            workshops_single: f.workshops_single,
            workshops_group: f.workshops_group,
            workshops_expired: f.workshops_expired,
            workshops_cancelled: f.workshops_cancelled,
            workshops_outstanding: f.workshops_issued - ended,
            redemptions: f.redemptions,
            reversals: f.reversals,
            handed_over_permille: mean(1_000, f.handed_over, minted),
            started_permille: mean(1_000, f.started, f.handed_over),
            used_permille: mean(1_000, f.workshops_used, f.workshops_issued),
            workshops_per_hundred_started: mean(100, f.workshops_used, f.started),
            days_to_first_workshop: mean(1, f.days_to_start, f.started),
            minutes_a_redemption: mean(1, f.minutes, f.redemptions_timed),
            deposited_cents: f.deposited_cents,
            committed_cents: f.committed_cents,
            earned_cents: f.earned_cents,
            given_back_cents: f.given_back_cents,
            guaranteed_cents: f.guaranteed_cents,
            outstanding_cents: f.committed_cents
                - (f.earned_cents - f.guaranteed_cents)
                - f.given_back_cents,
        }
    }
}

/// `scale` × `sum` / `of`, rounded half up; none where nothing is to be divided.
fn mean(scale: i64, sum: i64, of: i64) -> Option<i64> {
    if of <= 0 || sum < 0 {
        return None;
    }
    sum.checked_mul(scale)?.checked_add(of / 2)?.checked_div(of)
}

/// # Errors
/// When the database does not answer.
pub fn usage_report(
    database: &Database,
    by: Breakdown,
    filter: &UsageFilter,
) -> Result<UsageReport, Fault> {
    let as_of = match database.closed_month(filter)? {
        Some((closed, _)) => closed,
        None => database.as_of()?,
    };
    let sums = database.usage(by, filter)?;
    let numbers: Vec<i64> = sums.iter().filter_map(|line| line.key.parse().ok()).collect();
    let names = database.names(by, &numbers)?;
    let mut lines: Vec<Line> = sums.iter().map(|line| Line::of(line, &names)).collect();
    if matches!(by, Breakdown::Territory | Breakdown::Venue | Breakdown::Issuer) {
        rank(&mut lines);
    }
    Ok(UsageReport { as_of, by, currency: "EUR", lines })
}

/// Where most workshops took place stands first.
fn rank(lines: &mut [Line]) {
    lines.sort_by(|one, other| {
        let figures = |line: &Line| Reverse((line.workshops_used, line.workshops_issued));
        (figures(one), &one.name, &one.key).cmp(&(figures(other), &other.name, &other.key))
    });
}

/// Refused scans as of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RefusalReport {
    /// The end of the journal when it was read.
    pub as_of: Seq,
    pub lines: Vec<Refusals>,
}

/// How often scans were refused for a reason at a venue; the most frequent first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Refusals {
    pub reason: String,
    pub venue: VenueId,
    /// What people call the venue.
    pub name: String,
    pub times: i64,
}

/// # Errors
/// When the database does not answer.
pub fn refusal_report(database: &Database, filter: &UsageFilter) -> Result<RefusalReport, Fault> {
    let as_of = database.as_of()?;
    let sums = database.refusals(filter)?;
    let mut numbers: Vec<i64> = sums.iter().map(|line| line.venue).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let names = database.names(Breakdown::Venue, &numbers)?;
    let line = |line: crate::store::RefusalLine| Refusals {
        name: names.get(&line.venue).cloned().unwrap_or_default(),
        reason: line.reason,
        venue: VenueId(line.venue),
        times: line.times,
    };
    Ok(RefusalReport { as_of, lines: sums.into_iter().map(line).collect() })
}

/// What conflicts are about and what they cost, as of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConflictReport {
    /// The end of the journal when it was read.
    pub as_of: Seq,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    /// The newest month first.
    pub lines: Vec<ExposureView>,
}

/// # Errors
/// When the database does not answer.
pub fn conflict_report(database: &Database, filter: &UsageFilter) -> Result<ConflictReport, Fault> {
    let as_of = database.as_of()?;
    Ok(ConflictReport { as_of, currency: "EUR", lines: database.exposures(filter)? })
}

/// The report as CSV for a spreadsheet: no cell of it starts a formula.
///
/// # Errors
/// When a line cannot be written.
pub fn csv(report: &UsageReport) -> Result<String, csv::Error> {
    sheet(report.lines.iter().map(|line| {
        let (key, name) = (harmless(&line.key), harmless(&line.name));
        Line { key, name, ..line.clone() }
    }))
}

/// A voucher in a list: nothing that redeems it.
#[derive(Serialize)]
struct Listed<'a> {
    reference: &'a str,
    state: State,
    workshops: u8,
    left: u8,
    first_day: Day,
    last_day: Day,
}

/// Vouchers as CSV for a spreadsheet, the oldest first.
///
/// # Errors
/// When a line cannot be written.
pub fn voucher_list(vouchers: &[VoucherView]) -> Result<String, csv::Error> {
    sheet(vouchers.iter().rev().map(|voucher| Listed {
        reference: &voucher.reference,
        state: voucher.state,
        workshops: voucher.workshops,
        left: voucher.left,
        first_day: voucher.first_day,
        last_day: voucher.last_day,
    }))
}

/// UTF-8 with byte order mark, semicolons and CRLF, as French spreadsheets expect.
pub(super) fn sheet(lines: impl Iterator<Item = impl Serialize>) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    for line in lines {
        writer.serialize(line)?;
    }
    let bytes = writer.into_inner().map_err(|cause| csv::Error::from(cause.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}

/// A cell that a spreadsheet takes for text: one that would start a formula gets an apostrophe.
pub(super) fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, harmless, mean, rank};

    #[test]
    fn places_are_ranked_by_their_workshops() {
        let line = |name: &str, used, issued| Line {
            name: name.to_owned(),
            workshops_used: used,
            workshops_issued: issued,
            ..Line::nothing()
        };
        let mut lines = [
            line("b", 3, 10),
            line("a", 3, 10),
            line("c", 0, 90),
            line("d", 3, 20),
            line("e", 4, 5),
        ];
        rank(&mut lines);
        assert_eq!(lines.each_ref().map(|line| line.name.as_str()), ["e", "d", "a", "b", "c"]);
    }

    #[test]
    fn means_are_rounded_half_up_and_of_nothing_there_is_none() {
        assert_eq!([mean(1_000, 1, 3), mean(1_000, 2, 3)], [Some(333), Some(667)]);
        assert_eq!([mean(1, 5, 2), mean(1, 0, 4)], [Some(3), Some(0)]);
        assert_eq!([mean(1_000, 1, 0), mean(1, -1, 4)], [None, None]);
    }

    #[test]
    fn a_cell_that_would_start_a_formula_is_made_text() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("@cmd"), "'@cmd");
        assert_eq!(harmless("2A"), "2A");
    }
}
