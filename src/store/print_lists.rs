//! The log of the lists that print shops were given, and the stock that is on one.
//! No text of a voucher: `app/print_list.rs` makes it, and nobody keeps it.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert::Unreadable,
    people_schema::print_list,
    reads::ReadError,
    schema::voucher,
};
use crate::domain::{
    calendar::Instant,
    ids::{RequestId, Seq, UserId, VoucherId},
    printing::{Again, PrintList},
};

/// Entries of a log that are read at most.
const MOST: i64 = 500;

#[derive(Queryable, Insertable)]
#[diesel(table_name = print_list)]
struct PrintListRow {
    id: String,
    batch: i64,
    recipient: String,
    person: Option<i64>,
    taken_at: i64,
    reason: Option<String>,
}

impl PrintListRow {
    fn of(list: &PrintList) -> Self {
        Self {
            id: list.id.0.to_string(),
            batch: list.batch.0,
            recipient: list.recipient.clone(),
            person: list.by.map(|id| id.0),
            taken_at: list.at.0,
            reason: list.again.map(|again| again.code().to_owned()),
        }
    }

    fn domain(self) -> Result<PrintList, Unreadable> {
        let unreadable = |what: &str| Unreadable { table: "print_list", what: what.to_owned() };
        let again = match self.reason {
            Some(code) => Some(Again::from_code(&code).ok_or_else(|| unreadable("reason"))?),
            None => None,
        };
        Ok(PrintList {
            id: RequestId(self.id.parse().map_err(|_| unreadable("id"))?),
            batch: Seq(self.batch),
            recipient: self.recipient,
            by: self.person.map(UserId),
            at: Instant(self.taken_at),
            again,
        })
    }
}

impl Database {
    /// Notes a list; false if the batch's was taken before and no reason is given for once more.
    /// The database sees to that: of two that ask at once, one is the first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_print_list(&self, new: &PrintList) -> Result<bool, ReadError> {
        let kept = reading!(self, conn => diesel::insert_into(print_list::table)
            .values(PrintListRow::of(new))
            .on_conflict_do_nothing()
            .execute(conn))?;
        Ok(kept == 1)
    }

    /// # Errors
    /// When the database does not answer.
    pub fn print_list(&self, id: RequestId) -> Result<Option<PrintList>, ReadError> {
        let row: Option<PrintListRow> = reading!(self, conn => print_list::table
            .find(id.0.to_string())
            .get_result(conn)
            .optional())?;
        Ok(row.map(PrintListRow::domain).transpose()?)
    }

    /// Of a batch, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn print_lists(&self, batch: Seq) -> Result<Vec<PrintList>, ReadError> {
        let rows: Vec<PrintListRow> = reading!(self, conn => print_list::table
            .filter(print_list::batch.eq(batch.0))
            .order(print_list::taken_at.desc())
            .limit(MOST)
            .load(conn))?;
        Ok(rows.into_iter().map(PrintListRow::domain).collect::<Result<_, _>>()?)
    }

    /// The next vouchers of a batch that are still stock, with their places in the register.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn stock_of_batch(
        &self,
        batch: Seq,
        after: i64,
        limit: i64,
    ) -> Result<Vec<(i64, VoucherId)>, ReadError> {
        let rows: Vec<(i64, i64)> = reading!(self, conn => voucher::table
            .filter(voucher::batch.eq(batch.0))
            .filter(voucher::number.gt(after))
            .filter(voucher::standing.eq("stock"))
            .order(voucher::number.asc())
            .limit(limit)
            .select((voucher::number, voucher::id))
            .load(conn))?;
        Ok(rows.into_iter().map(|(number, id)| (number, VoucherId(id))).collect())
    }
}
