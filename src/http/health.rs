//! Whether the service lives and is ready, and the public voucher keys.
//! Nothing here needs a log-in.

use actix_web::{HttpResponse, web};

use super::{Shared, block, problem::Problem};

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/healthz").route(web::get().to(healthz)))
        .service(web::resource("/readyz").route(web::get().to(readyz)))
        .service(web::resource("/.well-known/jwks.json").route(web::get().to(jwks)));
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "service", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain").body("ok")
}

/// The database answers too.
///
/// # Errors
/// 503 if it does not.
#[utoipa::path(get, path = "/readyz", tag = "service", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub async fn readyz(state: Shared) -> Result<HttpResponse, Problem> {
    block(&state, |port| port.ready()).await?;
    Ok(HttpResponse::Ok().content_type("text/plain").body("ready"))
}

/// The public keys of vouchers (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "service", security(()),
    responses((status = 200, body = serde_json::Value)))]
pub async fn jwks(state: Shared) -> HttpResponse {
    HttpResponse::Ok().json(state.port.jwks())
}
