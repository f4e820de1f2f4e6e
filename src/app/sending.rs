//! The threads that send, one a way, so that a slow mail server holds up no short message.
//! No tries: `outbox.rs` has them.

use std::{sync::Arc, thread::JoinHandle, time::Duration};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};

use super::{outbox::Letters, service::Service};
use crate::domain::{calendar::Instant, message::Channel};

const TICK_S: u64 = 1;
/// Runs that are made rarely: reminders, and forgetting.
const TEND_EVERY_S: i64 = 3_600;

/// The threads; they end when this is stopped.
pub struct Sending {
    stop: Sender<()>,
    threads: Vec<JoinHandle<()>>,
}

impl Sending {
    /// # Errors
    /// When there is no thread for it.
    pub fn start(service: &Arc<Service>, letters: Arc<dyn Letters>) -> std::io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let mut threads = Vec::new();
        for channel in Channel::ALL {
            let (service, letters) = (Arc::clone(service), Arc::clone(&letters));
            let stopped = stopped.clone();
            let thread = std::thread::Builder::new().name(format!("sending {}", channel.code()));
            threads.push(thread.spawn(move || {
                let go_on = || !matches!(stopped.try_recv(), Err(TryRecvError::Disconnected));
                every_second(&stopped, || run(&service, *channel, &*letters, &go_on));
            })?);
        }
        let service = Arc::clone(service);
        let thread = std::thread::Builder::new().name("reminding".to_owned());
        threads.push(thread.spawn(move || {
            let mut due = service.clock.now();
            every_second(&stopped, || tend(&service, &mut due));
        })?);
        Ok(Self { stop, threads })
    }

    /// Ends each thread after the message that it is sending.
    pub fn stop(self) {
        drop(self.stop);
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a sending thread had failed");
            }
        }
    }
}

fn every_second(stopped: &Receiver<()>, mut run: impl FnMut()) {
    loop {
        run();
        let waited = stopped.recv_timeout(Duration::from_secs(TICK_S));
        if waited != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn run(service: &Service, channel: Channel, letters: &dyn Letters, go_on: &dyn Fn() -> bool) {
    if let Err(fault) = service.send_due(channel, letters, go_on) {
        let channel = channel.code();
        tracing::error!(channel, cause = %fault, "sending goes on in a moment");
    }
}

fn tend(service: &Service, due: &mut Instant) {
    if service.clock.now() < *due {
        return;
    }
    *due = service.clock.now().plus_seconds(TEND_EVERY_S);
    let done = service.remind().and_then(|_| service.forget_messages());
    if let Err(fault) = done {
        tracing::error!(cause = %fault, "reminders go on in an hour");
    }
}
