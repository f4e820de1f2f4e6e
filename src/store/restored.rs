//! The mark of a database that was restored from a backup: read with a batch, set with the event.
//! No rules: `domain/decide/restore.rs` has them.

use diesel::prelude::*;

use super::{
    connection::{Conn, Database, on_either, reading},
    load::Failure,
    reads::ReadError,
    schema::restored,
};
use crate::domain::{calendar::Instant, event::Body, ids::Seq, view::Restoration, world::Effects};

#[derive(Queryable, Insertable)]
#[diesel(table_name = restored, treat_none_as_default_value = false)]
struct RestoredRow {
    id: i64,
    restored_at: i64,
    seq: i64,
    acknowledged_at: Option<i64>,
    acknowledged_by: Option<i64>,
}

/// Whether nothing may change yet.
pub(super) fn read_only(conn: &mut Conn) -> QueryResult<bool> {
    on_either!(conn, conn => {
        let marks = restored::table.filter(restored::acknowledged_at.is_null()).count();
        Ok(marks.get_result::<i64>(conn)? > 0)
    })
}

/// Marks a database whose journal was restored up to `seq`.
pub(super) fn mark(conn: &mut Conn, now: Instant, seq: i64) -> QueryResult<()> {
    let (acknowledged_at, acknowledged_by) = (None, None);
    let row = RestoredRow { id: 1, restored_at: now.0, seq, acknowledged_at, acknowledged_by };
    on_either!(conn, conn => {
        diesel::insert_into(restored::table).values(&row).execute(conn)?;
    });
    Ok(())
}

/// Writes who has acknowledged, if a batch did.
pub(super) fn write(conn: &mut Conn, effects: &Effects) -> Result<(), Failure> {
    for recorded in &effects.events {
        let event = &recorded.event;
        if !matches!(event.body, Body::Restored { .. }) {
            continue;
        }
        let set = (
            restored::acknowledged_at.eq(event.recorded_at.0),
            restored::acknowledged_by.eq(event.actor.map(|actor| actor.0)),
        );
        on_either!(conn, conn => {
            diesel::update(restored::table).set(set).execute(conn)?;
        });
    }
    Ok(())
}

impl Database {
    /// When this database was restored from a backup, if it was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn restoration(&self) -> Result<Option<Restoration>, ReadError> {
        let row: Option<RestoredRow> =
            reading!(self, conn => restored::table.first(conn).optional())?;
        Ok(row.map(|row| Restoration {
            restored_at: Instant(row.restored_at),
            seq: Seq(row.seq),
            acknowledged_at: row.acknowledged_at.map(Instant),
        }))
    }
}
