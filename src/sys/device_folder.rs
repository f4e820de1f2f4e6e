//! The folder of a device that is a program: its key, its journal, and a lock for one program.
//! No meaning of what is kept (`domain::scanner`); a line is on disk before anybody counts on it.
//!
//! A journal of lines, because a record must be durable before somebody is told that it is, and one
//! appended line and one sync is the least that can be. What a kill or a power cut leaves behind
//! can only be the beginning of the last line, which nobody was told of: it is cut off. Now and
//! then everything is written anew as one line, beside it and then in its place.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};

use super::{
    keyring::{self, KeyFileError},
    signer::{DeviceKey, Signer},
};

const KEY: &str = "device.pem";
const JOURNAL: &str = "journal";
const NEW: &str = "journal.new";
const LOCK: &str = "lock";
/// Hexadecimal digits of the check of a line.
const CHECK: usize = 16;

/// Why the folder cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum DeviceFolderError {
    #[error("{path}: {cause}")]
    File { path: PathBuf, cause: io::Error },
    #[error("{0}: no device is enrolled here: `scan enrol` does it")]
    NotEnrolled(PathBuf),
    #[error("{0}: a device is enrolled here already: choose another folder")]
    Enrolled(PathBuf),
    #[error("{0}: another program uses this device: end it first")]
    InUse(PathBuf),
    #[error("{path}: line {line} was changed: keep the folder, and ask for help")]
    Damaged { path: PathBuf, line: usize },
    #[error("what is to be kept cannot be written down: {0}")]
    Unwritable(String),
    #[error("{0}: a write failed before: start again")]
    Broken(PathBuf),
    #[error(transparent)]
    Key(#[from] KeyFileError),
}

/// The folder, locked for this program as long as it lives.
#[derive(Debug)]
pub struct DeviceFolder {
    path: PathBuf,
    /// Dropped with the rest: the lock goes with it.
    _lock: File,
    journal: Option<Journal>,
}

#[derive(Debug)]
struct Journal {
    file: File,
    /// Up to where lines are whole.
    length: u64,
    lines: usize,
    broken: bool,
}

impl DeviceFolder {
    /// Opens the folder, making it if there is none.
    ///
    /// # Errors
    /// When another program uses it, or it cannot be written.
    pub fn open(path: &Path) -> Result<Self, DeviceFolderError> {
        let wrong = failed(path);
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(&wrong)?;
        let lock_path = path.join(LOCK);
        let mut options = OpenOptions::new();
        let lock = options.write(true).create(true).truncate(false).mode(0o600).open(&lock_path);
        let lock = lock.map_err(failed(&lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DeviceFolderError::InUse(path.to_owned()));
            }
            Err(TryLockError::Error(cause)) => return Err(failed(&lock_path)(cause)),
        }
        Ok(Self { path: path.to_owned(), _lock: lock, journal: None })
    }

    /// Whether a device was enrolled here.
    #[must_use]
    pub fn is_enrolled(&self) -> bool {
        self.path.join(JOURNAL).exists()
    }

    /// Refused where a device is enrolled.
    ///
    /// # Errors
    /// `Enrolled`.
    pub fn vacant(&self) -> Result<(), DeviceFolderError> {
        if self.is_enrolled() {
            return Err(DeviceFolderError::Enrolled(self.path.clone()));
        }
        Ok(())
    }

    /// The device's key; a new one if there is none. An enrolment whose answer was lost goes on
    /// with the key that it showed.
    ///
    /// # Errors
    /// When its file cannot be read or written.
    pub fn key(&self) -> Result<DeviceKey, DeviceFolderError> {
        let path = self.path.join(KEY);
        if !path.exists() {
            let signer = Signer::generate().map_err(KeyFileError::from)?;
            keyring::write(&path, &signer, None)?;
        }
        Ok(DeviceKey::new(keyring::load(&path, None)?))
    }

    /// All lines of the journal. The beginning of a line that was never finished is cut off.
    ///
    /// # Errors
    /// When there is none, or one of its lines was changed.
    pub fn lines<T: DeserializeOwned>(&mut self) -> Result<Vec<T>, DeviceFolderError> {
        let path = self.path.join(JOURNAL);
        let mut file = match OpenOptions::new().read(true).append(true).open(&path) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
                return Err(DeviceFolderError::NotEnrolled(self.path.clone()));
            }
            Err(cause) => return Err(failed(&path)(cause)),
        };
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed(&path))?;
        let (mut read, mut length) = (Vec::new(), 0);
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            let Some(text) = line.strip_suffix(b"\n") else { break };
            let damaged =
                || DeviceFolderError::Damaged { path: path.clone(), line: read.len() + 1 };
            let value = checked(text).ok_or_else(damaged)?;
            read.push(serde_json::from_slice(value).map_err(|_| damaged())?);
            length += line.len();
        }
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        file.set_len(length).map_err(failed(&path))?;
        self.journal = Some(Journal { file, length, lines: read.len(), broken: false });
        Ok(read)
    }

    /// Lines since everything was written anew.
    #[must_use]
    pub fn length(&self) -> usize {
        self.journal.as_ref().map_or(0, |journal| journal.lines)
    }

    /// Adds a line, and waits until it is on disk.
    ///
    /// # Errors
    /// When it is not: nothing was added then.
    pub fn append(&mut self, entry: &impl Serialize) -> Result<(), DeviceFolderError> {
        let path = self.path.join(JOURNAL);
        let line = line(entry)?;
        let Some(journal) = &mut self.journal else {
            return Err(DeviceFolderError::NotEnrolled(self.path.clone()));
        };
        if journal.broken {
            return Err(DeviceFolderError::Broken(path));
        }
        let written = journal.file.write_all(&line).and_then(|()| journal.file.sync_data());
        if let Err(cause) = written {
            // Whether some of it is there nobody knows: it must not be gone on from.
            let cut = journal.file.set_len(journal.length).and_then(|()| journal.file.sync_all());
            journal.broken = cut.is_err();
            return Err(failed(&path)(cause));
        }
        journal.length += u64::try_from(line.len()).unwrap_or(u64::MAX);
        journal.lines += 1;
        Ok(())
    }

    /// Puts one line in the place of all: what stood before is on disk no more.
    ///
    /// # Errors
    /// When it cannot be written; the lines before stay.
    pub fn replace(&mut self, entry: &impl Serialize) -> Result<(), DeviceFolderError> {
        let (path, new) = (self.path.join(JOURNAL), self.path.join(NEW));
        let line = line(entry)?;
        let write = || {
            let mut options = OpenOptions::new();
            let mut file =
                options.write(true).create(true).truncate(true).mode(0o600).open(&new)?;
            file.write_all(&line)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            File::open(&self.path)?.sync_all()?;
            OpenOptions::new().append(true).open(&path)
        };
        let file = write().map_err(failed(&new))?;
        let length = u64::try_from(line.len()).unwrap_or(u64::MAX);
        self.journal = Some(Journal { file, length, lines: 1, broken: false });
        Ok(())
    }
}

fn failed(path: &Path) -> impl Fn(io::Error) -> DeviceFolderError {
    move |cause| DeviceFolderError::File { path: path.to_owned(), cause }
}

/// The check of a text, the text, and a line feed.
fn line(entry: &impl Serialize) -> Result<Vec<u8>, DeviceFolderError> {
    let text = serde_json::to_vec(entry)
        .map_err(|cause| DeviceFolderError::Unwritable(cause.to_string()))?;
    Ok([check(&text).as_bytes(), b" ", &text, b"\n"].concat())
}

fn check(text: &[u8]) -> String {
    let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(text));
    hash.chars().take(CHECK).collect()
}

fn checked(line: &[u8]) -> Option<&[u8]> {
    let (said, rest) = line.split_at_checked(CHECK)?;
    let text = rest.strip_prefix(b" ")?;
    (said == check(text).as_bytes()).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device");
        (folder, path)
    }

    fn lines(path: &Path) -> Result<Vec<String>, DeviceFolderError> {
        DeviceFolder::open(path)?.lines()
    }

    #[test]
    fn whatever_is_cut_off_the_lines_before_it_are_there() {
        let (_keep, path) = folder();
        let mut device = DeviceFolder::open(&path).unwrap();
        assert!(matches!(device.lines::<String>(), Err(DeviceFolderError::NotEnrolled(_))));
        device.replace(&"one").unwrap();
        device.append(&"two").unwrap();
        device.append(&"three\nfour").unwrap();
        drop(device);
        let whole = fs::read(path.join(JOURNAL)).unwrap();
        let ends: Vec<usize> =
            (0..whole.len()).filter(|at| whole[*at] == b'\n').map(|at| at + 1).collect();
        for length in 0..=whole.len() {
            fs::write(path.join(JOURNAL), &whole[..length]).unwrap();
            let expected = ends.iter().filter(|end| **end <= length).count();
            let mut device = DeviceFolder::open(&path).unwrap();
            assert_eq!(device.lines::<String>().unwrap().len(), expected, "{length}");
            // And it goes on from there.
            device.append(&"next").unwrap();
            drop(device);
            assert_eq!(lines(&path).unwrap().last().unwrap(), "next");
        }
    }

    #[test]
    fn a_changed_line_is_told_and_nothing_is_cut_off() {
        let (_keep, path) = folder();
        let mut device = DeviceFolder::open(&path).unwrap();
        device.replace(&"one").unwrap();
        device.append(&"two").unwrap();
        drop(device);
        let mut bytes = fs::read(path.join(JOURNAL)).unwrap();
        bytes[CHECK + 3] ^= 1;
        fs::write(path.join(JOURNAL), &bytes).unwrap();
        assert!(matches!(lines(&path), Err(DeviceFolderError::Damaged { line: 1, .. })));
        assert_eq!(fs::read(path.join(JOURNAL)).unwrap(), bytes);
    }

    #[test]
    fn what_was_replaced_is_on_disk_no_more_and_nobody_else_reads_what_is() {
        let (_keep, path) = folder();
        let mut device = DeviceFolder::open(&path).unwrap();
        device.replace(&"secret").unwrap();
        device.append(&"other").unwrap();
        assert_eq!(device.length(), 2);
        device.replace(&"all").unwrap();
        device.append(&"more").unwrap();
        drop(device);
        assert_eq!(lines(&path).unwrap(), ["all", "more"]);
        assert!(!fs::read_to_string(path.join(JOURNAL)).unwrap().contains("secret"));
        let mode = |name: &str| fs::metadata(path.join(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(JOURNAL), mode(LOCK), mode("")), (0o600, 0o600, 0o700));
    }

    #[test]
    fn a_second_program_is_refused_until_the_first_ends() {
        let (_keep, path) = folder();
        let first = DeviceFolder::open(&path).unwrap();
        assert!(matches!(DeviceFolder::open(&path), Err(DeviceFolderError::InUse(_))));
        drop(first);
        assert!(DeviceFolder::open(&path).is_ok());
    }

    #[test]
    fn the_key_is_made_once() {
        let (_keep, path) = folder();
        let device = DeviceFolder::open(&path).unwrap();
        let public = device.key().unwrap().public();
        assert_eq!(device.key().unwrap().public(), public);
        let mode = fs::metadata(path.join(KEY)).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600);
    }
}
