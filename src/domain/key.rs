//! The public keys of vouchers: which are admitted, what they vouch for, how they are published.
//! No private key and no file (see `sys::keyring`); no clock: days come in as values.

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signature, VerifyingKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    calendar::Day,
    voucher::{KeyProblem, Kid, Payload, Signed, Unverified, payload::head, signing_input},
};

/// Where a key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    /// Published, at least 7 days before its first use.
    Pending,
    /// Signs new vouchers.
    Active,
    /// Verifies, and signs again what it once signed; nothing new.
    Retired,
    /// Leaked: signs nothing more.
    Compromised,
    /// For previews and tests: verifies nowhere.
    Test,
}

impl KeyState {
    /// The stable name, as the database and the key sets show it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
            Self::Test => "test",
        }
    }
}

/// Why a public key is refused, at registration and at load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Inadmissible {
    #[error("the public key is not a point of the curve")]
    NotAPoint,
    #[error("the public key is not in its canonical form")]
    NotCanonical,
    #[error("the public key is weak: anybody could sign for it")]
    Weak,
    #[error("the public key has a torsion component, so verifiers could disagree about it")]
    Torsion,
}

/// The verifier of a public key (RFC 8032), if it is canonical, not weak and torsion-free.
///
/// # Errors
/// The first of these that it is not.
pub fn admissible(public: &[u8; 32]) -> Result<VerifyingKey, Inadmissible> {
    let key = VerifyingKey::from_bytes(public).map_err(|_| Inadmissible::NotAPoint)?;
    let point = key.to_edwards();
    if point.compress().as_bytes() != public {
        return Err(Inadmissible::NotCanonical);
    }
    if key.is_weak() {
        return Err(Inadmissible::Weak);
    }
    if !point.is_torsion_free() {
        return Err(Inadmissible::Torsion);
    }
    Ok(key)
}

/// The SHA-256 thumbprint of an Ed25519 key (RFC 7638 on the members of RFC 8037).
#[must_use]
pub fn thumbprint(public: &[u8; 32]) -> [u8; 32] {
    let x = BASE64URL_NOPAD.encode(public);
    Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)).into()
}

/// The kid that vouchers carry: the first 4 bytes of the thumbprint.
#[must_use]
pub fn kid(public: &[u8; 32]) -> Kid {
    let [a, b, c, d, ..] = thumbprint(public);
    Kid([a, b, c, d])
}

/// A public key that was found admissible, and what it may vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoucherKey {
    public: [u8; 32],
    kid: Kid,
    verifier: VerifyingKey,
    pub state: KeyState,
    /// The first day on which it signs.
    pub first_day: Day,
    /// The last day on which it signs, inclusive; `None` until it is known.
    pub last_day: Option<Day>,
}

impl VoucherKey {
    /// # Errors
    /// If `public` is not admissible.
    pub fn new(
        public: [u8; 32],
        state: KeyState,
        first_day: Day,
        last_day: Option<Day>,
    ) -> Result<Self, Inadmissible> {
        let verifier = admissible(&public)?;
        Ok(Self { public, kid: kid(&public), verifier, state, first_day, last_day })
    }

    #[must_use]
    pub const fn public(&self) -> &[u8; 32] {
        &self.public
    }

    #[must_use]
    pub const fn kid(&self) -> Kid {
        self.kid
    }

    /// Whether `day` is in the signing window.
    #[must_use]
    pub fn covers(&self, day: Day) -> bool {
        day >= self.first_day && self.last_day.is_none_or(|last| day <= last)
    }

    /// Whether it may sign a new voucher on `today`.
    #[must_use]
    pub fn signs_new(&self, today: Day) -> bool {
        self.state == KeyState::Active && self.covers(today)
    }

    /// Whether it may sign again a payload that it signed before.
    #[must_use]
    pub const fn signs_again(&self) -> bool {
        matches!(self.state, KeyState::Active | KeyState::Retired)
    }

    fn problem(&self, signed_on: Day) -> Option<KeyProblem> {
        match self.state {
            KeyState::Pending => Some(KeyProblem::Pending),
            KeyState::Compromised => Some(KeyProblem::Compromised),
            KeyState::Test => Some(KeyProblem::Test),
            KeyState::Active | KeyState::Retired if self.covers(signed_on) => None,
            KeyState::Active | KeyState::Retired => Some(KeyProblem::OutsideWindow),
        }
    }

    /// The JWK (RFC 8037): the kid is the whole thumbprint, whose first 4 bytes vouchers carry.
    #[must_use]
    pub fn jwk(&self) -> Value {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": BASE64URL_NOPAD.encode(&self.public),
            "kid": BASE64URL_NOPAD.encode(&thumbprint(&self.public)),
            "use": "sig",
            "alg": "EdDSA",
        })
    }
}

/// The JWK set for everyone (RFC 7517, RFC 8037): the keys that vouch or are about to. Readers
/// of a plain set know no states, so compromised keys and test keys are left out.
#[must_use]
pub fn jwks(keys: &[VoucherKey]) -> Value {
    let public = keys.iter().filter(|key| match key.state {
        KeyState::Pending | KeyState::Active | KeyState::Retired => true,
        KeyState::Compromised | KeyState::Test => false,
    });
    json!({ "keys": public.map(VoucherKey::jwk).collect::<Vec<_>>() })
}

/// The keys that vouchers are verified with.
#[derive(Clone, Debug, Default)]
pub struct KeyRing {
    keys: Vec<VoucherKey>,
}

impl KeyRing {
    #[must_use]
    pub const fn new(keys: Vec<VoucherKey>) -> Self {
        Self { keys }
    }

    #[must_use]
    pub fn keys(&self) -> &[VoucherKey] {
        &self.keys
    }

    /// The key that signs new vouchers on `today`: of several the one that began last.
    #[must_use]
    pub fn signing(&self, today: Day) -> Option<&VoucherKey> {
        let signing = self.keys.iter().filter(|key| key.signs_new(today));
        signing.max_by_key(|key| (key.first_day, key.public))
    }

    /// What a voucher says and which key vouches for it: format, key, signature, ranges, state
    /// and window of the key, in this order. Its dates are not compared with today.
    ///
    /// # Errors
    /// The first check that fails. No field but format and kid is read before the signature is
    /// found good (RFC 8032, with the strict checks of `verify_strict`).
    pub fn verify(&self, signed: &Signed) -> Result<(Payload, &VoucherKey), Unverified> {
        let (_, kid) = head(&signed.payload).ok_or(Unverified::FormatUnknown)?;
        let mut named = self.keys.iter().filter(|key| key.kid == kid).peekable();
        if named.peek().is_none() {
            return Err(Unverified::KeyUnknown);
        }
        let input = signing_input(&signed.payload);
        let signature = Signature::from_bytes(&signed.signature);
        // Two keys may share a kid.
        let key = named
            .find(|key| key.verifier.verify_strict(&input, &signature).is_ok())
            .ok_or(Unverified::SignatureInvalid)?;
        let payload = Payload::from_bytes(&signed.payload).map_err(Unverified::OutOfRange)?;
        match key.problem(payload.first_day) {
            None => Ok((payload, key)),
            Some(why) => Err(Unverified::KeyNotValid { payload, why }),
        }
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;
    use crate::domain::voucher::{OutOfRange, example};

    fn key(state: KeyState) -> VoucherKey {
        let (first, last) = ("2026-11-01".parse().unwrap(), "2026-11-30".parse().unwrap());
        VoucherKey::new(example::bytes(example::PUBLIC), state, first, Some(last)).unwrap()
    }

    fn ring() -> KeyRing {
        KeyRing::new(vec![key(KeyState::Active)])
    }

    fn sign(payload: [u8; 20]) -> Signed {
        let key = SigningKey::from_bytes(&example::bytes(example::SEED));
        Signed { payload, signature: key.sign(&signing_input(&payload)).to_bytes() }
    }

    #[test]
    fn the_example_of_the_specification_is_signed_and_verified() {
        assert_eq!(sign(example::bytes(example::PAYLOAD)), example::signed());
        let ring = ring();
        let (payload, by) = ring.verify(&example::signed()).unwrap();
        assert_eq!(payload, example::payload());
        assert_eq!(by.public(), &example::bytes::<32>(example::PUBLIC));
    }

    #[test]
    fn the_kid_is_the_head_of_the_thumbprint_of_rfc_8037() {
        let public = example::bytes(example::PUBLIC);
        let text = BASE64URL_NOPAD.encode(&thumbprint(&public));
        assert_eq!(text, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        assert_eq!(kid(&public), Kid([0x90, 0xfa, 0xca, 0xfe]));
    }

    #[test]
    fn each_of_the_672_flipped_bits_is_refused() {
        let ring = ring();
        for bit in 0..672 {
            let mut bytes = example::signed().to_bytes();
            bytes[bit / 8] ^= 0x80 >> (bit % 8);
            let refused = ring.verify(&Signed::from_bytes(&bytes).unwrap()).unwrap_err();
            let expected = match bit / 8 {
                0 if bit == 6 || bit == 7 => ["code_malformed", "signature_invalid"],
                0 => ["code_malformed"; 2],
                1..5 => ["key_unknown"; 2],
                _ => ["signature_invalid"; 2],
            };
            assert!(expected.contains(&refused.code()), "bit {bit}: {refused}");
        }
    }

    #[test]
    fn the_signature_is_checked_before_any_range() {
        let mut payload: [u8; 20] = example::bytes(example::PAYLOAD);
        payload[15] = 11;
        let out = Unverified::OutOfRange(OutOfRange::Workshops);
        assert_eq!(ring().verify(&sign(payload)).unwrap_err(), out);
        let unsigned = Signed { payload, signature: example::signed().signature };
        assert_eq!(ring().verify(&unsigned).unwrap_err(), Unverified::SignatureInvalid);
    }

    #[test]
    fn a_key_vouches_only_in_its_state_and_window() {
        let verdict = |key: VoucherKey| {
            let ring = KeyRing::new(vec![key]);
            ring.verify(&example::signed()).map(|(payload, _)| payload)
        };
        let problem = |why| Err(Unverified::KeyNotValid { payload: example::payload(), why });
        assert_eq!(verdict(key(KeyState::Active)), Ok(example::payload()));
        assert_eq!(verdict(key(KeyState::Retired)), Ok(example::payload()));
        assert_eq!(verdict(key(KeyState::Pending)), problem(KeyProblem::Pending));
        assert_eq!(verdict(key(KeyState::Compromised)), problem(KeyProblem::Compromised));
        assert_eq!(verdict(key(KeyState::Test)), problem(KeyProblem::Test));
        let day = example::payload().first_day;
        let windowed =
            |first, last| VoucherKey { first_day: first, last_day: last, ..key(KeyState::Active) };
        assert_eq!(verdict(windowed(day, Some(day))), Ok(example::payload()));
        assert_eq!(verdict(windowed(day, None)), Ok(example::payload()));
        let outside = problem(KeyProblem::OutsideWindow);
        assert_eq!(verdict(windowed(day.plus(1), None)), outside);
        assert_eq!(verdict(windowed(day.plus(-9), Some(day.plus(-1)))), outside);
    }

    #[test]
    fn an_unknown_key_is_told_from_an_invalid_signature() {
        let nobody = KeyRing::default();
        assert_eq!(nobody.verify(&example::signed()).unwrap_err(), Unverified::KeyUnknown);
    }

    #[test]
    fn of_two_keys_that_share_a_kid_both_are_tried() {
        let other = SigningKey::from_bytes(&[5; 32]).verifying_key().to_bytes();
        let mut twin = VoucherKey::new(other, KeyState::Active, Day(0), None).unwrap();
        twin.kid = kid(&example::bytes(example::PUBLIC));
        for keys in [vec![twin.clone(), key(KeyState::Active)], vec![key(KeyState::Active), twin]] {
            let ring = KeyRing::new(keys);
            let (_, by) = ring.verify(&example::signed()).unwrap();
            assert_eq!(by.public(), &example::bytes::<32>(example::PUBLIC));
        }
    }

    #[test]
    fn weak_torsion_and_non_canonical_keys_are_not_admitted() {
        // Encodings of points of small order: https://eprint.iacr.org/2020/1244, section 6.
        let p_plus = |low: u8, high: u8| {
            let mut bytes = [0xff; 32];
            (bytes[0], bytes[31]) = (low, high);
            bytes
        };
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(admissible(&one), Err(Inadmissible::Weak));
        assert_eq!(admissible(&[0; 32]), Err(Inadmissible::Weak));
        assert_eq!(admissible(&p_plus(0xec, 0x7f)), Err(Inadmissible::Weak));
        for encoding in [p_plus(0xee, 0x7f), p_plus(0xed, 0x7f), p_plus(0xed, 0xff)] {
            assert_eq!(admissible(&encoding), Err(Inadmissible::NotCanonical));
        }
        let order_8: [u8; 32] =
            example::bytes("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
        assert_eq!(admissible(&order_8), Err(Inadmissible::Weak));
        let torsion = VerifyingKey::from_bytes(&order_8).unwrap().to_edwards();
        let good = admissible(&example::bytes(example::PUBLIC)).unwrap().to_edwards();
        let mixed = (good + torsion).compress().to_bytes();
        assert_eq!(admissible(&mixed), Err(Inadmissible::Torsion));
        let mut off = [0; 32];
        off[0] = 2;
        assert_eq!(admissible(&off), Err(Inadmissible::NotAPoint));
    }

    #[test]
    fn the_newest_active_key_signs() {
        let day = example::payload().first_day;
        let other = SigningKey::from_bytes(&[5; 32]).verifying_key().to_bytes();
        let newer = VoucherKey::new(other, KeyState::Active, day, None).unwrap();
        let ring = KeyRing::new(vec![newer.clone(), key(KeyState::Active)]);
        assert_eq!(ring.signing(day), Some(&newer));
        assert_eq!(ring.signing(day.plus(-1)), Some(&key(KeyState::Active)));
        assert_eq!(KeyRing::new(vec![key(KeyState::Retired)]).signing(day), None);
    }

    #[test]
    fn everyone_s_key_set_has_the_members_of_rfc_8037_and_no_compromised_key() {
        let keys = [key(KeyState::Active), key(KeyState::Compromised), key(KeyState::Test)];
        let expected = json!({"keys": [{
            "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
        }]});
        assert_eq!(jwks(&keys), expected);
    }
}
