//! The payment orders of a run whose funder pays venues itself: a list for its accountant, the same
//! bytes for the same values. No bank and no format of a bank (`sepa`).

use serde::Serialize;

use super::report::{harmless, sheet};
use crate::{
    domain::{calendar::Day, cents::Cents, sepa::end_to_end_id},
    store::PaymentFile,
};

/// One venue organisation's order.
#[derive(Serialize)]
struct PaymentOrderLine {
    /// As it is to be quoted with the payment.
    order: String,
    organisation: String,
    siret: String,
    holder: String,
    iban: String,
    bic: String,
    amount_cents: Cents,
    currency: &'static str,
    /// It pays what was earned up to the end of this day.
    up_to: Day,
}

/// The list; `payees` says what organisations are called, with their SIRET.
///
/// # Errors
/// When a line cannot be written.
pub fn list(
    file: &PaymentFile,
    payees: &[(i64, String, Option<String>)],
) -> Result<String, csv::Error> {
    let lines = file.lines.iter().filter_map(|line| {
        let payment = &line.payment;
        let to = line.account.account.as_ref()?;
        let payee = payees.iter().find(|(id, ..)| *id == payment.organisation.0);
        let (name, siret) = payee.map(|(_, name, siret)| (name.clone(), siret.clone()))?;
        Some(PaymentOrderLine {
            order: end_to_end_id(payment.programme, payment.number),
            organisation: harmless(&name),
            siret: siret.unwrap_or_default(),
            holder: harmless(&to.holder),
            iban: to.iban.reveal().to_owned(),
            bic: to.bic.as_ref().map(|bic| bic.as_str().to_owned()).unwrap_or_default(),
            amount_cents: payment.amount(),
            currency: "EUR",
            up_to: file.settlement.day,
        })
    });
    sheet(lines)
}
