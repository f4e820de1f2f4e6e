//! The log of the archives of programmes that somebody took.
//! No archive: `continuity` reads what is in one.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    continuity_schema::programme_export,
    convert::Unreadable,
    reads::ReadError,
};
use crate::domain::{
    calendar::Instant,
    continuity::ProgrammeExport,
    ids::{ProgrammeId, RequestId, UserId},
};

/// Entries of a log that are read at most.
const MOST: i64 = 500;

#[derive(Queryable, Insertable)]
#[diesel(table_name = programme_export)]
struct ExportRow {
    id: String,
    programme: i64,
    recipient: String,
    person: Option<i64>,
    taken_at: i64,
}

impl ExportRow {
    fn of(export: &ProgrammeExport) -> Self {
        Self {
            id: export.id.0.to_string(),
            programme: export.programme.0,
            recipient: export.recipient.clone(),
            person: export.by.map(|id| id.0),
            taken_at: export.at.0,
        }
    }

    fn domain(self) -> Result<ProgrammeExport, Unreadable> {
        let what = || Unreadable { table: "programme_export", what: "id".to_owned() };
        Ok(ProgrammeExport {
            id: RequestId(self.id.parse().map_err(|_| what())?),
            programme: ProgrammeId(self.programme),
            recipient: self.recipient,
            by: self.person.map(UserId),
            at: Instant(self.taken_at),
        })
    }
}

impl Database {
    /// Notes that somebody takes an archive; false if the request was noted before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_programme_export(&self, new: &ProgrammeExport) -> Result<bool, ReadError> {
        let kept = reading!(self, conn => diesel::insert_into(programme_export::table)
            .values(ExportRow::of(new))
            .on_conflict_do_nothing()
            .execute(conn))?;
        Ok(kept == 1)
    }

    /// # Errors
    /// When the database does not answer.
    pub fn programme_export(&self, id: RequestId) -> Result<Option<ProgrammeExport>, ReadError> {
        let row: Option<ExportRow> = reading!(self, conn => programme_export::table
            .find(id.0.to_string())
            .get_result(conn)
            .optional())?;
        Ok(row.map(ExportRow::domain).transpose()?)
    }

    /// Of a programme, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn programme_exports(&self, of: ProgrammeId) -> Result<Vec<ProgrammeExport>, ReadError> {
        let rows: Vec<ExportRow> = reading!(self, conn => programme_export::table
            .filter(programme_export::programme.eq(of.0))
            .order(programme_export::taken_at.desc())
            .limit(MOST)
            .load(conn))?;
        Ok(rows.into_iter().map(ExportRow::domain).collect::<Result<_, _>>()?)
    }
}
