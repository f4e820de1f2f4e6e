//! Log-ins to the pages: a cookie instead of tokens, since a page has nowhere else to keep one.
//! No cookies' attributes: those belong to the transport.

use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use super::service::{Fault, Service};
use crate::{
    domain::{calendar::MICROSECONDS_A_SECOND, ids::UserId, registry::User, view::BrowserSession},
    sys::clock,
};

/// A working day: whoever sits at a shared computer in the evening is nobody's colleague.
pub const LIFE_S: i64 = 12 * 3600;
/// How exactly the last use is noted: a write for each page would be one too many.
const SEEN_S: i64 = 300;
const LONGEST_BROWSER: usize = 200;

/// Who looks at a page.
pub struct Visitor {
    pub user: User,
    /// What a form must send back to be this person's own.
    pub form_token: String,
    pub hash: [u8; 32],
}

impl Service {
    /// Begins a session for a person whose password was right; the cookie's value.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn begin_browser_session(&self, user: UserId, browser: &str) -> Result<String, Fault> {
        let cookie = data_encoding::BASE64URL_NOPAD.encode(&clock::random_bytes()?);
        let now = self.clock.now();
        let session = BrowserSession {
            hash: hashed(&cookie),
            user,
            begun_at: now,
            seen_at: now,
            expires_at: now.plus_seconds(LIFE_S),
            browser: browser.chars().take(LONGEST_BROWSER).collect(),
        };
        self.database.keep_browser_session(&session, now)?;
        Ok(cookie)
    }

    /// Whose cookie it is, if its session lasts and the person was not revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn visitor(&self, cookie: &str) -> Result<Option<Visitor>, Fault> {
        let now = self.clock.now();
        let hash = hashed(cookie);
        let Some(session) = self.database.browser_session(hash, now)? else { return Ok(None) };
        let Some(user) = self.present(session.user)? else { return Ok(None) };
        if now.0.saturating_sub(session.seen_at.0) >= SEEN_S * MICROSECONDS_A_SECOND {
            self.database.browser_session_seen(hash, now)?;
        }
        Ok(Some(Visitor { user, form_token: form_token(cookie), hash }))
    }

    /// # Errors
    /// When the database does not answer.
    pub fn end_browser_session(&self, visitor: &Visitor) -> Result<(), Fault> {
        Ok(self.database.end_browser_session(visitor.hash, visitor.user.id)?)
    }
}

/// The cookie has 256 random bits: a plain hash hides it.
fn hashed(cookie: &str) -> [u8; 32] {
    Sha256::digest(cookie.as_bytes()).into()
}

/// Of the cookie alone, so that it need not be kept: who can make it has the cookie already.
fn form_token(cookie: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(cookie.as_bytes())
        .map(|mac| mac.chain_update(b"form").finalize().into_bytes().to_vec());
    data_encoding::BASE64URL_NOPAD.encode(&mac.unwrap_or_default())
}
