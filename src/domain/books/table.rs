//! The ledger as a table, a line a posting: UTF-8 with byte order mark, semicolons, CRLF.
//! No sums.

use super::{BookLine, Called, account_name, euros, one_line, sides};

const COLUMNS: [&str; 14] = [
    "event",
    "date",
    "kind",
    "account",
    "stage",
    "programme",
    "version",
    "funder",
    "organisation",
    "debit",
    "credit",
    "programme_name",
    "funder_name",
    "organisation_name",
];

pub fn beginning() -> String {
    format!("\u{feff}{}\r\n", COLUMNS.join(";"))
}

pub fn line(line: &BookLine, called: &Called) -> String {
    let key = &line.key;
    let (debit, credit) = sides(line.amount);
    let cells = [
        line.event.to_string(),
        line.day.to_string(),
        line.kind.clone(),
        account_name(key),
        key.stage.code().to_owned(),
        key.programme.to_string(),
        key.version.to_string(),
        key.funder.to_string(),
        key.organisation.map(|id| id.to_string()).unwrap_or_default(),
        euros(debit, '.'),
        euros(credit, '.'),
        named(&called.programme),
        named(&called.funder),
        named(&called.organisation),
    ];
    format!("{}\r\n", cells.join(";"))
}

/// What somebody called something, in quotation marks, and never a formula.
fn named(name: &str) -> String {
    if name.is_empty() {
        return String::new();
    }
    let formula = name.starts_with(['=', '+', '-', '@']);
    let mark = if formula { "'" } else { "" };
    format!("\"{mark}{}\"", one_line(name).replace('"', "\"\""))
}
