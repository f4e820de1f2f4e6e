//! Venues in and out in the national standard, as CSV or JSON.
//! No reading of the format: `domain/national_schema` has it.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::export_venues::Form,
    domain::{
        access::Verb,
        national_schema::{Problem as Found, Severity},
        registry::Approval,
    },
    http::{Shared, access::Caller, block, problem::Problem, say::Say},
};

/// Problems that one answer lists.
const MOST_PROBLEMS: usize = 1_000;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Approve {
    /// Whether organisations that are new are approved at once.
    #[serde(default)]
    approve: bool,
}

/// What an import did.
#[derive(Serialize, ToSchema)]
pub struct Imported {
    added: u64,
    changed: u64,
    unchanged: u64,
    organisations_added: u64,
    /// Rows that were left out.
    errors: u64,
    /// The first thousand, in the order of the lines.
    problems: Vec<RowProblem>,
}

/// What is wrong with a line of the file.
#[derive(Serialize, ToSchema)]
pub struct RowProblem {
    /// From 1, the header.
    line: u64,
    /// As v1.0.2 names it; missing where the row or the file is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    severity: &'static str,
    /// A stable code.
    reason: &'static str,
    /// A sentence in the caller's language.
    message: String,
}

impl RowProblem {
    fn of(problem: &Found, say: &Say) -> Self {
        Self {
            line: problem.line,
            field: problem.field,
            severity: problem.severity.code(),
            reason: problem.wrong.code(),
            message: say.wrongness(&problem.wrong),
        }
    }
}

/// Imports venues in the national standard, v1.0.2 or older. Good rows are kept, bad ones told by
/// line and field; sending the file again changes only what it changed, so no key is needed.
#[utoipa::path(post, path = "/v1/venues/import", tag = "venues", params(Approve),
    request_body(content((String = "text/csv"), (Vec<serde_json::Value> = "application/json"))),
    responses((status = 200, body = Imported)))]
pub async fn import_venues(
    state: Shared,
    request: HttpRequest,
    caller: Caller,
    query: web::Query<Approve>,
    file: web::Bytes,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::VenueImport)?;
    let approval = if query.approve { Approval::Approved } else { Approval::Pending };
    let done = block(&state, move |service| {
        service.import_venues(Some(caller.user), &file, approval, &|_, _| {})
    })
    .await?;
    let say = Say::accepted(state, request.headers());
    let told = done.problems.iter().take(MOST_PROBLEMS);
    let errors = done.problems.iter().filter(|problem| problem.severity == Severity::Error);
    Ok(HttpResponse::Ok().json(Imported {
        added: done.added,
        changed: done.changed,
        unchanged: done.unchanged,
        organisations_added: done.organisations,
        errors: u64::try_from(errors.count()).unwrap_or(u64::MAX),
        problems: told.map(|problem| RowProblem::of(problem, &say)).collect(),
    }))
}

#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FileForm {
    #[default]
    Csv,
    Json,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Export {
    #[serde(default)]
    #[param(inline)]
    format: FileForm,
}

/// Every open venue in the national standard v1.0.2. Public: no log-in.
#[utoipa::path(get, path = "/v1/venues/export", tag = "venues", security(()), params(Export),
    responses((status = 200,
        content((String = "text/csv"), (Vec<serde_json::Value> = "application/json")))))]
pub async fn export_venues(
    state: Shared,
    query: web::Query<Export>,
) -> Result<HttpResponse, Problem> {
    let (form, kind, name) = match query.format {
        FileForm::Csv => (Form::Csv, "text/csv; charset=utf-8", "venues.csv"),
        FileForm::Json => (Form::Json, "application/json", "venues.json"),
    };
    let text = block(&state, move |service| service.export_venues(form)).await?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header(("Content-Disposition", format!("attachment; filename=\"{name}\"")))
        .body(text))
}
