//! A statement as a file in somebody's language: the same tables in every form.
//! No figures: `app/statement_sheet` has the tables.

use actix_web::{HttpResponse, HttpResponseBuilder};

use super::Format;
use crate::{
    app::statement_sheet::{self, Cell, Part},
    domain::{refusal::Refusal, statement::Statement},
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
    statement: &Statement,
    sha256: &str,
    format: Format,
    host: &str,
    say: &Say,
) -> Result<Vec<u8>, Problem> {
    let word = |key: &str| say.t(key);
    let tell = |cell: &Cell| told(statement, say, cell);
    let failed = |cause: &dyn std::fmt::Display| {
        tracing::error!(%cause, "a statement could not be drawn");
        Problem::from(Wrong::Internal)
    };
    match format {
        Format::Json => Err(Wrong::Internal.into()),
        Format::Csv => {
            let text = statement_sheet::csv(statement, sha256, &word, &tell);
            Ok(text.map_err(|cause| failed(&cause))?.into_bytes())
        }
        Format::Xlsx => {
            let bytes = statement_sheet::workbook(statement, sha256, &word, &tell);
            bytes.map_err(|cause| failed(&cause))
        }
        Format::Pdf => paper(statement, sha256, host, say).map_err(|cause| failed(&cause)),
    }
}

/// A cell in words.
#[must_use]
pub fn told(statement: &Statement, say: &Say, cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => text.clone(),
        Cell::Word(key) => say.t(key),
        Cell::Reason(code) => reason(say, code),
        Cell::Count(count) => say.count(count),
        Cell::Cents(cents) => say.cents(cents),
        Cell::Day(day) => say.day(day),
        Cell::Moment(at) => say.moment(*at, &statement.time_zone),
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

fn paper(
    statement: &Statement,
    sha256: &str,
    host: &str,
    say: &Say,
) -> Result<Vec<u8>, PdfFailure> {
    let language = if say.code() == "fr" { "fr-FR" } else { say.code() };
    let tell = |cell: &Cell| told(statement, say, cell);
    let mut parts = Vec::new();
    for (key, cell) in statement_sheet::facts(statement, sha256) {
        let facts = [("label", say.t(key).into()), ("value", tell(&cell).into())];
        parts.push(pdf::Part::Sentence(say.say("statement-fact", &facts)));
    }
    let mut rows = MOST_ROWS;
    for part in statement_sheet::parts(statement) {
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
        parts.push(pdf::Part::Table(table(&part, say, &tell)));
    }
    let looks = say.looks();
    pdf::document(&Document {
        language: language.to_owned(),
        title: title(statement, say),
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
