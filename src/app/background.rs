//! What the running service does by itself: expiring vouchers and giving money back, every hour.
//! No rules: each run asks like anybody else.

use std::{sync::Arc, thread::JoinHandle, time::Duration};

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use super::service::Service;

const EVERY_S: u64 = 3_600;

/// The thread of regular runs; it ends when this is stopped.
pub struct Background {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl Background {
    /// Runs now, and then every hour.
    ///
    /// # Errors
    /// When there is no thread for it.
    pub fn start(service: Arc<Service>) -> std::io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let thread =
            std::thread::Builder::new().name("background".to_owned()).spawn(move || {
                loop {
                    match service.expire() {
                        Ok(0) => {}
                        Ok(changed) => tracing::info!(changed, "expiry run"),
                        Err(fault) => {
                            tracing::error!(cause = %fault, "expiry run; it goes on in 1 h");
                        }
                    }
                    let waited = stopped.recv_timeout(Duration::from_secs(EVERY_S));
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
