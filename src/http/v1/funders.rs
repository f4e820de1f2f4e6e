//! Funders: who pays.
//! No budgets: those are a programme's.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::Verb,
        command::{Ask, Change},
        ids::FunderId,
    },
    http::{
        Shared,
        access::Caller,
        extract::{Body, Key, ask, written},
        problem::Problem,
    },
};

reads!("funders", FunderRead, FunderView from funders,
    list_funders at "/v1/funders", read_funder at "/v1/funders/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFunder {
    #[schema(min_length = 1, max_length = 200, example = "Département de la Drôme")]
    name: String,
}

/// Adds a funder.
#[utoipa::path(post, path = "/v1/funders", tag = "funders",
    request_body = NewFunder,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_funder(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewFunder>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::FunderCreate)?;
    let name = body.value.name;
    written(&ask(&state, caller, &key, &body.canonical, Ask::AddFunder { name }).await?)
}

/// Changes a funder's name.
#[utoipa::path(patch, path = "/v1/funders/{id}", tag = "funders",
    params(("id" = String, Path)), request_body = NewFunder,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn change_funder(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<NewFunder>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::FunderChange)?;
    let change = Change::Funder { funder: FunderId(*id), name: body.value.name };
    written(&ask(&state, caller, &key, &body.canonical, Ask::Change(change)).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/funders")
                .route(web::get().to(list_funders))
                .route(web::post().to(create_funder)),
        )
        .service(
            web::resource("/v1/funders/{id}")
                .route(web::get().to(read_funder))
                .route(web::patch().to(change_funder)),
        );
}
