//! The check of the books, for whoever reads the ledger.
//! No sums: `app/reconciliation.rs` has them.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    app::reconciliation::{ReconciliationReport, reconciliation},
    domain::{
        access::{Tenant, Verb},
        ids::{FunderId, ProgrammeId},
        usage::UsageFilter,
    },
    http::{Shared, access::Caller, block, problem::Problem},
};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Checked {
    programme: Option<ProgrammeId>,
    funder: Option<FunderId>,
}

impl Checked {
    pub(super) fn filter(self, within: Tenant) -> UsageFilter {
        let Self { programme, funder } = self;
        UsageFilter { programme, funder, ..UsageFilter::of(within) }
    }
}

/// What should be zero, and is or is not: payments without an answer, organisations that wait,
/// conflicts and records to decide about, stock that sleeps, money that should have moved on,
/// books that do not add up. By programme, funder and age; kinds that do not appear are zero.
#[utoipa::path(get, path = "/v1/reports/reconciliation", tag = "reports", params(Checked),
    responses((status = 200, body = ReconciliationReport)))]
pub async fn check_books(
    state: Shared,
    caller: Caller,
    query: web::Query<Checked>,
) -> Result<HttpResponse, Problem> {
    let filter = query.into_inner().filter(caller.may(Verb::LedgerRead)?);
    let report = block(&state, move |service| reconciliation(service, &filter)).await?;
    Ok(HttpResponse::Ok().json(report))
}
