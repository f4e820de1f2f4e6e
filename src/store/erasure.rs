//! Erasing what is personal: people after their time, refused scans, words beside events.
//! No event is touched: the journal has nothing personal, and `audit` agrees afterwards.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    device_schema::{conflict, record},
    dispute_schema::dispute,
    hold_schema::hold,
    login_schema::*,
    reads::ReadError,
    rows::EventRow,
    schema::{api_key, event, person, refused_scan},
};
use crate::domain::{
    calendar::Instant,
    erasure::{Erasure, Words, email_of_erased},
    event::Body,
    ids::UserId,
};

/// In place of a name: lists still have their line.
const NOBODY: &str = "–";

impl Database {
    /// Erases who a person was, and what they logged in with. Their number stays, which events and
    /// decisions name; so do their role and that they were revoked.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn erase_person(&self, id: UserId) -> Result<Erasure, ReadError> {
        let Some(user) = self.user(id)? else { return Ok(Erasure::NotThere) };
        if !user.revoked {
            return Ok(Erasure::StillActs);
        }
        self.end_sessions(id)?;
        reading!(self, conn => conn.transaction(|conn| {
            diesel::delete(recovery_code::table.filter(recovery_code::person.eq(id.0)))
                .execute(conn)?;
            diesel::delete(second_factor::table.find(id.0)).execute(conn)?;
            diesel::update(api_key::table.filter(api_key::person.eq(id.0)))
                .set(api_key::name.eq(NOBODY))
                .execute(conn)?;
            diesel::update(person::table.find(id.0))
                .set((
                    person::email.eq(email_of_erased(id)),
                    person::name.eq(NOBODY),
                    // Of no password.
                    person::password_hash.eq(""),
                ))
                .execute(conn)
        }))?;
        Ok(Erasure::Done)
    }

    /// People who were revoked before `before`, and are not erased yet.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn revoked_before(&self, before: Instant) -> Result<Vec<UserId>, ReadError> {
        let rows: Vec<EventRow> = reading!(self, conn => event::table
            .filter(event::kind.eq("user_revoked"))
            .filter(event::recorded_at.lt(before.0))
            .load(conn))?;
        let mut revoked = Vec::new();
        for row in rows {
            if let Body::UserRevoked { user } = row.domain()?.body {
                revoked.push(user);
            }
        }
        let numbers: Vec<i64> = revoked.iter().map(|user| user.0).collect();
        let emails: Vec<(i64, String)> = reading!(self, conn => person::table
            .filter(person::id.eq_any(&numbers))
            .select((person::id, person::email))
            .load(conn))?;
        let left = emails.into_iter().filter(|(id, email)| *email != email_of_erased(UserId(*id)));
        Ok(left.map(|(id, _)| UserId(id)).collect())
    }

    /// Erases the words beside an event; that, by whom and when something was decided stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn erase_words(&self, words: Words) -> Result<Erasure, ReadError> {
        const EMPTY: Option<&str> = Some("");
        /// Sets a column to nothing where it says something, and counts the rows there are.
        macro_rules! erase {
            ($table:ident, $key:ident, $id:expr, [$($column:ident),+]) => {
                reading!(self, conn => conn.transaction(|conn| {
                    $(diesel::update($table::table.filter($table::$key.eq($id)))
                        .filter($table::$column.is_not_null())
                        .set($table::$column.eq(EMPTY))
                        .execute(conn)?;)+
                    $table::table.filter($table::$key.eq($id)).count().get_result::<i64>(conn)
                }))?
            };
        }
        let rows = match words {
            Words::Record(seq) => erase!(record, event, Some(seq.0), [note]),
            Words::Conflict(seq) => erase!(conflict, seq, seq.0, [note]),
            Words::Hold(seq) => erase!(hold, redemption, seq.0, [dispute, note]),
            Words::Dispute(seq) => erase!(dispute, id, seq.0, [reason, evidence, note]),
        };
        Ok(if rows == 0 { Erasure::NotThere } else { Erasure::Done })
    }

    /// Forgets refused scans from before `before`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget_refused_scans(&self, before: Instant) -> Result<usize, ReadError> {
        Ok(reading!(self, conn => diesel::delete(refused_scan::table)
            .filter(refused_scan::at.lt(before.0))
            .execute(conn))?)
    }
}
