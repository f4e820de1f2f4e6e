//! The report on screen as a file: the same lines, the same figures.
//! No page.

use actix_web::{HttpResponse, web};

use super::Chosen;
use crate::{
    domain::access::Verb,
    http::v1::reports::{Format, files},
    pages::{stop::Stop, visitor::Visitor},
};

async fn exported(visitor: Visitor, chosen: &Chosen, format: Format) -> Result<HttpResponse, Stop> {
    let within = visitor.may(Verb::ReportRead)?;
    let (by, filter) = (chosen.by(), chosen.filter(within));
    Ok(files::answer(&visitor.state, by, filter, format, visitor.say.clone()).await?)
}

pub async fn csv(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    exported(visitor, &chosen, Format::Csv).await
}

pub async fn xlsx(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    exported(visitor, &chosen, Format::Xlsx).await
}

pub async fn pdf(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    exported(visitor, &chosen, Format::Pdf).await
}
