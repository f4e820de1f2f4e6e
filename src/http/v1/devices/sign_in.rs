//! Signing in by key: a device signs what it is asked, and gets a short-lived token.
//! The same answer for an unknown device, one that was never enrolled, and a wrong signature.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{device::CHALLENGE_S, ids::DeviceId},
    http::{
        Shared,
        auth::tokens::TOKEN_LIFE_S,
        block,
        extract::{Base64, Body},
        problem::{Problem, Wrong},
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChallengedDevice {
    device: DeviceId,
}

#[derive(Serialize, ToSchema)]
pub struct Challenge {
    challenge: String,
    /// Seconds in which it can be answered.
    expires_in: i64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignedChallenge {
    device: DeviceId,
    #[schema(max_length = 128)]
    challenge: String,
    /// The device's signature, in base64url, over three lines: `pass-numerique/device/sign-in/1`,
    /// the device's number, the challenge.
    #[schema(value_type = String, min_length = 86, max_length = 86)]
    signature: Base64<64>,
}

#[derive(Serialize, ToSchema)]
pub struct DeviceSession {
    /// For `Authorization: Bearer`. There is no refresh: the device signs in again.
    access_token: String,
    /// Seconds that it lives.
    expires_in: i64,
}

/// What a device has to sign.
#[utoipa::path(post, path = "/v1/devices/challenge", tag = "devices", security(()),
    request_body = ChallengedDevice, responses((status = 200, body = Challenge)))]
pub async fn challenge_device(
    state: Shared,
    body: Body<ChallengedDevice>,
) -> Result<HttpResponse, Problem> {
    let device = body.value.device;
    let challenge = block(&state, move |service| service.challenge(device)).await?;
    Ok(HttpResponse::Ok().json(Challenge { challenge, expires_in: CHALLENGE_S }))
}

/// Signs a device in. One that was revoked may hand over its records, and nothing else.
#[utoipa::path(post, path = "/v1/devices/session", tag = "devices", security(()),
    request_body = SignedChallenge, responses((status = 200, body = DeviceSession)))]
pub async fn sign_in_device(
    state: Shared,
    body: Body<SignedChallenge>,
) -> Result<HttpResponse, Problem> {
    let SignedChallenge { device, challenge, signature } = body.value;
    let known = move |service: &crate::app::service::Service| {
        service.signed_in(device, &challenge, &signature.0)
    };
    let device = block(&state, known).await?.ok_or(Wrong::CredentialsWrong)?;
    let made = state.tokens.make(device.id, state.service.clock.now());
    let access_token = made.ok_or(Wrong::Internal)?;
    Ok(HttpResponse::Ok().json(DeviceSession { access_token, expires_in: TOKEN_LIFE_S }))
}
