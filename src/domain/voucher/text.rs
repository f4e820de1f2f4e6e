//! A voucher as 204 decimal digits, and the way back from whatever a scanner or person sends.
//! No signature is checked here: these bytes are worth nothing until a key ring has verified them.

use std::fmt::Write as _;

use super::payload::{SIGNED_LEN, Signed};

/// Decimal digits of a voucher.
pub const DIGITS: usize = BLOCKS * BLOCK_DIGITS;
/// The longest text that is looked at, in bytes; a voucher's address has about 221.
pub const LONGEST: usize = 2048;

const BLOCKS: usize = SIGNED_LEN / BLOCK_BYTES;
const BLOCK_BYTES: usize = 7;
const BLOCK_DIGITS: usize = 17;

/// Why a text is not the text of a voucher. All have the same code: `code_malformed`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the text is longer than 2048 bytes")]
    TooLong,
    #[error("the text does not end in exactly 204 digits")]
    NotDigits,
    #[error("a block of 17 digits is 2^56 or more")]
    BlockTooLarge,
}

impl Unreadable {
    /// The stable code of the refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "code_malformed"
    }
}

/// The 204 digits: 12 blocks of 7 bytes, each a big-endian integer of 17 digits.
///
/// They are bearer value: into the QR and nowhere else, no log, report or export.
#[must_use]
pub fn encode(signed: &Signed) -> String {
    let mut digits = String::with_capacity(DIGITS);
    for block in signed.to_bytes().chunks(BLOCK_BYTES) {
        let number = block.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        // Writing to a string cannot fail.
        let _ = write!(digits, "{number:017}");
    }
    digits
}

/// The bytes of 204 digits, as `clean` returns them.
///
/// # Errors
/// Anything but exactly 204 ASCII digits in blocks below 2^56.
pub fn decode(digits: &str) -> Result<Signed, Unreadable> {
    if digits.len() != DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Unreadable::NotDigits);
    }
    let mut bytes = Vec::with_capacity(SIGNED_LEN);
    for block in digits.as_bytes().chunks(BLOCK_DIGITS) {
        let number =
            block.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
        match number.to_be_bytes() {
            [0, block @ ..] => bytes.extend_from_slice(&block),
            _ => return Err(Unreadable::BlockTooLarge),
        }
    }
    Signed::from_bytes(&bytes).ok_or(Unreadable::NotDigits)
}

/// `clean`, then `decode`.
///
/// # Errors
/// See `Unreadable`.
pub fn read(text: &str) -> Result<Signed, Unreadable> {
    decode(&clean(text)?)
}

/// The 204 digits in what a camera, a hand-held scanner or a person sends: bare or at the end of
/// an address, of any host and case, behind a `#` or before a query, with white space or an ECI
/// prefix, typed on a US or a French (or Belgian, or Apple French) keyboard.
///
/// A scanner that believes in a US keyboard also changes the address (`HTTPSM!!PASS:…!`), so the
/// address is not parsed: its last 204 characters count, and what stands before them must be
/// what some keyboard makes of a slash.
///
/// # Errors
/// `TooLong`, or `NotDigits`.
pub fn clean(text: &str) -> Result<String, Unreadable> {
    if text.len() > LONGEST {
        return Err(Unreadable::TooLong);
    }
    let text: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{feff}').collect();
    // A question mark may also be the letter M of a host, so it only separates.
    without_eci(&text)
        .split(|c| matches!(c, '?' | '#'))
        .find_map(last_digits)
        .ok_or(Unreadable::NotDigits)
}

/// Without the ECI designator `\0000nn` that some scanners send first (on a French keyboard `*`).
fn without_eci(text: &[char]) -> &[char] {
    match text {
        ['\\' | '*', eci @ ..] => match eci.split_first_chunk::<6>() {
            Some((designator, rest)) if designator.iter().all(|c| digit(*c).is_some()) => rest,
            _ => text,
        },
        _ => text,
    }
}

fn last_digits(piece: &[char]) -> Option<String> {
    let (before, digits) = piece.split_at_checked(piece.len().checked_sub(DIGITS)?)?;
    match before.last() {
        // US, French, Belgian or Apple French: the key of the slash.
        None | Some('/' | '!' | '=') => digits.iter().copied().map(digit).collect(),
        Some(_) => None,
    }
}

/// The digit on the same key of the upper row, with or without shift or caps lock.
const fn digit(key: char) -> Option<char> {
    match key {
        '0'..='9' => Some(key),
        'à' | 'À' => Some('0'),
        '&' => Some('1'),
        'é' | 'É' => Some('2'),
        // Telephones and word processors curl quotes.
        '"' | '“' | '”' => Some('3'),
        '\'' | '‘' | '’' => Some('4'),
        '(' => Some('5'),
        // The second of each is Apple's and Belgium's.
        '-' | '§' => Some('6'),
        'è' | 'È' => Some('7'),
        '_' | '!' => Some('8'),
        'ç' | 'Ç' => Some('9'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::voucher::example::{self, DIGITS as EXAMPLE};

    fn typed(text: &str, row: &str) -> String {
        let row: Vec<char> = row.chars().collect();
        text.chars().map(|c| c.to_digit(10).map_or(c, |digit| row[digit as usize])).collect()
    }

    #[test]
    fn the_example_of_the_specification_has_these_digits() {
        assert_eq!(encode(&example::signed()), EXAMPLE);
        assert_eq!(decode(EXAMPLE), Ok(example::signed()));
    }

    #[test]
    fn the_digits_are_found_in_what_scanners_and_browsers_send() {
        for text in [
            format!("HTTPS://PASS.EXEMPLE.FR/{EXAMPLE}"),
            format!("https://pass.exemple.fr/{EXAMPLE}"),
            format!("Https://autre.hote:8443/{EXAMPLE}\r\n"),
            format!("https://pass.exemple.fr/#{EXAMPLE}"),
            format!("https://pass.exemple.fr/{EXAMPLE}?utm_source=sms#haut"),
            format!("https://pass.exemple.fr/?langue=fr#{EXAMPLE}"),
            format!("\\000026{EXAMPLE}"),
            format!("\\000026HTTPS://PASS.EXEMPLE.FR/{EXAMPLE}"),
            format!("  {} {}\n", &EXAMPLE[..100], &EXAMPLE[100..]),
            format!("\u{feff}{EXAMPLE}"),
            format!("]Q1HTTPS://PASS.EXEMPLE.FR/{EXAMPLE}"),
        ] {
            assert_eq!(clean(&text).as_deref(), Ok(EXAMPLE), "{text}");
        }
    }

    #[test]
    fn a_us_scanner_on_a_french_keyboard_is_understood() {
        for row in ["à&é\"'(-è_ç", "À&É\"'(-È_Ç", "à&é”’(§è!ç"] {
            let digits = typed(EXAMPLE, row);
            assert_eq!(clean(&digits).as_deref(), Ok(EXAMPLE));
            // The M of a host arrives as a question mark, the slash as `!` or `=`.
            for head in ["HTTPSM!!PQSS:EXE?PLE:FR!", "HTTPSM==PASS:EXEMPLE:FR=", "*àààà-'"] {
                let text = format!("{head}{digits}");
                assert_eq!(clean(&text).as_deref(), Ok(EXAMPLE), "{text}");
            }
        }
    }

    #[test]
    fn every_truncation_and_every_longer_run_is_refused() {
        for length in 0..EXAMPLE.len() {
            for part in [&EXAMPLE[..length], &EXAMPLE[EXAMPLE.len() - length..]] {
                assert_eq!(read(part), Err(Unreadable::NotDigits));
                let address = format!("HTTPS://PASS.EXEMPLE.FR/{part}");
                assert_eq!(read(&address), Err(Unreadable::NotDigits));
            }
        }
        for text in [format!("{EXAMPLE}0"), format!("0{EXAMPLE}"), format!("x{EXAMPLE}")] {
            assert_eq!(read(&text), Err(Unreadable::NotDigits));
        }
    }

    #[test]
    fn a_block_of_two_to_the_56_is_refused_so_that_a_voucher_has_one_text() {
        let rest = "0".repeat(DIGITS - BLOCK_DIGITS);
        assert!(decode(&format!("72057594037927935{rest}")).is_ok());
        assert_eq!(decode(&format!("72057594037927936{rest}")), Err(Unreadable::BlockTooLarge));
        assert_eq!(decode(&"9".repeat(DIGITS)), Err(Unreadable::BlockTooLarge));
    }

    #[test]
    fn other_digits_letters_and_endless_texts_are_refused() {
        assert_eq!(decode(&"٣".repeat(DIGITS)), Err(Unreadable::NotDigits));
        assert_eq!(clean(&"٣".repeat(DIGITS)), Err(Unreadable::NotDigits));
        assert_eq!(clean(&EXAMPLE.replace('0', "O")), Err(Unreadable::NotDigits));
        assert_eq!(clean(&"0".repeat(LONGEST + 1)), Err(Unreadable::TooLong));
    }

    proptest! {
        #[test]
        fn any_84_bytes_come_back_from_their_digits(
            bytes in prop::collection::vec(any::<u8>(), 84),
        ) {
            let signed = Signed::from_bytes(&bytes).unwrap();
            prop_assert_eq!(read(&encode(&signed)), Ok(signed));
        }

        #[test]
        fn no_text_makes_it_panic_and_what_is_read_has_one_text(text in ".{0,300}") {
            if let Ok(signed) = read(&text) {
                prop_assert_eq!(Ok(encode(&signed)), clean(&text));
            }
        }

        #[test]
        fn digits_that_can_be_decoded_are_encoded_the_same(
            blocks in prop::collection::vec(0..(1_u64 << 56) + (1 << 52), 12),
        ) {
            let digits: String = blocks.iter().map(|block| format!("{block:017}")).collect();
            match decode(&digits) {
                Ok(signed) => prop_assert_eq!(encode(&signed), digits),
                Err(_) => prop_assert!(blocks.iter().any(|block| *block >= 1 << 56)),
            }
        }
    }
}
