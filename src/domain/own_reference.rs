//! An issuer's own reference of a pass: the number of a file, and nobody's name.
//! No storage: it is sealed before it is kept.

use std::{fmt, str::FromStr};

use super::plain::is_plain;

/// The longest, in characters.
pub const LONGEST: usize = 60;

/// A reference as its issuer writes it, without spaces around or doubled.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnReference(String);

impl OwnReference {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it is compared: the same in small and capital letters.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

/// It may say more about a person than its issuer meant: not in logs.
impl fmt::Debug for OwnReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnReference(…)")
    }
}

/// Empty, longer than 60 characters, or with signs that hide text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an own reference has 1 to {LONGEST} visible characters")]
pub struct NotAReference;

impl FromStr for OwnReference {
    type Err = NotAReference;

    fn from_str(text: &str) -> Result<Self, NotAReference> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let text = words.join(" ");
        let good = (1..=LONGEST).contains(&text.chars().count()) && is_plain(&text);
        if good { Ok(Self(text)) } else { Err(NotAReference) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_kept_as_written_and_compared_without_case() {
        let one: OwnReference = "  Dossier  12-É ".parse().unwrap();
        assert_eq!((one.as_str(), one.folded().as_str()), ("Dossier 12-É", "dossier 12-é"));
        assert!("a".repeat(60).parse::<OwnReference>().is_ok());
        for wrong in ["", "   ", &"a".repeat(61), "a\u{202e}b", "a\0b"] {
            assert_eq!(wrong.parse::<OwnReference>(), Err(NotAReference), "{wrong:?}");
        }
        assert!(!format!("{one:?}").contains("12"));
    }
}
