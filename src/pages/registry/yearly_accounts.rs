//! Yearly accounts of funders: of which year and programme, with their tables and in four forms.
//! No figures of its own: an account is archived (`app/yearly`).

use super::{
    section::{Desk, Line, Section, Shown, text},
    settlements::programme,
    statements::{party, tables},
};
use crate::{
    app::{service::Fault, statement_sheet::Cell, yearly, yearly_sheet::sheet},
    domain::{access::Verb, calendar::Zone, period::Party, view::Filter},
    http::v1::{reports::Format, statements::files, yearly_accounts::title},
};

pub static SECTION: Section = Section {
    code: "yearly-accounts",
    read: Verb::YearlyAccountRead,
    columns: &[
        text("yearly-year"),
        text("programme"),
        text("statement-funder"),
        text("statement-made-at"),
    ],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[],
};

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for row in desk.service.database().yearly_accounts(filter)? {
        let cells = vec![
            row.year.to_string(),
            programme(desk, row.programme)?,
            party(desk, Party::Funder(row.funder))?,
            desk.say.moment(row.made_at, &Zone::paris()),
        ];
        lines.push(Line::of(&row, cells));
    }
    Ok(lines)
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().yearly_accounts(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let account = yearly::archived(desk.service.database(), row.id)?;
    let read = yearly::read(&account.text)?;
    let sheet = sheet(&read, &account.sha256);
    let tell = |cell: &Cell| files::told(&sheet.zone, desk.say, cell);
    let facts = sheet.facts.iter().map(|(key, cell)| (*key, tell(cell))).collect();
    let mut shown = Shown::new(title(&read, desk.say), facts);
    for (format, key) in [
        (Format::Pdf, "statement-as-pdf"),
        (Format::Xlsx, "statement-as-xlsx"),
        (Format::Csv, "statement-as-csv"),
        (Format::Json, "statement-as-json"),
    ] {
        let place = format!("/yearly-accounts/{}/document/{}", row.id, format.code());
        shown.links.push((key, place));
    }
    shown.tables.extend(tables(&sheet, &tell));
    Ok(Some(shown))
}
