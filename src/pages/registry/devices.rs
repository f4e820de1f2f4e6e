//! Devices of an organisation: added with a QR that enrols them, looked after, revoked.
//! No enrolment: the scanner does it, with a key of its own.

use super::{
    field::{Choice, Field, Kind},
    section::{Action, Desk, Line, Section, Shown, calls, figure, nothing, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        calendar::{Instant, Zone},
        device::{DeviceState, MOST_VENUES},
        registry::Role,
        view::{DeviceView, Filter},
    },
    http::v1::devices,
};

pub static SECTION: Section = Section {
    code: "devices",
    read: Verb::DeviceRead,
    columns: &[text("name"), text("state"), text("last-seen"), figure("queued")],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::DeviceCreate,
            grave: false,
            fields,
            call: calls!(new devices::create_device),
        },
        Action {
            code: "enrolment",
            verb: Verb::DeviceCreate,
            grave: false,
            fields: nothing,
            call: calls!(bare devices::invite_device),
        },
        Action {
            code: "change",
            verb: Verb::DeviceChange,
            grave: false,
            fields,
            call: calls!(one devices::change_device),
        },
        Action {
            code: "revoke",
            verb: Verb::DeviceRevoke,
            grave: true,
            fields: nothing,
            call: calls!(bare devices::revoke_device),
        },
    ],
};

fn moment(desk: &Desk<'_>, at: Option<Instant>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| desk.say.moment(at, &Zone::paris()))
}

fn state(desk: &Desk<'_>, row: &DeviceView) -> String {
    let late = row.invited_until.is_none_or(|until| until <= desk.service.clock.now());
    desk.say.t(match row.state {
        DeviceState::Invited if late => "device-late",
        DeviceState::Invited => "device-invited",
        DeviceState::Enrolled => "device-enrolled",
        DeviceState::Revoked => "device-revoked",
    })
}

/// Records that waited on it when it last said so.
fn queued(row: &DeviceView) -> String {
    row.queued.map_or_else(|| "–".to_owned(), |queued| queued.to_string())
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().devices(filter)?;
    let line = |row: &DeviceView| {
        let seen = moment(desk, row.seen_at);
        Line::of(row, vec![row.name.clone(), state(desk, row), seen, queued(row)])
    };
    Ok(rows.iter().map(line).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let database = desk.service.database();
    let Some(row) = database.devices(filter)?.into_iter().next() else { return Ok(None) };
    let of = Filter { organisation: Some(row.organisation), ..all(filter.within) };
    let names: Vec<String> = database
        .venues(&of)?
        .into_iter()
        .filter(|venue| row.venues.contains(&venue.id))
        .map(|venue| venue.profile.name)
        .collect();
    let facts = vec![
        ("state", state(desk, &row)),
        ("venues", names.join(", ")),
        ("last-seen", moment(desk, row.seen_at)),
        ("queued", queued(&row)),
        ("version", row.version.clone().unwrap_or_else(|| "–".to_owned())),
        ("enrolled-at", moment(desk, row.enrolled_at)),
    ];
    let offered: &[&str] = match row.state {
        DeviceState::Invited => &["enrolment", "change", "revoke"],
        DeviceState::Enrolled => &["change", "revoke"],
        DeviceState::Revoked => &[],
    };
    Ok(Some(Shown::new(row.name, facts).offering(offered)))
}

fn fields(desk: &Desk<'_>, filter: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let Role::Supervisor(own) = desk.role else { return Ok(Vec::new()) };
    let database = desk.service.database();
    let known = match filter {
        Some(filter) => database.devices(filter)?.into_iter().next(),
        None => None,
    };
    let of = Filter { organisation: Some(own), ..all(Tenant::Organisation(own)) };
    let open = database.venues(&of)?.into_iter().filter(|venue| venue.active);
    let venues: Vec<Choice> =
        open.map(|venue| (venue.id.to_string(), venue.profile.name)).collect();
    let mut name = Field::new("name", Kind::Text);
    let mut served = Field::new("venues", Kind::Flags(Vec::new()));
    match known {
        Some(known) => {
            name = name.with(known.name);
            served.values = known.venues.iter().map(ToString::to_string).collect();
        }
        // Most organisations have one place.
        None => served.values = venues.iter().take(1).map(|(id, _)| id.clone()).collect(),
    }
    served.kind = Kind::Flags(venues);
    Ok(vec![name, served])
}

/// As many venues as one device may serve.
fn all(within: Tenant) -> Filter {
    Filter { limit: u32::try_from(MOST_VENUES).unwrap_or(u32::MAX), ..Filter::of(within) }
}
