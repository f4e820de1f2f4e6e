//! What was taken at a venue's places: the last redemptions, and each with its undo.
//! No windows of time: the domain says how long an undo is open.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    form::{Mistake, Once, key},
    layout::{Layout, page, page_again},
    registry::holds::causes,
    stop::{Stop, see_other},
    visitor::Visitor,
};
use crate::{
    app::service::Service,
    domain::{
        access::{Tenant, Verb},
        calendar::{Day, Zone},
        ids::{ProgrammeId, Seq, VenueId},
        view::{Filter, RedemptionView, Row as _, VenueView},
    },
    http::{
        access::Anyone,
        block,
        extract::{ask, only},
        problem::Problem,
        v1::{
            receipts::{Month, month_of_receipts, signed},
            redemptions::reversal::reversal,
        },
    },
};

const ROWS: u32 = 50;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/redemptions", web::get().to(list))
        .route("/redemptions/receipts.txt", web::get().to(receipts))
        .route("/redemptions/{id}/receipt.txt", web::get().to(receipt))
        .route("/redemptions/{id}", web::get().to(show))
        .service(
            web::resource("/redemptions/{id}/reversal")
                .route(web::get().to(confirm))
                .route(web::post().to(reverse)),
        );
}

/// A redemption as it is told at its venue.
struct Taken {
    row: RedemptionView,
    venue: String,
    reference: String,
    /// Day and hour in the programme's time zone.
    when: String,
}

#[derive(Deserialize)]
struct Query {
    #[serde(default)]
    venue: String,
    after: Option<i64>,
}

#[derive(Template)]
#[template(path = "redemptions/list.html")]
struct ListPage {
    layout: Layout,
    venues: Vec<(VenueView, bool)>,
    rows: Vec<Taken>,
    next: Option<String>,
    may_undo: bool,
    may_scan: bool,
    may_look_up: bool,
    /// Months whose receipts can be had: the number, and what people call it.
    months: Vec<(String, String)>,
}

/// Months of receipts that the page offers; the API has all.
const MONTHS: usize = 18;

fn months(visitor: &Visitor) -> Vec<(String, String)> {
    if visitor.may(Verb::ReceiptRead).is_err() {
        return Vec::new();
    }
    let today = visitor.state.service.clock.now().day(&Zone::paris());
    let before = |day: &Day| Some(day.month_start().plus(-1));
    let months = std::iter::successors(Some(today), before).take(MONTHS);
    months.map(|day| (day.month(), visitor.say.month(&day.month()))).collect()
}

/// The signed receipts of a month, one a line.
async fn receipts(visitor: Visitor, query: web::Query<Month>) -> Result<HttpResponse, Stop> {
    Ok(month_of_receipts(visitor.state.clone(), visitor.caller, query).await?)
}

/// One signed receipt, to be kept.
async fn receipt(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let receipt = signed(&visitor.state, visitor.caller, *id).await?;
    let name = format!("attachment; filename=\"receipt-{}.txt\"", *id);
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header(("Content-Disposition", name))
        .body(format!("{}\n", receipt.text())))
}

async fn list(visitor: Visitor, query: web::Query<Query>) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::RedemptionRead)?;
    let reads_venues = visitor.may(Verb::VenueRead)?;
    let venue = query.venue.parse().ok().map(VenueId);
    let filter = Filter { venue, after: query.after, limit: ROWS, ..Filter::of(within) };
    let say = visitor.say.clone();
    let (rows, venues) = block(&visitor.state, move |service| {
        let rows = told(service, &filter, &|at, zone| say.moment(at, zone))?;
        // An operator's list of places is a page of its own.
        let venues = match reads_venues {
            Tenant::Any => Vec::new(),
            own => service.database().venues(&Filter { limit: 200, ..Filter::of(own) })?,
        };
        Ok((rows, venues))
    })
    .await?;
    let full = rows.len() >= usize::try_from(ROWS).unwrap_or(usize::MAX);
    let next = rows.last().filter(|_| full).map(|taken| {
        let chosen = venue.map(|id| format!("&venue={id}")).unwrap_or_default();
        format!("/redemptions?after={}{chosen}", taken.row.cursor())
    });
    let chosen = |row: VenueView| {
        let here = Some(row.id) == venue;
        (row, here)
    };
    Ok(page(&ListPage {
        layout: visitor.layout("redemptions-title"),
        venues: venues.into_iter().map(chosen).collect(),
        rows,
        next,
        may_undo: visitor.may(Verb::RedemptionReverse).is_ok(),
        may_scan: visitor.may(Verb::RedemptionCreate).is_ok(),
        may_look_up: visitor.may(Verb::VoucherLookUp).is_ok(),
        months: months(&visitor),
    })?)
}

type Moment<'a> = &'a dyn Fn(crate::domain::calendar::Instant, &Zone) -> String;

fn told(
    service: &Service,
    filter: &Filter,
    moment: Moment<'_>,
) -> Result<Vec<Taken>, crate::app::service::Fault> {
    let database = service.database();
    let rows = database.redemptions(filter)?;
    let mut zones: HashMap<ProgrammeId, Zone> = HashMap::new();
    let numbers: Vec<i64> = rows.iter().map(|row| row.venue.0).collect();
    let names = database.names(crate::domain::usage::Breakdown::Venue, &numbers)?;
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        if !zones.contains_key(&row.programme) {
            let programme = database.programme(row.programme)?;
            zones.extend(programme.map(|programme| (programme.id, programme.terms.time_zone)));
        }
        let when = zones.get(&row.programme).map(|zone| moment(row.occurred_at, zone));
        told.push(Taken {
            venue: names.get(&row.venue.0).cloned().unwrap_or_default(),
            reference: service.reference(row.voucher),
            when: when.unwrap_or_default(),
            row,
        });
    }
    Ok(told)
}

#[derive(Template)]
#[template(path = "redemptions/show.html")]
struct ShowPage {
    layout: Layout,
    taken: Taken,
    /// When the service wrote it down.
    recorded: String,
    service: Option<String>,
    /// What has become of its hold, and why it is held.
    held: Option<(String, String)>,
    may_undo: bool,
    may_keep: bool,
    /// Somebody who looked has undone it.
    may_dispute: bool,
}

async fn show(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let taken = one(&visitor, Verb::RedemptionRead, *id).await?;
    let say = &visitor.say;
    Ok(page(&ShowPage {
        layout: visitor.titled(say.of("redemption-title", &taken.reference)),
        recorded: say.moment(taken.row.recorded_at, &Zone::paris()),
        service: taken.row.delivery.service.map(|kind| say.t(&format!("service-{}", kind.code()))),
        held: taken.row.held.as_ref().map(|held| {
            let state = say.t(&format!("hold-{}", held.state.code()));
            (state, causes(say, &held.causes))
        }),
        may_undo: visitor.may(Verb::RedemptionReverse).is_ok(),
        may_keep: visitor.may(Verb::ReceiptRead).is_ok(),
        may_dispute: visitor.may(Verb::DisputeOpen).is_ok()
            && taken.row.reversed_by.is_some()
            && taken.row.said().is_some(),
        taken,
    })?)
}

#[derive(Template)]
#[template(path = "redemptions/reverse.html")]
struct ReversePage {
    layout: Layout,
    once: Once,
    mistakes: Vec<Mistake>,
    taken: Taken,
}

async fn one(visitor: &Visitor, verb: Verb, id: i64) -> Result<Taken, Problem> {
    let filter = Filter::one(visitor.caller.may(verb)?, id);
    let say = visitor.say.clone();
    let rows = block(&visitor.state, move |service| {
        told(service, &filter, &|at, zone| say.moment(at, zone))
    });
    only(rows.await?)
}

async fn confirm(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let taken = one(&visitor, Verb::RedemptionReverse, *id).await?;
    let layout = visitor.layout("reversal-title");
    let once = Once::new(&visitor);
    Ok(page(&ReversePage { layout, once, mistakes: Vec::new(), taken })?)
}

#[derive(Deserialize)]
struct Given {
    form_token: String,
    request: Uuid,
}

async fn reverse(
    visitor: Visitor,
    id: web::Path<i64>,
    given: web::Form<Given>,
) -> Result<HttpResponse, Stop> {
    visitor.sent(&given.form_token)?;
    let taken = one(&visitor, Verb::RedemptionReverse, *id).await?;
    let wanted = reversal(&Anyone::Person(visitor.caller), Seq(*id))?;
    let key = key(given.request, &format!("reverse {}", *id));
    match ask(&visitor.state, visitor.caller, &key, "", wanted).await {
        Ok(_) => Ok(see_other("/redemptions?done=reversal")),
        Err(problem) => {
            let mistakes = vec![Mistake::of(&visitor.say, &problem, "")];
            let layout = visitor.layout("reversal-title");
            let once = Once::new(&visitor);
            Ok(page_again(&problem, &ReversePage { layout, once, mistakes, taken })?)
        }
    }
}
