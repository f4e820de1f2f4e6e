//! What a device is told of itself, and what it says of itself.
//! For devices alone: people see theirs in the list.

use actix_web::HttpResponse;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::devices::Equipment,
    domain::{
        calendar::Instant,
        ids::{DeviceId, OrganisationId},
        key_register::PublicKey,
        view::{ProgrammeView, VenueView},
    },
    http::{
        Shared,
        access::DeviceCaller,
        block,
        extract::Body,
        problem::{Problem, Wrong},
    },
};

/// Characters of what a program calls itself.
const LONGEST_VERSION: usize = 100;

/// A device, and what it works with.
#[derive(Serialize, ToSchema)]
pub struct OwnDevice {
    device: DeviceId,
    organisation: OrganisationId,
    name: String,
    venues: Vec<VenueView>,
    programmes: Vec<ProgrammeView>,
    /// As `/.well-known/passnum-keys`; none before the operator has published one.
    key_set: Option<String>,
    /// The key that signs key sets: pinned when the device is enrolled.
    root: Option<PublicKey>,
    /// The service's time, by which the device sets its own.
    now: Instant,
}

impl OwnDevice {
    pub fn of(equipment: Equipment, now: Instant) -> Self {
        let Equipment { device, venues, programmes, key_set } = equipment;
        Self {
            device: device.id,
            organisation: device.organisation,
            name: device.name,
            venues,
            programmes,
            root: key_set.as_ref().map(|set| set.root),
            key_set: key_set.map(|set| set.text),
            now,
        }
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "version": "scan 1.4.0", "queued": 12 }))]
pub struct DeviceReport {
    /// Of the device's program.
    #[schema(min_length = 1, max_length = 100)]
    version: String,
    /// Records that wait on the device.
    queued: u32,
}

/// The device that calls, and what it works with.
#[utoipa::path(get, path = "/v1/devices/self", tag = "devices",
    responses((status = 200, body = OwnDevice)))]
pub async fn read_own_device(state: Shared, caller: DeviceCaller) -> Result<HttpResponse, Problem> {
    let device = caller.trusted()?.clone();
    let equipment = block(&state, move |service| service.equipment(device)).await?;
    Ok(HttpResponse::Ok().json(OwnDevice::of(equipment, state.service.clock.now())))
}

/// Says how the device is; its supervisor sees it.
#[utoipa::path(post, path = "/v1/devices/self/report", tag = "devices",
    request_body = DeviceReport, responses((status = 204)))]
pub async fn report_device(
    state: Shared,
    caller: DeviceCaller,
    body: Body<DeviceReport>,
) -> Result<HttpResponse, Problem> {
    let DeviceReport { version, queued } = body.value;
    let length = version.chars().count();
    if !(1..=LONGEST_VERSION).contains(&length) || !crate::domain::plain::is_plain(&version) {
        return Err(Problem::field(Wrong::FieldInvalid, "version"));
    }
    let device = caller.0.id;
    block(&state, move |service| service.device_reported(device, &version, queued)).await?;
    Ok(HttpResponse::NoContent().finish())
}
