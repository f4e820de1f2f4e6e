//! Workshops taken without network that a pass does not pay for: with their evidence, decided with
//! a reason. No records in doubt: `quarantine` has those.

use serde_json::json;

use super::{
    disputes::about_this,
    field::{Choice, Field, Kind},
    section::{Action, Column, Desk, Line, Section, Shown, Table, calls, figure, text},
};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        calendar::{Instant, Zone},
        dispute::About,
        ids::VenueId,
        usage::{Breakdown, UsageFilter},
        view::{ConflictView, CounterpartView, Filter},
    },
    http::v1::{conflicts, disputes},
    pages::reports::{exposures, reason},
};

pub static SECTION: Section = Section {
    code: "conflicts",
    read: Verb::ConflictRead,
    columns: &[
        text("workshop-at"),
        text("venue"),
        text("conflict-reason"),
        figure("workshops"),
        text("state"),
    ],
    searched: false,
    links: &[("conflict-exposure", "/reports/conflicts", Verb::ConflictRead)],
    lines,
    shown,
    actions: &[
        Action {
            code: "decision",
            verb: Verb::ConflictDecide,
            grave: false,
            fields,
            call: calls!(one conflicts::decide_conflict),
        },
        Action {
            code: "dispute",
            verb: Verb::DisputeOpen,
            grave: false,
            fields: |_, one| Ok(about_this(About::Conflict, one)),
            call: calls!(new disputes::create_dispute),
        },
    ],
};

/// Lines of what a device has cost, on a conflict's page.
const MONTHS: usize = 12;

/// Moments are told in the time of the programme.
fn moment(desk: &Desk<'_>, row: &ConflictView, at: Instant) -> Result<String, Fault> {
    let programme = desk.service.database().programme(row.programme)?;
    let zone = programme.map_or_else(Zone::paris, |programme| programme.terms.time_zone);
    Ok(desk.say.moment(at, &zone))
}

fn state(desk: &Desk<'_>, row: &ConflictView) -> String {
    desk.say.t(&format!("conflict-{}", row.state))
}

fn venue(desk: &Desk<'_>, id: VenueId) -> Result<String, Fault> {
    let names = desk.service.database().names(Breakdown::Venue, &[id.0])?;
    Ok(names.get(&id.0).cloned().unwrap_or_default())
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().conflicts(filter)?;
    let line = |row: &ConflictView| {
        let cells = vec![
            moment(desk, row, row.occurred_at)?,
            venue(desk, row.venue)?,
            reason(desk.say, row.reason),
            row.workshops.to_string(),
            state(desk, row),
        ];
        Ok(Line::of(row, cells))
    };
    rows.iter().map(line).collect()
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let database = desk.service.database();
    let Some(row) = database.conflicts(filter)?.into_iter().next() else { return Ok(None) };
    let device = database.devices(&Filter::one(Tenant::Any, row.device.0))?;
    let device = device.into_iter().next().map(|device| device.name).unwrap_or_default();
    let at = moment(desk, &row, row.occurred_at)?;
    let mut facts = vec![
        ("state", state(desk, &row)),
        ("conflict-reason", reason(desk.say, row.reason)),
        ("workshop-at", at.clone()),
        ("received-at", moment(desk, &row, row.received_at)?),
        ("venue", venue(desk, row.venue)?),
        ("device", device),
        ("workshops", row.workshops.to_string()),
    ];
    if row.typed {
        facts.push(("conflict-code", desk.say.t("conflict-typed")));
    }
    if row.state == "paid" {
        facts.push(("earned", desk.say.euros(&row.earned_cents)));
    }
    if let Some(decided) = row.decided_at {
        facts.push(("decided-at", moment(desk, &row, decided)?));
        facts.push(("note", row.note.clone().unwrap_or_default()));
    }
    facts.push(("record", row.record.clone()));
    let mut shown = Shown::new(at, facts);
    shown.tables.extend(against(desk, &row)?);
    shown.tables.push(exposure(desk, filter, &row)?);
    let offered: &[&str] = match row.state {
        "paid" => &[],
        "unpaid" => &["decision", "dispute"],
        _ => &["decision"],
    };
    Ok(Some(shown.offering(offered)))
}

/// What took the workshops: of another organisation's venue only the times.
fn against(desk: &Desk<'_>, row: &ConflictView) -> Result<Option<Table>, Fault> {
    const COLUMNS: &[Column] = &[text("workshop-at"), text("received-at"), text("venue")];
    if row.against.is_empty() {
        return Ok(None);
    }
    let line = |one: &CounterpartView| {
        let place = match one.venue {
            Some(id) => venue(desk, id)?,
            None => desk.say.t("conflict-elsewhere"),
        };
        let at = moment(desk, row, one.occurred_at)?;
        Ok(vec![at, moment(desk, row, one.recorded_at)?, place])
    };
    let rows = row.against.iter().map(line).collect::<Result<_, Fault>>()?;
    Ok(Some(Table { key: "conflict-against", columns: COLUMNS, rows }))
}

/// What the device has cost, month by month.
fn exposure(desk: &Desk<'_>, filter: &Filter, row: &ConflictView) -> Result<Table, Fault> {
    let of = UsageFilter { programme: Some(row.programme), ..UsageFilter::of(filter.within) };
    let mut lines = desk.service.database().exposures(&of)?;
    lines.retain(|line| line.device == row.device);
    lines.truncate(MONTHS);
    exposures(desk.service, desk.say, &lines)
}

fn fields(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let choice = |value: bool, key: &str| -> Choice { (json!(value).to_string(), desk.say.t(key)) };
    let choices = vec![choice(true, "conflict-pay"), choice(false, "conflict-pay-not")];
    Ok(vec![Field::new("paid", Kind::Json(choices)), Field::new("note", Kind::Text)])
}
