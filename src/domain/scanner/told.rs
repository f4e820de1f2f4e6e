//! Handing records over, and what the service says of each: what may be forgotten, and when.
//! No verdict is given here, and no transport.

use serde::{Deserialize, Serialize};

use super::{MOST_FATES, MOST_PUT_ASIDE, Scanner, Spend, Waiting};
use crate::domain::{
    calendar::{Day, Instant},
    ids::{RequestId, Seq, VenueId, VoucherId},
    record::{DecidedRecord, MOST_RECORDS, Record},
};

const QUARANTINED: &str = "quarantined";

/// A redemption that the service counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    pub seq: Seq,
    pub voucher: VoucherId,
    pub workshops: u8,
    pub last_day: Day,
    /// Undone since.
    #[serde(default)]
    pub reversed: bool,
}

/// What the service says of a record. Names that this program does not know are kept as they are:
/// what is not refused may still be counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub sequence: u32,
    pub verdict: String,
    /// The device may forget text and code.
    pub kept: bool,
    /// The reason of a refusal, or the cause for which it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
}

/// What became of a record: ids alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    pub request: RequestId,
    #[serde(flatten)]
    pub told: Told,
}

impl Scanner {
    /// What is to be handed over next, in the order of the chain. What the service did not take
    /// the last time comes after what it has not seen, so that it blocks nothing.
    #[must_use]
    pub fn upload(&self) -> Vec<(u32, &Waiting)> {
        let of = |seen: bool| {
            let mine = move |(_, one): &(&u32, &Waiting)| one.problem.is_some() == seen;
            self.waiting.iter().filter(mine).map(|(sequence, one)| (*sequence, one))
        };
        of(false).chain(of(true)).take(MOST_RECORDS).collect()
    }

    /// Whether something waits that the service has not seen.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.waiting.values().any(|one| one.problem.is_none())
    }

    pub(super) fn take_verdict(&mut self, told: &Told) {
        let Some(waiting) = self.waiting.get_mut(&told.sequence) else { return };
        if !told.kept {
            waiting.problem = Some(told.why.clone().unwrap_or_else(|| told.verdict.clone()));
            return;
        }
        let Some(waiting) = self.waiting.remove(&told.sequence) else { return };
        let request = waiting.request;
        match (&told.counted, told.verdict.as_str()) {
            (Some(counted), _) if counted.reversed => self.forget(request),
            (Some(counted), _) => self.count(request, counted, &waiting),
            // The pass does not pay for it, whoever does.
            (None, "refused" | "conflict") => self.forget(request),
            // It waits for a decision: it may still be counted.
            (None, _) => {}
        }
        self.fates.push(Fate { request, told: told.clone() });
        let many = self.fates.len().saturating_sub(MOST_FATES);
        self.fates.drain(..many);
    }

    /// The places of records of which nobody has said yet whether they count, the last ones.
    #[must_use]
    pub fn put_aside(&self) -> Vec<u32> {
        let waiting = self.fates.iter().rev().filter(|fate| fate.told.verdict == QUARANTINED);
        waiting.take(MOST_PUT_ASIDE).map(|fate| fate.told.sequence).collect()
    }

    pub(super) fn take_decision(&mut self, decided: &DecidedRecord) {
        let DecidedRecord { request, accepted, redemption, .. } = *decided;
        let Some(fate) = self.fates.iter_mut().find(|fate| fate.request == request) else { return };
        if fate.told.verdict != QUARANTINED {
            return;
        }
        let verdict = match (accepted, redemption) {
            (false, _) => "refused",
            (true, Some(_)) => "accepted",
            (true, None) => "conflict",
        };
        verdict.clone_into(&mut fate.told.verdict);
        match redemption {
            Some(seq) => {
                let spend = self.spends.iter_mut().find(|spend| spend.request == request);
                if let Some(spend) = spend {
                    spend.counted = Some(seq);
                }
            }
            // Rejected; or taken over as a conflict, which the pass does not pay.
            None => self.forget(request),
        }
    }

    fn forget(&mut self, request: RequestId) {
        self.spends.retain(|spend| spend.request != request);
    }

    fn count(&mut self, request: RequestId, counted: &Counted, waiting: &Waiting) {
        let (seq, workshops) = (Some(counted.seq), counted.workshops);
        if let Some(spend) = self.spends.iter_mut().find(|spend| spend.request == request) {
            spend.counted = seq;
            return;
        }
        // A typed code: only now the device hears whose it was.
        let Some((venue, at)) = self.place_of(waiting) else { return };
        let (voucher, last_day) = (counted.voucher, counted.last_day);
        let spend = Spend { voucher, request, venue, workshops, at, last_day, counted: seq };
        self.spends.push(spend);
    }

    fn place_of(&self, waiting: &Waiting) -> Option<(VenueId, Instant)> {
        let (device, public) = (self.identity.device, self.identity.public);
        let record = Record::read(&waiting.record, device, &public).ok()?;
        Some((record.claims.venue, record.claims.occurred_at()))
    }
}
