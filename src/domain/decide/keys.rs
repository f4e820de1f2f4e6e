//! Deciding about voucher keys: which are admitted, the next state of each, what is published.
//! No signing; whether a private key is at hand is the service's business.

use super::{Decided, Desk, Stop};
use crate::domain::{
    calendar::{Day, Instant},
    command::{Command, Draft, Outcome},
    event::Body,
    ids::Seq,
    key::{KeyState, admissible},
    key_register::{
        Early, KeyAsk, KeySetText, PublicKey, Purpose, Registered, VERIFIES_AFTER_DAYS, digest,
        earliest_day, latest_day, published, utc_day,
    },
    key_set::{BadKeySet, KeySet},
    refusal::{Facts, Reason, Refusal},
    voucher::{Kid, payload::head},
};

impl Desk {
    pub(super) fn key(&mut self, command: &Command, ask: &KeyAsk) -> Decided {
        let seq = match ask {
            KeyAsk::Add { public, purpose } => self.add_key(command, *public, *purpose)?,
            KeyAsk::Activate { kid, early } => self.activate_key(command, *kid, *early)?,
            KeyAsk::Retire { kid } => self.retire_key(command, *kid)?,
            KeyAsk::Compromise { kid } => self.compromise_key(command, *kid)?,
            KeyAsk::Publish { root, issuer, text, new_root } => {
                let body = self.key_set(command.now, root, issuer, text, *new_root)?;
                self.record(command, body)?
            }
        };
        Ok(Outcome::Done { seq })
    }

    /// Whether the draft's key may sign a new voucher whose first day is `today`.
    pub(super) fn may_sign(&self, draft: &Draft, today: Day) -> Result<(), Stop> {
        let key = self.fold.world.keys.get(&Kid(draft.kid));
        if key.is_some_and(|key| key.signs_new(today)) {
            return Ok(());
        }
        Err(Reason::SigningKeyNotActive.into())
    }

    fn add_key(
        &mut self,
        command: &Command,
        public: PublicKey,
        purpose: Purpose,
    ) -> Result<Seq, Stop> {
        admissible(&public.0).map_err(|_| Refusal::field(Reason::KeyInadmissible, "public"))?;
        let (kid, keys) = (public.kid(), &self.fold.world.keys);
        // The last active key never retires but where a programme was taken over: then all are
        // another operator's, and nobody here has a key yet.
        let alone = keys.values().all(|key| key.state == KeyState::Retired);
        if purpose == Purpose::First && !alone {
            return Err(Reason::KeyStateConflict.into());
        }
        // A voucher names its key by the kid alone, so no two registered keys share one; and a key
        // that signs receipts signs nothing else.
        let signs_receipts = self.fold.world.receipt_keys.values().any(|key| key.public == public);
        if keys.contains_key(&kid) || signs_receipts {
            return Err(Reason::KeyTaken.into());
        }
        let seq = self.record(command, Body::KeyAdded { kid, public, purpose })?;
        if !alone {
            return Ok(seq);
        }
        let (first_day, early) = (earliest_day(command.now), Some(Early::FirstKey));
        self.record(command, Body::KeyActivated { kid, first_day, early })
    }

    fn activate_key(
        &mut self,
        command: &Command,
        kid: Kid,
        early: Option<Early>,
    ) -> Result<Seq, Stop> {
        let key = self.registered(kid)?;
        if key.state != KeyState::Pending {
            return Err(conflict(key));
        }
        let ready_at = key.ready_at();
        let waited = command.now >= ready_at;
        if !waited && early.is_none() {
            let facts = Facts { at: Some(ready_at), ..Facts::default() };
            return Err(Refusal::because(Reason::KeyTooYoung, facts).into());
        }
        let (first_day, early) = (earliest_day(command.now), early.filter(|_| !waited));
        self.record(command, Body::KeyActivated { kid, first_day, early })
    }

    fn retire_key(&mut self, command: &Command, kid: Kid) -> Result<Seq, Stop> {
        let key = self.registered(kid)?;
        if key.state != KeyState::Active {
            return Err(conflict(key));
        }
        let active = self.fold.world.keys.values().filter(|key| key.state == KeyState::Active);
        if active.count() < 2 {
            return Err(Reason::KeyLastActive.into());
        }
        let last_day = latest_day(command.now);
        let last_expiry = self.last_expiry(kid).unwrap_or(last_day).max(last_day);
        let verifies_until = last_expiry.plus(VERIFIES_AFTER_DAYS);
        self.record(command, Body::KeyRetired { kid, last_day, verifies_until })
    }

    /// Of all vouchers that a key signed: those of the database, and those of this batch.
    fn last_expiry(&self, kid: Kid) -> Option<Day> {
        let world = &self.fold.world;
        let own = world.vouchers.values();
        let own = own.filter(|voucher| head(&voucher.payload).is_some_and(|(_, by)| by == kid));
        own.map(|voucher| voucher.last_day).chain(world.last_expiry.get(&kid).copied()).max()
    }

    fn compromise_key(&mut self, command: &Command, kid: Kid) -> Result<Seq, Stop> {
        let key = self.registered(kid)?;
        if key.state == KeyState::Compromised {
            return Err(conflict(key));
        }
        self.record(command, Body::KeyCompromised { kid })
    }

    /// A set is taken only if the root signed it, it follows the one before, and it says what
    /// the register says: a key that changed meanwhile must not be published as it was.
    fn key_set(
        &mut self,
        now: Instant,
        root: &PublicKey,
        issuer: &str,
        text: &str,
        new_root: bool,
    ) -> Result<Body, Stop> {
        let refused = |field| Refusal::field(Reason::KeySetRefused, field);
        let pinned = admissible(&root.0).map_err(|_| refused("root"))?;
        let world = &self.fold.world;
        let last = world.key_sets.last_key_value();
        if last.is_some_and(|(_, last)| last.root != *root) && !new_root {
            return Err(refused("root").into());
        }
        let next = last.map_or(1, |(sequence, _)| sequence + 1);
        let set = KeySet::read(text, &pinned, issuer, next).map_err(|bad| match bad {
            BadKeySet::Sequence { .. } => refused("sequence"),
            BadKeySet::Signature => refused("signature"),
            _ => refused("text"),
        })?;
        if set.sequence != next {
            return Err(refused("sequence").into());
        }
        let keys = published(world.keys.values(), utc_day(now)).map_err(|_| refused("keys"))?;
        if set.keys != keys {
            return Err(refused("keys").into());
        }
        if set.keys.iter().any(|key| key.public() == &root.0) {
            return Err(refused("root").into());
        }
        let (sequence, root, expires_at) = (set.sequence, *root, set.expires_at);
        let row = KeySetText { sequence, root, expires_at, text: text.to_owned() };
        self.fold.effects.key_sets.push(row);
        Ok(Body::KeySetPublished { sequence, root, digest: digest(text), expires_at })
    }

    fn registered(&self, kid: Kid) -> Result<&Registered, Stop> {
        let missing = || Refusal::field(Reason::NotFound, "key").into();
        self.fold.world.keys.get(&kid).ok_or_else(missing)
    }
}

fn conflict(key: &Registered) -> Stop {
    let facts = Facts { at: key.ended_at.or(key.activated_at), ..Facts::default() };
    Refusal::because(Reason::KeyStateConflict, facts).into()
}
