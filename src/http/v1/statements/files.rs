//! An account as a file in somebody's language: the same tables in every form.
//! No figures: `app/statement_sheet` has the tables.

use actix_web::{HttpResponse, HttpResponseBuilder};

use super::Format;
use crate::{
    app::statement_sheet::{self, Cell, Part, Sheet},
    domain::{calendar::Zone, refusal::Refusal, statement::Statement},
    http::{
        problem::{Problem, Wrong},
        say::Say,
    },
    print::pdf::{self, Document, MOST_ROWS, PdfFailure, Table},
};

/// An answer that a browser saves under a name.
#[must_use]
pub fn download(name: &str, format: Format) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    let name = format!("attachment; filename=\"{name}.{}\"", format.code());
    response.content_type(format.kind()).insert_header(("Content-Disposition", name));
    response
}

/// The bytes of a form.
///
/// # Errors
/// 500 when it cannot be drawn.
pub fn drawn(
    sheet: &Sheet,
    title: String,
    format: Format,
    host: &str,
    say: &Say,
) -> Result<Vec<u8>, Problem> {
    let word = |key: &str| say.t(key);
    let tell = |cell: &Cell| told(&sheet.zone, say, cell);
    let failed = |cause: &dyn std::fmt::Display| {
        tracing::error!(%cause, "an account could not be drawn");
        Problem::from(Wrong::Internal)
    };
    match format {
        Format::Json => Err(Wrong::Internal.into()),
        Format::Csv => {
            let text = statement_sheet::csv(sheet, &word, &tell);
            Ok(text.map_err(|cause| failed(&cause))?.into_bytes())
        }
        Format::Xlsx => {
            let bytes = statement_sheet::workbook(sheet, &word, &tell);
            bytes.map_err(|cause| failed(&cause))
        }
        Format::Pdf => paper(sheet, title, host, say).map_err(|cause| failed(&cause)),
    }
}

/// A cell in words.
#[must_use]
pub fn told(zone: &Zone, say: &Say, cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Word(key) => say.t(key),
        Cell::Reason(code) => reason(say, code),
        Cell::Count(count) => say.count(count),
        Cell::Cents(cents) => say.cents(cents),
        Cell::Percent(points) => say.percent(*points),
        Cell::Tenths(tenths) => say.tenths(u32::try_from(*tenths).unwrap_or_default()),
        Cell::Day(day) => say.day(day),
        Cell::Moment(at) => say.moment(*at, zone),
    }
}

fn reason(say: &Say, code: &str) -> String {
    if let Some(said) = say.known(&format!("refused-{code}")) {
        return said;
    }
    let known = crate::domain::refusal::Reason::ALL.iter().find(|reason| reason.code() == code);
    known.map_or_else(
        || code.to_owned(),
        |reason| say.problem(&Problem::refused_scan(Refusal::from(*reason), false)),
    )
}

/// The title of a statement.
#[must_use]
pub fn title(statement: &Statement, say: &Say) -> String {
    let month = say.month(&statement.month.to_string());
    format!("{} – {month}", say.of("statement-title", &statement.number.to_string()))
}

fn paper(sheet: &Sheet, title: String, host: &str, say: &Say) -> Result<Vec<u8>, PdfFailure> {
    let language = if say.code() == "fr" { "fr-FR" } else { say.code() };
    let tell = |cell: &Cell| told(&sheet.zone, say, cell);
    let mut parts = Vec::new();
    for (key, cell) in &sheet.facts {
        let facts = [("label", say.t(key).into()), ("value", tell(cell).into())];
        parts.push(pdf::Part::Sentence(say.say("statement-fact", &facts)));
    }
    let mut rows = MOST_ROWS;
    for part in &sheet.parts {
        parts.push(pdf::Part::Heading(say.t(part.key)));
        if let Some(about) = say.known(&format!("{}-explained", part.key)) {
            parts.push(pdf::Part::Sentence(about));
        }
        // More than anybody reads on paper: the other forms have them.
        if part.rows.len() > rows {
            parts.push(pdf::Part::Sentence(say.t("statement-rows-elsewhere")));
            continue;
        }
        rows -= part.rows.len();
        parts.push(pdf::Part::Table(table(part, say, &tell)));
    }
    parts.extend(sheet.notes.iter().map(|key| pdf::Part::Sentence(say.t(key))));
    let looks = say.looks();
    pdf::document(&Document {
        language: language.to_owned(),
        title,
        operator: looks.as_ref().map_or(host, |looks| &looks.name).to_owned(),
        logo: say.paper_logo(),
        parts,
    })
}

fn table(part: &Part, say: &Say, tell: &dyn Fn(&Cell) -> String) -> Table {
    let column = |column: &statement_sheet::Column| pdf::Column {
        heading: say.t(column.key),
        figure: column.figure,
        share: column.share,
    };
    let row = |cells: &Vec<Cell>| cells.iter().map(tell).collect();
    Table {
        columns: part.columns.iter().map(column).collect(),
        rows: part.rows.iter().map(row).collect(),
        total: part.total.as_ref().map(row),
    }
}
