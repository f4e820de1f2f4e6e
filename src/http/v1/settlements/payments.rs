//! Payments: what each organisation was paid, and the bank's answer to one, by hand.
//! Their redemptions are those of `/v1/redemptions?payment=`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::{Tenant, Verb},
        calendar::Day,
        command::Ask,
        ids::{FunderId, PaymentId},
        settlement::{BankAnswer, SettleAsk},
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, written},
        problem::{Problem, Wrong},
    },
};

reads!("payments", PaymentRead, PaymentView from payments,
    list_payments at "/v1/payments", read_payment at "/v1/payments/{id}");

/// What became of a payment.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentAnswer {
    Paid,
    /// By the bank, before it paid: the money is earned again.
    Rejected,
    /// By the payee's bank, after it was paid: the money is earned again.
    Returned,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "answer": "rejected", "code": "AC04" }))]
pub struct AnswerByHand {
    answer: PaymentAnswer,
    /// The bank's reason: an external code of ISO 20022.
    #[serde(default)]
    #[schema(pattern = "^[A-Za-z0-9]{1,4}$")]
    code: Option<String>,
}

/// Enters the bank's answer to one payment, by hand.
#[utoipa::path(post, path = "/v1/payments/{id}/answer", tag = "payments",
    params(("id" = String, Path)), request_body = AnswerByHand,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn answer_payment(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<AnswerByHand>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::SettlementAnswer)?, *id);
    let rows = block(&state, move |service| Ok(service.database().payments(&filter)?)).await?;
    let settlement = only(rows)?.settlement;
    let AnswerByHand { answer, code } = body.value;
    let answer = match answer {
        PaymentAnswer::Paid => BankAnswer::Paid,
        PaymentAnswer::Rejected => BankAnswer::Rejected(code),
        PaymentAnswer::Returned => BankAnswer::Returned(code),
    };
    let lines = vec![(PaymentId(*id), answer)];
    let enter = Ask::Settle(SettleAsk::Answer { settlement, lines });
    written(&ask(&state, caller, &key, &body.canonical, enter).await?)
}

/// Whether whoever acts within a tenant may say that orders were paid: the operator, and the people
/// of the funder that pays.
pub(super) fn pays(within: Tenant, paying: Option<FunderId>) -> bool {
    match within {
        Tenant::Any => true,
        Tenant::Funder(own) => paying == Some(own),
        Tenant::Issuer(_) | Tenant::Organisation(_) => false,
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "reference": "Mandat 2026-1843", "day": "2026-11-30" }))]
pub struct OrderPaid {
    /// As the accountant calls it.
    #[schema(min_length = 1, max_length = 60)]
    reference: String,
    /// On which it was paid.
    day: Day,
}

/// Notes that a funder that pays venues itself has paid an order: the operator, or its own people.
#[utoipa::path(post, path = "/v1/payments/{id}/paid", tag = "payments",
    params(("id" = String, Path)), request_body = OrderPaid,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn confirm_payment(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<OrderPaid>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::PaymentConfirm)?;
    let filter = Filter::one(within, *id);
    let found = block(&state, move |service| {
        let database = service.database();
        let Some(row) = database.payments(&filter)?.into_iter().next() else { return Ok(None) };
        let programme = database.programme(row.programme)?;
        Ok(Some((row, programme.and_then(|programme| programme.terms.paying_funder()))))
    });
    let (row, paying) = only(found.await?.into_iter().collect())?;
    if paying.is_some() && !pays(within, paying) {
        return Err(Wrong::Forbidden.into());
    }
    let OrderPaid { reference, day } = body.value;
    let (settlement, payment) = (row.settlement, PaymentId(*id));
    let confirm = Ask::Settle(SettleAsk::Confirm { settlement, payment, reference, day });
    written(&ask(&state, caller, &key, &body.canonical, confirm).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/payments").route(web::get().to(list_payments)))
        .service(web::resource("/v1/payments/{id}").route(web::get().to(read_payment)))
        .service(web::resource("/v1/payments/{id}/answer").route(web::post().to(answer_payment)))
        .service(web::resource("/v1/payments/{id}/paid").route(web::post().to(confirm_payment)))
        .service(
            web::resource("/v1/payments/{id}/evidence")
                .route(web::get().to(super::evidence::payment_evidence)),
        );
}
