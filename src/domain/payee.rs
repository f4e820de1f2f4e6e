//! What identifies a payee: the SIRET of an establishment, the IBAN and BIC of its account.
//! No look-up of any of them: a valid key says that a number was copied well, not that it exists.

use std::{fmt, str::FromStr};

use iban::IbanLike as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use thiserror::Error;

/// La Poste: its SIRET are valid when the sum of the digits is a multiple of 5 (INSEE), since
/// its offices are too many for the Luhn key.
const LA_POSTE: &str = "356000000";

/// An establishment's number at INSEE: 14 digits, the first 9 of which are the SIREN.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Siret(String);

/// Why a text is no SIRET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SiretError {
    #[error("only zeros: a placeholder for an unknown SIRET")]
    Placeholder,
    #[error("9 digits are a SIREN, which names the company; a SIRET has 14")]
    Siren,
    #[error("a SIRET has 14 digits, not {0}")]
    Length(usize),
    #[error("a SIRET has only digits")]
    NotDigits,
    #[error("the key does not fit: a digit is wrong or two are swapped")]
    Key,
}

impl Siret {
    /// The 14 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The 9 digits of the company.
    #[must_use]
    pub fn siren(&self) -> &str {
        self.0.get(..9).unwrap_or_default()
    }
}

impl FromStr for Siret {
    type Err = SiretError;

    /// Reads 14 digits; spaces, dots and hyphens between them are left out.
    fn from_str(text: &str) -> Result<Self, SiretError> {
        let separator = |c: &char| c.is_whitespace() || matches!(c, '.' | '-');
        let digits: String = text.chars().filter(|c| !separator(c)).collect();
        if digits.is_empty() {
            return Err(SiretError::Length(0));
        }
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(SiretError::NotDigits);
        }
        if digits.bytes().all(|byte| byte == b'0') {
            return Err(SiretError::Placeholder);
        }
        match digits.len() {
            9 => return Err(SiretError::Siren),
            14 => {}
            length => return Err(SiretError::Length(length)),
        }
        let sum: u32 = digits.bytes().map(|byte| u32::from(byte - b'0')).sum();
        let la_poste = digits.starts_with(LA_POSTE) && sum.is_multiple_of(5);
        if la_poste || luhn(&digits) { Ok(Self(digits)) } else { Err(SiretError::Key) }
    }
}

impl fmt::Display for Siret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Siret {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Siret {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <std::borrow::Cow<'de, str>>::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

/// Whether ASCII digits end with their Luhn key (ISO/IEC 7812-1, annex B).
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, byte)| {
            let digit = u32::from(byte.saturating_sub(b'0'));
            match (place % 2, digit * 2) {
                (0, _) => digit,
                (_, twice) if twice > 9 => twice - 9,
                (_, twice) => twice,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// An account to pay to, checked as ISO 13616 says. Shown and logged only as its last 4 signs.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Iban(iban::Iban);

/// Why a text is no IBAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IbanError {
    #[error("an IBAN begins with two letters and two digits, and has at most 34 signs")]
    Format,
    #[error("the key does not fit: a sign is wrong or two are swapped")]
    Key,
    #[error("no account of this country looks like that")]
    Account,
    #[error("this country has no IBAN")]
    Country,
}

impl Iban {
    /// All of it, without spaces: only for payment orders and for the payee's own page.
    #[must_use]
    pub fn reveal(&self) -> &str {
        self.0.electronic_str()
    }

    /// The two letters of the country.
    #[must_use]
    pub fn country(&self) -> &str {
        self.0.country_code()
    }
}

impl FromStr for Iban {
    type Err = IbanError;

    /// Reads an IBAN in any case, with or without spaces.
    fn from_str(text: &str) -> Result<Self, IbanError> {
        let text: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        text.parse().map(Self).map_err(|error| match error {
            iban::ParseIbanError::InvalidBaseIban { source } => match source {
                iban::ParseBaseIbanError::InvalidFormat => IbanError::Format,
                iban::ParseBaseIbanError::InvalidChecksum => IbanError::Key,
            },
            iban::ParseIbanError::InvalidBban(_) => IbanError::Account,
            iban::ParseIbanError::UnknownCountry(_) => IbanError::Country,
        })
    }
}

impl fmt::Display for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.reveal();
        let kept = all.len().saturating_sub(4);
        write!(f, "…{}", all.get(kept..).unwrap_or_default())
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iban({self})")
    }
}

/// A bank's code, as ISO 9362 says: 8 or 11 signs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bic(String);

/// A text that is no BIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a BIC has 8 or 11 signs: 4 letters or digits, the country, 2 or 5 more")]
pub struct NotABic;

impl Bic {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Bic {
    type Err = NotABic;

    /// Reads a BIC in any case, with or without spaces.
    fn from_str(text: &str) -> Result<Self, NotABic> {
        let text: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let fits = |(place, byte): (usize, u8)| match place {
            4 | 5 => byte.is_ascii_uppercase(),
            _ => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
        };
        let long = text.len() == 8 || text.len() == 11;
        if long && text.bytes().enumerate().all(fits) { Ok(Self(text)) } else { Err(NotABic) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> SiretError {
        text.parse::<Siret>().unwrap_err()
    }

    #[test]
    fn a_siret_is_read_with_or_without_separators() {
        let siret: Siret = " 434 933 123.00029 ".parse().unwrap();
        assert_eq!(siret.as_str(), "43493312300029");
        assert_eq!(siret.siren(), "434933123");
        assert_eq!(serde_json::to_string(&siret).unwrap(), "\"43493312300029\"");
        assert_eq!(serde_json::from_str::<Siret>("\"43493312300029\"").unwrap(), siret);
        assert!(serde_json::from_str::<Siret>("\"43493312300028\"").is_err());
    }

    #[test]
    fn every_mistake_in_a_siret_has_its_own_reason() {
        assert_eq!(refused(""), SiretError::Length(0));
        assert_eq!(refused("00000000000000"), SiretError::Placeholder);
        assert_eq!(refused("000000000"), SiretError::Placeholder);
        assert_eq!(refused("434933123"), SiretError::Siren);
        assert_eq!(refused("306663717000248"), SiretError::Length(15));
        assert_eq!(refused("BibliothèquedeDzoumogne"), SiretError::NotDigits);
        assert_eq!(refused("43493312300028"), SiretError::Key);
        assert_eq!(refused("43493312300092"), SiretError::Key);
    }

    #[test]
    fn la_poste_alone_may_sum_to_a_multiple_of_five() {
        // Sum 25, but no Luhn key; the head office has both a Luhn key and its own SIREN.
        assert!(!luhn("35600000000029"));
        assert!("35600000000029".parse::<Siret>().is_ok());
        assert_eq!(refused("35600000000028"), SiretError::Key);
        assert!("35600000000048".parse::<Siret>().is_ok());
        // Sum 35 under another SIREN.
        assert_eq!(refused("43493312300012"), SiretError::Key);
    }

    #[test]
    fn an_iban_is_normalised_and_shows_only_its_last_four_signs() {
        let iban: Iban = "fr14 2004 1010 0505 0001 3m02 606".parse().unwrap();
        assert_eq!(iban.reveal(), "FR1420041010050500013M02606");
        assert_eq!(iban.country(), "FR");
        assert_eq!(iban.to_string(), "…2606");
        assert_eq!(format!("{iban:?}"), "Iban(…2606)");
    }

    #[test]
    fn every_mistake_in_an_iban_has_its_own_reason() {
        let refused = |text: &str| text.parse::<Iban>().unwrap_err();
        assert_eq!(refused(""), IbanError::Format);
        assert_eq!(refused("FR14-2004"), IbanError::Format);
        assert_eq!(refused("FR1520041010050500013M02606"), IbanError::Key);
        assert_eq!(refused("FR14 2004 1010 0505 0001 3M02 60"), IbanError::Key);
        // The keys fit, but France has 23 signs after the key, and ZZ no IBAN.
        assert_eq!(refused("FR29 1234"), IbanError::Account);
        assert_eq!(refused("ZZ19 1234"), IbanError::Country);
    }

    #[test]
    fn a_bic_has_its_country_in_the_fifth_and_sixth_place() {
        assert_eq!("bnpa frpp".parse::<Bic>().unwrap().as_str(), "BNPAFRPP");
        assert_eq!("PSSTFRPPPAR".parse::<Bic>().unwrap().as_str(), "PSSTFRPPPAR");
        for wrong in ["", "BNPAFRP", "BNPAFRPPPA", "BNPA1RPP", "BNPAFR-P", "BNPAFRPPPARX"] {
            assert_eq!(wrong.parse::<Bic>(), Err(NotABic), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_never_passes_the_luhn_key(place in 0..14_usize, shift in 1..10_u8) {
            let mut digits = *b"43493312300029";
            digits[place] = b'0' + (digits[place] - b'0' + shift) % 10;
            let text = std::str::from_utf8(&digits).unwrap();
            prop_assert_eq!(text.parse::<Siret>(), Err(SiretError::Key));
        }

        #[test]
        fn no_text_makes_the_readers_panic(text in ".*") {
            let _ = text.parse::<Siret>();
            let _ = text.parse::<Iban>();
        }
    }
}
