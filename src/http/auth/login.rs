//! Logging in: a password for a short token and a refresh token.
//! The same answer and delay for an unknown address, a wrong password and a revoked user.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    second_factor::{needs_code, with_code},
    tokens::TOKEN_LIFE_S,
};
use crate::{
    app::session::{self, email_key},
    domain::ids::UserId,
    http::{
        Shared, block,
        extract::Body,
        problem::{Problem, Wrong},
    },
    sys::password,
};

pub const LONGEST_EMAIL: usize = 254;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    #[schema(example = "agent@example.fr", max_length = 254)]
    email: String,
    #[schema(format = Password, max_length = 128)]
    password: String,
    /// Of whoever has a second factor: the six digits of their telephone, or a recovery code.
    #[schema(max_length = 32)]
    #[serde(default)]
    code: Option<String>,
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

impl Session {
    /// A session with its short token.
    pub(super) fn of(state: &Shared, session: session::Session) -> Result<Self, Problem> {
        let now = state.service.clock.now();
        let access_token = state.tokens.make(session.user, now).ok_or(Wrong::Internal)?;
        let refresh_token = session.refresh_token;
        Ok(Self { access_token, expires_in: TOKEN_LIFE_S, refresh_token })
    }
}

/// Logs in. After five wrong passwords for an address, or five wrong codes, each wait is twice the
/// last.
#[utoipa::path(post, path = "/v1/auth/login", tag = "auth", security(()),
    request_body = Login, responses((status = 200, body = Session)))]
pub async fn login(state: Shared, body: Body<Login>) -> Result<HttpResponse, Problem> {
    let Login { email, password, code } = body.value;
    let user = known(&state, &email, password).await?;
    if needs_code(&state, user).await? {
        let code = code.ok_or(Wrong::CodeNeeded)?;
        with_code(&state, user, code).await?;
    }
    let session = block(&state, move |service| service.begin_session(user)).await?;
    Ok(HttpResponse::Ok().json(Session::of(&state, session)?))
}

/// Whose address and password these are; after five wrong passwords for an address each wait is
/// twice the last.
pub async fn known(state: &Shared, email: &str, password: String) -> Result<UserId, Problem> {
    if email.len() > LONGEST_EMAIL || password.len() > password::LONGEST {
        return Err(Wrong::CredentialsWrong.into());
    }
    let email = email_key(email);
    let wait = state.lockout.begin(&email, state.service.clock.now());
    wait.map_err(|retry_after_seconds| Wrong::TooMany { retry_after_seconds })?;
    let address = email.clone();
    let known = block(state, move |service| service.known(&address, &password)).await?;
    let user = known.ok_or(Wrong::CredentialsWrong)?;
    state.lockout.succeeded(&email);
    Ok(user)
}
