//! Closing the months of a programme: what is closed, and which statements were made of it.
//! No rule of when (`decide/periods.rs`), and no figures of a statement (`statement`).

mod month;
pub mod view;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    calendar::Instant,
    ids::{
        FunderId, OrganisationId, PeriodId, ProgrammeId, Seq, StatementId, UserId, YearlyAccountId,
    },
};

pub use month::{Month, NotAMonth};

/// Statements that one command archives.
pub const LARGEST_CHUNK: usize = 50;

/// A month is closed: what stood open then is named, and counts in the month that comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodClosed {
    pub month: Month,
    /// The last event of the month's last day.
    pub through: Seq,
    /// Conflicts of the programme that nobody has decided about.
    pub conflicts: i64,
    /// Records in quarantine, of all programmes: nobody knows yet what they are of.
    pub quarantined: i64,
}

/// A closed month of a programme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    pub id: PeriodId,
    pub programme: ProgrammeId,
    pub closed: PeriodClosed,
    pub closed_by: Option<UserId>,
    pub closed_at: Instant,
    /// Statements made so far.
    pub statements: i64,
    /// Once all are made: the first event that may be of a later month.
    pub next: Option<Seq>,
}

/// Whose statement it is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case", tag = "party", content = "of")]
pub enum Party {
    Funder(FunderId),
    Organisation(OrganisationId),
}

impl Party {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Funder(_) => "funder",
            Self::Organisation(_) => "organisation",
        }
    }

    /// Its number, whatever it is.
    #[must_use]
    pub const fn number(self) -> i64 {
        match self {
            Self::Funder(id) => id.0,
            Self::Organisation(id) => id.0,
        }
    }
}

/// A statement was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementMade {
    pub period: PeriodId,
    /// Gapless within the programme, from 1.
    pub number: i64,
    pub party: Party,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
}

/// A statement that is to be archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewStatement {
    pub number: i64,
    pub party: Party,
    pub text: String,
    pub digest: String,
}

/// A year's account was made for a funder of the programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearlyAccountMade {
    /// The year's last month.
    pub period: PeriodId,
    pub funder: FunderId,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
}

/// A yearly account that is to be archived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewYearlyAccount {
    pub period: PeriodId,
    pub funder: FunderId,
    pub text: String,
    pub digest: String,
}

/// What a month's end needs to know, as a batch loads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The month of the programme's first event.
    pub first: Month,
    pub through: Seq,
    pub conflicts: i64,
    pub quarantined: i64,
    /// A run of the programme is being filled.
    pub filling: bool,
}

/// What closing touches; of a batch only what it names.
#[derive(Clone, Debug, Default)]
pub struct Periods {
    pub ends: HashMap<(ProgrammeId, Month), Ends>,
    pub rows: BTreeMap<PeriodId, Period>,
    pub statements: BTreeMap<StatementId, StatementMade>,
    /// The last number given in a programme.
    pub numbers: HashMap<ProgrammeId, i64>,
    pub yearly_accounts: BTreeMap<YearlyAccountId, YearlyAccountMade>,
}

/// What is asked about months.
#[derive(Clone, Debug)]
pub enum PeriodAsk {
    Close {
        programme: ProgrammeId,
        month: Month,
    },
    /// The next statements of a closed month, in the order of their numbers.
    Archive {
        period: PeriodId,
        statements: Vec<NewStatement>,
    },
    /// No statement is left to be made.
    Finish {
        period: PeriodId,
        next: Seq,
    },
    /// The account of the year that a month ends, once its statements are made.
    Account(NewYearlyAccount),
}
