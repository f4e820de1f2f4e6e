//! A voucher by what was scanned or typed.
//! Nothing is redeemed, and nothing is written.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::{Tenant, Verb, Who},
        refusal::{Reason, Refusal},
        view::{Filter, VoucherView},
    },
    http::{Shared, access::Anyone, block, extract::Body, problem::Problem},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "code": "XXXX-XXXX-XXXX" }))]
pub struct Code {
    /// The text of the QR, or the manual code.
    #[schema(max_length = 512)]
    code: String,
}

/// Finds a voucher.
#[utoipa::path(post, path = "/v1/vouchers/by-code", tag = "vouchers",
    request_body = Code,
    responses((status = 200, body = VoucherView)))]
pub async fn voucher_by_code(
    state: Shared,
    caller: Anyone,
    body: Body<Code>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::VoucherLookUp)?;
    Ok(HttpResponse::Ok().json(found(&state, caller.who(), within, body.value.code).await?))
}

/// The voucher of a code that was scanned or typed, as far as the caller sees it.
///
/// # Errors
/// 409 for what names none, 429 when too many were tried.
pub async fn found(
    state: &Shared,
    who: Who,
    within: Tenant,
    code: String,
) -> Result<VoucherView, Problem> {
    state.limiter.code(who, &code)?;
    let found = block(state, move |service| {
        let id = match service.shown(&service.read_code(&code)?)? {
            Ok(voucher) => voucher.id,
            Err(reason) => return Ok(Err(reason)),
        };
        let row = super::seen(service, &Filter::one(within, id.0))?.into_iter().next();
        Ok(row.ok_or(Reason::VoucherUnknown))
    })
    .await?;
    found.map_err(|reason| Problem::refused_scan(Refusal::from(reason), false))
}
