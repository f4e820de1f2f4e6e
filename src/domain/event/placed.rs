//! An event at its place in the journal, chained to the one before.
//! No kinds of event: `event.rs` lists them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Body;
use crate::domain::{
    calendar::{Day, Instant},
    ids::{DeviceId, ProgrammeId, Seq, UserId, VoucherId},
    ledger::Posting,
};

/// An event at its place in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub seq: Seq,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    /// The business day: of recording, in the programme's time zone.
    pub day: Day,
    pub actor: Option<UserId>,
    pub device: Option<DeviceId>,
    pub programme: Option<ProgrammeId>,
    pub voucher: Option<VoucherId>,
    pub body: Body,
}

impl Body {
    /// The number of this event in a journal that ends at `head`: the next one, or the one after
    /// those that it says are lost, or that another operator's journal had.
    #[must_use]
    pub const fn seq_after(&self, head: i64) -> Seq {
        match self {
            Self::Restored { lost_from, lost_to }
                if lost_from.0 == head + 1 && lost_to.0 >= head =>
            {
                Seq(lost_to.0.saturating_add(1))
            }
            Self::ProgrammeTakenOver(taken) if taken.through.0 >= head => {
                Seq(taken.through.0.saturating_add(1))
            }
            _ => Seq(head + 1),
        }
    }
}

impl Event {
    /// The redemption that this event undoes.
    #[must_use]
    pub const fn reverses(&self) -> Option<Seq> {
        match self.body {
            Body::Reversed { redemption } => Some(redemption),
            _ => None,
        }
    }

    /// SHA-256 over the hash before, the event's content and its postings.
    ///
    /// # Errors
    /// Never for the types above; the signature keeps the cause should that change.
    pub fn chained(
        &self,
        before: &[u8; 32],
        postings: &[Posting],
    ) -> Result<[u8; 32], serde_json::Error> {
        let mut hash = Sha256::new();
        hash.update(before);
        let content = serde_json::to_vec(self)?;
        hash.update((content.len() as u64).to_be_bytes());
        hash.update(content);
        for posting in postings {
            for number in
                [posting.account.0, posting.amount.0, posting.debit_after.0, posting.credit_after.0]
            {
                hash.update(number.to_be_bytes());
            }
        }
        Ok(hash.finalize().into())
    }
}
