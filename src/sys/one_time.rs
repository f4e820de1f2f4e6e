//! Codes that are good for half a minute (RFC 6238), in the parameters that every telephone's
//! application knows. No people: `app/second_factor.rs` says whose secret it is.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use totp_rs::{Algorithm, TOTP};
use zeroize::Zeroizing;

use super::{clock::random_bytes, signer::NoRandomness};
use crate::domain::calendar::{Instant, MICROSECONDS_A_SECOND};

const STEP_S: i64 = 30;
const DIGITS: usize = 6;
/// Bytes of a secret: as many as the hash has (RFC 4226, 4).
const SECRET_BYTES: usize = 20;

/// What the service and a telephone share.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// # Errors
    /// When the system has no randomness.
    pub fn new() -> Result<Self, NoRandomness> {
        let bytes = random_bytes()?;
        Ok(Self(Zeroizing::new(bytes.into_iter().take(SECRET_BYTES).collect())))
    }

    /// As people type it, in base32.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::BASE32_NOPAD.encode(&self.0))
    }

    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let bytes = data_encoding::BASE32_NOPAD.decode(text.as_bytes()).ok()?;
        (bytes.len() == SECRET_BYTES).then(|| Self(Zeroizing::new(bytes)))
    }

    /// What a telephone reads from a QR to know the secret, whose it is, and for what.
    #[must_use]
    pub fn address(&self, service: &str, person: &str) -> String {
        let plain = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let (service, person, secret) = (plain(service), plain(person), self.text());
        let secret = secret.as_str();
        format!("otpauth://totp/{service}:{person}?secret={secret}&issuer={service}")
    }

    /// The step of time that this is the code of: the present one, or, since clocks differ and
    /// fingers are slow, the one before or after (RFC 6238, 5.2).
    #[must_use]
    pub fn step_of(&self, code: &str, now: Instant) -> Option<i64> {
        let step = now.0.div_euclid(STEP_S * MICROSECONDS_A_SECOND);
        [step, step - 1, step + 1].into_iter().find(|step| self.is_code(code, *step))
    }

    /// The code of a moment.
    #[must_use]
    pub fn code_at(&self, now: Instant) -> String {
        self.code(now.0.div_euclid(STEP_S * MICROSECONDS_A_SECOND))
    }

    fn code(&self, step: i64) -> String {
        let seconds = u64::try_from(step.saturating_mul(STEP_S)).unwrap_or_default();
        self.totp().generate(seconds)
    }

    /// In the same time for every wrong code.
    fn is_code(&self, code: &str, step: i64) -> bool {
        let seconds = u64::try_from(step.saturating_mul(STEP_S)).unwrap_or_default();
        self.totp().check(code, seconds)
    }

    fn totp(&self) -> TOTP {
        let step = STEP_S.unsigned_abs();
        TOTP::new_unchecked(Algorithm::SHA1, DIGITS, 0, step, self.0.to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant(seconds * MICROSECONDS_A_SECOND)
    }

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn the_codes_are_those_of_the_standard() {
        let secret = Secret(Zeroizing::new(b"12345678901234567890".to_vec()));
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code_at(at(seconds)), code);
            assert_eq!(secret.step_of(code, at(seconds)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_is_good_one_step_early_or_late_and_no_longer() {
        let secret = Secret::new().unwrap();
        let code = secret.code_at(at(900));
        assert_eq!(secret.step_of(&code, at(870)), Some(30));
        assert_eq!(secret.step_of(&code, at(959)), Some(30));
        assert_eq!(secret.step_of(&code, at(960)), None);
        assert_eq!(secret.step_of(&code, at(869)), None);
        assert_eq!(secret.step_of("", at(900)), None);
        assert_eq!(secret.step_of("00000é", at(900)), None);
    }

    #[test]
    fn a_secret_is_known_again_by_its_text_and_stands_in_the_address() {
        let secret = Secret::new().unwrap();
        let again = Secret::from_text(&secret.text()).unwrap();
        assert_eq!(again.code_at(at(0)), secret.code_at(at(0)));
        assert!(Secret::from_text("AAAA").is_none());
        let address = secret.address("Pass & Co", "a@b.fr");
        let text = secret.text();
        let rest = format!("?secret={}&issuer=Pass%20%26%20Co", text.as_str());
        assert_eq!(address, format!("otpauth://totp/Pass%20%26%20Co:a%40b%2Efr{rest}"));
    }
}
