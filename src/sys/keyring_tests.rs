//! Tests of key files, on real files of a temporary directory.
//! No private key but new ones and the public test key of RFC 8032.

use std::{os::unix::fs::PermissionsExt as _, process::Command};

use super::*;
use crate::domain::voucher::example;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned(), "a test").unwrap()
}

fn put(path: &Path, text: &str, mode: u32) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

fn refusal(path: &Path, passphrase: Option<&Passphrase>) -> KeyFileError {
    load(path, passphrase).unwrap_err()
}

#[test]
fn a_key_comes_back_from_a_file_of_mode_0600_that_is_never_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.pem");
    let signer = Signer::generate().unwrap();
    write(&path, &signer, None).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o600);
    assert_eq!(load(&path, None).unwrap().public(), signer.public());
    assert!(matches!(write(&path, &signer, None), Err(KeyFileError::Write { .. })));
}

#[test]
fn an_encrypted_key_opens_with_its_passphrase_only() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.pem");
    let (signer, right) = (Signer::generate().unwrap(), passphrase("à l'abri"));
    write(&path, &signer, Some(&right)).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    assert_eq!(load(&path, Some(&right)).unwrap().public(), signer.public());
    assert!(matches!(refusal(&path, None), KeyFileError::PassphraseMissing { .. }));
    let wrong = refusal(&path, Some(&passphrase("a l'abri")));
    assert!(matches!(wrong, KeyFileError::PassphraseWrong { .. }), "{wrong}");
}

#[test]
fn openssl_reads_both_kinds_of_file() {
    let directory = tempfile::tempdir().unwrap();
    let signer = Signer::from_seed(&example::bytes(example::SEED)).unwrap();
    let secret = passphrase("ouvre");
    for (name, passphrase) in [("a.pem", None), ("b.pem", Some(&secret))] {
        let path = directory.path().join(name);
        write(&path, &signer, passphrase).unwrap();
        let run = Command::new("openssl")
            .args(["pkey", "-passin", "pass:ouvre", "-pubout", "-outform", "DER", "-in"])
            .arg(&path)
            .output();
        // A machine without OpenSSL has nothing to compare with.
        let Ok(run) = run else { return };
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        assert!(run.stdout.ends_with(&signer.public()));
    }
}

#[test]
fn a_file_that_others_may_read_or_write_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.pem");
    write(&path, &Signer::generate().unwrap(), None).unwrap();
    for mode in [0o640, 0o604, 0o620, 0o602, 0o610] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let refusal = refusal(&path, None);
        assert!(matches!(refusal, KeyFileError::TooOpen { .. }));
        assert!(refusal.to_string().contains(&format!("(mode {mode:04o}): run chmod 600")));
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(load(&path, None).is_ok());
}

#[test]
fn what_is_no_key_is_refused_in_one_sentence_that_does_not_repeat_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.pem");
    let signer = Signer::generate().unwrap();
    let pem = to_pem(&signer, None).unwrap();
    let rsa = pem.replace("MC4CAQAwBQYDK2Vw", "MC4CAQAwBQYDK2Vu");
    assert_ne!(rsa, *pem);
    let public = "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n";
    for text in ["", "not a key", public, &pem[..pem.len() / 2], &rsa] {
        put(&path, text, 0o600);
        let refusal = refusal(&path, None);
        assert!(matches!(refusal, KeyFileError::NotAKey { .. }), "{refusal}");
        assert!(!refusal.to_string().contains("MC4"));
    }
    put(&path, &"x".repeat(20_000), 0o600);
    assert!(matches!(refusal(&path, None), KeyFileError::TooLong { .. }));
    let missing = directory.path().join("missing.pem");
    assert!(matches!(refusal(&missing, None), KeyFileError::Read { .. }));
    assert!(matches!(refusal(directory.path(), None), KeyFileError::NotAFile { .. }));
}

#[test]
fn a_file_whose_public_key_belongs_to_another_private_key_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.pem");
    let other = Signer::generate().unwrap().public();
    let public_key = Some(ed25519_dalek::pkcs8::PublicKeyBytes(other));
    let pair = KeypairBytes { secret_key: [9; 32], public_key };
    let pem = pair.to_pkcs8_der().unwrap().to_pem(PLAIN, LineEnding::LF).unwrap();
    put(&path, &pem, 0o600);
    assert!(matches!(refusal(&path, None), KeyFileError::OtherPublicKey { .. }));
}

#[test]
fn a_directory_gives_its_keys_in_order_and_none_twice() {
    let directory = tempfile::tempdir().unwrap();
    let (a, b) = (Signer::generate().unwrap(), Signer::generate().unwrap());
    write(&directory.path().join("2.pem"), &b, None).unwrap();
    write(&directory.path().join("1.pem"), &a, None).unwrap();
    put(&directory.path().join("README.md"), "not a key", 0o644);
    let loaded = load_directory(directory.path(), None).unwrap();
    let publics: Vec<_> = loaded.iter().map(Signer::public).collect();
    assert_eq!(publics, [a.public(), b.public()]);
    write(&directory.path().join("3.pem"), &a, None).unwrap();
    let twice = load_directory(directory.path(), None).unwrap_err();
    assert!(matches!(twice, KeyFileError::Twice { .. }), "{twice}");
}

#[test]
fn a_passphrase_comes_from_a_private_file_and_is_never_printed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("passphrase");
    put(&path, "ouvre\n", 0o600);
    let read = Passphrase::from_file(&path).unwrap();
    assert_eq!(*read.0, "ouvre");
    assert_eq!(format!("{read:?}"), "Passphrase(redacted)");
    put(&path, "\n", 0o600);
    let empty = Passphrase::from_file(&path).unwrap_err();
    assert!(matches!(empty, KeyFileError::PassphraseEmpty { .. }));
    put(&path, "ouvre", 0o644);
    let open = Passphrase::from_file(&path).unwrap_err();
    assert!(matches!(open, KeyFileError::TooOpen { .. }));
    assert!(Passphrase::from_environment("PASSNUM_NO_SUCH_VARIABLE").unwrap().is_none());
}
