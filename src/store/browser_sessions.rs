//! Log-ins to the pages: kept by the hash of their cookie.
//! Log-ins are not events: nothing here passes the writer.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert::{self, Unreadable},
    login_schema::browser_session,
    reads::ReadError,
};
use crate::domain::{calendar::Instant, ids::UserId, view::BrowserSession};

#[derive(Queryable, Insertable)]
#[diesel(table_name = browser_session)]
struct BrowserSessionRow {
    hash: Vec<u8>,
    person: i64,
    begun_at: i64,
    seen_at: i64,
    expires_at: i64,
    browser: String,
}

impl BrowserSessionRow {
    fn of(session: &BrowserSession) -> Self {
        Self {
            hash: session.hash.to_vec(),
            person: session.user.0,
            begun_at: session.begun_at.0,
            seen_at: session.seen_at.0,
            expires_at: session.expires_at.0,
            browser: session.browser.clone(),
        }
    }

    fn domain(self) -> Result<BrowserSession, Unreadable> {
        Ok(BrowserSession {
            hash: convert::bytes("browser_session", &self.hash)?,
            user: UserId(self.person),
            begun_at: Instant(self.begun_at),
            seen_at: Instant(self.seen_at),
            expires_at: Instant(self.expires_at),
            browser: self.browser,
        })
    }
}

impl Database {
    /// Keeps a new session, and forgets those that are past their time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_browser_session(
        &self,
        session: &BrowserSession,
        now: Instant,
    ) -> Result<(), ReadError> {
        let over = || browser_session::table.filter(browser_session::expires_at.le(now.0));
        reading!(self, conn => {
            diesel::delete(over()).execute(conn)?;
            diesel::insert_into(browser_session::table)
                .values(BrowserSessionRow::of(session))
                .execute(conn)
        })?;
        Ok(())
    }

    /// The session of a cookie, as long as it lasts.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn browser_session(
        &self,
        hash: [u8; 32],
        now: Instant,
    ) -> Result<Option<BrowserSession>, ReadError> {
        let row: Option<BrowserSessionRow> = reading!(self, conn => browser_session::table
            .find(hash.to_vec())
            .filter(browser_session::expires_at.gt(now.0))
            .get_result(conn)
            .optional())?;
        Ok(row.map(BrowserSessionRow::domain).transpose()?)
    }

    /// The sessions of a person, the last used first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn browser_sessions(
        &self,
        user: UserId,
        now: Instant,
    ) -> Result<Vec<BrowserSession>, ReadError> {
        let rows: Vec<BrowserSessionRow> = reading!(self, conn => browser_session::table
            .filter(browser_session::person.eq(user.0))
            .filter(browser_session::expires_at.gt(now.0))
            .order(browser_session::seen_at.desc())
            .load(conn))?;
        Ok(rows.into_iter().map(BrowserSessionRow::domain).collect::<Result<_, _>>()?)
    }

    /// Notes that a session was used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn browser_session_seen(&self, hash: [u8; 32], now: Instant) -> Result<(), ReadError> {
        reading!(self, conn => diesel::update(browser_session::table.find(hash.to_vec()))
            .set(browser_session::seen_at.eq(now.0))
            .execute(conn))?;
        Ok(())
    }

    /// Ends a session of a person; another's stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn end_browser_session(&self, hash: [u8; 32], user: UserId) -> Result<(), ReadError> {
        let one = || {
            browser_session::table.find(hash.to_vec()).filter(browser_session::person.eq(user.0))
        };
        reading!(self, conn => diesel::delete(one()).execute(conn))?;
        Ok(())
    }
}
