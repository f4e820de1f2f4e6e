//! The running service: its start, its secrets, and what a scanned text names.
//! No rules (`domain/decide`), and no asking of the writer (`asking.rs`).

use std::{path::Path, thread::JoinHandle};

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::{
    continuity::send::Places, keys::Keys, looks::Shown as ShownLooks, open_data::Summed,
    post::Post, receipts::ReceiptKeys,
};
use crate::{
    domain::{
        calendar::Instant,
        command::{Draft, Redeem, Shown},
        ids::{OrganisationId, RequestId, VenueId},
        key_set::BadKeySet,
        life::Voucher,
        refusal::Reason,
        voucher::{
            CodeKeys, KeyProblem, Kid, ManualCode, Payload, Reference, Signed, Unverified, text,
        },
    },
    store::{
        Audit, AuditError, CopyError, Counts, Database, Limits, Location, OpenError, ReadError,
        Unanswered, VoucherName, Writer,
    },
    sys::{
        clock::{self, Clock},
        here::is_here,
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
    #[error("the list cannot be sealed: {0}")]
    List(std::io::Error),
    #[error("the private file of a receipt key is not in this instance's folder: copy it there")]
    NoReceiptKey,
    /// It contradicts itself, or cannot be read.
    #[error("a statement is not as it must be: {0}")]
    Statement(String),
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
            Self::Unanswered(_)
            | Self::Open(_)
            | Self::Read(ReadError::Open(_))
            | Self::NoReceiptKey => Passes::WhenTheDatabaseIsBack,
            _ => Passes::Never,
        }
    }
}

/// The running service.
pub struct Service {
    pub(super) database: Database,
    pub(super) writer: Writer,
    thread: Option<JoinHandle<()>>,
    pub(super) keys: Keys,
    pub(super) receipts: ReceiptKeys,
    pub(super) open_data: Summed,
    pub(super) codes: CodeKeys,
    pub(super) request_key: [u8; 32],
    pub clock: Clock,
    /// The host that a voucher's URL names.
    pub(super) host: String,
    pub(super) post: Post,
    pub(super) looks: ShownLooks,
    pub(super) archives: Places,
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
            receipts: ReceiptKeys::new(keys),
            open_data: Summed::default(),
            codes: CodeKeys::new(secrets.code_secret),
            request_key: keyed(&secrets.code_secret, b"request"),
            clock,
            host: host.to_owned(),
            post: Post::default(),
            looks: ShownLooks::default(),
            archives: Places::default(),
        };
        service.register_first_key(&secrets.signers)?;
        service.register_first_receipt_key()?;
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

    /// The address of a page of this service, for whoever is not on it yet.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        // On this very machine there is no TLS, and none is needed.
        let scheme = if is_here(&self.host) { "http" } else { "https" };
        format!("{scheme}://{}{path}", self.host)
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

    /// Whether what one key names is found without waiting for anybody.
    #[must_use]
    pub fn looks_up_at_hand(&self) -> bool {
        self.database.has_reader_at_hand()
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
        let verdict = self.verify(&signed)?;
        Ok(shown_by(&signed, verdict))
    }

    /// As `read_code`, where no database is needed for it: the text of a QR whose key is known
    /// here. It takes some 50 µs and never blocks.
    pub fn read_at_hand(&self, scanned: &str) -> Option<Shown> {
        if scanned.parse::<ManualCode>().is_ok() {
            return None;
        }
        let Ok(signed) = text::read(scanned) else {
            return Some(Shown::Refused(Reason::CodeMalformed));
        };
        let verdict = self.verify_at_hand(&signed)?;
        Some(shown_by(&signed, verdict))
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

fn shown_by(signed: &Signed, verdict: Result<Payload, Unverified>) -> Shown {
    match verdict {
        Ok(payload) => Shown::Signed { voucher: payload.voucher, payload: signed.payload },
        // Good signatures of keys that do not vouch (any more): the bytes stored at issue decide,
        // so that no honest holder has to come back; anything else is an alarm.
        Err(Unverified::KeyNotValid { payload, why }) if why != KeyProblem::Test => {
            Shown::Signed { voucher: payload.voucher, payload: signed.payload }
        }
        Err(unverified) => Shown::Refused(reason(&unverified)),
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

pub(super) fn keyed(key: &[u8; 32], content: &[u8]) -> [u8; 32] {
    // HMAC takes keys of any length, so this never fails; a wrong length would only change it.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(content).finalize().into_bytes().into())
        .unwrap_or_default()
}
