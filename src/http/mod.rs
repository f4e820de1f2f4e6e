//! The API: bytes to DTO to command and back, with actix.
//! No rules and no SQL: `domain` decides, `app::port` reads.

pub mod access;
pub mod auth;
pub mod edge;
pub mod extract;
pub mod health;
pub mod language;
pub mod limits;
pub mod openapi;
pub mod problem;
pub mod server;
pub mod v1;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use actix_web::web::{self, ServiceConfig};

use crate::app::port::{Fault, Port};
use auth::{lockout::Lockout, tokens::Tokens};
use language::Texts;
use limits::{Limiter, MOST_BODY_BYTES};
use problem::{Problem, Wrong};

/// What every handler shares.
pub struct State {
    pub port: Arc<dyn Port>,
    pub tokens: Tokens,
    pub lockout: Lockout,
    pub limiter: Limiter,
    pub texts: Texts,
}

pub type Shared = web::Data<State>;

impl State {
    #[must_use]
    pub fn new(port: Arc<dyn Port>, tokens: Tokens) -> Self {
        Self {
            port,
            tokens,
            lockout: Lockout::default(),
            limiter: Limiter::new(),
            texts: Texts::new(),
        }
    }
}

/// Runs what may block on the pool of threads for that.
///
/// # Errors
/// The port's fault, or 503 when the pool is gone.
pub async fn block<T, F>(state: &Shared, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(&dyn Port) -> Result<T, Fault> + Send + 'static,
{
    let port = Arc::clone(&state.port);
    let done = web::block(move || work(port.as_ref())).await;
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
        .configure(health::routes)
        .configure(auth::routes)
        .configure(v1::routes)
        .default_service(web::to(|| async { Err::<&str, _>(Problem::from(Wrong::NotFound)) }));
}
