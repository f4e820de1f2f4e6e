//! What events do to the register of voucher keys, and to the list of published sets.
//! No rules: `decide/keys.rs` has them.

use super::{Fold, Inconsistent};
use crate::domain::{
    event::{Body, Event},
    key::KeyState,
    key_register::{Published, Registered},
    receipt::ReceiptKey,
    voucher::Kid,
};

impl Fold {
    pub(super) fn apply_key(&mut self, event: &Event) -> Result<(), Inconsistent> {
        let at = event.recorded_at;
        match &event.body {
            Body::KeyAdded { kid, public, purpose } => {
                self.world.keys.insert(*kid, Registered::pending(*public, *purpose, event.seq, at));
                self.effects.changed.keys.insert(*kid);
            }
            Body::KeyActivated { kid, first_day, .. } => {
                let key = self.key(event, *kid)?;
                key.state = KeyState::Active;
                key.activated_at = Some(at);
                key.first_day = Some(*first_day);
            }
            Body::KeyRetired { kid, last_day, verifies_until } => {
                let key = self.key(event, *kid)?;
                key.state = KeyState::Retired;
                key.ended_at = Some(at);
                key.last_day = Some(*last_day);
                key.verifies_until = Some(*verifies_until);
            }
            Body::KeyCompromised { kid } => {
                let key = self.key(event, *kid)?;
                key.state = KeyState::Compromised;
                key.ended_at = Some(at);
            }
            Body::ReceiptKeyAdded { public, signs_from } => {
                let (id, signs_from) = (event.seq, *signs_from);
                let key = ReceiptKey {
                    id,
                    public: *public,
                    added_at: at,
                    signs_from,
                    compromised_at: None,
                };
                self.world.receipt_keys.insert(id, key);
                self.effects.changed.receipt_keys.insert(id);
            }
            Body::ReceiptKeyCompromised { key } => {
                let missing = Inconsistent::Missing { seq: event.seq, what: "a receipt key" };
                let row = self.world.receipt_keys.get_mut(key).ok_or(missing)?;
                row.compromised_at = Some(at);
                self.effects.changed.receipt_keys.insert(*key);
            }
            Body::KeySetPublished { sequence, root, digest, expires_at } => {
                let (digest, expires_at) = (digest.clone(), *expires_at);
                let set = Published { root: *root, digest, expires_at };
                self.world.key_sets.insert(*sequence, set);
            }
            _ => {}
        }
        Ok(())
    }

    fn key(&mut self, event: &Event, kid: Kid) -> Result<&mut Registered, Inconsistent> {
        self.effects.changed.keys.insert(kid);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a voucher key" };
        self.world.keys.get_mut(&kid).ok_or(missing)
    }
}
