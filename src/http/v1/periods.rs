//! Closed months: listed, what is open before one is closed, and closing it.
//! No statements: `statements` has them.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::service::Fault,
    domain::{
        access::Verb,
        command::Ask,
        ids::ProgrammeId,
        period::{Month, PeriodAsk, view::Closing},
        refusal::Reason,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, ask, written},
        problem::Problem,
    },
};

reads!("periods", PeriodRead, PeriodView from periods,
    list_periods at "/v1/periods", read_period at "/v1/periods/{id}");

/// The month of a programme that is closed next, and what stands open now. Open conflicts and
/// records in quarantine do not stop it: they count in the month in which they are decided. A run
/// that is being filled does, until it is filled.
#[utoipa::path(get, path = "/v1/programmes/{id}/closing", tag = "periods",
    params(("id" = String, Path)), responses((status = 200, body = Closing)))]
pub async fn read_closing(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::PeriodRead)?;
    let id = ProgrammeId(*id);
    let closing = block(&state, move |service| {
        let missing = || Fault::Refused(Reason::NotFound);
        let database = service.database();
        let programme = database.programme(id)?.ok_or_else(missing)?;
        let today = service.clock.now().day(&programme.terms.time_zone);
        database.closing(id, today)?.ok_or_else(missing)
    });
    Ok(HttpResponse::Ok().json(closing.await?))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "programme": "1", "month": "2026-10" }))]
pub struct ClosedMonth {
    programme: ProgrammeId,
    /// The one after the last closed month, or the programme's first; it is over.
    month: Month,
}

/// Closes a month of a programme, for ever: no figure of it changes any more. What comes late is
/// counted in the month that is open, with its own date. Its statements are made in the background.
#[utoipa::path(post, path = "/v1/periods", tag = "periods", request_body = ClosedMonth,
    responses((status = 201, body = crate::http::extract::Written)))]
pub async fn close_period(
    state: Shared,
    caller: Caller,
    key: Key,
    body: Body<ClosedMonth>,
) -> Result<HttpResponse, Problem> {
    caller.may(Verb::PeriodClose)?;
    let ClosedMonth { programme, month } = body.value;
    let close = Ask::Period(PeriodAsk::Close { programme, month });
    written(&ask(&state, caller, &key, &body.canonical, close).await?)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/v1/periods")
                .route(web::get().to(list_periods))
                .route(web::post().to(close_period)),
        )
        .service(web::resource("/v1/periods/{id}").route(web::get().to(read_period)))
        .service(web::resource("/v1/programmes/{id}/closing").route(web::get().to(read_closing)));
}
