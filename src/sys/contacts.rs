//! The key of contacts: addresses and numbers are sealed with it before they are kept.
//! XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), as age has it; nothing opened is ever logged.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use zeroize::Zeroizing;

use super::{clock::random_bytes, secrets::SecretsError, signer::NoRandomness};

const FILE: &str = "contacts.secret";
const NONCE_BYTES: usize = 24;
/// Contacts are filled up to the same length, so that a sealed one does not tell its own.
const LENGTH: usize = 256;

/// Seals and opens contacts.
pub struct ContactKey(XChaCha20Poly1305);

impl ContactKey {
    /// The key of the folder; one is made if there is none.
    ///
    /// # Errors
    /// When the file cannot be read or written, or others may read it.
    pub fn load(keys: &Path) -> Result<Self, SecretsError> {
        let path = keys.join(FILE);
        let wrong = |cause| SecretsError::File { path: path.clone(), cause };
        if !path.exists() {
            let text = Zeroizing::new(data_encoding::HEXLOWER.encode(&random_bytes()?));
            let mut options = fs::OpenOptions::new();
            let file = options.write(true).create_new(true).mode(0o600).open(&path);
            let mut file = file.map_err(wrong)?;
            file.write_all(text.as_bytes()).map_err(wrong)?;
            file.sync_all().map_err(wrong)?;
        }
        if fs::metadata(&path).map_err(wrong)?.permissions().mode() & 0o077 != 0 {
            return Err(SecretsError::Readable(path));
        }
        let text = Zeroizing::new(fs::read_to_string(&path).map_err(wrong)?);
        let bytes = data_encoding::HEXLOWER.decode(text.trim().as_bytes()).map(Zeroizing::new);
        let cipher = bytes.ok().and_then(|key| XChaCha20Poly1305::new_from_slice(&key).ok());
        cipher.map(Self).ok_or(SecretsError::NotASecret(path))
    }

    /// A key that is made of another secret.
    #[must_use]
    pub fn of(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(key.into()))
    }

    /// A contact that only this key opens, and only for the same `purpose`.
    ///
    /// # Errors
    /// Without randomness, or for a contact that is too long.
    pub fn seal(&self, contact: &str, purpose: &str) -> Result<Vec<u8>, NotSealed> {
        if contact.len() > LENGTH || contact.contains('\0') {
            return Err(NotSealed::TooLong);
        }
        let mut text = Zeroizing::new(contact.as_bytes().to_vec());
        text.resize(LENGTH, 0);
        let random = random_bytes()?;
        let nonce = random.first_chunk::<NONCE_BYTES>().ok_or(NotSealed::TooLong)?;
        let payload = Payload { msg: &text, aad: purpose.as_bytes() };
        let sealed = self.0.encrypt(XNonce::from_slice(nonce), payload);
        let sealed = sealed.map_err(|_| NotSealed::TooLong)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// The contact, if this key sealed it for `purpose`.
    #[must_use]
    pub fn open(&self, sealed: &[u8], purpose: &str) -> Option<Zeroizing<String>> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: text, aad: purpose.as_bytes() };
        let opened = self.0.decrypt(XNonce::from_slice(nonce), payload).ok()?;
        let opened = Zeroizing::new(String::from_utf8(opened).ok()?);
        Some(Zeroizing::new(opened.trim_end_matches('\0').to_owned()))
    }
}

/// Why a contact is not sealed.
#[derive(Debug, thiserror::Error)]
pub enum NotSealed {
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    #[error("a contact is longer than contacts are")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_opened_by_its_key_for_its_purpose_alone() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = ContactKey::load(folder.path()).unwrap();
        let sealed = key.seal("a@example.fr", "message 1").unwrap();
        let again = ContactKey::load(folder.path()).unwrap();
        assert_eq!(again.open(&sealed, "message 1").unwrap().as_str(), "a@example.fr");
        assert!(again.open(&sealed, "message 2").is_none());
        let mut broken = sealed.clone();
        broken[30] ^= 1;
        assert!(again.open(&broken, "message 1").is_none());
        assert!(ContactKey::load(other.path()).unwrap().open(&sealed, "message 1").is_none());
        let longer = key.seal("somebody.else@example.fr", "message 1").unwrap();
        assert_eq!(longer.len(), sealed.len(), "the length tells nothing");
        assert!(!sealed.windows(8).any(|bytes| bytes == b"@example"));
    }

    #[test]
    fn a_key_that_others_may_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        ContactKey::load(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(ContactKey::load(folder.path()), Err(SecretsError::Readable(_))));
    }
}
