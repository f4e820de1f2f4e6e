//! How fast an organisation was paid, as tables: the same rows and figures for every form.
//! No words and no files (`statement_sheet/files.rs`).

use super::{
    delays::{PaymentDelay, PaymentDelays, ProgrammeDelays},
    statement_sheet::{Cell, Column, Part, Sheet, figure, text, word},
};
use crate::domain::calendar::{Day, Instant, Zone};

/// What was read at a moment.
#[must_use]
pub fn sheet(delays: &PaymentDelays, at: Instant) -> Sheet {
    let mut parts = vec![programmes(delays), terms(delays), waiting(delays), payments(delays)];
    parts.retain(|part| !part.rows.is_empty());
    Sheet {
        document: "delays-document",
        at,
        zone: Zone::paris(),
        facts: facts(delays, at),
        parts,
        notes: &["delays-certified", "delays-signed"],
    }
}

fn facts(delays: &PaymentDelays, at: Instant) -> Vec<(&'static str, Cell)> {
    let word = |key: &str| Cell::Word(key.to_owned());
    let siret = delays.siret.clone().unwrap_or_else(|| "–".to_owned());
    let mut facts = vec![
        ("statement-organisation", Cell::Text(delays.name.clone())),
        ("yearly-siret", Cell::Text(siret)),
    ];
    if delays.public_body {
        facts.push(("delays-public", word("delays-public-text")));
    }
    facts.extend([
        ("statement-from", Cell::Day(delays.from)),
        ("statement-to", Cell::Day(delays.to)),
        ("delays-counted", word("delays-counted-text")),
        ("yearly-basis", word("delays-basis-text")),
        ("delays-made", Cell::Moment(at)),
        ("statement-seq", Cell::Text(delays.as_of.to_string())),
    ]);
    facts
}

fn days(days: Option<i64>) -> Cell {
    days.map_or_else(|| Cell::Text("–".to_owned()), Cell::Count)
}

fn day(day: Option<Day>) -> Cell {
    day.map_or_else(|| Cell::Text("–".to_owned()), Cell::Day)
}

fn programmes(delays: &PaymentDelays) -> Part {
    let row = |line: &ProgrammeDelays| {
        vec![
            Cell::Text(line.name.clone()),
            days(line.promised_days.map(i64::from)),
            days(line.longest_days),
            line.mean_tenths.map_or_else(|| Cell::Text("–".to_owned()), Cell::Tenths),
            Cell::Count(line.payments),
            Cell::Count(line.workshops),
            Cell::Count(line.late_workshops),
            Cell::Cents(line.amount_cents),
        ]
    };
    Part {
        key: "delays-programmes",
        columns: const {
            &[
                Column { key: "programme", figure: false, share: 4 },
                figure("delays-promised"),
                figure("delays-longest"),
                figure("delays-mean"),
                figure("payments"),
                figure("workshops"),
                figure("delays-late"),
                figure("amount"),
            ]
        },
        rows: delays.programmes.iter().map(row).collect(),
        total: None,
    }
}

/// On which conditions it is paid.
fn terms(delays: &PaymentDelays) -> Part {
    let row = |line: &ProgrammeDelays| {
        let payer = match line.payer {
            crate::domain::programme::Payer::Operator => "operator",
            crate::domain::programme::Payer::MandatedBody => "mandated_body",
            crate::domain::programme::Payer::Funder => "funder",
        };
        vec![
            Cell::Text(line.name.clone()),
            word("payer", payer),
            Cell::Word("delays-in-full".to_owned()),
            word("vat", line.vat.code()),
        ]
    };
    Part {
        key: "delays-terms",
        columns: const {
            &[
                text("programme"),
                text("yearly-payer"),
                text("delays-commission"),
                Column { key: "field-vat", figure: false, share: 6 },
            ]
        },
        rows: delays.programmes.iter().map(row).collect(),
        total: None,
    }
}

fn waiting(delays: &PaymentDelays) -> Part {
    let row = |line: &ProgrammeDelays| {
        vec![
            Cell::Text(line.name.clone()),
            day(line.waiting_since),
            Cell::Count(line.waiting_workshops),
            Cell::Count(line.waiting_late_workshops),
            Cell::Cents(line.waiting_cents),
        ]
    };
    let waits = |line: &&ProgrammeDelays| line.waiting_workshops != 0 || line.waiting_cents != 0;
    Part {
        key: "delays-waiting",
        columns: const {
            &[
                text("programme"),
                text("delays-since"),
                figure("workshops"),
                figure("delays-late"),
                figure("amount"),
            ]
        },
        rows: delays.programmes.iter().filter(waits).map(row).collect(),
        total: None,
    }
}

fn payments(delays: &PaymentDelays) -> Part {
    let row = |line: &PaymentDelay| {
        vec![
            Cell::Text(line.end_to_end_id.clone()),
            Cell::Text(line.reference.clone().unwrap_or_default()),
            day(line.first_day),
            day(line.last_day),
            Cell::Day(line.paid_on),
            days(line.longest_days),
            Cell::Count(line.workshops),
            Cell::Count(line.late_workshops),
            Cell::Cents(line.amount_cents),
        ]
    };
    let sum = |of: fn(&PaymentDelay) -> i64| delays.payments.iter().map(of).sum();
    let mut total = vec![Cell::Word("report-total".to_owned())];
    total.resize(5, Cell::Text(String::new()));
    total.extend([
        days(delays.payments.iter().filter_map(|line| line.longest_days).max()),
        Cell::Count(sum(|line| line.workshops)),
        Cell::Count(sum(|line| line.late_workshops)),
        Cell::Cents(sum(|line| line.amount_cents)),
    ]);
    Part {
        key: "delays-payments",
        columns: const {
            &[
                text("payment-name"),
                text("yearly-reference"),
                text("delays-first"),
                text("delays-last"),
                text("delays-paid-on"),
                figure("delays-longest"),
                figure("workshops"),
                figure("delays-late"),
                figure("amount"),
            ]
        },
        rows: delays.payments.iter().map(row).collect(),
        total: Some(total),
    }
}
