//! `report`: what was issued, used, earned and is left.
//! No sums: `app/report.rs` has them.

use clap::Args;

use super::{
    arguments::{Arguments, DatabaseOption},
    output::{Failure, print, say},
};
use crate::{
    app::{
        report::{Line, usage_report},
        view::Database,
    },
    domain::{
        access::Tenant,
        calendar::Day,
        ids::{FunderId, IssuerId, ProgrammeId, VenueId},
        usage::{Breakdown, UsageFilter},
    },
};

#[derive(Args)]
pub struct Report {
    #[command(flatten)]
    pub database: DatabaseOption,
    /// none, programme, month, territory, issuer, venue, service or funder
    #[arg(long, value_parser = breakdown, default_value = "none")]
    pub by: Breakdown,
    /// First day
    #[arg(long)]
    pub from: Option<Day>,
    /// Last day, inclusive
    #[arg(long)]
    pub to: Option<Day>,
    #[arg(long)]
    pub programme: Option<ProgrammeId>,
    #[arg(long)]
    pub funder: Option<FunderId>,
    #[arg(long)]
    pub issuer: Option<IssuerId>,
    #[arg(long)]
    pub venue: Option<VenueId>,
    /// As CSV for a spreadsheet: UTF-8 with BOM, `;`
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

pub fn report(arguments: &Arguments, options: &Report) -> Result<(), Failure> {
    let database = Database::open(&options.database.database)?;
    let filter = UsageFilter {
        from: options.from,
        to: options.to,
        programme: options.programme,
        funder: options.funder,
        issuer: options.issuer,
        venue: options.venue,
        ..UsageFilter::of(Tenant::Any)
    };
    let report = usage_report(&database, options.by, &filter)?;
    if options.csv {
        let told = |cause: csv::Error| Failure::Told(cause.to_string());
        return print(&crate::app::report::csv(&report).map_err(told)?);
    }
    let mut text = format!(
        "as of event {}\n{:<28} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>14} {:>14}",
        report.as_of, "", "handed", "started", "issued", "used", "ended", "left", "earned", "left",
    );
    for line in &report.lines {
        text.push_str(&table_row(line));
    }
    say(arguments.json, &text, &report)
}

fn table_row(line: &Line) -> String {
    let key = if line.name.is_empty() { &line.key } else { &line.name };
    let key: String =
        if key.is_empty() { "–".to_owned() } else { key.chars().take(28).collect() };
    format!(
        "\n{:<28} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>14} {:>14}",
        key,
        line.vouchers_handed_over,
        line.vouchers_started,
        line.workshops_issued,
        line.workshops_used,
        line.workshops_expired + line.workshops_cancelled,
        line.workshops_outstanding,
        euros(line.earned_cents),
        euros(line.outstanding_cents),
    )
}

pub fn euros(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02} €", cents / 100, cents % 100)
}

fn breakdown(name: &str) -> Result<Breakdown, String> {
    let name = serde_json::Value::from(name);
    serde_json::from_value(name).map_err(|cause| cause.to_string())
}
