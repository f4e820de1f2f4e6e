//! Yearly accounts: made once a year is closed, equal to ledger and statements to the cent, and the
//! same for ever. Their forms are tested over the API.

use pass_numerique::{
    app::{view::AsOf, yearly},
    domain::{
        access::Tenant,
        calendar::Day,
        command::{Ask, Outcome},
        ids::*,
        ledger::Stage,
        period::{Month, NewYearlyAccount, PeriodAsk},
        refusal::Reason,
        sepa::digest,
        settlement::BankAnswer,
        view::Filter,
        yearly::YearlyAccount,
    },
};

use super::{
    month, period,
    statements::{all, close_all},
};
use crate::{
    core::{books::history, settlement::office::Office},
    support::{Town, on_each_database, refused},
};

/// The archived accounts of a year, by funder.
fn archived(town: &Town, year: i64) -> Vec<YearlyAccount> {
    let database = town.service.database();
    let filter = Filter { programme: Some(town.programme), ..Filter::of(Tenant::Any) };
    let mut rows = database.yearly_accounts(&filter).unwrap();
    rows.retain(|row| row.year == year);
    rows.sort_by_key(|row| row.funder);
    let read = |id| yearly::read(&yearly::archived(database, id).unwrap().text).unwrap();
    rows.iter().map(|row| read(row.id)).collect()
}

fn tend(town: &Town) -> u64 {
    town.service.tend_yearly_accounts(&|| true).unwrap()
}

/// The months from one on that are over by now.
fn close_from(town: &Town, mut next: Month, until: Month) {
    while next <= until {
        assert!(matches!(town.close_month(next), Outcome::Added { .. }), "{next}");
        town.service.tend_statements(&|| true).unwrap();
        next = next.next();
    }
}

/// What the ledger has at the end of a day.
fn as_the_ledger(town: &Town, account: &YearlyAccount, day: Day) {
    let all = Filter { limit: u32::MAX, ..Filter::of(Tenant::Any) };
    let accounts = town.service.database().accounts(&all, AsOf::Day(day)).unwrap();
    let own = |stage, organisation: Option<OrganisationId>| -> i64 {
        let meant = accounts.iter().filter(|row| {
            (row.stage, row.funder) == (stage, account.funder)
                && (organisation.is_none() || row.organisation == organisation)
        });
        let held: i64 = meant.map(|row| row.balance_cents.0).sum();
        if matches!(stage, Stage::Funding | Stage::Receivable) { -held } else { held }
    };
    for stage in Stage::ALL {
        assert_eq!(account.closing(*stage), own(*stage, None), "{day} {stage:?}");
    }
    assert!(!account.organisations.is_empty());
    for line in &account.organisations {
        let of = Some(line.organisation);
        assert_eq!(line.closing_earned_cents, own(Stage::Earned, of));
        assert_eq!(line.closing_in_payment_cents, own(Stage::InPayment, of));
        assert_eq!(line.closing_receivable_cents, own(Stage::Receivable, of));
    }
}

/// What the statements of its months have.
fn as_the_statements(town: &Town, account: &YearlyAccount) {
    let own: Vec<_> = account
        .months
        .iter()
        .map(|line| all(town, line.month).into_iter().find(|one| one.number == line.statement))
        .map(Option::unwrap)
        .collect();
    assert_eq!(own.last().unwrap().month.last_day(), account.last_day);
    for line in &account.stages {
        let of = |of: fn(&pass_numerique::domain::statement::StageLine) -> i64| -> i64 {
            let lines = own.iter().flat_map(|one| &one.stages);
            lines.filter(|one| one.stage == line.stage).map(of).sum()
        };
        assert_eq!(line.in_cents, of(|line| line.in_cents), "{:?}", line.stage);
        assert_eq!(line.out_cents, of(|line| line.out_cents), "{:?}", line.stage);
    }
    for line in &account.balance {
        let last = own.last().unwrap().balance.iter().find(|one| one.item == line.item).unwrap();
        assert_eq!(line.closing_workshops, last.closing_workshops);
        assert_eq!(line.opening_cents + line.year_cents, last.closing_cents);
    }
}

#[test]
fn a_yearly_account_equals_ledger_and_statements_to_the_cent_year_after_year() {
    on_each_database(|town| {
        let office = history(town);
        let town = &office.town;
        let months = close_all(town);
        assert_eq!((tend(town), tend(town)), (2, 0));
        let first = archived(town, 2026);
        assert_eq!(first.len(), 2);
        let next = months.last().unwrap().next();
        town.set("2028-01-03T10:00:00+01:00");
        close_from(town, next, month("2027-12"));
        assert_eq!((tend(town), tend(town)), (2, 0));
        let second = archived(town, 2027);
        for (before, after) in first.iter().zip(&second) {
            assert_eq!(before.funder, after.funder);
            for account in [before, after] {
                assert_eq!(account.contradiction(), None);
                assert!(!account.provisional && account.controls.len() > 15);
                as_the_ledger(town, account, account.last_day);
                as_the_statements(town, account);
            }
            for line in &after.stages {
                assert_eq!(line.opening_cents, before.closing(line.stage), "{:?}", line.stage);
            }
            assert_eq!((before.months.len(), after.months.len()), (2, 12));
            // A deposit of each, and what was taken back of the first.
            let funds: i64 = before.funds.iter().map(|line| line.amount_cents).sum();
            assert_eq!(funds, before.closing(Stage::Funding));
        }
        let paid = |accounts: &[YearlyAccount]| -> i64 {
            accounts.iter().flat_map(|one| &one.payments).map(|line| line.amount_cents).sum()
        };
        let transferred: i64 = first[0].payments.iter().map(|one| one.transferred_cents).sum();
        assert_eq!(paid(&first), transferred);
        let workshops: i64 = first[0].payments.iter().map(|one| one.workshops).sum();
        assert!(workshops > 0 && transferred > 0, "{:?}", first[0].payments);
        let runs: i64 = first[0].runs.iter().map(|run| run.workshops).sum();
        assert_eq!(runs, workshops);
        town.audit();
    });
}

#[test]
fn a_payment_that_came_back_is_an_expense_and_a_receipt_and_not_nothing() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        office.redeem(3);
        office.next_day();
        let (_, payments) = office.sent();
        for answer in [BankAnswer::Paid, BankAnswer::Returned(Some("AC04".to_owned()))] {
            let answered = office.answer(&payments[0], answer);
            assert!(matches!(answered, Outcome::Done { .. }), "{answered:?}");
        }
        let town = &office.town;
        town.set("2027-01-04T10:00:00+01:00");
        close_from(town, month("2026-11"), month("2026-12"));
        assert_eq!(tend(town), 2);
        let account = &archived(town, 2026)[0];
        let told: Vec<(bool, i64, i64)> = account
            .payments
            .iter()
            .map(|line| (line.returned, line.workshops, line.amount_cents))
            .collect();
        assert_eq!(told, [(false, 3, 1_800), (true, -3, -1_800)]);
        assert_eq!(account.organisations[0].closing_earned_cents, 1_800);
        town.audit();
    });
}

#[test]
fn a_year_that_goes_on_has_a_provisional_account_which_a_closed_month_replaces() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        town.redeemed(voucher);
        let (database, funder) = (town.service.database(), town.funders[0]);
        let read = |year| yearly::account(database, town.programme, year, funder);
        assert!(read(2026).is_err());
        town.set("2026-12-01T10:00:00+01:00");
        close_from(&town, month("2026-11"), month("2026-11"));
        assert_eq!(tend(&town), 0);
        let before = read(2026).unwrap();
        let account = yearly::read(&before.text).unwrap();
        assert!(account.provisional);
        assert_eq!(account.last_day, month("2026-11").last_day());
        assert_eq!(account.closing(Stage::Earned), 600);
        // What comes after the closed month changes nothing of it.
        town.redeemed(voucher);
        assert_eq!(read(2026).unwrap().text, before.text);
        assert!(read(2025).is_err() && read(2027).is_err());
        town.set("2027-01-02T10:00:00+01:00");
        close_from(&town, month("2026-12"), month("2026-12"));
        assert_eq!(tend(&town), 2);
        let after = yearly::read(&read(2026).unwrap().text).unwrap();
        assert!(!after.provisional);
        assert_eq!(after.closing(Stage::Earned), 1_200);
        assert_eq!(archived(&town, 2026)[0], after);
    });
}

#[test]
fn an_account_out_of_its_turn_is_refused_and_an_edited_one_is_told() {
    on_each_database(|town| {
        town.redeemed(town.issue(5).unwrap());
        let new = |period, funder| {
            let text = "{}".to_owned();
            let new = NewYearlyAccount { period, funder, digest: digest(&text), text };
            town.service.ask_as(None, Ask::Period(PeriodAsk::Account(new))).unwrap()
        };
        let funder = town.funders[0];
        assert_eq!(refused(&new(PeriodId(1), funder)), Reason::NotFound);
        town.set("2027-01-02T10:00:00+01:00");
        close_from(&town, month("2026-11"), month("2026-11"));
        // November is not the year's last month.
        assert_eq!(refused(&new(period(&town).id, funder)), Reason::RequestMalformed);
        town.close_month(month("2026-12"));
        // December is not stated yet.
        assert_eq!(refused(&new(period(&town).id, funder)), Reason::RequestMalformed);
        town.service.tend_statements(&|| true).unwrap();
        assert_eq!(tend(&town), 2);
        assert_eq!(refused(&new(period(&town).id, funder)), Reason::StatementsAdvanced);
        town.audit();
        for sql in [
            "DELETE FROM yearly_account",
            "UPDATE yearly_account SET year = 2025",
            "DELETE FROM yearly_account_text",
            "UPDATE yearly_account_text SET text = '{}'",
        ] {
            let refusal = town.execute(sql).unwrap_err();
            assert!(refusal.contains("append-only"), "{sql}: {refusal}");
        }
    });
}
