//! Undoing a redemption, by an event of its own.
//! No windows of time: the domain has them.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::{Tenant, Verb},
        command::{Ask, Command, Outcome, Reverse},
        ids::Seq,
        registry::Role,
        view::Filter,
    },
    http::{
        Shared,
        access::Anyone,
        answer, block,
        extract::{Key, accepted, only, replayed},
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
    caller: Anyone,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let ask = reversal(&caller, Seq(*id))?;
    if caller.device().is_some() {
        // A device undoes what it took itself; anything else is not there for it.
        let filter = caller.narrow(Filter::one(caller.may(Verb::RedemptionReverse)?, *id));
        only(block(&state, move |service| Ok(service.database().redemptions(&filter)?)).await?)?;
    }
    let request = key.scoped(&state, caller.scope(), "");
    let now = state.service.clock.now();
    let (actor, device) = (caller.actor(), caller.device());
    let command = Command { request, actor, device, now, ask };
    let answer = accepted(answer(&state, command).await?)?;
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
pub fn reversal(caller: &Anyone, redemption: Seq) -> Result<Ask, Problem> {
    let organisation = match caller.may(Verb::RedemptionReverse)? {
        Tenant::Organisation(own) => Some(own),
        _ => None,
    };
    // A device undoes what a person who scans may.
    let supervisor =
        matches!(caller, Anyone::Person(person) if !matches!(person.role, Role::Scanner(_)));
    Ok(Ask::Reverse(Reverse { redemption, organisation, supervisor }))
}
