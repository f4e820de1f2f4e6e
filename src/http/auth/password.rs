//! Passwords by their own people: a new one for one that was forgotten, or for the one they know.
//! Whether an address has an account nobody learns here: same answer, same delay.

use actix_web::{HttpResponse, rt};
use serde::Deserialize;
use utoipa::ToSchema;

use super::login::{LONGEST_EMAIL, known};
use crate::{
    app::session::email_key,
    domain::message::Channel,
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, only},
        problem::{Problem, Wrong},
        v1::{users::checked_password, vouchers::send::Spoken},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "agent@example.fr" }))]
pub struct Forgotten {
    #[schema(max_length = 254)]
    email: String,
    /// Of the message; French without it.
    #[serde(default)]
    language: Spoken,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// The last part of the link.
    #[schema(max_length = 64)]
    token: String,
    #[schema(format = Password, min_length = 12, max_length = 128)]
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    #[schema(format = Password, max_length = 128)]
    current: String,
    #[schema(format = Password, min_length = 12, max_length = 128)]
    new: String,
}

/// Sends a link to choose another password, if the address has an account; the answer and its
/// delay tell nothing about that.
#[utoipa::path(post, path = "/v1/auth/reset", tag = "auth", security(()),
    request_body = Forgotten, responses((status = 202)))]
pub async fn request_reset(state: Shared, body: Body<Forgotten>) -> Result<HttpResponse, Problem> {
    let Forgotten { email, language } = body.value;
    forgotten(&state, email, language)?;
    Ok(HttpResponse::Accepted().finish())
}

/// Begins what is answered already: whoever asks waits for nothing that depends on the address.
///
/// # Errors
/// When nothing can be sent, or too often for one address, known or not.
pub fn forgotten(state: &Shared, email: String, language: Spoken) -> Result<(), Problem> {
    if !state.service.sends(Channel::Email) {
        return Err(Wrong::SendingNotSetUp.into());
    }
    if email.len() > LONGEST_EMAIL {
        return Err(Problem::field(Wrong::FieldInvalid, "email"));
    }
    state.limiter.reset(email_key(&email))?;
    let state = state.clone();
    rt::spawn(async move {
        let asked = block(&state, move |service| service.forgotten(&email, language.code()));
        // A fault is logged where it becomes a problem; whoever asked asks again.
        drop(asked.await);
    });
    Ok(())
}

/// Sets the password of a link's person, once, and ends their sessions.
#[utoipa::path(post, path = "/v1/auth/password", tag = "auth", security(()),
    request_body = Chosen, responses((status = 204)))]
pub async fn choose_password(state: Shared, body: Body<Chosen>) -> Result<HttpResponse, Problem> {
    let Chosen { token, password } = body.value;
    chosen(&state, token, password).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// # Errors
/// 409 for a link that is not good, 422 for a password that is not.
pub async fn chosen(state: &Shared, token: String, password: String) -> Result<(), Problem> {
    let password = checked_password(password)?;
    let done = block(state, move |service| service.choose_password(&token, &password)).await?;
    let done = done.ok_or(Wrong::LinkNotValid)?;
    done.map_err(|refusal| Problem::refused(refusal, false))
}

/// Changes the caller's own password; all their sessions end.
#[utoipa::path(post, path = "/v1/auth/own-password", tag = "auth",
    request_body = Changed, responses((status = 204)))]
pub async fn change_own_password(
    state: Shared,
    caller: Caller,
    body: Body<Changed>,
) -> Result<HttpResponse, Problem> {
    let Changed { current, new } = body.value;
    own_changed(&state, &caller, current, new).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Changes a person's own password, which ends all their sessions.
///
/// # Errors
/// 401 when the old one is wrong, 422 when the new one is not good.
pub async fn own_changed(
    state: &Shared,
    caller: &Caller,
    current: String,
    new: String,
) -> Result<(), Problem> {
    let new = checked_password(new)?;
    let person = caller.user;
    let user = block(state, move |service| service.present(person)).await?;
    let user = only(user.into_iter().collect())?;
    // As at a log-in: whoever tries passwords waits.
    known(state, &user.email, current).await?;
    let done = block(state, move |service| service.set_password(&user, &new)).await?;
    done.map_err(|refusal| Problem::refused(refusal, false))
}
