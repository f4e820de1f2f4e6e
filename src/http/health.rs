//! Whether the service lives and is ready, and the public voucher keys.
//! Nothing here needs a log-in.

use actix_web::{HttpResponse, web};

use super::{
    Shared, block, metrics,
    problem::{Problem, Wrong},
};
use crate::app::service::Service;

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/healthz").route(web::get().to(healthz)))
        .service(web::resource("/readyz").route(web::get().to(readyz)))
        .service(web::resource("/metrics").route(web::get().to(metrics::metrics)))
        .service(web::resource("/.well-known/passnum-keys").route(web::get().to(key_set)))
        .service(web::resource("/.well-known/jwks.json").route(web::get().to(jwks)))
        .service(
            web::resource("/.well-known/receipt-keys.json").route(web::get().to(receipt_key_set)),
        );
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "service", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

/// The database answers too.
#[utoipa::path(get, path = "/readyz", tag = "service", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn readyz(state: Shared) -> Result<HttpResponse, Problem> {
    block(&state, |service| Ok(service.database().as_of()?)).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready"))
}

/// The public keys of vouchers (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "service", security(()),
    responses((status = 200, body = serde_json::Value)))]
pub async fn jwks(state: Shared) -> Result<HttpResponse, Problem> {
    let keys = block(&state, Service::jwks).await?;
    Ok(HttpResponse::Ok().json(keys))
}

/// The voucher keys for scanners: a JWS under the root key that each has pinned (RFC 7515). 404
/// until a set is published.
#[utoipa::path(get, path = "/.well-known/passnum-keys", tag = "service", security(()),
    responses((status = 200, body = String, content_type = "application/jose")))]
pub async fn key_set(state: Shared) -> Result<HttpResponse, Problem> {
    let text = block(&state, Service::key_set).await?;
    let text = text.ok_or(Wrong::NotFound)?;
    Ok(HttpResponse::Ok().content_type("application/jose").body(text))
}

/// The public keys of receipts, all there ever were, as a set (RFC 7517, RFC 8037) that
/// `pass-numerique verify` reads. Each says from when on it signed, and whether it leaked.
#[utoipa::path(get, path = "/.well-known/receipt-keys.json", tag = "service", security(()),
    responses((status = 200, body = serde_json::Value)))]
pub async fn receipt_key_set(state: Shared) -> Result<HttpResponse, Problem> {
    let keys = block(&state, Service::receipt_key_set).await?;
    Ok(HttpResponse::Ok().json(keys))
}
