//! The usage report as a file: the same lines and figures in every form.
//! No sums: `app/report.rs` has them.

use actix_web::{HttpResponse, HttpResponseBuilder};

use super::Format;
use crate::{
    app::{
        report::{self, Line, UsageReport, usage_report},
        report_sheet::{COLUMNS, Kind, by_word, workbook},
    },
    domain::{
        calendar::{Day, Instant},
        sepa::digest,
        usage::{Breakdown, UsageFilter},
    },
    http::{
        Shared, block,
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
/// A report that is longer is drawn again each time.
const MOST_KEPT_BYTES: usize = 4 << 20;

/// An answer that is a file.
pub fn named(name: &str, kind: &str, ending: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    let name = format!("attachment; filename=\"{name}.{ending}\"");
    response.content_type(kind).insert_header(("Content-Disposition", name));
    response
}

/// A report of what was chosen, as a file. That of a closed month is kept when it is first asked
/// for: it stays the same bytes, whatever names, looks and programs come later.
///
/// # Errors
/// 413 for more lines than anybody reads on paper.
pub async fn answer(
    state: &Shared,
    by: Breakdown,
    filter: UsageFilter,
    format: Format,
    say: Say,
) -> Result<HttpResponse, Problem> {
    let drawn = block(state, move |service| {
        let database = service.database();
        let closed = database.closed_month(&filter)?;
        let name = closed.is_some().then(|| kept_name(by, &filter, format, &say));
        if let (Some(name), Some((as_of, _))) = (&name, closed)
            && let Some(bytes) = database.kept_file(name)?
        {
            return Ok(Ok((as_of, bytes)));
        }
        let report = usage_report(database, by, &filter)?;
        let drawing = Drawing {
            report: &report,
            total: &usage_report(database, Breakdown::None, &filter)?,
            chosen: &filter,
            at: closed.map_or_else(|| service.clock.now(), |(_, at)| at),
            host: service.host(),
            say: &say,
        };
        let bytes = match drawing.bytes(format) {
            Ok(bytes) => bytes,
            Err(problem) => return Ok(Err(problem)),
        };
        // Where there is nothing, there are any number of questions, and nothing to keep.
        match name.filter(|_| !report.lines.is_empty() && bytes.len() <= MOST_KEPT_BYTES) {
            Some(name) => Ok(Ok((report.as_of, database.keep_file(&name, bytes)?))),
            None => Ok(Ok((report.as_of, bytes))),
        }
    });
    let (as_of, bytes) = drawn.await??;
    let mut response = HttpResponse::Ok();
    response.content_type(format.kind());
    if format != Format::Json {
        let name = format!("attachment; filename=\"usage.{}\"", format.code());
        response
            .insert_header(("Content-Disposition", name))
            .insert_header(("As-Of-Seq", as_of.to_string()));
    }
    Ok(response.body(bytes))
}

/// The same question has the same name, and no other one has.
fn kept_name(by: Breakdown, filter: &UsageFilter, format: Format, say: &Say) -> String {
    let asked = digest(&format!("{by:?} {filter:?}"));
    // Figures alone are in no language.
    let language = if format == Format::Json { "" } else { say.code() };
    format!("report/{asked}/{}/{language}", format.code())
}

/// A report, and what is said around it.
struct Drawing<'a> {
    report: &'a UsageReport,
    /// Of the same choice, not broken down.
    total: &'a UsageReport,
    chosen: &'a UsageFilter,
    at: Instant,
    host: &'a str,
    say: &'a Say,
}

impl Drawing<'_> {
    fn bytes(&self, format: Format) -> Result<Vec<u8>, Problem> {
        let Self { report, say, .. } = *self;
        let failed = |_| Problem::from(Wrong::Internal);
        Ok(match format {
            Format::Json => serde_json::to_vec(report).map_err(|_| Wrong::Internal)?,
            Format::Csv => report::csv(report).map_err(|_| Wrong::Internal)?.into_bytes(),
            Format::Xlsx => {
                let named = |line: &Line| called(say, report.by, line);
                workbook(report, self.at, &|key| say.t(key), &named).map_err(failed)?
            }
            Format::Pdf => self.pdf()?,
        })
    }

    fn pdf(&self) -> Result<Vec<u8>, Problem> {
        let Self { report, chosen, say, .. } = *self;
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
        parts.push(Part::Table(table(report, self.total, say)));
        let looks = say.looks();
        let bytes = document(&Document {
            language: language.to_owned(),
            title: say.t("report-title"),
            operator: looks.as_ref().map_or(self.host, |looks| &looks.name).to_owned(),
            logo: say.paper_logo(),
            parts,
        });
        bytes.map_err(|cause| match cause {
            PdfFailure::TooMany => Problem::from(Wrong::BodyTooLarge),
            cause => {
                tracing::error!(%cause, "a report could not be drawn");
                Wrong::Internal.into()
            }
        })
    }
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
