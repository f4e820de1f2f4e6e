//! Private keys on disk: PKCS#8 PEM, mode 0600, encrypted if there is a passphrase.
//! Nothing is signed here (see `signer`), and no error or log says a private byte.

use std::{
    env, fmt, fs,
    io::{self, Read as _, Write as _},
    os::unix::fs::{MetadataExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use ed25519_dalek::pkcs8::{EncodePrivateKey as _, KeypairBytes};
use pkcs8::{
    EncryptedPrivateKeyInfo, LineEnding, PrivateKeyInfo, SecretDocument,
    pkcs5::{pbes2, scrypt},
};
use zeroize::{Zeroize as _, Zeroizing};

use super::signer::{NoRandomness, Signer};
use crate::domain::key::{Inadmissible, thumbprint};

const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";
/// The longest file that is read, in bytes; a key has about 400.
const LONGEST: u64 = 16_384;

/// Why a key file is not written or not used. Each is one sentence that names the file.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("cannot write the key file {path}: {error}")]
    Write { path: PathBuf, error: io::Error },
    #[error("cannot read {path}: {error}")]
    Read { path: PathBuf, error: io::Error },
    #[error("{path} is not a regular file")]
    NotAFile { path: PathBuf },
    #[error("others may read or write the key file {path} (mode {mode:04o}): run chmod 600 on it")]
    TooOpen { path: PathBuf, mode: u32 },
    #[error("{path} is too long to be a key file")]
    TooLong { path: PathBuf },
    #[error("{path} is not an Ed25519 private key in PKCS#8 PEM (RFC 5958, RFC 8410)")]
    NotAKey { path: PathBuf },
    #[error("the key file {path} is encrypted: give its passphrase")]
    PassphraseMissing { path: PathBuf },
    #[error("the passphrase does not open the key file {path}")]
    PassphraseWrong { path: PathBuf },
    #[error("the public key in {path} does not belong to its private key")]
    OtherPublicKey { path: PathBuf },
    #[error("the key in {path} is refused: {error}")]
    Refused { path: PathBuf, error: Inadmissible },
    #[error("{path} holds the same key as {first}")]
    Twice { path: PathBuf, first: PathBuf },
    #[error("the passphrase from {source_name} is empty or not UTF-8")]
    PassphraseEmpty { source_name: String },
    #[error("the key cannot be encrypted")]
    Encryption,
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// What opens an encrypted key. Redacted by `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// # Errors
    /// If `text` is empty; `source_name` says in the message where it came from.
    pub fn new(text: String, source_name: &str) -> Result<Self, KeyFileError> {
        if text.is_empty() {
            return Err(KeyFileError::PassphraseEmpty { source_name: source_name.to_owned() });
        }
        Ok(Self(Zeroizing::new(text)))
    }

    /// From an environment variable; `None` if it is not set.
    ///
    /// # Errors
    /// If it is set but empty or not UTF-8.
    pub fn from_environment(variable: &str) -> Result<Option<Self>, KeyFileError> {
        #[expect(clippy::disallowed_methods, reason = "a passphrase comes from the environment")]
        match env::var(variable) {
            Ok(text) => Self::new(text, variable).map(Some),
            Err(env::VarError::NotPresent) => Ok(None),
            Err(env::VarError::NotUnicode(_)) => Self::new(String::new(), variable).map(Some),
        }
    }

    /// From a file that only its owner may read, without the line's end.
    ///
    /// # Errors
    /// As for key files.
    pub fn from_file(path: &Path) -> Result<Self, KeyFileError> {
        let text = read_private(path)?;
        let line = text.trim_end_matches(['\r', '\n']).to_owned();
        Self::new(line, &path.display().to_string())
    }
}

/// The first line of a file that nobody else may read: a password or a token.
///
/// # Errors
/// If it cannot be read, others may read it, or it is empty.
pub fn secret_line(path: &Path) -> Result<String, KeyFileError> {
    let text = read_private(path)?;
    let line = text.lines().next().unwrap_or_default().to_owned();
    if line.is_empty() {
        return Err(KeyFileError::PassphraseEmpty { source_name: path.display().to_string() });
    }
    Ok(line)
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(redacted)")
    }
}

/// Writes a private key to a new file of mode 0600, and waits until it is on disk.
///
/// # Errors
/// If the file exists (a key is never overwritten) or cannot be written.
pub fn write(
    path: &Path,
    signer: &Signer,
    passphrase: Option<&Passphrase>,
) -> Result<(), KeyFileError> {
    let pem = to_pem(signer, passphrase)?;
    let save = || {
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        file.write_all(pem.as_bytes())?;
        file.sync_all()?;
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    };
    save().map_err(|error| KeyFileError::Write { path: path.to_owned(), error })
}

fn to_pem(
    signer: &Signer,
    passphrase: Option<&Passphrase>,
) -> Result<Zeroizing<String>, KeyFileError> {
    // Without the public key, as OpenSSL writes it and every version of it reads it.
    let pair = KeypairBytes { secret_key: *signer.seed(), public_key: None };
    let plain = pair.to_pkcs8_der().map_err(|_| KeyFileError::Encryption)?;
    let (label, document) = match passphrase {
        None => (PLAIN, plain),
        Some(passphrase) => (ENCRYPTED, encrypt(&plain, passphrase)?),
    };
    document.to_pem(label, LineEnding::LF).map_err(|_| KeyFileError::Encryption)
}

/// PBES2 (RFC 8018) with scrypt (RFC 7914) and AES-256-CBC. The cost is OWASP's for 16 MiB: with
/// the default of 32 MiB, OpenSSL refuses to open the file.
#[expect(clippy::disallowed_methods, reason = "a key file's salt is nobody else's business")]
fn encrypt(
    plain: &SecretDocument,
    passphrase: &Passphrase,
) -> Result<SecretDocument, KeyFileError> {
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    getrandom::fill(&mut salt).map_err(NoRandomness::from)?;
    getrandom::fill(&mut iv).map_err(NoRandomness::from)?;
    let seal = || {
        let cost = scrypt::Params::new(14, 8, 5, 32).ok()?;
        let scheme = pbes2::Parameters::scrypt_aes256cbc(cost, &salt, &iv).ok()?;
        let info = PrivateKeyInfo::try_from(plain.as_bytes()).ok()?;
        info.encrypt_with_params(scheme, passphrase.0.as_bytes()).ok()
    };
    seal().ok_or(KeyFileError::Encryption)
}

/// Reads a private key.
///
/// # Errors
/// If others may read the file, or it holds no Ed25519 key that the passphrase, if needed,
/// opens and that is admissible.
pub fn load(path: &Path, passphrase: Option<&Passphrase>) -> Result<Signer, KeyFileError> {
    let pem = read_private(path)?;
    let not_a_key = || KeyFileError::NotAKey { path: path.to_owned() };
    let (label, document) = SecretDocument::from_pem(&pem).map_err(|_| not_a_key())?;
    let plain = match (label, passphrase) {
        (PLAIN, _) => document,
        (ENCRYPTED, None) => {
            return Err(KeyFileError::PassphraseMissing { path: path.to_owned() });
        }
        (ENCRYPTED, Some(passphrase)) => EncryptedPrivateKeyInfo::try_from(document.as_bytes())
            .map_err(|_| not_a_key())?
            .decrypt(passphrase.0.as_bytes())
            .map_err(|_| KeyFileError::PassphraseWrong { path: path.to_owned() })?,
        _ => return Err(not_a_key()),
    };
    let info = PrivateKeyInfo::try_from(plain.as_bytes()).map_err(|_| not_a_key())?;
    let pair = KeypairBytes::try_from(info).map_err(|_| not_a_key())?;
    let signer = Signer::from_seed(&pair.secret_key)
        .map_err(|error| KeyFileError::Refused { path: path.to_owned(), error })?;
    match &pair.public_key {
        Some(public) if public.to_bytes() != signer.public() => {
            Err(KeyFileError::OtherPublicKey { path: path.to_owned() })
        }
        _ => Ok(signer),
    }
}

/// The `.pem` files of a directory, in the order of their names.
///
/// # Errors
/// If the directory cannot be read.
pub fn files(directory: &Path) -> Result<Vec<PathBuf>, KeyFileError> {
    let failed = |error| KeyFileError::Read { path: directory.to_owned(), error };
    let mut paths = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

/// All keys of a directory, in the order of the names of its `.pem` files; others are left alone.
///
/// # Errors
/// The first file that is refused; a key that two files hold.
pub fn load_directory(
    directory: &Path,
    passphrase: Option<&Passphrase>,
) -> Result<Vec<Signer>, KeyFileError> {
    let mut loaded: Vec<(Signer, PathBuf)> = Vec::new();
    for path in files(directory)? {
        let signer = load(&path, passphrase)?;
        if let Some((_, first)) = loaded.iter().find(|(s, _)| s.public() == signer.public()) {
            return Err(KeyFileError::Twice { path, first: first.clone() });
        }
        loaded.push((signer, path));
    }
    Ok(loaded.into_iter().map(|(signer, _)| signer).collect())
}

/// The name of a key's file: its whole thumbprint, since two keys may share a kid.
#[must_use]
pub fn file_name(public: &[u8; 32]) -> String {
    format!("{}.pem", data_encoding::HEXLOWER.encode(&thumbprint(public)))
}

/// The text of a file that only its owner may read or write.
fn read_private(path: &Path) -> Result<Zeroizing<String>, KeyFileError> {
    let failed = |error| KeyFileError::Read { path: path.to_owned(), error };
    let file = fs::File::open(path).map_err(failed)?;
    // Of the open file, so that it cannot be exchanged in between.
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(KeyFileError::NotAFile { path: path.to_owned() });
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Err(KeyFileError::TooOpen { path: path.to_owned(), mode });
    }
    if metadata.len() > LONGEST {
        return Err(KeyFileError::TooLong { path: path.to_owned() });
    }
    // Room for all of it: a string that grows would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(usize::from(u16::MAX)));
    if let Err(error) = file.take(LONGEST).read_to_string(&mut text) {
        text.zeroize();
        return Err(match error.kind() {
            io::ErrorKind::InvalidData => KeyFileError::NotAKey { path: path.to_owned() },
            _ => failed(error),
        });
    }
    Ok(text)
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
mod tests;
