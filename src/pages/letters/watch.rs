//! The letter about what there is to look at of devices, venues and keys, each with its page.
//! It says what is so when it is sent: what was mended by then is left out.

use std::collections::BTreeMap;

use super::{Part, email};
use crate::{
    app::{outbox::Letter, service::Service},
    domain::{
        access::Tenant,
        ids::UserId,
        message::Trouble,
        registry::Role,
        view::Filter,
        watch::{WatchKind, Watched},
    },
    http::say::Say,
    words::Fact,
};

/// Paragraphs of one letter: more is found on the pages.
const MOST: usize = 40;

pub fn letter(service: &Service, say: &Say, user: UserId) -> Result<Letter, Trouble> {
    let person = service.present(user)?.ok_or(Trouble::Outdated)?;
    let within = match person.role {
        Role::Operator => Tenant::Any,
        Role::Supervisor(own) => Tenant::Organisation(own),
        _ => return Err(Trouble::Outdated),
    };
    let watched = service.watched(within)?;
    if watched.is_empty() {
        return Err(Trouble::Outdated);
    }
    let mut parts = vec![Part::Text(say.of("letter-alarm-text", &person.name))];
    let mut kinds: BTreeMap<WatchKind, Vec<&Watched>> = BTreeMap::new();
    for one in watched.iter().take(MOST) {
        kinds.entry(one.kind).or_default().push(one);
    }
    for (kind, all) in kinds {
        let code = kind.code();
        parts.push(Part::Text(say.t(&format!("letter-alarm-{code}"))));
        for one in all {
            parts.push(Part::Text(told(service, say, one)?));
        }
        let (said, place) = (say.t(&format!("letter-alarm-{code}-do")), page(kind, within));
        parts.push(Part::Link { said, url: service.link(place) });
    }
    if watched.len() > MOST {
        let more = i64::try_from(watched.len() - MOST).unwrap_or(i64::MAX);
        parts.push(Part::Text(say.n("letter-alarm-more", &more)));
    }
    email(say, "letter-alarm-subject", parts, None)
}

/// A device and how much of it, or a key.
fn told(service: &Service, say: &Say, one: &Watched) -> Result<String, Trouble> {
    let Some(id) = one.device else { return Ok(say.of("letter-alarm-key", &one.subject)) };
    let devices = service.database().devices(&Filter::one(Tenant::Any, id.0));
    let device = devices.map_err(|_| Trouble::Fault)?.into_iter().next();
    let name = device.map(|device| device.name).unwrap_or_default();
    let facts = [("name", Fact::from(name)), ("count", Fact::Count(one.level))];
    let key =
        if one.kind == WatchKind::ChainGap { "letter-alarm-gap" } else { "letter-alarm-device" };
    Ok(say.say(key, &facts))
}

/// Where somebody does something about it.
const fn page(kind: WatchKind, within: Tenant) -> &'static str {
    match (kind, within) {
        (WatchKind::ChainGap, _) | (WatchKind::ChainFork, Tenant::Organisation(_)) => "/devices",
        (WatchKind::ChainFork | WatchKind::Quarantine, _) => "/quarantine?waiting=true",
        (WatchKind::Conflicts, _) => "/reports/conflicts",
        (WatchKind::KeyCompromised | WatchKind::Forged, _) => "/keys",
    }
}
