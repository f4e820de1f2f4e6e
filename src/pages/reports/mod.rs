//! What was issued, used and paid: figures, charts and tables, by what their reader chooses.
//! No sums: `app/report.rs` has them.

mod export;
mod forecast;
mod people;
mod reconciliation;
mod tables;

pub(super) use forecast::warned;
pub(super) use tables::{exposures, reason};

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use super::{
    layout::{Layout, page},
    stop::{Stop, encoded},
    visitor::Visitor,
};
use crate::{
    app::report::{Line, UsageReport, usage_report},
    domain::{
        access::{Tenant, Verb},
        calendar::Day,
        ids::{IssuerId, ProgrammeId},
        usage::{Breakdown, UsageFilter},
        view::{Filter, IssuerView, ProgrammeView},
    },
    http::{
        block,
        say::Say,
        v1::reports::files::{called, chart},
    },
    print::chart::Chart,
};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/reports", web::get().to(show))
        .route("/reports/network", web::get().to(tables::network))
        .route("/reports/people", web::get().to(people::show))
        .route("/reports/people.csv", web::get().to(people::csv))
        .route("/reports/people.xlsx", web::get().to(people::xlsx))
        .route("/reports/people.pdf", web::get().to(people::pdf))
        .route("/reports/refusals", web::get().to(tables::refusals))
        .route("/reports/conflicts", web::get().to(tables::conflicts))
        .route("/reports/forecast", web::get().to(forecast::show))
        .route("/reports/reconciliation", web::get().to(reconciliation::show))
        .route("/reports.csv", web::get().to(export::csv))
        .route("/reports.xlsx", web::get().to(export::xlsx))
        .route("/reports.pdf", web::get().to(export::pdf));
}

/// What the URL chooses; a field that was left empty chooses nothing.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Chosen {
    #[serde(default)]
    by: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
    #[serde(default)]
    programme: String,
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    territory: String,
}

impl Chosen {
    fn by(&self) -> Breakdown {
        let by = Breakdown::ALL.into_iter().find(|by| by.code() == self.by);
        by.filter(|by| *by != Breakdown::None).unwrap_or(Breakdown::Month)
    }

    fn filter(&self, within: Tenant) -> UsageFilter {
        let territory = self.territory.trim();
        UsageFilter {
            from: self.from.parse().ok(),
            to: self.to.parse().ok(),
            programme: self.programme.parse().ok().map(ProgrammeId),
            issuer: self.issuer.parse().ok().map(IssuerId),
            territory: (!territory.is_empty()).then(|| territory.to_owned()),
            ..UsageFilter::of(within)
        }
    }

    /// The same choice as a query.
    fn query(&self) -> String {
        let pairs = [
            ("by", self.by().code()),
            ("from", &self.from),
            ("to", &self.to),
            ("programme", &self.programme),
            ("issuer", &self.issuer),
            ("territory", &self.territory),
        ];
        let pairs = pairs.iter().filter(|(_, value)| !value.is_empty());
        pairs
            .map(|(name, value)| format!("{name}={}", encoded(value)))
            .collect::<Vec<_>>()
            .join("&")
    }
}

/// A figure that stands out, with what it was in the period before.
struct Tile {
    name: String,
    value: String,
    /// How it moved, in words.
    moved: Option<String>,
}

#[derive(Template)]
#[template(path = "reports/show.html")]
struct ReportPage {
    layout: Layout,
    chosen: Chosen,
    query: String,
    tiles: Vec<Tile>,
    chart: Option<Chart>,
    by: Breakdown,
    breakdowns: Vec<Breakdown>,
    lines: Vec<(String, Line)>,
    total: Line,
    as_of: String,
    programmes: Vec<ProgrammeView>,
    issuers: Vec<IssuerView>,
    sees_conflicts: bool,
    sees_ledger: bool,
    warnings: Vec<String>,
    sees_people: bool,
}

async fn show(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::ReportRead)?;
    let chosen = chosen.into_inner();
    let (by, filter) = (chosen.by(), chosen.filter(within));
    let before = before(&filter);
    let reads_issuers = visitor.may(Verb::IssuerRead).ok();
    let reads_programmes = visitor.may(Verb::ProgrammeRead).ok();
    let (lines, total, past, programmes, issuers) = block(&visitor.state, move |service| {
        let database = service.database();
        let lines = usage_report(database, by, &filter)?;
        let total = sum(usage_report(database, Breakdown::None, &filter)?);
        let past = match before {
            Some(before) => Some(sum(usage_report(database, Breakdown::None, &before)?)),
            None => None,
        };
        let all = |within| Filter { limit: 200, ..Filter::of(within) };
        let programmes = reads_programmes.map(|within| database.programmes(&all(within)));
        let issuers = reads_issuers.map(|within| database.issuers(&all(within)));
        let programmes = programmes.transpose()?.unwrap_or_default();
        Ok((lines, total, past, programmes, issuers.transpose()?.unwrap_or_default()))
    })
    .await?;
    let say = &visitor.say;
    let as_of = lines.as_of.to_string();
    let chart = chart(&lines, say);
    let lines: Vec<(String, Line)> =
        lines.lines.into_iter().map(|line| (called(say, by, &line), line)).collect();
    Ok(page(&ReportPage {
        layout: visitor.layout("report-title"),
        query: chosen.query(),
        chosen,
        tiles: tiles(say, &total, past.as_ref()),
        chart,
        by,
        breakdowns: breakdowns(within),
        lines,
        total,
        as_of,
        programmes,
        issuers,
        sees_conflicts: visitor.may(Verb::ConflictRead).is_ok(),
        sees_ledger: visitor.may(Verb::LedgerRead).is_ok(),
        warnings: forecast::warnings(&visitor).await?,
        sees_people: visitor.may(Verb::PeopleRead).is_ok(),
    })?)
}

/// By what a visitor's figures can be broken down.
fn breakdowns(within: Tenant) -> Vec<Breakdown> {
    let useful = |by: &Breakdown| match by {
        Breakdown::None => false,
        Breakdown::Issuer => !matches!(within, Tenant::Issuer(_)),
        Breakdown::Funder => matches!(within, Tenant::Any),
        _ => true,
    };
    Breakdown::ALL.into_iter().filter(useful).collect()
}

/// The period of the same length before the one that was chosen.
fn before(filter: &UsageFilter) -> Option<UsageFilter> {
    let (from, to) = (filter.from?, filter.to?);
    let days = to.0.checked_sub(from.0)?;
    (days >= 0).then(|| UsageFilter {
        from: Some(Day(from.0.saturating_sub(days + 1))),
        to: Some(from.plus(-1)),
        ..filter.clone()
    })
}

fn sum(report: UsageReport) -> Line {
    report.lines.into_iter().next().unwrap_or_else(Line::nothing)
}

fn tiles(say: &Say, now: &Line, past: Option<&Line>) -> Vec<Tile> {
    type Shown = fn(&Say, i64) -> String;
    type Figure = fn(&Line) -> Option<i64>;
    let count: Shown = |say, value| say.count(&value);
    let euros: Shown = |say, value| say.euros(&crate::domain::cents::Cents(value));
    let permille: Shown = |say, value| say.permille(value);
    let days: Shown = |say, value| say.n("report-days", &value);
    let figures: [(&str, Shown, Figure); 8] = [
        ("report-handed-over", count, |line| Some(line.vouchers_handed_over)),
        ("report-started-rate", permille, |line| line.started_permille),
        ("report-days-to-start", days, |line| line.days_to_first_workshop),
        ("report-used", count, |line| Some(line.workshops_used)),
        ("report-used-rate", permille, |line| line.used_permille),
        ("report-outstanding", count, |line| Some(line.workshops_outstanding)),
        ("report-earned", euros, |line| Some(line.earned_cents)),
        ("report-money-outstanding", euros, |line| Some(line.outstanding_cents)),
    ];
    let tile = |(name, shown, figure): &(&str, Shown, Figure)| Tile {
        name: say.t(name),
        value: figure(now).map_or_else(|| "–".to_owned(), |value| shown(say, value)),
        moved: past.and_then(*figure).map(|value| say.of("report-before", &shown(say, value))),
    };
    figures.iter().map(tile).collect()
}
