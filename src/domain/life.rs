//! The life of a voucher: its state at any moment, and the workshops it still opens.
//! No money beyond which stage the voucher's free workshops stand in.

use serde::{Deserialize, Serialize};

use super::{
    calendar::{Day, Instant, Zone},
    ids::{DeviceId, IssuerId, ProgrammeId, Seq, UserId, VenueId, VoucherId},
    ledger::Stage,
};

/// What people decided about a voucher; exhausted and expired are derived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Stock,
    Active,
    Suspended,
    Cancelled,
    Replaced,
}

/// The state that people see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Stock,
    Active,
    Suspended,
    Exhausted,
    Expired,
    Cancelled,
    Replaced,
}

impl State {
    /// As it is written in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Exhausted => "exhausted",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
        }
    }
}

/// Where the money of the voucher's free workshops stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Money {
    /// Stock holds no budget.
    None,
    Committed,
    /// Expired or cancelled, waiting for late offline records.
    Releasable,
    /// Back in the budget.
    Released,
}

impl Money {
    /// The stage that free workshops stand in, and that a reversed one returns to.
    #[must_use]
    pub const fn stage(self) -> Option<Stage> {
        match self {
            Self::None => None,
            Self::Committed => Some(Stage::Committed),
            Self::Releasable => Some(Stage::Releasable),
            Self::Released => Some(Stage::Available),
        }
    }

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Committed => "committed",
            Self::Releasable => "releasable",
            Self::Released => "released",
        }
    }
}

impl Standing {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Cancelled => "cancelled",
            Self::Replaced => "replaced",
        }
    }
}

/// From this moment on, this standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub at: Instant,
    pub to: Standing,
    /// The event that said so.
    pub seq: Seq,
}

/// A live redemption of the voucher: reversed ones are taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    pub seq: Seq,
    pub venue: VenueId,
    pub at: Instant,
    /// The day of the workshop in the programme's time zone.
    pub day: Day,
    pub numbers: Vec<i64>,
    /// The device that took it: what one has taken itself it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// A voucher: the fold of its events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    pub id: VoucherId,
    pub programme: ProgrammeId,
    pub version: i32,
    pub issuer: IssuerId,
    pub agent: Option<UserId>,
    /// The 20 bytes that were signed.
    pub payload: [u8; 20],
    /// Workshops at issue.
    pub workshops: u8,
    pub first_day: Day,
    /// Inclusive, with the tolerance.
    pub last_day: Day,
    /// Standings in the order of time; never empty.
    pub life: Vec<Change>,
    pub money: Money,
    /// Numbers not used yet, in the order in which they will be.
    pub free: Vec<i64>,
    pub uses: Vec<Use>,
    pub predecessor: Option<VoucherId>,
    pub successor: Option<VoucherId>,
    /// The voucher that it replaces was started: it does not start anew.
    pub begun: bool,
    /// The last event of this voucher alone: that of a batch's chunk is of many.
    pub last_event: Option<Seq>,
    /// The event that issued it.
    pub issued_seq: Seq,
    /// Its place in the register of vouchers, from 1.
    pub number: i64,
    /// The batch that it is of.
    pub batch: Option<Seq>,
}

impl Voucher {
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.life.last().map_or(Standing::Stock, |change| change.to)
    }

    /// The standing at a moment, `None` before issue, and since when.
    #[must_use]
    pub fn standing_at(&self, at: Instant) -> Option<Change> {
        self.life.iter().rev().find(|change| change.at <= at).copied()
    }

    /// Workshops that it still opens if its dates and standing allow.
    #[must_use]
    pub fn left(&self) -> u8 {
        match self.standing() {
            Standing::Stock => self.workshops,
            _ => u8::try_from(self.free.len()).unwrap_or(u8::MAX),
        }
    }

    /// Cancelled or replaced, which neither its last workshop nor its last day changes.
    #[must_use]
    pub fn ended_by_people(&self) -> bool {
        matches!(self.standing(), Standing::Cancelled | Standing::Replaced)
    }

    /// Its last workshop is taken: exhausted, whatever its last day.
    #[must_use]
    pub fn spent(&self) -> bool {
        matches!(self.standing(), Standing::Active | Standing::Suspended) && self.free.is_empty()
    }

    #[must_use]
    pub fn state(&self, today: Day) -> State {
        match self.standing() {
            Standing::Cancelled => State::Cancelled,
            Standing::Replaced => State::Replaced,
            Standing::Stock if today <= self.last_day => State::Stock,
            _ if self.spent() => State::Exhausted,
            _ if today > self.last_day => State::Expired,
            Standing::Suspended => State::Suspended,
            _ => State::Active,
        }
    }

    /// The last day on which a late record may still take what waits to return.
    #[must_use]
    pub fn waits_until(&self, late_limit_days: u16, zone: &Zone) -> Day {
        let ended = self.life.last().filter(|_| self.ended_by_people());
        let end = ended.map_or(self.last_day, |change| change.at.day(zone));
        end.plus(i32::from(late_limit_days))
    }

    /// Whether `state` may be printed, sent or signed again.
    #[must_use]
    pub const fn signable(state: State) -> bool {
        matches!(state, State::Active | State::Stock)
    }
}
