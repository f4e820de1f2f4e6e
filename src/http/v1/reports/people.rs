//! The report on people, as JSON or as a file: the same cells in every form.
//! No sums, and nothing hidden here: `domain/people.rs` says what is published.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{Format, files::named};
use crate::{
    app::{
        people::{self, PeopleLine, PeopleReport},
        people_sheet::workbook,
    },
    domain::{
        access::Verb,
        ids::ProgrammeId,
        people::{Fact, HIDDEN, NOT_TOLD},
    },
    http::{
        Shared,
        access::Caller,
        block,
        problem::{Problem, Wrong},
        say::Say,
    },
    print::pdf::{Column, Document, Part, PdfFailure, Table, document},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct People {
    programme: Option<ProgrammeId>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What was told of the people who got passes, fact by fact, of programmes that ask. Tables are of
/// whole months that are over, of twenty people at least, never change, and have nobody in common;
/// no cell is of fewer than five people, and none follows from the others. There is no filter by
/// issuer or day, since differences of such tables would tell.
#[utoipa::path(get, path = "/v1/reports/people", tag = "reports", params(People),
    responses((status = 200, content((PeopleReport = "application/json"), (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf")))))]
pub async fn people(
    state: Shared,
    caller: Caller,
    request: HttpRequest,
    query: web::Query<People>,
) -> Result<HttpResponse, Problem> {
    let People { programme, format } = query.into_inner();
    let report = read(&state, caller, programme).await?;
    let say = Say::accepted(state.clone(), request.headers());
    answer(&state, &report, format, &say)
}

/// The report of what the caller may see.
pub async fn read(
    state: &Shared,
    caller: Caller,
    programme: Option<ProgrammeId>,
) -> Result<PeopleReport, Problem> {
    let within = caller.may(Verb::PeopleRead)?;
    block(state, move |service| service.people_report(within, programme)).await
}

/// The report in one of its forms.
pub fn answer(
    state: &Shared,
    report: &PeopleReport,
    format: Format,
    say: &Say,
) -> Result<HttpResponse, Problem> {
    let failed = |_| Problem::from(Wrong::Internal);
    match format {
        Format::Json => Ok(HttpResponse::Ok().json(report)),
        Format::Csv => {
            let text = people::csv(report).map_err(|_| Wrong::Internal)?;
            Ok(named("people", "text/csv; charset=utf-8", "csv").body(text))
        }
        Format::Xlsx => {
            let heads = HEADS.map(|key| say.t(key));
            let rows: Vec<([String; 5], i64)> =
                report.lines.iter().map(|line| (row(say, line), line.people)).collect();
            let now = state.service.clock.now();
            let bytes = workbook(&say.t("people-title"), now, &heads, &rows).map_err(failed)?;
            Ok(named("people", Format::Xlsx.kind(), "xlsx").body(bytes))
        }
        Format::Pdf => {
            let bytes = pdf(report, state.service.host(), say)?;
            Ok(named("people", "application/pdf", "pdf").body(bytes))
        }
    }
}

/// The headings of a file; the last is of the figure.
pub const HEADS: [&str; 6] =
    ["programme", "people-fact", "people-from", "people-to", "people-value", "people-people"];

/// A line in words, but for its figure.
#[must_use]
pub fn row(say: &Say, line: &PeopleLine) -> [String; 5] {
    [
        line.name.clone(),
        say.t(&format!("fact-{}", line.fact.code().replace('_', "-"))),
        say.month(&line.from),
        say.month(&line.to),
        values(say, line.fact, &line.codes),
    ]
}

/// What people call the values of a cell.
#[must_use]
pub fn values(say: &Say, fact: Fact, codes: &str) -> String {
    codes.split('+').map(|code| value(say, fact, code)).collect::<Vec<_>>().join(", ")
}

/// What people call a value.
#[must_use]
pub fn value(say: &Say, fact: Fact, code: &str) -> String {
    match code {
        HIDDEN | NOT_TOLD => say.t(&format!("fact-{}", code.replace('_', "-"))),
        // A commune is known by its number.
        _ => say
            .known(&format!("fact-{}-{code}", fact.code()).replace('_', "-"))
            .unwrap_or_else(|| code.to_owned()),
    }
}

fn pdf(report: &PeopleReport, host: &str, say: &Say) -> Result<Vec<u8>, Problem> {
    let shares = [5, 3, 3, 3, 4, 2];
    let column = |(key, share): (&str, u16)| Column {
        heading: say.t(key),
        figure: key == "people-people",
        share,
    };
    let cells = |line: &PeopleLine| {
        let mut cells = row(say, line).to_vec();
        cells.push(say.count(&line.people));
        cells
    };
    let table = Table {
        columns: HEADS.into_iter().zip(shares).map(column).collect(),
        rows: report.lines.iter().map(cells).collect(),
        total: None,
    };
    let looks = say.looks();
    let language = if say.code() == "fr" { "fr-FR" } else { say.code() };
    let parts = vec![Part::Sentence(say.t("people-about")), Part::Table(table)];
    document(&Document {
        language: language.to_owned(),
        title: say.t("people-title"),
        operator: looks.as_ref().map_or(host, |looks| &looks.name).to_owned(),
        logo: say.paper_logo(),
        parts,
    })
    .map_err(|cause| match cause {
        PdfFailure::TooMany => Problem::from(Wrong::BodyTooLarge),
        cause => {
            tracing::error!(%cause, "a report could not be drawn");
            Wrong::Internal.into()
        }
    })
}
