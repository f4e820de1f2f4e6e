//! What is counted for monitoring, in the text format of Prometheus (`OpenMetrics` 1.0).
//! No ids of people or vouchers: labels are routes, statuses and stable codes.

use actix_web::{HttpResponse, http::StatusCode};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Registry,
};

use super::{
    Shared,
    problem::{Problem, Wrong},
};
use crate::domain::message::Standstill;

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Because {
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Stopped {
    channel: &'static str,
    reason: &'static str,
}

/// The counters of one running service.
pub struct Metrics {
    registry: Registry,
    answered: Family<Answered, Counter>,
    refused: Family<Because, Counter>,
    stopped: Family<Stopped, Gauge>,
    seconds: Histogram,
}

impl Metrics {
    #[must_use]
    pub fn new() -> Self {
        let mut registry = Registry::with_prefix("pass_numerique");
        let (answered, refused) = (Family::default(), Family::default());
        let stopped = Family::default();
        let seconds = Histogram::new(exponential_buckets(0.000_5, 2.0, 15));
        registry.register("http_requests", "Requests answered", answered.clone());
        registry.register("refusals", "Problems by their stable reason", refused.clone());
        let about = "Since when no message goes by a way, in Unix seconds";
        registry.register("sending_stopped_since", about, stopped.clone());
        registry.register(
            "http_request_duration_seconds",
            "From the request's head to the answer's",
            seconds.clone(),
        );
        Self { registry, answered, refused, stopped, seconds }
    }

    /// Counts an answer. `route` is a pattern, never a path.
    pub fn answered(&self, method: &str, route: Option<String>, status: StatusCode, took_us: i64) {
        let route = route.unwrap_or_else(|| "none".to_owned());
        let label = Answered { method: method.to_owned(), route, status: status.as_u16() };
        self.answered.get_or_create(&label).inc();
        let took_us = u32::try_from(took_us).unwrap_or(0);
        self.seconds.observe(std::time::Duration::from_micros(took_us.into()).as_secs_f64());
    }

    /// The ways by which nothing goes now.
    fn stopped(&self, standstills: &[Standstill]) {
        self.stopped.clear();
        for one in standstills {
            let (channel, reason) = (one.channel.code(), one.trouble.code());
            let since_s = one.since.0 / 1_000_000;
            self.stopped.get_or_create(&Stopped { channel, reason }).set(since_s);
        }
    }

    pub fn refused(&self, reason: &'static str) {
        self.refused.get_or_create(&Because { reason }).inc();
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// For Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "service", security(()),
    responses((status = 200, body = String, content_type = OPEN_METRICS)))]
pub async fn metrics(state: Shared) -> Result<HttpResponse, Problem> {
    state.metrics.stopped(&state.service.standstills());
    let mut text = String::new();
    encode(&mut text, &state.metrics.registry).map_err(|_| Wrong::Internal)?;
    Ok(HttpResponse::Ok().content_type(OPEN_METRICS).body(text))
}
