//! Issuers: who hands out vouchers.
//! No allocations: those are a programme's.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::Verb,
        command::{Ask, Change},
        ids::IssuerId,
    },
    http::{
        Shared,
        access::Caller,
        extract::{Body, Key, ask, written},
        problem::Problem,
    },
};

reads!("issuers", IssuerRead, IssuerView from issuers,
    list_issuers at "/v1/issuers", read_issuer at "/v1/issuers/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIssuer {
    #[schema(min_length = 1, max_length = 200)]
    name: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssuerStanding {
    suspended: bool,
}

/// Adds an issuer.
#[utoipa::path(post, path = "/v1/issuers", tag = "issuers",
    request_body = NewIssuer,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_issuer(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewIssuer>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::IssuerCreate)?;
    let name = body.value.name;
    written(&ask(&state, caller, &key, &body.canonical, Ask::AddIssuer { name }).await?)
}

/// Changes an issuer's name.
#[utoipa::path(patch, path = "/v1/issuers/{id}", tag = "issuers",
    params(("id" = String, Path)), request_body = NewIssuer,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn change_issuer(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<NewIssuer>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::IssuerChange)?;
    let change = Change::Issuer { issuer: IssuerId(*id), name: body.value.name };
    written(&ask(&state, caller, &key, &body.canonical, Ask::Change(change)).await?)
}

/// Suspends an issuer, or lifts that.
#[utoipa::path(post, path = "/v1/issuers/{id}/suspend", tag = "issuers",
    params(("id" = String, Path)), request_body = IssuerStanding,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn suspend_issuer(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<IssuerStanding>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::IssuerSuspend)?;
    let (issuer, suspended) = (IssuerId(*id), body.value.suspended);
    written(
        &ask(&state, caller, &key, &body.canonical, Ask::SuspendIssuer { issuer, suspended })
            .await?,
    )
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/issuers")
                .route(web::get().to(list_issuers))
                .route(web::post().to(create_issuer)),
        )
        .service(
            web::resource("/v1/issuers/{id}")
                .route(web::get().to(read_issuer))
                .route(web::patch().to(change_issuer)),
        )
        .service(web::resource("/v1/issuers/{id}/suspend").route(web::post().to(suspend_issuer)));
}
