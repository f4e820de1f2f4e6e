//! The log of what was printed.
//! No paper: `print` makes it.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert::{self, Unreadable},
    reads::ReadError,
    schema::{printing, voucher},
};
use crate::domain::{
    calendar::Instant,
    ids::{RequestId, Seq, UserId, VoucherId},
    printing::{Again, Printed, Printing},
};

/// Entries of a log that are read at most.
const MOST: i64 = 500;

#[derive(Queryable, Insertable)]
#[diesel(table_name = printing)]
struct PrintingRow {
    id: String,
    voucher: Option<i64>,
    batch: Option<i64>,
    part: Option<i64>,
    format: String,
    person: i64,
    printed_at: i64,
    reason: Option<String>,
}

impl PrintingRow {
    fn of(printing: &Printing) -> Self {
        let (voucher, batch, part) = match printing.what {
            Printed::Pass(voucher) => (Some(voucher.0), None, None),
            Printed::Part { batch, part } => (None, Some(batch.0), Some(i64::from(part))),
        };
        Self {
            id: printing.id.0.to_string(),
            voucher,
            batch,
            part,
            format: printing.format.clone(),
            person: printing.by.0,
            printed_at: printing.at.0,
            reason: printing.again.map(|again| again.code().to_owned()),
        }
    }

    fn domain(self) -> Result<Printing, Unreadable> {
        let unreadable = |what: &str| Unreadable { table: "printing", what: what.to_owned() };
        let what = match (self.voucher, self.batch, self.part) {
            (Some(voucher), None, None) => Printed::Pass(VoucherId(voucher)),
            (None, Some(batch), Some(part)) => {
                Printed::Part { batch: Seq(batch), part: convert::small("printing", part)? }
            }
            _ => return Err(unreadable("what")),
        };
        let again = match self.reason {
            Some(code) => Some(Again::from_code(&code).ok_or_else(|| unreadable("reason"))?),
            None => None,
        };
        Ok(Printing {
            id: RequestId(self.id.parse().map_err(|_| unreadable("id"))?),
            what,
            format: self.format,
            by: UserId(self.person),
            at: Instant(self.printed_at),
            again,
        })
    }
}

impl Database {
    /// Notes a printing; false if the same was printed before and no reason is given for once
    /// more. The database sees to that: of two that ask at once, one is the first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_printing(&self, new: &Printing) -> Result<bool, ReadError> {
        let kept = reading!(self, conn => diesel::insert_into(printing::table)
            .values(PrintingRow::of(new))
            .on_conflict_do_nothing()
            .execute(conn))?;
        Ok(kept == 1 || self.printing(new.id)?.is_some())
    }

    /// # Errors
    /// When the database does not answer.
    pub fn printing(&self, id: RequestId) -> Result<Option<Printing>, ReadError> {
        let row: Option<PrintingRow> = reading!(self, conn => printing::table
            .find(id.0.to_string())
            .get_result(conn)
            .optional())?;
        Ok(row.map(PrintingRow::domain).transpose()?)
    }

    /// Of a pass or of a whole batch, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn printings(&self, of: Printed) -> Result<Vec<Printing>, ReadError> {
        let rows: Vec<PrintingRow> = reading!(self, conn => {
            let query = printing::table.into_boxed();
            let query = match of {
                Printed::Pass(voucher) => query.filter(printing::voucher.eq(voucher.0)),
                Printed::Part { batch, .. } => query.filter(printing::batch.eq(batch.0)),
            };
            query.order(printing::printed_at.desc()).limit(MOST).load(conn)
        })?;
        Ok(rows.into_iter().map(PrintingRow::domain).collect::<Result<_, _>>()?)
    }

    /// Some vouchers of a batch, in the order in which they were minted.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn batch_slice(
        &self,
        batch: Seq,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<VoucherId>, ReadError> {
        let rows: Vec<i64> = reading!(self, conn => voucher::table
            .filter(voucher::batch.eq(batch.0))
            .order(voucher::number.asc())
            .offset(i64::from(skip))
            .limit(i64::from(limit))
            .select(voucher::id)
            .load(conn))?;
        Ok(rows.into_iter().map(VoucherId).collect())
    }
}
