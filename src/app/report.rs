//! The usage report: what was issued, used, expired and earned, and what is left.
//! No SQL: the store sums, this derives what reports say besides.

use serde::Serialize;

use super::service::Fault;
use crate::{
    domain::ids::Seq,
    store::{Breakdown, Database, UsageFilter, UsageLine},
};

/// A usage report as of an event.
pub struct UsageReport {
    pub as_of: Seq,
    pub lines: Vec<Line>,
}

/// One line of a report: counts in vouchers and workshops, money in cents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub key: String,
    pub vouchers_handed_over: i64,
    pub vouchers_started: i64,
    pub vouchers_exhausted: i64,
    pub vouchers_expired: i64,
    pub vouchers_cancelled: i64,
    pub vouchers_replaced: i64,
    pub workshops_issued: i64,
    pub workshops_used: i64,
    pub workshops_expired: i64,
    pub workshops_cancelled: i64,
    /// Issued − used − expired − cancelled.
    pub workshops_outstanding: i64,
    pub redemptions: i64,
    pub reversals: i64,
    pub committed_cents: i64,
    pub earned_cents: i64,
    pub given_back_cents: i64,
    /// Committed − earned − given back.
    pub outstanding_cents: i64,
}

impl Line {
    fn of(line: &UsageLine) -> Self {
        let f = &line.figures;
        let ended = f.workshops_used + f.workshops_expired + f.workshops_cancelled;
        Self {
            key: line.key.clone(),
            vouchers_handed_over: f.handed_over,
            vouchers_started: f.started,
            vouchers_exhausted: f.exhausted,
            vouchers_expired: f.expired,
            vouchers_cancelled: f.cancelled,
            vouchers_replaced: f.replaced,
            workshops_issued: f.workshops_issued,
            workshops_used: f.workshops_used,
            workshops_expired: f.workshops_expired,
            workshops_cancelled: f.workshops_cancelled,
            workshops_outstanding: f.workshops_issued - ended,
            redemptions: f.redemptions,
            reversals: f.reversals,
            committed_cents: f.committed_cents,
            earned_cents: f.earned_cents,
            given_back_cents: f.given_back_cents,
            outstanding_cents: f.committed_cents - f.earned_cents - f.given_back_cents,
        }
    }
}

/// # Errors
/// When the database does not answer.
pub fn usage_report(
    database: &Database,
    by: Breakdown,
    filter: &UsageFilter,
) -> Result<UsageReport, Fault> {
    let as_of = database.as_of()?;
    let lines = database.usage(by, filter)?;
    Ok(UsageReport { as_of, lines: lines.iter().map(Line::of).collect() })
}

/// The report as CSV for a spreadsheet: UTF-8 with BOM, `;`, no cell that starts a formula.
///
/// # Errors
/// When a line cannot be written.
pub fn csv(report: &UsageReport) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    for line in &report.lines {
        writer.serialize(Line { key: harmless(&line.key), ..line.clone() })?;
    }
    let bytes = writer.into_inner().map_err(|cause| csv::Error::from(cause.into_error()))?;
    Ok(format!("\u{feff}{}", String::from_utf8_lossy(&bytes)))
}

/// A cell that a spreadsheet takes for text: one that would start a formula gets an apostrophe.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_cell_that_would_start_a_formula_is_made_text() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("@cmd"), "'@cmd");
        assert_eq!(harmless("2A"), "2A");
    }
}
