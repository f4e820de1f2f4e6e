//! The ledger as a file, behind the page of accounts.
//! No formats: the API's own operation writes it.

use actix_web::{HttpResponse, web};

use super::{stop::Stop, visitor::Visitor};
use crate::http::v1::ledger::{Books, export_ledger};

/// To be configured before the section of accounts, which takes any last part.
pub fn routes(config: &mut web::ServiceConfig) {
    config.route("/ledger/export", web::get().to(export));
}

async fn export(visitor: Visitor, query: web::Query<Books>) -> Result<HttpResponse, Stop> {
    Ok(export_ledger(visitor.state.clone(), visitor.caller, query).await?)
}
