//! The keys of the short tokens that people carry after a log-in: never voucher keys.
//! No tokens are made here: the transport does that.

use std::{fs, path::Path};

use zeroize::Zeroizing;

use super::{
    clock::Clock,
    keyring::{self, KeyFileError, Passphrase},
    secrets::SecretsError,
    signer::Signer,
};

/// The folder of token keys, inside the one of voucher keys.
const FOLDER: &str = "tokens";
/// Keys that still verify; a token lives ten minutes, so two would do.
const KEPT: usize = 3;

/// Private keys for tokens, the newest first: it signs, all of them verify.
pub struct TokenSeeds(Vec<Zeroizing<[u8; 32]>>);

impl TokenSeeds {
    /// Those of the folder; one is made if there is none.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn load(
        keys: &Path,
        passphrase: Option<&Passphrase>,
        clock: &Clock,
    ) -> Result<Self, SecretsError> {
        let folder = keys.join(FOLDER);
        if !folder.is_dir() {
            add(keys, passphrase, clock)?;
        }
        // Files are named by the second of their making.
        let mut signers = keyring::load_directory(&folder, passphrase)?;
        if signers.is_empty() {
            add(keys, passphrase, clock)?;
            signers = keyring::load_directory(&folder, passphrase)?;
        }
        signers.reverse();
        signers.truncate(KEPT);
        Ok(Self(signers.iter().map(|signer| Zeroizing::new(*signer.seed())).collect()))
    }

    /// Private bytes: for what signs tokens, and nothing else.
    pub fn iter(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.0.iter().map(|seed| &**seed)
    }
}

/// Makes a key that signs tokens from the next start on; older ones verify.
///
/// # Errors
/// When the file cannot be written.
pub fn add(
    keys: &Path,
    passphrase: Option<&Passphrase>,
    clock: &Clock,
) -> Result<std::path::PathBuf, SecretsError> {
    let folder = keys.join(FOLDER);
    let wrong = |cause| SecretsError::File { path: folder.clone(), cause };
    fs::create_dir_all(&folder).map_err(wrong)?;
    let second = clock.now().0.div_euclid(1_000_000);
    let path = folder.join(format!("{second:012}.pem"));
    let signer = Signer::generate()?;
    keyring::write(&path, &signer, passphrase).map_err(|error: KeyFileError| error)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_key_signs_and_the_folder_fills_itself() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed("2026-11-23T10:00:00Z".parse().unwrap());
        let first = TokenSeeds::load(folder.path(), None, &clock).unwrap();
        let again = TokenSeeds::load(folder.path(), None, &clock).unwrap();
        let seeds = |of: &TokenSeeds| of.iter().copied().collect::<Vec<_>>();
        assert_eq!((seeds(&first).len(), seeds(&first)), (1, seeds(&again)));
        clock.set(clock.now().plus_seconds(1));
        add(folder.path(), None, &clock).unwrap();
        let rotated = seeds(&TokenSeeds::load(folder.path(), None, &clock).unwrap());
        assert_eq!((rotated.len(), rotated[1]), (2, seeds(&first)[0]));
    }
}
