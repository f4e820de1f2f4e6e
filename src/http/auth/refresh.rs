//! A refresh token for a new pair; one that comes twice ends its family.
//! No passwords.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::login::{Session, begin, hashed};
use crate::{
    app::port::Taken,
    http::{
        Shared, block,
        extract::Body,
        problem::{Problem, Wrong},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    #[schema(max_length = 64)]
    pub(super) refresh_token: String,
}

/// Renews a session.
///
/// # Errors
/// 401 for a token that is unknown, too old or used.
#[utoipa::path(post, path = "/v1/auth/refresh", tag = "auth", security(()),
    request_body = RefreshToken, responses((status = 200, body = Session)))]
pub async fn refresh(state: Shared, body: Body<RefreshToken>) -> Result<HttpResponse, Problem> {
    let hash = hashed(&body.value.refresh_token);
    let now = state.port.now();
    let taken = block(&state, move |port| {
        let taken = port.take_refresh(hash)?;
        if let Taken::Reused(token) = &taken {
            port.end_family(token.family)?;
        }
        Ok(taken)
    })
    .await?;
    let Taken::Fresh(token) = taken else { return Err(Wrong::Unauthenticated.into()) };
    if token.expires_at <= now {
        return Err(Wrong::Unauthenticated.into());
    }
    let id = token.user;
    let user = block(&state, move |port| port.user(id)).await?;
    if user.is_none_or(|user| user.revoked) {
        return Err(Wrong::Unauthenticated.into());
    }
    let session = begin(&state, id, token.family, now).await?;
    Ok(HttpResponse::Ok().json(session))
}
