//! The short-lived token of a log-in: a JWT signed with Ed25519 (RFC 7519, RFC 8037).
//! Never a voucher key: token keys are a type and a file of their own.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey as _};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::{
    access::Who,
    calendar::{Instant, MICROSECONDS_A_SECOND},
};

pub const TOKEN_LIFE_S: i64 = 600;
/// How far the clocks of two instances may be apart (RFC 7519, section 4.1.5).
const LEEWAY_S: i64 = 60;
const AUDIENCE: &str = "pass-numerique/api";
/// Tokens remembered at most; past that all are forgotten, and checked again.
const MOST_CHECKED: usize = 20_000;

/// A key that signs tokens; `Debug` shows its id alone.
pub struct TokenKey {
    kid: String,
    signs: EncodingKey,
    verifies: DecodingKey,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TokenKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}

/// The seed is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token key cannot be encoded")]
pub struct BadKey;

impl TokenKey {
    /// # Errors
    /// When the key cannot be encoded.
    pub fn from_seed(seed: &[u8; 32]) -> Result<Self, BadKey> {
        let key = SigningKey::from_bytes(seed);
        let public = key.verifying_key().to_bytes();
        let private = key.to_pkcs8_der().map_err(|_| BadKey)?;
        let thumbprint = data_encoding::HEXLOWER.encode(&Sha256::digest(public));
        Ok(Self {
            kid: thumbprint.chars().take(16).collect(),
            signs: EncodingKey::from_ed_der(private.as_bytes()),
            verifies: DecodingKey::from_ed_der(&public),
        })
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    iat: i64,
    exp: i64,
}

/// Makes and reads tokens: the first key signs, all of them verify, so that keys can rotate.
#[derive(Debug)]
pub struct Tokens {
    issuer: String,
    current: TokenKey,
    older: Vec<TokenKey>,
    /// Of tokens whose signature was good: whose they are and until which second, by the SHA-256
    /// of the whole text. A signature costs more than all the rest of a request's checks.
    checked: Mutex<HashMap<[u8; 32], (Who, i64)>>,
}

impl Tokens {
    #[must_use]
    pub fn new(issuer: &str, current: TokenKey, older: Vec<TokenKey>) -> Self {
        Self { issuer: issuer.to_owned(), current, older, checked: Mutex::default() }
    }

    /// Of private seeds, the newest first; `None` if there is none, or a bad one.
    #[must_use]
    pub fn of_seeds<'a>(issuer: &str, seeds: impl Iterator<Item = &'a [u8; 32]>) -> Option<Self> {
        let mut keys = seeds.map(TokenKey::from_seed).collect::<Result<Vec<_>, _>>().ok()?;
        if keys.is_empty() {
            return None;
        }
        let current = keys.remove(0);
        Some(Self::new(issuer, current, keys))
    }

    /// A token from `now` on; `None` if it cannot be signed.
    #[must_use]
    pub fn make(&self, who: impl Into<Who>, now: Instant) -> Option<String> {
        let iat = now.0.div_euclid(MICROSECONDS_A_SECOND);
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: AUDIENCE.to_owned(),
            sub: who.into().to_string(),
            iat,
            exp: iat + TOKEN_LIFE_S,
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.current.kid.clone());
        jsonwebtoken::encode(&header, &claims, &self.current.signs).ok()
    }

    /// Whose token it is, if it is good at `now`.
    #[must_use]
    pub fn read(&self, token: &str, now: Instant) -> Option<Who> {
        let second = now.0.div_euclid(MICROSECONDS_A_SECOND);
        let hash: [u8; 32] = Sha256::digest(token.as_bytes()).into();
        let checked = || self.checked.lock().unwrap_or_else(PoisonError::into_inner);
        let known = checked().get(&hash).copied();
        if let Some((who, exp)) = known {
            return is_in_time(exp, second).then_some(who);
        }
        let claims = self.check(token)?;
        let life = claims.exp.saturating_sub(claims.iat);
        if life > TOKEN_LIFE_S || !is_in_time(claims.exp, second) {
            return None;
        }
        let who = claims.sub.parse().ok()?;
        let mut checked = checked();
        if checked.len() >= MOST_CHECKED {
            checked.clear();
        }
        checked.insert(hash, (who, claims.exp));
        Some(who)
    }

    /// What a token says, if its signature, issuer and audience are right.
    fn check(&self, token: &str) -> Option<Claims> {
        let kid = jsonwebtoken::decode_header(token).ok()?.kid?;
        let mut keys = std::iter::once(&self.current).chain(&self.older);
        let key = keys.find(|key| key.kid == kid)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        // The service's own clock judges.
        rules.validate_exp = false;
        Some(jsonwebtoken::decode::<Claims>(token, &key.verifies, &rules).ok()?.claims)
    }
}

/// What ends later than any token of now was made by a clock that is ahead, or was: it would be
/// good for longer than a token lives.
const fn is_in_time(exp: i64, second: i64) -> bool {
    second < exp && exp.saturating_sub(second) <= TOKEN_LIFE_S + LEEWAY_S
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{DeviceId, UserId};

    const NOW: Instant = Instant(1_795_000_000_000_000);

    fn tokens(seed: u8, older: &[u8], issuer: &str) -> Tokens {
        let key = |seed: u8| TokenKey::from_seed(&[seed; 32]).unwrap();
        Tokens::new(issuer, key(seed), older.iter().map(|seed| key(*seed)).collect())
    }

    #[test]
    fn a_token_lives_ten_minutes() {
        let tokens = tokens(1, &[], "a");
        let token = tokens.make(UserId(7), NOW).unwrap();
        assert_eq!(tokens.read(&token, NOW.plus_seconds(599)), Some(UserId(7).into()));
        assert_eq!(tokens.read(&token, NOW.plus_seconds(600)), None);
        let other = format!("{token}A");
        assert_eq!(tokens.read(&other, NOW), None);
    }

    #[test]
    fn what_a_clock_ahead_has_made_is_good_only_when_its_time_comes() {
        let tokens = tokens(1, &[], "a");
        let token = tokens.make(UserId(7), NOW.plus_seconds(61)).unwrap();
        assert_eq!(tokens.read(&token, NOW), None);
        assert_eq!(tokens.read(&token, NOW.plus_seconds(1)), Some(UserId(7).into()));
        // Remembered, and the clock is put right.
        assert_eq!(tokens.read(&token, NOW), None);
    }

    #[test]
    fn a_device_s_token_is_no_person_s() {
        let tokens = tokens(1, &[], "a");
        let token = tokens.make(DeviceId(7), NOW).unwrap();
        assert_eq!(tokens.read(&token, NOW), Some(Who::Device(DeviceId(7))));
    }

    #[test]
    fn another_key_issuer_or_text_is_refused_and_an_older_key_still_reads() {
        let token = tokens(1, &[], "a").make(UserId(7), NOW).unwrap();
        assert_eq!(tokens(2, &[], "a").read(&token, NOW), None);
        assert_eq!(tokens(1, &[], "b").read(&token, NOW), None);
        assert_eq!(tokens(2, &[1], "a").read(&token, NOW), Some(UserId(7).into()));
        let mut broken = token.clone();
        broken.replace_range(token.len() - 20..token.len() - 19, "!");
        assert_eq!(tokens(1, &[], "a").read(&broken, NOW), None);
    }

    #[test]
    fn a_token_without_signature_is_refused() {
        let encode = |text: &str| data_encoding::BASE64URL_NOPAD.encode(text.as_bytes());
        let header = encode(r#"{"alg":"none","typ":"JWT"}"#);
        let claims = encode(r#"{"iss":"a","aud":"pass-numerique/api","sub":"7","exp":9e9}"#);
        assert_eq!(tokens(1, &[], "a").read(&format!("{header}.{claims}."), NOW), None);
    }
}
