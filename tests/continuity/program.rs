//! Both commands as an operator types them, with the service's receipt key and without the service;
//! and the checker that is in an archive. What goes over is tested beside this.

use std::{
    io::Write as _,
    process::{Command, Output},
};

use pass_numerique::{app::view::Location, domain::receipt::published};

use super::{Vault, other_kind};
use crate::{faults::program::PROGRAM, support::on_each_database};

fn url(location: &Location) -> String {
    match location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    }
}

fn run(words: &[&str]) -> Output {
    Command::new(PROGRAM).args(words).output().unwrap()
}

fn said(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}

/// The checker that is in every archive says that all agrees, and finds a cent that does not.
#[expect(clippy::print_stderr, reason = "what is left out is said")]
fn checked_by_others(vault: &Vault) {
    let check = |name: &str, files: &[(String, Vec<u8>)]| {
        let mut zip = zip::ZipWriter::new(std::fs::File::create(vault.path(name)).unwrap());
        for (file, bytes) in files {
            zip.start_file(file.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        let (_, program) = files.iter().find(|(file, _)| file == "verify_archive.py").unwrap();
        std::fs::write(vault.path("verify.py"), program).unwrap();
        let mut python = Command::new("python3");
        python.args([vault.path("verify.py"), vault.path(name)]).output()
    };
    let mut files = vault.files("a.age");
    let Ok(good) = check("good.zip", &files) else {
        eprintln!("python3 is missing; left out: an archive checked by others");
        return;
    };
    assert!(good.status.success() && said(&good).contains("all agree"), "{}", said(&good));
    let (_, events) = files.iter_mut().find(|(file, _)| file == "tables/event.jsonl").unwrap();
    let text = String::from_utf8(events.clone()).unwrap();
    *events = text.replace("60000", "60001").into_bytes();
    let wrong = said(&check("wrong.zip", &files).unwrap());
    for told in ["does not fit its link", "is not what the list", "is not the sum"] {
        assert!(wrong.contains(told), "{told}: {wrong}");
    }
}

#[test]
fn an_archive_is_written_and_taken_over_on_the_command_line() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        town.redeem(voucher);
        let keys = published(&town.service.receipt_keys().unwrap()).to_string();
        let (vault, folder) = (Vault::new(), town.keys.clone());
        let path = |name: &str| vault.path(name).to_str().unwrap().to_owned();
        std::fs::write(path("receipt-keys.json"), keys).unwrap();
        let (database, programme) = (url(&town.location), town.programme.to_string());
        let heir = other_kind(&town.location, vault.folder.path());
        // The service is gone; its folder of keys is at hand.
        let _folder = town.close();
        let folder = folder.to_str().unwrap();
        let mut words = vec!["export-programme", "--database", &database, "--programme"];
        let (out, to) = (path("a.age"), vault.recipient.clone());
        words.extend([programme.as_str(), "--to", &to, "--out", &out, "--keys", folder]);
        let made = run(&words);
        assert!(made.status.success(), "{}", said(&made));
        assert!(said(&made).contains("signed with a receipt key"), "{}", said(&made));
        assert!(said(&run(&words)).contains("never overwritten"));
        checked_by_others(&vault);
        let (heir, identity, keys) = (url(&heir), path("identity"), path("receipt-keys.json"));
        let mut words = vec!["--json", "take-over", "--database", &heir, "--archive", &out];
        words.extend(["--identity", &identity, "--receipt-keys", &keys]);
        let early = run(&[words.as_slice(), &["--last-seq", "1"]].concat());
        assert!(said(&early).contains("the last number must be"), "{}", said(&early));
        let taken = run(&[words.as_slice(), &["--last-seq", "1000"]].concat());
        assert!(taken.status.success(), "{}", said(&taken));
        let told: serde_json::Value = serde_json::from_slice(&taken.stdout).unwrap();
        assert_eq!((told["seq"].as_str(), told["signed"].as_bool()), (Some("1001"), Some(true)));
        assert_eq!(told["owed"][0]["earned_cents"], 1_000, "{told}");
        let audit = run(&["audit", "--database", &heir]);
        assert!(audit.status.success(), "{}", said(&audit));
        let again = run(&words);
        assert!(said(&again).contains("is in this database already"), "{}", said(&again));
    });
}
