//! Second factors: beside the password, a code that only the person's telephone makes.
//! No words and no transport. Who must have one says `domain/access.rs`.

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::service::{Fault, Service};
use crate::{
    domain::{
        command::{Ask, Change, Outcome},
        ids::UserId,
    },
    sys::{clock::random_bytes, contacts::ContactKey, one_time::Secret},
};

/// How long somebody whose password was right may look for their telephone.
const HALF_LIFE_S: i64 = 5 * 60;
const RECOVERY_CODES: usize = 10;
/// Symbols of a recovery code, five bits each.
const RECOVERY_SYMBOLS: usize = 10;

/// What a telephone has to learn.
pub struct Begun {
    /// As people type it.
    pub secret: Zeroizing<String>,
    /// As a QR holds it.
    pub address: Zeroizing<String>,
}

/// A sealed secret is good for its own person alone.
fn purpose(user: UserId) -> String {
    format!("second factor {user}")
}

impl Service {
    /// Whether a person's log-ins ask for a code.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn has_second_factor(&self, user: UserId) -> Result<bool, Fault> {
        Ok(self.database.second_factor(user)?.is_some_and(|factor| factor.confirmed))
    }

    /// Makes a secret for a person to try; `None` when they have a second factor already.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn begin_second_factor(&self, user: UserId) -> Result<Option<Begun>, Fault> {
        let secret = Secret::new()?;
        let sealed = self.factor_seal().seal(&secret.text(), &purpose(user))?;
        if !self.database.begin_second_factor(user, &sealed)? {
            return Ok(None);
        }
        self.begun(user, &secret).map(Some)
    }

    /// The secret that a person has still to try, once more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn begun_second_factor(&self, user: UserId) -> Result<Option<Begun>, Fault> {
        let secret = self.factor_secret(user, false)?;
        secret.map(|secret| self.begun(user, &secret)).transpose()
    }

    /// Turns a second factor on for whoever shows that their telephone has it, and ends their
    /// sessions; the codes for the day on which the telephone is lost. `None`: a wrong code.
    ///
    /// # Errors
    /// Refused when nothing is written any more; without randomness; when the database does not
    /// answer.
    pub fn confirm_second_factor(
        &self,
        user: UserId,
        code: &str,
    ) -> Result<Option<Vec<String>>, Fault> {
        let Some(secret) = self.factor_secret(user, false)? else { return Ok(None) };
        let Some(step) = secret.step_of(&plain(code), self.clock.now()) else { return Ok(None) };
        let codes: Vec<String> =
            (0..RECOVERY_CODES).map(|_| recovery_code()).collect::<Result<_, Fault>>()?;
        let hashes: Vec<_> = codes.iter().map(|code| self.recovery_hash(user, code)).collect();
        self.note_second_factor(user, user, true)?;
        if !self.database.confirm_second_factor(user, step, &hashes)? {
            return Ok(None);
        }
        self.database.end_sessions(user)?;
        Ok(Some(codes))
    }

    /// Whether it is a person's code of this moment, or one of those for a lost telephone. It is
    /// good once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn use_code(&self, user: UserId, code: &str) -> Result<bool, Fault> {
        let Some(secret) = self.factor_secret(user, true)? else { return Ok(false) };
        let code = plain(code);
        if code.len() == RECOVERY_SYMBOLS {
            let hash = self.recovery_hash(user, &code);
            return Ok(self.database.use_recovery_code(user, hash)?);
        }
        match secret.step_of(&code, self.clock.now()) {
            Some(step) => Ok(self.database.use_step(user, step)?),
            None => Ok(false),
        }
    }

    /// Turns a person's second factor off, in the name of whoever did it.
    ///
    /// # Errors
    /// Refused when nothing is written any more; when the database does not answer.
    pub fn remove_second_factor(&self, by: UserId, user: UserId) -> Result<(), Fault> {
        self.note_second_factor(by, user, false)?;
        Ok(self.database.remove_second_factor(user)?)
    }

    /// What whoever knew the password brings with the code, a little later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn half_session(&self, user: UserId) -> Result<Option<String>, Fault> {
        let until = self.clock.now().plus_seconds(HALF_LIFE_S).0;
        let mark = self.half_mark(user, until)?;
        Ok(mark.map(|mark| format!("{user}.{until}.{mark}")))
    }

    /// Whose it is, if it is still good.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn of_half_session(&self, half: &str) -> Result<Option<UserId>, Fault> {
        let mut parts = half.splitn(3, '.');
        let mut next = || parts.next();
        let (Some(user), Some(until), Some(mark)) = (next(), next(), next()) else {
            return Ok(None);
        };
        let (Ok(user), Ok(until)) = (user.parse().map(UserId), until.parse::<i64>()) else {
            return Ok(None);
        };
        if until <= self.clock.now().0 {
            return Ok(None);
        }
        // Compared by their hashes, so that the time taken tells nothing.
        let hashed = |mark: &str| Sha256::digest(mark.as_bytes());
        let good = self.half_mark(user, until)?.is_some_and(|good| hashed(&good) == hashed(mark));
        Ok(good.then_some(user))
    }

    /// Another password makes another mark: a change of it ends what was begun.
    fn half_mark(&self, user: UserId, until: i64) -> Result<Option<String>, Fault> {
        let Some(person) = self.present(user)? else { return Ok(None) };
        let content = format!("half session {user} {until} {}", person.password_hash);
        let mark = self.request_hash(content.as_bytes());
        Ok(Some(data_encoding::BASE64URL_NOPAD.encode(&mark)))
    }

    fn begun(&self, user: UserId, secret: &Secret) -> Result<Begun, Fault> {
        let email = self.present(user)?.map(|user| user.email).unwrap_or_default();
        let address = Zeroizing::new(secret.address(&self.host, &email));
        Ok(Begun { secret: secret.text(), address })
    }

    fn factor_secret(&self, user: UserId, confirmed: bool) -> Result<Option<Secret>, Fault> {
        let factor = self.database.second_factor(user)?;
        let factor = factor.filter(|factor| factor.confirmed == confirmed);
        let seal = self.factor_seal();
        let text = factor.and_then(|factor| seal.open(&factor.sealed, &purpose(user)));
        Ok(text.map(Zeroizing::new).and_then(|text| Secret::from_text(&text)))
    }

    fn factor_seal(&self) -> ContactKey {
        ContactKey::of(&self.request_hash(b"second factor: seal"))
    }

    fn recovery_hash(&self, user: UserId, code: &str) -> [u8; 32] {
        self.request_hash(format!("recovery code {user} {}", plain(code)).as_bytes())
    }

    fn note_second_factor(&self, by: UserId, user: UserId, on: bool) -> Result<(), Fault> {
        let change = Change::SecondFactor { user, on };
        match self.ask_as(Some(by), Ask::Change(change))? {
            Outcome::Refused(refusal) => Err(Fault::Refused(refusal.reason)),
            _ => Ok(()),
        }
    }
}

/// A code without the spaces and lines that people read it with.
fn plain(code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric);
    kept.map(|symbol| symbol.to_ascii_uppercase()).collect()
}

fn recovery_code() -> Result<String, Fault> {
    let mut text = data_encoding::BASE32_NOPAD.encode(&random_bytes()?);
    text.truncate(RECOVERY_SYMBOLS);
    text.insert(RECOVERY_SYMBOLS / 2, '-');
    Ok(text)
}
