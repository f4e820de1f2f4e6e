//! “I was not there”: whoever has a pass says so of one workshop, and its payment waits.
//! Nothing is asked about the person, and opening the page changes nothing.

use actix_web::{HttpResponse, guard::GuardContext, web};
use askama::Template;
use serde::Deserialize;

use super::{
    beneficiary::{Taken, taken},
    layout::{Layout, page, unkept},
    stop::Stop,
    visitor::Guest,
};
use crate::{
    app::service::{Fault, Service},
    domain::{
        command::{Ask, Outcome},
        refusal::{Reason, Refusal},
    },
    http::{
        block,
        problem::{Problem, Wrong},
    },
};

/// Which workshop: a query of the pass's own place, so that no page repeats the pass's text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Which {
    /// Its place among all redemptions of the pass; the oldest has 1.
    not_there: usize,
}

/// Whether a request asks for this page.
pub fn is_meant(context: &GuardContext<'_>) -> bool {
    context.head().uri.query().is_some_and(|query| query.starts_with("not_there="))
}

#[derive(Template)]
#[template(path = "not_there.html")]
struct NotTherePage {
    layout: Layout,
    taken: Taken,
    /// What came of it, once it was sent.
    told: Option<Result<(), Reason>>,
}

fn found(service: &Service, digits: &str, which: &Which) -> Result<Option<Taken>, Fault> {
    let Ok(found) = taken(service, &service.read_code(digits)?)? else { return Ok(None) };
    Ok(found.1.into_iter().find(|one| one.place == which.not_there))
}

fn shown(
    guest: Guest,
    taken: Taken,
    told: Option<Result<(), Reason>>,
) -> Result<HttpResponse, Stop> {
    let layout = guest.layout("not-there-title");
    Ok(unkept(page(&NotTherePage { layout, taken, told })?))
}

pub async fn ask(
    guest: Guest,
    digits: web::Path<String>,
    which: web::Query<Which>,
) -> Result<HttpResponse, Stop> {
    let taken = block(&guest.state, move |service| found(service, &digits, &which)).await?;
    shown(guest, taken.ok_or(Problem::from(Wrong::NotFound))?, None)
}

pub async fn tell(
    guest: Guest,
    digits: web::Path<String>,
    which: web::Query<Which>,
) -> Result<HttpResponse, Stop> {
    let told = block(&guest.state, move |service| {
        let Some(taken) = found(service, &digits, &which)? else { return Ok(None) };
        let ask = Ask::NotThere { voucher: taken.voucher, redemption: taken.redemption };
        let outcome = service.ask_as(None, ask)?;
        Ok(Some((taken, outcome)))
    })
    .await?;
    let (taken, outcome) = told.ok_or(Problem::from(Wrong::NotFound))?;
    match outcome {
        Outcome::Refused(refusal) => match refusal.reason {
            // Sent twice, or said by a signal before: it waits, as was asked.
            Reason::AlreadyHeld => shown(guest, taken, Some(Ok(()))),
            reason @ (Reason::AlreadyDecided
            | Reason::AlreadyReversed
            | Reason::PaymentStateConflict) => shown(guest, taken, Some(Err(reason))),
            reason => Err(Problem::refused_scan(Refusal::from(reason), false).into()),
        },
        _ => shown(guest, taken, Some(Ok(()))),
    }
}
