//! What the running service does by itself: each second orders about keys, batches to mint, runs to
//! fill and statements to make; every hour expiring vouchers and telling about programmes. No
//! rules: each run asks like anybody else.

use std::{sync::Arc, thread::JoinHandle, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};

use super::service::Service;

const TICK_S: u64 = 1;
const EXPIRY_EVERY_S: i64 = 3_600;
const LOOKS_EVERY_S: i64 = 60;
/// Statements that could not be made are tried again after so long: it reads a whole month.
const STATEMENTS_AGAIN_S: i64 = 60;

/// The thread of regular runs; it ends when this is stopped.
pub struct Background {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Background {
    /// Expires now, and then every hour.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn start(service: Arc<Service>) -> std::io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let thread = std::thread::Builder::new().name("background".to_owned());
        let thread = thread.spawn(move || run(&service, &stopped))?;
        Ok(Self { stop, thread })
    }

    /// Ends the thread after the run that it is in.
    pub fn stop(self) {
        drop(self.stop);
        if self.thread.join().is_err() {
            tracing::error!("the background thread had failed");
        }
    }
}

fn run(service: &Service, stopped: &Receiver<()>) {
    let (mut due, mut looks_due) = (service.clock.now(), service.clock.now());
    let mut statements_due = service.clock.now();
    let go_on = || !disconnected(stopped);
    loop {
        service.tend_keys();
        mint(service, &go_on);
        settle(service, &go_on);
        if service.clock.now() >= statements_due && !state(service, &go_on) {
            statements_due = service.clock.now().plus_seconds(STATEMENTS_AGAIN_S);
        }
        if service.clock.now() >= due {
            due = service.clock.now().plus_seconds(EXPIRY_EVERY_S);
            expire(service);
        }
        if service.clock.now() >= looks_due {
            looks_due = service.clock.now().plus_seconds(LOOKS_EVERY_S);
            if let Err(fault) = service.reload_looks() {
                tracing::warn!(cause = %fault, "the operator's looks are read in a minute");
            }
        }
        let waited = stopped.recv_timeout(Duration::from_secs(TICK_S));
        if waited != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

/// Whether the service is stopping: the other end of the channel is gone.
fn disconnected(stopped: &Receiver<()>) -> bool {
    matches!(stopped.try_recv(), Err(TryRecvError::Disconnected))
}

fn mint(service: &Service, go_on: &dyn Fn() -> bool) {
    match service.mint_batches(go_on) {
        Ok(0) => {}
        Ok(vouchers) => tracing::info!(vouchers, "minted"),
        Err(fault) => tracing::error!(cause = %fault, "minting goes on in a moment"),
    }
}

fn settle(service: &Service, go_on: &dyn Fn() -> bool) {
    if let Err(fault) = service.tend_settlements(go_on) {
        tracing::error!(cause = %fault, "settlement runs go on in a moment");
    }
}

/// Whether all went well.
fn state(service: &Service, go_on: &dyn Fn() -> bool) -> bool {
    match service.tend_statements(go_on) {
        Ok(0) => accounts(service, go_on),
        Ok(statements) => {
            tracing::info!(statements, "statements made");
            accounts(service, go_on)
        }
        Err(fault) => {
            tracing::error!(cause = %fault, "statements go on in a minute");
            false
        }
    }
}

/// Whether all went well.
fn accounts(service: &Service, go_on: &dyn Fn() -> bool) -> bool {
    match service.tend_yearly_accounts(go_on) {
        Ok(0) => true,
        Ok(accounts) => {
            tracing::info!(accounts, "yearly accounts made");
            true
        }
        Err(fault) => {
            tracing::error!(cause = %fault, "yearly accounts go on in a minute");
            false
        }
    }
}

fn expire(service: &Service) {
    match service.expire() {
        Ok(0) => {}
        Ok(changed) => tracing::info!(changed, "expiry run"),
        Err(fault) => tracing::error!(cause = %fault, "the expiry run goes on in an hour"),
    }
    match service.alert() {
        Ok(0) => {}
        Ok(alerts) => tracing::info!(alerts, "told about programmes"),
        Err(fault) => tracing::error!(cause = %fault, "people are told in an hour"),
    }
    match service.watch() {
        Ok(0) => {}
        Ok(alarms) => tracing::info!(alarms, "told about devices and keys"),
        Err(fault) => tracing::error!(cause = %fault, "devices and keys are told of in an hour"),
    }
    match service.tell_sent().and_then(|told| Ok(told + service.tell_disputes()?)) {
        Ok(0) => {}
        Ok(told) => tracing::info!(told, "people of organisations, of payments and disputes"),
        Err(fault) => tracing::error!(cause = %fault, "organisations are told in an hour"),
    }
    match service.tell_waiting().and_then(|told| Ok(told + service.tell_failed()?)) {
        Ok(0) => {}
        Ok(told) => tracing::info!(told, "people of organisations that were not paid"),
        Err(fault) => tracing::error!(cause = %fault, "who waits for money is told in an hour"),
    }
    if let Err(fault) = service.forget() {
        tracing::error!(cause = %fault, "what is past its time is forgotten in an hour");
    }
}
