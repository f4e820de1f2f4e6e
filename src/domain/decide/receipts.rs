//! Deciding about receipt keys: which is added, from when on it signs, which signs no more.
//! No signing; whether a private key is at hand is the service's business.

use super::{Decided, Desk};
use crate::domain::{
    calendar::Instant,
    command::{Command, Outcome},
    event::Body,
    key::admissible,
    receipt::{ReceiptKeyAsk, SIGNS_AFTER_S},
    refusal::{Facts, Reason, Refusal},
};

impl Desk {
    pub(super) fn receipt_key(&mut self, command: &Command, ask: ReceiptKeyAsk) -> Decided {
        let body = match ask {
            ReceiptKeyAsk::Add { public, first } => {
                admissible(&public.0)
                    .map_err(|_| Refusal::field(Reason::KeyInadmissible, "public"))?;
                let world = &self.fold.world;
                if first && !world.receipt_keys.is_empty() {
                    return Err(Reason::KeyStateConflict.into());
                }
                let kid = public.kid();
                let taken = world.receipt_keys.values().any(|key| key.public.kid() == kid);
                if taken || world.keys.contains_key(&kid) {
                    return Err(Reason::KeyTaken.into());
                }
                // Where nothing else may sign, nobody has to wait.
                let mut trusted = world.receipt_keys.values();
                let alone = trusted.all(|key| key.compromised_at.is_some());
                let signs_from = match (world.receipt_keys.is_empty(), alone) {
                    (true, _) => Instant(0),
                    (false, true) => command.now,
                    (false, false) => command.now.plus_seconds(SIGNS_AFTER_S),
                };
                Body::ReceiptKeyAdded { public, signs_from }
            }
            ReceiptKeyAsk::Compromise { key } => {
                let found = self.fold.world.receipt_keys.get(&key);
                let found = found.ok_or_else(|| Refusal::field(Reason::NotFound, "key"))?;
                if found.compromised_at.is_some() {
                    let facts = Facts { at: found.compromised_at, ..Facts::default() };
                    return Err(Refusal::because(Reason::KeyStateConflict, facts).into());
                }
                Body::ReceiptKeyCompromised { key }
            }
        };
        let seq = self.record(command, body)?;
        Ok(Outcome::Done { seq })
    }
}
