//! Fichier des écritures comptables, as article A47 A-1 of the Livre des procédures fiscales has
//! it: tabs, commas, dates as AAAAMMJJ. No opening balances: it begins where the journal does.

use std::{fmt, str::FromStr};

use super::{BookLine, Called, euros, one_line, sides};
use crate::domain::{calendar::Day, ledger::Stage};

/// The 18 fields, in the order of the law.
pub const FEC_FIELDS: [&str; 18] = [
    "JournalCode",
    "JournalLib",
    "EcritureNum",
    "EcritureDate",
    "CompteNum",
    "CompteLib",
    "CompAuxNum",
    "CompAuxLib",
    "PieceRef",
    "PieceDate",
    "EcritureLib",
    "Debit",
    "Credit",
    "EcritureLet",
    "DateLet",
    "ValidDate",
    "Montantdevise",
    "Idevise",
];

/// The nine digits by which a French legal person is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Siren(u32);

/// What is wrong with a text that should be a SIREN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a SIREN: nine digits, the last one a check digit")]
pub struct NotASiren;

impl FromStr for Siren {
    type Err = NotASiren;

    fn from_str(text: &str) -> Result<Self, NotASiren> {
        let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
        let digits = digits.filter(|digits| digits.len() == 9).ok_or(NotASiren)?;
        let doubled = |(at, digit): (usize, &u32)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, twice) => twice / 10 + twice % 10,
        };
        let sum: u32 = digits.iter().rev().enumerate().map(doubled).sum();
        if !sum.is_multiple_of(10) {
            return Err(NotASiren);
        }
        text.parse().map(Self).map_err(|_| NotASiren)
    }
}

impl fmt::Display for Siren {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:09}", self.0)
    }
}

/// The name that the law wants: the SIREN, and the day on which the financial year ends.
#[must_use]
pub fn file_name(siren: Siren, closing: Day) -> String {
    format!("{siren}FEC{}.txt", date(closing))
}

/// The account of the French chart that a stage is, and what it is called.
const fn account(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Funding => ("512100", "Fonds reçus des financeurs"),
        Stage::Paid => ("512200", "Paiements aux structures"),
        Stage::Returned => ("512300", "Fonds rendus aux financeurs"),
        Stage::Available => ("467100", "Financeurs, fonds disponibles"),
        Stage::Guarantee => ("467200", "Financeurs, fonds de garantie"),
        Stage::Committed => ("467300", "Financeurs, pass en circulation"),
        Stage::Releasable => ("467400", "Financeurs, pass éteints à libérer"),
        Stage::Earned => ("467500", "Structures, ateliers à payer"),
        Stage::InPayment => ("467600", "Structures, virements en cours"),
        Stage::Receivable => ("467700", "Structures, trop-perçus"),
    }
}

/// The journal that a kind of event belongs to, and what it is called.
fn journal(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "funded" | "withdrawn" | "programme_closed" | "programme_ended" => ("FI", "Financements"),
        "payment_prepared" | "payment_paid" | "payment_failed" => ("PA", "Paiements"),
        _ => ("OD", "Opérations sur les pass"),
    }
}

pub fn beginning() -> String {
    format!("{}\r\n", FEC_FIELDS.join("\t"))
}

/// `entry` counts the entries of the file, `validated` is the latest day up to this line.
pub fn line(line: &BookLine, called: &Called, entry: u64, validated: Day) -> String {
    let key = &line.key;
    let (code, journal) = journal(&line.kind);
    let (number, label) = account(key.stage);
    let (payee, name) = match key.organisation {
        Some(organisation) => (format!("O{organisation}"), &called.organisation),
        None => (format!("F{}", key.funder), &called.funder),
    };
    let name = if name.is_empty() { payee.clone() } else { name.clone() };
    let day = date(line.day);
    let what = format!("{} P{} V{} F{}", line.kind, key.programme, key.version, key.funder);
    let (debit, credit) = sides(line.amount);
    let cells = [
        code.to_owned(),
        journal.to_owned(),
        entry.to_string(),
        day.clone(),
        number.to_owned(),
        label.to_owned(),
        payee,
        one_line(&name),
        line.event.to_string(),
        day,
        what,
        euros(debit, ','),
        euros(credit, ','),
        String::new(),
        String::new(),
        date(validated),
        String::new(),
        String::new(),
    ];
    format!("{}\r\n", cells.join("\t"))
}

fn date(day: Day) -> String {
    let (year, month, day) = day.parts();
    format!("{year:04}{month:02}{day:02}")
}
