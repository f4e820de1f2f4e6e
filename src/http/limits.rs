//! Every limit of the transport: bodies, pages, times, requests a second.
//! No limits of programmes: those are rules.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};

use super::problem::{Problem, Wrong};
use crate::domain::{
    access::Who,
    ids::{DeviceId, UserId},
    voucher::ManualCode,
};

pub const MOST_BODY_BYTES: usize = 64 * 1024;
pub const MOST_ROWS: u32 = 200;
pub const CLIENT_TIMEOUT_S: u64 = 10;
pub const KEEP_ALIVE_S: u64 = 30;
pub const MOST_CONNECTIONS: usize = 4096;
/// Requests that hold a thread or wait for one, as many as the writer's queue takes; one more is
/// told to come back.
pub const MOST_IN_HAND: usize = 4096;
/// How long a request waits for a thread. The writer gives it as long again.
pub const TURN_TIMEOUT_S: u64 = 10;
/// How long requests that run may take after the service is told to stop.
pub const STOP_TIMEOUT_S: u64 = 20;

/// A line of people in one office scans faster for a moment.
const BURST_S: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
/// Keys kept before the idle ones are forgotten.
const MOST_KEYS: usize = 100_000;

/// Requests a second that one address (offices share one) and one account may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    pub address: u32,
    pub account: u32,
}

type Keyed<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock, StateInformationMiddleware>;

/// Requests by address and by account.
pub struct Limiter {
    addresses: Keyed<IpAddr>,
    accounts: Keyed<Who>,
    typed: Keyed<Who>,
    messages: Keyed<UserId>,
    resets: Keyed<String>,
    uploads: Keyed<DeviceId>,
}

/// Manual codes: 30 at once, then one in two minutes.
const TYPED_BURST: u32 = 30;
const TYPED_EVERY_S: u64 = 120;
/// Messages that an account has sent: as many as passes in a day of handing out, at once.
const MESSAGES_BURST: u32 = 60;
const MESSAGES_EVERY_S: u64 = 60;
/// Forgotten passwords of one address, known or not: nobody's mailbox is filled from here.
const RESETS_BURST: u32 = 3;
const RESETS_EVERY_S: u64 = 1_200;
/// Uploads of a device: a long queue at once, and then what a busy venue takes in a while.
const UPLOADS_BURST: u32 = 60;
const UPLOADS_EVERY_S: u64 = 5;

/// What an answer tells about the limit that it counted against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    pub burst: u32,
    pub remaining: u32,
}

impl Limiter {
    #[must_use]
    pub fn new(rates: Rates) -> Self {
        Self {
            addresses: keyed(rates.address),
            accounts: keyed(rates.account),
            typed: slow(TYPED_BURST, TYPED_EVERY_S),
            messages: slow(MESSAGES_BURST, MESSAGES_EVERY_S),
            resets: slow(RESETS_BURST, RESETS_EVERY_S),
            uploads: slow(UPLOADS_BURST, UPLOADS_EVERY_S),
        }
    }

    /// # Errors
    /// 429 above the quota.
    pub fn message(&self, account: UserId) -> Result<(), Problem> {
        check(&self.messages, &account).map(|_| ())
    }

    /// # Errors
    /// 429 above the quota.
    pub fn reset(&self, email: String) -> Result<(), Problem> {
        check(&self.resets, &email).map(|_| ())
    }

    /// # Errors
    /// 429 above the quota.
    pub fn upload(&self, device: DeviceId) -> Result<(), Problem> {
        check(&self.uploads, &device).map(|_| ())
    }

    /// # Errors
    /// 429 above the quota.
    pub fn address(&self, address: IpAddr) -> Result<Allowance, Problem> {
        check(&self.addresses, &address)
    }

    /// Counts a code that may be a typed one, before it is looked up; a scanned one is signed
    /// and cannot be guessed. Above the limit an operator should look: it is logged.
    ///
    /// # Errors
    /// 429 above the quota.
    pub fn code(&self, account: impl Into<Who>, text: &str) -> Result<(), Problem> {
        let account = account.into();
        if text.parse::<ManualCode>().is_err() {
            return Ok(());
        }
        let checked = check(&self.typed, &account).map(|_| ());
        if checked.is_err() {
            tracing::warn!(%account, "more typed codes than people type: is somebody guessing?");
        }
        checked
    }

    /// # Errors
    /// 429 above the quota.
    pub fn account(&self, account: impl Into<Who>) -> Result<Allowance, Problem> {
        check(&self.accounts, &account.into())
    }
}

/// What people do by hand: some at once, then one in so many seconds.
fn slow<K: Hash + Eq + Clone>(burst: u32, every_s: u64) -> Keyed<K> {
    let burst = NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN);
    let quota = Quota::with_period(Duration::from_secs(every_s));
    let quota = quota.unwrap_or(Quota::per_hour(burst)).allow_burst(burst);
    RateLimiter::keyed(quota).with_middleware()
}

/// A burst of two seconds is let through.
fn keyed<K: Hash + Eq + Clone>(a_second: u32) -> Keyed<K> {
    let rate = NonZeroU32::new(a_second).unwrap_or(NonZeroU32::MIN);
    let burst = rate.saturating_mul(BURST_S);
    RateLimiter::keyed(Quota::per_second(rate).allow_burst(burst)).with_middleware()
}

fn check<K: Hash + Eq + Clone>(limiter: &Keyed<K>, key: &K) -> Result<Allowance, Problem> {
    if limiter.len() > MOST_KEYS {
        limiter.retain_recent();
    }
    match limiter.check_key(key) {
        Ok(state) => Ok(Allowance {
            burst: state.quota().burst_size().get(),
            remaining: state.remaining_burst_capacity(),
        }),
        Err(until) => {
            let wait: Duration = until.wait_time_from(DefaultClock::default().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            Err(Wrong::TooMany { retry_after_seconds: seconds }.into())
        }
    }
}

/// Counts the requests that hold a thread, or wait for one.
#[derive(Clone, Debug, Default)]
pub struct Hands(Arc<AtomicUsize>);

/// One of the requests in hand, until it is dropped.
#[derive(Debug)]
pub struct InHand(Hands);

impl Hands {
    /// # Errors
    /// 503 when there are too many already.
    pub fn take(&self) -> Result<InHand, Problem> {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        let one = InHand(self.clone());
        if before < MOST_IN_HAND {
            Ok(one)
        } else {
            Err(Wrong::Busy { retry_after_seconds: 1 }.into())
        }
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_more_than_can_be_in_hand_is_told_to_come_back() {
        let hands = Hands::default();
        let mut all: Vec<_> = (0..MOST_IN_HAND).map(|_| hands.take().unwrap()).collect();
        for _ in 0..2 {
            assert_eq!(hands.take().unwrap_err().reason(), "busy");
        }
        all.pop();
        assert!(hands.take().is_ok());
    }

    #[test]
    fn a_burst_of_two_seconds_passes_and_each_key_has_its_own() {
        let limiter = Limiter::new(Rates { address: 1, account: 1 });
        let [first, second]: [IpAddr; 2] = [[10, 0, 0, 1].into(), [10, 0, 0, 2].into()];
        let allowance = limiter.address(first).unwrap();
        assert_eq!(allowance, Allowance { burst: 2, remaining: 1 });
        assert!(limiter.address(first).is_ok());
        assert_eq!(limiter.address(first).unwrap_err().reason(), "too_many_requests");
        assert!(limiter.address(second).is_ok());
        assert!(limiter.account(UserId(1)).is_ok());
    }
}
