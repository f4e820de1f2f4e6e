//! Enrolment: a device shows its one-time token and its own key, and gets what it works with.
//! No sign-in: `sign_in` has it.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::ToSchema;

use super::own::OwnDevice;
use crate::{
    domain::{ids::DeviceId, key_register::PublicKey},
    http::{
        Shared, block,
        extract::{Base64, Body},
        problem::Problem,
    },
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolment {
    device: DeviceId,
    /// What stands after the device's number and a dot in the link.
    #[schema(max_length = 64)]
    token: String,
    /// The device's Ed25519 key (RFC 8032), whose private half never leaves it.
    public_key: PublicKey,
    /// Its signature, in base64url, over three lines: `pass-numerique/device/enrol/1`, the
    /// device's number, the token.
    #[schema(value_type = String, min_length = 86, max_length = 86)]
    proof: Base64<64>,
}

/// Enrols a device: its key is its own from now on, and the token is good no more. Sent again with
/// the same key, the answer is the same.
#[utoipa::path(post, path = "/v1/devices/enrol", tag = "devices", security(()),
    request_body = NewEnrolment, responses((status = 200, body = OwnDevice)))]
pub async fn enrol_device(
    state: Shared,
    body: Body<NewEnrolment>,
) -> Result<HttpResponse, Problem> {
    let NewEnrolment { device, token, public_key, proof } = body.value;
    let enrolled = block(&state, move |service| {
        let enrolled = service.enrol(device, &token, public_key, &proof.0)?;
        enrolled
            .map(|device| service.equipment(device))
            .map_or_else(|refusal| Ok(Err(refusal)), |equipment| equipment.map(Ok))
    })
    .await?;
    let equipment = enrolled.map_err(|refusal| Problem::refused(refusal, false))?;
    Ok(HttpResponse::Ok().json(OwnDevice::of(equipment, state.service.clock.now())))
}
