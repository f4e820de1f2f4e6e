//! The journal: what happened, by whom.
//! Nothing changes here.

use super::section::{Desk, Line, Section, Shown, text};
use crate::{
    app::service::Fault,
    domain::{
        access::{Tenant, Verb},
        calendar::Zone,
        ids::UserId,
        view::{EventView, Filter},
    },
};

pub static SECTION: Section = Section {
    code: "events",
    read: Verb::AuditRead,
    columns: &[text("event-number"), text("when"), text("event-kind"), text("by-whom")],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[],
};

pub fn whom(desk: &Desk<'_>, actor: Option<UserId>) -> Result<String, Fault> {
    let Some(actor) = actor else { return Ok(desk.say.t("the-service")) };
    let one = Filter::one(Tenant::Any, actor.0);
    let rows = desk.service.database().users(&one)?;
    Ok(rows.into_iter().next().map_or_else(|| actor.to_string(), |row| row.name))
}

/// Who an event is by: whoever has a pass has no account, and does one thing only.
fn by(desk: &Desk<'_>, row: &EventView) -> Result<String, Fault> {
    match (row.actor, row.kind.as_str()) {
        (None, "redemption_disputed") => Ok(desk.say.t("the-holder")),
        (actor, _) => whom(desk, actor),
    }
}

fn named(desk: &Desk<'_>, kind: &str) -> String {
    desk.say.known(&format!("event-{kind}")).unwrap_or_else(|| kind.to_owned())
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    for row in desk.service.database().events(filter)? {
        let when = desk.say.moment(row.recorded_at, &Zone::paris());
        let cells = vec![row.seq.to_string(), when, named(desk, &row.kind), by(desk, &row)?];
        lines.push(Line::of(&row, cells));
    }
    Ok(lines)
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let rows = desk.service.database().events(filter)?;
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let by_whom = by(desk, &row)?;
    let EventView { seq, kind, occurred_at, recorded_at, body, hash, .. } = row;
    let facts = vec![
        ("event-kind", named(desk, &kind)),
        ("occurred", desk.say.moment(occurred_at, &Zone::paris())),
        ("recorded", desk.say.moment(recorded_at, &Zone::paris())),
        ("by-whom", by_whom),
        ("event-body", serde_json::to_string_pretty(&body).unwrap_or_default()),
        ("event-hash", hash),
    ];
    Ok(Some(Shown::new(desk.say.of("event-title", &seq.to_string()), facts)))
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::event::Body,
        words::{Language, Words},
    };

    #[test]
    fn every_kind_of_event_has_its_words() {
        let words = Words::new();
        for kind in Body::KINDS {
            let key = format!("event-{kind}");
            for language in [Language::French, Language::English] {
                assert_ne!(words.say(language, &key, &[]), key);
            }
        }
    }
}
