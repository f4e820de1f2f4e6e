//! The controls of a yearly account: each figure in two ways that have to agree.
//! No figures of an account are made here (`make.rs`).

use super::make::Stated;
use crate::domain::{
    fee::FeeLine,
    ledger::Stage,
    statement::Control,
    yearly::{FundKind, YearMonth, YearPayee, YearlyAccount},
};

/// `earned` is what organisations earned by the journal.
pub fn controls(account: &YearlyAccount, earned: i64, stated: &[Stated]) -> Vec<Control> {
    let control = |check: &str, one, other| Control { check: check.to_owned(), one, other };
    let last = stated.last().map(|month| &month.statement);
    let by_statement = |stage: Stage| last.map_or(0, |statement| statement.closing(stage));
    let mut controls: Vec<Control> = account
        .stages
        .iter()
        .map(|line| control(line.stage.code(), line.closing_cents, by_statement(line.stage)))
        .collect();
    let net = |stage: Stage| {
        let line = account.stages.iter().find(|line| line.stage == stage);
        line.map_or(0, |line| line.in_cents - line.out_cents)
    };
    let funds = |returned: bool| -> i64 {
        let meant = account.funds.iter();
        let meant = meant.filter(|line| (line.kind == FundKind::Returned) == returned);
        meant.map(|line| line.amount_cents).sum()
    };
    let payees = |of: fn(&YearPayee) -> i64| account.organisations.iter().map(of).sum();
    let months = |of: fn(&YearMonth) -> i64| account.months.iter().map(of).sum();
    let held = |line: &YearPayee| {
        line.closing_earned_cents + line.closing_in_payment_cents - line.closing_receivable_cents
    };
    let of_stages = account.closing(Stage::Earned) + account.closing(Stage::InPayment)
        - account.closing(Stage::Receivable);
    let (debit, credit) = (
        account.stages.iter().map(|line| line.debit_cents).sum(),
        account.stages.iter().map(|line| line.credit_cents).sum(),
    );
    let paid = account.payments.iter().map(|line| line.amount_cents).sum();
    controls.extend([
        control("balanced", debit, credit),
        control("funds", funds(false), net(Stage::Funding)),
        control("returned", -funds(true), net(Stage::Returned)),
        control("payments", paid, net(Stage::Paid)),
        control("runs", account.runs.iter().map(|line| line.amount_cents).sum(), paid),
        control("months_funded", months(|line| line.funded_cents), net(Stage::Funding)),
        control("months_paid", months(|line| line.paid_cents), net(Stage::Paid)),
        control("organisations_earned", payees(|line| line.earned_cents), earned),
        control(
            "fees",
            account.fees.iter().map(|line| line.amount_cents).sum(),
            owed(stated.last(), |line| line.closing_cents)
                - owed(stated.first(), |line| line.opening_cents),
        ),
        control("organisations_paid", payees(|line| line.paid_cents), paid),
        control("organisations_held", payees(held), of_stages),
    ]);
    controls
}

/// Of the fee that a month's statement has.
fn owed(stated: Option<&Stated>, of: fn(&FeeLine) -> i64) -> i64 {
    stated.and_then(|month| month.statement.fee.as_ref()).map_or(0, of)
}
