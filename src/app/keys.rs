//! The keys in memory: the register's, matched with the private files of this instance's folder.
//! No decision what a key may become; a stale ring can refuse too much, never accept too much.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use super::service::{Fault, Service};
use crate::{
    domain::{
        calendar::{Day, Instant, MICROSECONDS_A_SECOND},
        command::Ask,
        key::{KeyRing, KeyState, VoucherKey},
        key_register::{KeyAsk, PublicKey, Purpose, Registered, utc_day},
        refusal::Reason,
        voucher::{Kid, Payload, Signed, Unverified, payload::head},
    },
    sys::{
        keyring::{self, KeyFileError, Passphrase},
        signer::Signer,
    },
};

/// How long the register is taken to be as it was read, in seconds.
const FRESH_S: i64 = 60;

/// Where keys come from, and what was loaded last.
pub(super) struct Keys {
    folder: PathBuf,
    passphrase: Option<Passphrase>,
    specimen: Signer,
    loaded: RwLock<Arc<Loaded>>,
}

/// One reading of register and folder; replaced as a whole.
#[derive(Default)]
struct Loaded {
    registered: Vec<Registered>,
    ring: KeyRing,
    signers: Vec<Arc<Signer>>,
    /// The files that the signers are from.
    files: Vec<PathBuf>,
    /// What the operator should know, as it was logged.
    problems: Vec<KeyProblem>,
    read_at: Option<Instant>,
}

impl Keys {
    pub(super) fn new(folder: &Path, passphrase: Option<&Passphrase>, specimen: Signer) -> Self {
        Self {
            folder: folder.to_owned(),
            passphrase: passphrase.cloned(),
            specimen,
            loaded: RwLock::default(),
        }
    }

    /// Signs previews; derived from the folder's secret, so that all instances know it.
    pub(super) const fn specimen(&self) -> &Signer {
        &self.specimen
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) const fn passphrase(&self) -> Option<&Passphrase> {
        self.passphrase.as_ref()
    }

    fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The folder's keys, read again only when its files are others: opening one is slow.
    fn signers(&self, before: &Loaded) -> Result<(Vec<Arc<Signer>>, Vec<PathBuf>), KeyFileError> {
        let files = keyring::files(&self.folder)?;
        if files == before.files {
            return Ok((before.signers.clone(), files));
        }
        let signers = keyring::load_directory(&self.folder, self.passphrase.as_ref())?;
        Ok((signers.into_iter().map(Arc::new).collect(), files))
    }

    fn replace(&self, registered: Vec<Registered>, now: Instant) {
        let before = self.loaded();
        // A file that is just being written is read the next time.
        let (signers, files) = self.signers(&before).unwrap_or_else(|cause| {
            tracing::warn!(%cause, "the folder of keys was not read again");
            (before.signers.clone(), before.files.clone())
        });
        let ring = ring(&registered, &self.specimen, utc_day(now));
        let problems = problems(&registered, &signers);
        for problem in problems.iter().filter(|problem| !before.problems.contains(problem)) {
            tracing::warn!("{problem}");
        }
        let read_at = Some(now);
        let loaded = Loaded { registered, ring, signers, files, problems, read_at };
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(loaded);
    }
}

/// Registered keys that anybody may still have to verify with; a preview's key as what it is.
fn ring(registered: &[Registered], specimen: &Signer, today: Day) -> KeyRing {
    let mut keys = Vec::new();
    for key in registered.iter().filter(|key| key.published(today)) {
        match key.voucher_key() {
            Ok(key) => keys.push(key),
            Err(cause) => {
                let kid = key.kid();
                tracing::error!(%kid, %cause, "a registered key is refused: run `audit`");
            }
        }
    }
    keys.extend(VoucherKey::new(specimen.public(), KeyState::Test, Day(0), None));
    KeyRing::new(keys)
}

/// What is wrong between folder and register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    #[error("key {0} is in the folder but not registered: ignored")]
    NotRegistered(Kid),
    #[error("the private file of the {} key {kid} is missing: {}", state.code(), lost(*state))]
    FileMissing { kid: Kid, state: KeyState },
}

/// What an instance cannot do without the private file of a key.
const fn lost(state: KeyState) -> &'static str {
    match state {
        KeyState::Pending => "it must be here before it is activated",
        KeyState::Active => "this instance signs no new vouchers with it",
        KeyState::Retired => "this instance prints no voucher of it again",
        KeyState::Compromised | KeyState::Test => "it is not needed",
    }
}

fn problems(registered: &[Registered], signers: &[Arc<Signer>]) -> Vec<KeyProblem> {
    let known =
        |signer: &&Arc<Signer>| registered.iter().any(|key| key.public.0 == signer.public());
    let strange = signers.iter().filter(|signer| !known(signer));
    let here = |public: PublicKey| signers.iter().any(|signer| signer.public() == public.0);
    let needed = [KeyState::Pending, KeyState::Active, KeyState::Retired];
    let missing = registered.iter().filter(|key| needed.contains(&key.state) && !here(key.public));
    strange
        .map(|signer| KeyProblem::NotRegistered(signer.kid()))
        .chain(missing.map(|key| KeyProblem::FileMissing { kid: key.kid(), state: key.state }))
        .collect()
}

impl Service {
    /// Reads the register again, and the folder if its files are others.
    ///
    /// # Errors
    /// When the database does not answer; what was read before stays in use.
    pub fn reload_keys(&self) -> Result<(), Fault> {
        self.keys.replace(self.database.voucher_keys()?, self.clock.now());
        self.reload_receipt_keys()
    }

    /// What is wrong between folder and register.
    #[must_use]
    pub fn key_problems(&self) -> Vec<KeyProblem> {
        self.keys.loaded().problems.clone()
    }

    /// The first key of the folder, in a service that has none, or that of another operator alone:
    /// active at once.
    pub(super) fn register_first_key(&self, signers: &[Signer]) -> Result<(), Fault> {
        let registered = self.database.voucher_keys()?;
        if registered.iter().any(|key| key.state != KeyState::Retired) {
            return Ok(());
        }
        let known = |signer: &&Signer| registered.iter().any(|key| key.kid() == signer.kid());
        if let Some(signer) = signers.iter().find(|signer| !known(signer)) {
            let (public, purpose) = (PublicKey(signer.public()), Purpose::First);
            // Refused when another instance was faster: its key is the first then.
            self.ask_as(None, Ask::Key(KeyAsk::Add { public, purpose }))?;
        }
        Ok(())
    }

    /// Whether the register was read within the last minute.
    pub(super) fn keys_are_fresh(&self) -> bool {
        let now = self.clock.now();
        self.keys.loaded().read_at.is_some_and(|at| {
            at <= now && now.0 - at.0 < FRESH_S.saturating_mul(MICROSECONDS_A_SECOND)
        })
    }

    /// What another program may have changed is noticed within a minute.
    fn fresh_keys(&self) -> Arc<Loaded> {
        if self.keys_are_fresh() {
            return self.keys.loaded();
        }
        if let Err(cause) = self.reload_keys() {
            tracing::warn!(%cause, "the register of keys was not read again");
        }
        self.keys.loaded()
    }

    /// Checks a signature. A key that is not in the ring is looked up once: it may be new.
    pub(super) fn verify(&self, signed: &Signed) -> Result<Result<Payload, Unverified>, Fault> {
        let check = |loaded: &Loaded| loaded.ring.verify(signed).map(|(payload, _)| payload);
        let verdict = check(&self.fresh_keys());
        if verdict == Err(Unverified::KeyUnknown)
            && let Some((_, kid)) = head(&signed.payload)
            && self.database.voucher_key(kid)?.is_some()
        {
            self.reload_keys()?;
            return Ok(check(&self.keys.loaded()));
        }
        Ok(verdict)
    }

    /// As `verify`, where the register of keys need not be read.
    pub(super) fn verify_at_hand(&self, signed: &Signed) -> Option<Result<Payload, Unverified>> {
        if !self.keys_are_fresh() {
            return None;
        }
        let verdict = self.keys.loaded().ring.verify(signed).map(|(payload, _)| payload);
        (verdict != Err(Unverified::KeyUnknown)).then_some(verdict)
    }

    /// The key that signs new vouchers here: of several the one that was activated last.
    pub(super) fn signing_kid(&self, now: Instant) -> Result<Kid, Fault> {
        if let Ok(kid) = self.fresh_keys().signing(now) {
            return Ok(kid);
        }
        self.reload_keys()?;
        self.keys.loaded().signing(now)
    }

    /// The private key of a kid.
    pub(super) fn signer(&self, kid: Kid) -> Result<Arc<Signer>, Fault> {
        if let Some(signer) = self.fresh_keys().signer(kid) {
            return Ok(signer);
        }
        self.reload_keys()?;
        self.keys.loaded().signer(kid).ok_or(Fault::NoPrivateKey(kid))
    }

    /// Keys of the folder that the register does not know.
    pub(super) fn unregistered(&self) -> Vec<PublicKey> {
        let loaded = self.keys.loaded();
        let public = loaded.signers.iter().map(|signer| PublicKey(signer.public()));
        public.filter(|public| !loaded.registered.iter().any(|key| key.public == *public)).collect()
    }
}

impl Loaded {
    fn signer(&self, kid: Kid) -> Option<Arc<Signer>> {
        let registered = self.registered.iter().find(|key| key.kid() == kid)?;
        let own = |signer: &&Arc<Signer>| signer.public() == registered.public.0;
        self.signers.iter().find(own).map(Arc::clone)
    }

    fn signing(&self, now: Instant) -> Result<Kid, Fault> {
        let today = utc_day(now);
        let mut active: Vec<_> =
            self.registered.iter().filter(|key| key.signs_new(today)).collect();
        active.sort_by_key(|key| std::cmp::Reverse(key.turn()));
        let here = active.iter().find(|key| self.signer(key.kid()).is_some());
        match (here, active.first()) {
            (Some(key), _) => Ok(key.kid()),
            // During a rotation, an instance that has not got the new file yet signs with the
            // old key; without either it must not pretend.
            (None, Some(key)) => Err(Fault::NoPrivateKey(key.kid())),
            (None, None) => Err(Fault::Refused(Reason::SigningKeyNotActive)),
        }
    }
}
