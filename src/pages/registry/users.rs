//! People who log in. Those of a funder, an issuer or an organisation are added on its page.
//! No log-in.

use super::{
    field::{Field, Kind},
    people,
    section::{Action, Desk, Line, Section, Shown, calls, nothing, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb, may_give, within},
        registry::Role,
        usage::Breakdown,
        view::{Filter, UserView},
    },
    http::v1::users,
};

pub static SECTION: Section = Section {
    code: "users",
    read: Verb::UserRead,
    columns: &[text("name"), text("role"), text("email"), text("state")],
    searched: true,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::UserCreate,
            grave: false,
            fields: new,
            call: calls!(new users::create_user),
        },
        Action {
            code: "change",
            verb: Verb::UserChange,
            grave: false,
            fields: change,
            call: calls!(one users::change_user),
        },
        Action {
            code: "invite",
            verb: Verb::UserChange,
            grave: false,
            fields: |desk, _| Ok(vec![Field::new("language", Kind::Fixed(desk.say.code().into()))]),
            call: calls!(one users::invite_user),
        },
        Action {
            code: "limit",
            verb: Verb::UserRaiseLimit,
            grave: false,
            fields: limit,
            call: calls!(one users::raise_daily_limit),
        },
        Action {
            code: "factor",
            verb: Verb::UserChange,
            grave: true,
            fields: nothing,
            call: calls!(bare users::remove_users_second_factor),
        },
        Action {
            code: "revoke",
            verb: Verb::UserRevoke,
            grave: true,
            fields: nothing,
            call: calls!(bare users::revoke_user),
        },
    ],
};

fn standing(desk: &Desk<'_>, row: &UserView) -> String {
    desk.say.t(if row.revoked { "standing-revoked" } else { "standing-active" })
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().users(filter)?;
    let line = |row: &UserView| {
        let cells = vec![
            row.name.clone(),
            people::role(desk, row.role),
            row.email.clone(),
            standing(desk, row),
        ];
        Line::of(row, cells)
    };
    Ok(rows.iter().map(line).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let Some(row) = desk.service.database().users(filter)?.into_iter().next() else {
        return Ok(None);
    };
    let mut facts = vec![
        ("email", row.email.clone()),
        ("role", people::role(desk, row.role)),
        ("state", standing(desk, &row)),
    ];
    facts.extend(of(desk, row.role)?.map(|name| ("tenant", name)));
    let factor = desk.service.has_second_factor(row.id)?;
    facts.push(("factor-title", desk.say.t(if factor { "factor-is-on" } else { "factor-is-off" })));
    let shown = Shown::new(row.name, facts);
    if row.revoked {
        return Ok(Some(shown));
    }
    let mut offered = vec!["change", "invite", "revoke"];
    if matches!(row.role, Role::Agent(_) | Role::Manager(_)) {
        offered.push("limit");
    }
    // One's own is turned off on one's own page, with a code.
    if factor && row.id != desk.user {
        offered.push("factor");
    }
    Ok(Some(shown.offering(&offered)))
}

/// The name of whom a person works for.
fn of(desk: &Desk<'_>, role: Role) -> Result<Option<String>, Fault> {
    let database = desk.service.database();
    let named = |by, id: i64| Ok::<_, Fault>(database.names(by, &[id])?.remove(&id));
    match role {
        Role::Operator | Role::Auditor => Ok(None),
        Role::Analyst(of) => named(Breakdown::Funder, of.0),
        Role::Manager(of) | Role::Agent(of) => named(Breakdown::Issuer, of.0),
        Role::Supervisor(of) | Role::Scanner(of) => {
            let one = Filter::one(Tenant::Any, of.0);
            Ok(database.organisations(&one)?.into_iter().next().map(|row| row.name))
        }
    }
}

/// The roles that whoever asks may give within their own tenant.
pub fn own_roles(desk: &Desk<'_>) -> Vec<Role> {
    let Some(own) = within(desk.role, Verb::UserCreate) else { return Vec::new() };
    let roles = match own {
        Tenant::Any => vec![Role::Operator, Role::Auditor],
        Tenant::Funder(of) => vec![Role::Analyst(of)],
        Tenant::Issuer(of) => vec![Role::Agent(of), Role::Manager(of)],
        Tenant::Organisation(of) => vec![Role::Scanner(of), Role::Supervisor(of)],
    };
    roles.into_iter().filter(|role| may_give(own, *role)).collect()
}

fn new(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(people::fields(desk, &own_roles(desk)))
}

fn change(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    let rows = desk.service.database().users(filter)?;
    let name = rows.into_iter().next().map(|row| row.name).unwrap_or_default();
    Ok(vec![
        Field::new("name", Kind::Text).with(name),
        Field::at("password", "new-password", Kind::MaybePassword),
    ])
}

fn limit(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let programmes = desk.service.database().programmes(&Filter::of(Tenant::Any))?;
    let now = desk.service.clock.now();
    let today = programmes.first().map(|programme| now.day(&programme.terms.time_zone));
    let day = Field::new("day", Kind::Day);
    let day = match today {
        Some(today) => day.with(today),
        None => day,
    };
    Ok(vec![day, Field::new("limit", Kind::Number)])
}
