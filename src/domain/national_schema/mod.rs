//! Venues in the national data standard: `LaMednum/standard-mediation-num` v1.0.2, v0, and mixes.
//! No files and no network: bytes come in and values go out. No people's names, no e-mail.

mod columns;
mod forms;
mod read;
mod record;
mod rows;
mod text;
pub mod write;
mod wrongness;

#[cfg(test)]
mod tests;

use serde::Serialize;

pub use self::{
    read::read,
    write::{csv, json},
    wrongness::Wrongness,
};
use super::{calendar::Day, payee::Siret, service::Service};
pub use text::key as folded;

/// The largest file that is read.
pub const MAX_BYTES: usize = 32 << 20;
/// The most venues that are read from a file.
pub const MAX_ROWS: usize = 50_000;

/// What a file gave: the good rows, and every problem in the order of the lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Import {
    pub records: Vec<Numbered<VenueRecord>>,
    pub problems: Vec<Problem>,
}

/// A value and the line of the file on which it starts, from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Numbered<T> {
    pub line: u64,
    pub value: T,
}

/// What is wrong with a line, or with the file (then `line` is 1 and `field` is `None`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: u64,
    /// The field as v1.0.2 names it, where there is one.
    pub field: Option<&'static str>,
    pub wrong: Wrongness,
    pub severity: Severity,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The venue is read without the value.
    Warning,
    /// The line, or the rest of the file, is left out.
    Error,
}

impl Severity {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A venue as the standard describes it. Lists have no doubles and the order of the standard.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VenueRecord {
    /// The file's own id, else 16 hex digits of SHA-256 over name, address and postcode. The same
    /// venue of the same `source` keeps it from one file to the next.
    pub source_id: String,
    pub siret: Option<Siret>,
    pub name: String,
    pub commune: String,
    /// 5 digits.
    pub postcode: String,
    /// INSEE's code of the commune: 5 signs.
    pub insee_code: Option<String>,
    pub address: String,
    pub address_extra: Option<String>,
    pub position: Option<Position>,
    /// `typologie`: codes such as `TIERS_LIEUX`.
    pub kinds: Vec<String>,
    /// In international form; no mobile number, since it may be a person's own.
    pub phone: Option<String>,
    /// With `http` or `https`.
    pub websites: Vec<String>,
    /// As in OpenStreetMap's `opening_hours`, but not checked.
    pub hours: Option<String>,
    pub source: Option<String>,
    /// The venue comes to people (a bus, home visits); it may also be `fixed`.
    pub itinerant: bool,
    pub fixed: bool,
    pub parent: Option<String>,
    pub updated_on: Option<Day>,
    pub services: Vec<Service>,
    pub audiences: Vec<&'static str>,
    pub special_needs: Vec<&'static str>,
    pub fees: Vec<Fee>,
    /// The venue says that it takes the pass; then it is also `Fee::FreeOnCondition`.
    pub accepts_pass: bool,
    pub programmes: Vec<&'static str>,
    pub labels: Vec<&'static str>,
    /// Labels outside the standard's lists, but for that of the pass.
    pub other_labels: Vec<String>,
    pub support: Vec<&'static str>,
    pub accessibility_url: Option<String>,
    pub booking_url: Option<String>,
}

/// WGS 84, in millionths of a degree (about 10 cm), so that it compares and stores exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Position {
    pub latitude_microdegrees: i32,
    pub longitude_microdegrees: i32,
}

/// What a person pays: `frais_a_charge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fee {
    Free,
    FreeOnCondition,
    Paying,
}

impl Fee {
    /// The name in the standard.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Free => "Gratuit",
            Self::FreeOnCondition => "Gratuit sous condition",
            Self::Paying => "Payant",
        }
    }
}

impl Position {
    /// Latitude and longitude in degrees.
    #[must_use]
    #[expect(clippy::float_arithmetic, reason = "degrees are no money")]
    pub fn degrees(self) -> (f64, f64) {
        let degrees = |microdegrees| f64::from(microdegrees) / 1e6;
        (degrees(self.latitude_microdegrees), degrees(self.longitude_microdegrees))
    }
}

impl Import {
    fn problem(
        &mut self,
        severity: Severity,
        line: u64,
        field: Option<&'static str>,
        wrong: Wrongness,
    ) {
        self.problems.push(Problem { line, field, wrong, severity });
    }

    fn error(&mut self, line: u64, field: Option<&'static str>, wrong: Wrongness) {
        self.problem(Severity::Error, line, field, wrong);
    }

    fn warning(&mut self, line: u64, field: Option<&'static str>, wrong: Wrongness) {
        self.problem(Severity::Warning, line, field, wrong);
    }
}
