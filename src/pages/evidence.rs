//! Evidence and claims behind the pages of payments and runs.
//! No figures and no documents of its own: the API's own operations make them.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::{
    layout::{Layout, page},
    stop::Stop,
    visitor::Visitor,
};
use crate::{
    app::evidence::Claim,
    domain::{programme::Payer, usage::Breakdown},
    http::{
        block,
        v1::settlements::{
            self,
            evidence::{Claimed, Wanted, claim_of, claims_of, evidence_of},
        },
    },
};

/// To be configured before the sections of runs and payments, which take any last part.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/settlements/{id}/payment-orders.csv", web::get().to(orders))
        .route("/settlements/{id}/claims", web::get().to(claims))
        .route("/settlements/{id}/claim", web::get().to(claim))
        .route("/payments/{id}/evidence", web::get().to(evidence));
}

async fn orders(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let (state, caller) = (visitor.state.clone(), visitor.caller);
    Ok(settlements::settlement_orders(state, caller, id).await?)
}

async fn evidence(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Wanted>,
) -> Result<HttpResponse, Stop> {
    let Visitor { state, caller, say, .. } = &visitor;
    Ok(evidence_of(state, caller, say, *id, query.format).await?)
}

async fn claim(
    visitor: Visitor,
    id: web::Path<i64>,
    query: web::Query<Claimed>,
) -> Result<HttpResponse, Stop> {
    let Visitor { state, caller, say, .. } = &visitor;
    Ok(claim_of(state, caller, say, *id, &query).await?)
}

#[derive(Template)]
#[template(path = "registry/claims.html")]
struct ClaimsPage {
    layout: Layout,
    run: i64,
    title: String,
    by_funder: bool,
    /// Each with what people call the funder.
    claims: Vec<(Claim, String)>,
    as_of: String,
}

async fn claims(visitor: Visitor, id: web::Path<i64>) -> Result<HttpResponse, Stop> {
    let (run, report) = claims_of(&visitor.state, &visitor.caller, *id).await?;
    let numbers: Vec<i64> = report.claims.iter().map(|claim| claim.funder.0).collect();
    let names = block(&visitor.state, move |service| {
        Ok(service.database().names(Breakdown::Funder, &numbers)?)
    })
    .await?;
    let named = |claim: Claim| {
        let name = names.get(&claim.funder.0).cloned().unwrap_or_default();
        (claim, name)
    };
    Ok(page(&ClaimsPage {
        layout: visitor.layout("claims-title"),
        run: *id,
        title: visitor.say.of("settlement-title", &run.number.to_string()),
        by_funder: report.payer == Payer::Funder,
        as_of: report.as_of.to_string(),
        claims: report.claims.into_iter().map(named).collect(),
    })?)
}
