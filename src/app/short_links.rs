//! Short links: 128 random bits that open one pass, or stop the reminders about it.
//! Only their hashes are kept. No pages.

use sha2::{Digest as _, Sha256};

use super::service::{Fault, Service};
use crate::{
    domain::{calendar::Instant, ids::VoucherId, message::Opens},
    sys::clock,
};

const BYTES: usize = 16;

impl Service {
    /// A new short link's last part: 22 characters.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn new_short_link(
        &self,
        opens: Opens,
        voucher: VoucherId,
        expires_at: Instant,
    ) -> Result<String, Fault> {
        let random = clock::random_bytes()?;
        let part = random.get(..BYTES).unwrap_or_default();
        let link = data_encoding::BASE64URL_NOPAD.encode(part);
        let now = self.clock.now();
        self.database.keep_short_link(hashed(&link), opens, voucher, expires_at, now)?;
        Ok(link)
    }

    /// The voucher that a short link is about, as long as it lasts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn short_link(&self, link: &str, opens: Opens) -> Result<Option<VoucherId>, Fault> {
        Ok(self.database.short_link(hashed(link), opens, self.clock.now())?)
    }
}

/// 128 random bits: a plain hash hides them.
fn hashed(link: &str) -> [u8; 32] {
    Sha256::digest(link.as_bytes()).into()
}
