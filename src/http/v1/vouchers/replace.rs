//! Replacing a lost voucher: what it had left passes to a new one.
//! No budget: none is needed.

use actix_web::{HttpResponse, web};

use super::{
    issue::{drawn, issued},
    own,
};
use crate::{
    domain::{
        access::Verb,
        command::{Ask, Outcome},
    },
    http::{Shared, access::Caller, block, extract::Key, problem::Problem},
};

/// Replaces a voucher.
#[utoipa::path(post, path = "/v1/vouchers/{id}/replace", tag = "vouchers",
    params(("id" = String, Path)),
    responses((status = 201, body = super::issue::Issued)))]
pub async fn replace_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let voucher = own(&state, caller, Verb::VoucherReplace, *id).await?;
    let new = move |draft| Ask::Replace { voucher, draft };
    let answer = drawn(&state, caller, &key, "", new).await?;
    if let Outcome::Issued { voucher: new, .. } = answer.outcome {
        block(&state, move |service| service.hand_on_own_reference(voucher, new)).await?;
    }
    issued(&state, &answer, Vec::new()).await
}
