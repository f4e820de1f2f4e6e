//! The reference: what is said on the telephone to find a voucher, `XXXX-XXXX-X`.
//! It redeems nothing, so it may be printed, shown and exported.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{
    manual_code::CodeKeys,
    symbols::{self, Mistyped},
};
use crate::domain::ids::VoucherId;

const DATA: usize = 8;
const SYMBOLS: usize = DATA + 1;

/// 8 symbols, the first 40 bits of HMAC-SHA-256 of the voucher id under a key of its own, and a
/// check symbol: the one that makes the 9 symbols, as a polynomial over GF(32) modulo
/// x^5 + x^2 + 1 with the first symbol as highest coefficient, have the root α = 2 (one
/// Reed-Solomon check symbol). It detects every wrong symbol, every exchange and every twin error.
///
/// Two vouchers share one by chance about once in 2^40 pairs: draw the id again.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference([u8; SYMBOLS]);

impl Reference {
    #[must_use]
    pub fn of(voucher: VoucherId, keys: &CodeKeys) -> Self {
        let data: [u8; DATA] = symbols::head(&keys.reference_of(voucher));
        let check = symbols::one_check(&data);
        let mut all = [0; SYMBOLS];
        for (to, from) in all.iter_mut().zip(data.iter().chain(&check)) {
            *to = *from;
        }
        Self(all)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        symbols::write(&self.0, f)
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reference({self})")
    }
}

impl FromStr for Reference {
    type Err = Mistyped;

    /// Any case, hyphens optional, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, Mistyped> {
        let symbols = symbols::parse(text)?;
        if symbols::has_one_check(&symbols) { Ok(Self(symbols)) } else { Err(Mistyped::Check) }
    }
}

impl Serialize for Reference {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::voucher::ManualCode;

    fn references() -> impl Iterator<Item = [u8; SYMBOLS]> {
        let keys = CodeKeys::new([7; 32]);
        (0..100).map(move |id| Reference::of(VoucherId(id), &keys).0)
    }

    fn refused(symbols: [u8; SYMBOLS]) -> bool {
        Reference(symbols).to_string().parse::<Reference>() == Err(Mistyped::Check)
    }

    #[test]
    fn a_reference_comes_back_from_what_is_said() {
        for symbols in references() {
            let text = Reference(symbols).to_string();
            assert_eq!(text.len(), 11);
            assert_eq!(text.parse(), Ok(Reference(symbols)));
            assert_eq!(text.to_lowercase().replace('-', " ").parse(), Ok(Reference(symbols)));
            assert_eq!(text.replace('0', "o").replace('1', "l").parse(), Ok(Reference(symbols)));
        }
    }

    #[test]
    fn every_wrong_symbol_exchange_and_twin_error_is_detected() {
        for good in references() {
            for a in 0..SYMBOLS {
                for error in 1..32 {
                    let mut wrong = good;
                    wrong[a] ^= error;
                    assert!(refused(wrong));
                }
                for b in (a + 1..SYMBOLS).filter(|b| good[a] != good[*b]) {
                    let mut exchanged = good;
                    exchanged.swap(a, b);
                    assert!(refused(exchanged));
                }
                for b in a + 1..SYMBOLS {
                    for error in 1..32 {
                        let mut twins = good;
                        twins[a] ^= error;
                        twins[b] ^= error;
                        assert!(refused(twins));
                    }
                }
            }
        }
    }

    #[test]
    fn a_reference_says_nothing_of_the_manual_code() {
        let keys = CodeKeys::new([7; 32]);
        let code = ManualCode::of(VoucherId(1), &keys).to_string();
        let reference = Reference::of(VoucherId(1), &keys).to_string();
        assert_ne!(code[..4], reference[..4]);
    }
}
