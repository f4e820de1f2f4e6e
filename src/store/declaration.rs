//! The operator's declaration of accessibility: one row.
//! Not part of what happened: nothing here passes the writer.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert::{self, Unreadable},
    operator_schema::declaration,
    reads::ReadError,
};
use crate::domain::{
    calendar::{Day, Instant, Zone},
    declaration::{Conformity, Declaration},
    ids::UserId,
};

#[derive(Queryable, Insertable)]
#[diesel(table_name = declaration, treat_none_as_default_value = false)]
struct DeclarationRow {
    id: i64,
    conformity: String,
    audited_on: Option<i64>,
    audited_by: String,
    contact: String,
    exceptions: String,
    changed_at: i64,
    changed_by: i64,
}

impl DeclarationRow {
    fn domain(self) -> Result<Declaration, Unreadable> {
        let odd = || Unreadable { table: "declaration", what: "conformity".to_owned() };
        let day = |day: i64| convert::small("declaration", day).map(Day);
        Ok(Declaration {
            conformity: Conformity::from_code(&self.conformity).ok_or_else(odd)?,
            audited_on: self.audited_on.map(day).transpose()?,
            audited_by: self.audited_by,
            contact: self.contact,
            exceptions: self.exceptions,
            changed_on: Instant(self.changed_at).day(&Zone::paris()),
        })
    }
}

impl Database {
    /// # Errors
    /// When the database does not answer.
    pub fn declaration(&self) -> Result<Option<Declaration>, ReadError> {
        let row: Option<DeclarationRow> =
            reading!(self, conn => declaration::table.find(1).get_result(conn).optional())?;
        Ok(row.map(DeclarationRow::domain).transpose()?)
    }

    /// Sets it; the last who does so wins.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_declaration(
        &self,
        new: &Declaration,
        at: Instant,
        by: UserId,
    ) -> Result<(), ReadError> {
        let row = || DeclarationRow {
            id: 1,
            conformity: new.conformity.code().to_owned(),
            audited_on: new.audited_on.map(|day| i64::from(day.0)),
            audited_by: new.audited_by.clone(),
            contact: new.contact.clone(),
            exceptions: new.exceptions.clone(),
            changed_at: at.0,
            changed_by: by.0,
        };
        reading!(self, conn => conn.transaction(|conn| {
            diesel::delete(declaration::table).execute(conn)?;
            diesel::insert_into(declaration::table).values(row()).execute(conn)
        }))?;
        Ok(())
    }
}
