//! The key set for scanners, `/.well-known/passnum-keys`: a JWS under the offline root key.
//! No private key: the root signs in `sys::keyring`; no clock: the present comes in as a value.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    calendar::{Day, Instant, MICROSECONDS_A_SECOND},
    key::{Inadmissible, KeyState, VoucherKey, thumbprint},
};

/// The longest that a set may be valid, in seconds: 35 days.
pub const LONGEST_VALIDITY_S: i64 = 35 * 86_400;
/// The longest text of a set that is read, in bytes.
pub const LONGEST: usize = 65_536;

const TYPE: &str = "passnum-keys+jwt";

/// The keys that a device verifies with, as of a sequence number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet {
    /// The service's origin, such as `https://pass.exemple.fr`.
    pub issuer: String,
    /// Grows with every set; a device refuses a lower one than it has seen.
    pub sequence: u64,
    /// To the second.
    pub issued_at: Instant,
    /// To the second; at most 35 days after `issued_at`. A device turns amber past it.
    pub expires_at: Instant,
    /// Also compromised ones, so that devices can tell them from unknown ones; no test key.
    pub keys: Vec<VoucherKey>,
}

/// Why a key set is not signed, or not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadKeySet {
    #[error("the key set is longer than 65536 bytes")]
    TooLong,
    #[error("the key set is not a JWS of type passnum-keys+jwt with EdDSA")]
    Malformed,
    #[error("the key set is not signed by the root key")]
    Signature,
    #[error("the key set must be valid for 1 second to 35 days")]
    Validity,
    #[error("the key set has sequence {found}, but {seen} was seen before")]
    Sequence { found: u64, seen: u64 },
    #[error("the key set is of {found}, not of {expected}")]
    Issuer { found: String, expected: String },
    #[error("the root key must not sign vouchers, but is in the key set")]
    RootInSet,
    #[error("the key set has a key that is refused: {0}")]
    Key(#[from] Inadmissible),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    seq: u64,
    iat: i64,
    exp: i64,
    keys: Vec<Value>,
}

/// What a key of the set has besides the members of RFC 8037.
#[derive(Deserialize)]
struct Member {
    x: String,
    state: KeyState,
    signs_from: Day,
    signs_until: Option<Day>,
}

const fn seconds(at: Instant) -> i64 {
    at.0.div_euclid(MICROSECONDS_A_SECOND)
}

const fn valid_for(issued_s: i64, expires_s: i64) -> Result<(), BadKeySet> {
    let validity_s = expires_s.saturating_sub(issued_s);
    if validity_s < 1 || validity_s > LONGEST_VALIDITY_S {
        return Err(BadKeySet::Validity);
    }
    Ok(())
}

impl KeySet {
    /// The text that the root key signs (RFC 7515, section 5.1); the set is this, a dot, and the
    /// signature in base64url.
    ///
    /// # Errors
    /// `Validity` or `RootInSet`.
    pub fn signing_input(&self, root: &[u8; 32]) -> Result<String, BadKeySet> {
        valid_for(seconds(self.issued_at), seconds(self.expires_at))?;
        if self.keys.iter().any(|key| key.public() == root) {
            return Err(BadKeySet::RootInSet);
        }
        let header = json!({
            "alg": "EdDSA",
            "kid": BASE64URL_NOPAD.encode(&thumbprint(root)),
            "typ": TYPE,
        });
        let claims = json!({
            "iss": self.issuer,
            "seq": self.sequence,
            "iat": seconds(self.issued_at),
            "exp": seconds(self.expires_at),
            "keys": self.keys.iter().filter_map(member).collect::<Vec<_>>(),
        });
        let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        Ok(format!("{}.{}", part(header), part(claims)))
    }

    /// Reads a signed set: the signature first, with the pinned key, whatever the header says.
    /// An expired set is returned: what then is the device's decision.
    ///
    /// # Errors
    /// The first check that fails; `seen` is the highest sequence seen before.
    pub fn read(
        jws: &str,
        root: &VerifyingKey,
        issuer: &str,
        seen: u64,
    ) -> Result<Self, BadKeySet> {
        if jws.len() > LONGEST {
            return Err(BadKeySet::TooLong);
        }
        let decode =
            |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| BadKeySet::Malformed);
        let (input, signature) = jws.rsplit_once('.').ok_or(BadKeySet::Malformed)?;
        let (header, claims) = input.split_once('.').ok_or(BadKeySet::Malformed)?;
        let signature =
            Signature::from_slice(&decode(signature)?).map_err(|_| BadKeySet::Malformed)?;
        root.verify_strict(input.as_bytes(), &signature).map_err(|_| BadKeySet::Signature)?;

        let header: Value =
            serde_json::from_slice(&decode(header)?).map_err(|_| BadKeySet::Malformed)?;
        let is = |name, text| header.get(name).and_then(Value::as_str) == Some(text);
        if !is("alg", "EdDSA") || !is("typ", TYPE) || header.get("crit").is_some() {
            return Err(BadKeySet::Malformed);
        }
        let claims: Claims =
            serde_json::from_slice(&decode(claims)?).map_err(|_| BadKeySet::Malformed)?;
        valid_for(claims.iat, claims.exp)?;
        if claims.iss != issuer {
            return Err(BadKeySet::Issuer { found: claims.iss, expected: issuer.to_owned() });
        }
        if claims.seq < seen {
            return Err(BadKeySet::Sequence { found: claims.seq, seen });
        }
        let at = |seconds| Instant(0).plus_seconds(seconds);
        Ok(Self {
            issuer: claims.iss,
            sequence: claims.seq,
            issued_at: at(claims.iat),
            expires_at: at(claims.exp),
            keys: claims.keys.into_iter().map(key).collect::<Result<_, _>>()?,
        })
    }
}

impl KeySet {
    /// The public keys that a set of our own names. No signature is checked: it was when the
    /// set was published.
    #[must_use]
    pub fn peek(jws: &str) -> Option<Vec<[u8; 32]>> {
        let claims = BASE64URL_NOPAD.decode(jws.split('.').nth(1)?.as_bytes()).ok()?;
        let claims: Claims = serde_json::from_slice(&claims).ok()?;
        let public = |value: Value| -> Option<[u8; 32]> {
            let member: Member = serde_json::from_value(value).ok()?;
            BASE64URL_NOPAD.decode(member.x.as_bytes()).ok()?.try_into().ok()
        };
        claims.keys.into_iter().map(public).collect()
    }
}

fn member(key: &VoucherKey) -> Option<Value> {
    if key.state == KeyState::Test {
        return None;
    }
    let mut member = key.jwk();
    let object = member.as_object_mut()?;
    // Given apart, so that devices need not hash.
    object.insert("voucher_kid".into(), json!(HEXLOWER.encode(&key.kid().0)));
    object.insert("state".into(), json!(key.state));
    object.insert("signs_from".into(), json!(key.first_day));
    object.insert("signs_until".into(), json!(key.last_day));
    Some(member)
}

fn key(value: Value) -> Result<VoucherKey, BadKeySet> {
    let member: Member = serde_json::from_value(value).map_err(|_| BadKeySet::Malformed)?;
    let public = BASE64URL_NOPAD
        .decode(member.x.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(BadKeySet::Malformed)?;
    Ok(VoucherKey::new(public, member.state, member.signs_from, member.signs_until)?)
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;
    use crate::domain::voucher::example;

    const ISSUER: &str = "https://pass.exemple.fr";

    fn root() -> SigningKey {
        SigningKey::from_bytes(&[3; 32])
    }

    fn set() -> KeySet {
        let public = example::bytes(example::PUBLIC);
        let other = SigningKey::from_bytes(&[5; 32]).verifying_key().to_bytes();
        let issued_at: Instant = "2026-11-23T08:00:00Z".parse().unwrap();
        KeySet {
            issuer: ISSUER.into(),
            sequence: 12,
            issued_at,
            expires_at: issued_at.plus_seconds(LONGEST_VALIDITY_S),
            keys: vec![
                VoucherKey::new(public, KeyState::Active, Day(20_000), None).unwrap(),
                VoucherKey::new(other, KeyState::Compromised, Day(1), Some(Day(9))).unwrap(),
            ],
        }
    }

    fn signed(input: &str, by: &SigningKey) -> String {
        let signature = by.sign(input.as_bytes()).to_bytes();
        format!("{input}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn jws(set: &KeySet) -> String {
        signed(&set.signing_input(root().verifying_key().as_bytes()).unwrap(), &root())
    }

    fn read(jws: &str, seen: u64) -> Result<KeySet, BadKeySet> {
        KeySet::read(jws, &root().verifying_key(), ISSUER, seen)
    }

    #[test]
    fn a_signed_set_comes_back_with_states_and_windows() {
        assert_eq!(read(&jws(&set()), 12), Ok(set()));
    }

    #[test]
    fn a_set_is_valid_for_35_days_at_most() {
        let root = root().verifying_key().to_bytes();
        for seconds in [0, -1, LONGEST_VALIDITY_S + 1] {
            let expires_at = set().issued_at.plus_seconds(seconds);
            let long = KeySet { expires_at, ..set() };
            assert_eq!(long.signing_input(&root), Err(BadKeySet::Validity));
        }
    }

    #[test]
    fn the_root_key_may_not_be_a_voucher_key() {
        let public = set().keys[0].public().to_owned();
        assert_eq!(set().signing_input(&public), Err(BadKeySet::RootInSet));
    }

    #[test]
    fn a_lower_sequence_another_issuer_and_another_root_are_refused() {
        let text = jws(&set());
        assert_eq!(read(&text, 13), Err(BadKeySet::Sequence { found: 12, seen: 13 }));
        let elsewhere = KeySet::read(&text, &root().verifying_key(), "https://b.fr", 0);
        assert!(matches!(elsewhere, Err(BadKeySet::Issuer { .. })));
        let stranger = SigningKey::from_bytes(&[4; 32]).verifying_key();
        let strange = KeySet::read(&text, &stranger, ISSUER, 0);
        assert_eq!(strange, Err(BadKeySet::Signature));
    }

    #[test]
    fn every_changed_character_is_refused() {
        let text = jws(&set());
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            assert!(read(&String::from_utf8(bytes).unwrap(), 0).is_err(), "{place}");
        }
    }

    #[test]
    fn a_signed_header_of_another_kind_is_refused() {
        for header in [r#"{"alg":"none"}"#, r#"{"alg":"EdDSA","typ":"JWT"}"#, "[]"] {
            let claims = jws(&set()).split('.').nth(1).unwrap().to_owned();
            let input = format!("{}.{claims}", BASE64URL_NOPAD.encode(header.as_bytes()));
            assert_eq!(read(&signed(&input, &root()), 0), Err(BadKeySet::Malformed));
        }
    }

    #[test]
    fn a_test_key_is_never_published() {
        let mut with_test = set();
        with_test.keys[1].state = KeyState::Test;
        assert_eq!(read(&jws(&with_test), 0).unwrap().keys, set().keys[..1]);
    }
}
