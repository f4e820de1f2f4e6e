//! Both commands as an operator types them, with the service's receipt key and without the service.
//! What goes over is tested beside this.

use std::process::{Command, Output};

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
