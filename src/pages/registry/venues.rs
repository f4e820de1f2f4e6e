//! Venues: where workshops happen.
//! No import from files.

use serde_json::json;

use super::{
    field::{Field, Kind},
    section::{Action, Desk, Line, Section, Shown, calls, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb, within},
        registry::VenueProfile,
        view::{Filter, VenueView},
    },
    http::v1::venues,
};

pub static SECTION: Section = Section {
    code: "venues",
    read: Verb::VenueRead,
    columns: &[text("name"), text("commune"), text("territory"), text("state")],
    searched: true,
    links: &[
        ("import-title", "/venues/import", Verb::VenueImport),
        ("venues-export", "/v1/venues/export", Verb::VenueRead),
    ],
    lines,
    shown,
    actions: &[
        Action {
            code: "change",
            verb: Verb::VenueChange,
            grave: false,
            fields: change,
            call: calls!(one venues::change_venue),
        },
        Action {
            code: "open",
            verb: Verb::VenueOpen,
            grave: false,
            fields: |_, _| Ok(vec![Field::new("active", Kind::Fixed(json!(true)))]),
            call: calls!(one venues::open_venue),
        },
        Action {
            code: "close",
            verb: Verb::VenueOpen,
            grave: true,
            fields: |_, _| Ok(vec![Field::new("active", Kind::Fixed(json!(false)))]),
            call: calls!(one venues::open_venue),
        },
    ],
};

fn state(desk: &Desk<'_>, row: &VenueView) -> String {
    desk.say.t(if row.active { "venue-open" } else { "venue-closed" })
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().venues(filter)?;
    let line = |row: &VenueView| {
        let profile = row.profile.clone();
        Line::of(row, vec![profile.name, profile.commune, profile.territory, state(desk, row)])
    };
    Ok(rows.iter().map(line).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let database = desk.service.database();
    let Some(row) = database.venues(filter)?.into_iter().next() else { return Ok(None) };
    let state = state(desk, &row);
    let VenueView { profile, organisation, active, .. } = row;
    let one = Filter::one(Tenant::Any, organisation.0);
    let owner = database.organisations(&one)?.into_iter().next();
    let facts = vec![
        ("organisation", owner.map(|owner| owner.name).unwrap_or_default()),
        ("address", profile.address),
        ("commune", format!("{} {}", profile.postcode, profile.commune)),
        ("territory", profile.territory),
        ("state", state),
    ];
    let mut shown = Shown::new(profile.name, facts);
    // Elsewhere the list is public, the changes are its own people's.
    let own = within(desk.role, Verb::VenueChange);
    if own == Some(Tenant::Any) || own == Some(Tenant::Organisation(organisation)) {
        shown = shown.offering(&["change", if active { "close" } else { "open" }]);
    }
    Ok(Some(shown))
}

/// The fields of a venue's profile below `place`.
pub fn profile(place: &str, known: Option<VenueProfile>) -> Vec<Field> {
    let known = known.unwrap_or_default();
    let field = |name: &'static str, kind, value: String| {
        Field::at(format!("{place}{name}"), name, kind).with(value)
    };
    let mut fields = vec![
        field("name", Kind::Text, known.name),
        field("address", Kind::Free, known.address),
        field("postcode", Kind::Free, known.postcode),
        field("commune", Kind::Free, known.commune),
        field("territory", Kind::Text, known.territory),
    ];
    if let Some(source) = known.source {
        fields.push(Field::at(format!("{place}source"), "source", Kind::Fixed(source.into())));
    }
    fields
}

fn change(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let Some(filter) = filter else { return Ok(Vec::new()) };
    let rows = desk.service.database().venues(filter)?;
    Ok(profile("", rows.into_iter().next().map(|row| row.profile)))
}
