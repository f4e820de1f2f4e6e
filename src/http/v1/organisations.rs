//! Organisations: who is paid.
//! No venues.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::Verb,
        command::{Ask, Change},
        ids::OrganisationId,
        payee::Siret,
        registry::Approval,
    },
    http::{
        Shared,
        access::Caller,
        extract::{Body, Key, ask, written},
        problem::{Problem, Wrong},
    },
};

reads!("organisations", OrganisationRead, OrganisationView from organisations,
    list_organisations at "/v1/organisations", read_organisation at "/v1/organisations/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Médiathèque", "siret": "73282932000074" }))]
pub struct NewOrganisation {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[serde(default)]
    #[schema(pattern = "^[0-9]{14}$")]
    siret: Option<String>,
}

/// Adds an organisation, which waits for approval.
#[utoipa::path(post, path = "/v1/organisations", tag = "organisations",
    request_body = NewOrganisation,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_organisation(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewOrganisation>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::OrganisationCreate)?;
    let NewOrganisation { name, siret } = body.value;
    let siret = checked(siret)?;
    let approval = Approval::Pending;
    written(
        &ask(&state, caller, &key, &body.canonical, Ask::AddOrganisation { name, siret, approval })
            .await?,
    )
}

/// A SIRET in its plain form, its Luhn key checked (La Poste's exception known).
fn checked(siret: Option<String>) -> Result<Option<String>, Problem> {
    let parsed = siret.map(|text| text.parse::<Siret>()).transpose();
    let parsed = parsed.map_err(|_| Problem::field(Wrong::FieldInvalid, "siret"))?;
    Ok(parsed.map(|siret| siret.as_str().to_owned()))
}

/// Changes an organisation's name and SIRET.
#[utoipa::path(patch, path = "/v1/organisations/{id}", tag = "organisations",
    params(("id" = String, Path)), request_body = NewOrganisation,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn change_organisation(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<NewOrganisation>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::OrganisationChange)?;
    let NewOrganisation { name, siret } = body.value;
    let (organisation, siret) = (OrganisationId(*id), checked(siret)?);
    let change = Change::Organisation { organisation, name, siret };
    written(&ask(&state, caller, &key, &body.canonical, Ask::Change(change)).await?)
}

/// Approves an organisation: its venues may redeem.
#[utoipa::path(post, path = "/v1/organisations/{id}/approve", tag = "organisations",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn approve_organisation(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::OrganisationApprove)?;
    let (organisation, approval) = (OrganisationId(*id), Approval::Approved);
    let change = Ask::ApproveOrganisation { organisation, approval };
    written(&ask(&state, caller, &key, "", change).await?)
}

/// Suspends an organisation.
#[utoipa::path(post, path = "/v1/organisations/{id}/suspend", tag = "organisations",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn suspend_organisation(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::OrganisationApprove)?;
    let (organisation, approval) = (OrganisationId(*id), Approval::Suspended);
    let change = Ask::ApproveOrganisation { organisation, approval };
    written(&ask(&state, caller, &key, "", change).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/organisations")
                .route(web::get().to(list_organisations))
                .route(web::post().to(create_organisation)),
        )
        .service(
            web::resource("/v1/organisations/{id}")
                .route(web::get().to(read_organisation))
                .route(web::patch().to(change_organisation)),
        )
        .service(
            web::resource("/v1/organisations/{id}/approve")
                .route(web::post().to(approve_organisation)),
        )
        .service(
            web::resource("/v1/organisations/{id}/suspend")
                .route(web::post().to(suspend_organisation)),
        );
}
