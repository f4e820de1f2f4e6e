//! The API: bytes to DTO to command and back, with actix.
//! No rules and no SQL: `domain` decides, `app` asks and reads.

pub mod access;
pub mod auth;
pub mod docs;
pub mod edge;
pub mod extract;
pub mod health;
pub mod language;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod problem;
pub mod server;
pub mod v1;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};

use crate::app::service::{Fault, Service};
use auth::{first::FirstToken, lockout::Lockout, tokens::Tokens};
use language::Texts;
use limits::{Limiter, MOST_BODY_BYTES, Rates};
use metrics::Metrics;
use problem::{Problem, Wrong};

/// What every handler shares.
pub struct State {
    pub service: Arc<Service>,
    pub tokens: Tokens,
    pub lockout: Lockout,
    pub limiter: Limiter,
    pub texts: Texts,
    pub metrics: Metrics,
    pub first: FirstToken,
    /// Whether a proxy in front tells who calls, by `Forwarded` or `X-Forwarded-For`.
    pub behind_proxy: bool,
}

pub type Shared = web::Data<State>;

impl State {
    #[must_use]
    pub fn new(service: Arc<Service>, tokens: Tokens, rates: Rates, behind_proxy: bool) -> Self {
        Self {
            service,
            tokens,
            lockout: Lockout::default(),
            limiter: Limiter::new(rates),
            texts: Texts::new(),
            metrics: Metrics::new(),
            first: FirstToken::default(),
            behind_proxy,
        }
    }
}

/// Runs what may block on the pool of threads for that.
pub async fn block<T, F>(state: &Shared, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(&Service) -> Result<T, Fault> + Send + 'static,
{
    let service = Arc::clone(&state.service);
    let done = web::block(move || work(&service)).await;
    Ok(done.map_err(|_| Wrong::Unavailable)??)
}

/// All routes; the caller wraps the app in `edge::around`.
pub fn configure(config: &mut ServiceConfig, state: Shared) {
    config
        .app_data(state)
        .app_data(web::PayloadConfig::new(MOST_BODY_BYTES))
        .app_data(web::QueryConfig::default().error_handler(|error, _| {
            Problem::field(Wrong::QueryInvalid, error.to_string()).into()
        }))
        .app_data(
            web::PathConfig::default().error_handler(|_, _| Problem::from(Wrong::NotFound).into()),
        )
        .configure(docs::routes)
        .configure(health::routes)
        .configure(auth::routes)
        .configure(v1::routes)
        .default_service(web::to(|| async { Err::<&str, _>(Problem::from(Wrong::NotFound)) }));
}
