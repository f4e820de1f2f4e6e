//! Conflicts: workshops taken without network that a pass does not pay for any more, though the
//! device could not know. No decision here (`decide/conflicts.rs`), and no text of a pass.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    calendar::{Instant, MICROSECONDS_A_SECOND},
    command::Delivery,
    ids::{DeviceId, IssuerId, OrganisationId, ProgrammeId, Seq, UserId, VenueId, VoucherId},
    record::{Claims, Hash},
    refusal::Reason,
};

/// A conflict as its event tells it, with what reports count it under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contested {
    /// The device that made the record, its place in the chain, and its hash.
    pub device: DeviceId,
    pub sequence: u32,
    pub hash: Hash,
    /// Why the pass does not pay.
    pub reason: Reason,
    /// The redemptions that left too little, of which the device had not heard.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub against: Vec<Seq>,
    pub venue: VenueId,
    pub organisation: OrganisationId,
    pub issuer: IssuerId,
    pub territory: String,
    pub delivery: Delivery,
    pub workshops: u8,
    /// The manual code was typed: without network nobody could verify it.
    pub typed: bool,
    /// The version of the programme whose price the pass has.
    pub version: i32,
    /// The month of the workshop in the programme's time zone, as 202611.
    pub month: i64,
}

/// What has become of a conflict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    #[default]
    Open,
    /// By the programme's guarantee, by the event with this number.
    Paid(Seq),
    /// Not paid, as this event says; it may still be.
    Unpaid(Seq),
}

impl Fate {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid(_) => "paid",
            Self::Unpaid(_) => "unpaid",
        }
    }

    /// The event that decided it last.
    #[must_use]
    pub const fn decision(self) -> Option<Seq> {
        match self {
            Self::Open => None,
            Self::Paid(seq) | Self::Unpaid(seq) => Some(seq),
        }
    }

    #[must_use]
    pub fn from_parts(code: &str, decision: Option<Seq>) -> Option<Self> {
        match (code, decision) {
            ("open", None) => Some(Self::Open),
            ("paid", Some(seq)) => Some(Self::Paid(seq)),
            ("unpaid", Some(seq)) => Some(Self::Unpaid(seq)),
            _ => None,
        }
    }
}

/// A conflict as a decision needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The event that opened it.
    pub seq: Seq,
    pub programme: ProgrammeId,
    pub voucher: VoucherId,
    pub contested: Contested,
    pub occurred_at: Instant,
    pub recorded_at: Instant,
    pub fate: Fate,
}

/// What was decided about a conflict, in somebody's own words: they stand beside the events.
#[derive(Clone, Debug)]
pub struct Ruling {
    pub conflict: Seq,
    pub at: Instant,
    pub by: Option<UserId>,
    pub note: String,
}

/// Workshops of one device and month that a guarantee has paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guaranteed {
    pub workshops: i64,
    /// Of these, those of typed codes.
    pub typed: i64,
}

/// Whose guarantee, which device, which month.
pub type Exposure = (ProgrammeId, DeviceId, i64);

/// What a device could know when it made a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Knowledge {
    pub device: DeviceId,
    /// Everything up to this event.
    pub seen: Seq,
    /// The time of its last complete feed.
    pub feed_at: Option<Instant>,
}

impl Knowledge {
    #[must_use]
    pub const fn of(claims: &Claims) -> Self {
        Self { device: claims.device, seen: claims.seen, feed_at: claims.feed_at }
    }

    /// Whether it had heard of an event.
    #[must_use]
    pub fn has(self, seq: Seq) -> bool {
        seq <= self.seen
    }

    /// Whether what it knew at a moment was no older than so many days.
    #[must_use]
    pub fn fresh_at(self, at: Instant, days: u16) -> bool {
        let span = i64::from(days) * 86_400 * MICROSECONDS_A_SECOND;
        self.feed_at.is_some_and(|feed| at.0.saturating_sub(feed.0) <= span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knowledge_ages_by_the_day_and_none_is_never_fresh() {
        let day = |day: i64| Instant(day * 86_400 * MICROSECONDS_A_SECOND);
        let known = Knowledge { device: DeviceId(1), seen: Seq(9), feed_at: Some(day(10)) };
        assert!(known.fresh_at(day(17), 7) && !known.fresh_at(Instant(day(17).0 + 1), 7));
        assert!(!Knowledge { feed_at: None, ..known }.fresh_at(day(0), 7));
        assert!(known.has(Seq(9)) && !known.has(Seq(10)));
    }

    #[test]
    fn a_fate_is_read_as_it_was_written() {
        for fate in [Fate::Open, Fate::Paid(Seq(3)), Fate::Unpaid(Seq(4))] {
            assert_eq!(Fate::from_parts(fate.code(), fate.decision()), Some(fate));
        }
        assert_eq!(Fate::from_parts("paid", None), None);
    }
}
