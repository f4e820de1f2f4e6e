//! Files that only the holder of an age identity can read: <https://age-encryption.org/v1>.
//! What is in them is others' business; no error or log says a private byte.

use std::{
    fs,
    io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use age::{
    DecryptError, Decryptor, Encryptor, IdentityFile,
    armor::{ArmoredReader, ArmoredWriter, Format},
    stream::{StreamReader, StreamWriter},
    x25519::Recipient,
};

/// Why a sealed file is not written or not opened, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum SealedError {
    #[error("{path} is there already: a backup is never overwritten")]
    Exists { path: PathBuf },
    #[error("another program is writing {path}")]
    Busy { path: PathBuf },
    #[error("cannot write {path}: {error}")]
    Write { path: PathBuf, error: io::Error },
    #[error("cannot read {path}: {error}")]
    Read { path: PathBuf, error: io::Error },
    #[error("{text:?} is not an age recipient: expected age1…, as `age-keygen -y` shows it")]
    NotARecipient { text: String },
    #[error("this is a private key, not a recipient: keep it off this machine, and give age1…")]
    PrivateKey,
    #[error("give at least one age recipient")]
    NoRecipient,
    #[error("the identity file {path} is refused: {error}")]
    Identity { path: PathBuf, error: io::Error },
    #[error("no identity opens {path}: it is encrypted to other keys")]
    WrongIdentity { path: PathBuf },
    #[error("{path} is no age file, or damaged or cut short")]
    Damaged { path: PathBuf },
}

/// Who may open a file: public keys, at least one.
#[derive(Clone)]
pub struct Recipients(Vec<Recipient>);

impl Recipients {
    /// # Errors
    /// The first text that is no recipient; without any.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, SealedError> {
        let texts = texts.into_iter().map(|text| {
            if text.to_ascii_uppercase().starts_with("AGE-SECRET-KEY-") {
                return Err(SealedError::PrivateKey);
            }
            text.parse().map_err(|_| SealedError::NotARecipient { text: text.to_owned() })
        });
        let recipients = texts.collect::<Result<Vec<_>, _>>()?;
        if recipients.is_empty() { Err(SealedError::NoRecipient) } else { Ok(Self(recipients)) }
    }
}

/// The lines of a file of recipients, without comments.
///
/// # Errors
/// If it cannot be read.
pub fn recipient_lines(path: &Path) -> Result<Vec<String>, SealedError> {
    let text = fs::read_to_string(path)
        .map_err(|error| SealedError::Read { path: path.to_owned(), error })?;
    let lines = text.lines().map(str::trim);
    Ok(lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

/// A file that is being sealed: under another name until all of it is on disk.
pub struct Sealing {
    path: PathBuf,
    partial: PathBuf,
    out: Option<StreamWriter<BufWriter<fs::File>>>,
}

impl Sealing {
    /// Begins a file of mode 0600.
    ///
    /// # Errors
    /// If it exists, another program writes it, or it cannot be written.
    pub fn create(path: &Path, recipients: &Recipients) -> Result<Self, SealedError> {
        if path.exists() {
            return Err(SealedError::Exists { path: path.to_owned() });
        }
        let mut name = path.as_os_str().to_owned();
        name.push(".partial");
        let (path, partial) = (path.to_owned(), PathBuf::from(name));
        let failed = |error| SealedError::Write { path: path.clone(), error };
        let mut options = fs::OpenOptions::new();
        let options = options.write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(&partial).map_err(failed)?;
        // What an attempt left behind that was killed is overwritten; one that runs is not.
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(SealedError::Busy { path: partial }),
            Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).map_err(failed)?;
        file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(failed)?;
        let encryptor = Encryptor::with_recipients(recipients.0.iter().map(|to| to as _))
            .map_err(|cause| failed(io::Error::other(cause.to_string())))?;
        let out = encryptor.wrap_output(BufWriter::new(file)).map_err(failed)?;
        Ok(Self { path, partial, out: Some(out) })
    }

    /// Gives the file its name, once all of it is on disk; its length in bytes.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> Result<u64, SealedError> {
        let out = self.out.take();
        let end = || {
            let out = out.ok_or_else(|| io::Error::other("it was ended before"))?;
            let file = out.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            let length = file.metadata()?.len();
            fs::rename(&self.partial, &self.path)?;
            let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
            fs::File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
            Ok(length)
        };
        end().map_err(|error| {
            drop(fs::remove_file(&self.partial));
            SealedError::Write { path: self.path.clone(), error }
        })
    }

    /// Gives up, and leaves nothing behind.
    pub fn discard(mut self) {
        drop(self.out.take());
        drop(fs::remove_file(&self.partial));
    }
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out
            .as_mut()
            .map_or_else(|| Err(io::ErrorKind::BrokenPipe.into()), |out| out.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// A text that is sealed while it is sent, piece by piece, in the armour of age: what is in it is
/// never anywhere in the clear but in memory.
pub struct SealedText {
    out: Option<StreamWriter<ArmoredWriter<Gathered>>>,
    gathered: Gathered,
}

/// What was sealed and not yet sent.
#[derive(Clone, Default)]
struct Gathered(Arc<Mutex<Vec<u8>>>);

impl Gathered {
    fn take(&self) -> String {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8(bytes).unwrap_or_default()
    }
}

impl Write for Gathered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SealedText {
    /// # Errors
    /// If it cannot be begun.
    pub fn begin(recipients: &Recipients) -> io::Result<Self> {
        let gathered = Gathered::default();
        let encryptor = Encryptor::with_recipients(recipients.0.iter().map(|to| to as _))
            .map_err(|cause| io::Error::other(cause.to_string()))?;
        let armour = ArmoredWriter::wrap_output(gathered.clone(), Format::AsciiArmor)?;
        Ok(Self { out: Some(encryptor.wrap_output(armour)?), gathered })
    }

    /// Seals the next piece: what can be sent of it.
    ///
    /// # Errors
    /// If the text was ended before.
    pub fn seal(&mut self, piece: &[u8]) -> io::Result<String> {
        let out = self.out.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        out.write_all(piece)?;
        Ok(self.gathered.take())
    }

    /// The end of the text: without it nobody takes a part for the whole.
    ///
    /// # Errors
    /// If the text was ended before.
    pub fn end(&mut self) -> io::Result<String> {
        let out = self.out.take().ok_or(io::ErrorKind::BrokenPipe)?;
        out.finish()?.finish()?;
        Ok(self.gathered.take())
    }
}

/// Opens a sealed file with the private keys of an identity file.
///
/// # Errors
/// If either cannot be read, or no key opens it. What is damaged further on is told when read.
pub fn open(path: &Path, identity: &Path) -> Result<Box<dyn BufRead>, SealedError> {
    Ok(Box::new(BufReader::with_capacity(1 << 16, open_anywhere(path, identity)?)))
}

/// As `open`, in the armour of age too, to be read from any place on.
///
/// # Errors
/// As `open`.
pub fn open_anywhere(path: &Path, identity: &Path) -> Result<Opened, SealedError> {
    let refused = |error| SealedError::Identity { path: identity.to_owned(), error };
    let identities = IdentityFile::from_file(identity.to_string_lossy().into_owned())
        .and_then(|file| {
            file.into_identities().map_err(|cause| io::Error::other(cause.to_string()))
        })
        .map_err(refused)?;
    let file =
        fs::File::open(path).map_err(|error| SealedError::Read { path: path.to_owned(), error })?;
    let damaged = |_| SealedError::Damaged { path: path.to_owned() };
    let decryptor = Decryptor::new_buffered(ArmoredReader::new(file)).map_err(damaged)?;
    let reader = decryptor.decrypt(identities.iter().map(|identity| &**identity as _));
    match reader {
        Ok(reader) => Ok(Opened(reader)),
        Err(DecryptError::NoMatchingKeys) => {
            Err(SealedError::WrongIdentity { path: path.to_owned() })
        }
        Err(cause) => Err(damaged(cause)),
    }
}

/// What a sealed file holds.
pub struct Opened(StreamReader<ArmoredReader<BufReader<fs::File>>>);

impl Read for Opened {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Seek for Opened {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}
