//! Symbols of 5 bits: Crockford's base32, and the field GF(32) that check symbols are made in.
//! No meaning: what codes are for stands in `manual_code` and `reference`.

use std::fmt;

/// Crockford's base32 alphabet: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Why a typed code cannot be the one that was printed. It never says the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistyped {
    #[error("the code has {found} symbols instead of {expected}")]
    Length { found: usize, expected: usize },
    #[error("character {position} of the code is not a letter or digit of its alphabet")]
    Symbol { position: usize },
    #[error("the code has a mistake: its check symbols do not agree")]
    Check,
}

impl Mistyped {
    /// The stable code of the refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        "code_malformed"
    }
}

/// The product in GF(32), with the primitive polynomial x^5 + x^2 + 1; α is 2.
const fn times(a: u8, b: u8) -> u8 {
    let (mut product, mut a, mut b) = (0, a, b);
    while b != 0 {
        if b & 1 == 1 {
            product ^= a;
        }
        a <<= 1;
        if a & 32 != 0 {
            a ^= 0b10_0101;
        }
        b >>= 1;
    }
    product
}

/// The value at `x` of the polynomial whose highest coefficient is the first symbol.
fn value_at(x: u8, symbols: &[u8]) -> u8 {
    symbols.iter().fold(0, |value, symbol| times(value, x) ^ symbol)
}

const ALPHA: u8 = 2;
const ALPHA_SQUARED: u8 = 4;

/// The symbol that, put behind `data`, makes a polynomial with the root α: one Reed-Solomon
/// check symbol. Up to 30 data symbols, every wrong symbol, every exchange of two symbols
/// (adjacent or not) and every twin error (`aa` for `bb`) is detected.
pub fn one_check(data: &[u8]) -> [u8; 1] {
    [times(value_at(ALPHA, data), ALPHA)]
}

pub fn has_one_check(symbols: &[u8]) -> bool {
    value_at(ALPHA, symbols) == 0
}

/// The two symbols that, put behind `data`, make a polynomial with the roots α and α²: a
/// Reed-Solomon code of distance 3. Up to 29 data symbols, any one or two wrong symbols are
/// detected, and so are all exchanges and twin errors, which are two wrong symbols.
pub fn two_checks(data: &[u8]) -> [u8; 2] {
    // The rest of the division by (x + α)(x + α²).
    const SUM: u8 = ALPHA ^ ALPHA_SQUARED;
    const PRODUCT: u8 = times(ALPHA, ALPHA_SQUARED);
    data.iter().fold([0, 0], |[high, low], symbol| {
        let quotient = symbol ^ high;
        [low ^ times(quotient, SUM), times(quotient, PRODUCT)]
    })
}

pub fn has_two_checks(symbols: &[u8]) -> bool {
    value_at(ALPHA, symbols) == 0 && value_at(ALPHA_SQUARED, symbols) == 0
}

/// The first `N` symbols of bytes, most significant bits first; zero past their end.
pub fn head<const N: usize>(bytes: &[u8]) -> [u8; N] {
    std::array::from_fn(|place| {
        (place * 5..place * 5 + 5).fold(0, |symbol, bit| {
            let byte = bytes.get(bit / 8).copied().unwrap_or(0);
            symbol << 1 | (byte >> (7 - bit % 8) & 1)
        })
    })
}

/// The symbols of a typed code: any case, O for 0, I and L for 1, hyphens and spaces anywhere.
pub fn parse<const N: usize>(text: &str) -> Result<[u8; N], Mistyped> {
    let mut symbols = Vec::with_capacity(N);
    let mut found = 0;
    for (place, typed) in text.chars().enumerate() {
        if typed.is_whitespace() || matches!(typed, '-' | '‐' | '‑' | '–' | '—') {
            continue;
        }
        let position = place + 1;
        found += 1;
        if found <= N {
            symbols.push(symbol(typed).ok_or(Mistyped::Symbol { position })?);
        }
    }
    if found != N {
        return Err(Mistyped::Length { found, expected: N });
    }
    symbols.try_into().map_err(|_| Mistyped::Length { found, expected: N })
}

fn symbol(typed: char) -> Option<u8> {
    let plain = match typed.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|letter| char::from(*letter) == plain)?;
    u8::try_from(place).ok()
}

/// Writes symbols in groups of four with hyphens between.
pub fn write(symbols: &[u8], to: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write as _;
    for (place, symbol) in symbols.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            to.write_char('-')?;
        }
        let letter = ALPHABET.get(usize::from(*symbol)).copied().unwrap_or(b'?');
        to.write_char(char::from(letter))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alpha_generates_all_31_non_zero_elements() {
        let mut seen = [false; 32];
        let mut power = 1;
        for _ in 0..31 {
            assert!(!std::mem::replace(&mut seen[usize::from(power)], true));
            power = times(power, ALPHA);
        }
        assert_eq!(power, 1);
        assert!(!seen[0]);
    }

    #[test]
    fn the_head_of_bytes_is_read_by_five_bits() {
        assert_eq!(head::<4>(&[0b1111_1000, 0b0100_0100, 0b0011_0000]), [31, 1, 2, 3]);
        assert_eq!(head::<2>(&[0xff]), [31, 28]);
    }
}
