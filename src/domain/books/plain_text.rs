//! Journals in plain text: hledger and beancount. A debit is above zero there, a credit below.
//! No order: lines come as the journal has them.

use super::{BookLine, Called, account_name, euros, one_line};
use crate::domain::{ids::Seq, ledger::AccountKey};

pub fn hledger_beginning(until: Seq) -> String {
    format!(
        "; Pass numérique: the ledger up to event {until}\n\
         decimal-mark .\ncommodity 1000.00 EUR\n\n"
    )
}

pub fn beancount_beginning(until: Seq) -> String {
    format!(
        "; Pass numérique: the ledger up to event {until}\n\
         option \"title\" \"Pass numérique\"\noption \"operating_currency\" \"EUR\"\n\
         1970-01-01 commodity EUR\n\n"
    )
}

pub fn hledger_account(key: &AccountKey, called: &Called) -> String {
    let said = names(called).map(|(what, name)| format!("  ; {what}: {name}\n"));
    format!("account {}\n{}", account_name(key), said.collect::<String>())
}

pub fn beancount_account(key: &AccountKey, called: &Called) -> String {
    let quoted = |name: &str| name.replace('\\', "/").replace('"', "'");
    let said = names(called).map(|(what, name)| format!("  {what}: \"{}\"\n", quoted(&name)));
    format!("1970-01-01 open {} EUR\n{}", account_name(key), said.collect::<String>())
}

/// The names that are known, with what they are the names of.
fn names(called: &Called) -> impl Iterator<Item = (&'static str, String)> {
    let Called { programme, funder, organisation } = called;
    [("programme", programme), ("funder", funder), ("organisation", organisation)]
        .into_iter()
        .filter(|(_, name)| !name.is_empty())
        .map(|(what, name)| (what, one_line(name)))
}

pub fn hledger_line(line: &BookLine, first: bool) -> String {
    let BookLine { event, kind, day, .. } = line;
    let head = if first { format!("\n{day} * ({event}) {kind}\n") } else { String::new() };
    format!("{head}    {}\n", posting(line))
}

pub fn beancount_line(line: &BookLine, first: bool) -> String {
    let BookLine { event, kind, day, .. } = line;
    let head =
        if first { format!("\n{day} * \"{kind}\"\n  event: {event}\n") } else { String::new() };
    format!("{head}  {}\n", posting(line))
}

fn posting(line: &BookLine) -> String {
    let debit = line.amount.0.saturating_neg();
    format!("{}  {} EUR", account_name(&line.key), euros(debit, '.'))
}
