//! Programmes: their terms, money, allocations and venues.
//! No rules of what terms are valid: the domain checks them.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::{
        ending::{EndingReport, ending_report},
        view::AsOf,
    },
    domain::{
        access::Verb,
        cents::Cents,
        command::{Ask, Change},
        event::Fund,
        ids::{FunderId, IssuerId, ProgrammeId, Seq, VenueId},
        ledger::Stage,
        programme::Terms,
        view::{AllocationView, Filter},
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, List, Page, ask, only, written},
        problem::Problem,
    },
};

reads!("programmes", ProgrammeRead, ProgrammeView from programmes,
    list_programmes at "/v1/programmes", read_programme at "/v1/programmes/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Pass numérique 93", "terms": {
        "price_cents": 1000, "payer": "operator",
        "shares": [{ "funder": "1", "weight": 60 }, { "funder": "2", "weight": 40 }],
        "workshops_min": 5, "workshops_max": 10, "first_day": "2026-11-01",
        "last_day": "2027-10-31", "validity_days": 120, "tolerance_days": 30,
        "late_limit_days": 7, "territory": "93", "time_zone": "Europe/Paris",
        "issuing_stops_days": 15, "workshops_a_day": 2, "workshops_a_venue": null,
        "undo_minutes": 15, "agent_daily_limit": 30, "service_required": false,
        "services": [], "venues_listed": false,
    },
}))]
pub struct NewProgramme {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    terms: Terms,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "funder": "1", "amount_cents": 100_000, "by": "deposit" }))]
pub struct Funding {
    funder: FunderId,
    #[schema(minimum = 1)]
    amount_cents: Cents,
    by: Fund,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "issuer": "1", "workshops": 100 }))]
pub struct Allocating {
    issuer: IssuerId,
    /// Negative: taken back.
    workshops: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "workshops": 50 }))]
pub struct Guaranteeing {
    /// Negative: given back.
    workshops: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Admitting {
    venue: VenueId,
}

/// Adds a programme.
#[utoipa::path(post, path = "/v1/programmes", tag = "programmes",
    request_body = NewProgramme,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_programme(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewProgramme>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeCreate)?;
    let NewProgramme { name, terms } = body.value;
    let terms = Box::new(terms);
    written(&ask(&state, caller, &key, &body.canonical, Ask::AddProgramme { name, terms }).await?)
}

/// Closes a programme: nothing more is issued.
#[utoipa::path(post, path = "/v1/programmes/{id}/close", tag = "programmes",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn close_programme(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeClose)?;
    let programme = ProgrammeId(*id);
    written(&ask(&state, caller, &key, "", Ask::CloseProgramme { programme }).await?)
}

/// Gives what is left of a programme back to its funders: what is free and what was set aside, to
/// the cent. Refused until no late record can arrive any more, and while anything is committed,
/// waits to be released, is earned and not paid, in payment or undecided.
#[utoipa::path(post, path = "/v1/programmes/{id}/end", tag = "programmes",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn end_programme(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeEnd)?;
    let programme = ProgrammeId(*id);
    written(&ask(&state, caller, &key, "", Ask::EndProgramme { programme }).await?)
}

/// The days of a programme's end, how its vouchers stand, and what keeps it from ending.
#[utoipa::path(get, path = "/v1/programmes/{id}/ending", tag = "programmes",
    params(("id" = String, Path)), responses((status = 200, body = EndingReport)))]
pub async fn read_ending(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::LedgerRead)?;
    let one = Filter::one(within, *id);
    let report = block(&state, move |service| {
        let row = service.database().programmes(&one)?.into_iter().next();
        row.map(|row| ending_report(service, within, &row)).transpose()
    });
    let report = only(report.await?.into_iter().collect())?;
    Ok(HttpResponse::Ok().json(report))
}

/// Books money of a funder in.
#[utoipa::path(post, path = "/v1/programmes/{id}/funds", tag = "programmes",
    params(("id" = String, Path)), request_body = Funding,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn fund_programme(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<Funding>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeFund)?;
    let (programme, Funding { funder, amount_cents: amount, by }) = (ProgrammeId(*id), body.value);
    let funded = Ask::Fund { programme, funder, amount, by };
    written(&ask(&state, caller, &key, &body.canonical, funded).await?)
}

/// Books free money of a funder out.
#[utoipa::path(post, path = "/v1/programmes/{id}/withdrawals", tag = "programmes",
    params(("id" = String, Path)), request_body = Funding,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn withdraw_funds(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<Funding>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeFund)?;
    let (programme, Funding { funder, amount_cents: amount, by }) = (ProgrammeId(*id), body.value);
    let withdrawn = Ask::Withdraw { programme, funder, amount, by };
    written(&ask(&state, caller, &key, &body.canonical, withdrawn).await?)
}

/// Gives an issuer workshops to hand out.
#[utoipa::path(post, path = "/v1/programmes/{id}/allocations", tag = "programmes",
    params(("id" = String, Path)), request_body = Allocating,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn allocate(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<Allocating>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::AllocationCreate)?;
    let (programme, Allocating { issuer, workshops }) = (ProgrammeId(*id), body.value);
    let allocated = Ask::Allocate { programme, issuer, workshops };
    written(&ask(&state, caller, &key, &body.canonical, allocated).await?)
}

/// Sets workshops aside, with their money, to pay conflicts of devices without network; or gives
/// some back.
#[utoipa::path(post, path = "/v1/programmes/{id}/guarantee", tag = "programmes",
    params(("id" = String, Path)), request_body = Guaranteeing,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn guarantee(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<Guaranteeing>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeGuarantee)?;
    let (programme, Guaranteeing { workshops }) = (ProgrammeId(*id), body.value);
    let reserve = Ask::ReserveGuarantee { programme, workshops };
    written(&ask(&state, caller, &key, &body.canonical, reserve).await?)
}

/// Admits a venue to a programme.
#[utoipa::path(post, path = "/v1/programmes/{id}/venues", tag = "programmes",
    params(("id" = String, Path)), request_body = Admitting,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn admit_venue(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<Admitting>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeAdmit)?;
    let (programme, venue) = (ProgrammeId(*id), body.value.venue);
    written(
        &ask(&state, caller, &key, &body.canonical, Ask::AdmitVenue { programme, venue }).await?,
    )
}

/// Changes a programme: all of its terms, those that stay as they are too. Another price, or other
/// shares, open a new version: vouchers keep the one they were issued under, what is free of the
/// budget goes over to the new one. Payer and time zone stay.
#[utoipa::path(patch, path = "/v1/programmes/{id}", tag = "programmes",
    params(("id" = String, Path)), request_body = NewProgramme,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn change_programme(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<NewProgramme>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::ProgrammeChange)?;
    let NewProgramme { name, terms } = body.value;
    let (programme, terms) = (ProgrammeId(*id), Box::new(terms));
    let change = Change::Programme { programme, name, terms };
    written(&ask(&state, caller, &key, &body.canonical, Ask::Change(change)).await?)
}

/// How many workshops each issuer was given, and has handed out.
#[utoipa::path(get, path = "/v1/programmes/{id}/allocations", tag = "programmes",
    params(("id" = String, Path), List), responses((status = 200, body = Page<AllocationView>)))]
pub async fn list_allocations(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
    list: web::Query<List>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::AllocationRead)?;
    let one = Filter::one(within, *id);
    let filter = Filter { programme: Some(ProgrammeId(*id)), ..list.into_inner().filter(within)? };
    let asked = filter.clone();
    let (known, rows) = block(&state, move |service| {
        let database = service.database();
        Ok((database.programmes(&one)?, database.allocations(&asked)?))
    })
    .await?;
    only(known)?;
    Ok(HttpResponse::Ok().json(Page::of(rows, &filter)))
}

/// One funder's money in a programme, in cents, by where it stands.
#[derive(Serialize, ToSchema)]
pub struct Budget {
    funder: FunderId,
    stage: Stage,
    balance_cents: Cents,
}

#[derive(Serialize, ToSchema)]
pub struct ProgrammeBudget {
    as_of: Seq,
    #[schema(example = "EUR")]
    currency: &'static str,
    lines: Vec<Budget>,
}

/// Where the money of a programme stands, per funder and stage; organisations are summed up.
#[utoipa::path(get, path = "/v1/programmes/{id}/budget", tag = "programmes",
    params(("id" = String, Path)), responses((status = 200, body = ProgrammeBudget)))]
pub async fn read_budget(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::LedgerRead)?;
    let one = Filter::one(within, *id);
    let programme = Some(ProgrammeId(*id));
    let filter = Filter { programme, limit: u32::MAX, ..Filter::of(within) };
    let (known, as_of, accounts) = block(&state, move |service| {
        let database = service.database();
        let accounts = database.accounts(&filter, AsOf::Now)?;
        Ok((database.programmes(&one)?, database.as_of()?, accounts))
    })
    .await?;
    only(known)?;
    let mut sums: BTreeMap<(FunderId, Stage), i64> = BTreeMap::new();
    for account in accounts {
        *sums.entry((account.funder, account.stage)).or_default() += account.balance_cents.0;
    }
    let line = |((funder, stage), cents)| Budget { funder, stage, balance_cents: Cents(cents) };
    let lines = sums.into_iter().map(line).collect();
    Ok(HttpResponse::Ok().json(ProgrammeBudget { as_of, currency: "EUR", lines }))
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/programmes")
                .route(web::get().to(list_programmes))
                .route(web::post().to(create_programme)),
        )
        .service(
            web::resource("/v1/programmes/{id}")
                .route(web::get().to(read_programme))
                .route(web::patch().to(change_programme)),
        )
        .service(web::resource("/v1/programmes/{id}/budget").route(web::get().to(read_budget)))
        .service(web::resource("/v1/programmes/{id}/close").route(web::post().to(close_programme)))
        .service(web::resource("/v1/programmes/{id}/end").route(web::post().to(end_programme)))
        .service(web::resource("/v1/programmes/{id}/ending").route(web::get().to(read_ending)))
        .service(web::resource("/v1/programmes/{id}/funds").route(web::post().to(fund_programme)))
        .service(
            web::resource("/v1/programmes/{id}/withdrawals").route(web::post().to(withdraw_funds)),
        )
        .service(
            web::resource("/v1/programmes/{id}/allocations")
                .route(web::get().to(list_allocations))
                .route(web::post().to(allocate)),
        )
        .service(web::resource("/v1/programmes/{id}/guarantee").route(web::post().to(guarantee)))
        .service(web::resource("/v1/programmes/{id}/venues").route(web::post().to(admit_venue)));
}
