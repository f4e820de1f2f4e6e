//! The last audit of this database: when, and how many rows were not as the events say.
//! No audit: `audit.rs` carries it out.

use diesel::prelude::*;

use super::{
    audit::Audit,
    connection::{Database, reading},
    oversight_schema::audit_run,
    reads::ReadError,
};
use crate::domain::{calendar::Instant, ids::Seq, reconciliation::AuditRun};

impl Database {
    /// Keeps what an audit came to, in place of the one before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_audit(&self, audit: &Audit, at: Instant) -> Result<(), ReadError> {
        let seq = self.as_of()?.0;
        let differences = i64::try_from(audit.differences.len()).unwrap_or(i64::MAX);
        let row = || {
            (
                audit_run::id.eq(1),
                audit_run::at.eq(at.0),
                audit_run::seq.eq(seq),
                audit_run::differences.eq(differences),
            )
        };
        let set = || {
            (audit_run::at.eq(at.0), audit_run::seq.eq(seq), audit_run::differences.eq(differences))
        };
        reading!(self, conn => diesel::insert_into(audit_run::table)
            .values(row())
            .on_conflict(audit_run::id)
            .do_update()
            .set(set())
            .execute(conn))?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub fn last_audit(&self) -> Result<Option<AuditRun>, ReadError> {
        let row: Option<(i64, i64, i64)> = reading!(self, conn => audit_run::table
            .select((audit_run::at, audit_run::seq, audit_run::differences))
            .first(conn)
            .optional())?;
        let run = |(at, seq, differences)| AuditRun { at: Instant(at), seq: Seq(seq), differences };
        Ok(row.map(run))
    }
}
