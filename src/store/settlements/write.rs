//! Writing what a batch changed of runs, payments and accounts.
//! No rules and no commit.

use diesel::prelude::*;

use super::{BankAccountRow, PayerAccountRow, PaymentRow, SettlementRow, WaitingRow, asked};
use crate::{
    domain::{
        settlement::{BankAccount, PayerAccount},
        world::{Effects, World},
    },
    store::{
        connection::{Conn, on_either},
        load::Failure,
        oversight_schema::paid_order,
        settlement_schema::*,
    },
};

/// Bytes of a row's text.
const LONGEST_PART: usize = 1 << 20;

/// Writes in the order of what names what: accounts, runs, payments; a payment that takes a failed
/// one up before the failed one.
pub fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let (books, changed) = (&world.books, &effects.changed);
    asked::write(conn, world, effects)?;
    for of in &changed.bank_accounts {
        let row = books.bank_accounts.get(of).and_then(bank_account_row);
        on_either!(conn, conn => {
            diesel::insert_into(bank_account::table).values(row.as_slice()).execute(conn)?
        });
    }
    for of in &changed.payer_accounts {
        let row = books.payer_accounts.get(of).and_then(payer_account_row);
        on_either!(conn, conn => {
            diesel::insert_into(payer_account::table).values(row.as_slice()).execute(conn)?
        });
    }
    for run in changed.settlements.iter().filter_map(|id| books.settlements.get(id)) {
        let row = SettlementRow::of(run)?;
        on_either!(conn, conn => {
            diesel::insert_into(settlement::table)
                .values(&row)
                .on_conflict(settlement::id)
                .do_update()
                .set(&row)
                .execute(conn)?
        });
    }
    for row in changed.payments.iter().rev().filter_map(|id| books.payments.get(id)) {
        let row = PaymentRow::of(row)?;
        on_either!(conn, conn => {
            diesel::insert_into(payment::table)
                .values(&row)
                .on_conflict(payment::id)
                .do_update()
                .set(&row)
                .execute(conn)?
        });
    }
    for (payment, order) in &effects.paid_orders {
        let row = (
            paid_order::payment.eq(payment.0),
            paid_order::reference.eq(&order.reference),
            paid_order::paid_on.eq(i64::from(order.day.0)),
            paid_order::entered_by.eq(order.by.map(|id| id.0)),
            paid_order::entered_at.eq(order.at.0),
        );
        on_either!(conn, conn => {
            diesel::insert_into(paid_order::table).values(row).execute(conn)?
        });
    }
    for (run, waiting) in &effects.waiting {
        let row = WaitingRow {
            settlement: run.0,
            organisation: waiting.organisation.0,
            cause: waiting.cause.code().to_owned(),
            amount_cents: waiting.amount_cents.0,
        };
        on_either!(conn, conn => {
            diesel::insert_into(settlement_waiting::table).values(&row).execute(conn)?
        });
    }
    for (run, text) in &effects.payment_files {
        for (part, text) in (0_i64..).zip(parts(text)) {
            let row = (
                payment_file::settlement.eq(run.0),
                payment_file::part.eq(part),
                payment_file::text.eq(text),
            );
            on_either!(conn, conn => {
                diesel::insert_into(payment_file::table).values(row).execute(conn)?
            });
        }
    }
    Ok(())
}

/// A text in pieces that a line of a backup can hold.
pub fn parts(mut text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while !text.is_empty() {
        let (part, rest) = text.split_at(text.floor_char_boundary(LONGEST_PART));
        parts.push(part);
        text = rest;
    }
    parts
}

fn bank_account_row(row: &BankAccount) -> Option<BankAccountRow> {
    let account = row.account.as_ref()?;
    Some(BankAccountRow {
        id: row.id.0,
        organisation: row.organisation.0,
        holder: account.holder.clone(),
        iban: account.iban.reveal().to_owned(),
        bic: account.bic.as_ref().map(|bic| bic.as_str().to_owned()),
        entered_by: row.entered_by.map(|id| id.0),
        entered_at: row.entered_at.0,
        usable_from: row.usable_from.0,
        asked_by: row.asked_by.map(|id| id.0),
    })
}

fn payer_account_row(row: &PayerAccount) -> Option<PayerAccountRow> {
    let account = row.account.as_ref()?;
    Some(PayerAccountRow {
        id: row.id.0,
        programme: row.programme.0,
        holder: account.holder.clone(),
        iban: account.iban.reveal().to_owned(),
        bic: account.bic.as_ref().map(|bic| bic.as_str().to_owned()),
        minimum_cents: row.minimum.0,
        entered_at: row.entered_at.0,
    })
}
