//! The page that a pass's own QR opens: what is left, until when, how it works.
//! It tells nothing about the person, and never redeems.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    layout::{Layout, page, unkept},
    near::told,
    printing::Orientation,
    stop::Stop,
    visitor::Guest,
};
use crate::{
    app::nearby::nearby,
    domain::{
        access::Tenant,
        calendar::Day,
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
    let answer = page(&BeneficiaryPage {
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
