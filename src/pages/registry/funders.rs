//! Funders: who pays.
//! No budgets: those are a programme's.

use super::{
    field::{Field, Kind},
    people,
    section::{Action, Desk, Line, Section, Shown, calls, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        ids::FunderId,
        registry::Role,
        view::Filter,
    },
    http::v1::{funders, users},
};

pub static SECTION: Section = Section {
    code: "funders",
    read: Verb::FunderRead,
    columns: &[text("name")],
    searched: true,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::FunderCreate,
            grave: false,
            fields,
            call: calls!(new funders::create_funder),
        },
        Action {
            code: "change",
            verb: Verb::FunderChange,
            grave: false,
            fields,
            call: calls!(one funders::change_funder),
        },
        Action {
            code: "person",
            verb: Verb::UserCreate,
            grave: false,
            fields: person,
            call: calls!(new users::create_user),
        },
    ],
};

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().funders(filter)?;
    Ok(rows.iter().map(|row| Line::of(row, vec![row.name.clone()])).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().funders(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let mut shown = Shown::new(row.name, Vec::new()).offering(&["change", "person"]);
    shown.tables.extend(people::of(desk, Tenant::Funder(row.id))?);
    Ok(Some(shown))
}

fn fields(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let name = Field::new("name", Kind::Text);
    let Some(filter) = filter else { return Ok(vec![name]) };
    let rows = desk.service.database().funders(filter)?;
    Ok(rows.into_iter().map(|row| Field::new("name", Kind::Text).with(row.name)).collect())
}

fn person(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let of = FunderId(filter.and_then(|filter| filter.id).unwrap_or_default());
    Ok(people::fields(desk, &[Role::Analyst(of)]))
}
