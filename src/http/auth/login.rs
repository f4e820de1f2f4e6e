//! Logging in: a password for a short token and a refresh token.
//! The same answer and delay for an unknown address, a wrong password and a revoked user.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{password, tokens::TOKEN_LIFE_S};
use crate::{
    app::port::Refresh,
    domain::{calendar::Instant, ids::UserId},
    http::{
        Shared, block,
        extract::Body,
        problem::{Problem, Wrong},
    },
};

const REFRESH_LIFE_S: i64 = 14 * 24 * 3600;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    #[schema(example = "agent@example.fr", max_length = 254)]
    email: String,
    #[schema(format = Password, max_length = 128)]
    password: String,
}

#[derive(Serialize, ToSchema)]
pub struct Session {
    /// For `Authorization: Bearer`.
    access_token: String,
    /// Seconds that it lives.
    expires_in: i64,
    /// For `refresh`, once.
    refresh_token: String,
}

/// Logs in.
///
/// # Errors
/// 401, or 429 after too many wrong passwords.
#[utoipa::path(post, path = "/v1/auth/login", tag = "auth", security(()),
    request_body = Login, responses((status = 200, body = Session)))]
pub async fn login(state: Shared, body: Body<Login>) -> Result<HttpResponse, Problem> {
    let Login { email, password } = body.value;
    let email = email.trim().to_lowercase();
    if email.len() > 254 || password.len() > password::LONGEST {
        return Err(Wrong::CredentialsWrong.into());
    }
    let now = state.port.now();
    let wait = state.lockout.begin(&email, now);
    wait.map_err(|retry_after_seconds| Wrong::TooMany { retry_after_seconds })?;
    let address = email.clone();
    let user = block(&state, move |port| port.user_by_email(&address)).await?;
    let user = user.filter(|user| !user.revoked);
    let id = user.as_ref().map(|user| user.id);
    let hash = user.map(|user| user.password_hash);
    let good = web::block(move || password::matches(&password, hash.as_deref())).await;
    let good = good.map_err(|_| Wrong::Unavailable)?;
    let Some(id) = id.filter(|_| good) else {
        return Err(Wrong::CredentialsWrong.into());
    };
    state.lockout.succeeded(&email);
    let session = begin(&state, id, state.port.new_request_id().0, now).await?;
    Ok(HttpResponse::Ok().json(session))
}

/// A new pair of tokens in `family`.
pub(super) async fn begin(
    state: &Shared,
    user: UserId,
    family: Uuid,
    now: Instant,
) -> Result<Session, Problem> {
    let access_token = state.tokens.make(user, now).ok_or(Wrong::Internal)?;
    let refresh_token = block(state, move |port| {
        let token = data_encoding::BASE64URL_NOPAD.encode(&port.random()?);
        let expires_at = now.plus_seconds(REFRESH_LIFE_S);
        port.keep_refresh(Refresh { hash: hashed(&token), family, user, expires_at })?;
        Ok(token)
    })
    .await?;
    Ok(Session { access_token, expires_in: TOKEN_LIFE_S, refresh_token })
}

/// A refresh token has 256 random bits: a plain hash hides it.
pub(super) fn hashed(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
