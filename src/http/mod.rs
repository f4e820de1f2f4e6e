//! The API: bytes to DTO to command and back, with actix.
//! No rules and no SQL: `domain` decides, `app` asks and reads.

pub mod access;
pub mod auth;
pub mod docs;
pub mod edge;
pub mod extract;
pub mod health;
pub mod limits;
pub mod metrics;
pub mod openapi;
pub mod packed;
pub mod pieces;
pub mod problem;
pub mod say;
pub mod server;
pub mod v1;

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use actix_web::{
    rt::time::timeout,
    web::{self, ServiceConfig},
};

use crate::{
    app::{
        service::{Fault, Service},
        view::Unanswered,
    },
    domain::command::{Answer, Command},
    words::Words,
};
use auth::{first::FirstToken, lockout::Lockout, tokens::Tokens};
use limits::{Hands, Limiter, MOST_BODY_BYTES, Rates, TURN_TIMEOUT_S};
use metrics::Metrics;
use problem::{Problem, Wrong};

/// What every handler shares.
pub struct State {
    pub service: Arc<Service>,
    pub tokens: Tokens,
    pub lockout: Lockout,
    pub limiter: Limiter,
    pub words: Words,
    pub metrics: Metrics,
    pub first: FirstToken,
    pub settings: Settings,
    pub hands: Hands,
}

/// What its operator decides about the transport.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub rates: Rates,
    /// Whether a proxy in front tells who calls, by `Forwarded` or `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Whether roles with much power may do nothing before they have a second factor.
    pub second_factor_required: bool,
}

pub type Shared = web::Data<State>;

impl State {
    #[must_use]
    pub fn new(service: Arc<Service>, tokens: Tokens, settings: Settings) -> Self {
        Self {
            service,
            tokens,
            lockout: Lockout::default(),
            limiter: Limiter::new(settings.rates),
            words: Words::new(),
            metrics: Metrics::new(),
            first: FirstToken::default(),
            settings,
            hands: Hands::default(),
        }
    }
}

/// What a thread of the pool does. One type for all: the runtime's code for a job is large, and
/// would be made for each anew.
type Job = Box<dyn FnOnce(&Service) + Send>;

/// Runs what may block on the pool of threads for that. What gets no thread in time is given up
/// and never begun; what has begun is waited for, since the database has limits of its own.
pub async fn block<T, F>(state: &Shared, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(&Service) -> Result<T, Fault> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    run(state, Box::new(move |service| drop(tell.send(work(service))))).await?;
    Ok(told.try_recv().map_err(|_| Wrong::Unavailable)??)
}

async fn run(state: &Shared, job: Job) -> Result<(), Problem> {
    let in_hand = state.hands.take()?;
    let service = Arc::clone(&state.service);
    // Whoever sets it first has the word: the thread begins, or the caller gives up.
    let settled = Arc::new(AtomicBool::new(false));
    let begun = Arc::clone(&settled);
    let mut running = pin!(web::block(move || {
        let _in_hand = in_hand;
        if !begun.swap(true, Ordering::SeqCst) {
            job(&service);
        }
    }));
    let limit = Duration::from_secs(TURN_TIMEOUT_S);
    let done = match timeout(limit, &mut running).await {
        Ok(done) => done,
        Err(_) if settled.swap(true, Ordering::SeqCst) => running.await,
        Err(_) => return Err(Wrong::Unavailable.into()),
    };
    Ok(done.map_err(|_| Wrong::Unavailable)?)
}

/// Looks up what one key names: on this very thread where that takes less time than another's turn,
/// else as `block`. Not for what writes, or reads many rows.
pub async fn look_up<T, F>(state: &Shared, work: F) -> Result<T, Problem>
where
    T: Send + 'static,
    F: FnOnce(&Service) -> Result<T, Fault> + Send + 'static,
{
    if state.service.looks_up_at_hand() {
        return Ok(work(&state.service)?);
    }
    block(state, work).await
}

/// Asks the writer. Nothing blocks meanwhile, and a caller who hangs up before the command's turn
/// gives it up.
pub async fn answer(state: &Shared, command: Command) -> Result<Answer, Problem> {
    let _in_hand = state.hands.take()?;
    let asked = state.service.queue(command)?;
    let answer = timeout(asked.deadline(), asked.into_future()).await;
    Ok(answer.map_err(|_| Fault::from(Unanswered::Late))??)
}

/// All routes of the API; the caller wraps the app in `edge::around`.
pub fn configure(config: &mut ServiceConfig, state: Shared) {
    config
        .app_data(state)
        .app_data(web::PayloadConfig::new(MOST_BODY_BYTES))
        .app_data(web::QueryConfig::default().error_handler(|error, _| {
            Problem::field(Wrong::QueryInvalid, error.to_string()).into()
        }))
        .app_data(web::FormConfig::default().limit(MOST_BODY_BYTES).error_handler(|error, _| {
            Problem::field(Wrong::FieldInvalid, error.to_string()).into()
        }))
        .app_data(
            web::PathConfig::default().error_handler(|_, _| Problem::from(Wrong::NotFound).into()),
        )
        .configure(v1::routes)
        .configure(docs::routes)
        .configure(health::routes)
        .configure(auth::routes);
}
