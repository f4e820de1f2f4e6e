//! The FEC against the text of the law: fields, order, forms, and what must be equal.
//! What the accounts are called is tested nowhere: accountants may change it.

use std::collections::{BTreeMap, BTreeSet};

use pass_numerique::domain::access::Tenant;

use super::{PROGRAM, history, trial_balance, url};
use crate::support::on_each_database;

/// Article A47 A-1, VII 1°: the information of an entry, in this order.
const FIELDS: &str = "JournalCode JournalLib EcritureNum EcritureDate CompteNum CompteLib \
    CompAuxNum CompAuxLib PieceRef PieceDate EcritureLib Debit Credit EcritureLet DateLet \
    ValidDate Montantdevise Idevise";

/// A date as AAAAMMJJ.
fn date(text: &str) -> &str {
    let parts = [text.get(..4), text.get(4..6), text.get(6..)].map(|part| {
        let part = part.filter(|part| part.chars().all(|c| c.is_ascii_digit()));
        part.unwrap_or_else(|| panic!("{text}")).parse::<u32>().unwrap()
    });
    let [year, month, day] = parts;
    assert!(text.len() == 8 && year > 1_999, "{text}");
    assert!((1..=12).contains(&month) && (1..=31).contains(&day), "{text}");
    text
}

/// An amount in base 10, a comma before the decimals, no separator of thousands, no sign.
fn amount(text: &str) -> i64 {
    let (euros, cents) = text.split_once(',').unwrap_or_else(|| panic!("{text}"));
    let digits = format!("{euros}{cents}");
    assert!(cents.len() == 2 && digits.chars().all(|c| c.is_ascii_digit()), "{text}");
    digits.parse().unwrap()
}

/// Checks a file, and tells debits less credits by account of the chart.
pub fn checked(text: &str) -> BTreeMap<String, i64> {
    let mut lines = text.split("\r\n");
    let heading: Vec<&str> = FIELDS.split_whitespace().collect();
    assert_eq!(lines.next().unwrap().split('\t').collect::<Vec<_>>(), heading);
    let mut sums = BTreeMap::new();
    let mut labels = BTreeMap::new();
    let mut entry = (0, 0);
    let mut validated = String::new();
    let mut pieces = BTreeSet::new();
    for line in lines.filter(|line| !line.is_empty()) {
        let cells: Vec<&str> = line.split('\t').collect();
        assert_eq!(cells.len(), heading.len(), "{line}");
        // Fields 1 to 6, 9 to 13 and 16 are always filled in.
        let filled = [0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 15];
        assert!(filled.iter().all(|at| !cells[*at].is_empty()), "{line}");
        // An auxiliary account has its label, a foreign amount its currency, a match its date.
        for pair in [(6, 7), (13, 14), (16, 17)] {
            assert_eq!(cells[pair.0].is_empty(), cells[pair.1].is_empty(), "{line}");
        }
        let number: i64 = cells[2].parse().unwrap();
        if number != entry.0 {
            assert_eq!((number, entry.1), (entry.0 + 1, 0), "before {line}");
            assert!(pieces.insert(cells[8].to_owned()), "{line}");
            entry.0 = number;
        }
        let (debit, credit) = (amount(cells[11]), amount(cells[12]));
        assert!(debit == 0 || credit == 0, "{line}");
        entry.1 += debit - credit;
        assert!(date(cells[3]) >= date(cells[9]) && date(cells[15]) >= cells[3], "{line}");
        // In the order of their validation.
        assert!(cells[15] >= validated.as_str(), "{line}");
        cells[15].clone_into(&mut validated);
        // The French chart: at least the first three digits are the numbers of the chart.
        assert!(cells[4].len() >= 3 && cells[4].chars().all(|c| c.is_ascii_digit()), "{line}");
        for (key, label) in [(4, 5), (0, 1), (6, 7)] {
            let name = (key, cells[key].to_owned());
            let known = labels.entry(name).or_insert_with(|| cells[label].to_owned());
            assert_eq!(known, cells[label], "{line}");
        }
        *sums.entry(cells[4].to_owned()).or_default() += debit - credit;
    }
    assert_eq!(entry.1, 0, "the last entry");
    assert!(entry.0 > 0, "{text}");
    sums
}

#[test]
fn the_fec_is_as_the_law_has_it_and_sums_to_the_ledger() {
    on_each_database(|town| {
        let office = history(town);
        let folder = tempfile::tempdir().unwrap();
        let run = |options: &[&str]| {
            std::process::Command::new(PROGRAM)
                .args(["export-ledger", "--format", "fec", "--database"])
                .arg(url(&office.town.location))
                .args(["--names", "--closing", "2026-12-31", "--folder"])
                .arg(folder.path())
                .args(options)
                .output()
                .unwrap()
        };
        let siren = ["--siren", "732829320"];
        let written = run(&siren);
        assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
        let file = folder.path().join("732829320FEC20261231.txt");
        let sums = checked(&std::fs::read_to_string(&file).unwrap());
        let ours = trial_balance(&office, Tenant::Any);
        let stage = |name: &str| -> i64 {
            let of = ours.iter().filter(|(key, _)| key.split(':').nth(1) == Some(name));
            of.map(|(_, cents)| cents).sum()
        };
        for (number, name) in [
            ("512100", "Funding"),
            ("512200", "Paid"),
            ("467100", "Available"),
            ("467200", "Guarantee"),
            ("467300", "Committed"),
            ("467400", "Releasable"),
            ("467500", "Earned"),
            ("467600", "InPayment"),
            ("467700", "Receivable"),
        ] {
            assert_eq!(sums[number], stage(name), "{name}");
        }
        // It is never written over, and has the name of somebody.
        assert_eq!(run(&siren).status.code(), Some(1));
        assert_eq!(run(&["--siren", "732829321"]).status.code(), Some(2));
        assert_eq!(run(&[]).status.code(), Some(2));
    });
}
