//! Passwords by Argon2id (RFC 9106), in the parameters that OWASP advises.
//! No log-in: this hashes and compares, and is slow on purpose.

use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString},
};

use super::{clock::random_bytes, signer::NoRandomness};

pub const SHORTEST: usize = 12;
pub const LONGEST: usize = 128;

/// Of no password that anybody has: it is compared with for unknown addresses, for the same delay.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$cGFzcy1udW1lcmlxdWU\
                      $3R4Z6vJ8mWc0Qk1nB7yXh2uTfLpEoSaGdIqVxNrYwMs";

/// The PHC text of a password, with a salt of its own. Blocks for some 20 ms.
///
/// # Errors
/// When the system has no randomness.
pub fn hash(password: &str) -> Result<String, NotHashed> {
    let salt = SaltString::encode_b64(&random_bytes()?).map_err(|_| NotHashed::Parameters)?;
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|_| NotHashed::Parameters)
}

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum NotHashed {
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("the password cannot be hashed")]
    Parameters,
}

/// Whether it is the password; takes as long without a hash to compare with.
#[must_use]
pub fn matches(password: &str, hash: Option<&str>) -> bool {
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    let same = Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok();
    same && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_matches_and_nobody_has_one() {
        let hash = hash("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches("correct horse", Some(&hash)));
        assert!(!matches("wrong horse", Some(&hash)));
        assert!(PasswordHash::new(NOBODY).is_ok());
        assert!(!matches("correct horse", None));
    }
}
