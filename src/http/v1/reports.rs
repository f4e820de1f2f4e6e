//! The usage report, as JSON or as a CSV that spreadsheets open as it is.
//! No sums: the port has the figures.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::port::{By, Port, UsageAsk, UsageRow},
    domain::{
        access::Verb,
        calendar::Day,
        ids::{FunderId, IssuerId, ProgrammeId, Seq, VenueId},
        usage::Figures,
    },
    http::{
        Shared,
        access::Caller,
        block,
        problem::{Problem, Wrong},
    },
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Json,
    Csv,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Usage {
    #[serde(default)]
    #[param(inline)]
    by: By,
    /// First day, inclusive.
    from: Option<Day>,
    /// Last day, inclusive.
    to: Option<Day>,
    programme: Option<ProgrammeId>,
    venue: Option<VenueId>,
    issuer: Option<IssuerId>,
    funder: Option<FunderId>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

#[derive(Serialize, ToSchema)]
pub struct UsageReport {
    /// The end of the journal when it was read.
    as_of: Seq,
    by: By,
    #[schema(example = "EUR")]
    currency: &'static str,
    lines: Vec<UsageRow>,
}

/// What was issued, used, expired and paid.
///
/// # Errors
/// A problem.
#[utoipa::path(get, path = "/v1/reports/usage", tag = "reports", params(Usage),
    responses((status = 200, content((UsageReport = "application/json"), (String = "text/csv")))))]
pub async fn usage(
    state: Shared,
    caller: Caller,
    query: web::Query<Usage>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::ReportRead)?;
    let Usage { by, from, to, programme, venue, issuer, funder, format } = query.into_inner();
    let ask = UsageAsk { within, by, from, to, programme, venue, issuer, funder };
    let read = move |port: &dyn Port| Ok((port.as_of()?, port.usage(&ask)?));
    let (as_of, lines) = block(&state, read).await?;
    if format == Format::Json {
        let report = UsageReport { as_of, by, currency: "EUR", lines };
        return Ok(HttpResponse::Ok().json(report));
    }
    let text = csv_text(&lines).ok_or(Wrong::Internal)?;
    let name = "attachment; filename=\"usage.csv\"";
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", name))
        .insert_header(("As-Of-Seq", as_of.to_string()))
        .body(text))
}

/// With a byte order mark and semicolons, as French spreadsheets expect (RFC 4180 otherwise).
fn csv_text(lines: &[UsageRow]) -> Option<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(b';')
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    let head = std::iter::once("key").chain(Figures::NAMES.iter().copied());
    writer.write_record(head).ok()?;
    for line in lines {
        let figure = |name: &&str| line.figures.get(*name).copied().unwrap_or_default().to_string();
        let figures = Figures::NAMES.iter().map(figure);
        writer.write_record(std::iter::once(harmless(&line.key)).chain(figures)).ok()?;
    }
    writer.into_inner().ok()
}

/// A text that a spreadsheet does not run as a formula.
fn harmless(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%']);
    if formula { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_csv_begins_with_its_mark_and_runs_no_formula() {
        let figures = [("redemptions".to_owned(), -3)].into();
        let lines = [UsageRow { key: "=cmd|' /C calc'!A0;".to_owned(), figures }];
        let text = String::from_utf8(csv_text(&lines).unwrap()).unwrap();
        assert!(text.starts_with("\u{feff}key;stocked;handed_over;"));
        assert!(text.contains("\r\n\"'=cmd|' /C calc'!A0;\";0;"));
        assert!(text.contains(";-3;"));
    }
}
