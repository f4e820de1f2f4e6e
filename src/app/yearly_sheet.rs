//! A yearly account as tables: the same rows and figures for every form.
//! No sums but of rows, no words, and no files (`statement_sheet/files.rs`).

use super::statement_sheet::{Cell, Column, Part, Sheet, figure, named, text, vat, word};
use crate::domain::{ledger::Stage, programme::Payer, yearly::*};

/// An account with the SHA-256 of its JSON.
#[must_use]
pub fn sheet(account: &YearlyAccount, sha256: &str) -> Sheet {
    let mut parts = vec![stages(account), balance(account), months(account), funds(account)];
    parts.extend([runs(account), payments(account), organisations(account), fees(account)]);
    parts.push(controls(account));
    parts.retain(|part| !part.rows.is_empty());
    Sheet {
        document: "yearly-document",
        at: account.closed_at,
        zone: account.time_zone.clone(),
        facts: facts(account, sha256),
        parts,
        notes: &["yearly-certified", "delays-signed"],
    }
}

fn facts(account: &YearlyAccount, sha256: &str) -> Vec<(&'static str, Cell)> {
    let state = if account.provisional { "yearly-provisional" } else { "yearly-final" };
    let payer = match account.payer {
        Payer::Operator => "payer-operator",
        Payer::MandatedBody => "payer-mandated_body",
        Payer::Funder => "payer-funder",
    };
    let word = |key: &str| Cell::Word(key.to_owned());
    let mut facts = vec![
        ("yearly-year", Cell::Text(account.year.to_string())),
        ("state", word(state)),
        ("statement-funder", Cell::Text(account.funder_name.clone())),
        ("programme", Cell::Text(account.programme_name.clone())),
        ("yearly-payer", word(payer)),
        ("statement-from", Cell::Day(account.first_day)),
        ("statement-to", Cell::Day(account.last_day)),
        ("statement-closed-at", Cell::Moment(account.closed_at)),
        ("statement-closed-seq", Cell::Text(account.closed_seq.to_string())),
        ("statement-chain", Cell::Text(account.chain.clone())),
        ("yearly-sha256", Cell::Text(sha256.to_owned())),
        ("yearly-basis", word("yearly-basis-text")),
    ];
    facts.extend(vat(account.vat));
    facts
}

fn total(cells: usize, figures: &[Cell]) -> Vec<Cell> {
    let mut row = vec![Cell::Word("report-total".to_owned())];
    row.resize(cells, Cell::Text(String::new()));
    row.extend(figures.iter().cloned());
    row
}

fn stages(account: &YearlyAccount) -> Part {
    let row = |line: &YearStage| {
        vec![
            word("stage", line.stage.code()),
            Cell::Cents(line.opening_cents),
            Cell::Cents(line.in_cents),
            Cell::Cents(line.out_cents),
            Cell::Cents(line.closing_cents),
            Cell::Cents(line.debit_cents),
            Cell::Cents(line.credit_cents),
        ]
    };
    Part {
        key: "yearly-stages",
        columns: const {
            &[
                text("statement-stage"),
                figure("yearly-opening"),
                figure("statement-in"),
                figure("statement-out"),
                figure("yearly-closing"),
                figure("debit"),
                figure("credit"),
            ]
        },
        rows: account.stages.iter().map(row).collect(),
        total: None,
    }
}

fn balance(account: &YearlyAccount) -> Part {
    let row = |line: &YearItem| {
        vec![
            word("statement-item", line.item.code()),
            Cell::Count(line.opening_workshops),
            Cell::Count(line.year_workshops),
            Cell::Count(line.closing_workshops),
            Cell::Cents(line.opening_cents),
            Cell::Cents(line.year_cents),
            Cell::Cents(line.closing_cents),
        ]
    };
    Part {
        key: "yearly-balance",
        columns: const {
            &[
                text("statement-item"),
                figure("yearly-workshops-before"),
                figure("yearly-workshops-year"),
                figure("yearly-workshops-end"),
                figure("yearly-cents-before"),
                figure("yearly-cents-year"),
                figure("yearly-cents-end"),
            ]
        },
        rows: account.balance.iter().map(row).collect(),
        total: None,
    }
}

fn months(account: &YearlyAccount) -> Part {
    let sum = |of: fn(&YearMonth) -> i64| Cell::Cents(account.months.iter().map(of).sum());
    let row = |line: &YearMonth| {
        vec![
            Cell::Text(line.month.to_string()),
            Cell::Text(line.statement.to_string()),
            Cell::Cents(line.funded_cents),
            Cell::Cents(line.used_cents),
            Cell::Cents(line.paid_cents),
            Cell::Text(line.sha256.clone()),
        ]
    };
    let mut last = total(
        2,
        &[sum(|line| line.funded_cents), sum(|line| line.used_cents), sum(|line| line.paid_cents)],
    );
    last.push(Cell::Text(String::new()));
    Part {
        key: "yearly-months",
        columns: const {
            &[
                text("period-month"),
                text("yearly-statement"),
                figure("yearly-funded"),
                figure("yearly-used"),
                figure("yearly-paid"),
                Column { key: "yearly-statement-sha256", figure: false, share: 6 },
            ]
        },
        rows: account.months.iter().map(row).collect(),
        total: Some(last),
    }
}

fn funds(account: &YearlyAccount) -> Part {
    let row = |line: &YearFund| {
        vec![
            Cell::Text(line.seq.to_string()),
            Cell::Day(line.day),
            word("yearly-fund", line.kind.code()),
            Cell::Cents(line.amount_cents),
        ]
    };
    Part {
        key: "yearly-funds",
        columns: const {
            &[
                text("statement-seq"),
                text("statement-day"),
                text("yearly-fund-kind"),
                figure("amount"),
            ]
        },
        rows: account.funds.iter().map(row).collect(),
        total: Some(total(
            3,
            &[Cell::Cents(account.funds.iter().map(|line| line.amount_cents).sum())],
        )),
    }
}

fn runs(account: &YearlyAccount) -> Part {
    let row = |line: &YearRun| {
        vec![
            Cell::Text(line.run.clone()),
            Cell::Day(line.up_to),
            Cell::Text(line.claim.clone().unwrap_or_default()),
            Cell::Count(line.payments),
            Cell::Count(line.workshops),
            Cell::Cents(line.amount_cents),
        ]
    };
    let sum = |of: fn(&YearRun) -> i64| account.runs.iter().map(of).sum();
    let figures = [
        Cell::Count(sum(|line| line.payments)),
        Cell::Count(sum(|line| line.workshops)),
        Cell::Cents(sum(|line| line.amount_cents)),
    ];
    Part {
        key: "yearly-runs",
        columns: const {
            &[
                text("yearly-run"),
                text("yearly-run-up-to"),
                text("claim-number"),
                figure("payments"),
                figure("workshops"),
                figure("amount"),
            ]
        },
        rows: account.runs.iter().map(row).collect(),
        total: Some(total(3, &figures)),
    }
}

fn payments(account: &YearlyAccount) -> Part {
    let row = |line: &YearPayment| {
        let kind = if line.returned { "returned" } else { "paid" };
        let reference = line.reference.clone().unwrap_or_default();
        vec![
            Cell::Text(line.end_to_end_id.clone()),
            Cell::Text(line.run.clone()),
            word("payment", kind),
            Cell::Day(line.paid_on.unwrap_or(line.day)),
            Cell::Text(reference),
            named(&line.organisation_name, &line.organisation.to_string()),
            Cell::Count(line.workshops),
            Cell::Cents(line.earned_cents),
            Cell::Cents(line.kept_back_cents),
            Cell::Cents(line.amount_cents),
        ]
    };
    let sum = |of: fn(&YearPayment) -> i64| account.payments.iter().map(of).sum();
    let figures = [
        Cell::Count(sum(|line| line.workshops)),
        Cell::Cents(sum(|line| line.earned_cents)),
        Cell::Cents(sum(|line| line.kept_back_cents)),
        Cell::Cents(sum(|line| line.amount_cents)),
    ];
    Part {
        key: "yearly-payments",
        columns: const {
            &[
                text("payment-name"),
                text("yearly-run"),
                text("state"),
                text("statement-day"),
                text("yearly-reference"),
                Column { key: "organisation", figure: false, share: 4 },
                figure("workshops"),
                figure("statement-earned"),
                figure("yearly-kept-back"),
                figure("amount"),
            ]
        },
        rows: account.payments.iter().map(row).collect(),
        total: Some(total(6, &figures)),
    }
}

fn organisations(account: &YearlyAccount) -> Part {
    let row = |line: &YearPayee| {
        vec![
            named(&line.organisation_name, &line.organisation.to_string()),
            Cell::Text(line.siret.clone().unwrap_or_default()),
            Cell::Cents(line.earned_cents),
            Cell::Cents(line.paid_cents),
            Cell::Cents(line.closing_earned_cents),
            Cell::Cents(line.closing_in_payment_cents),
            Cell::Cents(line.closing_receivable_cents),
        ]
    };
    let sum = |of: fn(&YearPayee) -> i64| Cell::Cents(account.organisations.iter().map(of).sum());
    let figures = [
        sum(|line| line.earned_cents),
        sum(|line| line.paid_cents),
        sum(|line| line.closing_earned_cents),
        sum(|line| line.closing_in_payment_cents),
        sum(|line| line.closing_receivable_cents),
    ];
    Part {
        key: "yearly-organisations",
        columns: const {
            &[
                Column { key: "organisation", figure: false, share: 4 },
                text("yearly-siret"),
                figure("statement-earned"),
                figure("yearly-paid"),
                figure("yearly-due"),
                figure("stage-in_payment"),
                figure("stage-receivable"),
            ]
        },
        rows: account.organisations.iter().map(row).collect(),
        total: Some(total(2, &figures)),
    }
}

fn fees(account: &YearlyAccount) -> Part {
    let row = |line: &YearFee| {
        vec![
            Cell::Text(line.month.to_string()),
            Cell::Percent(line.basis_points),
            Cell::Cents(line.base_cents),
            Cell::Cents(line.amount_cents),
        ]
    };
    let sum = |of: fn(&YearFee) -> i64| Cell::Cents(account.fees.iter().map(of).sum());
    Part {
        key: "yearly-fees",
        columns: const {
            &[
                text("period-month"),
                text("fee-rate"),
                figure("statement-earned"),
                figure("fee-month"),
            ]
        },
        rows: account.fees.iter().map(row).collect(),
        total: Some(total(2, &[sum(|line| line.base_cents), sum(|line| line.amount_cents)])),
    }
}

fn controls(account: &YearlyAccount) -> Part {
    let row = |line: &crate::domain::statement::Control| {
        let of = if Stage::from_code(&line.check).is_some() { "stage" } else { "yearly-check" };
        vec![word(of, &line.check), Cell::Cents(line.one), Cell::Cents(line.other)]
    };
    Part {
        key: "yearly-controls",
        columns: const {
            &[
                Column { key: "statement-check", figure: false, share: 8 },
                figure("statement-check-one"),
                figure("statement-check-other"),
            ]
        },
        rows: account.controls.iter().map(row).collect(),
        total: None,
    }
}
