//! The ledger as text that other programs recompute: hledger, beancount, CSV, and the FEC.
//! No queries: lines come in the order of the journal, one after the other, however many.

mod fec;
mod plain_text;
mod table;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{
    calendar::Day,
    cents::Cents,
    ids::Seq,
    ledger::{AccountKey, Stage},
};

pub use fec::{FEC_FIELDS, NotASiren, Siren, file_name};

/// What reads the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Hledger,
    Beancount,
    /// A line a posting, for a spreadsheet.
    Csv,
    /// Fichier des écritures comptables: article A47 A-1 of the Livre des procédures fiscales.
    Fec,
}

impl Format {
    pub const ALL: [Self; 4] = [Self::Hledger, Self::Beancount, Self::Csv, Self::Fec];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hledger => "hledger",
            Self::Beancount => "beancount",
            Self::Csv => "csv",
            Self::Fec => "fec",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// How the names of such files end.
    #[must_use]
    pub const fn ending(self) -> &'static str {
        match self {
            Self::Hledger => "journal",
            Self::Beancount => "beancount",
            Self::Csv => "csv",
            Self::Fec => "txt",
        }
    }
}

/// One posting, with what its event is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookLine {
    pub event: Seq,
    pub kind: String,
    /// Of recording, in the zone of the programme.
    pub day: Day,
    pub key: AccountKey,
    /// Positive: a credit; negative: a debit.
    pub amount: Cents,
}

/// What an account is about is called so; empty where names are not wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Called {
    pub programme: String,
    pub funder: String,
    pub organisation: String,
}

/// Writes one text: its beginning, its accounts, its lines in the order of the journal, its end.
#[derive(Debug)]
pub struct Bookkeeper {
    format: Format,
    /// The event whose lines are being written.
    open: Option<Seq>,
    entries: u64,
    lines: u64,
    /// The last day so far; entries of a FEC are validated one after the other.
    latest: Day,
}

impl Bookkeeper {
    #[must_use]
    pub const fn new(format: Format) -> Self {
        Self { format, open: None, entries: 0, lines: 0, latest: Day(0) }
    }

    /// The end of the journal that is written.
    #[must_use]
    pub fn beginning(&self, until: Seq) -> String {
        match self.format {
            Format::Hledger => plain_text::hledger_beginning(until),
            Format::Beancount => plain_text::beancount_beginning(until),
            Format::Csv => table::beginning(),
            Format::Fec => fec::beginning(),
        }
    }

    /// An account, before any line.
    #[must_use]
    pub fn account(&self, key: &AccountKey, called: &Called) -> String {
        match self.format {
            Format::Hledger => plain_text::hledger_account(key, called),
            Format::Beancount => plain_text::beancount_account(key, called),
            Format::Csv | Format::Fec => String::new(),
        }
    }

    /// The next line of the journal.
    #[must_use]
    pub fn line(&mut self, line: &BookLine, called: &Called) -> String {
        let first = self.open != Some(line.event);
        if first {
            self.open = Some(line.event);
            self.entries += 1;
            self.latest = self.latest.max(line.day);
        }
        self.lines += 1;
        match self.format {
            Format::Hledger => plain_text::hledger_line(line, first),
            Format::Beancount => plain_text::beancount_line(line, first),
            Format::Csv => table::line(line, called),
            Format::Fec => fec::line(line, called, self.entries, self.latest),
        }
    }

    /// Says how much it was, where the format has a place for it: a text that was cut off has none.
    #[must_use]
    pub fn end(&self) -> String {
        match self.format {
            Format::Hledger | Format::Beancount => {
                format!("\n; end: {} transactions, {} postings\n", self.entries, self.lines)
            }
            Format::Csv | Format::Fec => String::new(),
        }
    }
}

/// The name of an account, by numbers: as hledger and beancount both take it.
#[must_use]
pub fn account_name(key: &AccountKey) -> String {
    let AccountKey { programme, version, funder, stage, organisation } = key;
    let (side, stage) = place(*stage);
    let of = organisation.map(|id| format!(":O{id}")).unwrap_or_default();
    format!("{side}:{stage}:P{programme}:V{version}:F{funder}{of}")
}

/// On which side of the balance sheet a stage stands: what came in, and what venues owe, is held;
/// all the rest says whose it is.
const fn place(stage: Stage) -> (&'static str, &'static str) {
    match stage {
        Stage::Funding => ("Assets", "Funding"),
        Stage::Receivable => ("Assets", "Receivable"),
        Stage::Available => ("Liabilities", "Available"),
        Stage::Guarantee => ("Liabilities", "Guarantee"),
        Stage::Committed => ("Liabilities", "Committed"),
        Stage::Releasable => ("Liabilities", "Releasable"),
        Stage::Earned => ("Liabilities", "Earned"),
        Stage::InPayment => ("Liabilities", "InPayment"),
        Stage::Paid => ("Liabilities", "Paid"),
        Stage::Returned => ("Liabilities", "Returned"),
    }
}

/// Cents in euros with two decimals, after a point or a comma.
fn euros(cents: i64, mark: char) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}{mark}{:02}", cents / 100, cents % 100)
}

/// What stands in one line, whatever somebody called something.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Debit and credit of a posting, never below zero.
const fn sides(amount: Cents) -> (i64, i64) {
    if amount.0 < 0 { (amount.0.saturating_neg(), 0) } else { (0, amount.0) }
}
