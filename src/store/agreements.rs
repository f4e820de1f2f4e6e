//! Agreements to be reminded of a pass: who agreed, and which reminders were made.
//! Not part of what happened: nothing here passes the writer.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert::Unreadable,
    post_schema::reminder,
    reads::ReadError,
};
use crate::domain::{
    calendar::Instant,
    ids::VoucherId,
    message::{Agreement, Channel},
};

#[derive(Queryable, Insertable)]
#[diesel(table_name = reminder, treat_none_as_default_value = false)]
struct ReminderRow {
    voucher: i64,
    channel: String,
    language: String,
    contact: Vec<u8>,
    agreed_at: i64,
    unused_at: Option<i64>,
    ending_at: Option<i64>,
}

impl ReminderRow {
    fn of(agreement: &Agreement) -> Self {
        Self {
            voucher: agreement.voucher.0,
            channel: agreement.channel.code().to_owned(),
            language: agreement.language.clone(),
            contact: agreement.contact.clone(),
            agreed_at: agreement.agreed_at.0,
            unused_at: agreement.unused_at.map(|at| at.0),
            ending_at: agreement.ending_at.map(|at| at.0),
        }
    }

    fn domain(self) -> Result<Agreement, Unreadable> {
        let odd = || Unreadable { table: "reminder", what: "channel".to_owned() };
        Ok(Agreement {
            voucher: VoucherId(self.voucher),
            channel: Channel::of_code(&self.channel).ok_or_else(odd)?,
            language: self.language,
            contact: self.contact,
            agreed_at: Instant(self.agreed_at),
            unused_at: self.unused_at.map(Instant),
            ending_at: self.ending_at.map(Instant),
        })
    }
}

impl Database {
    /// Keeps an agreement; a later one about the same voucher takes its place.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_agreement(&self, agreement: &Agreement) -> Result<(), ReadError> {
        let id = agreement.voucher.0;
        reading!(self, conn => conn.transaction(|conn| {
            diesel::delete(reminder::table.find(id)).execute(conn)?;
            diesel::insert_into(reminder::table)
                .values(ReminderRow::of(agreement))
                .execute(conn)
        }))?;
        Ok(())
    }

    /// Agreements by the number of their voucher, from after `after` on.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn agreements(&self, after: i64, limit: i64) -> Result<Vec<Agreement>, ReadError> {
        let rows: Vec<ReminderRow> = reading!(self, conn => reminder::table
            .filter(reminder::voucher.gt(after))
            .order(reminder::voucher.asc())
            .limit(limit)
            .load(conn))?;
        Ok(rows.into_iter().map(ReminderRow::domain).collect::<Result<_, _>>()?)
    }

    /// Notes that reminders were made. Whoever stopped them meanwhile is left alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_reminded(
        &self,
        voucher: VoucherId,
        unused_at: Option<Instant>,
        ending_at: Option<Instant>,
    ) -> Result<(), ReadError> {
        let set = || {
            (
                reminder::unused_at.eq(unused_at.map(|at| at.0)),
                reminder::ending_at.eq(ending_at.map(|at| at.0)),
            )
        };
        reading!(self, conn => diesel::update(reminder::table.find(voucher.0))
            .set(set())
            .execute(conn))?;
        Ok(())
    }

    /// Erases an agreement with its contact.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_agreement(&self, voucher: VoucherId) -> Result<(), ReadError> {
        reading!(self, conn => diesel::delete(reminder::table.find(voucher.0)).execute(conn))?;
        Ok(())
    }
}
