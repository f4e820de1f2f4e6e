//! Log-ins: a password for a session, a refresh token for the next, the end of a session.
//! No short-lived tokens: those belong to the transport.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::service::{Fault, Service};
use crate::{
    domain::{
        ids::UserId,
        registry::{ApiKey, User},
        view::{Refresh, Taken},
    },
    sys::{clock, password},
};

/// How long a session that nobody uses can be renewed.
const REFRESH_LIFE_S: i64 = 14 * 24 * 3600;

/// A session: whose, and the token that renews it once.
pub struct Session {
    pub user: UserId,
    /// Secret; the database keeps its hash alone.
    pub refresh_token: String,
}

impl Service {
    /// Whose address and password these are; `None` in the same time for an unknown address, a
    /// wrong password and a revoked person. Blocks for some 20 ms.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn known(&self, email: &str, password: &str) -> Result<Option<UserId>, Fault> {
        let user = self.database.user_by_email(&email_key(email))?;
        let user = user.filter(|user| !user.revoked);
        let hash = user.as_ref().map(|user| user.password_hash.as_str());
        let good = password::matches(password, hash);
        Ok(user.filter(|_| good).map(|user| user.id))
    }

    /// A session for the right password; otherwise as `known`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn log_in(&self, email: &str, password: &str) -> Result<Option<Session>, Fault> {
        let user = self.known(email, password)?;
        user.map(|user| self.begin_session(user)).transpose()
    }

    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn begin_session(&self, user: UserId) -> Result<Session, Fault> {
        self.session(user, clock::request_id().0)
    }

    /// The next session for a refresh token. One that comes twice was copied: its whole family
    /// ends.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn renew(&self, refresh_token: &str) -> Result<Option<Session>, Fault> {
        let token = match self.database.take_refresh(hashed(refresh_token))? {
            Taken::Fresh(token) => token,
            Taken::Reused(token) => {
                self.database.end_family(token.family)?;
                return Ok(None);
            }
            Taken::Unknown => return Ok(None),
        };
        if token.expires_at <= self.clock.now() || self.present(token.user)?.is_none() {
            return Ok(None);
        }
        self.session(token.user, token.family).map(Some)
    }

    /// Ends the session of a refresh token, if it is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn log_out(&self, refresh_token: &str) -> Result<(), Fault> {
        match self.database.take_refresh(hashed(refresh_token))? {
            Taken::Fresh(token) | Taken::Reused(token) => {
                Ok(self.database.end_family(token.family)?)
            }
            Taken::Unknown => Ok(()),
        }
    }

    /// A person who is not revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn present(&self, id: UserId) -> Result<Option<User>, Fault> {
        Ok(self.database.user(id)?.filter(|user| !user.revoked))
    }

    /// Whose API key it is, and what it may do, if it is good now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn api_key(&self, key: &str) -> Result<Option<ApiKey>, Fault> {
        Ok(self.database.use_api_key(hashed(key), self.clock.now())?)
    }

    fn session(&self, user: UserId, family: Uuid) -> Result<Session, Fault> {
        let refresh_token = data_encoding::BASE64URL_NOPAD.encode(&clock::random_bytes()?);
        let now = self.clock.now();
        let expires_at = now.plus_seconds(REFRESH_LIFE_S);
        let kept = Refresh { hash: hashed(&refresh_token), family, user, expires_at };
        self.database.keep_refresh(&kept, now)?;
        Ok(Session { user, refresh_token })
    }
}

/// The beginning of every API key, by which leaks are found in texts.
pub const API_KEY_PREFIX: &str = "pn_live_";

/// A new API key, and the hash by which it is known.
///
/// # Errors
/// Without randomness.
pub fn new_api_key() -> Result<(String, [u8; 32]), Fault> {
    let secret = data_encoding::BASE64URL_NOPAD.encode(&clock::random_bytes()?);
    let key = format!("{API_KEY_PREFIX}{secret}");
    let hash = hashed(&key);
    Ok((key, hash))
}

/// An address as it is looked up.
#[must_use]
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// A refresh token has 256 random bits: a plain hash hides it.
pub(super) fn hashed(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
