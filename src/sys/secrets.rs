//! The folder of a service's secrets: signing keys, and the secret of manual codes.
//! Nothing of it is ever printed; what it holds stands in keys/README.md.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{
    clock::random_bytes,
    keyring::{self, KeyFileError, Passphrase},
    signer::{NoRandomness, Signer},
};
use crate::domain::{
    calendar::Day,
    key::{Inadmissible, KeyRing, KeyState, VoucherKey},
    key_register::PublicKey,
};

const CODE_SECRET: &str = "manual-codes.secret";

/// What the folder holds. Which of its keys may sign stands in the register alone.
pub struct Secrets {
    pub signers: Vec<Signer>,
    /// `K_code` of docs: manual codes, references and request hashes derive from it.
    pub code_secret: [u8; 32],
}

/// What is wrong with the folder, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("{0}: there is no such folder: `keygen` makes it")]
    Missing(PathBuf),
    #[error("{0}: holds no voucher key: `keygen` makes one")]
    NoKey(PathBuf),
    #[error("{0}: others may read it: set its mode to 0600")]
    Readable(PathBuf),
    #[error("{0}: is not 64 hexadecimal digits")]
    NotASecret(PathBuf),
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    #[error(transparent)]
    Inadmissible(#[from] Inadmissible),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("{path}: {cause}")]
    File { path: PathBuf, cause: std::io::Error },
}

/// Adds a voucher key to the folder, which is made if needed with the secret of manual codes.
///
/// # Errors
/// When a file cannot be written.
pub fn keygen(folder: &Path, passphrase: Option<&Passphrase>) -> Result<PathBuf, SecretsError> {
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |cause| SecretsError::File { path, cause }
    };
    fs::create_dir_all(folder).map_err(wrong(folder))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(wrong(folder))?;
    let path = folder.join(CODE_SECRET);
    if !path.exists() {
        let secret = Zeroizing::new(data_encoding::HEXLOWER.encode(&random_bytes()?));
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(&path);
        let file = file.as_mut().map_err(|cause| SecretsError::File {
            path: path.clone(),
            cause: std::io::Error::new(cause.kind(), cause.to_string()),
        })?;
        file.write_all(secret.as_bytes()).map_err(wrong(&path))?;
        file.sync_all().map_err(wrong(&path))?;
    }
    Ok(new_key(folder, passphrase)?.0)
}

/// Adds a voucher key to a folder that is there.
///
/// # Errors
/// When its file cannot be written.
pub fn new_key(
    folder: &Path,
    passphrase: Option<&Passphrase>,
) -> Result<(PathBuf, PublicKey), SecretsError> {
    let signer = Signer::generate()?;
    let path = folder.join(keyring::file_name(&signer.public()));
    keyring::write(&path, &signer, passphrase)?;
    Ok((path, PublicKey(signer.public())))
}

/// Loads the folder.
///
/// # Errors
/// One sentence on what is wrong and what to do.
pub fn load(folder: &Path, passphrase: Option<&Passphrase>) -> Result<Secrets, SecretsError> {
    if !folder.is_dir() {
        return Err(SecretsError::Missing(folder.to_owned()));
    }
    let signers = keyring::load_directory(folder, passphrase)?;
    if signers.is_empty() {
        return Err(SecretsError::NoKey(folder.to_owned()));
    }
    Ok(Secrets { signers, code_secret: code_secret(&folder.join(CODE_SECRET))? })
}

impl Secrets {
    /// A ring that trusts every key of the folder: for a check without a register at hand.
    ///
    /// # Errors
    /// When a key is not admissible.
    pub fn ring(&self) -> Result<KeyRing, SecretsError> {
        let key =
            |signer: &Signer| VoucherKey::new(signer.public(), KeyState::Active, Day(0), None);
        Ok(KeyRing::new(self.signers.iter().map(key).collect::<Result<_, _>>()?))
    }
}

fn code_secret(path: &Path) -> Result<[u8; 32], SecretsError> {
    let wrong = |cause| SecretsError::File { path: path.to_owned(), cause };
    let mode = fs::metadata(path).map_err(wrong)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(SecretsError::Readable(path.to_owned()));
    }
    let text = Zeroizing::new(fs::read_to_string(path).map_err(wrong)?);
    let bytes = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).ok();
    let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| SecretsError::NotASecret(path.to_owned()))
}
