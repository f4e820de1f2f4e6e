//! The usage report as a file: the same lines and figures in every form.
//! No sums: `app/report.rs` has them.

use actix_web::{HttpResponse, HttpResponseBuilder};

use crate::{
    app::{
        report::{self, Line, UsageReport},
        report_sheet::{COLUMNS, Kind, by_word, workbook},
    },
    domain::{
        calendar::{Day, Instant},
        usage::{Breakdown, UsageFilter},
    },
    http::{
        problem::{Problem, Wrong},
        say::Say,
    },
    print::{
        chart::Chart,
        pdf::{Column, Document, Part, PdfFailure, Plot, Table, document},
    },
};

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Of the width of a page: what a line is about, and each figure.
const NAME_SHARE: u16 = 5;
const FIGURE_SHARE: u16 = 2;

fn download(report: &UsageReport, kind: &str, ending: &str) -> HttpResponseBuilder {
    let mut response = named("usage", kind, ending);
    response.insert_header(("As-Of-Seq", report.as_of.to_string()));
    response
}

/// An answer that is a file.
pub fn named(name: &str, kind: &str, ending: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    let name = format!("attachment; filename=\"{name}.{ending}\"");
    response.content_type(kind).insert_header(("Content-Disposition", name));
    response
}

/// # Errors
/// 500 when it cannot be written.
pub fn csv(report: &UsageReport) -> Result<HttpResponse, Problem> {
    let text = report::csv(report).map_err(|_| Wrong::Internal)?;
    Ok(download(report, "text/csv; charset=utf-8", "csv").body(text))
}

/// # Errors
/// 500 when it cannot be written.
pub fn xlsx(report: &UsageReport, now: Instant, say: &Say) -> Result<HttpResponse, Problem> {
    let named = |line: &Line| called(say, report.by, line);
    let bytes = workbook(report, now, &|key| say.t(key), &named).map_err(|_| Wrong::Internal)?;
    Ok(download(report, XLSX, "xlsx").body(bytes))
}

/// `total` is the report of the same choice that is not broken down.
///
/// # Errors
/// 413 for more lines than anybody reads on paper.
pub fn pdf(
    report: &UsageReport,
    total: &UsageReport,
    chosen: &UsageFilter,
    host: &str,
    say: &Say,
) -> Result<HttpResponse, Problem> {
    let language = if say.code() == "fr" { "fr-FR" } else { say.code() };
    let day = |key: &str, day: Option<Day>| day.map(|day| say.of(key, &say.day(&day)));
    let territory = chosen.territory.as_ref().map(|code| say.of("report-of-territory", code));
    let sentences = [
        day("report-period-from", chosen.from),
        day("report-period-to", chosen.to),
        territory,
        Some(format!("{} {}", say.t("report-as-of"), report.as_of)),
    ];
    let mut parts: Vec<Part> = sentences.into_iter().flatten().map(Part::Sentence).collect();
    parts.push(Part::Heading(say.t(&by_word(report.by))));
    parts.extend(plot(report, say).map(Part::Chart));
    parts.push(Part::Table(table(report, total, say)));
    let looks = say.looks();
    let bytes = document(&Document {
        language: language.to_owned(),
        title: say.t("report-title"),
        operator: looks.as_ref().map_or(host, |looks| &looks.name).to_owned(),
        logo: say.paper_logo(),
        parts,
    });
    let bytes = bytes.map_err(|cause| match cause {
        PdfFailure::TooMany => Problem::from(Wrong::BodyTooLarge),
        cause => {
            tracing::error!(%cause, "a report could not be drawn");
            Wrong::Internal.into()
        }
    })?;
    Ok(download(report, "application/pdf", "pdf").body(bytes))
}

/// Issued and used workshops, line by line, as bars.
#[must_use]
pub fn chart(report: &UsageReport, say: &Say) -> Option<Chart> {
    let bar =
        |line: &Line| (called(say, report.by, line), [line.workshops_issued, line.workshops_used]);
    Chart::of(report.by, report.lines.iter().map(bar))
}

fn plot(report: &UsageReport, say: &Say) -> Option<Plot> {
    let chart = chart(report, say)?;
    Some(Plot {
        series: [say.t("report-issued"), say.t("report-used")],
        values: chart.rules.iter().map(|rule| say.count(&rule.value)).collect(),
        alternative: say.t("report-chart-alt"),
        chart,
    })
}

fn table(report: &UsageReport, total: &UsageReport, say: &Say) -> Table {
    let column = |heading, figure, share| Column { heading, figure, share };
    let mut columns = vec![column(say.t(&by_word(report.by)), false, NAME_SHARE)];
    columns.extend(COLUMNS.iter().map(|(word, _, _)| column(say.t(word), true, FIGURE_SHARE)));
    let row = |name: String, line: &Line| {
        let mut cells = vec![name];
        cells.extend(COLUMNS.iter().map(|(_, kind, figure)| match kind {
            Kind::Count => say.count(&figure(line)),
            Kind::Cents => say.cents(&figure(line)),
        }));
        cells
    };
    let rows = report.lines.iter().map(|line| row(called(say, report.by, line), line)).collect();
    let total = total.lines.first().map(|line| row(say.t("report-total"), line));
    Table { columns, rows, total }
}

/// What people call a line.
#[must_use]
pub fn called(say: &Say, by: Breakdown, line: &Line) -> String {
    if !line.name.is_empty() {
        return line.name.clone();
    }
    match by {
        _ if line.key.is_empty() || line.key == "0" => say.t(&format!("by-{}-none", by.code())),
        Breakdown::Month => say.month(&line.key),
        Breakdown::Service => say.t(&format!("service-{}", line.key)),
        _ => line.key.clone(),
    }
}
