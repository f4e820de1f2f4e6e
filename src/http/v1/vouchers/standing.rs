//! What changes a voucher's standing: suspend, reinstate, cancel, activate.
//! No rules of which state allows what: the domain has them.

use actix_web::{HttpResponse, web};

use super::{own, seen};
use crate::{
    domain::{access::Verb, command::Ask, ids::VoucherId, view::Filter},
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Key, ask, only, written},
        problem::Problem,
    },
};

/// Suspends a voucher.
#[utoipa::path(post, path = "/v1/vouchers/{id}/suspend", tag = "vouchers",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn suspend_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let voucher = own(&state, caller, Verb::VoucherSuspend, *id).await?;
    written(&ask(&state, caller, &key, "", Ask::Suspend { voucher }).await?)
}

/// Lifts a suspension.
#[utoipa::path(post, path = "/v1/vouchers/{id}/reinstate", tag = "vouchers",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn reinstate_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let voucher = own(&state, caller, Verb::VoucherReinstate, *id).await?;
    written(&ask(&state, caller, &key, "", Ask::Reinstate { voucher }).await?)
}

/// Cancels a voucher for good.
#[utoipa::path(post, path = "/v1/vouchers/{id}/cancel", tag = "vouchers",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn cancel_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let voucher = own(&state, caller, Verb::VoucherCancel, *id).await?;
    written(&ask(&state, caller, &key, "", Ask::Cancel { voucher }).await?)
}

/// Hands out a voucher that was printed ahead.
#[utoipa::path(post, path = "/v1/vouchers/{id}/activate", tag = "vouchers",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn activate_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::VoucherIssue)?;
    let filter = Filter::one(within, *id);
    let row = only(block(&state, move |service| seen(service, &filter)).await?)?;
    let (voucher, issuer) = (VoucherId(*id), row.issuer);
    written(&ask(&state, caller, &key, "", Ask::Activate { voucher, issuer }).await?)
}
