//! The present moment, and random bytes: the only place that asks the machine for them.
//! No rules.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use uuid::Uuid;

use crate::domain::{
    calendar::Instant,
    ids::{RequestId, VoucherId},
};

use super::signer::NoRandomness;

/// Tells the time: the machine's, or one that is set by hand.
#[derive(Clone, Debug, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    #[must_use]
    pub const fn system() -> Self {
        Self(None)
    }

    /// A clock that stands still until it is set.
    #[must_use]
    pub fn fixed(at: Instant) -> Self {
        Self(Some(Arc::new(AtomicI64::new(at.0))))
    }

    /// Sets a fixed clock; the machine's own is left alone.
    pub fn set(&self, at: Instant) {
        if let Some(fixed) = &self.0 {
            fixed.store(at.0, Ordering::SeqCst);
        }
    }

    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one clock")]
    pub fn now(&self) -> Instant {
        match &self.0 {
            Some(fixed) => Instant(fixed.load(Ordering::SeqCst)),
            None => Instant(jiff::Timestamp::now().as_microsecond()),
        }
    }
}

/// 32 random bytes.
///
/// # Errors
/// When the machine gives none.
#[expect(clippy::disallowed_methods, reason = "where randomness comes in")]
pub fn random_bytes() -> Result<[u8; 32], NoRandomness> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(NoRandomness::from)?;
    Ok(bytes)
}

/// A voucher id of 63 random bits.
///
/// # Errors
/// When the machine gives no randomness.
#[expect(clippy::disallowed_methods, reason = "where randomness comes in")]
pub fn random_voucher_id() -> Result<VoucherId, NoRandomness> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(NoRandomness::from)?;
    Ok(VoucherId(i64::from_be_bytes(bytes) & i64::MAX))
}

/// A request id of our own: `UUIDv7` (RFC 9562), so that ids follow time.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "where our own ids come in")]
pub fn request_id() -> RequestId {
    RequestId(Uuid::now_v7())
}
