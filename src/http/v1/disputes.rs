//! Disputes: an organisation says what it holds to be wrong, somebody who did not decide it before
//! answers with a reason. No holds: a funder's question before a payment is one of `holds`.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{
        access::{Tenant, Verb},
        command::{Ask, Outcome},
        dispute::{About, DisputeAsk, NewDispute, Subject},
        ids::{OrganisationId, ProgrammeId, Seq},
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, only, written},
        problem::{Problem, Wrong},
    },
};

reads!("disputes", DisputeRead, DisputeView from disputes,
    list_disputes at "/v1/disputes", read_dispute at "/v1/disputes/{id}");

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "about": "redemption", "subject": "2261",
    "reason": "L’atelier a eu lieu", "evidence": "Liste signée du 12 mars" }))]
pub struct OpenedDispute {
    about: About,
    /// The redemption, conflict, payment or statement.
    #[serde(default)]
    subject: Option<Seq>,
    /// Of what is missing.
    #[serde(default)]
    programme: Option<ProgrammeId>,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    reason: String,
    /// What shows it.
    #[serde(default)]
    #[schema(max_length = 2000)]
    evidence: Option<String>,
}

/// Disputes a workshop that was undone, a conflict that is not paid, a payment, a statement, or
/// that something is missing. A decision is disputed once.
#[utoipa::path(post, path = "/v1/disputes", tag = "disputes", request_body = OpenedDispute,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn create_dispute(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<OpenedDispute>,
) -> Result<HttpResponse, Problem> {
    let organisation = organisation(&caller)?;
    let OpenedDispute { about, subject, programme, reason, evidence } = body.value;
    let wrong = |field| Problem::field(Wrong::FieldInvalid, field);
    let subject = Subject::of(about, subject).ok_or_else(|| wrong("subject"))?;
    if (subject == Subject::Missing) != programme.is_some() {
        return Err(wrong("programme"));
    }
    // Of the programmes that it has to do with.
    if let Some(id) = programme {
        let filter = Filter::one(Tenant::Organisation(organisation), id.0);
        let found = block(&state, move |service| Ok(service.database().programmes(&filter)?));
        found.await?.first().ok_or_else(|| wrong("programme"))?;
    }
    let evidence = evidence.filter(|text| !text.trim().is_empty());
    let new = NewDispute { organisation, subject, programme, reason, evidence };
    let open = Ask::OrganisationDispute(DisputeAsk::Open(new));
    let answer = ask(&state, caller, &key, &body.canonical, open).await?;
    if let Outcome::Added { seq, .. } = answer.outcome {
        tell(&state, seq).await;
    }
    written(&answer)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "upheld": true, "note": "Liste signée vue" }))]
pub struct DisputeDecision {
    /// Whether the organisation is right: a workshop is earned again, a conflict is paid by the
    /// guarantee.
    upheld: bool,
    /// Why.
    #[schema(min_length = 1, max_length = 500)]
    note: String,
    /// Of a payment, a statement or what is missing: the event that puts it right.
    #[serde(default)]
    correction: Option<Seq>,
}

/// Answers a dispute. Whoever took the first decision and whoever belongs to the organisation
/// decides nothing here.
#[utoipa::path(post, path = "/v1/disputes/{id}/decision", tag = "disputes",
    params(("id" = String, Path)), request_body = DisputeDecision,
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn decide_dispute(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<DisputeDecision>,
) -> Result<HttpResponse, Problem> {
    let filter = Filter::one(caller.may(Verb::DisputeDecide)?, *id);
    only(block(&state, move |service| Ok(service.database().disputes(&filter)?)).await?)?;
    let DisputeDecision { upheld, note, correction } = body.value;
    let decide = DisputeAsk::Decide { dispute: Seq(*id), upheld, note, correction };
    let decide = Ask::OrganisationDispute(decide);
    let answer = ask(&state, caller, &key, &body.canonical, decide).await?;
    tell(&state, Seq(*id)).await;
    written(&answer)
}

/// Takes a dispute back that nobody has answered yet.
#[utoipa::path(post, path = "/v1/disputes/{id}/withdrawal", tag = "disputes",
    params(("id" = String, Path)),
    responses((status = 200, body = crate::http::extract::Written)))]
pub async fn withdraw_dispute(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let organisation = organisation(&caller)?;
    let filter = Filter::one(Tenant::Organisation(organisation), *id);
    only(block(&state, move |service| Ok(service.database().disputes(&filter)?)).await?)?;
    let withdraw = DisputeAsk::Withdraw { dispute: Seq(*id), organisation };
    let withdraw = Ask::OrganisationDispute(withdraw);
    written(&ask(&state, caller, &key, "", withdraw).await?)
}

/// Only an organisation's own people dispute.
fn organisation(caller: &Caller) -> Result<OrganisationId, Problem> {
    match caller.may(Verb::DisputeOpen)? {
        Tenant::Organisation(own) => Ok(own),
        _ => Err(Wrong::Forbidden.into()),
    }
}

/// The organisation's people hear of it at once. A letter that is not kept now is within the hour:
/// no reason to say that nothing was done.
async fn tell(state: &Shared, dispute: Seq) {
    let told = block(state, move |service| service.tell_dispute(dispute)).await;
    if told.is_err() {
        tracing::error!(%dispute, "nobody was told of a dispute yet");
    }
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/disputes")
                .route(web::get().to(list_disputes))
                .route(web::post().to(create_dispute)),
        )
        .service(web::resource("/v1/disputes/{id}").route(web::get().to(read_dispute)))
        .service(web::resource("/v1/disputes/{id}/decision").route(web::post().to(decide_dispute)))
        .service(
            web::resource("/v1/disputes/{id}/withdrawal").route(web::post().to(withdraw_dispute)),
        );
}
