//! The feed: what a device must know besides the signature of a pass, in few bytes, signed.
//! No personal data, and no queries: which vouchers are in it the store says.

use ed25519_dalek::{Signature, VerifyingKey};

use super::{
    calendar::{Day, Instant},
    ids::{DeviceId, ProgrammeId, Seq, VoucherId},
    life::{Standing, Voucher},
    voucher::{
        Kid,
        payload::{Format, head},
    },
};

/// What is signed begins with this: no signature of a voucher or a key set is one of a feed.
const PREFIX: &[u8] = b"pass-numerique/feed/1\n";
const VERSION: u8 = 1;
/// Bytes of one voucher.
pub const ENTRY_BYTES: usize = 11;
pub const SIGNATURE_BYTES: usize = 64;

/// What a signature alone does not say of a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub voucher: VoucherId,
    /// 0: refuse.
    pub left: u8,
    /// Inclusive, with the tolerance.
    pub last_day: Day,
}

/// One page of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    pub device: DeviceId,
    /// The programmes that it is about: a device that knew others begins anew.
    pub programmes: Vec<ProgrammeId>,
    /// The device knew everything up to this event; 0: it begins.
    pub after: Seq,
    /// With this page, and those before it, it knows everything up to this event.
    pub until: Seq,
    /// Where the next page of a beginning goes on; 0: this is the last.
    pub next: i64,
    pub at: Instant,
    pub entries: Vec<Entry>,
}

impl Entry {
    /// What a device must be told of a voucher, `None` if its signature says it all, or if it opens
    /// nothing by its last day or its being stock.
    #[must_use]
    pub fn of(voucher: &Voucher, today: Day) -> Option<Self> {
        let stock = voucher.standing() == Standing::Stock;
        if stock || today > voucher.last_day {
            return None;
        }
        let left = if voucher.standing() == Standing::Active { voucher.left() } else { 0 };
        Some(Self { voucher: voucher.id, left, last_day: voucher.last_day })
    }

    /// Whether the signed bytes say the same.
    #[must_use]
    pub fn follows_from(&self, voucher: &Voucher) -> bool {
        let issued = head(&voucher.payload).is_some_and(|(format, _)| format == Format::Issued);
        issued && self.left == voucher.workshops
    }
}

impl Feed {
    /// The page without its signature: all numbers big-endian.
    ///
    /// | bytes | |
    /// |---|---|
    /// | 1 | version, 1 |
    /// | 4 | kid of the signing key |
    /// | 8 each | device, after, until, next, microseconds since 1970 |
    /// | 2, 2 each | number of programmes, their ids |
    /// | 4, 11 each | number of entries: voucher (8), workshops left (1), last day since 1970 (2) |
    #[must_use]
    pub fn bytes(&self, kid: Kid) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(kid.0);
        for number in [self.device.0, self.after.0, self.until.0, self.next, self.at.0] {
            bytes.extend(number.to_be_bytes());
        }
        let count = u16::try_from(self.programmes.len()).unwrap_or(u16::MAX);
        bytes.extend(count.to_be_bytes());
        for programme in self.programmes.iter().take(usize::from(count)) {
            bytes.extend(u16::try_from(programme.0).unwrap_or_default().to_be_bytes());
        }
        let count = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        bytes.extend(count.to_be_bytes());
        for entry in &self.entries {
            bytes.extend(entry.voucher.0.to_be_bytes());
            bytes.push(entry.left);
            bytes.extend(u16::try_from(entry.last_day.0).unwrap_or(u16::MAX).to_be_bytes());
        }
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
        let mut number = || rest.take::<8>().map(i64::from_be_bytes);
        let (device, after, until) = (number()?, number()?, number()?);
        let (next, at) = (number()?, number()?);
        let mut programmes = Vec::new();
        for _ in 0..u16::from_be_bytes(rest.take()?) {
            programmes.push(ProgrammeId(u16::from_be_bytes(rest.take()?).into()));
        }
        let mut entries = Vec::new();
        for _ in 0..u32::from_be_bytes(rest.take()?) {
            let voucher = VoucherId(i64::from_be_bytes(rest.take()?));
            let [left] = rest.take::<1>()?;
            let last_day = Day(u16::from_be_bytes(rest.take()?).into());
            entries.push(Entry { voucher, left, last_day });
        }
        rest.0.is_empty().then_some(Self {
            device: DeviceId(device),
            programmes,
            after: Seq(after),
            until: Seq(until),
            next,
            at: Instant(at),
            entries,
        })
    }
}

/// What is still to be read.
pub(super) struct Rest<'a>(pub &'a [u8]);

impl Rest<'_> {
    pub fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    pub const fn is_read(&self) -> bool {
        self.0.is_empty()
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

    fn feed(entries: Vec<Entry>) -> Feed {
        Feed {
            device: DeviceId(12),
            programmes: vec![ProgrammeId(1), ProgrammeId(65_535)],
            after: Seq(0),
            until: Seq(70_000),
            next: 3,
            at: Instant(1_795_000_000_000_000),
            entries,
        }
    }

    fn signed(bytes: &[u8]) -> Vec<u8> {
        let signature = key().sign(&Feed::signing_input(bytes)).to_bytes();
        [bytes, &signature].concat()
    }

    fn entry() -> impl Strategy<Value = Entry> {
        (0..i64::MAX, 0..=10_u8, 0..65_536).prop_map(|(id, left, day)| Entry {
            voucher: VoucherId(id),
            left,
            last_day: Day(day),
        })
    }

    proptest! {
        #[test]
        fn a_page_comes_back_as_it_was(entries in proptest::collection::vec(entry(), 0..40)) {
            let feed = feed(entries);
            let page = signed(&feed.bytes(Kid([1; 4])));
            prop_assert_eq!(Feed::read(&page, &key().verifying_key()), Some(feed));
        }

        #[test]
        fn a_page_that_was_touched_or_cut_is_none(place in 0..200_usize, bit in 0..8_u8) {
            let one = Entry { voucher: VoucherId(5), left: 3, last_day: Day(20_000) };
            let page = signed(&feed(vec![one]).bytes(Kid([1; 4])));
            let place = place % page.len();
            let mut touched = page.clone();
            touched[place] ^= 1 << bit;
            prop_assert_eq!(Feed::read(&touched, &key().verifying_key()), None);
            prop_assert_eq!(Feed::read(&page[..place], &key().verifying_key()), None);
        }
    }

    #[test]
    fn the_bytes_are_those_that_scanners_read() {
        let one = Entry { voucher: VoucherId(5), left: 3, last_day: Day(20_000) };
        let bytes = feed(vec![one]).bytes(Kid([1; 4]));
        let expected = "01 01010101 000000000000000c 0000000000000000 0000000000011170 \
            0000000000000003 0006608b015f3000 0002 0001 ffff 00000001 0000000000000005 03 4e20";
        let told = data_encoding::HEXLOWER.encode(&bytes);
        assert_eq!(told, expected.split_whitespace().collect::<String>());
        assert!(Feed::signing_input(&bytes).starts_with(b"pass-numerique/feed/1\n\x01"));
    }

    #[test]
    fn a_million_vouchers_are_eleven_megabytes() {
        let one = Entry { voucher: VoucherId(5), left: 3, last_day: Day(20_000) };
        let empty = feed(Vec::new()).bytes(Kid([1; 4])).len();
        assert_eq!((feed(vec![one; 1_000]).bytes(Kid([1; 4])).len() - empty) / 1_000, ENTRY_BYTES);
        assert!(empty < 60, "{empty}");
    }
}
