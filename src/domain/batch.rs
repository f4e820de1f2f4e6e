//! A batch: many vouchers of one kind, taken at once and minted in chunks.
//! No single voucher (`life.rs`).

use serde::{Deserialize, Serialize};

use super::{
    calendar::Day,
    ids::{IssuerId, ProgrammeId, Seq, UserId, VoucherId},
    programme::turned,
    voucher::Kid,
};

/// Vouchers of one batch at most.
pub const LARGEST_BATCH: u32 = 100_000;
/// Vouchers that one event lists at most.
pub const LARGEST_CHUNK: usize = 500;

/// What a batch is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchOpened {
    pub issuer: IssuerId,
    /// Of each voucher.
    pub workshops: u8,
    /// Vouchers.
    pub count: u32,
    /// Printed ahead: its money is taken at activation.
    pub stock: bool,
}

/// A chunk of a batch; all other bytes of a payload follow from the batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchMinted {
    pub batch: Seq,
    pub kid: Kid,
    pub first_day: Day,
    pub last_day: Day,
    pub vouchers: Vec<VoucherId>,
}

/// A batch: the fold of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// The event that opened it: its number.
    pub seq: Seq,
    pub programme: ProgrammeId,
    pub version: i32,
    pub issuer: IssuerId,
    pub agent: Option<UserId>,
    /// Of each voucher.
    pub workshops: u8,
    /// Vouchers in all.
    pub count: u32,
    /// Printed ahead: it took no workshop numbers.
    pub stock: bool,
    pub first_number: i64,
    pub first_ordinal: i64,
    /// Vouchers that are there already.
    pub minted: u32,
}

impl Batch {
    #[must_use]
    pub const fn left(&self) -> u32 {
        self.count.saturating_sub(self.minted)
    }

    /// Workshops of all its vouchers.
    #[must_use]
    pub fn total_workshops(&self) -> i64 {
        i64::from(self.count) * i64::from(self.workshops)
    }

    /// The workshop numbers of its voucher at `index`, in the order of their use: as if the
    /// vouchers had been issued one by one.
    #[must_use]
    pub fn numbers(&self, index: u32) -> Vec<i64> {
        let first = self.first_number + i64::from(index) * i64::from(self.workshops);
        turned(first, self.first_ordinal + i64::from(index), self.workshops)
    }
}
