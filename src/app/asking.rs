//! Asking the one writer: commands under request ids, and their answers.
//! No rules: `domain/decide` has them.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    time::Duration,
};

use super::service::{Fault, Service, keyed};
use crate::{
    domain::{
        calendar::Instant,
        command::{Answer, Ask, Command, Draft, Outcome, Request, Scope},
        ids::{UserId, VenueId},
        refusal::{Reason, Refusal},
        voucher::Kid,
    },
    store::Queued,
    sys::clock,
};

/// Draws of one voucher: a collision is likely once in a long while, twice never.
const DRAWS: u8 = 4;

/// A command that the writer has: a thread waits for its answer, or a task awaits it.
#[must_use]
pub struct Asked {
    queued: Queued,
    /// Whose signature was shown, and where.
    signed: Option<(Kid, VenueId)>,
}

impl Asked {
    /// How long to await the answer; a thread that waits sees to it itself.
    #[must_use]
    pub const fn deadline(&self) -> Duration {
        self.queued.deadline()
    }

    /// Blocks until the answer is durable.
    ///
    /// # Errors
    /// When the batch was not written, or not in time; the same request id may be sent again.
    pub fn wait(self) -> Result<Answer, Fault> {
        let answer = self.queued.wait()?;
        alarm(self.signed, &answer);
        Ok(answer)
    }
}

impl IntoFuture for Asked {
    type Output = Result<Answer, Fault>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let answer = self.queued.await?;
            alarm(self.signed, &answer);
            Ok(answer)
        })
    }
}

fn alarm(signed: Option<(Kid, VenueId)>, answer: &Answer) {
    if let Some((kid, venue)) = signed
        && matches!(&answer.outcome, Outcome::Refused(refusal)
            if refusal.reason == Reason::VoucherUnknown)
    {
        let why = "the key leaked, or a backup was restored";
        tracing::warn!(%kid, %venue, "a good signature over what was never issued: {why}");
    }
}

impl Service {
    /// Hands a command to the writer.
    ///
    /// # Errors
    /// At once when the queue is full.
    pub fn queue(&self, command: Command) -> Result<Asked, Fault> {
        let signed = match &command.ask {
            Ask::Redeem(redeem) => redeem.shown.signed_by().map(|kid| (kid, redeem.venue)),
            _ => None,
        };
        Ok(Asked { queued: self.writer.queue(command)?, signed })
    }

    /// Asks the writer; blocks until the answer is durable.
    ///
    /// # Errors
    /// When the batch was not written, or not in time; the same request id may be sent again.
    pub fn ask(&self, command: Command) -> Result<Answer, Fault> {
        self.queue(command)?.wait()
    }

    /// Asks as the service itself, under a new request id.
    ///
    /// # Errors
    /// As `ask`.
    pub fn ask_as(&self, actor: Option<UserId>, ask: Ask) -> Result<Outcome, Fault> {
        Ok(self.ask_anew(actor, ask)?.outcome)
    }

    /// As `ask_as`, with the whole answer.
    ///
    /// # Errors
    /// As `ask`.
    pub fn ask_anew(&self, actor: Option<UserId>, ask: Ask) -> Result<Answer, Fault> {
        let scope = actor.map_or(Scope::System, Scope::User);
        let id = clock::request_id();
        let hash = self.request_hash(id.0.as_bytes());
        let request = Request { scope, id, hash };
        let now = self.clock.now();
        self.ask(Command { request, actor, device: None, now, ask })
    }

    /// Asks what nobody waits for, as the service itself: people's commands go first.
    ///
    /// # Errors
    /// As `ask`.
    pub(super) fn ask_bulk(&self, now: Instant, ask: Ask) -> Result<Answer, Fault> {
        let id = clock::request_id();
        let request =
            Request { scope: Scope::System, id, hash: self.request_hash(id.0.as_bytes()) };
        Ok(self.writer.ask_bulk(Command { request, actor: None, device: None, now, ask })?)
    }

    /// The keyed hash of a request's content, by which a repetition is known.
    #[must_use]
    pub fn request_hash(&self, content: &[u8]) -> [u8; 32] {
        keyed(&self.request_key, content)
    }

    /// The request of one part of what a form asks, such as a line: the same whenever it is sent.
    #[must_use]
    pub fn part_of(&self, request: uuid::Uuid, part: u64) -> uuid::Uuid {
        self.id_of(&format!("part {request} {part}"))
    }

    /// An id that follows from a content, and from which the content cannot be guessed.
    pub(super) fn id_of(&self, content: &str) -> uuid::Uuid {
        let hash = self.request_hash(content.as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// Sends drafts until one is neither taken nor of a key that has just changed.
    ///
    /// # Errors
    /// As `draft` and `send`.
    pub fn drawn(
        &self,
        mut send: impl FnMut(Draft) -> Result<Answer, Fault>,
    ) -> Result<Answer, Fault> {
        let outcome = Outcome::Refused(Reason::DrawAgain.into());
        let mut last = Answer { outcome, replayed: false, reversed: false, head: None };
        for _ in 0..DRAWS {
            last = send(self.draft(self.clock.now())?)?;
            match &last.outcome {
                Outcome::Refused(refusal) if refusal.reason == Reason::DrawAgain => {}
                Outcome::Refused(refusal) if refusal.reason == Reason::SigningKeyNotActive => {
                    self.reload_keys()?;
                }
                _ => break,
            }
        }
        Ok(last)
    }
}

/// An accepted outcome, or why not.
///
/// # Errors
/// The refusal.
pub fn accepted(outcome: Outcome) -> Result<Outcome, Refusal> {
    match outcome {
        Outcome::Refused(refusal) => Err(refusal),
        outcome => Ok(outcome),
    }
}
