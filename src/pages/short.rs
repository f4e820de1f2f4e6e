//! What short links open: a pass on its holder's telephone, and the end of reminders.
//! Opening a link shows nothing and changes nothing yet: messengers open links for a preview.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    layout::{Layout, page, unkept},
    stop::Stop,
    visitor::Guest,
};
use crate::{
    domain::{calendar::Day, ids::VoucherId, message::Opens},
    http::{
        block,
        problem::{Problem, Wrong},
    },
    print::qr::Medium,
};

const SCREEN_MM: u32 = 70;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/s/{link:[A-Za-z0-9_-]{22}}")
                .route(web::get().to(closed))
                .route(web::post().to(open)),
        )
        .service(
            web::resource("/stop/{link:[A-Za-z0-9_-]{22}}")
                .route(web::get().to(ask))
                .route(web::post().to(stop)),
        );
}

/// What is shown after one tap.
struct Shown {
    /// The QR as a data URL.
    qr: String,
    manual_code: String,
    reference: String,
    left: i64,
    last_day: Day,
}

#[derive(Template)]
#[template(path = "short/pass.html")]
struct PassPage {
    layout: Layout,
    place: String,
    shown: Option<Shown>,
}

async fn found(guest: &Guest, link: String, opens: Opens) -> Result<VoucherId, Problem> {
    let found = block(&guest.state, move |service| service.short_link(&link, opens)).await?;
    found.ok_or_else(|| Wrong::NotFound.into())
}

async fn closed(guest: Guest, link: web::Path<String>) -> Result<HttpResponse, Stop> {
    found(&guest, link.into_inner(), Opens::Pass).await?;
    let (layout, place) = (guest.layout("short-title"), guest.place.clone());
    Ok(unkept(page(&PassPage { layout, place, shown: None })?))
}

async fn open(guest: Guest, link: web::Path<String>) -> Result<HttpResponse, Stop> {
    let voucher = found(&guest, link.into_inner(), Opens::Pass).await?;
    let shown = block(&guest.state, move |service| {
        let paper = service.paper(voucher)?;
        let qr = paper.qr(Medium::Screen)?;
        Ok(Shown {
            qr: qr.inline_svg(SCREEN_MM),
            manual_code: paper.manual_code,
            reference: paper.reference,
            left: i64::from(paper.left),
            last_day: paper.last_day,
        })
    })
    .await?;
    let (layout, place) = (guest.layout("short-title"), guest.place.clone());
    Ok(unkept(page(&PassPage { layout, place, shown: Some(shown) })?))
}

#[derive(Template)]
#[template(path = "short/stop.html")]
struct StopPage {
    layout: Layout,
    place: String,
    stopped: bool,
}

async fn ask(guest: Guest, link: web::Path<String>) -> Result<HttpResponse, Stop> {
    found(&guest, link.into_inner(), Opens::Stop).await?;
    let (layout, place) = (guest.layout("stop-title"), guest.place.clone());
    Ok(unkept(page(&StopPage { layout, place, stopped: false })?))
}

async fn stop(guest: Guest, link: web::Path<String>) -> Result<HttpResponse, Stop> {
    let voucher = found(&guest, link.into_inner(), Opens::Stop).await?;
    block(&guest.state, move |service| service.no_more_reminders(voucher)).await?;
    let (layout, place) = (guest.layout("stop-title"), guest.place.clone());
    Ok(unkept(page(&StopPage { layout, place, stopped: true })?))
}
