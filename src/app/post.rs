//! By which ways this service sends, as its operator set them, the key that contacts are kept
//! under, and which way stands still. No messages: `outbox.rs` has them.

use std::sync::{Mutex, PoisonError};

use super::service::{Fault, Service};
use crate::{
    domain::message::{Channel, REST_S, Standstill, Trouble},
    sys::{contacts::ContactKey, gateway::Gateway, mail::Mailer},
};

/// Nothing is sent by a way that is not set up.
#[derive(Default)]
pub struct Post {
    pub(super) mail: Option<Mailer>,
    pub(super) sms: Option<Gateway>,
    pub(super) contacts: Option<ContactKey>,
    /// As this instance met them: each finds out for itself.
    still: Mutex<Vec<Standstill>>,
}

impl Service {
    /// Sets what is sent by; the key of contacts is made if it is needed and not there.
    ///
    /// # Errors
    /// When the key cannot be read or made.
    pub fn set_post(&mut self, mail: Option<Mailer>, sms: Option<Gateway>) -> Result<(), Fault> {
        let any = mail.is_some() || sms.is_some();
        let contacts = any.then(|| ContactKey::load(self.keys.folder())).transpose()?;
        self.post = Post { mail, sms, contacts, still: Mutex::default() };
        Ok(())
    }

    /// Whether messages go by this way.
    #[must_use]
    pub const fn sends(&self, channel: Channel) -> bool {
        match channel {
            Channel::Email => self.post.mail.is_some(),
            Channel::Sms => self.post.sms.is_some(),
        }
    }

    /// The ways by which nothing goes, for whoever can mend them.
    #[must_use]
    pub fn standstills(&self) -> Vec<Standstill> {
        self.post.still.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a way is left alone for a moment.
    pub(super) fn rests(&self, channel: Channel) -> bool {
        let now = self.clock.now();
        self.standstills().iter().any(|one| one.channel == channel && now < one.next_try_at)
    }

    /// Notes what the last message met: the way stands still, or goes again.
    pub(super) fn note_way(&self, channel: Channel, sent: Result<(), Trouble>) {
        let trouble = match sent {
            Ok(()) => None,
            Err(trouble) if trouble.is_of_the_way() => Some(trouble),
            Err(trouble) if trouble.is_of_the_message() => None,
            // No server was asked.
            Err(_) => return,
        };
        let now = self.clock.now();
        let mut still = self.post.still.lock().unwrap_or_else(PoisonError::into_inner);
        let before = still.iter().position(|one| one.channel == channel);
        let before = before.map(|place| still.swap_remove(place));
        let (channel_code, next_try_at) = (channel.code(), now.plus_seconds(REST_S));
        let Some(trouble) = trouble else {
            if before.is_some() {
                tracing::info!(channel = channel_code, "messages go again");
            }
            return;
        };
        if before.is_none_or(|before| before.trouble != trouble) {
            let trouble = trouble.code();
            tracing::error!(channel = channel_code, trouble, "no message goes by this way");
        }
        let since = before.map_or(now, |before| before.since);
        still.push(Standstill { channel, trouble, since, next_try_at });
    }
}
