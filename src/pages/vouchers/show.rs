//! One pass: what is left, what happened, and what can be done with it.
//! Its QR is bearer value: only who may print it sees it.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::change::Change;
use crate::{
    app::{nearby::nearby, service::Fault},
    domain::{
        access::Verb,
        calendar::Zone,
        life::{State, Voucher},
        printing::Printed,
        view::{Filter, VoucherView},
    },
    http::{
        block,
        extract::only,
        v1::vouchers::{own, seen},
    },
    pages::{
        form::Once,
        layout::{Layout, page},
        near::told,
        printing::{Near, PLACES},
        stop::{Stop, encoded},
        visitor::Visitor,
    },
    print::{pdf::Venue, qr::Medium},
};

const SCREEN_MM: u32 = 70;

/// What the paper of a pass shows.
struct Paper {
    manual_code: String,
}

#[derive(Template)]
#[template(path = "vouchers/show.html")]
struct ShowPage {
    layout: Layout,
    once: Once,
    row: VoucherView,
    programme: String,
    paper: Option<Paper>,
    /// The commune that was asked for, and the places near it.
    near: String,
    places: Vec<Venue>,
    changes: Vec<Change>,
    /// When it was printed, the last time first.
    printed: Vec<String>,
}

pub async fn show(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Near>,
) -> Result<HttpResponse, Stop> {
    let (near, wanted) = (query.near(), query.near());
    let filter = Filter::one(visitor.may(Verb::VoucherRead)?, *id);
    let prints = visitor.may(Verb::VoucherPrint).is_ok();
    let (row, programme, paper, places, printed) = block(&visitor.state, move |service| {
        let Some(row) = seen(service, &filter)?.into_iter().next() else {
            return Ok((None, String::new(), None, Vec::new(), Vec::new()));
        };
        let programme = service.database().programme(row.programme)?;
        let programme = programme.map(|programme| programme.name).unwrap_or_default();
        let paper = if prints && Voucher::signable(row.state) {
            match service.paper(row.id) {
                Ok(paper) => Some(Paper { manual_code: paper.manual_code }),
                Err(Fault::Refused(_)) => None,
                Err(fault) => return Err(fault),
            }
        } else {
            None
        };
        let places = nearby(service.database(), Some(row.programme), &wanted, PLACES)?;
        let printed = service.database().printings(Printed::Pass(row.id))?;
        Ok((Some(row), programme, paper, places, printed))
    })
    .await?;
    let row = only(row.into_iter().collect())?;
    let title = visitor.say.of("voucher-title", &row.reference);
    let changes = Change::open(&visitor, row.state);
    let layout = visitor.titled(title);
    let places = places.iter().map(|place| told(&visitor.say, place)).collect();
    let printed = printed.iter().map(|one| visitor.say.moment(one.at, &Zone::paris())).collect();
    let once = Once::new(&visitor);
    Ok(page(&ShowPage { layout, once, row, programme, paper, near, places, changes, printed })?)
}

pub async fn qr(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let voucher = own(&visitor.state, visitor.caller, Verb::VoucherPrint, *id).await?;
    let svg = block(&visitor.state, move |service| {
        Ok(service.paper(voucher)?.qr(Medium::Screen)?.svg(SCREEN_MM))
    })
    .await?;
    Ok(HttpResponse::Ok().content_type("image/svg+xml").body(svg))
}

impl ShowPage {
    fn again(&self) -> String {
        format!("/vouchers/{}/print?near={}", self.row.id, encoded(&self.near))
    }

    fn stock(&self) -> bool {
        self.row.state == State::Stock
    }
}
