//! Who waits for money, why, and when somebody was told last.
//! No writes: messages are kept by `messages.rs`.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    convert::Unreadable,
    post_schema::message,
    reads::ReadError,
    settlement_schema::{payment, settlement, settlement_waiting},
};
use crate::domain::{
    calendar::{Day, Instant},
    cents::Cents,
    ids::{OrganisationId, PaymentId, ProgrammeId, SettlementId, UserId},
    message::Kind,
    settlement::WaitCause,
};

/// Rows of one look: what is left comes with the next.
const MOST: i64 = 20_000;

/// What an organisation was to get in a run, and why it did not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StillWaits {
    pub day: Day,
    pub cause: WaitCause,
    pub amount: Cents,
}

fn cause(code: &str) -> Result<WaitCause, ReadError> {
    let odd = || Unreadable { table: "settlement_waiting", what: "a cause".to_owned() };
    Ok(WaitCause::from_code(code).ok_or_else(odd)?)
}

impl Database {
    /// The organisations that runs since a moment do not pay, by run.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn waiting_since(
        &self,
        since: Instant,
    ) -> Result<Vec<(SettlementId, OrganisationId, WaitCause)>, ReadError> {
        let rows: Vec<(i64, i64, String)> = reading!(self, conn => settlement_waiting::table
            .inner_join(settlement::table.on(settlement::id.eq(settlement_waiting::settlement)))
            .filter(settlement::prepared_at.ge(since.0))
            .filter(settlement::state.eq_any(["prepared", "approved", "exported"]))
            .order((settlement_waiting::settlement, settlement_waiting::organisation))
            .select((
                settlement_waiting::settlement,
                settlement_waiting::organisation,
                settlement_waiting::cause,
            ))
            .limit(MOST)
            .load(conn))?;
        let row = |(run, of, code): (i64, i64, String)| {
            Ok((SettlementId(run), OrganisationId(of), cause(&code)?))
        };
        rows.into_iter().map(row).collect()
    }

    /// The last run that did not pay an organisation.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn still_waits(&self, of: OrganisationId) -> Result<Option<StillWaits>, ReadError> {
        let row: Option<(i64, String, i64)> = reading!(self, conn => settlement_waiting::table
            .inner_join(settlement::table.on(settlement::id.eq(settlement_waiting::settlement)))
            .filter(settlement_waiting::organisation.eq(of.0))
            .filter(settlement::state.ne("cancelled"))
            .order(settlement::id.desc())
            .select((
                settlement::day,
                settlement_waiting::cause,
                settlement_waiting::amount_cents,
            ))
            .first(conn)
            .optional())?;
        let Some((day, code, cents)) = row else { return Ok(None) };
        let day = Day(super::convert::small("settlement", day)?);
        Ok(Some(StillWaits { day, cause: cause(&code)?, amount: Cents(cents) }))
    }

    /// Payments that a bank rejected or returned since a moment, and that no other has taken up.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn failed_since(
        &self,
        since: Instant,
    ) -> Result<Vec<(PaymentId, OrganisationId)>, ReadError> {
        let rows: Vec<(i64, i64)> = reading!(self, conn => payment::table
            .filter(payment::state.eq_any(["rejected", "returned"]))
            .filter(payment::reissued_in.is_null())
            .filter(payment::answered_at.ge(since.0))
            .order(payment::id)
            .select((payment::id, payment::organisation))
            .limit(MOST)
            .load(conn))?;
        Ok(rows.into_iter().map(|(id, of)| (PaymentId(id), OrganisationId(of))).collect())
    }

    /// Payments whose run was handed to the bank since a moment, or that a funder's accountant
    /// has paid since: an order is no payment before that.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn sent_since(
        &self,
        since: Instant,
    ) -> Result<Vec<(PaymentId, OrganisationId)>, ReadError> {
        let rows: Vec<(i64, i64, i64, Option<i64>)> = reading!(self, conn => payment::table
            .inner_join(settlement::table.on(settlement::id.eq(payment::settlement)))
            .filter(settlement::state.eq("exported"))
            .filter(payment::state.eq_any(["in_payment", "paid"]))
            .filter(payment::amount_cents.gt(0))
            .filter(settlement::exported_at
                .ge(Some(since.0))
                .or(payment::answered_at.ge(Some(since.0))))
            .order(payment::id)
            .select((
                payment::id,
                payment::organisation,
                payment::programme,
                payment::answered_at,
            ))
            .limit(MOST)
            .load(conn))?;
        let mut found = Vec::with_capacity(rows.len());
        let mut orders: HashMap<i64, bool> = HashMap::new();
        for (id, of, programme, answered_at) in rows {
            let paid_by_order = match orders.get(&programme) {
                Some(known) => *known,
                None => {
                    let row = self.programme(ProgrammeId(programme))?;
                    let order = row.is_some_and(|row| row.terms.paying_funder().is_some());
                    *orders.entry(programme).or_insert(order)
                }
            };
            if !paid_by_order || answered_at.is_some() {
                found.push((PaymentId(id), OrganisationId(of)));
            }
        }
        Ok(found)
    }

    /// When a person was last written to about this, and in which language about anything.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn last_message(
        &self,
        person: UserId,
        kind: Option<Kind>,
    ) -> Result<(Option<Instant>, Option<String>), ReadError> {
        let row: Option<(i64, String)> = reading!(self, conn => {
            let mut query =
                message::table.filter(message::person.eq(Some(person.0))).into_boxed();
            if let Some(kind) = kind {
                query = query.filter(message::kind.eq(kind.code()));
            }
            query
                .order(message::made_at.desc())
                .select((message::made_at, message::language))
                .first(conn)
                .optional()
        })?;
        Ok(row.map_or((None, None), |(at, language)| (Some(Instant(at)), Some(language))))
    }
}
