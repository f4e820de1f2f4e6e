//! The evidence of a payment and the claims of a run, as JSON and as documents.
//! No sums: `app/evidence.rs` has them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::evidence::{self, ClaimsReport, Evidence, claims, payments_of, share_of},
    domain::{
        access::{Tenant, Verb},
        cents::Cents,
        ids::{FunderId, SettlementId},
        papers::Vat,
        programme::Payer,
        settlement::view::{PaymentView, SettlementView},
        usage::Breakdown,
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::only,
        problem::{Problem, Wrong},
        say::Say,
    },
    print::pdf::{Column, Document, Part, PdfFailure, Table, document},
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Paper {
    #[default]
    Csv,
    /// A tagged document.
    Pdf,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    #[serde(default)]
    #[param(inline)]
    pub format: Paper,
}

/// The workshops that a payment pays, line by line, with their sum: for a funder its own share.
#[utoipa::path(get, path = "/v1/payments/{id}/evidence", tag = "payments",
    params(("id" = String, Path), Wanted),
    responses((status = 200, content((String = "text/csv"), (Vec<u8> = "application/pdf")))))]
pub async fn payment_evidence(
    state: Shared,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<i64>,
    query: web::Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let say = Say::accepted(state.clone(), request.headers());
    evidence_of(&state, &caller, &say, *id, query.format).await
}

/// # Errors
/// As the operation.
pub async fn evidence_of(
    state: &Shared,
    caller: &Caller,
    say: &Say,
    id: i64,
    format: Paper,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::PaymentRead)?;
    let filter = Filter::one(within, id);
    let found = block(state, move |service| {
        let row = service.database().payments(&filter)?.into_iter().next();
        row.map(|row| evidence::evidence(service, within, row)).transpose()
    });
    let found = only(found.await?.into_iter().collect())?;
    let name = found.payment.end_to_end_id.clone();
    match format {
        Paper::Csv => csv(&name, &[found]),
        Paper::Pdf => {
            pdf(&name, parts_of(say, &found), say, "evidence-title", state.service.host())
        }
    }
}

/// What each funder has in a run: where a funder pays venues itself, what it claims of the others.
#[utoipa::path(get, path = "/v1/settlements/{id}/claims", tag = "settlements",
    params(("id" = String, Path)), responses((status = 200, body = ClaimsReport)))]
pub async fn list_claims(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    Ok(HttpResponse::Ok().json(claims_of(&state, &caller, *id).await?.1))
}

/// # Errors
/// As the operation.
pub async fn claims_of(
    state: &Shared,
    caller: &Caller,
    id: i64,
) -> Result<(SettlementView, ClaimsReport), Problem> {
    let within = caller.may(Verb::SettlementRead)?;
    let filter = Filter::one(within, id);
    let found = block(state, move |service| {
        let Some(run) = service.database().settlements(&filter)?.into_iter().next() else {
            return Ok(None);
        };
        let report = claims(service, within, &run)?;
        Ok(Some((run, report)))
    });
    only(found.await?.into_iter().collect())
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Claimed {
    /// Of whom; a funder's people may leave it out for their own.
    funder: Option<FunderId>,
    #[serde(default)]
    #[param(inline)]
    format: Paper,
}

/// One funder's claim with its evidence: a document by organisation, or CSV workshop by workshop.
#[utoipa::path(get, path = "/v1/settlements/{id}/claim", tag = "settlements",
    params(("id" = String, Path), Claimed),
    responses((status = 200, content((String = "text/csv"), (Vec<u8> = "application/pdf")))))]
pub async fn read_claim(
    state: Shared,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<i64>,
    query: web::Query<Claimed>,
) -> Result<HttpResponse, Problem> {
    let say = Say::accepted(state.clone(), request.headers());
    claim_of(&state, &caller, &say, *id, &query).await
}

/// # Errors
/// As the operation.
pub async fn claim_of(
    state: &Shared,
    caller: &Caller,
    say: &Say,
    id: i64,
    claimed: &Claimed,
) -> Result<HttpResponse, Problem> {
    let (run, report) = claims_of(state, caller, id).await?;
    let own = match caller.may(Verb::SettlementRead)? {
        Tenant::Funder(own) => Some(own),
        _ => None,
    };
    let funder = claimed.funder.or(own);
    let funder = funder.ok_or_else(|| Problem::field(Wrong::QueryInvalid, "funder"))?;
    let format = claimed.format;
    let claim = report.claims.into_iter().find(|claim| claim.funder == funder);
    let claim = claim.ok_or(Wrong::NotFound)?;
    if format == Paper::Csv {
        let all = block(state, move |service| {
            let payments = payments_of(service, SettlementId(id))?.into_iter();
            payments
                .map(|row| evidence::evidence(service, Tenant::Funder(funder), row))
                .collect::<Result<Vec<_>, _>>()
        });
        return csv(&claim.number, &all.await?);
    }
    let words = say.clone();
    let (number, stated) = (claim.number.clone(), report.vat);
    let parts = block(state, move |service| {
        let database = service.database();
        let payments = payments_of(service, SettlementId(id))?;
        let payees = database.payees()?;
        let names = database.names(Breakdown::Funder, &[funder.0])?;
        let funder_name = names.get(&funder.0).cloned().unwrap_or_default();
        let programme = database.names(Breakdown::Programme, &[run.programme.0])?;
        let programme = programme.get(&run.programme.0).cloned().unwrap_or_default();
        let mut parts = vec![
            Part::Sentence(format!("{} {}", words.t("claim-number"), claim.number)),
            Part::Sentence(format!("{} {funder_name}", words.t("claim-to"))),
            Part::Sentence(format!("{} {programme}", words.t("claim-programme"))),
            Part::Sentence(words.of("claim-up-to", &words.day(&run.day))),
        ];
        if !stated.is_unstated() {
            parts.push(vat(&words, stated));
        }
        parts.push(Part::Table(by_payee(&words, &payments, &payees, funder, claim.amount_cents)));
        Ok(parts)
    });
    pdf(&number, parts.await?, say, "claim-title", state.service.host())
}

/// How vouchers stand to VAT.
fn vat(say: &Say, vat: Vat) -> Part {
    let facts = [
        ("label", say.t("field-vat").into()),
        ("value", say.t(&format!("vat-{}", vat.code())).into()),
    ];
    Part::Sentence(say.say("statement-fact", &facts))
}

fn by_payee(
    say: &Say,
    payments: &[PaymentView],
    payees: &[(i64, String, Option<String>)],
    funder: FunderId,
    total: Cents,
) -> Table {
    let row = |payment: &PaymentView| {
        let payee = payees.iter().find(|(id, ..)| *id == payment.organisation.0);
        let (name, siret) =
            payee.map(|(_, name, siret)| (name.clone(), siret.clone())).unwrap_or_default();
        let cells = [payment.end_to_end_id.clone(), name, siret.unwrap_or_default()];
        let figures = [payment.amount_cents, share_of(payment, funder)];
        cells.into_iter().chain(figures.map(|cents| say.euros(&cents))).collect()
    };
    let column = |key: &str, figure, share| Column { heading: say.t(key), figure, share };
    let empty = String::new;
    Table {
        columns: vec![
            column("payment-name", false, 2),
            column("organisation", false, 5),
            column("field-siret", false, 3),
            column("amount", true, 2),
            column("claim-share", true, 2),
        ],
        rows: payments.iter().map(row).collect(),
        total: Some(vec![say.t("report-total"), empty(), empty(), empty(), say.euros(&total)]),
    }
}

fn parts_of(say: &Say, found: &Evidence) -> Vec<Part> {
    let row = &found.payment;
    let sum = |shares: &[crate::domain::settlement::FunderAmount]| {
        say.cents(&shares.iter().map(|share| share.amount_cents.0).sum())
    };
    let fact = |key: &str, value: String| Part::Sentence(format!("{} {value}", say.t(key)));
    let mut parts = vec![
        fact("evidence-order", row.end_to_end_id.clone()),
        fact("claim-programme", found.programme.clone()),
        fact("evidence-payee", found.organisation.clone()),
    ];
    parts.extend(found.siret.clone().map(|siret| fact("evidence-siret", siret)));
    parts.push(fact("evidence-iban", format!("{} {}", row.holder, row.iban)));
    parts.push(fact("evidence-earned", sum(&row.earned)));
    if !row.kept_back.is_empty() {
        parts.push(fact("evidence-kept-back", sum(&row.kept_back)));
    }
    parts.push(fact("evidence-amount", say.euros(&row.amount_cents)));
    if !found.vat.is_unstated() {
        parts.push(vat(say, found.vat));
    }
    if found.payer == Payer::Funder {
        parts.push(Part::Sentence(say.t("evidence-by-funder")));
    }
    let cells = |line: &crate::app::evidence::EvidenceLine| {
        let kind = if line.guaranteed { say.t("evidence-guaranteed") } else { String::new() };
        vec![
            line.seq.to_string(),
            say.moment(line.occurred_at, &found.zone),
            line.venue.clone(),
            kind,
            say.count(&line.workshops),
            say.euros(&line.amount_cents),
        ]
    };
    let column = |key: &str, figure, share| Column { heading: say.t(key), figure, share };
    let workshops: i64 = found.lines.iter().map(|line| line.workshops).sum();
    let empty = String::new;
    parts.push(Part::Table(Table {
        columns: vec![
            column("event-number", true, 2),
            column("workshop-at", false, 4),
            column("venue", false, 5),
            column("evidence-kind", false, 2),
            column("workshops", true, 2),
            column("amount", true, 2),
        ],
        rows: found.lines.iter().map(cells).collect(),
        total: Some(vec![
            say.t("report-total"),
            empty(),
            empty(),
            empty(),
            say.count(&workshops),
            say.euros(&found.total),
        ]),
    }));
    parts
}

fn csv(name: &str, all: &[Evidence]) -> Result<HttpResponse, Problem> {
    let text = evidence::csv(all).map_err(|_| Wrong::Internal)?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}.csv\"")))
        .body(text))
}

fn pdf(
    name: &str,
    parts: Vec<Part>,
    say: &Say,
    title: &str,
    host: &str,
) -> Result<HttpResponse, Problem> {
    let looks = say.looks();
    let bytes = document(&Document {
        language: if say.code() == "fr" { "fr-FR" } else { say.code() }.to_owned(),
        title: say.t(title),
        operator: looks.as_ref().map_or(host, |looks| &looks.name).to_owned(),
        logo: say.paper_logo(),
        parts,
    });
    let bytes = bytes.map_err(|cause| match cause {
        PdfFailure::TooMany => Problem::from(Wrong::BodyTooLarge),
        cause => {
            tracing::error!(%cause, "evidence could not be drawn");
            Wrong::Internal.into()
        }
    })?;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}.pdf\"")))
        .body(bytes))
}
