//! Undoing a redemption, by an event of its own.
//! No windows of time: the domain has them.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::{Tenant, Verb},
        command::{Ask, Outcome, Reverse},
        ids::Seq,
        registry::Role,
    },
    http::{
        Shared,
        access::Caller,
        extract::{Key, ask, replayed},
        problem::{Problem, Wrong},
    },
};

#[derive(Serialize, ToSchema)]
pub struct Reversed {
    seq: Seq,
    redemption: Seq,
    /// Workshops that the voucher opens again.
    left: u8,
}

/// Reverses a redemption.
#[utoipa::path(post, path = "/v1/redemptions/{id}/reversal", tag = "redemptions",
    params(("id" = String, Path)), responses((status = 201, body = Reversed)))]
pub async fn reverse_redemption(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let reverse = reversal(caller, Seq(*id))?;
    let answer = ask(&state, caller, &key, "", reverse).await?;
    let Outcome::Reversed { seq, redemption, left } = answer.outcome else {
        return Err(Wrong::Internal.into());
    };
    let mut response = HttpResponse::Created();
    Ok(replayed(&mut response, answer.replayed).json(Reversed { seq, redemption, left }))
}

/// What undoing a redemption asks in the caller's name.
///
/// # Errors
/// 403 for a role that undoes nothing.
pub fn reversal(caller: Caller, redemption: Seq) -> Result<Ask, Problem> {
    let organisation = match caller.may(Verb::RedemptionReverse)? {
        Tenant::Organisation(own) => Some(own),
        _ => None,
    };
    let supervisor = !matches!(caller.role, Role::Scanner(_));
    Ok(Ask::Reverse(Reverse { redemption, organisation, supervisor }))
}
