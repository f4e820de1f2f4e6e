//! Voucher keys: their states, rotation, and alarms of keys that leaked.
//! No private key passes here; the root key signs elsewhere.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::{
        rotate::{KeyLine, KeyOrder, KeyStep},
        service::Service,
    },
    domain::{access::Verb, calendar::Instant, ids::VenueId, key_register::Early, voucher::Kid},
    http::{Shared, access::Caller, block, extract::Body, problem::Problem},
};

const MOST_ALARMS: i64 = 1_000;

#[derive(Serialize, ToSchema)]
pub struct Keys {
    items: Vec<KeyLine>,
    /// What is wrong between the register and this instance's private files.
    problems: Vec<String>,
}

/// Every key that was ever registered, the oldest first.
#[utoipa::path(get, path = "/v1/keys", tag = "keys", responses((status = 200, body = Keys)))]
pub async fn list_keys(state: Shared, caller: Caller) -> Result<HttpResponse, Problem> {
    caller.may(Verb::KeyRead)?;
    let items = block(&state, Service::key_list).await?;
    let problems = state.service.key_problems().iter().map(ToString::to_string).collect();
    Ok(HttpResponse::Ok().json(Keys { items, problems }))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// Without it, from the beginning.
    since: Option<Instant>,
}

/// How often, in an hour and at a venue, a key's good signature was shown over what was never
/// issued: the key leaked, or a backup was restored.
#[derive(Serialize, ToSchema)]
pub struct Alarm {
    kid: Kid,
    venue: VenueId,
    /// The beginning of the hour.
    hour: Instant,
    times: i64,
}

#[derive(Serialize, ToSchema)]
pub struct Alarms {
    items: Vec<Alarm>,
}

/// Alarms, the newest first, a thousand at most.
#[utoipa::path(get, path = "/v1/keys/alarms", tag = "keys", params(Since),
    responses((status = 200, body = Alarms)))]
pub async fn list_alarms(
    state: Shared,
    caller: Caller,
    query: web::Query<Since>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::KeyRead)?;
    let since = query.since.unwrap_or(Instant(0));
    let lines = block(&state, move |service| service.alarms(since, MOST_ALARMS)).await?;
    let items = lines.into_iter().map(|line| Alarm {
        kid: line.kid,
        venue: line.venue,
        hour: line.hour,
        times: line.times,
    });
    Ok(HttpResponse::Ok().json(Alarms { items: items.collect() }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reasoned {
    /// Why the key does not wait to be published for 7 days.
    #[serde(default)]
    early: Option<Early>,
}

/// What an order led to, step by step.
#[derive(Serialize, ToSchema)]
pub struct Steps {
    steps: Vec<KeyStep>,
}

/// Carries out an order about keys in the caller's name.
pub(super) async fn order(
    state: &Shared,
    caller: Caller,
    order: KeyOrder,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::KeyChange)?;
    let done = block(state, move |service| service.order_keys(Some(caller.user), &order)).await?;
    let steps = done.map_err(|refusal| Problem::refused(refusal, false))?;
    Ok(HttpResponse::Ok().json(Steps { steps }))
}

/// Begins a rotation, or goes on with the one that runs: sending it again does no harm.
#[utoipa::path(post, path = "/v1/keys/rotate", tag = "keys", request_body = Reasoned,
    responses((status = 200, body = Steps)))]
pub async fn rotate_keys(
    state: Shared,
    caller: Caller,
    body: Body<Reasoned>,
) -> Result<HttpResponse, Problem> {
    order(&state, caller, KeyOrder::Rotate { early: body.value.early }).await
}

/// Lets a pending key sign.
#[utoipa::path(post, path = "/v1/keys/{kid}/activate", tag = "keys",
    params(("kid" = String, Path)), request_body = Reasoned,
    responses((status = 200, body = Steps)))]
pub async fn activate_key(
    state: Shared,
    caller: Caller,
    kid: web::Path<Kid>,
    body: Body<Reasoned>,
) -> Result<HttpResponse, Problem> {
    order(&state, caller, KeyOrder::Activate { kid: *kid, early: body.value.early }).await
}

/// Lets an active key sign nothing new; it goes on verifying.
#[utoipa::path(post, path = "/v1/keys/{kid}/retire", tag = "keys",
    params(("kid" = String, Path)), responses((status = 200, body = Steps)))]
pub async fn retire_key(
    state: Shared,
    caller: Caller,
    kid: web::Path<Kid>,
) -> Result<HttpResponse, Problem> {
    order(&state, caller, KeyOrder::Retire { kid: *kid }).await
}

/// Lets a key that leaked sign nothing more; what it issued is honoured online.
#[utoipa::path(post, path = "/v1/keys/{kid}/compromise", tag = "keys",
    params(("kid" = String, Path)), responses((status = 200, body = Steps)))]
pub async fn compromise_key(
    state: Shared,
    caller: Caller,
    kid: web::Path<Kid>,
) -> Result<HttpResponse, Problem> {
    order(&state, caller, KeyOrder::Compromise { kid: *kid }).await
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/v1/keys").route(web::get().to(list_keys)))
        .service(web::resource("/v1/keys/alarms").route(web::get().to(list_alarms)))
        .service(web::resource("/v1/keys/rotate").route(web::post().to(rotate_keys)))
        .service(web::resource("/v1/keys/{kid}/activate").route(web::post().to(activate_key)))
        .service(web::resource("/v1/keys/{kid}/retire").route(web::post().to(retire_key)))
        .service(web::resource("/v1/keys/{kid}/compromise").route(web::post().to(compromise_key)));
}
