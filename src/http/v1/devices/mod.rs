//! Devices of an organisation: added for its venues, listed, changed, revoked.
//! No enrolment and no sign-in: `enrol` and `sign_in` have them.

pub mod enrol;
pub mod own;
pub mod sign_in;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::service::Service,
    domain::{
        access::{Tenant, Verb},
        calendar::Instant,
        command::{Answer, Ask, Outcome},
        device::{DeviceAsk, Invitation},
        ids::{DeviceId, Seq, VenueId},
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, replayed, written},
        problem::{Problem, Wrong},
    },
};

reads!("devices", DeviceRead, DeviceView from devices,
    list_devices at "/v1/devices", read_device at "/v1/devices/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Tablette de l’accueil", "venues": ["1"] }))]
pub struct NewDevice {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// Where it takes workshops: venues of the organisation.
    #[schema(min_items = 1, max_items = 100)]
    venues: Vec<VenueId>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Tablette du bus", "venues": ["1", "2"] }))]
pub struct ChangedDevice {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(min_items = 1, max_items = 100)]
    venues: Vec<VenueId>,
}

#[derive(Serialize, ToSchema)]
pub struct InvitedDevice {
    seq: Seq,
    id: DeviceId,
    /// Shown once: a repeated request is answered without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    enrolment: Option<Enrolment>,
}

/// How a device is enrolled: by a scanner that opens the link, or a program with the token.
#[derive(Serialize, ToSchema)]
pub struct Enrolment {
    /// Good once.
    token: String,
    /// To be shown as a QR.
    #[schema(example = "https://pass.exemple.fr/scan#enrol=2261.…")]
    link: String,
    expires_at: Instant,
}

/// Adds a device for venues of an organisation. It takes nothing before it is enrolled, within ten
/// minutes.
#[utoipa::path(post, path = "/v1/devices", tag = "devices", request_body = NewDevice,
    responses((status = 201, body = InvitedDevice)))]
pub async fn create_device(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewDevice>,
) -> Result<HttpResponse, Problem> {
    let Tenant::Organisation(organisation) = caller.may(Verb::DeviceCreate)? else {
        return Err(Wrong::Forbidden.into());
    };
    let NewDevice { name, venues } = body.value;
    let (token, invitation) = block(&state, Service::new_invitation).await?;
    let add = Ask::Device(DeviceAsk::Add { organisation, name, venues, invitation });
    let answer = ask(&state, caller, &key, &body.canonical, add).await?;
    let Outcome::Added { seq, id } = answer.outcome else { return Err(Wrong::Internal.into()) };
    Ok(invited(&state, &answer, seq, DeviceId(id), token, invitation))
}

/// Another token for a device that was not enrolled in time; the one before is good no more.
#[utoipa::path(post, path = "/v1/devices/{id}/enrolment", tag = "devices",
    params(("id" = String, Path)), responses((status = 201, body = InvitedDevice)))]
pub async fn invite_device(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let device = own(&state, caller, Verb::DeviceCreate, *id).await?;
    let (token, invitation) = block(&state, Service::new_invitation).await?;
    let invite = Ask::Device(DeviceAsk::Invite { device, invitation });
    let answer = ask(&state, caller, &key, "", invite).await?;
    let Outcome::Done { seq } = answer.outcome else { return Err(Wrong::Internal.into()) };
    Ok(invited(&state, &answer, seq, device, token, invitation))
}

fn invited(
    state: &Shared,
    answer: &Answer,
    seq: Seq,
    id: DeviceId,
    token: String,
    invitation: Invitation,
) -> HttpResponse {
    let link = state.service.enrolment_link(id, &token);
    let expires_at = invitation.expires_at;
    let enrolment = (!answer.replayed).then_some(Enrolment { token, link, expires_at });
    let mut response = HttpResponse::Created();
    replayed(&mut response, answer.replayed).json(InvitedDevice { seq, id, enrolment })
}

/// Renames a device, and says where it takes workshops from now on.
#[utoipa::path(patch, path = "/v1/devices/{id}", tag = "devices",
    params(("id" = String, Path)), request_body = ChangedDevice,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn change_device(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<ChangedDevice>,
) -> Result<HttpResponse, Problem> {
    let device = own(&state, caller, Verb::DeviceChange, *id).await?;
    let ChangedDevice { name, venues } = body.value;
    let change = Ask::Device(DeviceAsk::Change { device, name, venues });
    written(&ask(&state, caller, &key, &body.canonical, change).await?)
}

/// Revokes a device at once and for ever. What it recorded and did not hand over yet can still
/// arrive, and is looked at.
#[utoipa::path(post, path = "/v1/devices/{id}/revoke", tag = "devices",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn revoke_device(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let device = own(&state, caller, Verb::DeviceRevoke, *id).await?;
    let revoke = Ask::Device(DeviceAsk::Revoke { device });
    written(&ask(&state, caller, &key, "", revoke).await?)
}

/// The device, if it is the caller's to do `verb` with.
async fn own(state: &Shared, caller: Caller, verb: Verb, id: i64) -> Result<DeviceId, Problem> {
    let filter = Filter::one(caller.may(verb)?, id);
    let rows = block(state, move |service| Ok(service.database().devices(&filter)?)).await?;
    only(rows).map(|row| row.id)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/devices")
                .route(web::get().to(list_devices))
                .route(web::post().to(create_device)),
        )
        .service(web::resource("/v1/devices/enrol").route(web::post().to(enrol::enrol_device)))
        .service(
            web::resource("/v1/devices/challenge").route(web::post().to(sign_in::challenge_device)),
        )
        .service(
            web::resource("/v1/devices/session").route(web::post().to(sign_in::sign_in_device)),
        )
        .service(web::resource("/v1/devices/self").route(web::get().to(own::read_own_device)))
        .service(
            web::resource("/v1/devices/self/decisions").route(web::get().to(own::list_decisions)),
        )
        .service(web::resource("/v1/devices/self/report").route(web::post().to(own::report_device)))
        .service(
            web::resource("/v1/devices/{id}")
                .route(web::get().to(read_device))
                .route(web::patch().to(change_device)),
        )
        .service(web::resource("/v1/devices/{id}/enrolment").route(web::post().to(invite_device)))
        .service(web::resource("/v1/devices/{id}/revoke").route(web::post().to(revoke_device)));
}
