//! Deciding about API keys: a program acts in a person's name, with a role that the person gives.
//! The secret is known to nobody here: only its hash.

use super::{Decided, Desk, registry::named};
use crate::domain::{
    calendar::Instant,
    command::{Command, Outcome},
    event::Body,
    ids::Seq,
    refusal::{Reason, Refusal},
    registry::{ApiKey, Role},
};

/// How long a key may live: two years, in seconds.
const LONGEST_LIFE_S: i64 = 2 * 366 * 86_400;

impl Desk {
    pub(super) fn add_api_key(
        &mut self,
        command: &Command,
        name: &str,
        role: Role,
        hash: [u8; 32],
        expires_at: Instant,
    ) -> Decided {
        named(name)?;
        let missing = || Refusal::field(Reason::NotFound, "user");
        let user = command.actor.ok_or_else(missing)?;
        let latest = command.now.plus_seconds(LONGEST_LIFE_S);
        if expires_at <= command.now || expires_at > latest {
            return Err(Refusal::field(Reason::RequestMalformed, "expires_at").into());
        }
        let seq = self.record(command, Body::ApiKeyAdded { role, expires_at })?;
        let name = name.to_owned();
        let key = ApiKey { id: seq, user, name, role, hash, expires_at, revoked: false };
        self.fold.world.api_keys.insert(seq, key);
        self.fold.effects.changed.api_keys.insert(seq);
        Ok(Outcome::Added { seq, id: seq.0 })
    }

    pub(super) fn revoke_api_key(&mut self, command: &Command, id: Seq) -> Decided {
        self.found(self.fold.world.api_keys.contains_key(&id), "api_key")?;
        let seq = self.record(command, Body::ApiKeyRevoked { api_key: id })?;
        if let Some(key) = self.fold.world.api_keys.get_mut(&id) {
            key.revoked = true;
        }
        self.fold.effects.changed.api_keys.insert(id);
        Ok(Outcome::Done { seq })
    }
}
