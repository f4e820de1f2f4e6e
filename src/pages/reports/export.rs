//! The report on screen as a file: the same lines, the same figures.
//! No page.

use actix_web::{HttpResponse, web};

use super::Chosen;
use crate::{
    app::report::{UsageReport, usage_report},
    domain::{
        access::Verb,
        usage::{Breakdown, UsageFilter},
    },
    http::{block, v1::reports::files},
    pages::{stop::Stop, visitor::Visitor},
};

async fn chosen_report(
    visitor: &Visitor,
    chosen: &Chosen,
) -> Result<(UsageReport, UsageFilter), Stop> {
    let within = visitor.may(Verb::ReportRead)?;
    let (by, filter) = (chosen.by(), chosen.filter(within));
    let asked = filter.clone();
    let read = block(&visitor.state, move |service| usage_report(service.database(), by, &asked));
    Ok((read.await?, filter))
}

pub async fn csv(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let (report, _) = chosen_report(&visitor, &chosen).await?;
    Ok(files::csv(&report)?)
}

pub async fn xlsx(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let (report, _) = chosen_report(&visitor, &chosen).await?;
    Ok(files::xlsx(&report, visitor.state.service.clock.now(), &visitor.say)?)
}

pub async fn pdf(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let (report, filter) = chosen_report(&visitor, &chosen).await?;
    let asked = filter.clone();
    let total = block(&visitor.state, move |service| {
        usage_report(service.database(), Breakdown::None, &asked)
    });
    let total = total.await?;
    Ok(files::pdf(&report, &total, &filter, visitor.state.service.host(), &visitor.say)?)
}
