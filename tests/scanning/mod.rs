//! The device without a browser, as its users have it: the real program against the real service,
//! which stops and comes back. No faults of the network: `simulation` has those.

mod leak;

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio},
};

use pass_numerique::{print::qr::Qr, sys::secrets};
use serde_json::{Value, json};

use crate::{
    faults::program::{PROGRAM, Program, Site},
    support::on_each_empty_database,
};

/// A program that scans, in a folder of its own.
struct Scanner {
    folder: PathBuf,
}

struct Said {
    code: i32,
    /// What it printed, line by line.
    lines: Vec<Value>,
    error: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            lines: text.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
            error: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    fn results(&self) -> Vec<&str> {
        self.lines.iter().filter_map(|line| line["result"].as_str()).collect()
    }
}

impl Scanner {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(["--json", "scan", "--folder", self.folder.to_str().unwrap()]).args(words);
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// A verb comes before its options.
    fn verb(&self, words: &[&str]) -> Said {
        let folder = self.folder.to_str().unwrap();
        let output = Command::new(PROGRAM)
            .args(["--json", "scan"])
            .args(words)
            .args(["--folder", folder, "--language", "en"])
            .env_clear()
            .output()
            .unwrap();
        Said::of(&output)
    }

    fn scan(&self, words: &[&str], codes: &[&str]) -> Said {
        let mut child = self.command(words).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        for code in codes {
            // A refusal to begin closes it.
            drop(writeln!(stdin, "{code}\r"));
        }
        drop(stdin);
        Said::of(&child.wait_with_output().unwrap())
    }

    /// A run that goes on until it is killed.
    fn running(&self, words: &[&str]) -> (Child, ChildStdin, BufReader<ChildStdout>) {
        let mut child = self.command(words).spawn().unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        (child, stdin, BufReader::new(stdout))
    }

    fn kept(&self) -> String {
        fs::read_to_string(self.folder.join("journal")).unwrap()
    }
}

fn asked(site: &Site, program: &Program, who: &str, path: &str, body: &Value) -> Value {
    let user = if who == "agent" { site.agent } else { site.supervisor };
    let key = pass_numerique::sys::clock::request_id().to_string();
    let mut answer = ureq::post(format!("{}{path}", program.base))
        .header("Authorization", format!("Bearer {}", site.bearer(user)))
        .header("Idempotency-Key", key)
        .send_json(body)
        .unwrap();
    answer.body_mut().read_json().unwrap()
}

fn pass(site: &Site, program: &Program) -> (String, String) {
    let body = json!({"programme": site.programme, "workshops": 5});
    let told = asked(site, program, "agent", "/v1/vouchers", &body);
    let text = |name: &str| told["paper"][name].as_str().unwrap().to_owned();
    (text("qr_text"), text("manual_code"))
}

/// A key set for scanners, signed by a root key that the service never sees.
fn published(site: &Site, home: &Path) -> PathBuf {
    let root = secrets::keygen(&home.join("root"), None).unwrap();
    key_command(site, &["publish", "--root", root.to_str().unwrap()]);
    root
}

/// A command on keys, given while the service is down.
fn key_command(site: &Site, words: &[&str]) {
    let output = Command::new(PROGRAM)
        .arg("key")
        .args(words)
        .args(["--database", &site.database(), "--host", &site.host])
        .args(["--keys", site.keys.to_str().unwrap()])
        .env_clear()
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Enrolled as its supervisor and its user do it.
fn enrolled(site: &Site, program: &Program, home: &Path) -> (Scanner, String) {
    let body = json!({"name": "Poste du bus", "venues": [site.venue]});
    let told = asked(site, program, "supervisor", "/v1/devices", &body);
    let link = told["enrolment"]["link"].as_str().unwrap().to_owned();
    let scanner = Scanner { folder: home.join("device") };
    let none = scanner.verb(&["state"]);
    assert_eq!((none.code, none.error.contains("scan enrol")), (1, true), "{}", none.error);
    let said = scanner.verb(&["enrol", &link]);
    assert_eq!((said.code, &said.lines[0]["name"]), (0, &json!("Poste du bus")), "{}", said.error);
    let again = scanner.verb(&["enrol", &link]);
    assert!(again.code == 1 && again.error.contains("enrolled here already"), "{}", again.error);
    let elsewhere = Scanner { folder: home.join("other") };
    let used = elsewhere.verb(&["enrol", &link]);
    assert_eq!(used.code, 3, "a token is good once: {}", used.error);
    (scanner, told["id"].as_str().unwrap().to_owned())
}

#[test]
fn a_day_without_service_is_recorded_through_a_kill_and_handed_over_once() {
    on_each_empty_database(|location, folder| {
        let site = Site::reachable(location, folder);
        let home = tempfile::tempdir().unwrap();
        published(&site, home.path());
        let program = site.start();
        let (scanner, _) = enrolled(&site, &program, home.path());
        let [(one, _), (two, typed), (three, _)] = [(); 3].map(|()| pass(&site, &program));
        let online = scanner.scan(&[], &[&one, "nonsense"]);
        assert_eq!(online.results(), ["counted", "refused"], "{}", online.error);
        assert_eq!((online.code, &online.lines[0]["left"]), (3, &json!(4)));
        assert_eq!(online.lines[1]["reason"], "code_malformed");
        program.kill();

        let png = home.path().join("pass.png");
        let paper = Qr::of_address(&three).unwrap();
        fs::write(&png, paper.png(6).unwrap()).unwrap();
        let image = scanner.scan(&["--image", png.to_str().unwrap()], &[]);
        assert_eq!(image.results(), ["recorded"], "{:?} {}", image.lines, image.error);
        let mut forged = two.clone();
        let last = forged.pop();
        forged.push(if last == Some('1') { '2' } else { '1' });
        let alone = scanner.scan(&["--workshops", "2"], &[&one, &one, &one, &forged, &typed]);
        let results = ["recorded", "recorded", "refused", "refused", "claimed"];
        assert_eq!(alone.results(), results, "{:?}", alone.lines);
        let reasons = [&alone.lines[2]["reason"], &alone.lines[3]["reason"]];
        assert_eq!(reasons, ["voucher_exhausted", "signature_invalid"]);

        let (mut child, mut stdin, mut stdout) = scanner.running(&["--offline"]);
        writeln!(stdin, "{three}").unwrap();
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains(r#""result":"recorded""#), "{line}");
        let second = scanner.verb(&["state"]);
        assert_eq!((second.code, second.error.contains("another program")), (1, true));
        child.kill().unwrap();
        child.wait().unwrap();
        let unreached = scanner.verb(&["sync"]);
        assert_eq!((unreached.code, unreached.error.contains("not reached")), (1, true));
        let state = scanner.verb(&["state"]).lines.remove(0);
        assert_eq!((&state["recorded"], &state["waiting"]), (&json!(5), &json!(5)), "{state}");

        let program = site.start();
        let synced = scanner.verb(&["sync"]);
        assert_eq!(synced.code, 0, "{}", synced.error);
        let verdicts = synced.lines[0]["verdicts"].as_array().unwrap();
        let accepted = verdicts.iter().filter(|told| told["verdict"] == "accepted").count();
        assert_eq!((verdicts.len(), accepted), (5, 5), "{verdicts:?}");
        let again = scanner.verb(&["sync"]);
        assert_eq!(again.lines[0]["verdicts"], json!([]));
        assert_eq!(site.number("SELECT SUM(workshops) FROM redemption"), 1 + 1 + 2 + 2 + 2 + 1);
        // The feed has told of everything: nothing is subtracted twice, nothing too little.
        let after = scanner.scan(&["--offline"], &[&one, &two, &three]);
        assert_eq!(after.results(), ["refused", "recorded", "recorded"]);
        assert_eq!((&after.lines[1]["left"], &after.lines[2]["left"]), (&json!(2), &json!(2)));
        assert_eq!(scanner.verb(&["sync"]).code, 0);
        for text in [&one, &two, &three, &typed] {
            let digits = text.rsplit('/').next().unwrap();
            assert!(!scanner.kept().contains(digits), "a text of a pass is still there");
        }
        drop(program);
        site.audit();
    });
}

#[test]
fn a_revoked_device_takes_nothing_more_and_hands_over_what_it_has() {
    on_each_empty_database(|location, folder| {
        let site = Site::reachable(location, folder);
        let home = tempfile::tempdir().unwrap();
        published(&site, home.path());
        let program = site.start();
        let (scanner, id) = enrolled(&site, &program, home.path());
        let (code, _) = pass(&site, &program);
        assert_eq!(scanner.scan(&["--offline"], &[&code]).results(), ["recorded"]);
        let path = format!("/v1/devices/{id}/revoke");
        asked(&site, &program, "supervisor", &path, &json!({}));
        let synced = scanner.verb(&["sync"]);
        let told = &synced.lines[0]["verdicts"][0];
        assert_eq!((synced.code, &told["verdict"]), (0, &json!("quarantined")), "{told}");
        assert_eq!(told["why"], "device_revoked");
        for words in [&["--offline"][..], &[]] {
            let refused = scanner.scan(words, &[&code]);
            assert_eq!(refused.results(), ["refused"]);
            assert_eq!(refused.lines.last().unwrap()["reason"], "device_revoked");
            assert_eq!(refused.code, 3);
        }
        assert_eq!(scanner.verb(&["state"]).lines[0]["revoked"], true);
        drop(program);
        site.audit();
    });
}

#[test]
fn what_is_wrong_is_said_before_anything_is_done() {
    let home = tempfile::tempdir().unwrap();
    let scanner = Scanner { folder: home.path().join("device") };
    let clear = scanner.verb(&["enrol", "http://pass.exemple.fr/scan#enrol=1.a"]);
    assert!(clear.code == 1 && clear.error.contains("https"), "{}", clear.error);
    let unreached = scanner.verb(&["enrol", "http://127.0.0.1:9/scan#enrol=1.a"]);
    assert!(unreached.code == 1 && unreached.error.contains("not reached"), "{}", unreached.error);
    let none = scanner.scan(&[], &["x"]);
    assert!(none.code == 1 && none.error.contains("no device is enrolled"), "{}", none.error);
    assert_eq!(scanner.verb(&["enrol"]).code, 2);
}
