//! People of a funder, an issuer or an organisation, and the form that adds one.
//! No section: `users` is.

use super::{
    field::{Choice, Field, Kind},
    section::{Desk, Table, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb, within},
        registry::Role,
        view::Filter,
    },
};

const MOST: u32 = 200;

/// The people of a tenant, if whoever asks may see them.
pub fn of(desk: &Desk<'_>, tenant: Tenant) -> Result<Option<Table>, Fault> {
    if within(desk.role, Verb::UserRead).is_none() {
        return Ok(None);
    }
    let filter = Filter { limit: MOST, ..Filter::of(tenant) };
    let rows = desk.service.database().users(&filter)?.into_iter().map(|row| {
        let standing = if row.revoked { "standing-revoked" } else { "standing-active" };
        vec![row.name, role(desk, row.role), row.email, desk.say.t(standing)]
    });
    Ok(Some(Table {
        key: "people",
        columns: const { &[text("name"), text("role"), text("email"), text("state")] },
        rows: rows.collect(),
    }))
}

/// What a role is called.
pub fn role(desk: &Desk<'_>, role: Role) -> String {
    desk.say.t(&format!("role-{}", role.parts().0))
}

/// The form that adds a person with one of these roles.
pub fn fields(desk: &Desk<'_>, roles: &[Role]) -> Vec<Field> {
    vec![
        Field::new("name", Kind::Text),
        Field::new("email", Kind::Email),
        Field::new("role", Kind::Json(choices(desk, roles))),
        Field::new("password", Kind::MaybePassword),
        Field::new("language", Kind::Fixed(desk.say.code().into())),
    ]
}

/// Roles to choose from, as the API takes them.
pub fn choices(desk: &Desk<'_>, roles: &[Role]) -> Vec<Choice> {
    let choice =
        |given: &Role| (serde_json::to_string(given).unwrap_or_default(), role(desk, *given));
    roles.iter().map(choice).collect()
}
