//! A programme goes to another operator when the old server is gone: exported, deleted, taken over
//! into the other kind of database too. Wrong archives are tried in `refused.rs`.

mod later;
mod over_http;
mod program;
mod refused;
mod scene;

use std::{
    collections::BTreeSet,
    io::Read as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use pass_numerique::{
    app::{
        continuity::{
            export::{Exported, To, export_programme},
            take_over::{Archive, Takeover, take_over},
        },
        service::{Fault, Service},
        view::{Database, Location},
    },
    domain::{
        access::Tenant, calendar::Instant, cents::Cents, command::Outcome, ids::*, ledger::Stage,
        receipt::ReceiptKey, registry::Role, settlement::BankAnswer, view::Filter,
    },
    sys::{clock::Clock, secrets},
};
use serde_json::json;

use crate::{
    core::settlement::office::{IBANS, Office},
    support::{Town, api::Api, fresh_postgres, on_each_database, on_each_empty_database, sql},
};
use scene::{FOREIGN_IBAN, PRICE, Scene, seen};

/// What a funder keeps: a folder, and a key that opens what is made in it.
pub struct Vault {
    folder: tempfile::TempDir,
    recipient: String,
}

impl Vault {
    pub fn new() -> Self {
        use age::secrecy::ExposeSecret as _;
        let folder = tempfile::tempdir().unwrap();
        let identity = age::x25519::Identity::generate();
        let text = format!("{}\n", identity.to_string().expose_secret());
        std::fs::write(folder.path().join("identity"), text).unwrap();
        Self { recipient: identity.to_public().to_string(), folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn export(&self, town: &Town, name: &str) -> Exported {
        let now = town.service.clock.now();
        let recipients = [self.recipient.clone()];
        let path = self.path(name);
        let to = To { path: &path, recipients: &recipients, signer: None };
        export_programme(&town.location, town.programme, &to, now).unwrap()
    }

    pub fn take_over(
        &self,
        name: &str,
        to: &Location,
        keys: Option<&[ReceiptKey]>,
        now: Instant,
    ) -> Result<Takeover, Fault> {
        let (path, identity) = (self.path(name), self.path("identity"));
        let archive = Archive { path: &path, identity: &identity, keys, last_seq: None };
        take_over(to, &archive, now)
    }

    /// The files of an archive.
    pub fn files(&self, name: &str) -> Vec<(String, Vec<u8>)> {
        let identity = self.path("identity");
        let opened = pass_numerique::sys::sealed::open_anywhere(&self.path(name), &identity);
        let mut zip = zip::ZipArchive::new(opened.unwrap()).unwrap();
        let count = zip.len();
        let file = |place| {
            let mut file = zip.by_index(place).unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (file.name().unwrap().into_owned(), bytes)
        };
        (0..count).map(file).collect()
    }
}

/// A new database of the other kind, where there is one.
pub fn other_kind(than: &Location, folder: &Path) -> Location {
    let sqlite = || Location::Sqlite(folder.join("heir.sqlite"));
    let location = match than {
        Location::Sqlite(_) => fresh_postgres().unwrap_or_else(sqlite),
        Location::Postgres(_) => sqlite(),
    };
    Database::migrate(&location).unwrap();
    location
}

/// The old server is gone: its service, its database and its keys.
pub fn delete(town: Town, heir: (Location, Arc<Service>)) -> Town {
    let (old, location, keys) =
        (Arc::clone(&town.service), town.location.clone(), town.keys.clone());
    let town = town.moved(heir.0, heir.1);
    Arc::into_inner(old).unwrap().stop();
    match &location {
        Location::Sqlite(path) => std::fs::remove_file(path).unwrap(),
        Location::Postgres(_) => sql::execute(&location, "DROP SCHEMA public CASCADE").unwrap(),
    }
    std::fs::remove_dir_all(keys).unwrap();
    town
}

pub fn serve(location: &Location, keys: &Path, now: Instant) -> Arc<Service> {
    secrets::keygen(keys, None).unwrap();
    let clock = Clock::fixed(now);
    Arc::new(Service::start(location, keys, None, "heir.example", clock).unwrap())
}

fn sum(seen: &scene::Seen, stage: Stage) -> i64 {
    let of_stage = seen.balances.iter().filter(|(key, _)| key.2 == stage);
    of_stage.map(|(_, (debit, credit))| credit.0 - debit.0).sum()
}

#[test]
fn a_programme_goes_over_whole_and_every_live_pass_opens_what_was_left() {
    on_each_empty_database(|location, folder| {
        let Scene { office, other, papers, unanswered, .. } = Scene::set(location, folder);
        let Office { town, approver, .. } = office;
        let (vault, now) = (Vault::new(), town.service.clock.now());
        let before = seen(town.service.database(), town.programme, now);
        for stage in [Stage::Committed, Stage::Releasable, Stage::Earned, Stage::InPayment] {
            assert!(sum(&before, stage) > 0, "{stage:?} is tried");
        }
        assert!(sum(&before, Stage::Receivable) < 0 && sum(&before, Stage::Paid) > 0);
        assert!(!before.holds.is_empty() && before.statements.len() > 3);
        let exported = vault.export(&town, "a.age");
        let heir = other_kind(&town.location, vault.folder.path());
        let taken = vault.take_over("a.age", &heir, None, now).unwrap();
        assert_eq!((taken.through, &taken.digest), (exported.packed.seq, &exported.packed.digest));
        assert_eq!(taken.seq, Seq(taken.through.0 + 1));
        let service = serve(&heir, &vault.path("keys"), now);
        let town = delete(town, (heir, service));
        assert_eq!(seen(town.service.database(), town.programme, now), before);
        told(&taken, &before, &unanswered);
        town.audit();
        let town = redeemed_over_the_api(town, &papers);
        new_passes_are_signed_by_the_new_operator(&town);
        paid_once(town, other.0, approver, &unanswered);
    });
}

/// What the operator reads after a take-over: whom venues are owed, and what nobody knows.
fn told(
    taken: &Takeover,
    before: &scene::Seen,
    unanswered: &pass_numerique::domain::settlement::view::PaymentView,
) {
    let [first, second] = taken.owed.as_slice() else { panic!("{:?}", taken.owed) };
    let of = |stage, organisation: OrganisationId| {
        let own = before.balances.iter();
        let own = own.filter(|(key, _)| (key.2, key.3) == (stage, Some(organisation)));
        Cents(own.map(|(_, (debit, credit))| credit.0 - debit.0).sum())
    };
    for row in [first, second] {
        assert_eq!(row.earned_cents, of(Stage::Earned, row.organisation));
        assert_eq!(row.in_payment_cents, of(Stage::InPayment, row.organisation));
        let shares: i64 = row.funders.iter().map(|share| share.earned_cents.0).sum();
        assert_eq!(shares, row.earned_cents.0);
    }
    assert!(first.held_cents.0 > 0 && first.to_give_back_cents.0 >= 0);
    assert_eq!(second.earned_cents, Cents(2 * PRICE), "rejected, and taken since");
    let [one] = taken.unanswered.as_slice() else { panic!("{:?}", taken.unanswered) };
    assert_eq!((one.payment, one.amount_cents), (unanswered.id, unanswered.amount_cents));
}

/// Exactly what was left, and no more; the others for the right reason.
fn redeemed_over_the_api(town: Town, papers: &[scene::Paper]) -> Town {
    let api = Api::start(town);
    let scanner = api.person(Role::Supervisor(api.town.organisation));
    let scan = |url: &str| {
        let id = api.town.service.new_request_id();
        let venue = api.town.venue;
        let body = json!({"id": id, "venue": venue, "code": url, "workshops": 1});
        scanner.post("/v1/redemptions", &body)
    };
    for paper in papers {
        let left = match paper.fate {
            Ok(left) => left,
            Err(reason) => {
                assert_eq!(scan(&paper.url).reason(), reason);
                continue;
            }
        };
        for number in 0..left {
            let reply = scan(&paper.url);
            assert!(reply.status < 300, "workshop {number} of {left}: {}", reply.text);
            assert_eq!(reply.body["left"], left - number - 1);
        }
        assert_eq!(scan(&paper.url).reason(), "voucher_exhausted");
    }
    let town = api.stop();
    town.audit();
    town
}

fn new_passes_are_signed_by_the_new_operator(town: &Town) {
    let keys = town.service.key_list().unwrap();
    let states: Vec<&str> = keys.iter().map(|key| key.state.code()).collect();
    assert_eq!(states, ["retired", "active"]);
    let voucher = town.issue(5).unwrap();
    let paper = town.service.paper(voucher).unwrap();
    let shown = town.service.read_code(&paper.url).unwrap();
    assert_eq!(shown.signed_by(), Some(keys[1].kid));
    // No number of the old journal or register is given again.
    let people = town.service.database().users(&Filter::of(Tenant::Any)).unwrap();
    assert!(people.iter().all(|person| person.id.0 > 4), "{people:?}");
}

/// The next run pays what was earned, once; a payment without an answer gets one.
fn paid_once(
    town: Town,
    other: OrganisationId,
    approver: UserId,
    unanswered: &pass_numerique::domain::settlement::view::PaymentView,
) {
    let office = Office::new(town);
    assert!(office.approver > approver);
    let in_payment = office.stages()[1];
    office.payer_account(1);
    office.next_day();
    let (_, payments) = office.sent();
    assert_eq!(payments.len(), 2, "{payments:?}");
    assert!(payments.iter().all(|payment| payment.number > unanswered.number));
    let to = |organisation| {
        let own = payments.iter().filter(|payment| payment.organisation == organisation);
        own.map(|payment| payment.amount_cents.0).sum::<i64>()
    };
    assert_eq!(to(other), 2 * PRICE);
    let rest = office.stages();
    assert_eq!(rest[1], in_payment + payments.iter().map(earned).sum::<i64>());
    for payment in payments.iter().chain([unanswered]) {
        let answered = office.answer(payment, BankAnswer::Paid);
        assert!(matches!(answered, Outcome::Done { .. }), "{answered:?}");
    }
    assert_eq!(office.stages()[1], 0);
    office.town.audit();
}

fn earned(payment: &pass_numerique::domain::settlement::view::PaymentView) -> i64 {
    payment.earned.iter().map(|share| share.amount_cents.0).sum()
}

#[test]
fn an_archive_holds_nothing_of_other_programmes_and_nothing_that_opens_a_door() {
    on_each_empty_database(|location, folder| {
        let Scene { office, papers, strangers, .. } = Scene::set(location, folder);
        let town = office.town;
        let vault = Vault::new();
        vault.export(&town, "a.age");
        let files = vault.files("a.age");
        let text: String = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes)).collect();
        for kept in ["Médiathèque", "Association", IBANS[0], IBANS[2], "CCAS", "Département"] {
            assert!(text.contains(kept), "{kept}");
        }
        let digits: Vec<String> = papers
            .iter()
            .map(|paper| paper.url.chars().filter(char::is_ascii_digit).collect())
            .collect();
        let code = town.service.paper(papers[1].voucher).unwrap().manual_code;
        let code: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        let never = strangers.iter().copied().chain([
            FOREIGN_IBAN,
            "Lieu étranger",
            "etranger@o.example",
            "a@o.example",
            "Opératrice",
            "argon2",
            "PRIVATE KEY",
            code.as_str(),
        ]);
        for secret in never.chain(digits.iter().map(String::as_str)) {
            assert!(!text.contains(secret), "{secret}");
        }
        // Every event and posting is the programme's, or of whom it names.
        let events = files.iter().find(|(name, _)| name == "tables/event.jsonl").unwrap();
        for line in String::from_utf8_lossy(&events.1).lines() {
            let event: serde_json::Value = serde_json::from_str(line).unwrap();
            let of = event["programme"].as_i64();
            assert!(of.is_none_or(|of| of == town.programme.0), "{line}");
        }
        let now = town.service.clock.now();
        let before = seen(town.service.database(), town.programme, now);
        let owed = files.iter().find(|(name, _)| name == "owed.csv").unwrap();
        let owed = String::from_utf8_lossy(&owed.1).into_owned();
        let mut rows = csv::Reader::from_reader(owed.trim_start_matches('\u{feff}').as_bytes());
        let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
        let column = |place: usize| -> i64 {
            rows.iter().map(|row| row[place].parse::<i64>().unwrap()).sum()
        };
        assert_eq!(column(8), sum(&before, Stage::Earned));
        assert_eq!(column(10), sum(&before, Stage::InPayment));
        assert_eq!(column(11), sum(&before, Stage::Receivable));
        town.close();
    });
}

#[test]
fn the_demonstration_goes_over_programme_by_programme() {
    on_each_empty_database(|location, folder| {
        let today: Instant = "2026-11-28T10:00:00+01:00".parse().unwrap();
        let keys = folder.path().join("keys");
        secrets::keygen(&keys, None).unwrap();
        Database::migrate(&location).unwrap();
        let clock = Clock::fixed(pass_numerique::app::demo::begin(today));
        let service = Service::start(&location, &keys, None, "pass.example", clock).unwrap();
        service.demo(today, &|_, _, _| {}).unwrap();
        let all = Filter { limit: 10, ..Filter::of(Tenant::Any) };
        let programmes = service.database().programmes(&all).unwrap();
        assert!(programmes.len() > 1);
        let vault = Vault::new();
        let recipients = [vault.recipient.clone()];
        for programme in programmes {
            let (name, id) = (format!("{}.age", programme.id), programme.id);
            let path = vault.path(&name);
            let to = To { path: &path, recipients: &recipients, signer: None };
            export_programme(&location, id, &to, today).unwrap();
            let folder = vault.path(&format!("heir-{id}"));
            std::fs::create_dir(&folder).unwrap();
            let heir = other_kind(&location, &folder);
            let taken = vault.take_over(&name, &heir, None, today).unwrap();
            assert_eq!(taken.name, programme.name);
            let database = Database::open(&heir).unwrap();
            let found = database.programmes(&all).unwrap();
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].id, id);
            assert_eq!(seen(&database, id, today), seen(service.database(), id, today));
        }
        service.stop();
    });
}

/// What no programme takes with it: people and what opens doors, the operator's own, what is drawn
/// or counted anew, and logs of what was printed, sent or refused.
const LEFT_BEHIND: [&str; 30] = [
    "account_token",
    "alarm",
    "api_key",
    "audit_run",
    "browser_session",
    "declaration",
    "failed_scan",
    "head",
    "kept_file",
    "key_set",
    "looks",
    "message",
    "own_reference",
    "person",
    "posting",
    "print_list",
    "printing",
    "programme_alert",
    "programme_export",
    "receipt_key",
    "recovery_code",
    "refresh_token",
    "refused_scan",
    "reminder",
    "restored",
    "second_factor",
    "short_link",
    "usage_month",
    "usage_rolled",
    "watched",
];

/// A new table is one or the other, by decision: postings go over with their events.
#[test]
fn every_table_goes_over_or_is_known_to_stay_behind() {
    on_each_database(|town| {
        if let Location::Postgres(_) = town.location {
            return;
        }
        let vault = Vault::new();
        vault.export(&town, "a.age");
        let names = "SELECT name AS text FROM sqlite_master WHERE type = 'table' \
            AND name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'";
        let tables = sql::Beside::open(&town.location).unwrap().texts(names);
        let tables: BTreeSet<String> = tables.into_iter().collect();
        let files = vault.files("a.age").into_iter();
        let over = files.filter_map(|(name, _)| {
            Some(name.strip_prefix("tables/")?.strip_suffix(".jsonl")?.to_owned())
        });
        let known: BTreeSet<String> = over.chain(LEFT_BEHIND.map(str::to_owned)).collect();
        assert_eq!(known, tables);
        town.close();
    });
}
