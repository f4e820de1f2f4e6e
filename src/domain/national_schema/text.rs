//! Text as files bring it: its accents and apostrophes, its stray signs.
//! No knowledge of columns.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The text as it is compared: letters without case or accents and digits, one space for all else.
pub fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'â' | 'ä' => key.push('a'),
            'é' | 'è' | 'ê' | 'ë' => key.push('e'),
            'î' | 'ï' => key.push('i'),
            'ô' | 'ö' => key.push('o'),
            'ù' | 'û' | 'ü' => key.push('u'),
            'ç' => key.push('c'),
            'œ' => key.push_str("oe"),
            'æ' => key.push_str("ae"),
            'ÿ' => key.push('y'),
            // Accents of decomposed letters.
            '\u{300}'..='\u{36f}' => {}
            c if c.is_alphanumeric() => key.push(c),
            _ if key.is_empty() || key.ends_with(' ') => {}
            _ => key.push(' '),
        }
    }
    key.truncate(key.trim_end().len());
    key
}

/// What stands between the items of a list.
const SEPARATORS: [char; 3] = ['|', ';', ','];

/// The text without signs that can't be seen, e-mail addresses, and needless spaces; whether there
/// was an address.
pub(super) fn clean(text: &str) -> (String, bool) {
    let mut cleaned = String::with_capacity(text.len());
    let mut email = false;
    let visible = text.replace(invisible, "");
    for word in visible.split(|c: char| c.is_whitespace() || c.is_control()) {
        let start = cleaned.len();
        for piece in word.split_inclusive(SEPARATORS) {
            let body = piece.trim_end_matches(SEPARATORS);
            if is_email(body) {
                email = true;
                cleaned.push_str(piece.get(body.len()..).unwrap_or_default());
            } else {
                cleaned.push_str(piece);
            }
        }
        if start > 0 && cleaned.len() > start {
            cleaned.insert(start, ' ');
        }
    }
    (cleaned, email)
}

/// Zero width, or turning the direction of what follows.
const fn invisible(c: char) -> bool {
    matches!(
        c,
        '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2066}'..='\u{2069}'
            | '\u{feff}'
    )
}

/// Whether a word holds an address; names such as `l'@telier` or `Cyb@r` and paths such as
/// `medium.com/@a.name` don't.
fn is_email(word: &str) -> bool {
    let letters = |part: &str| part.chars().take_while(char::is_ascii_alphabetic).count();
    word.match_indices('@').any(|(at, _)| {
        let local = word.get(..at).unwrap_or_default();
        let domain = word.get(at + 1..).unwrap_or_default();
        let ends = domain.split('.').skip(1);
        !local.is_empty() && !local.ends_with('/') && ends.map(letters).any(|count| count > 1)
    })
}

/// 16 hex digits that stay the same while `parts` differ only in case, accents and punctuation.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(key(part));
        hash.update([0x1f]);
    }
    hash.finalize().iter().take(8).fold(String::with_capacity(16), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apostrophes_accents_and_case_do_not_matter_for_matching() {
        assert_eq!(key(" L’Été : À  L'ŒUVRE !"), "l ete a l oeuvre");
        assert_eq!(key("e\u{301}te\u{301}"), "ete");
        assert_eq!(key("code_postal"), key("Code Postal"));
    }

    #[test]
    fn an_address_is_taken_out_but_a_name_with_an_at_sign_stays() {
        assert_eq!(
            clean("Venir\u{a0}ou  écrire à a.b@mairie.fr\n."),
            ("Venir ou écrire à .".into(), true)
        );
        for name in
            ["LE LOC@L DES JEUNES", "Saint-Etienne l'@telier", "(M@n Vichy)", "@ la page.fr"]
        {
            assert_eq!(clean(name), (name.to_owned(), false));
        }
        let list = "http://a.fr/@4.5|b@c.fr|http://medium.com/@e.name";
        assert_eq!(clean(list).0, "http://a.fr/@4.5||http://medium.com/@e.name");
        assert_eq!(clean("a\u{202e}b\u{0}c"), ("ab c".to_owned(), false));
    }

    #[test]
    fn a_digest_is_stable_and_keeps_its_parts_apart() {
        assert_eq!(digest(&["Été", "1 rue", "51100"]), digest(&["ETE ", "1, Rue", "51100"]));
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        // It is stored: it may never change.
        assert_eq!(digest(&["Anonymal", "12 bis rue", "51100"]), "ceb233fd20f43a1a");
    }
}
