//! Writing what a batch changed of months and statements.
//! No rules and no commit.

use diesel::prelude::*;

use super::{PeriodRow, StatementRow, yearly};
use crate::{
    domain::world::{Effects, World},
    store::{
        connection::{Conn, on_either},
        load::Failure,
        period_schema::*,
        settlements::parts,
    },
};

/// Writes months before the statements of them.
pub fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let periods = &world.periods;
    for row in effects.changed.periods.iter().filter_map(|id| periods.rows.get(id)) {
        let row = PeriodRow::of(row);
        on_either!(conn, conn => {
            diesel::insert_into(period::table)
                .values(&row)
                .on_conflict(period::id)
                .do_update()
                .set(&row)
                .execute(conn)?
        });
    }
    for (id, text) in &effects.statements {
        let Some(made) = periods.statements.get(id) else { continue };
        let Some(of) = periods.rows.get(&made.period) else { continue };
        let row = StatementRow::of(*id, made, of);
        on_either!(conn, conn => {
            diesel::insert_into(statement::table).values(&row).execute(conn)?
        });
        for (part, text) in (0_i64..).zip(parts(text)) {
            let row = (
                statement_text::statement.eq(id.0),
                statement_text::part.eq(part),
                statement_text::text.eq(text),
            );
            on_either!(conn, conn => {
                diesel::insert_into(statement_text::table).values(row).execute(conn)?
            });
        }
    }
    yearly::write(conn, world, effects)
}
