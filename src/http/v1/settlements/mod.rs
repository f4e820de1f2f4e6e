//! Settlement runs: prepared, approved by somebody else, exported for the bank, and its answer.
//! No single payments and no accounts: `payments` and `accounts` have them.

pub mod accounts;
pub mod evidence;
pub mod payments;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::settle::KeptFile,
    domain::{
        access::Verb,
        calendar::Day,
        command::{Ask, Outcome},
        ids::{ProgrammeId, SettlementId},
        refusal::{Reason, Refusal},
        settlement::{SettleAsk, view::WaitingView},
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, List, Page, ask, only, written},
        problem::{Problem, Wrong},
    },
};

/// An answer about the largest run: some hundred thousand lines.
pub const MOST_ANSWER_BYTES: usize = 64 << 20;

reads!("settlements", SettlementRead, SettlementView from settlements,
    list_settlements at "/v1/settlements", read_settlement at "/v1/settlements/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "programme": "1", "day": "2026-10-31" }))]
pub struct NewSettlement {
    programme: ProgrammeId,
    /// It pays what was earned up to the end of this day, which is over.
    day: Day,
}

/// Prepares a run: one payment for each organisation that has earned something and can be paid.
/// A large one is prepared in the background; its state says when it can be approved.
#[utoipa::path(post, path = "/v1/settlements", tag = "settlements",
    request_body = NewSettlement,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_settlement(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewSettlement>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::SettlementPrepare)?;
    let NewSettlement { programme, day } = body.value;
    let open = block(&state, move |service| service.settlement_of(programme, day)).await?;
    let answer = ask(&state, caller, &key, &body.canonical, open).await?;
    if let Outcome::Added { id, .. } = answer.outcome {
        block(&state, move |service| service.begin_settlement(SettlementId(id))).await?;
    }
    written(&answer)
}

/// Approves a run. Whoever prepared it, or entered an account that it pays to, cannot.
#[utoipa::path(post, path = "/v1/settlements/{id}/approve", tag = "settlements",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn approve_settlement(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::SettlementApprove)?;
    let approve = Ask::Settle(SettleAsk::Approve { settlement: SettlementId(*id) });
    written(&ask(&state, caller, &key, "", approve).await?)
}

/// Gives a run up that is not at the bank yet: what it held is earned again.
#[utoipa::path(post, path = "/v1/settlements/{id}/cancel", tag = "settlements",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn cancel_settlement(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::SettlementPrepare)?;
    let settlement = SettlementId(*id);
    let cancel = Ask::Settle(SettleAsk::Cancel { settlement });
    let answer = ask(&state, caller, &key, "", cancel).await?;
    block(&state, move |service| service.begin_settlement(settlement)).await?;
    written(&answer)
}

/// Makes the file of an approved run, once: from then on it may be at the bank.
#[utoipa::path(post, path = "/v1/settlements/{id}/export", tag = "settlements",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn export_settlement(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::SettlementExport)?;
    let settlement = SettlementId(*id);
    let export = block(&state, move |service| service.draw_payment_file(settlement)).await?;
    written(&ask(&state, caller, &key, "", export).await?)
}

/// The file for the bank, ISO 20022 pain.001.001.09: the same bytes each time.
#[utoipa::path(get, path = "/v1/settlements/{id}/pain.001.xml", tag = "settlements",
    params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "application/xml")))]
pub async fn settlement_file(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::SettlementExport)?;
    let settlement = SettlementId(*id);
    let file = block(&state, move |service| service.payment_file(settlement)).await?;
    let KeptFile { name, text, .. } = file.filter(|file| !file.orders).ok_or(Wrong::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type("application/xml; charset=utf-8")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}.xml\"")))
        .body(text))
}

/// The payment orders of a run whose funder pays venues itself, as CSV: the same bytes each time.
#[utoipa::path(get, path = "/v1/settlements/{id}/payment-orders.csv", tag = "settlements",
    params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/csv")))]
pub async fn settlement_orders(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::PaymentConfirm)?;
    let (settlement, filter) = (SettlementId(*id), Filter::one(within, *id));
    let found = block(&state, move |service| {
        let database = service.database();
        let Some(run) = database.settlements(&filter)?.into_iter().next() else { return Ok(None) };
        let programme = database.programme(run.programme)?;
        let paying = programme.and_then(|row| row.terms.paying_funder());
        Ok(Some((paying, service.payment_file(settlement)?)))
    });
    let (paying, file) = only(found.await?.into_iter().collect())?;
    if paying.is_none() {
        return Err(Problem::refused(Reason::NotPaidByFunder.into(), false));
    }
    let file = file.filter(|file| file.orders && payments::pays(within, paying));
    let KeptFile { name, text, .. } = file.ok_or(Wrong::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}.csv\"")))
        .body(text))
}

/// What a bank's answer came to.
#[derive(Serialize, ToSchema)]
pub struct AnswerTaken {
    /// Payments that it changed: they are paid, or their money is earned again.
    pub changed: u64,
    /// It says of so many what was known already.
    pub known: u64,
    /// The bank has not decided about so many.
    pub pending: u64,
}

/// Takes the bank's answer, ISO 20022 pain.002.001.03 or .12, line by line: all of it, or nothing.
/// Sending it again changes nothing, so no key is needed.
#[utoipa::path(post, path = "/v1/settlements/{id}/answer", tag = "settlements",
    params(("id" = String, Path)),
    request_body(content = String, content_type = "application/xml"),
    responses((status = 200, body = AnswerTaken)))]
pub async fn answer_settlement(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
    file: web::Bytes,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(take_answer(&state, caller, *id, file).await?))
}

/// # Errors
/// As the operation.
pub async fn take_answer(
    state: &Shared,
    caller: Caller,
    id: i64,
    file: web::Bytes,
) -> Result<AnswerTaken, Problem> {
    caller.may(Verb::SettlementAnswer)?;
    let (settlement, actor) = (SettlementId(id), caller.user);
    let taken = block(state, move |service| {
        let text = String::from_utf8_lossy(&file);
        service.take_bank_answer(actor, settlement, &text)
    });
    let taken = taken.await?.map_err(refused)?;
    let changed = u64::try_from(taken.answers.len()).unwrap_or(u64::MAX);
    Ok(AnswerTaken { changed, known: taken.known, pending: taken.pending })
}

fn refused(refusal: Refusal) -> Problem {
    Problem::refused(refusal, false)
}

/// Says that the bank paid every payment of a run that it has not answered. Saying it again
/// changes nothing, so no key is needed.
#[utoipa::path(post, path = "/v1/settlements/{id}/paid", tag = "settlements",
    params(("id" = String, Path)), responses((status = 200, body = AnswerTaken)))]
pub async fn settle_rest(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(take_rest(&state, caller, *id).await?))
}

/// # Errors
/// As the operation.
pub async fn take_rest(state: &Shared, caller: Caller, id: i64) -> Result<AnswerTaken, Problem> {
    let filter = Filter::one(caller.may(Verb::SettlementAnswer)?, id);
    only(block(state, move |service| Ok(service.database().settlements(&filter)?)).await?)?;
    let (settlement, actor) = (SettlementId(id), caller.user);
    let taken = block(state, move |service| service.take_as_paid(actor, settlement)).await?;
    let changed = taken.map_err(refused)?;
    Ok(AnswerTaken { changed, known: 0, pending: 0 })
}

/// The organisations that a run does not pay, and why.
#[utoipa::path(get, path = "/v1/settlements/{id}/waiting", tag = "settlements",
    params(("id" = String, Path), List),
    responses((status = 200, body = Page<WaitingView>)))]
pub async fn list_waiting(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
    list: web::Query<List>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::SettlementRead)?;
    let filter = list.into_inner().filter(within)?;
    let filter = Filter { settlement: Some(SettlementId(*id)), ..filter };
    let (run, asked) = (Filter::one(within, *id), filter.clone());
    let (runs, rows) = block(&state, move |service| {
        let database = service.database();
        Ok((database.settlements(&run)?, database.waiting(&asked)?))
    })
    .await?;
    only(runs)?;
    Ok(HttpResponse::Ok().json(Page::of(rows, &filter)))
}

pub fn routes(config: &mut web::ServiceConfig) {
    let one = |end: &str| web::resource(format!("/v1/settlements/{{id}}{end}"));
    config
        .service(
            web::resource("/v1/settlements")
                .route(web::get().to(list_settlements))
                .route(web::post().to(create_settlement)),
        )
        .service(one("").route(web::get().to(read_settlement)))
        .service(one("/approve").route(web::post().to(approve_settlement)))
        .service(one("/cancel").route(web::post().to(cancel_settlement)))
        .service(one("/export").route(web::post().to(export_settlement)))
        .service(one("/pain.001.xml").route(web::get().to(settlement_file)))
        .service(one("/payment-orders.csv").route(web::get().to(settlement_orders)))
        .service(one("/claims").route(web::get().to(evidence::list_claims)))
        .service(one("/claim").route(web::get().to(evidence::read_claim)))
        .service(one("/paid").route(web::post().to(settle_rest)))
        .service(one("/waiting").route(web::get().to(list_waiting)))
        .service(
            one("/answer")
                .app_data(web::PayloadConfig::new(MOST_ANSWER_BYTES))
                .route(web::post().to(answer_settlement)),
        )
        .configure(payments::routes)
        .configure(accounts::routes);
}
