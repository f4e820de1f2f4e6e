//! Books of a few lines, letter by letter; programs read whole ones in `tests/core/books`.
//! No database.

use super::*;
use crate::domain::ids::{FunderId, OrganisationId, ProgrammeId};

fn line(event: i64, stage: Stage, organisation: Option<i64>, amount: i64) -> BookLine {
    let key = AccountKey {
        programme: ProgrammeId(7),
        version: 1,
        funder: FunderId(2),
        stage,
        organisation: organisation.map(OrganisationId),
    };
    let day = "2026-11-23".parse().unwrap();
    BookLine { event: Seq(event), kind: "redeemed".to_owned(), day, key, amount: Cents(amount) }
}

fn called() -> Called {
    let name = "=a \"b\";\tc\n";
    Called { organisation: name.to_owned(), funder: "État".to_owned(), ..Called::default() }
}

fn written(format: Format) -> String {
    let mut keeper = Bookkeeper::new(format);
    let lines = [
        line(5, Stage::Committed, None, -1_205),
        line(5, Stage::Earned, Some(3), 1_205),
        line(9, Stage::Earned, Some(3), -7),
        line(9, Stage::InPayment, Some(3), 7),
    ];
    let mut text = keeper.account(&lines[1].key, &called());
    text.extend(lines.iter().map(|line| keeper.line(line, &called())));
    text + &keeper.end()
}

#[test]
fn a_journal_has_one_transaction_an_event() {
    let expected = "account Liabilities:Earned:P7:V1:F2:O3\n  ; funder: État\n  \
        ; organisation: =a \"b\"; c \n\n\
        2026-11-23 * (5) redeemed\n    Liabilities:Committed:P7:V1:F2  12.05 EUR\n    \
        Liabilities:Earned:P7:V1:F2:O3  -12.05 EUR\n\n\
        2026-11-23 * (9) redeemed\n    Liabilities:Earned:P7:V1:F2:O3  0.07 EUR\n    \
        Liabilities:InPayment:P7:V1:F2:O3  -0.07 EUR\n\n; end: 2 transactions, 4 postings\n";
    assert_eq!(written(Format::Hledger), expected);
}

#[test]
fn beancount_has_the_event_as_metadata_and_names_in_one_line() {
    let text = written(Format::Beancount);
    let opened = "1970-01-01 open Liabilities:Earned:P7:V1:F2:O3 EUR\n  funder: \"État\"\n  \
        organisation: \"=a 'b'; c \"\n";
    assert!(text.starts_with(opened), "{text}");
    assert!(text.contains("\n2026-11-23 * \"redeemed\"\n  event: 9\n  Liabilities:"), "{text}");
}

#[test]
fn a_table_has_a_line_a_posting_and_no_formulas() {
    let text = written(Format::Csv);
    let second = text.lines().nth(1).unwrap();
    let expected = "5;2026-11-23;redeemed;Liabilities:Earned:P7:V1:F2:O3;earned;7;1;2;3;0.00;12.05\
        ;;\"État\";\"'=a \"\"b\"\"; c \"";
    assert_eq!(second, expected);
}

#[test]
fn a_fec_counts_its_entries_and_writes_commas() {
    let text = written(Format::Fec);
    let expected = "OD\tOpérations sur les pass\t2\t20261123\t467600\tStructures, virements en \
        cours\tO3\t=a \"b\"; c \t9\t20261123\tredeemed P7 V1 F2\t0,00\t0,07\t\t\t20261123\t\t";
    assert_eq!(text.lines().last(), Some(expected));
    for line in text.lines() {
        assert_eq!(line.split('\t').count(), FEC_FIELDS.len(), "{line}");
    }
}

#[test]
fn a_siren_has_its_check_digit_and_names_the_file() {
    for wrong in ["732829321", "73282932", "7328293200", "73282932a", ""] {
        assert_eq!(wrong.parse::<Siren>(), Err(NotASiren), "{wrong}");
    }
    let siren: Siren = "732829320".parse().unwrap();
    let name = file_name(siren, "2026-12-31".parse().unwrap());
    assert_eq!(name, "732829320FEC20261231.txt");
}
