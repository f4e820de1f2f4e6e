//! Ends a session: no token of its family renews it any more.
//! The short token lives out its minutes.

use actix_web::HttpResponse;

use super::refresh::RefreshToken;
use crate::http::{Shared, block, extract::Body, problem::Problem};

/// Logs out; the same answer for an unknown token.
#[utoipa::path(post, path = "/v1/auth/logout", tag = "auth", security(()),
    request_body = RefreshToken, responses((status = 204)))]
pub async fn logout(state: Shared, body: Body<RefreshToken>) -> Result<HttpResponse, Problem> {
    let token = body.value.refresh_token;
    block(&state, move |service| service.log_out(&token)).await?;
    Ok(HttpResponse::NoContent().finish())
}
