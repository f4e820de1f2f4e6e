//! Closed months and their statements: rows, and the same as values.
//! No rules: `decide/periods.rs` has them.

mod audit;
mod gather;
mod held;
mod kept;
mod lists;
mod load;
mod told;
mod write;
mod yearly;

pub(super) use audit::Seen;
pub use gather::{Flow, MonthSlice, Shares, Undone, Workshop};
pub use held::Held;
pub(super) use load::load;
pub use told::{Contested, Paid};
pub(super) use write::write;
pub use yearly::{FundLine, OrderPaid};

use diesel::prelude::*;

use super::{convert::Unreadable, period_schema::*};
use crate::domain::{
    calendar::Instant,
    ids::*,
    period::{Month, Party, Period, PeriodClosed, StatementMade},
};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = period, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PeriodRow {
    id: i64,
    programme: i64,
    month: i64,
    through: i64,
    conflicts: i64,
    quarantined: i64,
    closed_by: Option<i64>,
    closed_at: i64,
    statements: i64,
    next: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = statement)]
struct StatementRow {
    id: i64,
    period: i64,
    programme: i64,
    month: i64,
    number: i64,
    funder: i64,
    organisation: i64,
    digest: String,
}

fn month(number: i64) -> Result<Month, Unreadable> {
    let wrong = |cause: crate::domain::period::NotAMonth| Unreadable {
        table: "period",
        what: cause.to_string(),
    };
    Month::from_number(number).map_err(wrong)
}

impl PeriodRow {
    fn domain(&self) -> Result<Period, Unreadable> {
        Ok(Period {
            id: PeriodId(self.id),
            programme: ProgrammeId(self.programme),
            closed: PeriodClosed {
                month: month(self.month)?,
                through: Seq(self.through),
                conflicts: self.conflicts,
                quarantined: self.quarantined,
            },
            closed_by: self.closed_by.map(UserId),
            closed_at: Instant(self.closed_at),
            statements: self.statements,
            next: self.next.map(Seq),
        })
    }

    fn of(row: &Period) -> Self {
        Self {
            id: row.id.0,
            programme: row.programme.0,
            month: row.closed.month.number(),
            through: row.closed.through.0,
            conflicts: row.closed.conflicts,
            quarantined: row.closed.quarantined,
            closed_by: row.closed_by.map(|id| id.0),
            closed_at: row.closed_at.0,
            statements: row.statements,
            next: row.next.map(|seq| seq.0),
        }
    }
}

impl StatementRow {
    fn of(id: StatementId, made: &StatementMade, period: &Period) -> Self {
        let (funder, organisation) = sides(made.party);
        Self {
            id: id.0,
            period: period.id.0,
            programme: period.programme.0,
            month: period.closed.month.number(),
            number: made.number,
            funder,
            organisation,
            digest: made.digest.clone(),
        }
    }

    fn domain(&self) -> StatementMade {
        StatementMade {
            period: PeriodId(self.period),
            number: self.number,
            party: self.party(),
            digest: self.digest.clone(),
        }
    }

    const fn party(&self) -> Party {
        match self.funder {
            0 => Party::Organisation(OrganisationId(self.organisation)),
            funder => Party::Funder(FunderId(funder)),
        }
    }
}

/// The columns of a party: its funder and its organisation, one of them zero.
const fn sides(party: Party) -> (i64, i64) {
    match party {
        Party::Funder(id) => (id.0, 0),
        Party::Organisation(id) => (0, id.0),
    }
}
