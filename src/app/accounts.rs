//! Accounts by link: an invitation to choose a password, a new one when it was forgotten.
//! No words and no transport. A link is good once, for half an hour, and kept as a hash.

use sha2::{Digest as _, Sha256};

use super::{
    outbox::{Posted, Wanted},
    service::{Fault, Service},
    session::email_key,
};
use crate::{
    domain::{
        command::{Ask, Change, Outcome},
        ids::{RequestId, UserId},
        message::{About, AccountToken, Channel, Kind},
        refusal::Refusal,
        registry::User,
    },
    sys::{clock, password},
};

const LIFE_S: i64 = 30 * 60;

/// How somebody was invited.
pub enum Invited {
    /// By e-mail.
    Sent,
    /// Nothing can be sent: the link is to be handed over, and shown once.
    Link(String),
    /// Under this id something else was asked.
    Reused,
}

impl Service {
    /// A link by which a person chooses a password.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn account_link(&self, user: UserId, purpose: Kind) -> Result<String, Fault> {
        let token = data_encoding::BASE64URL_NOPAD.encode(&clock::random_bytes()?);
        let now = self.clock.now();
        let expires_at = now.plus_seconds(LIFE_S);
        let kept = AccountToken { hash: hashed(&token), user, purpose, expires_at };
        self.database.keep_account_token(&kept, now)?;
        Ok(self.link(&format!("/password/{token}")))
    }

    /// Whose link it is, if it is good now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn account_of(&self, token: &str) -> Result<Option<User>, Fault> {
        let token = self.database.account_token(hashed(token), self.clock.now())?;
        Ok(token.map(|token| self.present(token.user)).transpose()?.flatten())
    }

    /// Sets the password of a link's person, and ends their sessions; `None`: the link is not good
    /// (any more).
    ///
    /// # Errors
    /// When it was not written: then the link stays good.
    pub fn choose_password(
        &self,
        token: &str,
        new: &str,
    ) -> Result<Option<Result<(), Refusal>>, Fault> {
        let (hash, now) = (hashed(token), self.clock.now());
        let Some(user) = self.account_of(token)? else { return Ok(None) };
        if !self.database.take_account_token(hash, now)? {
            return Ok(None);
        }
        let done = self.set_password(&user, new);
        if !matches!(done, Ok(Ok(()))) {
            self.database.return_account_token(hash)?;
        }
        done.map(Some)
    }

    /// Sets a person's password in their own name, and ends their sessions. Blocks for some 20 ms.
    ///
    /// # Errors
    /// When it was not written.
    pub fn set_password(&self, user: &User, new: &str) -> Result<Result<(), Refusal>, Fault> {
        let password_hash = Some(password::hash(new)?);
        let change = Change::User { user: user.id, name: user.name.clone(), password_hash };
        if let Outcome::Refused(refusal) = self.ask_as(Some(user.id), Ask::Change(change))? {
            return Ok(Err(refusal));
        }
        self.database.end_sessions(user.id)?;
        Ok(Ok(()))
    }

    /// The hash of a password that nobody knows: for who has still to choose one.
    ///
    /// # Errors
    /// Without randomness.
    pub fn no_password(&self) -> Result<String, Fault> {
        let random = data_encoding::BASE64URL_NOPAD.encode(&clock::random_bytes()?);
        Ok(password::hash(&random)?)
    }

    /// Invites a person to choose a password: by e-mail, or by a link for whoever asks.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn invite(
        &self,
        by: UserId,
        user: &User,
        request: RequestId,
        language: &str,
    ) -> Result<Invited, Fault> {
        let wanted = Wanted {
            kind: Kind::Invitation,
            channel: Channel::Email,
            to: &user.email,
            language,
            about: About::User(user.id),
            asked_by: Some(by),
            request,
            content: self.request_hash(format!("invitation {}", user.id).as_bytes()),
        };
        Ok(match self.post_message(&wanted)? {
            Posted::New(_) | Posted::Before(_) => Invited::Sent,
            Posted::Reused => Invited::Reused,
            Posted::NotSetUp => Invited::Link(self.account_link(user.id, Kind::Invitation)?),
        })
    }

    /// Sends who has this address a link to choose another password; nothing for an unknown
    /// address. The caller must not let anybody see which it was.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn forgotten(&self, email: &str, language: &str) -> Result<(), Fault> {
        let user = self.database.user_by_email(&email_key(email))?;
        let Some(user) = user.filter(|user| !user.revoked) else { return Ok(()) };
        let wanted = Wanted {
            kind: Kind::Reset,
            channel: Channel::Email,
            to: &user.email,
            language,
            about: About::User(user.id),
            asked_by: None,
            request: clock::request_id(),
            content: self.request_hash(b"reset"),
        };
        self.post_message(&wanted)?;
        Ok(())
    }
}

/// A token has 256 random bits: a plain hash hides it.
fn hashed(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
