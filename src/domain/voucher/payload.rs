//! The 20 bytes that are signed, and the 84 that a voucher carries.
//! No text form (see `text`) and no cryptography.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::domain::{
    calendar::Day,
    ids::{ProgrammeId, VoucherId},
};

/// Bytes of a payload.
pub const PAYLOAD_LEN: usize = 20;
/// Bytes of an Ed25519 signature (RFC 8032).
pub const SIGNATURE_LEN: usize = 64;
/// Bytes of a voucher: payload, then signature.
pub const SIGNED_LEN: usize = PAYLOAD_LEN + SIGNATURE_LEN;
/// What stands before the payload when it is signed: the head of the COSE `Sig_structure`
/// (RFC 9052, section 4.4) with protected header `{1: -8}`, `external_aad`
/// `pass-numerique/voucher/1`, and the head of a byte string of 20.
pub const PREFIX: [u8; 43] =
    *b"\x84\x6aSignature1\x43\xa1\x01\x27\x58\x18pass-numerique/voucher/1\x54";

/// How the voucher came to be; the first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Issued on the spot: its dates are its own.
    Issued,
    /// Printed ahead: its real dates stand in the database alone.
    Stock,
}

impl Format {
    const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            1 => Some(Self::Issued),
            2 => Some(Self::Stock),
            _ => None,
        }
    }

    const fn byte(self) -> u8 {
        match self {
            Self::Issued => 1,
            Self::Stock => 2,
        }
    }
}

/// The first 4 bytes of a key's thumbprint (RFC 7638); two keys may share them. Shown in hex.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kid(pub [u8; 4]);

impl utoipa::PartialSchema for Kid {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9a-f]{8}$"))
            .into()
    }
}

impl utoipa::ToSchema for Kid {}

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl fmt::Debug for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Kid({self})")
    }
}

/// What is wrong with a text that should be a kid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a kid: 8 hexadecimal digits")]
pub struct NotAKid;

impl FromStr for Kid {
    type Err = NotAKid;

    fn from_str(text: &str) -> Result<Self, NotAKid> {
        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes());
        let bytes = bytes.ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or(NotAKid)
    }
}

impl Serialize for Kid {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Kid {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// What a voucher says. Days are civil days of the programme's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Payload {
    pub format: Format,
    pub kid: Kid,
    /// 0 to 2^63 − 1.
    pub voucher: VoucherId,
    /// 1 to 65535.
    pub programme: ProgrammeId,
    /// 1 to 10.
    pub workshops: u8,
    /// The first valid day, which is the day of signing.
    pub first_day: Day,
    /// The last valid day, inclusive, with the programme's tolerance; not before the first.
    pub last_day: Day,
}

/// Which field of a payload is outside its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfRange {
    #[error("its format is not known")]
    Format,
    #[error("its voucher id has more than 63 bits")]
    Voucher,
    #[error("its programme is not between 1 and 65535")]
    Programme,
    #[error("its workshops are not between 1 and 10")]
    Workshops,
    #[error("its days are not between 1970-01-01 and 2149-06-06, the first before the last")]
    Days,
}

/// Reads big-endian fields off the front of bytes.
struct Fields<'a>(&'a [u8]);

impl Fields<'_> {
    fn next<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*head)
    }
}

impl Payload {
    /// The 20 bytes to be signed.
    ///
    /// # Errors
    /// The first field that is outside its range.
    pub fn to_bytes(&self) -> Result<[u8; PAYLOAD_LEN], OutOfRange> {
        let voucher = u64::try_from(self.voucher.0).map_err(|_| OutOfRange::Voucher)?;
        let programme = u16::try_from(self.programme.0).map_err(|_| OutOfRange::Programme)?;
        let day = |day: Day| u16::try_from(day.0).map_err(|_| OutOfRange::Days);
        let (first, last) = (day(self.first_day)?, day(self.last_day)?);
        self.in_range()?;
        let fields: [&[u8]; 7] = [
            &[self.format.byte()],
            &self.kid.0,
            &voucher.to_be_bytes(),
            &programme.to_be_bytes(),
            &[self.workshops],
            &first.to_be_bytes(),
            &last.to_be_bytes(),
        ];
        let mut bytes = [0; PAYLOAD_LEN];
        for (byte, value) in bytes.iter_mut().zip(fields.concat()) {
            *byte = value;
        }
        Ok(bytes)
    }

    /// What 20 bytes say. Read nothing but `head` of bytes whose signature is not yet checked.
    ///
    /// # Errors
    /// The first field that is outside its range.
    pub fn from_bytes(bytes: &[u8; PAYLOAD_LEN]) -> Result<Self, OutOfRange> {
        let payload = Self::read(bytes).ok_or(OutOfRange::Format)?;
        payload.in_range()?;
        Ok(payload)
    }

    fn read(bytes: &[u8; PAYLOAD_LEN]) -> Option<Self> {
        let (format, kid) = head(bytes)?;
        let mut fields = Fields(bytes);
        fields.next::<5>()?;
        Some(Self {
            format,
            kid,
            voucher: VoucherId(i64::from_be_bytes(fields.next()?)),
            programme: ProgrammeId(u16::from_be_bytes(fields.next()?).into()),
            workshops: u8::from_be_bytes(fields.next()?),
            first_day: Day(u16::from_be_bytes(fields.next()?).into()),
            last_day: Day(u16::from_be_bytes(fields.next()?).into()),
        })
    }

    fn in_range(&self) -> Result<(), OutOfRange> {
        if self.voucher.0 < 0 {
            return Err(OutOfRange::Voucher);
        }
        if self.programme.0 < 1 {
            return Err(OutOfRange::Programme);
        }
        if !(1..=10).contains(&self.workshops) {
            return Err(OutOfRange::Workshops);
        }
        if self.first_day > self.last_day {
            return Err(OutOfRange::Days);
        }
        Ok(())
    }
}

/// The two fields that choose the key, and may be read before the signature is checked; `None`
/// if the format is not known.
#[must_use]
pub fn head(payload: &[u8; PAYLOAD_LEN]) -> Option<(Format, Kid)> {
    let mut fields = Fields(payload);
    let [format] = fields.next()?;
    Some((Format::from_byte(format)?, Kid(fields.next()?)))
}

/// What Ed25519 signs: `PREFIX`, then the payload (RFC 9052, `Sig_structure` of a `COSE_Sign1`).
#[must_use]
pub fn signing_input(payload: &[u8; PAYLOAD_LEN]) -> [u8; PREFIX.len() + PAYLOAD_LEN] {
    let mut input = [0; PREFIX.len() + PAYLOAD_LEN];
    for (to, from) in input.iter_mut().zip(PREFIX.iter().chain(payload)) {
        *to = *from;
    }
    input
}

/// A payload and its signature: bearer value. `Debug` shows the payload's kid alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signed {
    pub payload: [u8; PAYLOAD_LEN],
    pub signature: [u8; SIGNATURE_LEN],
}

impl Signed {
    #[must_use]
    pub fn to_bytes(&self) -> [u8; SIGNED_LEN] {
        let mut bytes = [0; SIGNED_LEN];
        for (to, from) in bytes.iter_mut().zip(self.payload.iter().chain(&self.signature)) {
            *to = *from;
        }
        bytes
    }

    /// The two parts of 84 bytes; `None` if they are not 84. Nothing is checked.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (payload, signature) = bytes.split_first_chunk()?;
        Some(Self { payload: *payload, signature: signature.try_into().ok()? })
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kid = head(&self.payload).map(|(_, kid)| kid);
        f.debug_struct("Signed").field("kid", &kid).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::voucher::example;

    #[test]
    fn the_example_of_the_specification_has_these_bytes() {
        let bytes = example::bytes(example::PAYLOAD);
        assert_eq!(example::payload().to_bytes(), Ok(bytes));
        assert_eq!(Payload::from_bytes(&bytes), Ok(example::payload()));
    }

    #[test]
    fn the_prefix_is_the_head_of_the_cose_structure() {
        let prefix: [u8; 43] = example::bytes(
            "846a5369676e61747572653143a101275818\
             706173732d6e756d6572697175652f766f75636865722f3154",
        );
        assert_eq!(PREFIX, prefix);
        let input = signing_input(&example::bytes(example::PAYLOAD));
        assert_eq!(input.len(), 63);
        assert_eq!(input[..43], prefix);
        assert_eq!(input[43..], example::bytes::<20>(example::PAYLOAD));
    }

    #[test]
    fn each_field_has_its_range() {
        let good = example::payload();
        let of = |change: fn(&mut Payload)| {
            let mut payload = good;
            change(&mut payload);
            payload.to_bytes().unwrap_err()
        };
        assert_eq!(of(|p| p.voucher.0 = -1), OutOfRange::Voucher);
        assert_eq!(of(|p| p.programme.0 = 0), OutOfRange::Programme);
        assert_eq!(of(|p| p.programme.0 = 65_536), OutOfRange::Programme);
        assert_eq!(of(|p| p.workshops = 0), OutOfRange::Workshops);
        assert_eq!(of(|p| p.workshops = 11), OutOfRange::Workshops);
        assert_eq!(of(|p| p.first_day = p.last_day.plus(1)), OutOfRange::Days);
        assert_eq!(of(|p| p.last_day = Day(65_536)), OutOfRange::Days);
        assert_eq!(of(|p| p.first_day = Day(-1)), OutOfRange::Days);
    }

    #[test]
    fn a_signed_voucher_is_not_printed_by_debug() {
        assert_eq!(format!("{:?}", example::signed()), "Signed { kid: Some(Kid(90facafe)), .. }");
    }

    proptest! {
        #[test]
        fn bytes_that_can_be_read_are_written_back_the_same(mut bytes: [u8; PAYLOAD_LEN]) {
            bytes[0] %= 3;
            bytes[15] %= 12;
            if let Ok(payload) = Payload::from_bytes(&bytes) {
                prop_assert_eq!(payload.to_bytes(), Ok(bytes));
            }
        }

        #[test]
        fn a_payload_in_range_comes_back(
            stock: bool, kid: [u8; 4], id in 0..=i64::MAX, programme in 1..=65_535_i64,
            workshops in 1..=10_u8, first in 0..=65_535_i32, more in 0..=65_535_i32,
        ) {
            let payload = Payload {
                format: if stock { Format::Stock } else { Format::Issued },
                kid: Kid(kid),
                voucher: VoucherId(id),
                programme: ProgrammeId(programme),
                workshops,
                first_day: Day(first),
                last_day: Day((first + more).min(65_535)),
            };
            let bytes = payload.to_bytes().unwrap();
            prop_assert_eq!(Payload::from_bytes(&bytes), Ok(payload));
        }
    }
}
