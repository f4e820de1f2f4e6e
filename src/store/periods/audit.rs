//! What the audit recomputes of months: which are closed, up to where, and their statements.
//! No repair: it says what differs.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{PeriodRow, StatementRow, yearly};
use crate::{
    domain::{
        calendar::Day,
        conflict::{Conflict, Fate},
        event::Body,
        ids::*,
        period::Month,
        world::{Recorded, World},
    },
    store::{
        connection::{Conn, on_either},
        load::Failure,
        period_schema::*,
    },
};

pub(super) type Differences = Vec<(&'static str, String)>;

/// What the events said, one after the other.
#[derive(Default)]
pub struct Seen {
    /// The first and the last event of each month of a programme.
    months: BTreeMap<(ProgrammeId, Month), (Seq, Seq)>,
    wrong: Differences,
}

impl Seen {
    /// Notes an event that was applied just now.
    pub fn note(&mut self, recorded: &Recorded, world: &World) {
        let event = &recorded.event;
        let Some(programme) = event.programme else { return };
        match &event.body {
            Body::PeriodClosed(closed) => {
                let begun = (programme, Month::of(Day(0)));
                let until = self.months.range(begun..=(programme, closed.month));
                let through = until.map(|(_, ends)| ends.1).max();
                let open = |row: &&Conflict| row.programme == programme && row.fate == Fate::Open;
                let conflicts = world.conflicts.values().filter(open).count();
                let as_told = through.is_none_or(|seq| seq == closed.through)
                    && i64::try_from(conflicts) == Ok(closed.conflicts);
                if !as_told {
                    self.wrong.push(("period", event.seq.to_string()));
                }
            }
            Body::PeriodStated { period, next } => {
                let closed = world.periods.rows.get(period).map(|row| row.closed);
                let later = closed.and_then(|closed| {
                    let from = (programme, closed.month.next());
                    let later = self.months.range(from..).take_while(|(key, _)| key.0 == programme);
                    later.map(|(_, ends)| ends.0).min()
                });
                let through = closed.map_or(0, |closed| closed.through.0);
                let expected = later.map_or(through + 1, |seq| seq.0.min(through + 1));
                if expected != next.0 {
                    self.wrong.push(("period", event.seq.to_string()));
                }
            }
            _ => {}
        }
        let key = (programme, Month::of(event.day));
        let ends = self.months.entry(key).or_insert((event.seq, event.seq));
        ends.1 = event.seq;
        let closed = world.programmes.get(&programme).and_then(|row| row.closed_through);
        if closed.is_some_and(|closed| event.day <= closed) {
            self.wrong.push(("period", event.seq.to_string()));
        }
    }

    /// What is not as the events say: a place and a key each.
    pub fn differences(self, conn: &mut Conn, world: &World) -> Result<Differences, Failure> {
        let mut wrong = self.wrong;
        let rows: Vec<PeriodRow> = on_either!(conn, conn => period::table.load(conn)?);
        let stored: BTreeMap<i64, PeriodRow> = rows.into_iter().map(|row| (row.id, row)).collect();
        let periods = world.periods.rows.values().map(PeriodRow::of);
        compare("period", &stored, periods.map(|row| (row.id, row)).collect(), &mut wrong);
        let rows: Vec<StatementRow> = on_either!(conn, conn => statement::table.load(conn)?);
        let stored: BTreeMap<i64, StatementRow> =
            rows.into_iter().map(|row| (row.id, row)).collect();
        let made = world.periods.statements.iter().filter_map(|(id, made)| {
            let of = world.periods.rows.get(&made.period)?;
            Some((id.0, StatementRow::of(*id, made, of)))
        });
        compare("statement", &stored, made.collect(), &mut wrong);
        for (id, made) in &world.periods.statements {
            let parts: Vec<String> = on_either!(conn, conn => statement_text::table
                .filter(statement_text::statement.eq(id.0))
                .order(statement_text::part)
                .select(statement_text::text)
                .load(conn)?);
            if crate::domain::sepa::digest(&parts.concat()) != made.digest {
                wrong.push(("statement_text", id.to_string()));
            }
        }
        yearly::differences(conn, world, &mut wrong)?;
        Ok(wrong)
    }
}

pub(super) fn compare<Row: PartialEq>(
    place: &'static str,
    stored: &BTreeMap<i64, Row>,
    expected: BTreeMap<i64, Row>,
    wrong: &mut Differences,
) {
    for key in stored.keys().chain(expected.keys().filter(|key| !stored.contains_key(key))) {
        if stored.get(key) != expected.get(key) {
            wrong.push((place, key.to_string()));
        }
    }
}
