//! What a device's feed is made of: vouchers that changed, by event or by their place.
//! No bytes and no signature: `domain/feed.rs` and `app/feed.rs` have them.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert,
    reads::ReadError,
    rows::VoucherRow,
    schema::{event, voucher},
};
use crate::domain::{
    calendar::Day,
    ids::{ProgrammeId, Seq},
    life::Voucher,
    voucher::{Kid, payload::head},
};

/// Events that one page of a delta tells of, and vouchers that one page of a beginning does.
const PAGE: i64 = 20_000;
/// Rows that one page looks at: those of other programmes are in between, and of no index.
const LOOKED_AT: i64 = 100_000;
/// Values that one statement binds at most.
const BOUND: usize = 5_000;
/// What changes what a signature says.
const CHANGES: [&str; 7] = [
    "redeemed",
    "reversed",
    "voucher_activated",
    "voucher_suspended",
    "voucher_reinstated",
    "voucher_cancelled",
    "voucher_replaced",
];

/// Vouchers as they are now.
pub struct Changed {
    pub vouchers: Vec<Voucher>,
    /// Everything is told up to this event.
    pub until: Seq,
    /// Where the next page goes on; 0: this is the last.
    pub next: i64,
}

/// The signed bytes of vouchers.
pub struct Signed {
    pub payloads: Vec<[u8; 20]>,
    /// Where the next page goes on; 0: this is the last.
    pub next: i64,
}

impl Database {
    /// Vouchers of programmes that changed after an event.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn changed_after(
        &self,
        programmes: &[ProgrammeId],
        after: Seq,
    ) -> Result<Changed, ReadError> {
        let head = self.as_of()?;
        let end = Seq(head.0.min(after.0.saturating_add(LOOKED_AT)));
        let programmes: Vec<i64> = programmes.iter().map(|id| id.0).collect();
        let rows: Vec<(i64, Option<i64>)> = reading!(self, conn => event::table
            .filter(event::seq.gt(after.0))
            .filter(event::seq.le(end.0))
            .filter(event::programme.eq_any(&programmes))
            .filter(event::kind.eq_any(CHANGES))
            .order(event::seq)
            .limit(PAGE)
            .select((event::seq, event::voucher))
            .load(conn))?;
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == PAGE);
        let until = rows.last().filter(|_| full).map_or(end, |(seq, _)| Seq(*seq));
        let ids: BTreeSet<i64> = rows.iter().filter_map(|(_, voucher)| *voucher).collect();
        let ids: Vec<i64> = ids.into_iter().collect();
        let mut vouchers = Vec::with_capacity(ids.len());
        for ids in ids.chunks(BOUND) {
            let rows: Vec<VoucherRow> = reading!(self, conn => voucher::table
                .filter(voucher::id.eq_any(ids))
                .load(conn))?;
            for row in rows {
                vouchers.push(row.domain()?);
            }
        }
        let next = if until < head { until.0 } else { 0 };
        Ok(Changed { vouchers, until, next })
    }

    /// The signed bytes of vouchers of programmes that a key signed and that may still be shown, by
    /// their place in the register. A key is of no index: it leaks once, if ever.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn signed_with(
        &self,
        programmes: &[ProgrammeId],
        key: Kid,
        today: Day,
        number: i64,
    ) -> Result<Signed, ReadError> {
        let programmes: Vec<i64> = programmes.iter().map(|id| id.0).collect();
        let rows: Vec<(i64, Vec<u8>, i64)> = reading!(self, conn => voucher::table
            .filter(voucher::number.gt(number))
            .filter(voucher::number.le(number.saturating_add(LOOKED_AT)))
            .filter(voucher::programme.eq_any(&programmes))
            .order(voucher::number)
            .limit(PAGE)
            .select((voucher::number, voucher::payload, voucher::last_day))
            .load(conn))?;
        let next = self.next_page(number, rows.iter().map(|row| row.0))?;
        let mut payloads = Vec::new();
        for (_, payload, last_day) in rows {
            let payload = convert::bytes("voucher", &payload)?;
            let signed = head(&payload).is_some_and(|(_, kid)| kid == key);
            if signed && last_day >= i64::from(today.0) {
                payloads.push(payload);
            }
        }
        Ok(Signed { payloads, next })
    }

    /// Vouchers of programmes by their place in the register, for a device that knows nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn vouchers_from(
        &self,
        programmes: &[ProgrammeId],
        number: i64,
        until: Option<Seq>,
    ) -> Result<Changed, ReadError> {
        // Read first: what happens meanwhile is told again by the first delta.
        let until = until.map_or_else(|| self.as_of(), Ok)?;
        let programmes: Vec<i64> = programmes.iter().map(|id| id.0).collect();
        let rows: Vec<VoucherRow> = reading!(self, conn => voucher::table
            .filter(voucher::number.gt(number))
            .filter(voucher::number.le(number.saturating_add(LOOKED_AT)))
            .filter(voucher::programme.eq_any(&programmes))
            .order(voucher::number)
            .limit(PAGE)
            .load(conn))?;
        let next = self.next_page(number, rows.iter().map(|row| row.number))?;
        let vouchers = rows.iter().map(VoucherRow::domain).collect::<Result<_, _>>()?;
        Ok(Changed { vouchers, until, next })
    }

    /// Where the page after one that began at `number` begins; 0: there is none.
    fn next_page(
        &self,
        number: i64,
        mut rows: impl DoubleEndedIterator<Item = i64> + ExactSizeIterator,
    ) -> Result<i64, ReadError> {
        if i64::try_from(rows.len()).is_ok_and(|rows| rows == PAGE) {
            return Ok(rows.next_back().unwrap_or_default());
        }
        let last: Option<i64> = reading!(self, conn => voucher::table
            .select(diesel::dsl::max(voucher::number))
            .first(conn))?;
        let end = number.saturating_add(LOOKED_AT);
        Ok(if last.is_some_and(|last| last > end) { end } else { 0 })
    }
}
