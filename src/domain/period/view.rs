//! What people see of closed months, of what is open before one is closed, and of statements.
//! No queries: `store/periods` answers.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Month, Party};
use crate::domain::{
    calendar::{Day, Instant},
    ids::{FunderId, PeriodId, ProgrammeId, Seq, StatementId, UserId, YearlyAccountId},
    view::Row,
};

/// A closed month of a programme, the last closed first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PeriodView {
    pub id: PeriodId,
    pub programme: ProgrammeId,
    #[schema(example = "2026-10")]
    pub month: Month,
    /// The last event of the month's last day.
    pub through: Seq,
    pub closed_at: Instant,
    pub closed_by: Option<UserId>,
    /// What stood open when it was closed counts in the month that comes: conflicts,
    pub open_conflicts: i64,
    /// and records in quarantine, of all programmes.
    pub quarantined: i64,
    /// Statements made so far.
    pub statements: i64,
    /// Whether all are made.
    pub stated: bool,
}

/// The month of a programme that is closed next, and what stands open now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Closing {
    pub programme: ProgrammeId,
    #[schema(example = "2026-10")]
    pub month: Month,
    /// It can be closed on the day after this one.
    pub last_day: Day,
    /// Whether that is over.
    pub over: bool,
    /// A run is being filled: it can be closed once that is done.
    pub filling: bool,
    pub open_conflicts: i64,
    /// Of all programmes: nobody knows yet what they are of.
    pub quarantined: i64,
}

/// A statement, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StatementView {
    pub id: StatementId,
    pub programme: ProgrammeId,
    #[schema(example = "2026-10")]
    pub month: Month,
    /// Gapless within the programme.
    pub number: i64,
    #[serde(flatten)]
    pub party: Party,
    pub made_at: Instant,
    /// SHA-256 of its JSON, in hexadecimal.
    pub sha256: String,
}

/// The account of a year that a funder of a programme gets, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct YearlyAccountView {
    pub id: YearlyAccountId,
    pub programme: ProgrammeId,
    #[schema(example = 2026)]
    pub year: i64,
    pub funder: FunderId,
    pub made_at: Instant,
    /// SHA-256 of its JSON, in hexadecimal.
    pub sha256: String,
}

impl Row for PeriodView {
    fn cursor(&self) -> i64 {
        self.id.0
    }
}

impl Row for YearlyAccountView {
    fn cursor(&self) -> i64 {
        self.id.0
    }
}

impl Row for StatementView {
    fn cursor(&self) -> i64 {
        self.id.0
    }
}
