//! Closed months of programmes, and how far their statements are made.
//! A month is closed on its programme's page (`programmes`).

use super::{
    events,
    section::{Desk, Line, Section, Shown, Table, figure, text},
    settlements::programme,
    statements::party,
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        calendar::Zone,
        period::view::PeriodView,
        view::Filter,
    },
};

/// Statements that a page lists; their own list has them all.
const MOST: u32 = 200;

pub static SECTION: Section = Section {
    code: "periods",
    read: Verb::PeriodRead,
    columns: &[
        text("period-month"),
        text("programme"),
        text("period-closed-at"),
        figure("period-statements"),
        text("state"),
    ],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[],
};

fn state(desk: &Desk<'_>, row: &PeriodView) -> String {
    desk.say.t(if row.stated { "period-stated" } else { "period-stating" })
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for row in desk.service.database().periods(filter)? {
        let cells = vec![
            desk.say.month(&row.month.to_string()),
            programme(desk, row.programme)?,
            desk.say.moment(row.closed_at, &Zone::paris()),
            desk.say.count(&row.statements),
            state(desk, &row),
        ];
        lines.push(Line::of(&row, cells));
    }
    Ok(lines)
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().periods(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let name = programme(desk, row.programme)?;
    let month = desk.say.month(&row.month.to_string());
    let facts = vec![
        ("state", state(desk, &row)),
        ("programme", name.clone()),
        ("period-month", month.clone()),
        ("period-closed-at", desk.say.moment(row.closed_at, &Zone::paris())),
        ("period-closed-by", events::whom(desk, row.closed_by)?),
        ("statement-open-conflicts", desk.say.count(&row.open_conflicts)),
        ("statement-quarantined", desk.say.count(&row.quarantined)),
        ("period-statements", desk.say.count(&row.statements)),
    ];
    let mut shown = Shown::new(format!("{name} – {month}"), facts);
    shown.links.push(("period-to-statements", "/statements".to_owned()));
    shown.tables.push(statements(desk, &row)?);
    Ok(Some(shown))
}

fn statements(desk: &Desk<'_>, of: &PeriodView) -> Result<Table, Fault> {
    let (programme, month) = (Some(of.programme), Some(of.month));
    let filter = Filter { programme, month, limit: MOST, ..Filter::of(Tenant::Any) };
    let mut rows = Vec::new();
    for row in desk.service.database().statements(&filter)? {
        rows.push(vec![row.number.to_string(), party(desk, row.party)?]);
    }
    let columns = const { &[text("statement-number"), text("statement-party")] };
    Ok(Table { key: "period-statements", columns, rows })
}
