//! Ends a session: no token of its family renews it any more.
//! The short token lives out its minutes.

use actix_web::HttpResponse;

use super::{login::hashed, refresh::RefreshToken};
use crate::{
    app::port::Taken,
    http::{Shared, block, extract::Body, problem::Problem},
};

/// Logs out; the same answer for an unknown token.
///
/// # Errors
/// 503 when the service does not answer.
#[utoipa::path(post, path = "/v1/auth/logout", tag = "auth", security(()),
    request_body = RefreshToken, responses((status = 204)))]
pub async fn logout(state: Shared, body: Body<RefreshToken>) -> Result<HttpResponse, Problem> {
    let hash = hashed(&body.value.refresh_token);
    block(&state, move |port| match port.take_refresh(hash)? {
        Taken::Fresh(token) | Taken::Reused(token) => port.end_family(token.family),
        Taken::Unknown => Ok(()),
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
