//! Private keys in memory: one that signs vouchers, and the root key that signs key sets.
//! No files (see `keyring`) and no decision who may sign what; private bytes are never printed.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer as _, SigningKey};
use zeroize::Zeroizing;

use crate::domain::{
    continuity,
    feed::Feed,
    genuine::Genuine,
    key::{Inadmissible, admissible, kid},
    key_set::{BadKeySet, KeySet},
    receipt::Receipt,
    voucher::{
        Kid, OutOfRange, Payload, Signed,
        payload::{PAYLOAD_LEN, head},
        signing_input,
    },
};

/// The system gave no random bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system's source of randomness failed: {0}")]
pub struct NoRandomness(#[from] getrandom::Error);

/// Why a voucher is not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    #[error("the payload names key {named}, but this is key {signer}")]
    OtherKey { named: Kid, signer: Kid },
    #[error("the payload cannot be signed: {0}")]
    OutOfRange(#[from] OutOfRange),
}

/// An Ed25519 private key (RFC 8032). Wiped from memory when dropped; `Debug` shows the kid.
pub struct Signer {
    key: SigningKey,
    kid: Kid,
}

impl Signer {
    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// If the system has none.
    #[expect(clippy::disallowed_methods, reason = "where keys come from")]
    pub fn generate() -> Result<Self, NoRandomness> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(seed.as_mut())?;
        Ok(Self::of(SigningKey::from_bytes(&seed)))
    }

    /// The key of a seed.
    ///
    /// # Errors
    /// If its public key is not admissible.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, Inadmissible> {
        let key = SigningKey::from_bytes(seed);
        admissible(key.verifying_key().as_bytes())?;
        Ok(Self::of(key))
    }

    fn of(key: SigningKey) -> Self {
        let kid = kid(key.verifying_key().as_bytes());
        Self { key, kid }
    }

    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.key.verifying_key().to_bytes()
    }

    #[must_use]
    pub const fn kid(&self) -> Kid {
        self.kid
    }

    /// Signs a voucher. Call it after the commit, never before.
    ///
    /// # Errors
    /// If the payload names another key, or a field of it is outside its range.
    pub fn sign(&self, payload: &Payload) -> Result<Signed, NotSigned> {
        self.sign_again(&payload.to_bytes()?)
    }

    /// Signs the bytes that were stored at issue: Ed25519 is deterministic, so the voucher is
    /// the same as the first time.
    ///
    /// # Errors
    /// As `sign`.
    pub fn sign_again(&self, stored: &[u8; PAYLOAD_LEN]) -> Result<Signed, NotSigned> {
        let (_, named) = head(stored).ok_or(OutOfRange::Format)?;
        if named != self.kid {
            return Err(NotSigned::OtherKey { named, signer: self.kid });
        }
        Payload::from_bytes(stored)?;
        let signature = self.key.sign(&signing_input(stored)).to_bytes();
        Ok(Signed { payload: *stored, signature })
    }

    /// A page of a feed with its signature at the end.
    #[must_use]
    pub fn sign_feed(&self, feed: &Feed) -> Vec<u8> {
        let page = feed.bytes(self.kid);
        let input = Feed::signing_input(&page);
        self.signed(page, &input)
    }

    /// A page of a list of genuine passes with its signature at the end.
    #[must_use]
    pub fn sign_genuine(&self, list: &Genuine) -> Vec<u8> {
        let page = list.bytes(self.kid);
        let input = Genuine::signing_input(&page);
        self.signed(page, &input)
    }

    fn signed(&self, mut page: Vec<u8>, input: &[u8]) -> Vec<u8> {
        page.extend(self.key.sign(input).to_bytes());
        page
    }

    pub(super) fn seed(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// The offline root key, which signs key sets and never a voucher.
#[derive(Debug)]
pub struct RootKey(Signer);

impl RootKey {
    #[must_use]
    pub const fn new(key: Signer) -> Self {
        Self(key)
    }

    /// What scanners pin at enrolment.
    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.public()
    }

    /// The key set as a compact JWS (RFC 7515, `EdDSA` of RFC 8037).
    ///
    /// # Errors
    /// If it is valid for too long, or the root key is in it.
    pub fn sign(&self, set: &KeySet) -> Result<String, BadKeySet> {
        let input = set.signing_input(&self.public())?;
        let signature = self.0.key.sign(input.as_bytes()).to_bytes();
        Ok(format!("{input}.{}", BASE64URL_NOPAD.encode(&signature)))
    }
}

/// A key that signs receipts and never a voucher.
#[derive(Debug)]
pub struct ReceiptSigner(Signer);

impl ReceiptSigner {
    #[must_use]
    pub const fn new(key: Signer) -> Self {
        Self(key)
    }

    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.public()
    }

    /// The text of a receipt: the same whenever it is signed. Call it after the commit.
    #[must_use]
    pub fn sign(&self, receipt: &Receipt) -> String {
        let bytes = receipt.bytes(self.0.kid);
        let signature = self.0.key.sign(&Receipt::signing_input(&bytes)).to_bytes();
        Receipt::text(bytes, &signature)
    }

    /// Says that the archive of a programme is this service's, by the digest of its contents.
    #[must_use]
    pub fn sign_archive(&self, digest: &[u8; 32]) -> [u8; 64] {
        self.0.key.sign(&continuity::signing_input(digest)).to_bytes()
    }
}

/// The key of a device, which signs what it says to its service and never a voucher.
#[derive(Debug)]
pub struct DeviceKey(Signer);

impl DeviceKey {
    #[must_use]
    pub const fn new(key: Signer) -> Self {
        Self(key)
    }

    #[must_use]
    pub fn public(&self) -> [u8; 32] {
        self.0.public()
    }

    /// Signs a statement or a record: their texts say what for.
    #[must_use]
    pub fn sign(&self, text: &[u8]) -> [u8; 64] {
        self.0.key.sign(text).to_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        calendar::{Day, Instant},
        key::{KeyRing, KeyState, VoucherKey},
        voucher::{example, text},
    };

    fn signer() -> Signer {
        Signer::from_seed(&example::bytes(example::SEED)).unwrap()
    }

    #[test]
    fn the_example_of_the_specification_is_signed_to_the_same_digits() {
        let signed = signer().sign(&example::payload()).unwrap();
        assert_eq!(signed, example::signed());
        assert_eq!(text::encode(&signed), example::DIGITS);
        assert_eq!(signer().sign_again(&signed.payload), Ok(signed));
    }

    #[test]
    fn a_new_key_signs_what_a_key_ring_verifies() {
        let signer = Signer::generate().unwrap();
        assert_ne!(signer.public(), Signer::generate().unwrap().public());
        let payload = Payload { kid: signer.kid(), ..example::payload() };
        let signed = signer.sign(&payload).unwrap();
        let key = VoucherKey::new(signer.public(), KeyState::Active, Day(0), None).unwrap();
        let ring = KeyRing::new(vec![key]);
        assert_eq!(ring.verify(&signed).map(|(payload, _)| payload), Ok(payload));
    }

    #[test]
    fn nothing_is_signed_for_another_key_or_out_of_range() {
        let stranger = Signer::from_seed(&[5; 32]).unwrap();
        let named = example::payload().kid;
        let other = NotSigned::OtherKey { named, signer: stranger.kid() };
        assert_eq!(stranger.sign(&example::payload()), Err(other));
        let many = Payload { workshops: 11, ..example::payload() };
        assert_eq!(signer().sign(&many), Err(OutOfRange::Workshops.into()));
        let mut stored: [u8; 20] = example::bytes(example::PAYLOAD);
        stored[15] = 0;
        assert_eq!(signer().sign_again(&stored), Err(OutOfRange::Workshops.into()));
        stored[0] = 9;
        assert_eq!(signer().sign_again(&stored), Err(OutOfRange::Format.into()));
    }

    #[test]
    fn debug_never_prints_private_bytes() {
        assert_eq!(format!("{:?}", signer()), "Signer { kid: Kid(90facafe), .. }");
        let root = format!("{:?}", RootKey::new(signer()));
        assert_eq!(root, "RootKey(Signer { kid: Kid(90facafe), .. })");
    }

    #[test]
    fn a_root_key_signs_a_key_set_that_devices_read() {
        let root = RootKey::new(Signer::from_seed(&[3; 32]).unwrap());
        let key = VoucherKey::new(signer().public(), KeyState::Active, Day(0), None).unwrap();
        let issued_at: Instant = "2026-11-23T08:00:00Z".parse().unwrap();
        let set = KeySet {
            issuer: "https://pass.exemple.fr".into(),
            sequence: 1,
            issued_at,
            expires_at: issued_at.plus_seconds(86_400),
            keys: vec![key],
        };
        let pinned = admissible(&root.public()).unwrap();
        let jws = root.sign(&set).unwrap();
        assert_eq!(KeySet::read(&jws, &pinned, &set.issuer, 0), Ok(set));
    }
}
