//! Holds: workshops that are paid only after a second person has looked, and why.
//! No rule of which are held (`decide/holds.rs`); nothing is ever refused for a signal.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    calendar::Instant,
    ids::{DeviceId, OrganisationId, PaymentId, ProgrammeId, Seq, UserId, VenueId, VoucherId},
    settlement::Amounts,
};

/// The span that a burst is counted in.
pub const BURST_MINUTES: i64 = 10;
/// Redemptions of a venue that are looked back at, and so the highest limit there is.
pub const MOST_RECENT: u16 = 60;
/// Records of a device that are looked back at, and so the highest limit there is.
pub const MOST_OFFLINE: u16 = 100;

/// Why a workshop is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldCause {
    /// More workshops of one pass in a day than is usual.
    ManyInADay,
    /// Whoever issued the pass is called as whoever is paid for it.
    OwnIssuer,
    /// Whoever issued the pass is called as whoever took the workshop.
    SamePerson,
    /// Many redemptions at one venue within ten minutes.
    Burst,
    /// Many workshops without network on one device in a day.
    ManyOffline,
    /// A funder or the operator asks that somebody else looks.
    Disputed,
    /// Whoever has the pass says that they were not there.
    NotThere,
}

impl HoldCause {
    pub const ALL: [Self; 7] = [
        Self::ManyInADay,
        Self::OwnIssuer,
        Self::SamePerson,
        Self::Burst,
        Self::ManyOffline,
        Self::Disputed,
        Self::NotThere,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ManyInADay => "many_in_a_day",
            Self::OwnIssuer => "own_issuer",
            Self::SamePerson => "same_person",
            Self::Burst => "burst",
            Self::ManyOffline => "many_offline",
            Self::Disputed => "disputed",
            Self::NotThere => "not_there",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::ManyInADay => 1,
            Self::OwnIssuer => 2,
            Self::SamePerson => 4,
            Self::Burst => 8,
            Self::ManyOffline => 16,
            Self::Disputed => 32,
            Self::NotThere => 64,
        }
    }
}

/// Causes, each once, in one order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<HoldCause>", into = "Vec<HoldCause>")]
pub struct HoldCauses(u8);

impl HoldCauses {
    pub fn add(&mut self, cause: HoldCause) {
        self.0 |= cause.bit();
    }

    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    pub fn iter(self) -> impl Iterator<Item = HoldCause> {
        HoldCause::ALL.into_iter().filter(move |cause| self.0 & cause.bit() != 0)
    }
}

impl From<Vec<HoldCause>> for HoldCauses {
    fn from(causes: Vec<HoldCause>) -> Self {
        let mut all = Self::default();
        for cause in causes {
            all.add(cause);
        }
        all
    }
}

impl From<HoldCauses> for Vec<HoldCause> {
    fn from(causes: HoldCauses) -> Self {
        causes.iter().collect()
    }
}

/// What makes a programme look twice; a setting that is missing looks at nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Holds {
    /// Workshops of one pass in a day from which on the next one is held.
    #[schema(minimum = 1, maximum = 10)]
    pub workshops_a_day: Option<u8>,
    /// Redemptions at one venue within ten minutes from which on the next one is held.
    #[schema(minimum = 1, maximum = 60)]
    pub redemptions_in_10_minutes: Option<u16>,
    /// Workshops without network of one device in a day from which on the next one is held.
    #[schema(minimum = 1, maximum = 100)]
    pub offline_a_day: Option<u16>,
    /// Whether a workshop is held if issuer and organisation have the same name.
    pub own_issuer: bool,
    /// Whether a workshop is held if agent and scanner have the same name.
    pub same_person: bool,
}

impl Default for Holds {
    fn default() -> Self {
        Self {
            workshops_a_day: Some(2),
            redemptions_in_10_minutes: Some(30),
            offline_a_day: Some(60),
            own_issuer: true,
            same_person: true,
        }
    }
}

impl Holds {
    /// Nothing is held.
    pub const NONE: Self = Self {
        workshops_a_day: None,
        redemptions_in_10_minutes: None,
        offline_a_day: None,
        own_issuer: false,
        same_person: false,
    };

    /// As programmes from before there were holds: their terms read and hash as they did.
    #[must_use]
    pub fn usual(&self) -> bool {
        *self == Self::default()
    }

    /// The setting that is out of its range.
    #[must_use]
    pub fn wrong(&self) -> Option<&'static str> {
        let out = |limit: Option<u16>, most| limit.is_some_and(|set| !(1..=most).contains(&set));
        let settings = [
            ("holds.workshops_a_day", self.workshops_a_day.map(u16::from), 10),
            ("holds.redemptions_in_10_minutes", self.redemptions_in_10_minutes, MOST_RECENT),
            ("holds.offline_a_day", self.offline_a_day, MOST_OFFLINE),
        ];
        settings.into_iter().find(|(_, limit, most)| out(*limit, *most)).map(|(name, ..)| name)
    }
}

/// What has become of a held workshop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoldState {
    /// It waits for somebody to look, and no run pays it.
    Held,
    Released,
    /// Undone: it is never paid.
    Reversed,
}

impl HoldState {
    pub const ALL: [Self; 3] = [Self::Held, Self::Released, Self::Reversed];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Released => "released",
            Self::Reversed => "reversed",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// A held workshop: an exception to the slice of the journal that it stands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub redemption: Seq,
    pub programme: ProgrammeId,
    pub organisation: OrganisationId,
    pub venue: VenueId,
    pub voucher: VoucherId,
    pub causes: HoldCauses,
    /// What it earned.
    pub amounts: Amounts,
    /// Who took the workshop: somebody else decides.
    pub taken_by: Option<UserId>,
    /// Who asked that somebody else looks.
    pub disputed_by: Option<UserId>,
    pub state: HoldState,
    /// The event that released or reversed it.
    pub decision: Option<Seq>,
    /// The payment of its slice was prepared while it was held, without it.
    pub left_out: bool,
    /// The later payment that pays it after its release.
    pub payment: Option<PaymentId>,
}

impl Hold {
    /// Released after its slice was paid: the next payment takes it up.
    #[must_use]
    pub fn due(&self) -> bool {
        self.state == HoldState::Released && self.left_out && self.payment.is_none()
    }
}

/// What was decided about a held workshop, in somebody's own words: they stand beside the events.
#[derive(Clone, Debug)]
pub struct HoldRuling {
    pub redemption: Seq,
    pub at: Instant,
    pub by: Option<UserId>,
    pub note: String,
}

/// Why somebody asked that a workshop is looked at before it is paid, in their own words.
#[derive(Clone, Debug)]
pub struct HoldReason {
    pub redemption: Seq,
    pub at: Instant,
    pub note: String,
}

/// A workshop that a device took without network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenOffline {
    /// Its place in the device's chain.
    pub sequence: u32,
    pub at: Instant,
    pub workshops: u8,
}

/// What signals are read from: never more than `decide` looks back.
#[derive(Clone, Debug, Default)]
pub struct Signals {
    /// When the last workshops of a venue took place, the newest last.
    pub recent: HashMap<VenueId, VecDeque<Instant>>,
    /// What people are called, as `likeness` says.
    pub people: HashMap<UserId, Option<u64>>,
    /// What the devices of a batch took without network.
    pub offline: HashMap<DeviceId, Vec<TakenOffline>>,
}

impl Signals {
    /// Notes a workshop at a venue that is known already.
    pub fn note(&mut self, venue: VenueId, at: Instant) {
        let Some(recent) = self.recent.get_mut(&venue) else { return };
        if recent.len() >= usize::from(MOST_RECENT) {
            recent.pop_front();
        }
        recent.push_back(at);
    }
}

/// The same for names that differ in case and marks alone; nothing for a name without letters.
/// A hash, so that no name is kept for it.
#[must_use]
pub fn likeness(name: &str) -> Option<u64> {
    let letters: String = name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.is_empty() {
        return None;
    }
    let hash = Sha256::digest(letters.as_bytes());
    hash.first_chunk().map(|first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_read_as_they_were_written() {
        let mut causes = HoldCauses::default();
        assert!(causes.is_empty());
        causes.add(HoldCause::Burst);
        causes.add(HoldCause::ManyInADay);
        causes.add(HoldCause::Burst);
        let text = serde_json::to_string(&causes).unwrap();
        assert_eq!(text, r#"["many_in_a_day","burst"]"#);
        assert_eq!(serde_json::from_str::<HoldCauses>(&text).unwrap(), causes);
        for cause in HoldCause::ALL {
            let json = serde_json::to_string(&cause).unwrap();
            assert_eq!(json, format!("\"{}\"", cause.code()));
        }
    }

    #[test]
    fn names_are_alike_in_any_case_and_with_any_marks() {
        assert_eq!(likeness("CCAS d’Arles"), likeness("ccas d'arles"));
        assert_ne!(likeness("CCAS d’Arles"), likeness("CCAS d’Apt"));
        assert_eq!(likeness(" – "), None);
    }

    #[test]
    fn a_setting_out_of_its_range_is_named() {
        assert_eq!(Holds::default().wrong(), None);
        assert_eq!(Holds::NONE.wrong(), None);
        let wrong = Holds { offline_a_day: Some(0), ..Holds::default() };
        assert_eq!(wrong.wrong(), Some("holds.offline_a_day"));
        let wrong = Holds { redemptions_in_10_minutes: Some(61), ..Holds::default() };
        assert_eq!(wrong.wrong(), Some("holds.redemptions_in_10_minutes"));
    }
}
