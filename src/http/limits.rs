//! Every limit of the transport: bodies, pages, times, requests a second.
//! No limits of programmes: those are rules.

use std::{hash::Hash, net::IpAddr, num::NonZeroU32, time::Duration};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use super::problem::{Problem, Wrong};
use crate::domain::ids::UserId;

pub const MOST_BODY_BYTES: usize = 64 * 1024;
pub const MOST_ROWS: u32 = 200;
pub const CLIENT_TIMEOUT_S: u64 = 10;
pub const KEEP_ALIVE_S: u64 = 30;
pub const MOST_CONNECTIONS: usize = 4096;
/// How long requests that run may take after the service is told to stop.
pub const STOP_TIMEOUT_S: u64 = 20;

const ADDRESS_A_SECOND: u32 = 100;
const ACCOUNT_A_SECOND: u32 = 50;
/// Keys kept before the idle ones are forgotten.
const MOST_KEYS: usize = 100_000;

/// Requests by address (offices share one) and by account.
pub struct Limiter {
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    accounts: DefaultKeyedRateLimiter<UserId>,
}

impl Limiter {
    #[must_use]
    pub fn new() -> Self {
        Self {
            addresses: RateLimiter::keyed(quota(ADDRESS_A_SECOND)),
            accounts: RateLimiter::keyed(quota(ACCOUNT_A_SECOND)),
        }
    }

    /// # Errors
    /// 429 above the quota.
    pub fn address(&self, address: IpAddr) -> Result<(), Problem> {
        check(&self.addresses, &address)
    }

    /// # Errors
    /// 429 above the quota.
    pub fn account(&self, account: UserId) -> Result<(), Problem> {
        check(&self.accounts, &account)
    }
}

impl Default for Limiter {
    fn default() -> Self {
        Self::new()
    }
}

/// A burst of two seconds is let through.
fn quota(a_second: u32) -> Quota {
    let rate = NonZeroU32::new(a_second).unwrap_or(NonZeroU32::MIN);
    let burst = NonZeroU32::new(a_second.saturating_mul(2)).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(rate).allow_burst(burst)
}

fn check<K: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
) -> Result<(), Problem> {
    if limiter.len() > MOST_KEYS {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|until| {
        use governor::clock::{Clock as _, DefaultClock};
        let wait: Duration = until.wait_time_from(DefaultClock::default().now());
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
        Wrong::TooMany { retry_after_seconds: seconds }.into()
    })
}
