//! Archives that are damaged, changed, for others or of another format; databases that are not new.
//! Each is one sentence, and nothing is half done.

use std::io::Write as _;

use pass_numerique::{
    app::{
        continuity::take_over::{Archive, take_over},
        service::Fault,
        view::Location,
    },
    sys::sealed::{Recipients, Sealing},
};

use super::{Vault, other_kind};
use crate::support::{Town, on_each_database, sql};

type Files = Vec<(String, Vec<u8>)>;

impl Vault {
    /// Seals other files as an archive.
    fn seal(&self, name: &str, files: &Files) {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (file, bytes) in files {
            let options = zip::write::SimpleFileOptions::default();
            zip.start_file(file.as_str(), options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        self.seal_bytes(name, &zip.finish().unwrap().into_inner());
    }

    fn seal_bytes(&self, name: &str, bytes: &[u8]) {
        let recipients = Recipients::new([self.recipient.as_str()]).unwrap();
        let mut file = Sealing::create(&self.path(name), &recipients).unwrap();
        file.write_all(bytes).unwrap();
        file.finish().unwrap();
    }
}

/// The same files with one changed.
fn changed(files: &Files, name: &str, change: impl Fn(&str) -> String) -> Files {
    let mut files = files.clone();
    let (_, bytes) = files.iter_mut().find(|(file, _)| file == name).unwrap();
    let text = change(std::str::from_utf8(bytes).unwrap());
    assert_ne!(text.as_bytes(), bytes.as_slice(), "{name} is changed");
    *bytes = text.into_bytes();
    files
}

/// As somebody would who knows the format: the list of contents fits again.
fn listed(files: &Files) -> Files {
    use sha2::Digest as _;
    let mut files = files.clone();
    let (_, text) = files.iter().find(|(file, _)| file == "manifest.json").unwrap();
    let mut manifest: serde_json::Value = serde_json::from_slice(text).unwrap();
    for content in manifest["files"].as_array_mut().unwrap() {
        let name = content["name"].as_str().unwrap().to_owned();
        let (_, bytes) = files.iter().find(|(file, _)| *file == name).unwrap();
        content["bytes"] = bytes.len().into();
        content["sha256"] = data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes)).into();
    }
    let text = serde_json::to_vec(&manifest).unwrap();
    files.iter_mut().find(|(file, _)| file == "manifest.json").unwrap().1 = text;
    files
}

fn sentence(vault: &Vault, name: &str, to: &Location, town: &Town) -> String {
    let now = town.service.clock.now();
    match vault.take_over(name, to, None, now) {
        Err(Fault::Copy(pass_numerique::app::view::CopyError::Differs(audit))) => {
            format!("differs: {:?}", audit.differences[0])
        }
        Err(fault) => fault.to_string(),
        Ok(taken) => panic!("{name} was taken over: {taken:?}"),
    }
}

#[test]
fn an_archive_that_was_changed_or_is_not_whole_leaves_nothing_behind() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        town.redeem(voucher);
        let vault = Vault::new();
        vault.export(&town, "good.age");
        let files = vault.files("good.age");
        let table = |name: &str| format!("tables/{name}.jsonl");
        let swap = |from: &'static str, to: &'static str| move |text: &str| text.replace(from, to);
        let cheap =
            changed(&files, &table("event"), swap("\\\"amount\\\":60000", "\\\"amount\\\":60001"));
        let shorter = |text: &str| text.lines().skip(1).map(|line| format!("{line}\n")).collect();
        let more_left = swap("\"workshops\":10", "\"workshops\":9");
        let mut without = files.clone();
        without.retain(|(name, _)| name != "tables/voucher.jsonl");
        let mut beside = files.clone();
        beside.push(("tables/person.jsonl".to_owned(), b"{}\n".to_vec()));
        let format = swap("pass-numerique programme 1", "pass-numerique programme 2");
        // Of a program that is newer than any.
        let schema = swap("\"schema\": \"", "\"schema\": \"900");
        let wrong: Vec<(&str, Files, &str)> = vec![
            ("hash", cheap.clone(), "is not what its list of contents says"),
            ("link", listed(&cheap), "does not fit its link of the chain"),
            ("gone", listed(&changed(&files, &table("event"), shorter)), "archive is damaged"),
            ("row", listed(&changed(&files, &table("voucher"), more_left)), "differs"),
            ("missing", without, "voucher.jsonl is missing"),
            ("beside", beside, "is not in its list of contents"),
            ("format", changed(&files, "manifest.json", format), "programme 2"),
            ("schema", changed(&files, "manifest.json", schema), "900"),
        ];
        let heir = other_kind(&town.location, vault.folder.path());
        for (name, files, told) in &wrong {
            vault.seal(name, files);
            let sentence = sentence(&vault, name, &heir, &town);
            assert!(sentence.contains(told), "{name}: {sentence}");
            assert!(name == &"row" || sentence.len() < 250, "{sentence}");
            assert_eq!(sql::number(&heir, "SELECT COUNT(*) FROM event"), 0, "{name}");
            assert_eq!(sql::number(&heir, "SELECT COUNT(*) FROM organisation"), 0, "{name}");
        }
        vault.seal_bytes("text", b"hello\n");
        assert!(sentence(&vault, "text", &heir, &town).contains("damaged"));
        let cut = std::fs::read(vault.path("good.age")).unwrap();
        std::fs::write(vault.path("cut.age"), &cut[..cut.len() - 100]).unwrap();
        assert!(sentence(&vault, "cut.age", &heir, &town).contains("damaged"));
        // None of it has touched the database: the good one is taken.
        let now = town.service.clock.now();
        vault.take_over("good.age", &heir, None, now).unwrap();
        let sentence = sentence(&vault, "good.age", &heir, &town);
        assert!(sentence.contains("is in this database already"), "{sentence}");
        town.close();
    });
}

#[test]
fn another_key_an_unsigned_archive_and_a_database_in_use_are_refused() {
    on_each_database(|town| {
        let (vault, other) = (Vault::new(), Vault::new());
        vault.export(&town, "good.age");
        std::fs::copy(other.path("identity"), vault.path("other")).unwrap();
        let heir = other_kind(&town.location, vault.folder.path());
        let now = town.service.clock.now();
        let (archive, identity) = (vault.path("good.age"), vault.path("other"));
        let archive = Archive { path: &archive, identity: &identity, keys: None, last_seq: None };
        let refused = take_over(&heir, &archive, now).unwrap_err();
        assert!(refused.to_string().contains("encrypted to other keys"), "{refused}");
        let keys = town.service.receipt_keys().unwrap();
        let refused = vault.take_over("good.age", &heir, Some(&keys), now).unwrap_err();
        assert!(refused.to_string().contains("none of these receipt keys"), "{refused}");
        super::serve(&heir, &vault.path("keys"), now);
        let sentence = sentence(&vault, "good.age", &heir, &town);
        let used = ["before the service first starts", "another program writes"];
        assert!(used.iter().any(|told| sentence.contains(told)), "{sentence}");
        town.close();
    });
}
