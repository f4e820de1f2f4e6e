//! Workshops that are paid only after a second person has looked: why, and the decision.
//! No payments: `payments` has those.

use serde_json::json;

use super::{
    disputes::about_this,
    events,
    field::{Choice, Field, Kind},
    section::{Action, Column, Desk, Line, Section, Shown, Table, calls, figure, text},
    settlements::{organisation, programme},
};
use crate::{
    app::service::Fault,
    domain::{
        access::Verb,
        calendar::{Instant, Zone},
        dispute::About,
        hold::{HoldCause, HoldState},
        ids::{ProgrammeId, VenueId},
        usage::Breakdown,
        view::{Filter, HoldView, RedemptionView},
    },
    http::{
        say::Say,
        v1::{disputes, holds},
    },
};

/// Redemptions of one pass: it opens ten workshops at most, and some are undone.
const MOST: u32 = 50;

pub static SECTION: Section = Section {
    code: "holds",
    read: Verb::HoldRead,
    columns: &[
        text("workshop-at"),
        text("venue"),
        text("hold-causes"),
        figure("amount"),
        text("state"),
    ],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action {
            code: "new",
            verb: Verb::HoldDispute,
            grave: false,
            fields: dispute,
            call: calls!(new holds::create_hold),
        },
        Action {
            code: "decision",
            verb: Verb::HoldDecide,
            grave: false,
            fields,
            call: calls!(one holds::decide_hold),
        },
        Action {
            code: "dispute",
            verb: Verb::DisputeOpen,
            grave: false,
            fields: |_, one| Ok(about_this(About::Redemption, one)),
            call: calls!(new disputes::create_dispute),
        },
    ],
};

/// Why a workshop is held, in words.
pub fn causes(say: &Say, causes: &[HoldCause]) -> String {
    let words = causes.iter().map(|cause| say.t(&format!("held-{}", cause.code())));
    words.collect::<Vec<_>>().join(", ")
}

/// Moments are told in the time of the programme.
fn moment(desk: &Desk<'_>, programme: ProgrammeId, at: Instant) -> Result<String, Fault> {
    let programme = desk.service.database().programme(programme)?;
    let zone = programme.map_or_else(Zone::paris, |programme| programme.terms.time_zone);
    Ok(desk.say.moment(at, &zone))
}

fn state(desk: &Desk<'_>, row: &HoldView) -> String {
    desk.say.t(&format!("hold-{}", row.state.code()))
}

fn venue(desk: &Desk<'_>, id: VenueId) -> Result<String, Fault> {
    let names = desk.service.database().names(Breakdown::Venue, &[id.0])?;
    Ok(names.get(&id.0).cloned().unwrap_or_default())
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let rows = desk.service.database().holds(filter)?;
    let line = |row: &HoldView| {
        let cells = vec![
            moment(desk, row.programme, row.occurred_at)?,
            venue(desk, row.venue)?,
            causes(desk.say, &row.causes),
            desk.say.euros(&row.earned_cents),
            state(desk, row),
        ];
        Ok(Line::of(row, cells))
    };
    rows.iter().map(line).collect()
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let database = desk.service.database();
    let Some(row) = database.holds(filter)?.into_iter().next() else { return Ok(None) };
    let at = moment(desk, row.programme, row.occurred_at)?;
    let mut facts = vec![
        ("state", state(desk, &row)),
        ("hold-causes", causes(desk.say, &row.causes)),
        ("workshop-at", at.clone()),
        ("recorded", moment(desk, row.programme, row.recorded_at)?),
        ("venue", venue(desk, row.venue)?),
        ("organisation", organisation(desk, row.organisation)?),
        ("programme", programme(desk, row.programme)?),
        ("pass", desk.service.reference(row.voucher)),
        ("workshops", row.workshops.to_string()),
        ("amount", desk.say.euros(&row.earned_cents)),
    ];
    // Who works where is not for everybody.
    let names = desk.may(Verb::AuditRead);
    if let Some(by) = row.taken_by.filter(|_| names) {
        facts.push(("hold-taken-by", events::whom(desk, Some(by))?));
    }
    if let Some((disputed, why)) = row.disputed_at.zip(row.dispute.clone()) {
        facts.push(("hold-disputed-at", moment(desk, row.programme, disputed)?));
        facts.push(("hold-dispute", why));
    }
    if let Some(decided) = row.decided_at {
        facts.push(("decided-at", moment(desk, row.programme, decided)?));
        if names {
            facts.push(("decided-by", events::whom(desk, row.decided_by)?));
        }
        facts.push(("note", row.note.clone().unwrap_or_default()));
    }
    let mut shown = Shown::new(at, facts);
    shown.tables.push(same_pass(desk, filter, &row)?);
    let offered: &[&str] = match row.state {
        HoldState::Held => &["decision"],
        // Undone by whoever has looked, not by the venue itself.
        HoldState::Reversed if row.decided_by.is_some() => &["dispute"],
        HoldState::Reversed | HoldState::Released => &[],
    };
    Ok(Some(shown.offering(offered)))
}

/// What else was taken of the pass, as far as whoever looks may see it.
fn same_pass(desk: &Desk<'_>, filter: &Filter, row: &HoldView) -> Result<Table, Fault> {
    const COLUMNS: &[Column] =
        &[text("workshop-at"), text("venue"), figure("workshops"), text("state")];
    let of = Filter { voucher: Some(row.voucher), limit: MOST, ..Filter::of(filter.within) };
    let line = |one: &RedemptionView| {
        let state = match (&one.held, one.reversed_by) {
            (_, Some(_)) => desk.say.t("undone"),
            (Some(held), None) => desk.say.t(&format!("hold-{}", held.state.code())),
            (None, None) => String::new(),
        };
        let at = moment(desk, one.programme, one.occurred_at)?;
        Ok(vec![at, venue(desk, one.venue)?, one.workshops.to_string(), state])
    };
    let rows = desk.service.database().redemptions(&of)?;
    let rows = rows.iter().map(line).collect::<Result<_, Fault>>()?;
    Ok(Table { key: "hold-same-pass", columns: COLUMNS, rows })
}

/// The number that a redemption's page and both reports show.
fn dispute(_: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    Ok(vec![Field::new("redemption", Kind::Text), Field::new("note", Kind::Text)])
}

fn fields(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let choice = |value: bool, key: &str| -> Choice { (json!(value).to_string(), desk.say.t(key)) };
    let choices = vec![choice(true, "hold-release"), choice(false, "hold-reverse")];
    Ok(vec![Field::new("released", Kind::Json(choices)), Field::new("note", Kind::Text)])
}
