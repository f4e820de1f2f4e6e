//! Backups and what becomes of them: from and to both databases, whole or not at all.
//! No single rule of the decision: `domain/decide/tests/restore.rs` has them.

mod over_http;
mod refused;

use std::{
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use diesel::{Connection as _, connection::SimpleConnection as _};
use pass_numerique::{
    app::{
        backup::{Backup, acknowledge, back_up, restore, unacknowledged},
        service::{Fault, Service},
        view::{Copied, Database, Location},
    },
    domain::{
        calendar::Instant,
        command::{Ask, Outcome, Shown},
        ids::{Seq, VoucherId},
        refusal::Reason,
        registry::Role,
    },
    sys::{clock::Clock, sealed::Recipients},
};

use crate::support::{Town, fresh_postgres, on_each_database, refused as reason};

/// A folder, and a key that opens what is made in it.
struct Safe {
    folder: tempfile::TempDir,
    recipients: Recipients,
}

impl Safe {
    fn new() -> Self {
        use age::secrecy::ExposeSecret as _;
        let folder = tempfile::tempdir().unwrap();
        let identity = age::x25519::Identity::generate();
        let recipient = identity.to_public().to_string();
        let text = format!("# public key: {recipient}\n{}\n", identity.to_string().expose_secret());
        std::fs::write(folder.path().join("identity"), text).unwrap();
        Self { recipients: Recipients::new([recipient.as_str()]).unwrap(), folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn back_up(&self, location: &Location, name: &str) -> Backup {
        back_up(location, &self.path(name), &self.recipients, now(), &|_, _| {}).unwrap()
    }

    fn restore(&self, name: &str, to: &Location) -> Result<Copied, Fault> {
        restore(to, &self.path(name), &self.path("identity"), now(), &|_, _| {})
    }

    fn opened(&self, name: &str) -> Vec<u8> {
        let mut lines = Vec::new();
        let (path, identity) = (self.path(name), self.path("identity"));
        let mut file = pass_numerique::sys::sealed::open(&path, &identity).unwrap();
        file.read_to_end(&mut lines).unwrap();
        lines
    }

    /// Seals other bytes for the same key.
    fn seal(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        let mut file = pass_numerique::sys::sealed::Sealing::create(&path, &self.recipients);
        file.as_mut().unwrap().write_all(bytes).unwrap();
        file.unwrap().finish().unwrap();
    }

    /// A new empty database in this folder.
    fn sqlite(&self, name: &str) -> Location {
        let location = Location::Sqlite(self.path(name));
        Database::migrate(&location).unwrap();
        location
    }

    /// New empty databases of each kind.
    fn targets(&self) -> Vec<Location> {
        let postgres = fresh_postgres();
        if let Some(location) = &postgres {
            Database::migrate(location).unwrap();
        }
        [Some(self.sqlite("target.sqlite")), postgres].into_iter().flatten().collect()
    }
}

fn now() -> Instant {
    "2026-11-23T12:00:00+01:00".parse().unwrap()
}

fn serve(location: &Location, keys: &Path) -> Service {
    Service::start(location, keys, None, "pass.example", Clock::fixed(now())).unwrap()
}

/// Something in every table: people, vouchers in all states, a reversal, a refusal, an alarm.
fn live(town: &Town) -> VoucherId {
    let add = Ask::AddUser {
        email: "agent@exemple.fr".to_owned(),
        name: "Zoé d’Œuvre \"la\" \\ 東".to_owned(),
        role: Role::Agent(town.issuer),
        password_hash: "$argon2id$v=19$kept".to_owned(),
    };
    assert!(matches!(town.service.ask_as(None, add).unwrap(), Outcome::Added { .. }));
    let ask = Ask::AdmitVenue { programme: town.programme, venue: town.venue };
    town.service.ask_as(None, ask).unwrap();
    let voucher = town.issue(10).unwrap();
    let Outcome::Redeemed(first) = town.redeem(voucher).outcome else { panic!() };
    town.redeem(voucher);
    town.reverse(first.seq);
    let cancelled = town.issue(5).unwrap();
    town.service.ask_as(None, Ask::Cancel { voucher: cancelled }).unwrap();
    assert_eq!(reason(&town.redeem(cancelled).outcome), Reason::VoucherCancelled);
    // A good signature over what is not known: an alarm.
    let paper = town.service.paper(voucher).unwrap();
    let Shown::Signed { payload, .. } = town.service.read_code(&paper.url).unwrap() else {
        panic!()
    };
    let unknown = Shown::Signed { voucher: VoucherId(voucher.0 ^ 1), payload };
    town.service.ask(town.redemption(unknown)).unwrap();
    voucher
}

/// The lines of a copy without the first, which says when it was made, and the last, its hash.
fn rows(copy: &[u8]) -> Vec<&str> {
    let lines: Vec<_> = std::str::from_utf8(copy).unwrap().lines().collect();
    lines[1..lines.len() - 1].to_vec()
}

#[test]
fn a_backup_is_restored_into_either_database_with_every_row() {
    on_each_database(|town| {
        let voucher = live(&town);
        let safe = Safe::new();
        let made = safe.back_up(&town.location, "a.age");
        let copy = safe.opened("a.age");
        for table in ["person", "venue", "voucher", "posting", "request", "alarm", "usage_day"] {
            let header: serde_json::Value =
                serde_json::from_str(std::str::from_utf8(&copy).unwrap().lines().next().unwrap())
                    .unwrap();
            let tables = header["tables"].as_array().unwrap();
            let rows = tables.iter().find(|row| row["name"] == table).unwrap()["rows"].as_u64();
            assert!(rows > Some(0), "{table} is empty");
        }
        for (number, target) in safe.targets().iter().enumerate() {
            let restored = safe.restore("a.age", target).unwrap();
            assert_eq!(restored, made.copied);
            let audit = Database::open(target).unwrap().audit().unwrap();
            assert_eq!(audit, town.service.audit().unwrap());
            assert_eq!(audit.differences, []);
            let balance = Database::open(target).unwrap().trial_balance().unwrap();
            assert_eq!(balance, town.service_balance());
            // Copied again it is the same text, whichever database it comes from.
            let again = format!("again-{number}.age");
            safe.back_up(target, &again);
            assert_eq!(rows(&safe.opened(&again)), rows(&copy));
            // A paper pass is the same to the byte.
            let service = serve(target, &town.keys);
            let (old, new) =
                (town.service.paper(voucher).unwrap(), service.paper(voucher).unwrap());
            assert_eq!((old.url, old.manual_code), (new.url, new.manual_code));
            service.stop();
        }
    });
}

#[test]
fn a_backup_holds_nothing_that_opens_a_door() {
    on_each_database(|town| {
        let voucher = live(&town);
        let paper = town.service.paper(voucher).unwrap();
        let user = pass_numerique::domain::ids::UserId(1);
        let hash = "UPDATE person SET password_hash = '";
        let password = pass_numerique::sys::password::hash("correct horse battery").unwrap();
        town.execute(&format!("{hash}{password}' WHERE id = {user}")).unwrap();
        let session = town.service.log_in("agent@exemple.fr", "correct horse battery").unwrap();
        let token = session.unwrap().refresh_token;

        let safe = Safe::new();
        safe.back_up(&town.location, "a.age");
        let mode = std::os::unix::fs::MetadataExt::mode(&safe.path("a.age").metadata().unwrap());
        assert_eq!(mode & 0o7777, 0o600);
        assert!(!safe.path("a.age.partial").exists());
        let sealed = std::fs::read(safe.path("a.age")).unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
        assert!(!String::from_utf8_lossy(&sealed).contains("agent@exemple.fr"));

        let copy = String::from_utf8(safe.opened("a.age")).unwrap();
        assert!(copy.contains(&password), "password hashes are kept");
        let digits: String = paper.url.chars().filter(char::is_ascii_digit).collect();
        let code: String = paper.manual_code.chars().filter(char::is_ascii_alphanumeric).collect();
        let pem = std::fs::read_dir(&town.keys).unwrap().map(|entry| entry.unwrap().path());
        let pem = pem.filter(|path| path.extension().is_some_and(|ending| ending == "pem"));
        let pem = std::fs::read_to_string(pem.last().unwrap()).unwrap();
        let (first, private) = (pem.lines().next().unwrap(), pem.lines().nth(1).unwrap());
        let secrets = [
            ("the voucher's text", paper.url.as_str()),
            ("its digits", &digits),
            ("its manual code", &paper.manual_code),
            ("that code without spaces", &code),
            ("a PEM header", first),
            ("any PEM header", "PRIVATE KEY"),
            ("a private key", private),
            ("a refresh token", &token),
            ("the table of sessions", "refresh_token"),
        ];
        for (what, secret) in secrets {
            assert!(secret.len() > 8 && !copy.contains(secret), "{what} is in the backup");
        }
    });
}

#[test]
fn a_restored_database_is_read_until_its_gap_is_acknowledged() {
    on_each_database(|town| {
        let voucher = live(&town);
        let safe = Safe::new();
        let made = safe.back_up(&town.location, "a.age");
        // What happens after the backup is lost, but stands on receipts.
        let Outcome::Redeemed(late) = town.redeem(voucher).outcome else { panic!() };
        let paper = town.service.paper(town.issue(5).unwrap()).unwrap();
        let last = Seq(late.seq.0 + 1);
        let waiting = town.redemption(Shown::Known(voucher));
        for target in safe.targets() {
            safe.restore("a.age", &target).unwrap();
            assert_eq!(unacknowledged(&target).unwrap().seq.0, made.copied.seq);
            let service = serve(&target, &town.keys);
            let refused = service.ask(waiting.clone()).unwrap();
            assert_eq!(reason(&refused.outcome), Reason::RestoredReadOnly);
            let funder = Ask::AddFunder { name: "Nouveau".to_owned() };
            assert_eq!(reason(&service.ask_as(None, funder).unwrap()), Reason::RestoredReadOnly);
            assert_eq!(service.database().as_of().unwrap(), Seq(made.copied.seq));
            assert!(service.paper(voucher).is_ok(), "reads go on");
            service.stop();

            let acknowledged = acknowledge(&target, last, None, now()).unwrap();
            assert_eq!(acknowledged.0, last.0 + 1, "no number is given twice");
            assert!(unacknowledged(&target).is_err());
            assert!(acknowledge(&target, last, None, now()).is_err());
            let service = serve(&target, &town.keys);
            // The same request is taken now, and what was issued in the gap is not known.
            let Outcome::Redeemed(taken) = service.ask(waiting.clone()).unwrap().outcome else {
                panic!()
            };
            assert_eq!(taken.seq.0, last.0 + 2);
            let shown = service.read_code(&paper.url).unwrap();
            let unknown = service.ask(town.redemption(shown)).unwrap();
            assert_eq!(reason(&unknown.outcome), Reason::VoucherUnknown);
            let audit = service.audit().unwrap();
            assert_eq!(audit.differences, []);
            service.stop();
            // And that journal, with its gap, is backed up and restored like any other.
            let again = format!("gap-{}.age", safe.path("").read_dir().unwrap().count());
            safe.back_up(&target, &again);
            let second = safe.sqlite(&format!("{again}.sqlite"));
            safe.restore(&again, &second).unwrap();
        }
    });
}

#[test]
fn a_gap_that_no_event_explains_is_a_difference() {
    on_each_database(|town| {
        let safe = Safe::new();
        safe.back_up(&town.location, "a.age");
        let target = safe.sqlite("target.sqlite");
        safe.restore("a.age", &target).unwrap();
        let head = unacknowledged(&target).unwrap().seq.0;
        acknowledge(&target, Seq(head + 5), None, now()).unwrap();
        let database = Database::open(&target).unwrap();
        assert_eq!(database.audit().unwrap().differences, []);
        // The same event, had it not the right to leave numbers out.
        let Location::Sqlite(path) = &target else { panic!() };
        let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        let edit = format!(
            "DROP TRIGGER event_no_update;
             UPDATE event SET content = replace(content, '\"lost_to\":\"{}\"', '\"lost_to\":\"{}\"')
             WHERE kind = 'restored'",
            head + 5,
            head + 4
        );
        conn.batch_execute(&edit).unwrap();
        let differences = database.audit().unwrap().differences;
        assert!(differences.iter().any(|found| found.what.contains("a gap")), "{differences:?}");
    });
}

#[test]
fn a_backup_beside_eight_busy_threads_is_one_moment_of_the_journal() {
    on_each_database(|town| {
        let vouchers: Vec<_> = (0..8).map(|_| town.issue(10).unwrap()).collect();
        let safe = Safe::new();
        let stop = AtomicBool::new(false);
        let made: Vec<Backup> = std::thread::scope(|scope| {
            for voucher in &vouchers {
                let (town, stop) = (&town, &stop);
                scope.spawn(move || {
                    while !stop.load(Ordering::SeqCst) {
                        if let Outcome::Redeemed(redemption) = town.redeem(*voucher).outcome {
                            town.reverse(redemption.seq);
                        }
                    }
                });
            }
            // Also when a backup fails: the threads would go on for ever.
            let _stop = Stop(&stop);
            (0..30).map(|n| safe.back_up(&town.location, &format!("{n}.age"))).collect()
        });
        safe.back_up(&town.location, "end.age");
        let end = safe.opened("end.age");
        let journal = events(&end);
        assert!(made[0].copied.seq + 30 < made[29].copied.seq, "nobody was busy");
        for (number, backup) in made.iter().enumerate() {
            let name = format!("{number}.age");
            let copy = safe.opened(&name);
            let events = events(&copy);
            assert_eq!(events.len(), usize::try_from(backup.copied.seq).unwrap());
            assert!(journal.starts_with(&events), "not a prefix of the journal");
            if number % 10 == 9 {
                let target = safe.sqlite(&format!("{number}.sqlite"));
                // Which also audits it.
                assert_eq!(safe.restore(&name, &target).unwrap(), backup.copied);
            }
        }
        town.audit();
    });
}

struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn events(copy: &[u8]) -> Vec<String> {
    let lines: Vec<_> = std::str::from_utf8(copy).unwrap().lines().collect();
    let header: serde_json::Value = serde_json::from_str(lines[0]).unwrap();
    let (mut at, mut found) = (1, Vec::new());
    for table in header["tables"].as_array().unwrap() {
        let rows = usize::try_from(table["rows"].as_u64().unwrap()).unwrap();
        if table["name"] == "event" {
            found = lines[at..at + rows].iter().map(|line| (*line).to_owned()).collect();
        }
        at += rows;
    }
    found
}
