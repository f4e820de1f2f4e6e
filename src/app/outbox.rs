//! The outbox: what is to be sent is kept first, then sent, each way by itself, at least once.
//! No words: who writes the letters is handed in. No threads: `sending.rs` has them.

use super::service::{Fault, Service};
use crate::{
    domain::{
        ids::{MessageId, RequestId, UserId},
        message::{
            About, Channel, Kind, LEASE_S, MOST_TRIES, Message, MessageState, Trouble, next_try,
        },
    },
    store::Ended,
    sys::{clock, mail::Email},
};

/// Messages that one run takes.
const RUN: i64 = 20;
/// How long it can be seen what became of a message.
const KEPT_S: i64 = 366 * 86_400;

/// What somebody wants sent.
pub struct Wanted<'a> {
    pub kind: Kind,
    pub channel: Channel,
    /// An address or a number, checked.
    pub to: &'a str,
    /// `fr` or `en`.
    pub language: &'a str,
    pub about: About,
    pub asked_by: Option<UserId>,
    /// However often it is asked under this id, one message is made.
    pub request: RequestId,
    /// Keyed hash of what was asked.
    pub content: [u8; 32],
}

/// What became of a wish.
pub enum Posted {
    New(Message),
    /// Asked before, and made then.
    Before(Message),
    /// The id was used for something else.
    Reused,
    /// Sending by this way is not set up.
    NotSetUp,
}

/// A message in words, ready to go.
pub enum Letter {
    Email(Box<Email>),
    Sms(String),
}

/// Who puts messages into words when they are sent; nothing of it is kept.
pub trait Letters: Send + Sync {
    /// # Errors
    /// Why there is nothing to be sent, or not now.
    fn write(&self, service: &Service, message: &Message) -> Result<Letter, Trouble>;
}

/// A sealed contact is good for its own message alone.
fn purpose(id: MessageId) -> String {
    format!("message {id}")
}

impl Service {
    /// Keeps a message to be sent.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn post_message(&self, wanted: &Wanted<'_>) -> Result<Posted, Fault> {
        let key = self.post.contacts.as_ref().filter(|_| self.sends(wanted.channel));
        let Some(key) = key else { return Ok(Posted::NotSetUp) };
        let id = MessageId(clock::random_voucher_id()?.0);
        let now = self.clock.now();
        let message = Message {
            id,
            kind: wanted.kind,
            channel: wanted.channel,
            language: wanted.language.to_owned(),
            about: wanted.about,
            contact: Some(key.seal(wanted.to, &purpose(id))?),
            state: MessageState::Waiting,
            tries: 0,
            due_at: now,
            trouble: None,
            asked_by: wanted.asked_by,
            request: wanted.request,
            content: Some(wanted.content),
            made_at: now,
            settled_at: None,
        };
        let Some(before) = self.database.keep_message(&message)? else {
            return Ok(Posted::New(message));
        };
        // What was asked is forgotten with the contact: then who asked is all that can differ.
        let same = before.asked_by == wanted.asked_by
            && before.about == wanted.about
            && before.content.is_none_or(|content| content == wanted.content);
        Ok(if same { Posted::Before(before) } else { Posted::Reused })
    }

    /// Sends what is due by one way; the number of messages that were tried. When the server itself
    /// is at fault the others are left as they are, and nothing is tried by this way for a minute.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn send_due(
        &self,
        channel: Channel,
        letters: &dyn Letters,
        go_on: &dyn Fn() -> bool,
    ) -> Result<u64, Fault> {
        let mut tried = 0;
        if self.rests(channel) {
            return Ok(tried);
        }
        for seen in self.database.due_messages(channel, self.clock.now(), RUN)? {
            if !go_on() {
                break;
            }
            if seen.tries >= MOST_TRIES {
                // Every try was begun, and none came to its end.
                let trouble = seen.trouble.unwrap_or(Trouble::Fault);
                self.settle(&seen, seen.tries, Ended::Failed(trouble))?;
                continue;
            }
            let lease = self.clock.now().plus_seconds(LEASE_S);
            if !self.database.claim_message(&seen, lease)? {
                continue;
            }
            tried += 1;
            let tries = seen.tries + 1;
            let sent = self.send(letters, &seen);
            let ended = match sent {
                Ok(()) => Ended::Sent,
                Err(trouble) if trouble.is_final() || tries >= MOST_TRIES => Ended::Failed(trouble),
                Err(trouble) => Ended::Later(trouble, next_try(tries, self.clock.now())),
            };
            self.settle(&seen, tries, ended)?;
            self.note_way(channel, sent);
            if self.rests(channel) {
                break;
            }
        }
        Ok(tried)
    }

    fn settle(&self, message: &Message, tries: i64, ended: Ended) -> Result<(), Fault> {
        let (id, kind, channel) = (message.id, message.kind.code(), message.channel.code());
        match ended {
            Ended::Sent => tracing::info!(%id, kind, channel, tries, "sent"),
            Ended::Failed(trouble) => {
                tracing::warn!(%id, kind, channel, tries, trouble = trouble.code(), "given up");
            }
            Ended::Later(trouble, _) => {
                tracing::info!(%id, kind, channel, tries, trouble = trouble.code(), "not sent yet");
            }
        }
        Ok(self.database.end_try(message.id, tries, ended, self.clock.now())?)
    }

    fn send(&self, letters: &dyn Letters, message: &Message) -> Result<(), Trouble> {
        let key = self.post.contacts.as_ref().filter(|_| self.sends(message.channel));
        let key = key.ok_or(Trouble::NotSetUp)?;
        let sealed = message.contact.as_deref().ok_or(Trouble::ContactUnreadable)?;
        let to = key.open(sealed, &purpose(message.id)).ok_or(Trouble::ContactUnreadable)?;
        match letters.write(self, message)? {
            Letter::Email(email) => {
                let mailer = self.post.mail.as_ref().ok_or(Trouble::NotSetUp)?;
                mailer.send(&to, &format!("{:016x}", message.id.0), *email)
            }
            Letter::Sms(text) => self.post.sms.as_ref().ok_or(Trouble::NotSetUp)?.send(&to, &text),
        }
    }

    /// Forgets what became of messages a year ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget_messages(&self) -> Result<usize, Fault> {
        Ok(self.database.forget_messages(self.clock.now().plus_seconds(-KEPT_S))?)
    }
}
