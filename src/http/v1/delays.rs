//! How fast an organisation was paid, in four forms with the same figures.
//! No sums: `app/delays.rs` has them.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{reports::Format, statements::files};
use crate::{
    app::{
        delays::{PaymentDelays, payment_delays},
        delays_sheet::sheet,
    },
    domain::{
        access::Verb,
        calendar::{Day, Instant, Zone},
        ids::OrganisationId,
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
};

/// Days of the longest period: five years.
const MOST_DAYS: i32 = 5 * 366;

#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Period {
    /// Payments made from this day: a year before the last one, if it is left out.
    pub from: Option<Day>,
    /// The last day, inclusive: today, if it is left out.
    pub to: Option<Day>,
    #[serde(default)]
    #[param(inline)]
    pub format: Format,
}

/// What a public body needs to take passes (CGCT, art. R. 1617-7): the payments that the
/// organisation got in a period, and how long its workshops had waited for them, beside what was
/// promised; with what waits now.
#[utoipa::path(get, path = "/v1/organisations/{id}/payment-delays", tag = "organisations",
    params(("id" = String, Path), Period),
    responses((status = 200, content((PaymentDelays = "application/json"), (String = "text/csv"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (Vec<u8> = "application/pdf")))))]
pub async fn read_payment_delays(
    state: Shared,
    caller: Caller,
    request: HttpRequest,
    id: web::Path<i64>,
    query: web::Query<Period>,
) -> Result<HttpResponse, Problem> {
    let say = Say::accepted(state.clone(), request.headers());
    file(&state, caller, *id, *query, &say).await
}

/// The figures, and when they were read.
///
/// # Errors
/// 400 for days that are no period, 404 for an organisation that the caller does not see.
pub async fn delays_of(
    state: &Shared,
    caller: Caller,
    id: i64,
    period: Period,
) -> Result<(PaymentDelays, Instant), Problem> {
    let sees = Filter::one(caller.may(Verb::PaymentDelaysRead)?, id);
    let now = state.service.clock.now();
    let today = now.day(&Zone::paris());
    let to = period.to.unwrap_or(today);
    let from = period.from.unwrap_or_else(|| to.plus(-364));
    if from > to || to.0.saturating_sub(from.0) > MOST_DAYS {
        return Err(Problem::field(Wrong::QueryInvalid, "from"));
    }
    let read = block(state, move |service| {
        if service.database().organisations(&sees)?.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![payment_delays(service, OrganisationId(id), (from, to), today)?])
    });
    Ok((only(read.await?)?, now))
}

/// # Errors
/// As the operation.
pub async fn file(
    state: &Shared,
    caller: Caller,
    id: i64,
    period: Period,
    say: &Say,
) -> Result<HttpResponse, Problem> {
    let (delays, at) = delays_of(state, caller, id, period).await?;
    if period.format == Format::Json {
        return Ok(HttpResponse::Ok().json(delays));
    }
    let name = format!("payment-delays-{id}-{}-{}", delays.from, delays.to);
    let (say, format) = (say.clone(), period.format);
    let bytes = block(state, move |service| {
        let title = title(&delays, &say);
        Ok(files::drawn(&sheet(&delays, at), title, format, service.host(), &say))
    });
    Ok(files::download(&name, format).body(bytes.await??))
}

/// The title of the document.
#[must_use]
pub fn title(delays: &PaymentDelays, say: &Say) -> String {
    say.of("delays-title", &delays.name)
}

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(
        web::resource("/v1/organisations/{id}/payment-delays")
            .route(web::get().to(read_payment_delays)),
    );
}
