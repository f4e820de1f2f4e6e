//! An account as tables: the same rows and figures for a spreadsheet, a document and a page; and a
//! statement's. No sums but of rows, no words (the caller has those), and no files (`files.rs`).

mod files;
mod held;

pub use files::{csv, workbook};

use crate::domain::{
    calendar::{Day, Instant, Zone},
    fee::FeeLine,
    papers::Vat,
    period::Party,
    statement::{
        BalanceLine, ConflictLine, Control, PaymentLine, PlaceLine, ReversalLine, StageLine,
        Statement, WorkshopLine,
    },
};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Text(String),
    /// The key of a word.
    Word(String),
    /// A code of the catalogue of refusals.
    Reason(String),
    Count(i64),
    Cents(i64),
    /// Tenths of a whole.
    Tenths(i64),
    /// In hundredths of a percent.
    Percent(u16),
    Day(Day),
    Moment(Instant),
}

/// What an account consists of, in every form.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The key of what it is: the name of a workbook's first sheet.
    pub document: &'static str,
    /// When it was settled: a workbook says so.
    pub at: Instant,
    pub zone: Zone,
    /// What stands above the tables: the key of a heading, and what is so.
    pub facts: Vec<(&'static str, Cell)>,
    pub parts: Vec<Part>,
    /// The keys of what stands below them on paper.
    pub notes: &'static [&'static str],
}

/// A heading, whether figures stand below it, and its share of a page's width.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub key: &'static str,
    pub figure: bool,
    pub share: u16,
}

/// One table of a statement.
#[derive(Clone, Debug)]
pub struct Part {
    /// Of its heading.
    pub key: &'static str,
    pub columns: &'static [Column],
    pub rows: Vec<Vec<Cell>>,
    pub total: Option<Vec<Cell>>,
}

#[must_use]
pub const fn text(key: &'static str) -> Column {
    Column { key, figure: false, share: 3 }
}

#[must_use]
pub const fn figure(key: &'static str) -> Column {
    Column { key, figure: true, share: 2 }
}

#[must_use]
pub fn word(prefix: &str, code: &str) -> Cell {
    Cell::Word(format!("{prefix}-{code}"))
}

#[must_use]
pub fn named(name: &str, key: &str) -> Cell {
    Cell::Text(if name.is_empty() { key.to_owned() } else { name.to_owned() })
}

/// A statement with the SHA-256 of its JSON.
#[must_use]
pub fn sheet(statement: &Statement, sha256: &str) -> Sheet {
    Sheet {
        document: "statement-document",
        at: statement.closed_at,
        zone: statement.time_zone.clone(),
        facts: facts(statement, sha256),
        parts: parts(statement),
        notes: &[],
    }
}

fn facts(statement: &Statement, sha256: &str) -> Vec<(&'static str, Cell)> {
    let party = match statement.party {
        Party::Funder(_) => "statement-funder",
        Party::Organisation(_) => "statement-organisation",
    };
    let mut facts = vec![
        ("statement-number", Cell::Count(statement.number)),
        (party, Cell::Text(statement.party_name.clone())),
        ("programme", Cell::Text(statement.programme_name.clone())),
        ("statement-from", Cell::Day(statement.first_day)),
        ("statement-to", Cell::Day(statement.last_day)),
        ("statement-closed-at", Cell::Moment(statement.closed_at)),
        ("statement-open-conflicts", Cell::Count(statement.open_conflicts)),
        ("statement-quarantined", Cell::Count(statement.quarantined)),
        ("statement-closed-seq", Cell::Text(statement.closed_seq.to_string())),
        ("statement-chain", Cell::Text(statement.chain.clone())),
        ("statement-sha256", Cell::Text(sha256.to_owned())),
    ];
    facts.extend(vat(statement.vat));
    facts
}

/// How vouchers stand to VAT, where it is stated.
#[must_use]
pub fn vat(vat: Vat) -> Option<(&'static str, Cell)> {
    (!vat.is_unstated()).then(|| ("field-vat", word("vat", vat.code())))
}

/// The tables, without those that have no rows.
fn parts(statement: &Statement) -> Vec<Part> {
    let of_funder = matches!(statement.party, Party::Funder(_));
    let reversals = if of_funder { "statement-earlier-reversals" } else { "statement-reversals" };
    let mut parts =
        vec![stages(statement), balance(statement), fee(statement), held::part(statement)];
    parts.push(places("statement-territories", &TERRITORY_COLUMNS, &statement.territories));
    parts.push(places("statement-venues", &VENUE_COLUMNS, &statement.venues));
    parts.push(workshops("statement-workshops", &statement.workshops));
    parts.push(workshops("statement-late", &statement.late));
    parts.extend([self::reversals(reversals, statement), conflicts(statement)]);
    parts.extend([payments(statement), controls(statement)]);
    parts.retain(|part| !part.rows.is_empty());
    parts
}

fn stages(statement: &Statement) -> Part {
    let row = |line: &StageLine| {
        vec![
            word("stage", line.stage.code()),
            Cell::Cents(line.opening_cents),
            Cell::Cents(line.in_cents),
            Cell::Cents(line.out_cents),
            Cell::Cents(line.closing_cents),
        ]
    };
    Part {
        key: "statement-stages",
        columns: const {
            &[
                text("statement-stage"),
                figure("statement-opening"),
                figure("statement-in"),
                figure("statement-out"),
                figure("statement-closing"),
            ]
        },
        rows: statement.stages.iter().map(row).collect(),
        total: None,
    }
}

fn balance(statement: &Statement) -> Part {
    let row = |line: &BalanceLine| {
        vec![
            word("statement-item", line.item.code()),
            Cell::Count(line.opening_workshops),
            Cell::Count(line.month_workshops),
            Cell::Count(line.closing_workshops),
            Cell::Cents(line.opening_cents),
            Cell::Cents(line.month_cents),
            Cell::Cents(line.closing_cents),
        ]
    };
    Part {
        key: "statement-balance",
        columns: const {
            &[
                text("statement-item"),
                figure("statement-workshops-before"),
                figure("statement-workshops-month"),
                figure("statement-workshops-end"),
                figure("statement-cents-before"),
                figure("statement-cents-month"),
                figure("statement-cents-end"),
            ]
        },
        rows: statement.balance.iter().map(row).collect(),
        total: None,
    }
}

/// What the operator charges, beside the money of the programme.
fn fee(statement: &Statement) -> Part {
    let row = |line: &FeeLine| {
        vec![
            Cell::Word("fee-owed".to_owned()),
            Cell::Percent(line.basis_points),
            Cell::Cents(line.base_month_cents),
            Cell::Cents(line.opening_cents),
            Cell::Cents(line.month_cents),
            Cell::Cents(line.closing_cents),
        ]
    };
    Part {
        key: "statement-fee",
        columns: const {
            &[
                text("fee"),
                text("fee-rate"),
                figure("statement-earned"),
                figure("fee-before"),
                figure("fee-month"),
                figure("fee-end"),
            ]
        },
        rows: statement.fee.iter().map(row).collect(),
        total: None,
    }
}

const fn place_columns(by: &'static str) -> [Column; 5] {
    [
        text(by),
        figure("statement-redemptions"),
        figure("statement-workshops-used"),
        figure("statement-earned"),
        figure("statement-guaranteed"),
    ]
}

static TERRITORY_COLUMNS: [Column; 5] = place_columns("by-territory");
static VENUE_COLUMNS: [Column; 5] = place_columns("by-venue");

fn places(key: &'static str, columns: &'static [Column], lines: &[PlaceLine]) -> Part {
    let sum = |of: fn(&PlaceLine) -> i64| lines.iter().map(of).sum();
    let row = |line: &PlaceLine| {
        vec![
            named(&line.name, &line.key),
            Cell::Count(line.redemptions),
            Cell::Count(line.workshops),
            Cell::Cents(line.earned_cents),
            Cell::Cents(line.guaranteed_cents),
        ]
    };
    Part {
        key,
        columns,
        rows: lines.iter().map(row).collect(),
        total: Some(vec![
            Cell::Word("report-total".to_owned()),
            Cell::Count(sum(|line| line.redemptions)),
            Cell::Count(sum(|line| line.workshops)),
            Cell::Cents(sum(|line| line.earned_cents)),
            Cell::Cents(sum(|line| line.guaranteed_cents)),
        ]),
    }
}

fn workshops(key: &'static str, lines: &[WorkshopLine]) -> Part {
    let row = |line: &WorkshopLine| {
        vec![
            Cell::Text(line.seq.to_string()),
            Cell::Moment(line.occurred_at),
            named(&line.venue_name, &line.venue.to_string()),
            Cell::Count(line.workshops),
            Cell::Cents(line.amount_cents),
        ]
    };
    let counted = lines.iter().map(|line| line.workshops).sum();
    let earned = lines.iter().map(|line| line.amount_cents).sum();
    Part {
        key,
        columns: const {
            &[
                text("statement-seq"),
                text("workshop-at"),
                text("venue"),
                figure("workshops"),
                figure("amount"),
            ]
        },
        rows: lines.iter().map(row).collect(),
        total: Some(summed(3, counted, earned)),
    }
}

/// A last row: the word, empty cells, and the sums.
fn summed(before: usize, counted: i64, cents: i64) -> Vec<Cell> {
    let mut cells = vec![Cell::Word("report-total".to_owned())];
    cells.resize(before, Cell::Text(String::new()));
    cells.extend([Cell::Count(counted), Cell::Cents(cents)]);
    cells
}

fn reversals(key: &'static str, statement: &Statement) -> Part {
    let lines = &statement.reversals;
    let row = |line: &ReversalLine| {
        vec![
            Cell::Text(line.seq.to_string()),
            Cell::Text(line.redemption.to_string()),
            Cell::Day(line.day),
            named(&line.venue_name, &line.venue.to_string()),
            Cell::Count(line.workshops),
            Cell::Cents(line.amount_cents),
        ]
    };
    let counted = lines.iter().map(|line| line.workshops).sum();
    Part {
        key,
        columns: const {
            &[
                text("statement-seq"),
                text("statement-undone"),
                text("statement-undone-day"),
                text("venue"),
                figure("workshops"),
                figure("amount"),
            ]
        },
        rows: lines.iter().map(row).collect(),
        total: Some(summed(4, counted, lines.iter().map(|line| line.amount_cents).sum())),
    }
}

fn conflicts(statement: &Statement) -> Part {
    let lines = &statement.conflicts;
    let row = |line: &ConflictLine| {
        vec![
            Cell::Text(line.seq.to_string()),
            Cell::Moment(line.occurred_at),
            named(&line.venue_name, &line.venue.to_string()),
            Cell::Reason(line.reason.clone()),
            word("statement-conflict", &line.state),
            Cell::Count(line.workshops),
            Cell::Cents(line.amount_cents),
        ]
    };
    let counted = lines.iter().map(|line| line.workshops).sum();
    Part {
        key: "statement-conflicts",
        columns: const {
            &[
                text("statement-seq"),
                text("workshop-at"),
                text("venue"),
                text("cause"),
                text("state"),
                figure("workshops"),
                figure("amount"),
            ]
        },
        rows: lines.iter().map(row).collect(),
        total: Some(summed(5, counted, lines.iter().map(|line| line.amount_cents).sum())),
    }
}

fn payments(statement: &Statement) -> Part {
    let row = |line: &PaymentLine| {
        vec![
            Cell::Text(line.end_to_end_id.clone()),
            named(&line.organisation_name, &line.organisation.to_string()),
            Cell::Day(line.day),
            word("payment", line.state.code()),
            Cell::Cents(line.amount_cents),
        ]
    };
    Part {
        key: "statement-payments",
        columns: const {
            &[
                text("payment-name"),
                text("organisation"),
                text("statement-day"),
                text("state"),
                figure("amount"),
            ]
        },
        rows: statement.payments.iter().map(row).collect(),
        total: None,
    }
}

fn controls(statement: &Statement) -> Part {
    let row = |line: &Control| {
        vec![word("statement-check", &line.check), Cell::Cents(line.one), Cell::Cents(line.other)]
    };
    Part {
        key: "statement-controls",
        columns: const {
            &[
                Column { key: "statement-check", figure: false, share: 8 },
                figure("statement-check-one"),
                figure("statement-check-other"),
            ]
        },
        rows: statement.controls.iter().map(row).collect(),
        total: None,
    }
}
