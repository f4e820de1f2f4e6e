//! The service as its callers see it: asks go to the one writer, reads to the pool.
//! No rules: `domain/decide` has them.

use std::{path::Path, thread::JoinHandle};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::{keys::Keys, looks::Shown as ShownLooks, post::Post};
use crate::{
    domain::{
        calendar::Instant,
        command::{Answer, Ask, Command, Draft, Outcome, Redeem, Request, Scope, Shown},
        ids::{OrganisationId, RequestId, UserId, VenueId},
        key_set::BadKeySet,
        life::Voucher,
        refusal::{Reason, Refusal},
        voucher::{CodeKeys, KeyProblem, Kid, ManualCode, Reference, Unverified, text},
    },
    store::{
        Audit, AuditError, CopyError, Counts, Database, Limits, Location, OpenError, ReadError,
        Unanswered, VoucherName, Writer,
    },
    sys::{
        clock::{self, Clock},
        keyring::{KeyFileError, Passphrase},
        sealed::SealedError,
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
    #[error("the private file of key {0} is not in this instance's folder: copy it there")]
    NoPrivateKey(Kid),
    #[error("the key set cannot be signed: {0}")]
    KeySet(#[from] BadKeySet),
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    #[error("{0}")]
    Order(String),
    #[error("refused: {0}")]
    Refused(Reason),
    #[error("the QR cannot be drawn: {0}")]
    Qr(#[from] crate::print::qr::QrFailure),
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error(transparent)]
    Sealed(#[from] SealedError),
    #[error(transparent)]
    Password(#[from] crate::sys::password::NotHashed),
    #[error(transparent)]
    Contact(#[from] crate::sys::contacts::NotSealed),
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

/// Draws of one voucher: a collision is likely once in a long while, twice never.
const DRAWS: u8 = 4;

/// The running service.
pub struct Service {
    pub(super) database: Database,
    writer: Writer,
    thread: Option<JoinHandle<()>>,
    pub(super) keys: Keys,
    pub(super) codes: CodeKeys,
    request_key: [u8; 32],
    pub clock: Clock,
    /// The host that a voucher's URL names.
    pub(super) host: String,
    pub(super) post: Post,
    pub(super) looks: ShownLooks,
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
        Self::start_within(location, keys, passphrase, host, clock, Limits::default())
    }

    /// As `start`, with other limits of the queue than the usual ones.
    ///
    /// # Errors
    /// As `start`.
    pub fn start_within(
        location: &Location,
        keys: &Path,
        passphrase: Option<&Passphrase>,
        host: &str,
        clock: Clock,
        limits: Limits,
    ) -> Result<Self, Fault> {
        let secrets = secrets::load(keys, passphrase)?;
        let database = Database::open(location)?;
        if database.restoration()?.is_some_and(|restored| restored.acknowledged_at.is_none()) {
            let advice = "nothing changes until `acknowledge-restore`";
            tracing::warn!("this database was restored from a backup: {advice}");
        }
        let (writer, thread) = Writer::start_within(&database, limits)?;
        let specimen = Signer::from_seed(&keyed(&secrets.code_secret, b"specimen"))
            .map_err(SecretsError::from)?;
        let service = Self {
            database,
            writer,
            thread: Some(thread),
            keys: Keys::new(keys, passphrase, specimen),
            codes: CodeKeys::new(secrets.code_secret),
            request_key: keyed(&secrets.code_secret, b"request"),
            clock,
            host: host.to_owned(),
            post: Post::default(),
            looks: ShownLooks::default(),
        };
        service.register_first_key(&secrets.signers)?;
        service.reload_keys()?;
        service.reload_looks()?;
        Ok(service)
    }

    /// What reads go through.
    #[must_use]
    pub const fn database(&self) -> &Database {
        &self.database
    }

    /// The host that a voucher's URL names.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Commands that wait for the writer.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.writer.waiting()
    }

    /// What the writer has taken since its start.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.writer.counts()
    }

    /// Asks the writer; blocks until the answer is durable.
    ///
    /// # Errors
    /// When the batch was not written, or not in time; the same request id may be sent again.
    pub fn ask(&self, command: Command) -> Result<Answer, Fault> {
        let shown = match &command.ask {
            Ask::Redeem(redeem) => redeem.shown.signed_by().map(|kid| (kid, redeem.venue)),
            _ => None,
        };
        let answer = self.writer.ask(command)?;
        if let Some((kid, venue)) = shown
            && matches!(&answer.outcome, Outcome::Refused(refusal)
                if refusal.reason == Reason::VoucherUnknown)
        {
            let why = "the key leaked, or a backup was restored";
            tracing::warn!(%kid, %venue, "a good signature over what was never issued: {why}");
        }
        Ok(answer)
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
        let hash = self.request_hash(format!("part {request} {part}").as_bytes());
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(hash).for_each(|(byte, hashed)| *byte = hashed);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
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
            let name = VoucherName::CodeTag(code.tag(&self.codes));
            let found = self.database.voucher(&name)?;
            return Ok(found.map_or(Shown::Refused(Reason::VoucherUnknown), |voucher| {
                Shown::Known(voucher.id)
            }));
        }
        let Ok(signed) = text::read(scanned) else {
            return Ok(Shown::Refused(Reason::CodeMalformed));
        };
        Ok(match self.verify(&signed)? {
            Ok(payload) => Shown::Signed { voucher: payload.voucher, payload: signed.payload },
            // Good signatures of keys that do not vouch (any more): the bytes stored at issue
            // decide, so that no honest holder has to come back; anything else is an alarm.
            Err(Unverified::KeyNotValid { payload, why }) if why != KeyProblem::Test => {
                Shown::Signed { voucher: payload.voucher, payload: signed.payload }
            }
            Err(unverified) => Shown::Refused(reason(&unverified)),
        })
    }

    /// The voucher that was shown, to be looked at; or the same refusal as at a redemption.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn shown(&self, shown: &Shown) -> Result<Result<Voucher, Reason>, Fault> {
        let (id, signed) = match shown {
            Shown::Refused(reason) => return Ok(Err(*reason)),
            Shown::Known(id) => (*id, None),
            Shown::Signed { voucher, payload } => (*voucher, Some(payload)),
        };
        let found = self.database.voucher(&VoucherName::Id(id))?;
        let genuine = |row: &Voucher| signed.is_none_or(|payload| *payload == row.payload);
        Ok(found.filter(genuine).ok_or(Reason::VoucherUnknown))
    }

    /// Draws what a new voucher is named by, under today's key.
    ///
    /// # Errors
    /// Without randomness, or without a key that may sign and whose private file is here.
    pub fn draft(&self, now: Instant) -> Result<Draft, Fault> {
        self.draft_with(self.signing_kid(now)?.0)
    }

    pub(super) fn draft_with(&self, kid: [u8; 4]) -> Result<Draft, Fault> {
        let id = clock::random_voucher_id()?;
        Ok(Draft {
            id,
            kid,
            code_tag: ManualCode::of(id, &self.codes).tag(&self.codes),
            reference: Reference::of(id, &self.codes).to_string(),
        })
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
        let mut last = Answer { outcome, replayed: false, reversed: false };
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
