//! Receipts: signed after the commit, by the key of the moment, on the thread that answers.
//! No bytes of them (`domain/receipt.rs`), and nothing of this ever runs in the writer.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use serde_json::Value;

use super::{
    rotate::{KeyStep, Ordered},
    service::{Fault, Service},
};
use crate::{
    domain::{
        access::Tenant,
        calendar::{Day, Instant},
        command::{Ask, Outcome},
        ids::{OrganisationId, Seq, UserId},
        key_register::PublicKey,
        receipt::{self, Receipt, ReceiptKey, ReceiptKeyAsk},
        refusal::Refusal,
    },
    store::{Database, Location, Receipts},
    sys::{
        keyring::{self, KeyFileError, Passphrase},
        secrets::new_key,
        signer::ReceiptSigner,
    },
};

/// The folder of receipt keys, inside the one of voucher keys.
const FOLDER: &str = "receipts";
/// Redemptions that one piece of a month's receipts looks at.
const ROWS: u32 = 200;

/// The receipt keys in memory: the register's, and the private ones of this instance's folder.
pub(super) struct ReceiptKeys {
    folder: PathBuf,
    loaded: RwLock<Arc<Loaded>>,
}

#[derive(Default)]
struct Loaded {
    registered: Vec<ReceiptKey>,
    signers: Vec<Arc<ReceiptSigner>>,
    files: Vec<PathBuf>,
}

impl ReceiptKeys {
    pub(super) fn new(keys: &Path) -> Self {
        Self { folder: keys.join(FOLDER), loaded: RwLock::default() }
    }

    fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The folder's keys, read again only when its files are others: opening one is slow.
    fn replace(
        &self,
        registered: Vec<ReceiptKey>,
        passphrase: Option<&Passphrase>,
    ) -> Result<(), KeyFileError> {
        let before = self.loaded();
        let files = if self.folder.is_dir() { keyring::files(&self.folder)? } else { Vec::new() };
        let signers = if files == before.files {
            before.signers.clone()
        } else if files.is_empty() {
            Vec::new()
        } else {
            let read = keyring::load_directory(&self.folder, passphrase)?;
            read.into_iter().map(|key| Arc::new(ReceiptSigner::new(key))).collect()
        };
        let loaded = Arc::new(Loaded { registered, signers, files });
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }
}

impl Loaded {
    /// The private half of the key that signs what was recorded then, if it is here.
    fn signer(&self, receipt: &Receipt) -> Option<Arc<ReceiptSigner>> {
        let key = receipt::signing(&self.registered, receipt.recorded_at)?;
        let own = |signer: &&Arc<ReceiptSigner>| signer.public() == key.public.0;
        self.signers.iter().find(own).map(Arc::clone)
    }
}

/// The key of a folder that signs what is made now in the service of a database, which need not
/// run; `None` if its private half is not there.
///
/// # Errors
/// When the folder or the database cannot be read.
pub fn folder_signer(
    location: &Location,
    keys: &Path,
    passphrase: Option<&Passphrase>,
    now: Instant,
) -> Result<Option<ReceiptSigner>, Fault> {
    let registered = Database::open(location)?.receipt_keys()?;
    let folder = keys.join(FOLDER);
    let Some(key) = receipt::signing(&registered, now).filter(|_| folder.is_dir()) else {
        return Ok(None);
    };
    let signers = keyring::load_directory(&folder, passphrase)?;
    let own = signers.into_iter().find(|signer| signer.public() == key.public.0);
    Ok(own.map(ReceiptSigner::new))
}

/// What becomes of the keys of receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptKeyOrder {
    /// The next one, which signs after a day.
    Rotate,
    /// It leaked: another one signs at once.
    Compromise(Seq),
}

impl Service {
    /// Reads the register of receipt keys again, and the folder if its files are others.
    pub(super) fn reload_receipt_keys(&self) -> Result<(), Fault> {
        let registered = self.database.receipt_keys()?;
        // A file that is just being written is read the next time.
        if let Err(cause) = self.receipts.replace(registered, self.keys.passphrase()) {
            tracing::warn!(%cause, "the folder of receipt keys was not read again");
        }
        Ok(())
    }

    /// Makes and registers the first receipt key of a service that has none. Without one the
    /// service does its work all the same, and says so.
    pub(super) fn register_first_receipt_key(&self) -> Result<(), Fault> {
        let restored = self.database.restoration()?;
        let waits = restored.is_some_and(|restored| restored.acknowledged_at.is_none());
        if waits || !self.database.receipt_keys()?.is_empty() {
            return Ok(());
        }
        match self.spare_receipt_key() {
            // Refused when another instance was faster: its key is the first then.
            Ok(public) => {
                let ask = Ask::ReceiptKey(ReceiptKeyAsk::Add { public, first: true });
                self.ask_as(None, ask)?;
            }
            Err(cause) => tracing::warn!(%cause, "no receipt key was made: receipts are missing"),
        }
        Ok(())
    }

    /// The key that signs archives now, if its private half is here.
    pub(super) fn archive_signer(&self) -> Option<Arc<ReceiptSigner>> {
        let loaded = self.receipts.loaded();
        let key = receipt::signing(&loaded.registered, self.clock.now())?;
        let own = |signer: &&Arc<ReceiptSigner>| signer.public() == key.public.0;
        loaded.signers.iter().find(own).map(Arc::clone)
    }

    /// A private key of the folder that nobody has registered, or a new one.
    fn spare_receipt_key(&self) -> Result<PublicKey, Fault> {
        self.reload_receipt_keys()?;
        let loaded = self.receipts.loaded();
        let public = loaded.signers.iter().map(|signer| PublicKey(signer.public()));
        let known = |public: &PublicKey| loaded.registered.iter().any(|key| key.public == *public);
        if let Some(spare) = public.into_iter().find(|public| !known(public)) {
            return Ok(spare);
        }
        let folder = &self.receipts.folder;
        std::fs::create_dir_all(folder)
            .map_err(|error| Fault::KeyFile(KeyFileError::Write { path: folder.clone(), error }))?;
        Ok(new_key(folder, self.keys.passphrase())?.1)
    }

    /// All receipt keys there ever were, in the order in which they were added.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn receipt_keys(&self) -> Result<Vec<ReceiptKey>, Fault> {
        Ok(self.database.receipt_keys()?)
    }

    /// Them as a set for everybody, for `/.well-known/receipt-keys.json`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn receipt_key_set(&self) -> Result<Value, Fault> {
        Ok(receipt::published(&self.database.receipt_keys()?))
    }

    /// Whether the private file of a key is in this instance's folder.
    #[must_use]
    pub fn has_receipt_key(&self, key: &ReceiptKey) -> bool {
        self.receipts.loaded().signers.iter().any(|signer| signer.public() == key.public.0)
    }

    /// Adds the next receipt key, or says that one leaked.
    ///
    /// # Errors
    /// When the writer or a key file fails; a refusal is a value.
    pub fn order_receipt_keys(
        &self,
        actor: Option<UserId>,
        order: ReceiptKeyOrder,
    ) -> Result<Ordered, Fault> {
        let mut steps = Vec::new();
        if let ReceiptKeyOrder::Compromise(key) = order {
            if let Err(refusal) = self.ask_receipt_key(actor, ReceiptKeyAsk::Compromise { key })? {
                return Ok(Err(refusal));
            }
            steps.push(KeyStep::ReceiptKeyCompromised { key });
            let keys = self.database.receipt_keys()?;
            // Another one may be waiting, or signing already.
            if receipt::signing(&keys, self.clock.now()).is_some() {
                self.reload_receipt_keys()?;
                return Ok(Ok(steps));
            }
        }
        let public = self.spare_receipt_key()?;
        let ask = ReceiptKeyAsk::Add { public, first: false };
        if let Err(refusal) = self.ask_receipt_key(actor, ask)? {
            return Ok(Err(refusal));
        }
        self.reload_receipt_keys()?;
        let keys = self.database.receipt_keys()?;
        let added = keys.into_iter().find(|key| key.public == public);
        steps.extend(
            added.map(|key| KeyStep::ReceiptKeyAdded { key: key.id, signs_from: key.signs_from }),
        );
        Ok(Ok(steps))
    }

    fn ask_receipt_key(
        &self,
        actor: Option<UserId>,
        ask: ReceiptKeyAsk,
    ) -> Result<Result<(), Refusal>, Fault> {
        Ok(match self.ask_as(actor, Ask::ReceiptKey(ask))? {
            Outcome::Refused(refusal) => Err(refusal),
            _ => Ok(()),
        })
    }

    /// The text of a receipt; none where the private file of its key is missing. It takes some
    /// 20 µs and never blocks.
    #[must_use]
    pub fn signed_receipt(&self, receipt: &Receipt) -> Option<String> {
        let signer = self.receipts.loaded().signer(receipt)?;
        Some(signer.sign(receipt))
    }

    /// What the receipt of a redemption says, if the tenant may see it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn receipt(&self, within: Tenant, seq: Seq) -> Result<Option<Receipt>, Fault> {
        let of = Receipts {
            within,
            seq: Some(seq),
            organisation: None,
            days: None,
            after: Seq(0),
            limit: 1,
        };
        Ok(self.database.receipts(&of)?.0.into_iter().next())
    }
}

/// The receipts of a month, a line each, piece by piece.
#[derive(Debug)]
pub struct MonthOfReceipts {
    of: Receipts,
    ended: bool,
}

impl MonthOfReceipts {
    /// Of the business days of the month that `day` is in.
    #[must_use]
    pub fn of(within: Tenant, organisation: Option<OrganisationId>, day: Day) -> Self {
        let days = Some((day.month_start(), day.month_end()));
        let (seq, after, limit) = (None, Seq(0), ROWS);
        Self { of: Receipts { within, seq, organisation, days, after, limit }, ended: false }
    }

    /// The next lines; `None` after the last ones.
    ///
    /// # Errors
    /// When the database does not answer, or a private key is missing here: better no file than
    /// one that lacks some.
    pub fn piece(&mut self, service: &Service) -> Result<Option<String>, Fault> {
        if self.ended {
            return Ok(None);
        }
        let (receipts, last) = service.database.receipts(&self.of)?;
        match last {
            Some(last) => self.of.after = last,
            None => self.ended = true,
        }
        let mut text = String::new();
        for receipt in &receipts {
            let line = service.signed_receipt(receipt).ok_or(Fault::NoReceiptKey)?;
            text.push_str(&line);
            text.push('\n');
        }
        Ok(Some(text))
    }
}
