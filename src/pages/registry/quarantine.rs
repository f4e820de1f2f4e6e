//! Records of devices that were put aside: with their evidence, and decided with a reason.
//! No records that were taken or refused.

use serde_json::json;

use super::{
    field::{Choice, Field, Kind},
    section::{Action, Desk, Line, Section, Shown, calls, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        calendar::{Instant, Zone},
        view::{Filter, QuarantinedView},
    },
    http::v1::quarantine,
};

pub static SECTION: Section = Section {
    code: "quarantine",
    read: Verb::RecordRead,
    columns: &[text("workshop-at"), text("venue"), text("cause"), text("state")],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[Action {
        code: "decision",
        verb: Verb::RecordDecide,
        grave: false,
        fields,
        call: calls!(one quarantine::decide_quarantined),
    }],
};

fn moment(desk: &Desk<'_>, at: Instant) -> String {
    desk.say.moment(at, &Zone::paris())
}

fn state(desk: &Desk<'_>, row: &QuarantinedView) -> String {
    desk.say.t(match row.accepted {
        None => "record-waiting",
        Some(true) => "record-accepted",
        Some(false) => "record-rejected",
    })
}

fn cause(desk: &Desk<'_>, row: &QuarantinedView) -> String {
    desk.say.t(&format!("cause-{}", row.cause.code()))
}

fn venue(desk: &Desk<'_>, row: &QuarantinedView) -> Result<String, Fault> {
    let found = desk.service.database().venues(&Filter::one(Tenant::Any, row.venue.0))?;
    Ok(found.into_iter().next().map(|venue| venue.profile.name).unwrap_or_default())
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().quarantined(filter)?;
    let line = |row: &QuarantinedView| {
        let at = moment(desk, row.occurred_at);
        Ok(Line::of(row, vec![at, venue(desk, row)?, cause(desk, row), state(desk, row)]))
    };
    rows.iter().map(line).collect()
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let database = desk.service.database();
    let Some(row) = database.quarantined(filter)?.into_iter().next() else { return Ok(None) };
    let device = database.devices(&Filter::one(filter.within, row.device.0))?;
    let device = device.into_iter().next().map(|device| device.name).unwrap_or_default();
    let at = moment(desk, row.occurred_at);
    let mut facts = vec![
        ("state", state(desk, &row)),
        ("cause", cause(desk, &row)),
        ("workshop-at", at.clone()),
        ("received-at", moment(desk, row.received_at)),
        ("venue", venue(desk, &row)?),
        ("device", device),
        ("workshops", row.workshops.to_string()),
        ("place-in-chain", row.sequence.to_string()),
    ];
    if let Some(decided) = row.decided_at {
        facts.push(("decided-at", moment(desk, decided)));
        facts.push(("note", row.note.clone().unwrap_or_default()));
    }
    facts.push(("record", row.record.clone()));
    let offered: &[&str] = if row.accepted.is_none() { &["decision"] } else { &[] };
    Ok(Some(Shown::new(at, facts).offering(offered)))
}

fn fields(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let choice = |value: bool, key: &str| -> Choice { (json!(value).to_string(), desk.say.t(key)) };
    let choices = vec![choice(true, "record-accept"), choice(false, "record-reject")];
    Ok(vec![Field::new("accepted", Kind::Json(choices)), Field::new("note", Kind::Text)])
}
