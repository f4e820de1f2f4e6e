//! A device as a program is one: what it knows, what waits on it, what it may say by itself.
//! Pure: no clock, file or network, and no private key; signatures come in as values.

mod knowledge;
mod leaked;
mod offline;
mod steps;
mod told;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use knowledge::{Cursor, Knowledge};
pub use offline::{Judged, MOST_CLAIMS};
pub use steps::{Attempt, Entry, Step, Unfit};
pub use told::{Counted, Fate, Told};

use super::{
    calendar::{Day, Instant, Zone},
    command::Delivery,
    ids::{DeviceId, OrganisationId, ProgrammeId, RequestId, Seq, UserId, VenueId, VoucherId},
    key::{KeyRing, KeyState, VoucherKey, admissible},
    key_register::PublicKey,
    key_set::{BadKeySet, KeySet},
    record::Hash,
    service::Service,
    voucher::Kid,
};
use leaked::Lists;

/// The longest text that is scanned, in bytes: the service takes no longer one.
pub const LONGEST_CODE: usize = 512;
/// Fates of records that are remembered, the last ones.
const MOST_FATES: usize = 1_000;
/// Records that were put aside and are asked about at one meeting.
const MOST_PUT_ASIDE: usize = 100;

/// Which device this is, and whose word it takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub device: DeviceId,
    pub organisation: OrganisationId,
    /// The public half of its own key.
    pub public: PublicKey,
    /// Where it is asked: scheme and authority.
    pub service: String,
    /// What key sets name as their issuer.
    pub issuer: String,
    /// The key that signs key sets: pinned when it is first told.
    pub root: Option<PublicKey>,
}

/// Where the device takes workshops, and for whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Places {
    pub venues: BTreeMap<VenueId, String>,
    pub programmes: BTreeMap<ProgrammeId, Admitted>,
}

/// Of a programme's terms, what a device can hold against a workshop by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Admitted {
    pub time_zone: Zone,
    pub service_required: bool,
    /// Empty: all.
    pub services: Vec<Service>,
    pub workshops_a_day: Option<u8>,
    pub workshops_a_venue: Option<u8>,
    /// A feed older than this is at the venue's own risk, in days.
    pub feed_days: u16,
}

/// The service's time as it was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The service's.
    pub server_at: Instant,
    /// The device's own, at the same moment.
    pub clock_at: Instant,
}

impl Heard {
    /// What the device adds to its clock, in milliseconds, rounded up: the sum is never before
    /// what was heard.
    #[must_use]
    pub const fn offset_ms(self) -> i64 {
        let off = self.server_at.0.saturating_sub(self.clock_at.0);
        off.div_euclid(1_000) + (off.rem_euclid(1_000) > 0) as i64
    }
}

/// What somebody scanned or typed, for what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scan {
    pub code: String,
    pub venue: VenueId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<UserId>,
    pub workshops: u8,
    #[serde(default)]
    pub delivery: Delivery,
}

/// The end of the device's chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    pub sequence: u32,
    pub hash: Hash,
    pub occurred_at: Instant,
}

/// A record that the service has not taken yet, with what its hash is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub record: String,
    pub salt: [u8; 16],
    pub code: String,
    pub request: RequestId,
    /// Why the service did not take it: somebody must look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// What this device took of a voucher.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spend {
    pub voucher: VoucherId,
    pub request: RequestId,
    pub venue: VenueId,
    pub workshops: u8,
    pub at: Instant,
    pub last_day: Day,
    /// The event that counted it; `None` while nobody can tell.
    pub counted: Option<Seq>,
}

/// Everything that a device keeps, but its private key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scanner {
    pub identity: Identity,
    pub places: Places,
    /// It heard that it was revoked: it takes nothing more, and hands over what it has.
    pub revoked: bool,
    clock_offset_ms: i64,
    server_at: Instant,
    key_set: Option<String>,
    #[serde(skip)]
    keys: Option<Keys>,
    knowledge: Knowledge,
    #[serde(default)]
    lists: Lists,
    attempts: Vec<Attempt>,
    head: Head,
    waiting: BTreeMap<u32, Waiting>,
    spends: Vec<Spend>,
    fates: Vec<Fate>,
}

/// A key set that was read.
#[derive(Clone, Debug)]
struct Keys {
    ring: KeyRing,
    sequence: u64,
    expires_at: Instant,
}

impl Scanner {
    /// A device that was just enrolled: it has taken nothing yet.
    #[must_use]
    pub fn new(identity: Identity, heard: Heard) -> Self {
        Self {
            identity,
            places: Places::default(),
            revoked: false,
            clock_offset_ms: heard.offset_ms(),
            server_at: heard.server_at,
            key_set: None,
            keys: None,
            knowledge: Knowledge::default(),
            lists: Lists::default(),
            attempts: Vec::new(),
            head: Head { sequence: 0, hash: Hash::default(), occurred_at: heard.server_at },
            waiting: BTreeMap::new(),
            spends: Vec::new(),
            fates: Vec::new(),
        }
    }

    /// What the entries of a device's journal lead to; `None` if there are none.
    ///
    /// # Errors
    /// When they do not follow from each other.
    pub fn replayed(entries: impl IntoIterator<Item = Entry>) -> Result<Option<Self>, Unfit> {
        let mut scanner: Option<Self> = None;
        for entry in entries {
            match (entry, &mut scanner) {
                (Entry::All(all), _) => scanner = Some(all.with_keys()?),
                (Entry::Step(step), Some(scanner)) => scanner.apply(&step)?,
                (Entry::Step(_), None) => return Err(Unfit::Unreadable),
            }
        }
        Ok(scanner)
    }

    /// The key set is kept as its text.
    fn with_keys(mut self) -> Result<Self, Unfit> {
        let read = self.key_set.as_ref().map(|text| Keys::read(&self.identity, text, 0));
        self.keys = read.transpose()?;
        Ok(self)
    }

    /// The service's time at this moment of the device's clock, as far as it knows: never before
    /// what it heard or recorded last.
    #[must_use]
    pub fn moment(&self, clock_at: Instant) -> Instant {
        let by_clock = clock_at.0.saturating_add(self.clock_offset_ms.saturating_mul(1_000));
        Instant(by_clock).max(self.server_at).max(self.head.occurred_at)
    }

    #[must_use]
    pub const fn head(&self) -> &Head {
        &self.head
    }

    #[must_use]
    pub const fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// The keys that leaked, as the key set says: their signature proves nothing any more.
    #[must_use]
    pub fn leaked(&self) -> Vec<Kid> {
        let keys = self.keys.iter().flat_map(|keys| keys.ring.keys());
        let leaked = keys.filter(|key| key.state == KeyState::Compromised);
        leaked.map(VoucherKey::kid).collect()
    }

    /// Where the list of a leaked key's genuine passes is to be gone on with; `None`: it is whole.
    #[must_use]
    pub fn next_of(&self, leaked: Kid) -> Option<i64> {
        self.lists.next(leaked, &self.programmes())
    }

    fn programmes(&self) -> Vec<ProgrammeId> {
        self.places.programmes.keys().copied().collect()
    }

    /// Records that the service has not taken yet, by their place.
    #[must_use]
    pub const fn waiting(&self) -> &BTreeMap<u32, Waiting> {
        &self.waiting
    }

    /// What was asked online, and not answered: to be asked again under the same id.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    #[must_use]
    pub fn spends(&self) -> &[Spend] {
        &self.spends
    }

    /// What became of the last records.
    #[must_use]
    pub fn fates(&self) -> &[Fate] {
        &self.fates
    }

    /// Of the key set; `None` without one.
    #[must_use]
    pub fn keys_expire_at(&self) -> Option<Instant> {
        self.keys.as_ref().map(|keys| keys.expires_at)
    }
}

impl Keys {
    fn read(identity: &Identity, text: &str, seen: u64) -> Result<Self, BadKeySet> {
        let root = identity.root.ok_or(BadKeySet::Signature)?;
        let root = admissible(&root.0)?;
        let set = KeySet::read(text, &root, &identity.issuer, seen)?;
        let mut keys = set.keys;
        for key in &mut keys {
            // It was published so that devices know it when it begins to sign: its window tells.
            if key.state == KeyState::Pending {
                key.state = KeyState::Active;
            }
        }
        Ok(Self { ring: KeyRing::new(keys), sequence: set.sequence, expires_at: set.expires_at })
    }
}
