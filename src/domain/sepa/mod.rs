//! What banks are told and tell: credit transfers (pain.001) and their status (pain.002).
//! No decision about a payment, and no database: files as text, and values out of them.

mod pain001;
mod pain002;
mod reconcile;

pub use pain001::{Debtor, Order, Transfer, file};
pub use pain002::{Report, ReportLine, read};
pub use reconcile::{Ordered, Reconciled, reconcile};

use sha2::{Digest as _, Sha256};

use super::ids::ProgrammeId;

/// A payment's name at the bank: it comes back in the bank's answer. At most 35 signs, unique.
#[must_use]
pub fn end_to_end_id(programme: ProgrammeId, payment: i64) -> String {
    format!("PN{programme}-{payment}")
}

/// A run's name at the bank, as a message and as its one block of payments.
#[must_use]
pub fn message_id(programme: ProgrammeId, settlement: i64) -> String {
    format!("PN{programme}-R{settlement}")
}

/// SHA-256 of a file, in hexadecimal.
#[must_use]
pub fn digest(text: &str) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes()))
}

/// A text in the signs that every bank of the SEPA takes (EPC217-08): Latin letters without
/// accents, digits and a few others; what has no such form becomes a space. At most `most` signs.
#[must_use]
pub fn latin(text: &str, most: usize) -> String {
    let taken = |c: char| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c);
    let plain = any_ascii::any_ascii(text);
    let plain: String = plain.chars().map(|c| if taken(c) { c } else { ' ' }).collect();
    let words: Vec<&str> = plain.split_whitespace().collect();
    // A field neither begins nor ends with a slash, and has no two of them together.
    let mut joined = words.join(" ");
    while joined.contains("//") {
        joined = joined.replace("//", "/");
    }
    let cut: String = joined.trim_matches(['/', ' ']).chars().take(most).collect();
    cut.trim_end_matches(['/', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_keeps_its_letters_and_loses_its_accents() {
        assert_eq!(latin("Médiathèque de l’Œuvre", 70), "Mediatheque de l'Oeuvre");
        assert_eq!(latin("Société « A & B » n° 3", 70), "Societe A B ndeg 3");
        assert_eq!(latin("//Régie//de quartier/", 70), "Regie/de quartier");
        assert_eq!(latin("Association très longue", 12), "Association");
    }

    proptest! {
        #[test]
        fn no_text_brings_a_sign_that_a_bank_does_not_take(text in ".*", most in 1..80_usize) {
            let latin = latin(&text, most);
            let taken = |c: char| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c);
            prop_assert!(latin.chars().all(taken), "{latin:?}");
            prop_assert!(latin.chars().count() <= most);
            prop_assert!(!latin.contains("//") && !latin.starts_with('/') && !latin.ends_with('/'));
        }
    }
}
