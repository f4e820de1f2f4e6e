//! What changes a voucher's standing: suspend, reinstate, cancel, activate.
//! No rules of which state allows what: the domain has them.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    issue::{ToldFacts, count, own_reference_of, same_own_reference, to_count, without_facts},
    own, seen,
};
use crate::{
    app::service::Service,
    domain::{
        access::Verb,
        command::{Ask, Outcome},
        ids::{Seq, VoucherId},
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Key, Perhaps, ask, only, replayed, written},
        problem::{Problem, Wrong},
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

/// What is noted when a voucher is handed out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// What the issuer calls it, as when issuing; it takes the place of one that it had as stock.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60)]
    own_reference: Option<String>,
    /// What the person told, as when issuing.
    #[serde(default)]
    facts: Option<ToldFacts>,
}

#[derive(Serialize, ToSchema)]
pub struct Activated {
    seq: Seq,
    /// Other vouchers of the issuer that were given the same own reference.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    same_own_reference: Vec<VoucherId>,
}

/// Hands out a voucher that was printed ahead.
#[utoipa::path(post, path = "/v1/vouchers/{id}/activate", tag = "vouchers",
    params(("id" = String, Path)), request_body = Option<Activation>,
    responses((status = 200, body = Activated)))]
pub async fn activate_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Perhaps<Activation>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::VoucherIssue)?;
    let filter = Filter::one(within, *id);
    let row = only(block(&state, move |service| seen(service, &filter)).await?)?;
    let (voucher, issuer) = (VoucherId(*id), row.issuer);
    let canonical = body.0.as_ref().map(|body| without_facts(&body.canonical));
    let canonical = canonical.unwrap_or_default();
    let (own, facts) = match body.0.map(|body| body.value) {
        Some(Activation { own_reference, facts }) => (own_reference, facts.unwrap_or_default()),
        None => (None, ToldFacts::default()),
    };
    let own = own.as_deref().map(own_reference_of).transpose()?;
    let told = to_count(&state, row.programme, facts.into()).await?;
    let answer = ask(&state, caller, &key, &canonical, Ask::Activate { voucher, issuer }).await?;
    count(&state, &answer, row.programme, issuer, told).await?;
    let Outcome::Issued { seq, .. } = answer.outcome else { return Err(Wrong::Internal.into()) };
    let same_own_reference = match own {
        Some(own) => {
            let noted = move |service: &Service| {
                service.change_own_reference(voucher, issuer, &own)?;
                same_own_reference(service, issuer, &own, voucher)
            };
            block(&state, noted).await?
        }
        None => Vec::new(),
    };
    let mut response = HttpResponse::Ok();
    Ok(replayed(&mut response, answer.replayed).json(Activated { seq, same_own_reference }))
}
