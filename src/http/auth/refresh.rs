//! A refresh token for a new pair; one that comes twice ends its family.
//! No passwords.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::login::Session;
use crate::http::{
    Shared, block,
    extract::Body,
    problem::{Problem, Wrong},
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    #[schema(max_length = 64)]
    pub(super) refresh_token: String,
}

/// Renews a session.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "auth", security(()),
    request_body = RefreshToken, responses((status = 200, body = Session)))]
pub async fn refresh(state: Shared, body: Body<RefreshToken>) -> Result<HttpResponse, Problem> {
    let token = body.value.refresh_token;
    let session = block(&state, move |service| service.renew(&token)).await?;
    let session = session.ok_or(Wrong::Unauthenticated)?;
    Ok(HttpResponse::Ok().json(Session::of(&state, session)?))
}
