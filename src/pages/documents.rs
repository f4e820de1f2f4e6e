//! Statements as files, for those who read pages.
//! No page and no file of its own: the API's function makes it.

use actix_web::{HttpResponse, web};

use super::{stop::Stop, visitor::Visitor};
use crate::http::{
    problem::{Problem, Wrong},
    v1::{reports::Format, statements::document},
};

/// To be configured before the section of statements, which takes any last part.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/statements/{id}/document/{format}", web::get().to(file));
}

async fn file(visitor: Visitor, path: web::Path<(i64, String)>) -> Result<HttpResponse, Stop> {
    let (id, code) = path.into_inner();
    let format = format_of(&code)?;
    Ok(document(&visitor.state, visitor.caller, id, format, visitor.say.clone()).await?)
}

/// # Errors
/// 404 for what is no form.
pub fn format_of(code: &str) -> Result<Format, Problem> {
    let format = Format::ALL.into_iter().find(|format| format.code() == code);
    Ok(format.ok_or(Wrong::NotFound)?)
}
