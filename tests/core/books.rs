//! The exported ledger of a town with a history, recomputed by hledger, beancount and by hand.
//! The letters of each format are tested beside `domain/books`.

mod fec;

use std::{collections::BTreeMap, path::Path, process::Command};

use pass_numerique::{
    app::{
        export_ledger::{Export, Wanted},
        view::{AsOf, Location},
    },
    domain::{
        access::Tenant,
        books::{Format, account_name},
        cents::Cents,
        command::{Ask, Outcome, Reverse},
        event::Fund,
        registry::Role,
        settlement::BankAnswer,
        view::Filter,
    },
};

use super::settlement::{
    guaranteed::{guaranteed, over_api, spent_twice},
    office::Office,
};
use crate::{
    faults::program::PROGRAM,
    support::{Town, on_each_database},
};

const DAY: i64 = 86_400;

/// Cents by account, a debit above zero, those that are zero left out.
type Balances = BTreeMap<String, i64>;

fn later(office: &Office, days: i64) {
    let clock = &office.town.service.clock;
    clock.set(clock.now().plus_seconds(days * DAY));
}

fn asked(office: &Office, ask: Ask) {
    let outcome = office.town.service.ask_as(None, ask).unwrap();
    assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
}

/// Everything that moves money, at least once.
pub fn history(town: Town) -> Office {
    let office = super::settlement::guaranteed::office(town);
    let first = office.redeem(3);
    assert!(matches!(office.town.reverse(first[2]), Outcome::Reversed { .. }));
    let (office, conflict) = over_api(office, spent_twice);
    let (office, _) = over_api(office, |api| guaranteed(api, &conflict));
    office.next_day();
    let (_, payments) = office.sent();
    office.answer(&payments[0], BankAnswer::Paid);
    let undo = Reverse { redemption: first[0], organisation: None, supervisor: false };
    asked(&office, Ask::Reverse(undo));
    office.redeem(4);
    office.next_day();
    let (_, payments) = office.sent();
    office.answer(&payments[0], BankAnswer::Rejected(Some("AC04".to_owned())));
    office.redeem(1);
    office.next_day();
    let (_, payments) = office.sent();
    office.answer(&payments[0], BankAnswer::Paid);
    let (programme, by) = (office.town.programme, Fund::Deposit);
    let funder = office.town.funders[0];
    asked(&office, Ask::Withdraw { programme, funder, amount: Cents(1_234), by });
    for days in [121, 8] {
        later(&office, days);
        assert!(office.town.service.expire().unwrap() > 0);
        office.redeem(2);
    }
    later(&office, 91);
    office.town.issue(5).unwrap();
    later(&office, 30);
    office.town.service.expire().unwrap();
    let late = office.redeem(2);
    office.sent();
    office.redeem(1);
    assert!(matches!(office.town.reverse(late[1]), Outcome::Reversed { .. }));
    let undo = Reverse { redemption: first[1], organisation: None, supervisor: false };
    asked(&office, Ask::Reverse(undo));
    office.town.audit();
    office
}

fn trial_balance(office: &Office, within: Tenant) -> Balances {
    let filter = Filter { limit: u32::MAX, ..Filter::of(within) };
    let rows = office.database().accounts(&filter, AsOf::Now).unwrap();
    let told = rows.iter().map(|row| {
        let key = pass_numerique::domain::ledger::AccountKey {
            programme: row.programme,
            version: row.version,
            funder: row.funder,
            stage: row.stage,
            organisation: row.organisation,
        };
        (account_name(&key), -row.balance_cents.0)
    });
    told.filter(|(_, cents)| *cents != 0).collect()
}

pub fn url(location: &Location) -> String {
    match location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    }
}

/// What the command prints.
pub fn exported(office: &Office, options: &[&str]) -> String {
    let run = Command::new(PROGRAM)
        .args(["export-ledger", "--database", &url(&office.town.location)])
        .args(options)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8(run.stdout).unwrap()
}

/// What a program says of a file; `None` where there is no such program.
#[expect(clippy::print_stderr, reason = "what is left out is said")]
fn said(program: &str, arguments: &[&str], file: &Path, last: &[&str]) -> Option<String> {
    match Command::new(program).args(arguments).arg(file).args(last).output() {
        Ok(run) => {
            let told = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success(), "{program} {arguments:?}: {told}");
            Some(String::from_utf8(run.stdout).unwrap())
        }
        Err(cause) => {
            eprintln!("left out: the ledger as {program} computes it, since {program}: {cause}");
            None
        }
    }
}

/// `12.05 EUR` in cents.
fn cents(text: &str) -> i64 {
    let text = text.trim().trim_matches('"').trim_end_matches("EUR").trim();
    let (whole, part) = text.split_once('.').unwrap_or((text, "00"));
    assert_eq!(part.len(), 2, "{text}");
    format!("{whole}{part}").parse().unwrap_or_else(|_| panic!("{text}"))
}

/// Account and amount, a line each, after a heading.
fn balances(csv: &str) -> Balances {
    let line = |line: &str| {
        let (account, amount) = line.split_once(',').unwrap_or_else(|| panic!("{line}"));
        let zero = amount.trim().trim_matches('"').is_empty();
        let amount = if zero { 0 } else { cents(amount) };
        (account.trim().trim_matches('"').to_owned(), amount)
    };
    csv.lines().skip(1).map(line).filter(|(_, cents)| *cents != 0).collect()
}

/// As hledger computes it, which checks that each transaction balances and each account is known.
pub fn by_hledger(text: &str) -> Option<Balances> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.journal");
    std::fs::write(&file, text).unwrap();
    said("hledger", &["check", "--strict", "-f"], &file, &[])?;
    let told = said("hledger", &["balance", "--flat", "-N", "-O", "csv", "-f"], &file, &[])?;
    Some(balances(&told))
}

/// As beancount computes it.
fn by_beancount(text: &str) -> Option<Balances> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ledger.beancount");
    std::fs::write(&file, text).unwrap();
    said("bean-check", &[], &file, &[])?;
    let query = "select account, sum(position) group by account";
    Some(balances(&said("bean-query", &["-f", "csv"], &file, &[query])?))
}

/// The sums of a table's debits and credits.
fn by_hand(text: &str) -> Balances {
    let mut sums = Balances::new();
    for line in text.trim_start_matches('\u{feff}').lines().skip(1) {
        let cells: Vec<&str> = line.split(';').collect();
        *sums.entry(cells[3].to_owned()).or_default() += cents(cells[9]) - cents(cells[10]);
    }
    sums.retain(|_, cents| *cents != 0);
    sums
}

#[test]
fn others_compute_the_same_balance_of_every_account() {
    on_each_database(|town| {
        let office = history(town);
        let ours = trial_balance(&office, Tenant::Any);
        let stages: std::collections::BTreeSet<&str> =
            ours.keys().filter_map(|name| name.split(':').nth(1)).collect();
        let all = [
            "Available",
            "Committed",
            "Earned",
            "Funding",
            "Guarantee",
            "InPayment",
            "Paid",
            "Receivable",
            "Releasable",
        ];
        assert_eq!(stages.into_iter().collect::<Vec<_>>(), all);
        for names in [&[][..], &["--names"]] {
            let as_format = |format| exported(&office, &[&["--format", format], names].concat());
            let hledger = by_hledger(&as_format("hledger"));
            assert_eq!(hledger.as_ref().unwrap_or(&ours), &ours);
            let beancount = by_beancount(&as_format("beancount"));
            assert_eq!(beancount.as_ref().unwrap_or(&ours), &ours);
            assert_eq!(by_hand(&as_format("csv")), ours);
        }
    });
}

#[test]
fn parts_of_the_ledger_sum_to_the_whole() {
    on_each_database(|town| {
        let office = history(town);
        let whole = exported(&office, &["--format", "csv"]);
        let early = exported(&office, &["--format", "csv", "--to", "2026-11-24"]);
        let late = exported(&office, &["--format", "csv", "--from", "2026-11-25"]);
        let rest = late.split_once('\n').unwrap().1;
        assert!(early.len() > 1_000 && rest.len() > 1_000);
        assert_eq!(format!("{early}{rest}"), whole);
        let programme = office.town.programme.to_string();
        let options = ["--format", "csv", "--programme", &programme];
        assert_eq!(exported(&office, &options), whole);
        let nothing = exported(&office, &["--format", "csv", "--programme", "99"]);
        assert_eq!(nothing.lines().count(), 1);
    });
}

#[test]
fn a_ledger_in_small_pieces_is_the_same() {
    on_each_database(|town| {
        let office = history(town);
        let database = office.database();
        for format in [Format::Hledger, Format::Beancount, Format::Csv] {
            let (within, programme) = (Tenant::Any, None);
            let wanted = Wanted { format, within, programme, from: None, to: None, named: false };
            let mut export = Export::begin(&database, wanted).unwrap().in_pieces_of(7);
            let (mut pieces, mut text) = (0, String::new());
            while let Some(piece) = export.piece(&database).unwrap() {
                pieces += 1;
                text.push_str(&piece);
            }
            assert!(pieces > 10, "{pieces}");
            assert_eq!(text, exported(&office, &["--format", format.code()]));
        }
    });
}

#[test]
fn a_funder_gets_its_own_accounts_and_they_balance() {
    on_each_database(|town| {
        let office = history(town);
        let expected = |within| trial_balance(&office, within);
        let funders = office.town.funders;
        let own = funders.map(|funder| expected(Tenant::Funder(funder)));
        let ours = expected(Tenant::Any);
        assert_eq!(own[0].len() + own[1].len(), ours.len());
        over_api(office, |api| {
            for (funder, own) in funders.into_iter().zip(&own) {
                let analyst = api.person(Role::Analyst(funder));
                let get = |format: &str| {
                    let path = format!("/v1/ledger/export?names=true&format={format}");
                    let reply = analyst.get(&path);
                    assert_eq!(reply.status, 200, "{}", reply.text);
                    reply
                };
                let hledger = get("hledger");
                assert_eq!(hledger.header("content-type"), "text/plain; charset=utf-8");
                assert_eq!(by_hledger(&hledger.text).as_ref().unwrap_or(own), own);
                let beancount = by_beancount(&get("beancount").text);
                assert_eq!(beancount.as_ref().unwrap_or(own), own);
                assert_eq!(&by_hand(&get("csv").text), own);
            }
            let reply = api.person(Role::Operator).get("/v1/ledger/export?format=hledger");
            let end = reply.text.lines().last().unwrap();
            assert!(end.starts_with("; end: "), "{end}");
            let wrong = api.person(Role::Operator).get("/v1/ledger/export?format=sage");
            assert_eq!((wrong.status, wrong.reason()), (400, "query_invalid"));
        });
    });
}
