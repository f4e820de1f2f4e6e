//! The report on screen as a file: the same lines, the same figures.
//! No page.

use actix_web::{HttpResponse, web};

use super::{Chosen, called};
use crate::{
    app::{
        report::{self, UsageReport, usage_report},
        report_sheet::workbook,
    },
    domain::access::Verb,
    http::{block, problem::Wrong},
    pages::{stop::Stop, visitor::Visitor},
};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn chosen_report(visitor: &Visitor, chosen: &Chosen) -> Result<UsageReport, Stop> {
    let within = visitor.may(Verb::ReportRead)?;
    let (by, filter) = (chosen.by(), chosen.filter(within));
    let read = block(&visitor.state, move |service| usage_report(service.database(), by, &filter));
    Ok(read.await?)
}

fn download(kind: &str, ending: &str) -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.content_type(kind);
    let name = format!("attachment; filename=\"pass-numerique.{ending}\"");
    response.insert_header(("Content-Disposition", name));
    response
}

pub async fn csv(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let report = chosen_report(&visitor, &chosen).await?;
    let text = report::csv(&report).map_err(|_| Wrong::Internal)?;
    Ok(download("text/csv; charset=utf-8", "csv").body(text))
}

pub async fn xlsx(visitor: Visitor, chosen: web::Query<Chosen>) -> Result<HttpResponse, Stop> {
    let report = chosen_report(&visitor, &chosen).await?;
    let now = visitor.state.service.clock.now();
    let say = visitor.say;
    let by = report.by;
    let bytes = workbook(&report, now, &|key| say.t(key), &|line| called(&say, by, line));
    Ok(download(XLSX, "xlsx").body(bytes.map_err(|_| Wrong::Internal)?))
}
