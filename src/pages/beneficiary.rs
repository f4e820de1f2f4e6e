//! The page that a pass's own QR opens: what is left, until when, how it works.
//! It tells nothing about the person, and never redeems.

use actix_web::{HttpResponse, guard::fn_guard, web};
use askama::Template;

use super::{
    layout::{Layout, page, unkept},
    near::told,
    not_there,
    printing::Orientation,
    stop::Stop,
    visitor::{Guest, Visitor},
};
use crate::{
    app::{
        nearby::nearby,
        service::{Fault, Service},
    },
    domain::{
        access::{Tenant, Verb},
        calendar::Day,
        command::Shown,
        hold::HoldCause,
        ids::{Seq, VoucherId},
        life::{State, Voucher},
        refusal::{Reason, Refusal},
        view::Filter,
    },
    http::{block, problem::Problem, v1::vouchers::seen},
    print::pdf::Venue,
};

#[derive(Template)]
#[template(path = "beneficiary.html")]
struct BeneficiaryPage {
    layout: Layout,
    left: i64,
    workshops: i64,
    last_day: Day,
    state: State,
    /// The last first.
    taken: Vec<Taken>,
    /// The commune that was asked for, and the places near it.
    near: String,
    places: Vec<Venue>,
    /// For who may hand it over: it is stock, and theirs to activate.
    activate: Option<VoucherId>,
}

/// A redemption that stands, as whoever has the pass sees it.
pub struct Taken {
    pub voucher: VoucherId,
    pub redemption: Seq,
    /// Its place among all redemptions of the pass; the oldest has 1.
    pub place: usize,
    pub day: Day,
    pub workshops: i64,
    /// Whoever has the pass has said that they were not there.
    pub told: bool,
}

/// A pass and what was taken with it; or why its text counts for nothing.
pub fn taken(
    service: &Service,
    shown: &Shown,
) -> Result<Result<(Voucher, Vec<Taken>), Reason>, Fault> {
    let voucher = match service.shown(shown)? {
        Ok(voucher) => voucher,
        Err(reason) => return Ok(Err(reason)),
    };
    let Some(programme) = service.database().programme(voucher.programme)? else {
        return Ok(Err(Reason::VoucherUnknown));
    };
    let filter = Filter { voucher: Some(voucher.id), limit: 200, ..Filter::of(Tenant::Any) };
    let rows = service.database().redemptions(&filter)?;
    let places = (1..=rows.len()).rev();
    let standing = rows.iter().zip(places).filter(|(row, _)| row.reversed_by.is_none());
    let taken = standing.map(|(row, place)| Taken {
        voucher: voucher.id,
        redemption: row.seq,
        place,
        day: row.occurred_at.day(&programme.terms.time_zone),
        workshops: i64::from(row.workshops),
        told: row.held.as_ref().is_some_and(|held| held.causes.contains(&HoldCause::NotThere)),
    });
    let taken = taken.collect();
    Ok(Ok((voucher, taken)))
}

impl BeneficiaryPage {
    fn usable(&self) -> bool {
        self.state == State::Active
    }
}

pub fn routes(config: &mut web::ServiceConfig) {
    // As many digits as a voucher's text has (docs/adr/0003).
    config.service(
        web::resource("/{digits:[0-9]{204}}")
            .route(web::get().guard(fn_guard(not_there::is_meant)).to(not_there::ask))
            .route(web::get().to(show))
            .route(web::post().to(not_there::tell)),
    );
}

async fn show(
    guest: Guest,
    visitor: Option<Visitor>,
    digits: web::Path<String>,
    query: web::Query<Orientation>,
) -> Result<HttpResponse, Stop> {
    let asked = query.into_inner();
    let near = asked.near();
    let found = block(&guest.state, move |service| {
        let (voucher, taken) = match taken(service, &service.read_code(&digits)?)? {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        let row = seen(service, &Filter::one(Tenant::Any, voucher.id.0))?.into_iter().next();
        let places = nearby(service.database(), &asked.search(voucher.programme))?;
        Ok(row.map(|row| (row, taken, places)).ok_or(Reason::VoucherUnknown))
    })
    .await?;
    let (row, taken, places) =
        found.map_err(|reason| Problem::refused_scan(Refusal::from(reason), false))?;
    let own = visitor.is_some_and(|visitor| match visitor.caller.may(Verb::VoucherIssue) {
        Ok(Tenant::Issuer(issuer)) => issuer == row.issuer,
        Ok(tenant) => tenant == Tenant::Any,
        Err(_) => false,
    });
    let answer = page(&BeneficiaryPage {
        activate: (own && row.state == State::Stock).then_some(row.id),
        layout: guest.layout("beneficiary-title"),
        left: i64::from(row.left),
        workshops: i64::from(row.workshops),
        last_day: row.last_day,
        state: row.state,
        taken,
        near,
        places: places.iter().map(|place| told(&guest.say, place)).collect(),
    })?;
    Ok(unkept(answer))
}
