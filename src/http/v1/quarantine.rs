//! Records that were put aside: listed with their evidence, and decided with a reason.
//! No records that were taken or refused: those are redemptions, or nothing.

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

reads!("devices", RecordRead, QuarantinedView from quarantined,
    list_quarantine at "/v1/quarantine", read_quarantined at "/v1/quarantine/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "accepted": true, "note": "Atelier confirmé par la structure" }))]
pub struct RecordDecision {
    /// Whether the workshop counts, and is paid.
    accepted: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
}

/// Decides once about a record that was put aside. Accepting redeems its workshops by the same
/// rules as any other: where they refuse, the record goes on waiting.
#[utoipa::path(post, path = "/v1/quarantine/{id}/decision", tag = "devices",
    params(("id" = String, Path)), request_body = RecordDecision,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn decide_quarantined(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<RecordDecision>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::RecordDecide)?, *id);
    only(block(&state, move |service| Ok(service.database().quarantined(&filter)?)).await?)?;
    let RecordDecision { accepted, note } = body.value;
    let decide = Ask::DecideRecord { quarantine: Seq(*id), accepted, note };
    written(&ask(&state, caller, &key, &body.canonical, decide).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/quarantine").route(web::get().to(list_quarantine)))
        .service(web::resource("/v1/quarantine/{id}").route(web::get().to(read_quarantined)))
        .service(
            web::resource("/v1/quarantine/{id}/decision").route(web::post().to(decide_quarantined)),
        );
}
