//! Issuers: who hands passes out.
//! No allocations: those are a programme's.

use serde_json::json;

use super::{
    field::{Field, Kind},
    people,
    section::{Action, Desk, Line, Section, Shown, calls, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        ids::IssuerId,
        registry::Role,
        view::{Filter, IssuerView},
    },
    http::v1::{issuers, users},
};

pub static SECTION: Section = Section {
    code: "issuers",
    read: Verb::IssuerRead,
    columns: &[text("name"), text("state")],
    searched: true,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::IssuerCreate,
            grave: false,
            fields,
            call: calls!(new issuers::create_issuer),
        },
        Action {
            code: "change",
            verb: Verb::IssuerChange,
            grave: false,
            fields,
            call: calls!(one issuers::change_issuer),
        },
        Action {
            code: "person",
            verb: Verb::UserCreate,
            grave: false,
            fields: person,
            call: calls!(new users::create_user),
        },
        Action {
            code: "suspend",
            verb: Verb::IssuerSuspend,
            grave: true,
            fields: |_, _| Ok(vec![Field::new("suspended", Kind::Fixed(json!(true)))]),
            call: calls!(one issuers::suspend_issuer),
        },
        Action {
            code: "resume",
            verb: Verb::IssuerSuspend,
            grave: false,
            fields: |_, _| Ok(vec![Field::new("suspended", Kind::Fixed(json!(false)))]),
            call: calls!(one issuers::suspend_issuer),
        },
    ],
};

fn state(desk: &Desk<'_>, row: &IssuerView) -> String {
    desk.say.t(if row.suspended { "standing-suspended" } else { "standing-active" })
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().issuers(filter)?;
    Ok(rows.iter().map(|row| Line::of(row, vec![row.name.clone(), state(desk, row)])).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().issuers(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let facts = vec![("state", state(desk, &row))];
    let standing = if row.suspended { "resume" } else { "suspend" };
    let mut shown = Shown::new(row.name, facts).offering(&["change", "person", standing]);
    shown.tables.extend(people::of(desk, Tenant::Issuer(row.id))?);
    Ok(Some(shown))
}

fn fields(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let Some(filter) = filter else { return Ok(vec![Field::new("name", Kind::Text)]) };
    let rows = desk.service.database().issuers(filter)?;
    Ok(rows.into_iter().map(|row| Field::new("name", Kind::Text).with(row.name)).collect())
}

fn person(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let of = IssuerId(filter.and_then(|filter| filter.id).unwrap_or_default());
    Ok(people::fields(desk, &[Role::Agent(of), Role::Manager(of)]))
}
