//! What statements say: of each funder and each organisation, month after month, to the cent.
//! Their forms are tested over the API.

use std::collections::BTreeMap;

use pass_numerique::{
    app::{
        statements::read,
        view::{AsOf, Limits},
    },
    domain::{
        access::Tenant,
        cents::Cents,
        command::{Ask, Outcome},
        event::Fund,
        ids::*,
        ledger::Stage,
        period::{Month, NewStatement, Party, PeriodAsk},
        programme::{Share, Terms},
        refusal::Reason,
        statement::{BalanceItem, Statement},
        view::Filter,
    },
    sys::clock::Clock,
};

use super::{month, period};
use crate::{
    core::books::{by_hledger, exported, history, url},
    faults::program::PROGRAM,
    support::{Town, on_each_database, on_each_empty_database, refused, terms},
};

/// The statements of a month, by number.
pub fn all(town: &Town, month: Month) -> Vec<Statement> {
    let database = town.service.database();
    let (programme, month) = (Some(town.programme), Some(month));
    let filter = Filter { programme, month, limit: 1_000, ..Filter::of(Tenant::Any) };
    let mut rows = database.statements(&filter).unwrap();
    rows.reverse();
    rows.iter().map(|row| read(database, row.id).unwrap()).collect()
}

/// Closes every month that is over, and has its statements made.
pub fn close_all(town: &Town) -> Vec<Month> {
    let zone = "Europe/Paris".parse().unwrap();
    let today = town.service.clock.now().day(&zone);
    let mut months = Vec::new();
    let mut next = month("2026-11");
    while next.last_day() < today {
        let outcome = town.close_month(next);
        assert!(matches!(outcome, Outcome::Added { .. }), "{next}: {outcome:?}");
        assert!(town.service.tend_statements(&|| true).unwrap() > 0, "{next}");
        assert!(period(town).stated, "{next}");
        months.push(next);
        next = next.next();
    }
    months
}

/// What hledger computes at the end of a day: cents by funder and stage, above zero as statements
/// have it.
fn recomputed(text: &str) -> Option<BTreeMap<(FunderId, Stage), i64>> {
    let mut sums: BTreeMap<(FunderId, Stage), i64> = BTreeMap::new();
    for (account, cents) in by_hledger(text)? {
        let parts: Vec<&str> = account.split(':').collect();
        let code = match parts[1] {
            "InPayment" => "in_payment".to_owned(),
            other => other.to_lowercase(),
        };
        let stage = Stage::from_code(&code).unwrap();
        let funder = FunderId(parts[4].trim_start_matches('F').parse().unwrap());
        let debit = parts[0] == "Assets";
        *sums.entry((funder, stage)).or_default() += if debit { cents } else { -cents };
    }
    Some(sums)
}

#[test]
fn funders_and_venues_statements_agree_with_each_other_and_with_hledger_month_after_month() {
    on_each_database(|town| {
        let office = history(town);
        let town = &office.town;
        let months = close_all(town);
        assert!(months.len() > 6, "{months:?}");
        let mut number = 0;
        let mut before: Vec<Statement> = Vec::new();
        for month in months {
            let statements = all(town, month);
            for statement in &statements {
                number += 1;
                assert_eq!(statement.number, number, "{month}");
                assert_eq!(statement.contradiction(), None);
            }
            let of_funders: Vec<&Statement> =
                statements.iter().filter(|one| matches!(one.party, Party::Funder(_))).collect();
            assert_eq!(of_funders.len(), 2, "{month}");
            chained(&before, &statements);
            agree(&statements, month);
            balanced(town, &of_funders, month);
            let to = month.last_day().to_string();
            let text = exported(&office, &["--format", "hledger", "--to", &to]);
            for statement in &of_funders {
                let Party::Funder(funder) = statement.party else { continue };
                let Some(theirs) = recomputed(&text) else { return };
                for stage in Stage::ALL {
                    let hledger = theirs.get(&(funder, *stage)).copied().unwrap_or_default();
                    assert_eq!(statement.closing(*stage), hledger, "{month} {stage:?}");
                }
            }
            before = statements;
        }
        town.audit();
    });
}

/// The trial balance of the month's last day says the same.
fn balanced(town: &Town, of_funders: &[&Statement], month: Month) {
    let all = Filter { limit: u32::MAX, ..Filter::of(Tenant::Any) };
    let day = AsOf::Day(month.last_day());
    let accounts = town.service.database().accounts(&all, day).unwrap();
    for statement in of_funders {
        for stage in Stage::ALL {
            let own = accounts
                .iter()
                .filter(|row| row.stage == *stage && Party::Funder(row.funder) == statement.party);
            let held: i64 = own.map(|row| row.balance_cents.0).sum();
            let other_side = matches!(stage, Stage::Funding | Stage::Receivable);
            let held = if other_side { -held } else { held };
            assert_eq!(statement.closing(*stage), held, "{month} {stage:?}");
        }
    }
}

/// A month opens as the month before ended.
fn chained(before: &[Statement], after: &[Statement]) {
    for statement in after {
        let earlier = before.iter().find(|one| one.party == statement.party);
        for line in &statement.stages {
            let opening = earlier.map_or(0, |one| one.closing(line.stage));
            assert_eq!(line.opening_cents, opening, "{:?}", line.stage);
        }
    }
}

/// Venues' statements are made of the same money as funders'.
fn agree(statements: &[Statement], month: Month) {
    let sum = |funders: bool, of: &dyn Fn(&Statement) -> i64| -> i64 {
        let side = statements.iter().filter(|one| matches!(one.party, Party::Funder(_)) == funders);
        side.map(of).sum()
    };
    for stage in [Stage::Earned, Stage::InPayment, Stage::Receivable] {
        let closing = |one: &Statement| one.closing(stage);
        assert_eq!(sum(true, &closing), sum(false, &closing), "{month} {stage:?}");
    }
    let earned = |one: &Statement| one.venues.iter().map(|line| line.earned_cents).sum::<i64>();
    assert_eq!(sum(true, &earned), sum(false, &earned), "{month}");
    let paid = |one: &Statement| one.payments.iter().map(|line| line.amount_cents).sum::<i64>();
    assert_eq!(sum(true, &paid), sum(false, &paid), "{month}");
    let late = |one: &Statement| one.late.iter().map(|line| line.amount_cents).sum::<i64>();
    assert_eq!(sum(true, &late), sum(false, &late), "{month}");
}

#[test]
fn a_funder_of_35_percent_sees_its_own_cents_exactly() {
    let of_35 = |[one, other]: [FunderId; 2]| Terms {
        price_cents: Cents(1_001),
        shares: vec![Share { funder: one, weight: 35 }, Share { funder: other, weight: 65 }],
        ..terms([one, other])
    };
    on_each_empty_database(|location, folder| {
        let clock = Clock::fixed("2026-11-23T10:00:00+01:00".parse().unwrap());
        let town = Town::found_at(location, folder, clock, Limits::default(), of_35);
        let voucher = town.issue(7).unwrap();
        for _ in 0..3 {
            town.redeemed(voucher);
        }
        let programme = town.service.database().programme(town.programme).unwrap().unwrap();
        let own = |numbers: std::ops::Range<i64>| -> i64 {
            let legs = numbers.flat_map(|number| programme.pricing(1).legs(number));
            legs.filter(|(funder, _)| *funder == town.funders[0]).map(|(_, cents)| cents.0).sum()
        };
        let (used, all_seven) = (own(0..3), own(0..7));
        // By rounding each workshop it would be another sum.
        assert!(used == 1_051 && all_seven == 2_452, "{used} of {all_seven}");
        close_after(&town);
        let statement = &all(&town, month("2026-11"))[0];
        assert_eq!(statement.party, Party::Funder(town.funders[0]));
        assert_eq!(statement.closing(Stage::Earned), used);
        assert_eq!(statement.closing_of(BalanceItem::Used), used);
        assert_eq!(statement.closing_of(BalanceItem::Issued), all_seven);
        assert_eq!(statement.closing_of(BalanceItem::Outstanding), all_seven - used);
        assert_eq!(statement.venues[0].earned_cents, used);
        assert_eq!(statement.venues[0].workshops, 3);
        let workshops: Vec<i64> =
            statement.balance.iter().map(|line| line.closing_workshops).collect();
        assert_eq!(workshops, [7, 3, 0, 0, 4]);
        town.audit();
    });
}

fn close_after(town: &Town) {
    town.set("2026-12-01T10:00:00+01:00");
    assert_eq!(close_all(town), [month("2026-11")]);
}

#[test]
fn a_replaced_pass_counts_as_issued_once() {
    on_each_database(|town| {
        let lost = town.issue(10).unwrap();
        town.redeemed(lost);
        let draft = town.service.draft(town.service.clock.now()).unwrap();
        town.service.ask_as(None, Ask::Replace { voucher: lost, draft }).unwrap();
        let cancelled = town.issue(5).unwrap();
        town.redeemed(cancelled);
        town.service.ask_as(None, Ask::Cancel { voucher: cancelled }).unwrap();
        close_after(&town);
        let statement = &all(&town, month("2026-11"))[0];
        let lines: Vec<(i64, i64)> = statement
            .balance
            .iter()
            .map(|line| (line.closing_workshops, line.closing_cents))
            .collect();
        assert_eq!(lines, [(15, 9_000), (2, 1_200), (0, 0), (4, 2_400), (9, 5_400)]);
    });
}

#[test]
fn a_late_workshop_and_a_reversal_stand_in_the_month_in_which_they_were_recorded() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let early = town.redeemed(voucher);
        close_after(&town);
        let mut late = town.redemption(super::Shown::Known(voucher));
        let Ask::Redeem(redeem) = &mut late.ask else { panic!() };
        redeem.occurred_at = "2026-11-30T16:00:00+01:00".parse().unwrap();
        let Outcome::Redeemed(late) = town.service.ask(late).unwrap().outcome else { panic!() };
        town.undo(early, true);
        town.set("2027-01-01T10:00:00+01:00");
        town.close_month(month("2026-12"));
        town.service.tend_statements(&|| true).unwrap();
        let statements = all(&town, month("2026-12"));
        let [state, _, venue] = statements.as_slice() else { panic!("{}", statements.len()) };
        for (statement, cents) in [(state, 600), (venue, 1_000)] {
            let [line] = statement.late.as_slice() else { panic!("{:?}", statement.late) };
            assert_eq!((line.seq, line.amount_cents), (late.seq, cents));
            let [line] = statement.reversals.as_slice() else { panic!("{statement:?}") };
            assert_eq!((line.redemption, line.amount_cents), (early, -cents));
            assert_eq!(line.day.to_string(), "2026-11-23");
        }
        assert_eq!(venue.workshops.len(), 1);
        town.audit();
    });
}

#[test]
fn statements_are_made_once_without_gaps_also_after_a_stop_in_the_midst_of_it() {
    on_each_database(|town| {
        town.redeemed(town.issue(5).unwrap());
        town.set("2026-12-01T10:00:00+01:00");
        town.close_month(month("2026-11"));
        // It stops before anything is made, goes on after a restart, and then has nothing to do.
        assert_eq!(town.service.tend_statements(&|| false).unwrap(), 0);
        let town = town.restarted();
        assert_eq!(town.service.tend_statements(&|| true).unwrap(), 3);
        assert_eq!(town.service.tend_statements(&|| true).unwrap(), 0);
        let again = |number, party| {
            let (text, digest) = ("{}".to_owned(), "0".repeat(64));
            let statements = vec![NewStatement { number, party, text, digest }];
            let ask = PeriodAsk::Archive { period: period(&town).id, statements };
            refused(&town.service.ask_as(None, Ask::Period(ask)).unwrap())
        };
        assert_eq!(again(4, Party::Funder(FunderId(99))), Reason::StatementsAdvanced);
        assert_eq!(period(&town).statements, 3);
        town.audit();
    });
}

#[test]
fn a_statement_out_of_its_turn_or_made_already_is_refused_and_spoils_nothing() {
    on_each_database(|town| {
        town.redeemed(town.issue(5).unwrap());
        town.set("2026-12-01T10:00:00+01:00");
        town.close_month(month("2026-11"));
        let new = |number, funder: FunderId| {
            let (text, digest) = ("{}".to_owned(), pass_numerique::domain::sepa::digest("{}"));
            NewStatement { number, party: Party::Funder(funder), text, digest }
        };
        let archive = |statements| {
            let ask = PeriodAsk::Archive { period: period(&town).id, statements };
            town.service.ask_as(None, Ask::Period(ask)).unwrap()
        };
        let [one, other] = town.funders;
        assert_eq!(refused(&archive(vec![new(2, one)])), Reason::StatementsAdvanced);
        assert_eq!(refused(&archive(vec![new(1, one), new(2, one)])), Reason::StatementsAdvanced);
        assert_eq!(refused(&archive(Vec::new())), Reason::RequestMalformed);
        assert!(matches!(archive(vec![new(1, one)]), Outcome::Done { .. }));
        assert_eq!(refused(&archive(vec![new(2, one)])), Reason::StatementsAdvanced);
        assert!(matches!(archive(vec![new(2, other)]), Outcome::Done { .. }));
        town.audit();
    });
}

#[test]
fn a_programme_with_another_version_is_stated_over_all_of_them() {
    on_each_database(|town| {
        town.redeemed(town.issue(5).unwrap());
        let mut terms = terms(town.funders);
        terms.price_cents = Cents(1_001);
        let change = pass_numerique::domain::command::Change::Programme {
            programme: town.programme,
            name: "Essai".to_owned(),
            terms: Box::new(terms),
        };
        town.service.ask_as(None, Ask::Change(change)).unwrap();
        town.redeemed(town.issue(5).unwrap());
        let (programme, funder) = (town.programme, town.funders[0]);
        let (amount, by) = (Cents(5_000), Fund::Deposit);
        town.service.ask_as(None, Ask::Fund { programme, funder, amount, by }).unwrap();
        close_after(&town);
        let statement = &all(&town, month("2026-11"))[0];
        assert_eq!(statement.closing(Stage::Funding), 65_000);
        assert_eq!(statement.closing(Stage::Earned), 600 + 600);
        town.audit();
    });
}

#[test]
fn a_month_is_closed_and_a_statement_printed_from_the_command_line() {
    on_each_empty_database(|location, folder| {
        let clock = Clock::fixed("2026-10-05T10:00:00+02:00".parse().unwrap());
        let town = Town::found_at(location, folder, clock, Limits::default(), terms);
        let (url, keys) = (url(&town.location), town.keys.clone());
        let folder = town.close();
        let run = |options: &[&str]| {
            let program = std::process::Command::new(PROGRAM).args(options).output().unwrap();
            let text = String::from_utf8_lossy(&program.stdout).into_owned();
            (program.status.code(), text)
        };
        let keys = keys.to_str().unwrap();
        let close = |month| {
            let own = ["close", "--database", &url, "--keys", keys, "--programme", "1"];
            run(&[&own[..], &["--month", month]].concat())
        };
        assert_eq!(close("2026-11-01").0, Some(2));
        assert_eq!(close("2026-09").0, Some(3));
        let closed = close("2026-10");
        assert!(closed.1.ends_with("2 statements made\n"), "{closed:?}");
        assert_eq!(close("2026-10").0, Some(3));
        let own = ["statement", "--database", &url, "--programme", "1", "--number"];
        let (code, text) = run(&[&own[..], &["2"]].concat());
        let statement: Statement = serde_json::from_str(&text).unwrap();
        assert_eq!((code, statement.number), (Some(0), 2));
        assert_eq!(statement.closing(Stage::Available), 40_000);
        assert_eq!(run(&[&own[..], &["3"]].concat()).0, Some(1));
        drop(folder);
    });
}
