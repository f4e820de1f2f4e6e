//! The second factor of the caller's own log-ins: begun, tried, and turned off.
//! No codes are made or compared here: `app/second_factor.rs` does that.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::login::known;
use crate::{
    app::second_factor::Begun,
    domain::ids::UserId,
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, only},
        problem::{Problem, Wrong},
    },
};

/// More than any code has, with the spaces that people put into it.
const LONGEST_CODE: usize = 32;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Password {
    #[schema(format = Password, max_length = 128)]
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Code {
    #[schema(max_length = 32, example = "123456")]
    code: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordAndCode {
    #[schema(format = Password, max_length = 128)]
    password: String,
    /// Or a recovery code.
    #[schema(max_length = 32, example = "123456")]
    code: String,
}

#[derive(Serialize, ToSchema)]
pub struct NewSecret {
    /// In base32, for whoever types it into a telephone.
    secret: String,
    /// What a QR for a telephone holds: `otpauth://totp/…`.
    address: String,
}

#[derive(Serialize, ToSchema)]
pub struct RecoveryCodes {
    /// Each is good once, in place of a code of the telephone. They are shown here alone.
    recovery_codes: Vec<String>,
}

/// Makes a secret for the caller's telephone, which `confirm` turns on. It is RFC 6238 with SHA-1,
/// six digits and 30 seconds, which every application knows.
#[utoipa::path(post, path = "/v1/auth/second-factor", tag = "auth",
    operation_id = "begin_second_factor",
    request_body = Password, responses((status = 200, body = NewSecret)))]
pub async fn begin(
    state: Shared,
    caller: Caller,
    body: Body<Password>,
) -> Result<HttpResponse, Problem> {
    let begun = begun(&state, &caller, body.value.password).await?;
    let Begun { secret, address } = begun;
    let new = NewSecret { secret: secret.to_string(), address: address.to_string() };
    Ok(HttpResponse::Ok().json(new))
}

/// # Errors
/// 401 for a wrong password, 409 when there is a second factor already.
pub async fn begun(state: &Shared, caller: &Caller, password: String) -> Result<Begun, Problem> {
    with_password(state, caller.user, password).await?;
    let user = caller.user;
    let begun = block(state, move |service| service.begin_second_factor(user)).await?;
    Ok(begun.ok_or(Wrong::SecondFactorConflict)?)
}

/// Turns the second factor on, for whoever shows that their telephone has the secret; all their
/// sessions end.
#[utoipa::path(post, path = "/v1/auth/second-factor/confirm", tag = "auth",
    operation_id = "confirm_second_factor",
    request_body = Code, responses((status = 200, body = RecoveryCodes)))]
pub async fn confirm(
    state: Shared,
    caller: Caller,
    body: Body<Code>,
) -> Result<HttpResponse, Problem> {
    let recovery_codes = confirmed(&state, &caller, body.value.code).await?;
    Ok(HttpResponse::Ok().json(RecoveryCodes { recovery_codes }))
}

/// # Errors
/// 401 for a wrong code, 409 when none was begun.
pub async fn confirmed(
    state: &Shared,
    caller: &Caller,
    code: String,
) -> Result<Vec<String>, Problem> {
    let user = caller.user;
    let begun = block(state, move |service| service.begun_second_factor(user)).await?;
    begun.ok_or(Wrong::SecondFactorConflict)?;
    let wait = attempt(state, user)?;
    let done = block(state, move |service| service.confirm_second_factor(user, &code)).await?;
    let codes = done.ok_or(Wrong::CodeWrong)?;
    wait.succeeded();
    Ok(codes)
}

/// Turns the second factor off, with the password and a code.
#[utoipa::path(post, path = "/v1/auth/second-factor/remove", tag = "auth",
    operation_id = "remove_second_factor",
    request_body = PasswordAndCode, responses((status = 204)))]
pub async fn remove(
    state: Shared,
    caller: Caller,
    body: Body<PasswordAndCode>,
) -> Result<HttpResponse, Problem> {
    let PasswordAndCode { password, code } = body.value;
    removed(&state, &caller, password, code).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// # Errors
/// 401 for a wrong password or a wrong code, 409 when there is no second factor.
pub async fn removed(
    state: &Shared,
    caller: &Caller,
    password: String,
    code: String,
) -> Result<(), Problem> {
    let user = caller.user;
    with_password(state, user, password).await?;
    if !needs_code(state, user).await? {
        return Err(Wrong::SecondFactorConflict.into());
    }
    with_code(state, user, code).await?;
    block(state, move |service| service.remove_second_factor(user, user)).await
}

async fn with_password(state: &Shared, user: UserId, password: String) -> Result<(), Problem> {
    let person = block(state, move |service| service.present(user)).await?;
    let person = only(person.into_iter().collect())?;
    known(state, &person.email, password).await?;
    Ok(())
}

/// Whether a person's password is not enough.
///
/// # Errors
/// When the database does not answer.
pub async fn needs_code(state: &Shared, user: UserId) -> Result<bool, Problem> {
    block(state, move |service| service.has_second_factor(user)).await
}

/// Uses a person's code up; after five wrong ones each wait is twice the last.
///
/// # Errors
/// 401 for a wrong code, and for one that was used.
pub async fn with_code(state: &Shared, user: UserId, code: String) -> Result<(), Problem> {
    let wait = attempt(state, user)?;
    if code.len() > LONGEST_CODE
        || !block(state, move |service| service.use_code(user, &code)).await?
    {
        return Err(Wrong::CodeWrong.into());
    }
    wait.succeeded();
    Ok(())
}

/// An attempt at a code, which counts as failed until it is said to have succeeded.
struct Attempt<'a> {
    state: &'a Shared,
    key: String,
}

fn attempt(state: &Shared, user: UserId) -> Result<Attempt<'_>, Problem> {
    let key = format!("code {user}");
    let wait = state.lockout.begin(&key, state.service.clock.now());
    wait.map_err(|retry_after_seconds| Wrong::TooMany { retry_after_seconds })?;
    Ok(Attempt { state, key })
}

impl Attempt<'_> {
    fn succeeded(self) {
        self.state.lockout.succeeded(&self.key);
    }
}
