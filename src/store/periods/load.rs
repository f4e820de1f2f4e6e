//! Loading what a batch touches of months and statements.
//! No rules and no writes.

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use super::{PeriodRow, StatementRow, sides, yearly};
use crate::{
    domain::{
        calendar::Day,
        command::{Ask, Command},
        ids::*,
        period::{Ends, Month, NewStatement, PeriodAsk},
        world::World,
    },
    store::{
        connection::{Conn, on_either},
        convert::{self, Unreadable},
        load::Failure,
        period_schema::*,
        wanted::Wanted,
    },
};

/// Loads it, and says which programmes come along with it.
pub fn load(
    conn: &mut Conn,
    world: &mut World,
    wanted: &mut Wanted,
    commands: &[Command],
) -> Result<(), Failure> {
    for command in commands {
        let Ask::Period(ask) = &command.ask else { continue };
        match ask {
            PeriodAsk::Close { programme, month } => {
                wanted.programmes.insert(programme.0);
                if let Some(ends) = ends(conn, *programme, *month)? {
                    world.periods.ends.insert((*programme, *month), ends);
                }
            }
            PeriodAsk::Archive { period, statements } => {
                one(conn, world, wanted, *period)?;
                stated(conn, world, *period, statements)?;
            }
            PeriodAsk::Finish { period, .. } => one(conn, world, wanted, *period)?,
            PeriodAsk::Account(new) => {
                one(conn, world, wanted, new.period)?;
                yearly::accounted(conn, world, new.period)?;
            }
        }
    }
    Ok(())
}

#[derive(QueryableByName)]
pub struct EndsRow {
    #[diesel(sql_type = BigInt)]
    first: i64,
    #[diesel(sql_type = BigInt)]
    through: i64,
    #[diesel(sql_type = BigInt)]
    conflicts: i64,
    #[diesel(sql_type = BigInt)]
    quarantined: i64,
    #[diesel(sql_type = BigInt)]
    filling: i64,
}

impl EndsRow {
    /// Nothing for a programme in which nothing happened.
    pub fn value(&self) -> Result<Option<Ends>, Unreadable> {
        if self.first < 0 {
            return Ok(None);
        }
        Ok(Some(Ends {
            first: Month::of(Day(convert::small("day_end", self.first)?)),
            through: Seq(self.through),
            conflicts: self.conflicts,
            quarantined: self.quarantined,
            filling: self.filling > 0,
        }))
    }
}

/// Asks what a month's end needs to know.
pub fn ends_statement(programme: ProgrammeId, month: Month) -> String {
    let last = month.last_day().0;
    format!(
        "SELECT COALESCE((SELECT MIN(day) FROM day_end WHERE programme = {programme}), -1) \
             AS first, \
         COALESCE((SELECT MAX(seq) FROM day_end \
             WHERE programme = {programme} AND day <= {last}), 0) AS through, \
         (SELECT COUNT(*) FROM conflict \
             WHERE programme = {programme} AND fate = 'open') AS conflicts, \
         (SELECT COUNT(*) FROM record \
             WHERE event IS NOT NULL AND decided_at IS NULL) AS quarantined, \
         (SELECT COUNT(*) FROM settlement \
             WHERE programme = {programme} AND state = 'preparing') AS filling"
    )
}

fn ends(conn: &mut Conn, of: ProgrammeId, month: Month) -> Result<Option<Ends>, Failure> {
    let query = sql_query(ends_statement(of, month));
    let row: EndsRow = on_either!(conn, conn => query.get_result(conn)?);
    Ok(row.value()?)
}

fn one(
    conn: &mut Conn,
    world: &mut World,
    wanted: &mut Wanted,
    id: PeriodId,
) -> Result<(), Failure> {
    let row: Option<PeriodRow> =
        on_either!(conn, conn => period::table.find(id.0).get_result(conn).optional()?);
    let Some(row) = row else { return Ok(()) };
    wanted.programmes.insert(row.programme);
    world.periods.rows.insert(id, row.domain()?);
    let last: Option<i64> = on_either!(conn, conn => statement::table
        .filter(statement::programme.eq(row.programme))
        .select(diesel::dsl::max(statement::number))
        .first(conn)?);
    world.periods.numbers.insert(ProgrammeId(row.programme), last.unwrap_or_default());
    Ok(())
}

/// Those of the parties that have their statement already.
fn stated(
    conn: &mut Conn,
    world: &mut World,
    id: PeriodId,
    statements: &[NewStatement],
) -> Result<(), Failure> {
    for (funder, organisation) in statements.iter().map(|new| sides(new.party)) {
        let row: Option<StatementRow> = on_either!(conn, conn => statement::table
            .filter(statement::period.eq(id.0))
            .filter(statement::funder.eq(funder))
            .filter(statement::organisation.eq(organisation))
            .first(conn)
            .optional()?);
        if let Some(row) = row {
            world.periods.statements.insert(StatementId(row.id), row.domain());
        }
    }
    Ok(())
}
