//! The public keys for everyone, and the signed key set for scanners.
//! No private voucher key; the root key is given for one signature and never kept.

use serde_json::Value;

use super::{
    rotate::{KeyOrder, KeyStep, Ordered, Steps},
    service::{Fault, Service},
};
use crate::{
    domain::{
        calendar::{Day, Instant},
        ids::UserId,
        key::{self, VoucherKey},
        key_register::{KeyAsk, KeySetText, PublicKey, published, utc_day},
        key_set::KeySet,
    },
    store::Database,
    sys::{secrets::SecretsError, signer::RootKey},
};

const DAY_S: i64 = 86_400;

impl Service {
    /// The plain set, for `/.well-known/jwks.json` (RFC 7517, RFC 8037): pending, active and
    /// retired keys. Its readers know no states, so compromised ones are left out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn jwks(&self) -> Result<Value, Fault> {
        Ok(key::jwks(&published_keys(&self.database, utc_day(self.clock.now()))?))
    }

    /// The set for scanners, for `/.well-known/passnum-keys`: the text that was published last,
    /// if there is one. It may be past its expiry: what then is the device's decision.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn key_set(&self) -> Result<Option<String>, Fault> {
        Ok(self.database.key_set()?.map(|set| set.text))
    }

    /// Signs the keys of the register as the next set, and publishes it.
    ///
    /// # Errors
    /// When the set is refused by the root key, or the writer fails; a refusal is a value.
    pub fn publish_keys(
        &self,
        actor: Option<UserId>,
        root: &RootKey,
        days: u8,
        new_root: bool,
    ) -> Result<Ordered, Fault> {
        let now = self.clock.now();
        let order = signed_set(&self.database, root, &self.host, now, days, new_root)?;
        self.order_keys(actor, &order)
    }

    pub(super) fn publish_key_set(
        &self,
        actor: Option<UserId>,
        root: PublicKey,
        text: &str,
        new_root: bool,
    ) -> Steps {
        let (issuer, text) = (origin(&self.host), text.to_owned());
        self.ask_key(actor, KeyAsk::Publish { root, issuer, text, new_root })?;
        let stored = self.database.key_set().map_err(Fault::from)?.into_iter();
        let step = |set: KeySetText| KeyStep::Published {
            sequence: set.sequence,
            expires_at: set.expires_at,
        };
        Ok(stored.map(step).collect())
    }
}

/// The next set, signed: needs the database for reading alone, so the service may be running.
///
/// # Errors
/// When the validity is over 35 days, or the root key is one of vouchers.
pub fn signed_set(
    database: &Database,
    root: &RootKey,
    host: &str,
    now: Instant,
    days: u8,
    new_root: bool,
) -> Result<KeyOrder, Fault> {
    let set = KeySet {
        issuer: origin(host),
        sequence: database.key_set()?.map_or(1, |set| set.sequence + 1),
        issued_at: now,
        expires_at: now.plus_seconds(i64::from(days) * DAY_S),
        keys: published_keys(database, utc_day(now))?,
    };
    Ok(KeyOrder::Publish { root: PublicKey(root.public()), text: root.sign(&set)?, new_root })
}

/// The origin that key sets name.
fn origin(host: &str) -> String {
    format!("https://{}", host.to_lowercase())
}

fn published_keys(database: &Database, today: Day) -> Result<Vec<VoucherKey>, Fault> {
    let registered = database.voucher_keys()?;
    Ok(published(&registered, today).map_err(SecretsError::from)?)
}
