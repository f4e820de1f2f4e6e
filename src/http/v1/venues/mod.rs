//! Venues: where workshops happen.
//! No national schema: `exchange` has it.

pub mod exchange;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::Verb,
        command::Ask,
        ids::{OrganisationId, VenueId},
        national_schema::MAX_BYTES,
        registry::VenueProfile,
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, written},
        problem::Problem,
    },
};

reads!("venues", VenueRead, VenueView from venues,
    list_venues at "/v1/venues", read_venue at "/v1/venues/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "organisation": "1", "profile": { "name": "Espace numérique", "address": "1 rue de la Mairie",
        "postcode": "93200", "commune": "Saint-Denis", "territory": "93" },
}))]
pub struct NewVenue {
    /// An operator names it; a supervisor's own is meant.
    #[serde(default)]
    organisation: Option<OrganisationId>,
    profile: VenueProfile,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VenueStanding {
    active: bool,
}

/// Adds a venue.
#[utoipa::path(post, path = "/v1/venues", tag = "venues",
    request_body = NewVenue,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_venue(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<NewVenue>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::VenueCreate)?;
    let organisation = Caller::organisation(within, body.value.organisation)?;
    let profile = body.value.profile;
    written(
        &ask(
            &state,
            caller,
            &key,
            &body.canonical,
            Ask::AddVenue { organisation, profile, details: None },
        )
        .await?,
    )
}

/// Changes what people read of a venue.
#[utoipa::path(patch, path = "/v1/venues/{id}", tag = "venues",
    params(("id" = String, Path)), request_body = VenueProfile,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn change_venue(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<VenueProfile>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::VenueChange)?, *id);
    only(block(&state, move |service| Ok(service.database().venues(&filter)?)).await?)?;
    let (venue, profile) = (VenueId(*id), body.value);
    let change = Ask::ChangeVenue { venue, profile, details: None };
    written(&ask(&state, caller, &key, &body.canonical, change).await?)
}

/// Opens or closes a venue for redeeming.
#[utoipa::path(post, path = "/v1/venues/{id}/open", tag = "venues",
    params(("id" = String, Path)), request_body = VenueStanding,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn open_venue(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<VenueStanding>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::VenueOpen)?;
    let (venue, active) = (VenueId(*id), body.value.active);
    written(&ask(&state, caller, &key, &body.canonical, Ask::OpenVenue { venue, active }).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/venues")
                .route(web::get().to(list_venues))
                .route(web::post().to(create_venue)),
        )
        .service(
            web::resource("/v1/venues/import")
                .app_data(web::PayloadConfig::new(MAX_BYTES))
                .route(web::post().to(exchange::import_venues)),
        )
        .service(web::resource("/v1/venues/export").route(web::get().to(exchange::export_venues)))
        .service(
            web::resource("/v1/venues/{id}")
                .route(web::get().to(read_venue))
                .route(web::patch().to(change_venue)),
        )
        .service(web::resource("/v1/venues/{id}/open").route(web::post().to(open_venue)));
}
