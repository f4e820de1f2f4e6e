//! Organisations: who is paid.
//! No venues.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{access::Verb, command::Ask, ids::OrganisationId, payee::Siret, registry::Approval},
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
pub struct NewOrganisation {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[serde(default)]
    #[schema(pattern = "^[0-9]{14}$")]
    siret: Option<String>,
}

/// Adds an organisation, which waits for approval.
#[utoipa::path(post, path = "/v1/organisations", tag = "organisations", request_body = NewOrganisation,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_organisation(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewOrganisation>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::OrganisationCreate)?;
    let NewOrganisation { name, siret } = body.value;
    if let Some(text) = &siret
        && text.parse::<Siret>().is_err()
    {
        return Err(Problem::field(Wrong::FieldInvalid, "siret"));
    }
    let approval = Approval::Pending;
    written(
        &ask(&state, caller, &key, &body.canonical, Ask::AddOrganisation { name, siret, approval })
            .await?,
    )
}

/// Approves an organisation: its venues may redeem.
#[utoipa::path(post, path = "/v1/organisations/{id}/approve", tag = "organisations", params(("id" = String, Path)), 
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
#[utoipa::path(post, path = "/v1/organisations/{id}/suspend", tag = "organisations", params(("id" = String, Path)), 
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
        .service(web::resource("/v1/organisations/{id}").route(web::get().to(read_organisation)))
        .service(
            web::resource("/v1/organisations/{id}/approve")
                .route(web::post().to(approve_organisation)),
        )
        .service(
            web::resource("/v1/organisations/{id}/suspend")
                .route(web::post().to(suspend_organisation)),
        );
}
