//! The forecast, for whoever reads the ledger.
//! No arithmetic: `domain/forecast.rs` has it.

use actix_web::{HttpResponse, web};

use super::reconciliation::Checked;
use crate::{
    app::forecast::ForecastReport,
    domain::access::Verb,
    http::{Shared, access::Caller, block, problem::Problem},
};

/// What will be spent of each funder's money and what comes back at the end, at the rate of the
/// last 28 days: how it is computed stands in `docs/algorithms/forecast.md`. Programmes that have
/// not begun, and those whose vouchers no venue accepts any more, are left out.
#[utoipa::path(get, path = "/v1/reports/forecast", tag = "reports", params(Checked),
    responses((status = 200, body = ForecastReport)))]
pub async fn forecast(
    state: Shared,
    caller: Caller,
    query: web::Query<Checked>,
) -> Result<HttpResponse, Problem> {
    let filter = query.into_inner().filter(caller.may(Verb::LedgerRead)?);
    let report = block(&state, move |service| crate::app::forecast::forecast(service, &filter));
    Ok(HttpResponse::Ok().json(report.await?))
}
