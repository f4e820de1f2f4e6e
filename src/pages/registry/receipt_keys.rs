//! The keys of receipts: from when on each signs, and which leaked.
//! No private key passes here.

use super::section::{Action, Answering, Asked, Desk, Line, Section, Shown, nothing, text};
use crate::{
    app::service::Fault,
    domain::{
        access::Verb,
        calendar::{Instant, Zone},
        receipt::ReceiptKey,
        view::Filter,
    },
    http::v1::receipts,
};

pub static SECTION: Section = Section {
    code: "receipt-keys",
    read: Verb::KeyRead,
    columns: &[text("event-number"), text("state"), text("added"), text("signs-from")],
    searched: false,
    links: &[],
    lines,
    shown,
    actions: &[
        Action { code: "new", verb: Verb::KeyChange, grave: false, fields: nothing, call: rotate },
        Action {
            code: "compromise",
            verb: Verb::KeyChange,
            grave: true,
            fields: nothing,
            call: compromise,
        },
    ],
};

fn rotate(asked: Asked) -> Answering {
    Box::pin(async move { receipts::rotate_receipt_keys(asked.state, asked.caller).await })
}

fn compromise(asked: Asked) -> Answering {
    Box::pin(async move {
        let id = asked.number()?.into();
        receipts::compromise_receipt_key(asked.state, asked.caller, id).await
    })
}

fn moment(desk: &Desk<'_>, at: Instant) -> String {
    // The first key of a service signs also what was before.
    if at == Instant(0) {
        desk.say.t("receipt-key-first")
    } else {
        desk.say.moment(at, &Zone::paris())
    }
}

fn state(desk: &Desk<'_>, key: &ReceiptKey) -> String {
    let waits = key.signs_from > desk.service.clock.now();
    desk.say.t(match key.compromised_at {
        Some(_) => "key-compromised",
        None if waits => "key-pending",
        None => "key-active",
    })
}

fn lines(desk: &Desk<'_>, filter: &Filter) -> Result<Vec<Line>, Fault> {
    // There are a few in a service's whole life: all on one page.
    if filter.after.is_some() {
        return Ok(Vec::new());
    }
    let line = |key: ReceiptKey| Line {
        id: key.id.to_string(),
        cursor: key.id.0,
        cells: vec![
            key.id.to_string(),
            state(desk, &key),
            moment(desk, key.added_at),
            moment(desk, key.signs_from),
        ],
    };
    Ok(desk.service.receipt_keys()?.into_iter().map(line).collect())
}

fn shown(desk: &Desk<'_>, filter: &Filter) -> Result<Option<Shown>, Fault> {
    let found = desk.service.receipt_keys()?.into_iter().find(|key| Some(key.id.0) == filter.id);
    let Some(key) = found else { return Ok(None) };
    let mut facts = vec![
        ("state", state(desk, &key)),
        ("added", moment(desk, key.added_at)),
        ("signs-from", moment(desk, key.signs_from)),
    ];
    if let Some(at) = key.compromised_at {
        facts.push(("ended", moment(desk, at)));
    }
    if key.compromised_at.is_none() && !desk.service.has_receipt_key(&key) {
        facts.push(("receipt-key-file", desk.say.t("receipt-key-file-lost")));
    }
    let title = desk.say.of("receipt-key-title", &key.id.to_string());
    let shown = Shown::new(title, facts);
    Ok(Some(if key.compromised_at.is_none() { shown.offering(&["compromise"]) } else { shown }))
}
