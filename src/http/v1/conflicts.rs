//! Conflicts of workshops taken without network: with their evidence, and decided with a reason.
//! No records in doubt: `quarantine` has those.

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
        problem::Problem,
    },
};

reads!("conflicts", ConflictRead, ConflictView from conflicts,
    list_conflicts at "/v1/conflicts", read_conflict at "/v1/conflicts/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "paid": true, "note": "Les deux ateliers ont eu lieu" }))]
pub struct ConflictDecision {
    /// Whether the programme's guarantee pays the venue.
    paid: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Decides whether the guarantee pays a conflict, within what one device may cost in a month. What
/// is paid stays paid; what is not may still be, once.
#[utoipa::path(post, path = "/v1/conflicts/{id}/decision", tag = "conflicts",
    params(("id" = String, Path)), request_body = ConflictDecision,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn decide_conflict(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<ConflictDecision>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::ConflictDecide)?, *id);
    only(block(&state, move |service| Ok(service.database().conflicts(&filter)?)).await?)?;
    let ConflictDecision { paid, note } = body.value;
    let decide = Ask::DecideConflict { conflict: Seq(*id), paid, note };
    written(&ask(&state, caller, &key, &body.canonical, decide).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/conflicts").route(web::get().to(list_conflicts)))
        .service(web::resource("/v1/conflicts/{id}").route(web::get().to(read_conflict)))
        .service(
            web::resource("/v1/conflicts/{id}/decision").route(web::post().to(decide_conflict)),
        );
}
