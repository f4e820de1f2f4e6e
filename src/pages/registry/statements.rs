//! Statements of closed months: whose, of what, with their tables and in four forms.
//! No figures of its own: a statement is archived (`app/statements`).

use super::{
    disputes::about_this,
    section::{Action, Desk, Line, Section, Shown, Table, calls, text},
    settlements::{organisation, programme},
};
use crate::{
    app::{service::Fault, statement_sheet, statements},
    domain::{
        access::Verb,
        calendar::Zone,
        dispute::About,
        period::{Party, view::StatementView},
        usage::Breakdown,
        view::Filter,
    },
    http::v1::{disputes, reports::Format, statements::files},
};

/// Rows of a table that a page shows; the documents have them all.
const MOST: usize = 200;

pub static SECTION: Section = Section {
    code: "statements",
    read: Verb::StatementRead,
    columns: &[
        text("statement-number"),
        text("period-month"),
        text("programme"),
        text("statement-party"),
        text("statement-made-at"),
    ],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[Action {
        code: "dispute",
        verb: Verb::DisputeOpen,
        grave: false,
        fields: |_, one| Ok(about_this(About::Statement, one)),
        call: calls!(new disputes::create_dispute),
    }],
};

/// What a party is called now.
pub fn party(desk: &Desk<'_>, party: Party) -> Result<String, Fault> {
    match party {
        Party::Funder(id) => {
            let names = desk.service.database().names(Breakdown::Funder, &[id.0])?;
            Ok(names.get(&id.0).cloned().unwrap_or_default())
        }
        Party::Organisation(id) => organisation(desk, id),
    }
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for row in desk.service.database().statements(filter)? {
        let cells = vec![
            row.number.to_string(),
            desk.say.month(&row.month.to_string()),
            programme(desk, row.programme)?,
            party(desk, row.party)?,
            desk.say.moment(row.made_at, &Zone::paris()),
        ];
        lines.push(Line::of(&row, cells));
    }
    Ok(lines)
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().statements(filter)?;
    let Some(row): Option<StatementView> = rows.into_iter().next() else { return Ok(None) };
    let statement = statements::read(desk.service.database(), row.id)?;
    let tell = |cell: &statement_sheet::Cell| files::told(&statement.time_zone, desk.say, cell);
    let sheet = statement_sheet::sheet(&statement, &row.sha256);
    let facts = sheet.facts.iter().map(|(key, cell)| (*key, tell(cell))).collect();
    let mut shown = Shown::new(files::title(&statement, desk.say), facts);
    for (format, key) in [
        (Format::Pdf, "statement-as-pdf"),
        (Format::Xlsx, "statement-as-xlsx"),
        (Format::Csv, "statement-as-csv"),
        (Format::Json, "statement-as-json"),
    ] {
        let place = format!("/statements/{}/document/{}", row.id, format.code());
        shown.links.push((key, place));
    }
    shown.tables.extend(tables(&sheet, &tell));
    Ok(Some(shown.offering(&["dispute"])))
}

/// The tables of an account, cut to what a page shows.
pub fn tables(
    sheet: &statement_sheet::Sheet,
    tell: &dyn Fn(&statement_sheet::Cell) -> String,
) -> Vec<Table> {
    let table = |part: &statement_sheet::Part| {
        let rows = part.rows.iter().take(MOST).chain(&part.total);
        let rows = rows.map(|cells| cells.iter().map(tell).collect()).collect();
        Table { key: part.key, columns: part.columns, rows }
    };
    sheet.parts.iter().map(table).collect()
}
