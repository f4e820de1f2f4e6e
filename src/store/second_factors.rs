//! Second factors: sealed secrets, and the hashes of the codes that stand in for them.
//! Not part of what happened: nothing here passes the writer, which notes only that there is one.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    login_schema::{recovery_code, second_factor},
    reads::ReadError,
};
use crate::domain::ids::UserId;

/// What a person's telephone has too.
pub struct SecondFactor {
    /// Only the service opens it.
    pub sealed: Vec<u8>,
    /// The person has shown that their telephone has it.
    pub confirmed: bool,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = second_factor)]
struct SecondFactorRow {
    person: i64,
    secret: Vec<u8>,
    confirmed: i64,
    last_step: i64,
}

impl Database {
    /// # Errors
    /// When the database does not answer.
    pub fn second_factor(&self, user: UserId) -> Result<Option<SecondFactor>, ReadError> {
        let row: Option<SecondFactorRow> =
            reading!(self, conn => second_factor::table.find(user.0).get_result(conn).optional())?;
        Ok(row.map(|row| SecondFactor { sealed: row.secret, confirmed: row.confirmed == 1 }))
    }

    /// Keeps a new secret in place of one that was never confirmed; false if one was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn begin_second_factor(&self, user: UserId, sealed: &[u8]) -> Result<bool, ReadError> {
        let row = || SecondFactorRow {
            person: user.0,
            secret: sealed.to_vec(),
            confirmed: 0,
            last_step: 0,
        };
        let begun = reading!(self, conn => conn.transaction(|conn| {
            let begun = second_factor::table.find(user.0).filter(second_factor::confirmed.eq(0));
            diesel::delete(begun).execute(conn)?;
            diesel::insert_into(second_factor::table)
                .values(row())
                .on_conflict_do_nothing()
                .execute(conn)
        }))?;
        Ok(begun == 1)
    }

    /// Confirms a secret, with the codes that stand in for it; false if it was not there to be
    /// confirmed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn confirm_second_factor(
        &self,
        user: UserId,
        step: i64,
        codes: &[[u8; 32]],
    ) -> Result<bool, ReadError> {
        let confirmed = reading!(self, conn => conn.transaction(|conn| {
            let begun = second_factor::table.find(user.0).filter(second_factor::confirmed.eq(0));
            let confirmed = diesel::update(begun)
                .set((second_factor::confirmed.eq(1), second_factor::last_step.eq(step)))
                .execute(conn)?;
            if confirmed == 1 {
                let row = |code: &[u8; 32]| (
                    recovery_code::person.eq(user.0),
                    recovery_code::hash.eq(code.to_vec()),
                );
                for code in codes {
                    diesel::insert_into(recovery_code::table).values(row(code)).execute(conn)?;
                }
            }
            diesel::QueryResult::Ok(confirmed)
        }))?;
        Ok(confirmed == 1)
    }

    /// Uses a step up, with those before it; false if it was used up already. Of two that ask at
    /// once, one gets it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn use_step(&self, user: UserId, step: i64) -> Result<bool, ReadError> {
        let used = reading!(self, conn => {
            let free = second_factor::table
                .find(user.0)
                .filter(second_factor::confirmed.eq(1))
                .filter(second_factor::last_step.lt(step));
            diesel::update(free).set(second_factor::last_step.eq(step)).execute(conn)
        })?;
        Ok(used == 1)
    }

    /// Uses a code up; false if the person has none like it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn use_recovery_code(&self, user: UserId, hash: [u8; 32]) -> Result<bool, ReadError> {
        let used = reading!(self, conn => {
            diesel::delete(recovery_code::table.find((user.0, hash.to_vec()))).execute(conn)
        })?;
        Ok(used == 1)
    }

    /// How many codes a person has left.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn recovery_codes_left(&self, user: UserId) -> Result<i64, ReadError> {
        let left: i64 = reading!(self, conn => recovery_code::table
            .filter(recovery_code::person.eq(user.0))
            .count()
            .get_result(conn))?;
        Ok(left)
    }

    /// # Errors
    /// When the database does not answer.
    pub fn remove_second_factor(&self, user: UserId) -> Result<(), ReadError> {
        reading!(self, conn => conn.transaction(|conn| {
            let codes = recovery_code::table.filter(recovery_code::person.eq(user.0));
            diesel::delete(codes).execute(conn)?;
            diesel::delete(second_factor::table.find(user.0)).execute(conn)
        }))?;
        Ok(())
    }
}
