//! The page that a pass's own QR opens: what is left, until when, how it works.
//! It tells nothing about the person, and never redeems.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    layout::{Layout, page, unkept},
    near::told,
    printing::Orientation,
    stop::Stop,
    visitor::{Guest, Visitor},
};
use crate::{
    app::nearby::nearby,
    domain::{
        access::{Tenant, Verb},
        calendar::Day,
        ids::VoucherId,
        life::State,
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
    /// Days on which workshops were taken, the last first, and how many.
    taken: Vec<(Day, i64)>,
    /// The commune that was asked for, and the places near it.
    near: String,
    places: Vec<Venue>,
    /// For who may hand it over: it is stock, and theirs to activate.
    activate: Option<VoucherId>,
}

impl BeneficiaryPage {
    fn usable(&self) -> bool {
        self.state == State::Active
    }
}

pub fn routes(config: &mut web::ServiceConfig) {
    // As many digits as a voucher's text has (docs/adr/0003).
    config.route("/{digits:[0-9]{204}}", web::get().to(show));
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
        let voucher = match service.shown(&service.read_code(&digits)?)? {
            Ok(voucher) => voucher,
            Err(reason) => return Ok(Err(reason)),
        };
        let Some(programme) = service.database().programme(voucher.programme)? else {
            return Ok(Err(Reason::VoucherUnknown));
        };
        let row = seen(service, &Filter::one(Tenant::Any, voucher.id.0))?.into_iter().next();
        let redeemed = service.database().redemptions(&Filter {
            voucher: Some(voucher.id),
            limit: 200,
            ..Filter::of(Tenant::Any)
        })?;
        let taken: Vec<(Day, i64)> = redeemed
            .iter()
            .filter(|row| row.reversed_by.is_none())
            .map(|row| (row.occurred_at.day(&programme.terms.time_zone), i64::from(row.workshops)))
            .collect();
        let places = nearby(service.database(), &asked.search(programme.id))?;
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
