//! The register of voucher keys: the life of each, and when its next step is due.
//! No signature is checked here (see `key`), and no private key is known.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

use super::{
    calendar::{Day, Instant, MICROSECONDS_A_SECOND},
    ids::Seq,
    key::{Inadmissible, KeyState, VoucherKey, kid},
    voucher::Kid,
};

/// How long a key is published before its first use, in seconds: 7 days.
pub const PUBLISHED_S: i64 = 7 * 86_400;
/// How long the key before stays active beside a new one, in seconds: every instance has read
/// the register again long before.
pub const OVERLAP_S: i64 = 86_400;
/// Days that a retired key verifies after the last day of the last voucher it signed.
pub const VERIFIES_AFTER_DAYS: i32 = 90;

/// An Ed25519 public key (RFC 8032), shown in hexadecimal. Not checked for being admissible.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    #[must_use]
    pub fn kid(&self) -> Kid {
        kid(&self.0)
    }
}

impl utoipa::PartialSchema for PublicKey {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9a-f]{64}$"))
            .into()
    }
}

impl utoipa::ToSchema for PublicKey {}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

/// What is wrong with a text that should be a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a public key: 64 hexadecimal digits")]
pub struct NotAPublicKey;

impl FromStr for PublicKey {
    type Err = NotAPublicKey;

    fn from_str(text: &str) -> Result<Self, NotAPublicKey> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes());
        let bytes = bytes.ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(NotAPublicKey)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// What a key was added for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To be the first of a service: refused where there is one already.
    First,
    /// To take over as soon as its 7 days are over, after which the keys before it retire.
    Rotation,
    /// To be at hand: it stays pending until it is activated by hand.
    Spare,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::First, Self::Rotation, Self::Spare];

    /// The stable name, as the database shows it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Rotation => "rotation",
            Self::Spare => "spare",
        }
    }
}

/// Why a key is used before it was published for 7 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Early {
    /// The first key of a service: nobody has an older set.
    FirstKey,
    /// The key before leaked.
    KeyCompromised,
    /// The private file of the key before is gone.
    KeyLost,
}

/// What is asked about keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAsk {
    Add {
        public: PublicKey,
        purpose: Purpose,
    },
    Activate {
        kid: Kid,
        early: Option<Early>,
    },
    Retire {
        kid: Kid,
    },
    Compromise {
        kid: Kid,
    },
    Publish {
        root: PublicKey,
        issuer: String,
        /// The JWS of `key_set`.
        text: String,
        /// Scanners have another root pinned and must be enrolled again.
        new_root: bool,
    },
}

/// A key as the register has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    pub public: PublicKey,
    pub state: KeyState,
    pub purpose: Purpose,
    /// Its event: the order of the register.
    pub added: Seq,
    pub added_at: Instant,
    pub activated_at: Option<Instant>,
    /// When it was retired or found to be compromised.
    pub ended_at: Option<Instant>,
    /// The signing window, of active and once active keys.
    pub first_day: Option<Day>,
    pub last_day: Option<Day>,
    /// Of a retired key: after this day it is published no more.
    pub verifies_until: Option<Day>,
}

impl Registered {
    #[must_use]
    pub const fn pending(
        public: PublicKey,
        purpose: Purpose,
        added: Seq,
        added_at: Instant,
    ) -> Self {
        Self {
            public,
            state: KeyState::Pending,
            purpose,
            added,
            added_at,
            activated_at: None,
            ended_at: None,
            first_day: None,
            last_day: None,
            verifies_until: None,
        }
    }

    #[must_use]
    pub fn kid(&self) -> Kid {
        self.public.kid()
    }

    /// Whether it may sign a new voucher whose first day is `today`.
    #[must_use]
    pub fn signs_new(&self, today: Day) -> bool {
        self.state == KeyState::Active
            && self.first_day.is_some_and(|first| first <= today)
            && self.last_day.is_none_or(|last| today <= last)
    }

    /// From when on it may be activated without a reason.
    #[must_use]
    pub const fn ready_at(&self) -> Instant {
        self.added_at.plus_seconds(PUBLISHED_S)
    }

    /// Of several active keys the greatest signs: it was activated last.
    #[must_use]
    pub const fn turn(&self) -> (Option<Instant>, Seq) {
        (self.activated_at, self.added)
    }

    /// Whether anybody still has to know it on `today`.
    #[must_use]
    pub fn published(&self, today: Day) -> bool {
        match self.state {
            KeyState::Pending | KeyState::Active | KeyState::Compromised => true,
            KeyState::Retired => self.verifies_until.is_none_or(|until| today <= until),
            KeyState::Test => false,
        }
    }

    /// The key with its verifier; a pending one's window begins when it may be activated.
    ///
    /// # Errors
    /// If it is not admissible.
    pub fn voucher_key(&self) -> Result<VoucherKey, Inadmissible> {
        let first_day = self.first_day.unwrap_or_else(|| utc_day(self.ready_at()));
        VoucherKey::new(self.public.0, self.state, first_day, self.last_day)
    }
}

/// The keys of a set or a ring on `today`, in the order in which they were added.
///
/// # Errors
/// The first that is not admissible.
pub fn published<'a>(
    keys: impl IntoIterator<Item = &'a Registered>,
    today: Day,
) -> Result<Vec<VoucherKey>, Inadmissible> {
    let mut keys: Vec<_> = keys.into_iter().filter(|key| key.published(today)).collect();
    keys.sort_by_key(|key| key.added);
    keys.into_iter().map(Registered::voucher_key).collect()
}

/// A key set that was published: what its event says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    pub root: PublicKey,
    /// SHA-256 of the text, in hexadecimal.
    pub digest: String,
    pub expires_at: Instant,
}

/// The text of a key set, for its side table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySetText {
    pub sequence: u64,
    pub root: PublicKey,
    pub expires_at: Instant,
    pub text: String,
}

/// SHA-256 of a key set's text, in hexadecimal.
#[must_use]
pub fn digest(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text))
}

/// The day in UTC.
#[must_use]
pub fn utc_day(at: Instant) -> Day {
    let day = at.0.div_euclid(86_400 * MICROSECONDS_A_SECOND);
    Day(i32::try_from(day).unwrap_or(i32::MAX))
}

/// The earliest date that is today somewhere: UTC−12. A voucher's first day is a date of its
/// programme's time zone, so a window must begin here and end at the latest one.
#[must_use]
pub fn earliest_day(at: Instant) -> Day {
    utc_day(at.plus_seconds(-12 * 3_600))
}

/// The latest date that is today somewhere: UTC+14.
#[must_use]
pub fn latest_day(at: Instant) -> Day {
    utc_day(at.plus_seconds(14 * 3_600))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_covers_the_date_of_every_time_zone() {
        let moment: Instant = "2026-11-23T23:30:00Z".parse().unwrap();
        for zone in ["Europe/Paris", "Pacific/Tahiti", "Pacific/Kiritimati", "Etc/GMT+12"] {
            let today = moment.day(&zone.parse().unwrap());
            assert!((earliest_day(moment)..=latest_day(moment)).contains(&today), "{zone}");
        }
        assert_eq!(latest_day(moment).0 - earliest_day(moment).0, 1);
    }

    #[test]
    fn names_of_keys_are_hexadecimal() {
        let key = PublicKey([0xab; 32]);
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!("ab".parse::<PublicKey>(), Err(NotAPublicKey));
        assert_eq!("90FACAFE".parse(), Ok(Kid([0x90, 0xfa, 0xca, 0xfe])));
        assert!("90facaf".parse::<Kid>().is_err());
    }
}
