//! The genuine passes of a key that leaked: a good signature of it proves nothing any more, a place
//! in this list does. Signed pages for devices, as the feed; which passes are in it the store says.

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest as _, Sha256};

use super::{
    calendar::Instant,
    feed::{Rest, SIGNATURE_BYTES},
    ids::DeviceId,
    voucher::Kid,
};

/// What is signed begins with this: no signature of a feed is one of such a list.
const PREFIX: &[u8] = b"pass-numerique/genuine/1\n";
const VERSION: u8 = 1;
/// Bytes of one pass: whoever has the key can try payloads, so that fewer could be met by chance.
pub const MARK_BYTES: usize = 16;

/// The first bytes of SHA-256 of the 20 signed bytes of a pass.
pub type Mark = [u8; MARK_BYTES];

/// What a list holds of a pass.
#[must_use]
pub fn mark(payload: &[u8; 20]) -> Mark {
    let digest = Sha256::digest(payload);
    digest.first_chunk().copied().unwrap_or_default()
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genuine {
    pub device: DeviceId,
    /// The key that leaked.
    pub leaked: Kid,
    /// Where the next page goes on; 0: this is the last.
    pub next: i64,
    pub at: Instant,
    pub marks: Vec<Mark>,
}

impl Genuine {
    /// The page without its signature: all numbers big-endian.
    ///
    /// | bytes | |
    /// |---|---|
    /// | 1 | version, 1 |
    /// | 4, 4 | kid of the signing key, of the key that leaked |
    /// | 8 each | device, next, microseconds since 1970 |
    /// | 4, 16 each | number of passes, the first 16 bytes of SHA-256 of the 20 signed bytes |
    #[must_use]
    pub fn bytes(&self, kid: Kid) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(kid.0);
        bytes.extend(self.leaked.0);
        for number in [self.device.0, self.next, self.at.0] {
            bytes.extend(number.to_be_bytes());
        }
        let count = u32::try_from(self.marks.len()).unwrap_or(u32::MAX);
        bytes.extend(count.to_be_bytes());
        bytes.extend(self.marks.iter().flatten());
        bytes
    }

    /// What the service signs of a page, and a device verifies.
    #[must_use]
    pub fn signing_input(bytes: &[u8]) -> Vec<u8> {
        [PREFIX, bytes].concat()
    }

    /// Reads a page: the signature first. `None` if it is not one.
    #[must_use]
    pub fn read(page: &[u8], key: &VerifyingKey) -> Option<Self> {
        let (bytes, signature) = page.split_at_checked(page.len().checked_sub(SIGNATURE_BYTES)?)?;
        let signature = Signature::from_slice(signature).ok()?;
        key.verify_strict(&Self::signing_input(bytes), &signature).ok()?;
        let mut rest = Rest(bytes);
        if rest.take::<1>()? != [VERSION] {
            return None;
        }
        rest.take::<4>()?;
        let leaked = Kid(rest.take()?);
        let mut number = || rest.take::<8>().map(i64::from_be_bytes);
        let (device, next, at) = (number()?, number()?, number()?);
        let mut marks = Vec::new();
        for _ in 0..u32::from_be_bytes(rest.take()?) {
            marks.push(rest.take()?);
        }
        let page = Self { device: DeviceId(device), leaked, next, at: Instant(at), marks };
        rest.0.is_empty().then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};
    use proptest::prelude::*;

    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_bytes(&[6; 32])
    }

    fn list(marks: Vec<Mark>) -> Genuine {
        let (device, at) = (DeviceId(12), Instant(1_795_000_000_000_000));
        Genuine { device, leaked: Kid([2; 4]), next: 3, at, marks }
    }

    fn signed(bytes: &[u8]) -> Vec<u8> {
        [bytes, &key().sign(&Genuine::signing_input(bytes)).to_bytes()].concat()
    }

    proptest! {
        #[test]
        fn a_page_comes_back_as_it_was_and_touched_or_cut_not_at_all(
            marks in proptest::collection::vec(any::<Mark>(), 0..20),
            place in 0..400_usize,
            bit in 0..8_u8,
        ) {
            let list = list(marks);
            let page = signed(&list.bytes(Kid([1; 4])));
            prop_assert_eq!(Genuine::read(&page, &key().verifying_key()), Some(list));
            let place = place % page.len();
            let mut touched = page.clone();
            touched[place] ^= 1 << bit;
            prop_assert_eq!(Genuine::read(&touched, &key().verifying_key()), None);
            prop_assert_eq!(Genuine::read(&page[..place], &key().verifying_key()), None);
        }
    }

    #[test]
    fn the_bytes_are_those_that_scanners_read() {
        let bytes = list(vec![mark(&[0; 20])]).bytes(Kid([1; 4]));
        let expected = "01 01010101 02020202 000000000000000c 0000000000000003 0006608b015f3000 \
            00000001 de47c9b27eb8d300dbb5f2c353e632c3";
        let told = data_encoding::HEXLOWER.encode(&bytes);
        assert_eq!(told, expected.split_whitespace().collect::<String>());
    }
}
