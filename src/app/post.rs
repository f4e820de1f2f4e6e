//! By which ways this service sends, as its operator set them, and the key that contacts are kept
//! under. No messages: `outbox.rs` has them.

use super::service::{Fault, Service};
use crate::{
    domain::message::Channel,
    sys::{contacts::ContactKey, gateway::Gateway, mail::Mailer},
};

/// Nothing is sent by a way that is not set up.
#[derive(Default)]
pub struct Post {
    pub(super) mail: Option<Mailer>,
    pub(super) sms: Option<Gateway>,
    pub(super) contacts: Option<ContactKey>,
}

impl Service {
    /// Sets what is sent by; the key of contacts is made if it is needed and not there.
    ///
    /// # Errors
    /// When the key cannot be read or made.
    pub fn set_post(&mut self, mail: Option<Mailer>, sms: Option<Gateway>) -> Result<(), Fault> {
        let any = mail.is_some() || sms.is_some();
        let contacts = any.then(|| ContactKey::load(self.keys.folder())).transpose()?;
        self.post = Post { mail, sms, contacts };
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
}
