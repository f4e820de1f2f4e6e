//! The service as its callers see it: asks go to the one writer, reads to the pool.
//! No rules: `domain/decide` has them.

use std::{path::Path, thread::JoinHandle};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::{
    domain::{
        calendar::Instant,
        command::{Answer, Ask, Command, Draft, Outcome, Redeem, Request, Scope, Shown},
        ids::{OrganisationId, RequestId, UserId, VenueId},
        key::{KeyRing, jwks},
        refusal::{Reason, Refusal},
        voucher::{CodeKeys, ManualCode, Reference, Unverified, text},
    },
    store::{Audit, AuditError, Database, Location, OpenError, ReadError, Unanswered, Writer},
    sys::{
        clock::{self, Clock},
        keyring::Passphrase,
        secrets::{self, SecretsError},
        signer::{NoRandomness, Signer},
    },
};

/// Why something was not done; refusals are values of their own.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Unanswered(#[from] Unanswered),
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error("the voucher cannot be signed: {0}")]
    NotSigned(#[from] crate::sys::signer::NotSigned),
    #[error("refused: {0}")]
    Refused(Reason),
    #[error("the QR cannot be drawn: {0}")]
    Qr(#[from] crate::print::qr::QrFailure),
    #[error(transparent)]
    Password(#[from] crate::sys::password::NotHashed),
}

/// Whether asking again helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passes {
    WhenTheQueueIsShorter,
    WhenTheDatabaseIsBack,
    Never,
}

impl Fault {
    #[must_use]
    pub const fn passes(&self) -> Passes {
        match self {
            Self::Unanswered(Unanswered::Full) => Passes::WhenTheQueueIsShorter,
            Self::Unanswered(_) | Self::Open(_) | Self::Read(ReadError::Open(_)) => {
                Passes::WhenTheDatabaseIsBack
            }
            _ => Passes::Never,
        }
    }
}

/// The running service.
pub struct Service {
    pub(super) database: Database,
    writer: Writer,
    thread: Option<JoinHandle<()>>,
    pub(super) signers: Vec<Signer>,
    pub(super) ring: KeyRing,
    pub(super) codes: CodeKeys,
    request_key: [u8; 32],
    pub clock: Clock,
    /// The host that a voucher's URL names.
    pub(super) host: String,
}

impl Service {
    /// Opens the database and the secrets, and starts the writer.
    ///
    /// # Errors
    /// One sentence on what is missing or wrong.
    pub fn start(
        location: &Location,
        keys: &Path,
        passphrase: Option<&Passphrase>,
        host: &str,
        clock: Clock,
    ) -> Result<Self, Fault> {
        let secrets = secrets::load(keys, passphrase)?;
        let database = Database::open(location)?;
        let (writer, thread) = Writer::start(&database)?;
        Ok(Self {
            database,
            writer,
            thread: Some(thread),
            signers: secrets.signers,
            ring: secrets.ring,
            codes: CodeKeys::new(secrets.code_secret),
            request_key: keyed(&secrets.code_secret, b"request"),
            clock,
            host: host.to_owned(),
        })
    }

    /// What reads go through.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The public voucher keys (RFC 7517, RFC 8037).
    #[must_use]
    pub fn jwks(&self) -> serde_json::Value {
        jwks(self.ring.keys())
    }

    /// Asks the writer; blocks until the answer is durable.
    ///
    /// # Errors
    /// When the batch was not written; the same request id may be sent again.
    pub fn ask(&self, command: Command) -> Result<Answer, Fault> {
        Ok(self.writer.ask(command)?)
    }

    /// Asks as the service itself, under a new request id.
    ///
    /// # Errors
    /// As `ask`.
    pub fn ask_as(&self, actor: Option<UserId>, ask: Ask) -> Result<Outcome, Fault> {
        let scope = actor.map_or(Scope::System, Scope::User);
        let id = clock::request_id();
        let hash = self.request_hash(id.0.as_bytes());
        let request = Request { scope, id, hash };
        let now = self.clock.now();
        Ok(self.ask(Command { request, actor, device: None, now, ask })?.outcome)
    }

    /// The keyed hash of a request's content, by which a repetition is known.
    #[must_use]
    pub fn request_hash(&self, content: &[u8]) -> [u8; 32] {
        keyed(&self.request_key, content)
    }

    /// The keyed hash of what a redemption asks: organisation, venue, workshops, service fields
    /// and what was shown; never route, person or time, so that an attempt sent again by another
    /// way is the same request.
    #[must_use]
    pub fn redemption_hash(&self, ask: &Redeem) -> [u8; 32] {
        let voucher = ask.shown.voucher().map(|id| id.0);
        let delivery = (ask.delivery.service, ask.delivery.group, ask.delivery.minutes);
        let content = format!(
            "{}|{}|{}|{delivery:?}|{voucher:?}",
            ask.organisation, ask.venue, ask.workshops
        );
        self.request_hash(content.as_bytes())
    }

    /// Who is paid for a venue, if there is such a venue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn payee(&self, venue: VenueId) -> Result<Option<OrganisationId>, Fault> {
        Ok(self.database.payee(venue)?)
    }

    #[must_use]
    pub fn new_request_id(&self) -> RequestId {
        clock::request_id()
    }

    /// What a scanned or typed text names: all checks that need no state of the voucher.
    ///
    /// # Errors
    /// When a manual code cannot be looked up.
    pub fn read_code(&self, scanned: &str) -> Result<Shown, Fault> {
        if let Ok(code) = scanned.parse::<ManualCode>() {
            let name = crate::store::VoucherName::CodeTag(code.tag(&self.codes));
            let found = self.database.voucher(&name)?;
            return Ok(found.map_or(Shown::Refused(Reason::VoucherUnknown), |voucher| {
                Shown::Known(voucher.id)
            }));
        }
        let Ok(signed) = text::read(scanned) else {
            return Ok(Shown::Refused(Reason::CodeMalformed));
        };
        Ok(match self.ring.verify(&signed) {
            Ok((payload, _)) => Shown::Signed { voucher: payload.voucher, payload: signed.payload },
            Err(unverified) => Shown::Refused(reason(&unverified)),
        })
    }

    /// Draws what a new voucher is named by, under today's key.
    ///
    /// # Errors
    /// Without randomness, or without a key that may sign.
    pub fn draft(&self, now: Instant) -> Result<Draft, Fault> {
        let utc = "UTC".parse().map_err(|_| Fault::Refused(Reason::KeyNotValid))?;
        let key = self.ring.signing(now.day(&utc)).ok_or(Fault::Refused(Reason::KeyNotValid))?;
        let id = clock::random_voucher_id()?;
        Ok(Draft {
            id,
            kid: key.kid().0,
            code_tag: ManualCode::of(id, &self.codes).tag(&self.codes),
            reference: Reference::of(id, &self.codes).to_string(),
        })
    }

    /// Recomputes everything from the events.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub fn audit(&self) -> Result<Audit, Fault> {
        Ok(self.database.audit()?)
    }

    /// Answers what is queued, then ends the writer.
    pub fn stop(mut self) {
        self.writer.stop();
        let thread = self.thread.take();
        drop(self);
        if let Some(thread) = thread {
            drop(thread.join());
        }
    }
}

fn reason(unverified: &Unverified) -> Reason {
    match unverified.code() {
        "code_malformed" => Reason::CodeMalformed,
        "key_unknown" => Reason::KeyUnknown,
        "key_not_valid" => Reason::KeyNotValid,
        _ => Reason::SignatureInvalid,
    }
}

fn keyed(key: &[u8; 32], content: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length, so this never fails; a wrong length would only change it.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(content).finalize().into_bytes().into())
        .unwrap_or_default()
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
