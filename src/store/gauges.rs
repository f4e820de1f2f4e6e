//! What the law has thresholds for: value in people's hands, and what was paid to venues in a year.
//! No thresholds: `app/reconciliation.rs` has them.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable},
};

use super::{
    connection::{Database, reading},
    reads::ReadError,
};
use crate::domain::{calendar::Instant, cents::Cents};

#[derive(QueryableByName)]
struct SumRow {
    #[diesel(sql_type = Nullable<BigInt>)]
    cents: Option<i64>,
}

impl Database {
    /// The money of all vouchers that may still be used.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn value_in_circulation(&self) -> Result<Cents, ReadError> {
        self.sum(
            "SELECT CAST(SUM(credit_cents - debit_cents) AS BIGINT) AS cents FROM account \
             WHERE stage = 'committed'",
        )
    }

    /// Payments to organisations that were made after a moment.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn paid_since(&self, since: Instant) -> Result<Cents, ReadError> {
        self.sum(&format!(
            "SELECT CAST(SUM(amount_cents) AS BIGINT) AS cents FROM payment \
             WHERE state = 'paid' AND answered_at > {}",
            since.0
        ))
    }

    fn sum(&self, sql: &str) -> Result<Cents, ReadError> {
        let row: SumRow = reading!(self, conn => sql_query(sql).get_result(conn))?;
        Ok(Cents(row.cents.unwrap_or_default()))
    }
}
