//! The ledger's trial balance.
//! No postings.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::port::BalanceRow,
    domain::{access::Verb, ids::Seq},
    http::{Shared, access::Caller, block, problem::Problem},
};

#[derive(Serialize, ToSchema)]
pub struct TrialBalance {
    /// The end of the journal when it was read.
    as_of: Seq,
    #[schema(example = "EUR")]
    currency: &'static str,
    lines: Vec<BalanceRow>,
}

/// The totals of every account that the caller may see.
///
/// # Errors
/// A problem.
#[utoipa::path(get, path = "/v1/ledger/trial-balance", tag = "ledger",
    responses((status = 200, body = TrialBalance)))]
pub async fn trial_balance(state: Shared, caller: Caller) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::LedgerRead)?;
    let read =
        move |port: &dyn crate::app::port::Port| Ok((port.as_of()?, port.trial_balance(within)?));
    let (as_of, lines) = block(&state, read).await?;
    Ok(HttpResponse::Ok().json(TrialBalance { as_of, currency: "EUR", lines }))
}
