//! “I was not there”: whoever has a pass says so of one workshop, and its payment waits.
//! Nothing is asked about the person, and opening the page changes nothing.

use actix_web::{HttpResponse, web};
use askama::Template;

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

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/{digits:[0-9]{204}}/not-there/{place:[0-9]{1,3}}")
            .route(web::get().to(ask))
            .route(web::post().to(tell)),
    );
}

#[derive(Template)]
#[template(path = "not_there.html")]
struct NotTherePage {
    layout: Layout,
    /// Where the form is sent, and the page of the pass.
    place: String,
    pass: String,
    taken: Taken,
    /// What came of it, once it was sent.
    told: Option<Result<(), Reason>>,
}

type Way = web::Path<(String, usize)>;

/// The workshop at this place among those of the pass, the oldest being the first.
fn found(service: &Service, (digits, place): &(String, usize)) -> Result<Option<Taken>, Fault> {
    let Ok(found) = taken(service, &service.read_code(digits)?)? else { return Ok(None) };
    Ok(found.1.into_iter().find(|one| one.place == *place))
}

fn shown(
    guest: Guest,
    taken: Taken,
    told: Option<Result<(), Reason>>,
) -> Result<HttpResponse, Stop> {
    let place = guest.place.clone();
    let pass = place.split("/not-there").next().unwrap_or_default().to_owned();
    let layout = guest.layout("not-there-title");
    Ok(unkept(page(&NotTherePage { layout, place, pass, taken, told })?))
}

async fn ask(guest: Guest, way: Way) -> Result<HttpResponse, Stop> {
    let way = way.into_inner();
    let taken = block(&guest.state, move |service| found(service, &way)).await?;
    shown(guest, taken.ok_or(Problem::from(Wrong::NotFound))?, None)
}

async fn tell(guest: Guest, way: Way) -> Result<HttpResponse, Stop> {
    let way = way.into_inner();
    let told = block(&guest.state, move |service| {
        let Some(taken) = found(service, &way)? else { return Ok(None) };
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
