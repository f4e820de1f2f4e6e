//! The entrance: everybody to their own work; and the choice of language.
//! No page of its own.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;

use super::{
    stop::{Stop, local, see_other},
    visitor::{Visitor, language_cookie},
};
use crate::{domain::registry::Role, http::problem::Wrong, words::Language};

pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/", web::get().to(entrance)).route("/language/{code}", web::get().to(language));
}

async fn entrance(visitor: Visitor) -> HttpResponse {
    see_other(match visitor.caller.role {
        Role::Agent(_) | Role::Manager(_) => "/vouchers/new",
        Role::Scanner(_) | Role::Supervisor(_) => "/scan",
        _ => "/reports",
    })
}

#[derive(Deserialize)]
struct Next {
    next: Option<String>,
}

async fn language(
    request: HttpRequest,
    code: web::Path<String>,
    query: web::Query<Next>,
) -> Result<HttpResponse, Stop> {
    let language = match code.as_str() {
        "fr" => Language::French,
        "en" => Language::English,
        _ => return Err(Wrong::NotFound.into()),
    };
    let mut response = see_other(local(query.next.as_deref()));
    drop(response.add_cookie(&language_cookie(&request, language)));
    Ok(response)
}
