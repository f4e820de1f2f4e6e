//! Records of workshops taken without network: a chain for each device, signed link by link.
//! No decision what a workshop is worth (`decide/records.rs`), and no text of a pass: its hash.

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::{
    calendar::Instant,
    command::{Delivery, Redeem, Redemption, Request},
    conflict::Knowledge,
    device::signs,
    ids::{DeviceId, RequestId, Seq, UserId, VenueId},
    key_register::PublicKey,
    refusal::{Reason, Refusal},
};

/// Records that one upload has at most.
pub const MOST_RECORDS: usize = 500;
/// The longest text of a record that is read, in bytes.
pub const LONGEST: usize = 2_048;

const TYPE: &str = "passnum-record+jwt";

/// SHA-256 of something, in base64url.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok();
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| D::Error::custom("expected 32 bytes in base64url"))
    }
}

/// What a device says of a workshop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    pub device: DeviceId,
    /// Its place in the device's chain: gapless, from 1.
    pub sequence: u32,
    /// Of the record before; zero for the first.
    pub before: Hash,
    /// The same as of the online attempt, if there was one.
    pub request: RequestId,
    pub venue: VenueId,
    /// Who took the workshop, as the device was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<UserId>,
    /// Of a salt and what was scanned or typed, which travel beside: a record kept as evidence
    /// must not be worth a pass.
    pub shown: Hash,
    pub workshops: u8,
    #[serde(default)]
    pub delivery: Delivery,
    /// By the device's own clock.
    pub clock_at: Instant,
    /// What the device adds to its clock to have the service's time, as it last learnt it.
    pub clock_offset_ms: i64,
    /// The service's time when the device last heard it.
    pub server_at: Instant,
    /// The last event that its feed told it of.
    pub seen: Seq,
    /// When its feed was last complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed_at: Option<Instant>,
}

/// A record whose signature is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub claims: Claims,
    /// What the record after it names.
    pub hash: Hash,
    /// The signed text: evidence.
    pub text: String,
}

/// Why a text is no record of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    #[error("not a JWS of type passnum-record+jwt with EdDSA, or too long")]
    Malformed,
    #[error("not signed by the device's key")]
    Signature,
    #[error("of another device")]
    OtherDevice,
}

impl BadRecord {
    #[must_use]
    pub const fn reason(self) -> Reason {
        match self {
            Self::Malformed => Reason::RecordMalformed,
            Self::Signature | Self::OtherDevice => Reason::RecordNotSigned,
        }
    }
}

impl Claims {
    /// The text that the device signs (RFC 7515, section 5.1): the record is this, a dot, and the
    /// signature in base64url.
    #[must_use]
    pub fn signing_input(&self) -> String {
        let header = json!({ "alg": "EdDSA", "kid": self.device, "typ": TYPE });
        let claims = serde_json::to_string(self).unwrap_or_default();
        let part = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
        format!("{}.{}", part(&header.to_string()), part(&claims))
    }

    /// What a record says that was kept: its signature was checked when it arrived.
    #[must_use]
    pub fn of_evidence(text: &str) -> Option<Self> {
        let claims = text.split('.').nth(1)?;
        serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).ok()?).ok()
    }

    /// When the workshop took place, by the service's time as the device knew it.
    #[must_use]
    pub const fn occurred_at(&self) -> Instant {
        Instant(self.clock_at.0.saturating_add(self.clock_offset_ms.saturating_mul(1_000)))
    }

    /// Whether this is what was scanned or typed.
    #[must_use]
    pub fn shows(&self, salt: &[u8; 16], text: &str) -> bool {
        shown(salt, text) == self.shown
    }
}

/// What a record says of a scanned or typed text. The salt stays beside the text: without it a
/// manual code could be found by trying.
#[must_use]
pub fn shown(salt: &[u8; 16], text: &str) -> Hash {
    Hash::of(&[salt.as_slice(), text.as_bytes()].concat())
}

impl Record {
    /// Reads a record: the signature first, with the device's own key, whatever the header says.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn read(text: &str, device: DeviceId, public: &PublicKey) -> Result<Self, BadRecord> {
        if text.len() > LONGEST {
            return Err(BadRecord::Malformed);
        }
        let decode =
            |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| BadRecord::Malformed);
        let (input, signature) = text.rsplit_once('.').ok_or(BadRecord::Malformed)?;
        let (header, claims) = input.split_once('.').ok_or(BadRecord::Malformed)?;
        let signature: [u8; 64] =
            decode(signature)?.try_into().map_err(|_| BadRecord::Malformed)?;
        if !signs(public, input.as_bytes(), &signature) {
            return Err(BadRecord::Signature);
        }
        let header: BTreeMap<String, serde_json::Value> =
            serde_json::from_slice(&decode(header)?).map_err(|_| BadRecord::Malformed)?;
        let is = |name: &str, value: &str| header.get(name).is_some_and(|found| found == value);
        if !is("alg", "EdDSA") || !is("typ", TYPE) || header.contains_key("crit") {
            return Err(BadRecord::Malformed);
        }
        let claims: Claims =
            serde_json::from_slice(&decode(claims)?).map_err(|_| BadRecord::Malformed)?;
        if claims.device != device {
            return Err(BadRecord::OtherDevice);
        }
        if claims.sequence == 0 {
            return Err(BadRecord::Malformed);
        }
        Ok(Self { hash: Hash::of(input.as_bytes()), claims, text: text.to_owned() })
    }
}

/// What is asked with a record: its workshop, as an online attempt would ask it.
#[derive(Clone, Debug)]
pub struct RecordAsk {
    pub record: Record,
    pub redeem: Redeem,
}

/// Why a record is kept aside until somebody has looked at it.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The device was revoked before it handed the record over.
    DeviceRevoked,
    /// Another record has its place in the chain, or a neighbour names another one.
    ChainForked,
    /// Earlier than the record before, than the last time heard of the service, or later than
    /// the one after.
    TimeBackwards,
    /// A good signature over a pass that was never issued.
    VoucherUnknown,
    /// Its request id was used for something else.
    RequestReused,
    /// The person is none of the organisation's.
    PersonUnknown,
    /// Its workshop is still to come, by a clock that is ahead.
    TimeAhead,
}

impl Cause {
    pub const ALL: [Self; 7] = [
        Self::DeviceRevoked,
        Self::ChainForked,
        Self::TimeBackwards,
        Self::VoucherUnknown,
        Self::RequestReused,
        Self::PersonUnknown,
        Self::TimeAhead,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::DeviceRevoked => "device_revoked",
            Self::ChainForked => "chain_forked",
            Self::TimeBackwards => "time_backwards",
            Self::VoucherUnknown => "voucher_unknown",
            Self::RequestReused => "request_reused",
            Self::PersonUnknown => "person_unknown",
            Self::TimeAhead => "time_ahead",
        }
    }
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Accepted(Redemption),
    /// Its workshops were counted before, under the same request id.
    Replayed(Redemption),
    Refused(Refusal),
    /// It took place, and the pass does not pay for it: somebody decides whether the guarantee
    /// does.
    Conflict(Contest),
    Quarantined(Cause),
}

/// A verdict that is not the last word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// The event that opened the conflict.
    pub conflict: Seq,
    pub refusal: Refusal,
}

impl Verdict {
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Accepted(_) => "accepted",
            Self::Replayed(_) => "replayed",
            Self::Refused(_) => "refused",
            Self::Conflict(_) => "conflict",
            Self::Quarantined(_) => "quarantined",
        }
    }
}

/// A record that has arrived, as its neighbours in the chain need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub hash: Hash,
    pub before: Hash,
    pub occurred_at: Instant,
    pub verdict: Verdict,
}

impl Link {
    fn is_of_the_chain(&self) -> bool {
        self.verdict != Verdict::Quarantined(Cause::ChainForked)
    }
}

/// Arrived records by place in a device's chain; of several the one that has it is no fork.
pub type Chain = BTreeMap<(DeviceId, u32), Vec<Link>>;

/// A record that has just arrived, with what became of it.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub request: Request,
    pub ask: RecordAsk,
    pub link: Link,
    /// The event that says it waits, if it does.
    pub event: Option<Seq>,
    pub received_at: Instant,
}

/// A record in quarantine, as a decision needs it.
#[derive(Clone, Debug)]
pub struct Waiting {
    pub device: DeviceId,
    pub person: Option<UserId>,
    pub request: Request,
    pub redeem: Redeem,
    pub sequence: u32,
    pub hash: Hash,
    pub knowledge: Knowledge,
    pub decided: bool,
}

/// What was decided about a record in quarantine.
#[derive(Clone, Debug)]
pub struct Settled {
    pub quarantine: Seq,
    pub accepted: bool,
    pub redemption: Option<Seq>,
    pub at: Instant,
    pub by: Option<UserId>,
    /// Why, in somebody's own words: they stand beside the events.
    pub note: String,
}

/// What became of a record that was put aside, as its device hears it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DecidedRecord {
    /// Its place in the device's chain.
    pub sequence: u32,
    pub request: RequestId,
    pub accepted: bool,
    /// What it counts as; none, although it was accepted: it is a conflict, and the pass does not
    /// pay for it.
    pub redemption: Option<Seq>,
}

/// Why a record does not fit where it stands, if it does not. A place before it that is still empty
/// is none: records arrive in any order.
#[must_use]
pub fn misfit(chain: &Chain, claims: &Claims, hash: Hash) -> Option<Cause> {
    let at = |sequence: Option<u32>| {
        let links = sequence.and_then(|place| chain.get(&(claims.device, place)));
        links.and_then(|links| links.iter().find(|link| link.is_of_the_chain()))
    };
    let place = claims.sequence;
    let (before, after) = (at(place.checked_sub(1)), at(place.checked_add(1)));
    let taken = at(Some(place)).is_some_and(|other| other.hash != hash);
    let first = place == 1 && claims.before != Hash::default();
    let forked = before.is_some_and(|link| link.hash != claims.before)
        || after.is_some_and(|link| link.before != hash);
    if taken || first || forked {
        return Some(Cause::ChainForked);
    }
    let occurred_at = claims.occurred_at();
    let backwards = occurred_at < claims.server_at
        || before.is_some_and(|link| occurred_at < link.occurred_at)
        || after.is_some_and(|link| link.occurred_at < occurred_at);
    backwards.then_some(Cause::TimeBackwards)
}

#[cfg(test)]
mod tests;
