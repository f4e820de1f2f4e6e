//! Voucher keys: their states, and their rotation.
//! No private key passes here.

use super::{
    field::{Field, Kind},
    section::{
        Action, Answering, Asked, Column, Desk, Line, Section, Shown, Table, figure, nothing, text,
    },
};
use crate::{
    app::{keys::KeyProblem, rotate::KeyLine, service::Fault, view::AlarmLine},
    domain::{
        access::Verb,
        calendar::{Instant, Zone},
        key::KeyState,
        usage::Breakdown,
        view::Filter,
        voucher::Kid,
    },
    http::{
        extract::Body,
        problem::{Problem, Wrong},
        v1::keys,
    },
};

/// Alarms of all keys that are looked through, the newest first.
const MOST_ALARMS: i64 = 1_000;

pub static SECTION: Section = Section {
    code: "keys",
    read: Verb::KeyRead,
    columns: &[text("kid"), text("state"), text("added"), text("verifies-until")],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action { code: "new", verb: Verb::KeyChange, grave: false, fields: early, call: rotate },
        Action {
            code: "activate",
            verb: Verb::KeyChange,
            grave: false,
            fields: early,
            call: activate,
        },
        Action {
            code: "retire",
            verb: Verb::KeyChange,
            grave: true,
            fields: nothing,
            call: retire,
        },
        Action {
            code: "compromise",
            verb: Verb::KeyChange,
            grave: true,
            fields: nothing,
            call: compromise,
        },
    ],
};

fn kid(asked: &Asked) -> Result<Kid, Problem> {
    asked.id.parse().map_err(|_| Wrong::NotFound.into())
}

fn rotate(asked: Asked) -> Answering {
    Box::pin(
        async move { keys::rotate_keys(asked.state, asked.caller, Body::of(asked.body)?).await },
    )
}

fn activate(asked: Asked) -> Answering {
    Box::pin(async move {
        let kid = kid(&asked)?.into();
        keys::activate_key(asked.state, asked.caller, kid, Body::of(asked.body)?).await
    })
}

fn retire(asked: Asked) -> Answering {
    Box::pin(async move {
        let kid = kid(&asked)?.into();
        keys::retire_key(asked.state, asked.caller, kid).await
    })
}

fn compromise(asked: Asked) -> Answering {
    Box::pin(async move {
        let kid = kid(&asked)?.into();
        keys::compromise_key(asked.state, asked.caller, kid).await
    })
}

fn moment(desk: &Desk<'_>, at: Option<Instant>) -> String {
    at.map_or_else(|| "–".to_owned(), |at| desk.say.moment(at, &Zone::paris()))
}

fn state(desk: &Desk<'_>, state: KeyState) -> String {
    desk.say.t(&format!("key-{}", state.code()))
}

fn until(desk: &Desk<'_>, line: &KeyLine) -> String {
    line.verifies_until.map_or_else(|| "–".to_owned(), |day| desk.say.day(&day))
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    // There are a few in a service's whole life: all on one page.
    if filter.after.is_some() {
        return Ok(Vec::new());
    }
    let line = |line: KeyLine| Line {
        id: line.kid.to_string(),
        cursor: 0,
        cells: vec![
            line.kid.to_string(),
            state(desk, line.state),
            moment(desk, Some(line.added_at)),
            until(desk, &line),
        ],
    };
    Ok(desk.service.key_list()?.into_iter().map(line).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let number = filter.id.and_then(|id| u32::try_from(id).ok()).map(u32::to_be_bytes);
    let found = desk.service.key_list()?.into_iter().find(|line| Some(line.kid.0) == number);
    let Some(line) = found else { return Ok(None) };
    let mut facts = vec![
        ("state", state(desk, line.state)),
        ("added", moment(desk, Some(line.added_at))),
        ("ready", moment(desk, line.ready_at)),
        ("activated", moment(desk, line.activated_at)),
        ("ended", moment(desk, line.ended_at)),
        ("verifies-until", until(desk, &line)),
    ];
    // Of this instance's folder: another one may have what is missing here.
    let lost = |problem: &KeyProblem| match problem {
        KeyProblem::FileMissing { kid, state } if *kid == line.kid => Some(*state),
        _ => None,
    };
    if let Some(state) = desk.service.key_problems().iter().find_map(lost) {
        facts.push(("key-file", desk.say.t(&format!("key-file-lost-{}", state.code()))));
    }
    let offered: &[&str] = match line.state {
        KeyState::Pending => &["activate", "compromise"],
        KeyState::Active => &["retire", "compromise"],
        KeyState::Retired => &["compromise"],
        KeyState::Compromised | KeyState::Test => &[],
    };
    let title = desk.say.of("key-title", &line.kid.to_string());
    let mut shown = Shown::new(title, facts).offering(offered);
    shown.tables.push(alarms(desk, line.kid)?);
    Ok(Some(shown))
}

/// Good signatures of a key over what was never issued, by hour and venue.
fn alarms(desk: &Desk<'_>, kid: Kid) -> Result<Table, Fault> {
    const COLUMNS: &[Column] = &[text("when"), text("venue"), figure("times")];
    let all = desk.service.alarms(Instant(0), MOST_ALARMS)?;
    let own: Vec<_> = all.into_iter().filter(|line| line.kid == kid).collect();
    let numbers: Vec<i64> = own.iter().map(|line| line.venue.0).collect();
    let names = desk.service.database().names(Breakdown::Venue, &numbers)?;
    let row = |line: &AlarmLine| {
        let venue = names.get(&line.venue.0).cloned().unwrap_or_default();
        vec![moment(desk, Some(line.hour)), venue, desk.say.count(&line.times)]
    };
    Ok(Table { key: "key-alarms", columns: COLUMNS, rows: own.iter().map(row).collect() })
}

fn early(desk: &Desk<'_>, _: Option<&Filter>) -> Result<Vec<Field>, Fault> {
    let reasons = ["", "first_key", "key_compromised", "key_lost"];
    let choice = |reason: &str| {
        let name = if reason.is_empty() { "early-none" } else { reason };
        (reason.to_owned(), desk.say.t(&format!("early-{}", name.trim_start_matches("early-"))))
    };
    Ok(vec![Field::new("early", Kind::Choice(reasons.into_iter().map(choice).collect()))])
}
