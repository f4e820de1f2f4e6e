//! Held workshops: why each is, and released or undone with a reason by a second person.
//! No payments: `settlements` has those.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{access::Verb, command::Ask, ids::Seq, view::Filter},
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, written},
        problem::{Problem, Wrong},
    },
};

reads!("holds", HoldRead, HoldView from holds,
    list_holds at "/v1/holds", read_hold at "/v1/holds/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "redemption": "2261", "note": "Le lieu était fermé ce jour-là" }))]
pub struct NewHold {
    redemption: Seq,
    /// Why: the venue reads it.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Disputes a redemption that no payment has yet: it is held until somebody else has looked.
#[utoipa::path(post, path = "/v1/holds", tag = "holds", request_body = NewHold,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_hold(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewHold>,
) -> Result<HttpResponse, Problem> {
    let NewHold { redemption, note } = body.value;
    let filter = Filter::one(caller.may(Verb::HoldDispute)?, redemption.0);
    let rows = block(&state, move |service| Ok(service.database().redemptions(&filter)?)).await?;
    rows.first().ok_or_else(|| Problem::field(Wrong::FieldInvalid, "redemption"))?;
    let dispute = Ask::Dispute { redemption, note };
    written(&ask(&state, caller, &key, &body.canonical, dispute).await?)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "released": true, "note": "Stage d’une journée, liste signée vue" }))]
pub struct HoldDecision {
    /// Whether the venue is paid; if not, the workshop is undone.
    released: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Releases a held workshop, so that the next run pays it, or undoes it. Whoever took it, whoever
/// handed the pass out and whoever belongs to the venue decides nothing here.
#[utoipa::path(post, path = "/v1/holds/{id}/decision", tag = "holds",
    params(("id" = String, Path)), request_body = HoldDecision,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn decide_hold(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<HoldDecision>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::HoldDecide)?, *id);
    only(block(&state, move |service| Ok(service.database().holds(&filter)?)).await?)?;
    let HoldDecision { released, note } = body.value;
    let decide = Ask::DecideHold { redemption: Seq(*id), released, note };
    written(&ask(&state, caller, &key, &body.canonical, decide).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/holds")
                .route(web::get().to(list_holds))
                .route(web::post().to(create_hold)),
        )
        .service(web::resource("/v1/holds/{id}").route(web::get().to(read_hold)))
        .service(web::resource("/v1/holds/{id}/decision").route(web::post().to(decide_hold)));
}
