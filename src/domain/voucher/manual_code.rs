//! The manual code: what is typed when the QR is torn, `XXXX-XXXX-XXXX`.
//! No look-up and no counting of guesses; never a correction of what was typed.

use std::{fmt, str::FromStr};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::{Zeroize as _, ZeroizeOnDrop};

use super::symbols::{self, Mistyped};
use crate::domain::ids::VoucherId;

const DATA: usize = 10;
const SYMBOLS: usize = DATA + 2;

const TAG_LABEL: &[u8] = b"pass-numerique/manual-code/tag/1";
const REFERENCE_LABEL: &[u8] = b"pass-numerique/reference/1";

/// `K_code` and the keys derived from it. Secret: redacted by `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct CodeKeys {
    code: [u8; 32],
    tag: [u8; 32],
    reference: [u8; 32],
}

impl CodeKeys {
    /// From `K_code`, 32 random bytes. The others are HMAC-SHA-256(`K_code`, label); labels are
    /// longer than the 8 bytes of a voucher id, so no code ever tells anything about them.
    #[must_use]
    pub fn new(code: [u8; 32]) -> Self {
        let (tag, reference) = (hmac(&code, TAG_LABEL), hmac(&code, REFERENCE_LABEL));
        Self { code, tag, reference }
    }

    /// HMAC-SHA-256 of the id's 8 big-endian bytes under the key of references.
    pub(super) fn reference_of(&self, voucher: VoucherId) -> [u8; 32] {
        hmac(&self.reference, &voucher.0.to_be_bytes())
    }
}

impl Drop for CodeKeys {
    fn drop(&mut self) {
        self.code.zeroize();
        self.tag.zeroize();
        self.reference.zeroize();
    }
}

impl ZeroizeOnDrop for CodeKeys {}

impl fmt::Debug for CodeKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeKeys(secret)")
    }
}

/// HMAC-SHA-256 (RFC 2104, FIPS 180-4).
fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // A key of any length is accepted, so the error cannot happen.
    <Hmac<Sha256> as hmac::Mac>::new_from_slice(key)
        .map(|mac| mac.chain_update(message).finalize().into_bytes().into())
        .unwrap_or_default()
}

/// 10 symbols, the first 50 bits of HMAC-SHA-256(`K_code`, the voucher id's 8 big-endian bytes),
/// and 2 Reed-Solomon check symbols over GF(32). Bearer value: redacted by `Debug`; `Display` is
/// for the paper alone.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ManualCode([u8; SYMBOLS]);

impl ManualCode {
    #[must_use]
    pub fn of(voucher: VoucherId, keys: &CodeKeys) -> Self {
        let data: [u8; DATA] = symbols::head(&hmac(&keys.code, &voucher.0.to_be_bytes()));
        let checks = symbols::two_checks(&data);
        let mut all = [0; SYMBOLS];
        for (to, from) in all.iter_mut().zip(data.iter().chain(&checks)) {
            *to = *from;
        }
        Self(all)
    }

    /// What the database keeps and looks up: 16 bytes that tell nothing without the key.
    #[must_use]
    pub fn tag(&self, keys: &CodeKeys) -> [u8; 16] {
        let tag = hmac(&keys.tag, &self.0);
        tag.first_chunk().copied().unwrap_or_default()
    }
}

impl fmt::Display for ManualCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        symbols::write(&self.0, f)
    }
}

impl fmt::Debug for ManualCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ManualCode(redacted)")
    }
}

impl FromStr for ManualCode {
    type Err = Mistyped;

    /// Any case, hyphens optional, O for 0, I and L for 1; a mistake is refused, not corrected.
    fn from_str(text: &str) -> Result<Self, Mistyped> {
        let symbols = symbols::parse(text)?;
        if symbols::has_two_checks(&symbols) { Ok(Self(symbols)) } else { Err(Mistyped::Check) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys() -> CodeKeys {
        CodeKeys::new([7; 32])
    }

    fn code() -> ManualCode {
        ManualCode::of(VoucherId(0x794e_76e3_8143_7af3), &keys())
    }

    fn refused(symbols: [u8; SYMBOLS]) -> bool {
        let text = ManualCode(symbols).to_string();
        text.parse::<ManualCode>() == Err(Mistyped::Check)
    }

    #[test]
    fn a_code_is_derived_from_its_voucher_and_key_alone() {
        let other = CodeKeys::new([8; 32]);
        assert_eq!(code(), ManualCode::of(VoucherId(0x794e_76e3_8143_7af3), &keys()));
        assert_ne!(code(), ManualCode::of(VoucherId(1), &keys()));
        assert_ne!(code(), ManualCode::of(VoucherId(0x794e_76e3_8143_7af3), &other));
        assert_ne!(code().tag(&keys()), code().tag(&other));
        assert_eq!(code().to_string().len(), 14);
    }

    #[test]
    fn neither_code_nor_keys_are_printed_by_debug() {
        assert_eq!(format!("{:?} {:?}", code(), keys()), "ManualCode(redacted) CodeKeys(secret)");
    }

    #[test]
    fn any_case_hyphens_and_look_alikes_are_understood() {
        let zero = ManualCode([0; SYMBOLS]);
        assert_eq!("oO00-oooo-0000".parse(), Ok(zero));
        let of = |text: &str| text.parse::<ManualCode>();
        let text = code().to_string();
        assert_eq!(of(&text.to_lowercase()), Ok(code()));
        assert_eq!(of(&text.replace('-', "")), Ok(code()));
        assert_eq!(of(&text.replace('-', " ")), Ok(code()));
        let one = symbols::parse::<3>("1iL").unwrap();
        assert_eq!(one, [1, 1, 1]);
    }

    #[test]
    fn wrong_lengths_and_letters_are_told_apart() {
        let of = |text: &str| text.parse::<ManualCode>();
        assert_eq!(of("0000-0000-000"), Err(Mistyped::Length { found: 11, expected: 12 }));
        assert_eq!(of("0000-0000-00000"), Err(Mistyped::Length { found: 13, expected: 12 }));
        assert_eq!(of("0000-U000-0000"), Err(Mistyped::Symbol { position: 6 }));
        assert_eq!(of(""), Err(Mistyped::Length { found: 0, expected: 12 }));
    }

    #[test]
    fn every_single_and_every_double_error_is_detected() {
        // The code is linear, so what holds for one code word holds for all.
        let good = code().0;
        for first in 0..SYMBOLS {
            for error in 1..32 {
                let mut one = good;
                one[first] ^= error;
                assert!(refused(one));
                for second in first + 1..SYMBOLS {
                    for other in 1..32 {
                        let mut two = one;
                        two[second] ^= other;
                        assert!(refused(two));
                    }
                }
            }
        }
    }

    #[test]
    fn every_exchange_and_every_twin_error_is_detected() {
        for id in 0..200 {
            let good = ManualCode::of(VoucherId(id), &keys()).0;
            for a in 0..SYMBOLS {
                for b in (a + 1..SYMBOLS).filter(|b| good[a] != good[*b]) {
                    let mut exchanged = good;
                    exchanged.swap(a, b);
                    assert!(refused(exchanged));
                }
            }
            for a in (0..SYMBOLS - 1).filter(|a| good[*a] == good[a + 1]) {
                for twin in (0..32).filter(|twin| *twin != good[a]) {
                    let mut twins = good;
                    (twins[a], twins[a + 1]) = (twin, twin);
                    assert!(refused(twins));
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_voucher_s_code_comes_back_from_its_text(id in 0..=i64::MAX, key: [u8; 32]) {
            let code = ManualCode::of(VoucherId(id), &CodeKeys::new(key));
            prop_assert_eq!(code.to_string().parse(), Ok(code));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = text.parse::<ManualCode>();
        }
    }
}
