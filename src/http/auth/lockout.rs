//! How long an address waits after wrong passwords: doubling, up to a quarter of an hour.
//! Kept in memory: a restart forgets, the rate limit by network address stays.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use crate::domain::calendar::{Instant, MICROSECONDS_A_SECOND};

const FREE_ATTEMPTS: u32 = 5;
const LONGEST_WAIT_S: i64 = 900;
const MOST_ADDRESSES: usize = 100_000;

#[derive(Clone, Copy, Debug)]
struct Attempts {
    failed: u32,
    last: Instant,
}

impl Attempts {
    fn free_at(self) -> Instant {
        if self.failed < FREE_ATTEMPTS {
            return self.last;
        }
        let doublings = (self.failed - FREE_ATTEMPTS).min(10);
        self.last.plus_seconds((1_i64 << doublings).min(LONGEST_WAIT_S))
    }
}

/// Failed attempts by address, known or not.
#[derive(Debug, Default)]
pub struct Lockout(Mutex<HashMap<String, Attempts>>);

impl Lockout {
    /// Counts an attempt as failed until `succeeded` says otherwise, so that attempts made at
    /// once count too.
    pub fn begin(&self, email: &str, now: Instant) -> Result<(), u32> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_ADDRESSES {
            all.retain(|_, kept| kept.last.plus_seconds(LONGEST_WAIT_S) > now);
        }
        let kept = all.entry(email.to_owned()).or_insert(Attempts { failed: 0, last: now });
        if kept.failed > 0 && kept.last.plus_seconds(LONGEST_WAIT_S * 4) < now {
            kept.failed = 0;
        }
        let wait = kept.free_at().0.saturating_sub(now.0);
        if wait > 0 {
            let seconds = wait.div_euclid(MICROSECONDS_A_SECOND) + 1;
            return Err(u32::try_from(seconds).unwrap_or(u32::MAX));
        }
        kept.failed = kept.failed.saturating_add(1);
        kept.last = now;
        Ok(())
    }

    pub fn succeeded(&self, email: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(email);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_five_wrong_passwords_each_wait_is_twice_the_last() {
        let (lockout, now) = (Lockout::default(), Instant(0));
        for _ in 0..5 {
            assert_eq!(lockout.begin("a@b.fr", now), Ok(()));
        }
        assert_eq!(lockout.begin("a@b.fr", now), Err(2));
        let later = now.plus_seconds(1);
        assert_eq!(lockout.begin("a@b.fr", later), Ok(()));
        assert_eq!(lockout.begin("a@b.fr", later), Err(3));
        assert_eq!(lockout.begin("other@b.fr", later), Ok(()));
        lockout.succeeded("a@b.fr");
        assert_eq!(lockout.begin("a@b.fr", later), Ok(()));
    }
}
