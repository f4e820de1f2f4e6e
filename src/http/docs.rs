//! The contract in a browser, and its text: everything is served from the program itself.
//! No contract is made here: `openapi.rs` generates it.

use actix_web::{
    HttpResponse,
    http::header::LOCATION,
    web::{self, ServiceConfig},
};
use utoipa::OpenApi as _;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::openapi::Contract;

/// Where the pages are; they need scripts and styles of their own.
pub const PATH: &str = "/docs";

/// What the browser may load there: nothing of anybody else's.
pub const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
                          img-src 'self' data:; frame-ancestors 'none'";

const TEXT: &str = include_str!("../../openapi.yaml");

pub fn routes(config: &mut ServiceConfig) {
    let viewer = SwaggerUi::new("/docs/{_:.*}")
        .config(Config::default().try_it_out_enabled(false).persist_authorization(false))
        .url("/openapi.json", Contract::openapi());
    config
        .service(web::resource("/openapi.yaml").route(web::get().to(text)))
        .service(web::resource(PATH).route(web::get().to(to_pages)))
        .service(viewer);
}

async fn to_pages() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((LOCATION, "/docs/")).finish()
}

async fn text() -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml; charset=utf-8").body(TEXT)
}
