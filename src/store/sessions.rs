//! Refresh tokens: kept as hashes, each good once.
//! Log-ins are not events: nothing here passes the writer.

use diesel::prelude::*;
use uuid::Uuid;

use super::{
    connection::{Database, reading},
    convert::{self, Unreadable},
    login_schema::refresh_token,
    reads::ReadError,
};
use crate::domain::{
    calendar::Instant,
    ids::UserId,
    view::{Refresh, Taken},
};

#[derive(Queryable, Insertable)]
#[diesel(table_name = refresh_token)]
struct RefreshRow {
    hash: Vec<u8>,
    family: Vec<u8>,
    person: i64,
    expires_at: i64,
    used: i64,
}

impl RefreshRow {
    fn domain(&self) -> Result<Refresh, Unreadable> {
        Ok(Refresh {
            hash: convert::bytes("refresh_token", &self.hash)?,
            family: Uuid::from_bytes(convert::bytes("refresh_token", &self.family)?),
            user: UserId(self.person),
            expires_at: Instant(self.expires_at),
        })
    }
}

impl Database {
    /// Keeps a new token, and forgets those that are past their time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_refresh(&self, token: &Refresh, now: Instant) -> Result<(), ReadError> {
        let row = || RefreshRow {
            hash: token.hash.to_vec(),
            family: token.family.as_bytes().to_vec(),
            person: token.user.0,
            expires_at: token.expires_at.0,
            used: 0,
        };
        reading!(self, conn => {
            diesel::delete(refresh_token::table.filter(refresh_token::expires_at.lt(now.0)))
                .execute(conn)?;
            diesel::insert_into(refresh_token::table).values(row()).execute(conn)
        })?;
        Ok(())
    }

    /// Uses a token up. Of two that take the same one, one gets `Fresh`: the update decides.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn take_refresh(&self, hash: [u8; 32]) -> Result<Taken, ReadError> {
        let taken: usize = reading!(self, conn => diesel::update(refresh_token::table)
            .filter(refresh_token::hash.eq(hash.to_vec()))
            .filter(refresh_token::used.eq(0))
            .set(refresh_token::used.eq(1))
            .execute(conn))?;
        let row: Option<RefreshRow> = reading!(self, conn => refresh_token::table
            .find(hash.to_vec())
            .get_result(conn)
            .optional())?;
        let Some(token) = row.map(|row| row.domain()).transpose()? else {
            return Ok(Taken::Unknown);
        };
        Ok(if taken == 1 { Taken::Fresh(token) } else { Taken::Reused(token) })
    }

    /// No token of the family works any more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_family(&self, family: Uuid) -> Result<(), ReadError> {
        reading!(self, conn => diesel::update(refresh_token::table)
            .filter(refresh_token::family.eq(family.as_bytes().to_vec()))
            .set(refresh_token::used.eq(1))
            .execute(conn))?;
        Ok(())
    }
}
