//! What a device is told of itself, and what it says of itself.
//! For devices alone: people see theirs in the list.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::{devices::Equipment, service::Service},
    domain::{
        calendar::Instant,
        ids::{DeviceId, OrganisationId},
        key_register::PublicKey,
        record::DecidedRecord,
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
/// Records of one device that anybody will ever put aside and leave so.
const MOST_PUT_ASIDE: usize = 100;

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

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PutAside {
    /// Their places in the device's chain, with a comma between two; 100 at most.
    #[param(example = "3,7")]
    sequences: String,
}

impl PutAside {
    fn sequences(&self) -> Result<Vec<u32>, Problem> {
        let wrong = || Problem::field(Wrong::QueryInvalid, "sequences");
        let places = self.sequences.split(',').map(str::parse);
        let places = places.collect::<Result<Vec<u32>, _>>().map_err(|_| wrong())?;
        if places.len() > MOST_PUT_ASIDE { Err(wrong()) } else { Ok(places) }
    }
}

#[derive(Serialize, ToSchema)]
pub struct DecidedRecords {
    items: Vec<DecidedRecord>,
}

/// What was decided about records of the device that were `quarantined`. Those that still wait
/// are not in it. Until it hears of the decision a device takes the workshops for spent.
#[utoipa::path(get, path = "/v1/devices/self/decisions", tag = "devices", params(PutAside),
    responses((status = 200, body = DecidedRecords)))]
pub async fn list_decisions(
    state: Shared,
    caller: DeviceCaller,
    query: web::Query<PutAside>,
) -> Result<HttpResponse, Problem> {
    let (device, sequences) = (caller.trusted()?.id, query.sequences()?);
    let decided = move |service: &Service| Ok(service.database().decided(device, &sequences)?);
    let items = block(&state, decided).await?;
    Ok(HttpResponse::Ok().json(DecidedRecords { items }))
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
