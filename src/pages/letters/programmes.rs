//! The letter about programmes that end: each with its days and figures, and the way to its page.
//! No days and no figures of its own: `app/ending.rs` has them.

use super::{Part, email};
use crate::{
    app::{
        ending::{EndingReport, ending_report},
        outbox::Letter,
        service::Service,
    },
    domain::{
        access::{Verb, within},
        ending::Phase,
        ids::UserId,
        message::Trouble,
        usage::UsageFilter,
        view::{Filter, ProgrammeView},
    },
    http::say::Say,
    pages::reports::warned,
    words::Fact,
};

/// Paragraphs of one letter, about: more is found on the pages.
const MOST: usize = 60;

pub fn letter(service: &Service, say: &Say, user: UserId) -> Result<Letter, Trouble> {
    let user = service.present(user)?.ok_or(Trouble::Outdated)?;
    let own = within(user.role, Verb::LedgerRead).ok_or(Trouble::Outdated)?;
    let all = Filter { limit: u32::MAX, ..Filter::of(own) };
    let programmes =
        service.database().programmes(&all).map_err(crate::app::service::Fault::from)?;
    let mut parts = vec![Part::Text(say.of("letter-programmes-text", &user.name))];
    for row in &programmes {
        let mut said = warned(service, say, &UsageFilter::of(own), row)?;
        if ends(service, row) {
            said.insert(0, told(say, row, &ending_report(service, own, row)?));
        }
        if said.is_empty() || parts.len() > MOST {
            continue;
        }
        parts.extend(said.into_iter().map(Part::Text));
        let url = service.link(&format!("/programmes/{}", row.id));
        parts.push(Part::Link { said: say.of("letter-programmes-link", &row.name), url });
    }
    if parts.len() == 1 {
        return Err(Trouble::Outdated);
    }
    email(say, "letter-programmes-subject", parts, None)
}

fn ends(service: &Service, row: &ProgrammeView) -> bool {
    let today = service.clock.now().day(&row.terms.time_zone);
    (Phase::Ending..=Phase::Over).contains(&row.terms.phase(row.ended, today))
}

fn told(say: &Say, row: &ProgrammeView, report: &EndingReport) -> String {
    let count = |key, count: i64| (key, Fact::from(say.count(&count)));
    let day = |key, day| (key, Fact::from(say.day(&day)));
    let facts = [
        ("name", Fact::from(row.name.as_str())),
        day("stops", report.days.issuing_stops),
        day("last", report.days.last_day),
        day("accepted", report.days.accepted_until),
        count("minted", report.vouchers_minted),
        count("handed", report.vouchers_handed_over),
        count("drawer", report.vouchers_not_handed_over),
        count("started", report.vouchers_started),
        count("unused", report.vouchers_unused),
    ];
    say.say(&format!("letter-programmes-{}", report.phase.code()), &facts)
}
