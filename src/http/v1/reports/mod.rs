//! The usage report, as JSON, or as a file: CSV, a workbook, a document.
//! No sums: `app/report.rs` has the figures.

pub mod files;
pub mod forecast;
pub mod people;
pub mod reconciliation;

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    app::{
        network::{NetworkReport, network_report},
        report::{ConflictReport, RefusalReport, UsageReport, conflict_report, refusal_report},
    },
    domain::{
        access::Verb,
        calendar::Day,
        ids::{FunderId, IssuerId, ProgrammeId, VenueId},
        usage::{Breakdown, UsageFilter},
    },
    http::{Shared, access::Caller, block, problem::Problem, say::Say},
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Json,
    Csv,
    /// A workbook with a chart.
    Xlsx,
    /// A tagged document.
    Pdf,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Json, Self::Csv, Self::Xlsx, Self::Pdf];

    /// Also how the names of such files end.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Pdf => "pdf",
        }
    }

    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Pdf => "application/pdf",
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Usage {
    #[serde(default)]
    #[param(inline)]
    by: Breakdown,
    /// First business day.
    from: Option<Day>,
    /// Last business day, inclusive.
    to: Option<Day>,
    programme: Option<ProgrammeId>,
    venue: Option<VenueId>,
    issuer: Option<IssuerId>,
    funder: Option<FunderId>,
    #[param(max_length = 10)]
    territory: Option<String>,
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// What was issued, used, expired and earned, of what the caller may see.
#[utoipa::path(get, path = "/v1/reports/usage", tag = "reports", params(Usage),
    responses((status = 200, content((UsageReport = "application/json"), (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf")))))]
pub async fn usage(
    state: Shared,
    caller: Caller,
    request: HttpRequest,
    query: web::Query<Usage>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::ReportRead)?;
    let Usage { by, from, to, programme, venue, issuer, funder, territory, format } =
        query.into_inner();
    let filter = UsageFilter { within, from, to, programme, funder, issuer, venue, territory };
    let say = Say::accepted(state.clone(), request.headers());
    files::answer(&state, by, filter, format, say).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Narrowed {
    /// First day, in UTC.
    from: Option<Day>,
    /// Last day, in UTC, inclusive.
    to: Option<Day>,
    programme: Option<ProgrammeId>,
    venue: Option<VenueId>,
    issuer: Option<IssuerId>,
    funder: Option<FunderId>,
}

/// Refused scans by reason and venue. Codes that name no voucher belong to no programme: they are
/// counted where nothing but days and venue narrows.
#[utoipa::path(get, path = "/v1/reports/refusals", tag = "reports", params(Narrowed),
    responses((status = 200, body = RefusalReport)))]
pub async fn refusals(
    state: Shared,
    caller: Caller,
    query: web::Query<Narrowed>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::ReportRead)?;
    let Narrowed { from, to, programme, venue, issuer, funder } = query.into_inner();
    let filter =
        UsageFilter { from, to, programme, funder, issuer, venue, ..UsageFilter::of(within) };
    let report = block(&state, move |service| refusal_report(service.database(), &filter)).await?;
    Ok(HttpResponse::Ok().json(report))
}

/// Conflicts by programme, venue, device and month of the workshop, with what the guarantee has
/// paid, and where a device or a venue has more than one device may cost. Days are taken by their
/// months.
#[utoipa::path(get, path = "/v1/reports/conflicts", tag = "reports", params(Narrowed),
    responses((status = 200, body = ConflictReport)))]
pub async fn conflicts(
    state: Shared,
    caller: Caller,
    query: web::Query<Narrowed>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::ConflictRead)?;
    let Narrowed { from, to, programme, venue, issuer, funder } = query.into_inner();
    let filter =
        UsageFilter { from, to, programme, funder, issuer, venue, ..UsageFilter::of(within) };
    let report = block(&state, move |service| conflict_report(service.database(), &filter)).await?;
    Ok(HttpResponse::Ok().json(report))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Network {
    /// First business day.
    from: Option<Day>,
    /// Last business day, inclusive.
    to: Option<Day>,
    programme: Option<ProgrammeId>,
    issuer: Option<IssuerId>,
    funder: Option<FunderId>,
    #[param(max_length = 10)]
    territory: Option<String>,
}

/// Which issuers hand out and what sleeps in their drawers, which venues receive, which areas are
/// blank, of what the caller may see.
#[utoipa::path(get, path = "/v1/reports/network", tag = "reports", params(Network),
    responses((status = 200, body = NetworkReport)))]
pub async fn network(
    state: Shared,
    caller: Caller,
    query: web::Query<Network>,
) -> Result<HttpResponse, Problem> {
    let within = caller.may(Verb::ReportRead)?;
    let Network { from, to, programme, issuer, funder, territory } = query.into_inner();
    let filter =
        UsageFilter { within, from, to, programme, funder, issuer, venue: None, territory };
    let report = block(&state, move |service| network_report(service.database(), &filter)).await?;
    Ok(HttpResponse::Ok().json(report))
}
