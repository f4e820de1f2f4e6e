//! Issuers' own references of their passes, sealed, found by a keyed hash.
//! Not part of what happened: nothing here passes the writer.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert,
    reads::ReadError,
    schema::{own_reference, voucher},
};
use crate::domain::{calendar::Day, ids::VoucherId};

/// A reference that only the service opens.
#[derive(Clone)]
pub struct SealedReference {
    pub voucher: VoucherId,
    pub tag: [u8; 32],
    pub sealed: Vec<u8>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = own_reference)]
struct OwnReferenceRow {
    voucher: i64,
    tag: Vec<u8>,
    sealed: Vec<u8>,
}

impl OwnReferenceRow {
    fn of(new: &SealedReference) -> Self {
        Self { voucher: new.voucher.0, tag: new.tag.to_vec(), sealed: new.sealed.clone() }
    }
}

impl Database {
    /// Keeps a reference; one that the voucher has already stays.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_own_reference(&self, new: &SealedReference) -> Result<(), ReadError> {
        reading!(self, conn => diesel::insert_into(own_reference::table)
            .values(OwnReferenceRow::of(new))
            .on_conflict_do_nothing()
            .execute(conn))?;
        Ok(())
    }

    /// Keeps a reference in the place of one that the voucher has.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn change_own_reference(&self, new: &SealedReference) -> Result<(), ReadError> {
        let set = || {
            (own_reference::tag.eq(new.tag.to_vec()), own_reference::sealed.eq(new.sealed.clone()))
        };
        reading!(self, conn => diesel::insert_into(own_reference::table)
            .values(OwnReferenceRow::of(new))
            .on_conflict(own_reference::voucher)
            .do_update()
            .set(set())
            .execute(conn))?;
        Ok(())
    }

    /// The references of these vouchers, as far as they have one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn own_references(
        &self,
        vouchers: &[VoucherId],
    ) -> Result<Vec<SealedReference>, ReadError> {
        let ids: Vec<i64> = vouchers.iter().map(|id| id.0).collect();
        let rows: Vec<OwnReferenceRow> = reading!(self, conn => own_reference::table
            .filter(own_reference::voucher.eq_any(&ids))
            .load(conn))?;
        let sealed = |row: OwnReferenceRow| {
            Ok(SealedReference {
                voucher: VoucherId(row.voucher),
                tag: convert::bytes("own_reference", &row.tag)?,
                sealed: row.sealed,
            })
        };
        rows.into_iter().map(sealed).collect()
    }

    /// The vouchers of a reference, `limit` at most, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn vouchers_of_reference(
        &self,
        tag: [u8; 32],
        limit: i64,
    ) -> Result<Vec<VoucherId>, ReadError> {
        let ids: Vec<i64> = reading!(self, conn => own_reference::table
            .inner_join(voucher::table.on(voucher::id.eq(own_reference::voucher)))
            .filter(own_reference::tag.eq(tag.to_vec()))
            .order(voucher::number.desc())
            .limit(limit)
            .select(own_reference::voucher)
            .load(conn))?;
        Ok(ids.into_iter().map(VoucherId).collect())
    }

    /// Erases the references of vouchers whose last day was before `day`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget_own_references(&self, day: Day) -> Result<usize, ReadError> {
        Ok(reading!(self, conn => {
            let over = voucher::table
                .filter(voucher::last_day.lt(i64::from(day.0)))
                .select(voucher::id);
            diesel::delete(own_reference::table.filter(own_reference::voucher.eq_any(over)))
                .execute(conn)
        })?)
    }
}
