//! Payments: what each organisation was paid, and the bank's answer to one, by hand.
//! Their redemptions are those of `/v1/redemptions?payment=`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::Verb,
        command::Ask,
        ids::PaymentId,
        settlement::{BankAnswer, SettleAsk},
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, written},
        problem::Problem,
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

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/payments").route(web::get().to(list_payments)))
        .service(web::resource("/v1/payments/{id}").route(web::get().to(read_payment)))
        .service(web::resource("/v1/payments/{id}/answer").route(web::post().to(answer_payment)));
}
