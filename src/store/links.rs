//! Links that were sent: to choose a password, to show a pass, to stop reminders. Kept as hashes.
//! Links are not events: nothing here passes the writer.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert,
    login_schema::{browser_session, refresh_token},
    post_schema::{account_token, short_link},
    reads::ReadError,
};
use crate::domain::{
    calendar::Instant,
    ids::{UserId, VoucherId},
    message::{AccountToken, Kind, Opens},
};

#[derive(Queryable, Insertable)]
#[diesel(table_name = account_token)]
struct TokenRow {
    hash: Vec<u8>,
    person: i64,
    purpose: String,
    expires_at: i64,
    used: i64,
}

impl TokenRow {
    fn domain(&self) -> Result<AccountToken, ReadError> {
        let odd = || convert::Unreadable { table: "account_token", what: "purpose".to_owned() };
        Ok(AccountToken {
            hash: convert::bytes("account_token", &self.hash)?,
            user: UserId(self.person),
            purpose: Kind::of_code(&self.purpose).ok_or_else(odd)?,
            expires_at: Instant(self.expires_at),
        })
    }
}

impl Database {
    /// Keeps a new token, and forgets those that are past their time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_account_token(&self, token: &AccountToken, now: Instant) -> Result<(), ReadError> {
        let row = || TokenRow {
            hash: token.hash.to_vec(),
            person: token.user.0,
            purpose: token.purpose.code().to_owned(),
            expires_at: token.expires_at.0,
            used: 0,
        };
        reading!(self, conn => {
            diesel::delete(account_token::table.filter(account_token::expires_at.lt(now.0)))
                .execute(conn)?;
            diesel::insert_into(account_token::table).values(row()).execute(conn)
        })?;
        Ok(())
    }

    /// A token that is good now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn account_token(
        &self,
        hash: [u8; 32],
        now: Instant,
    ) -> Result<Option<AccountToken>, ReadError> {
        let row: Option<TokenRow> = reading!(self, conn => account_token::table
            .find(hash.to_vec())
            .filter(account_token::used.eq(0))
            .filter(account_token::expires_at.gt(now.0))
            .get_result(conn)
            .optional())?;
        row.map(|row| row.domain()).transpose()
    }

    /// Uses a token up; of two that take it one gets it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn take_account_token(&self, hash: [u8; 32], now: Instant) -> Result<bool, ReadError> {
        let taken: usize = reading!(self, conn => diesel::update(account_token::table)
            .filter(account_token::hash.eq(hash.to_vec()))
            .filter(account_token::used.eq(0))
            .filter(account_token::expires_at.gt(now.0))
            .set(account_token::used.eq(1))
            .execute(conn))?;
        Ok(taken == 1)
    }

    /// Makes a token good again: what it was taken for did not happen.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn return_account_token(&self, hash: [u8; 32]) -> Result<(), ReadError> {
        reading!(self, conn => diesel::update(account_token::table.find(hash.to_vec()))
            .set(account_token::used.eq(0))
            .execute(conn))?;
        Ok(())
    }

    /// Ends a person's sessions, and every link to choose another password.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_sessions(&self, user: UserId) -> Result<(), ReadError> {
        reading!(self, conn => {
            diesel::delete(account_token::table.filter(account_token::person.eq(user.0)))
                .execute(conn)?;
            diesel::delete(browser_session::table.filter(browser_session::person.eq(user.0)))
                .execute(conn)?;
            diesel::delete(refresh_token::table.filter(refresh_token::person.eq(user.0)))
                .execute(conn)
        })?;
        Ok(())
    }

    /// Keeps a short link, and forgets those that are past their time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_short_link(
        &self,
        hash: [u8; 32],
        opens: Opens,
        voucher: VoucherId,
        expires_at: Instant,
        now: Instant,
    ) -> Result<(), ReadError> {
        let row = || {
            (
                short_link::hash.eq(hash.to_vec()),
                short_link::purpose.eq(opens.code()),
                short_link::voucher.eq(voucher.0),
                short_link::expires_at.eq(expires_at.0),
            )
        };
        reading!(self, conn => {
            diesel::delete(short_link::table.filter(short_link::expires_at.lt(now.0)))
                .execute(conn)?;
            diesel::insert_into(short_link::table).values(row()).execute(conn)
        })?;
        Ok(())
    }

    /// The voucher of a short link that is good now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn short_link(
        &self,
        hash: [u8; 32],
        opens: Opens,
        now: Instant,
    ) -> Result<Option<VoucherId>, ReadError> {
        let voucher: Option<i64> = reading!(self, conn => short_link::table
            .find(hash.to_vec())
            .filter(short_link::purpose.eq(opens.code()))
            .filter(short_link::expires_at.gt(now.0))
            .select(short_link::voucher)
            .get_result(conn)
            .optional())?;
        Ok(voucher.map(VoucherId))
    }
}
