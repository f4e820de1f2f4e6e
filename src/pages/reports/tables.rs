//! The reports beside the figures: who hands out and who receives, and what scans were refused.
//! No sums: `app/network.rs` and `app/report.rs` have them.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::Chosen;
use crate::{
    app::{
        network::{Area, Issuing, NetworkReport, Receiving, network_report},
        report::{Refusals, conflict_report, refusal_report},
        service::{Fault, Service},
    },
    domain::{
        access::{Tenant, Verb},
        refusal::{Reason, Refusal},
        usage::Breakdown,
        view::{ExposureView, Filter},
    },
    http::{block, problem::Problem, say::Say},
    pages::{
        layout::{Layout, page},
        registry::section::{Column, Table, figure, text},
        stop::Stop,
        visitor::Visitor,
    },
};

const ISSUERS: &[Column] = &[
    text("issuer"),
    figure("network-allocated"),
    figure("network-left"),
    figure("network-stock"),
    figure("network-oldest-stock"),
    figure("report-handed-over"),
    figure("report-started"),
];
const VENUES: &[Column] = &[
    text("venue"),
    text("territory"),
    figure("network-received"),
    figure("network-redemptions"),
    figure("report-used"),
];
const TERRITORIES: &[Column] = &[
    text("territory"),
    figure("report-handed-over"),
    figure("network-venues-open"),
    figure("network-venues-active"),
    figure("report-used"),
];
const EXPOSURES: &[Column] = &[
    text("by-month"),
    text("venue"),
    text("device"),
    figure("conflicts-title"),
    figure("conflict-open"),
    figure("workshops"),
    figure("conflict-workshops-paid"),
    figure("report-guaranteed"),
    figure("conflict-cap"),
    text("conflict-alarm"),
];
const REFUSALS: &[Column] = &[text("refusals-reason"), text("venue"), figure("times")];

#[derive(Template)]
#[template(path = "reports/tables.html")]
struct TablesPage {
    layout: Layout,
    place: &'static str,
    about: String,
    chosen: Chosen,
    query: String,
    /// What was chosen on the page of figures, and is kept.
    kept: Vec<(&'static str, String)>,
    found: Vec<Table>,
    as_of: String,
}

impl TablesPage {
    fn new(visitor: &Visitor, code: &str, place: &'static str, chosen: Chosen) -> Self {
        let kept = [
            ("programme", chosen.programme.clone()),
            ("issuer", chosen.issuer.clone()),
            ("territory", chosen.territory.clone()),
        ];
        Self {
            layout: visitor.layout(&format!("{code}-title")),
            place,
            about: visitor.say.t(&format!("{code}-about")),
            query: chosen.query(),
            kept: kept.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
            chosen,
            found: Vec::new(),
            as_of: String::new(),
        }
    }
}

pub async fn network(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::ReportRead)?;
    let chosen = chosen.into_inner();
    let filter = chosen.filter(within);
    let report =
        block(&visitor.state, move |service| network_report(service.database(), &filter)).await?;
    let mut shown = TablesPage::new(&visitor, "network", "/reports/network", chosen);
    shown.as_of = report.as_of.to_string();
    shown.found = tables(&visitor.say, &report);
    Ok(page(&shown)?)
}

fn tables(say: &Say, report: &NetworkReport) -> Vec<Table> {
    let issuer = |row: &Issuing| {
        let count = |count| say.count(&count);
        vec![
            row.name.clone(),
            count(row.workshops_allocated),
            count(row.workshops_left),
            count(row.vouchers_stock),
            row.oldest_stock.map_or_else(|| "–".to_owned(), |day| say.day(&day)),
            count(row.vouchers_handed_over),
            count(row.vouchers_started),
        ]
    };
    let venue = |row: &Receiving| {
        let counts = [row.vouchers_received, row.redemptions, row.workshops_used];
        let names = [row.name.clone(), row.territory.clone()];
        names.into_iter().chain(counts.map(|count| say.count(&count))).collect()
    };
    let area = |row: &Area| {
        let counts =
            [row.vouchers_handed_over, row.venues_open, row.venues_active, row.workshops_used];
        let name = [row.territory.clone()];
        name.into_iter().chain(counts.map(|count| say.count(&count))).collect()
    };
    vec![
        Table {
            key: "network-issuers",
            columns: ISSUERS,
            rows: report.issuers.iter().map(issuer).collect(),
        },
        Table {
            key: "network-venues",
            columns: VENUES,
            rows: report.venues.iter().map(venue).collect(),
        },
        Table {
            key: "network-territories",
            columns: TERRITORIES,
            rows: report.territories.iter().map(area).collect(),
        },
    ]
}

pub async fn refusals(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::ReportRead)?;
    let chosen = chosen.into_inner();
    let filter = chosen.filter(within);
    let report =
        block(&visitor.state, move |service| refusal_report(service.database(), &filter)).await?;
    let say = &visitor.say;
    let row = |line: &Refusals| {
        vec![reason(say, &line.reason), line.name.clone(), say.count(&line.times)]
    };
    let rows = report.lines.iter().map(row).collect();
    let mut shown = TablesPage::new(&visitor, "refusals", "/reports/refusals", chosen);
    shown.as_of = report.as_of.to_string();
    shown.found = vec![Table { key: "refusals", columns: REFUSALS, rows }];
    Ok(page(&shown)?)
}

pub async fn conflicts(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::ConflictRead)?;
    let chosen = chosen.into_inner();
    let filter = chosen.filter(within);
    let say = visitor.say.clone();
    let (as_of, found) = block(&visitor.state, move |service| {
        let report = conflict_report(service.database(), &filter)?;
        Ok((report.as_of, exposures(service, &say, &report.lines)?))
    })
    .await?;
    let mut shown = TablesPage::new(&visitor, "conflicts", "/reports/conflicts", chosen);
    shown.as_of = as_of.to_string();
    shown.found = vec![found];
    Ok(page(&shown)?)
}

/// What devices have cost, by venue and month.
pub(in crate::pages) fn exposures(
    service: &Service,
    say: &Say,
    lines: &[ExposureView],
) -> Result<Table, Fault> {
    let database = service.database();
    let numbers: Vec<i64> = lines.iter().map(|line| line.venue.0).collect();
    let venues = database.names(Breakdown::Venue, &numbers)?;
    let row = |line: &ExposureView| {
        let device = database.devices(&Filter::one(Tenant::Any, line.device.0))?;
        let device = device.into_iter().next().map(|device| device.name).unwrap_or_default();
        let alarm = if line.alarm { say.t("conflict-above-cap") } else { String::new() };
        Ok(vec![
            format!("{}-{:02}", line.month.div_euclid(100), line.month.rem_euclid(100)),
            venues.get(&line.venue.0).cloned().unwrap_or_default(),
            device,
            say.count(&line.conflicts),
            say.count(&line.open),
            say.count(&line.workshops),
            say.count(&line.workshops_paid),
            say.euros(&line.paid_cents),
            say.count(&line.cap),
            alarm,
        ])
    };
    let rows = lines.iter().map(row).collect::<Result<_, Fault>>()?;
    Ok(Table { key: "conflict-exposure", columns: EXPOSURES, rows })
}

/// A reason without the facts of a single refusal, where its sentence needs some.
pub(in crate::pages) fn reason(say: &Say, code: &str) -> String {
    if let Some(said) = say.known(&format!("refused-{code}")) {
        return said;
    }
    let known = Reason::ALL.iter().find(|reason| reason.code() == code);
    known.map_or_else(
        || code.to_owned(),
        |reason| say.problem(&Problem::refused_scan(Refusal::from(*reason), false)),
    )
}
