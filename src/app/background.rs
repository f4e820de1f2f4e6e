//! What the running service does by itself: orders about keys each second, and every hour expiring
//! vouchers and giving money back. No rules: each run asks like anybody else.

use std::{sync::Arc, thread::JoinHandle, time::Duration};

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use super::service::Service;

const TICK_S: u64 = 1;
const EXPIRY_EVERY_S: i64 = 3_600;

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
        let thread =
            std::thread::Builder::new().name("background".to_owned()).spawn(move || {
                let mut due = service.clock.now();
                loop {
                    service.tend_keys();
                    if service.clock.now() >= due {
                        due = service.clock.now().plus_seconds(EXPIRY_EVERY_S);
                        expire(&service);
                    }
                    let waited = stopped.recv_timeout(Duration::from_secs(TICK_S));
                    if waited != Err(RecvTimeoutError::Timeout) {
                        return;
                    }
                }
            })?;
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

fn expire(service: &Service) {
    match service.expire() {
        Ok(0) => {}
        Ok(changed) => tracing::info!(changed, "expiry run"),
        Err(fault) => tracing::error!(cause = %fault, "the expiry run goes on in an hour"),
    }
}
