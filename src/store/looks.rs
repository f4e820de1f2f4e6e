//! How the operator presents itself: one row.
//! Not part of what happened: nothing here passes the writer.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert::Unreadable,
    operator_schema::looks,
    reads::ReadError,
};
use crate::domain::{calendar::Instant, ids::UserId, looks::Looks};

#[derive(Queryable, Insertable)]
#[diesel(table_name = looks, treat_none_as_default_value = false)]
struct LooksRow {
    id: i64,
    name: String,
    accent: String,
    logo: Option<Vec<u8>>,
    changed_at: i64,
    changed_by: i64,
}

impl Database {
    /// # Errors
    /// When the database does not answer.
    pub fn looks(&self) -> Result<Option<Looks>, ReadError> {
        let row: Option<LooksRow> =
            reading!(self, conn => looks::table.find(1).get_result(conn).optional())?;
        let Some(row) = row else { return Ok(None) };
        let unreadable = |what: crate::domain::looks::BadLooks| Unreadable {
            table: "looks",
            what: what.to_string(),
        };
        Ok(Some(Looks::new(&row.name, &row.accent, row.logo).map_err(unreadable)?))
    }

    /// Sets them; the last who does so wins.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_looks(&self, new: &Looks, at: Instant, by: UserId) -> Result<(), ReadError> {
        let row = || LooksRow {
            id: 1,
            name: new.name.clone(),
            accent: new.accent.to_string(),
            logo: new.logo.clone(),
            changed_at: at.0,
            changed_by: by.0,
        };
        reading!(self, conn => conn.transaction(|conn| {
            diesel::delete(looks::table).execute(conn)?;
            diesel::insert_into(looks::table).values(row()).execute(conn)
        }))?;
        Ok(())
    }
}
