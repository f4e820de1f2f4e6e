//! Conflicts and payments of a closed month, as they stood at its end: read from their events,
//! since their rows go on. No workshops (`gather.rs`).

use std::collections::BTreeMap;

use diesel::{prelude::*, sql_query};

use super::gather::{MonthSlice, ShareRow, Shares};
use crate::{
    domain::{
        calendar::{Day, Instant},
        event::Body,
        ids::*,
        refusal::Reason,
        settlement::{Amounts, PaymentState},
    },
    store::{
        connection::{Database, reading},
        convert,
        reads::ReadError,
        schema::event,
        settlement_schema::payment,
        usage::list,
    },
};

/// Bound values of one statement: SQLite takes 32,766.
pub(super) const KEYS: usize = 10_000;

/// A conflict that was opened or decided in the month, as it stood at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contested {
    pub seq: Seq,
    pub venue: VenueId,
    pub organisation: OrganisationId,
    pub workshops: i64,
    pub occurred_at: Instant,
    pub reason: Reason,
    /// Decided in the month: whether the guarantee paid it.
    pub paid: Option<bool>,
    /// What it paid.
    pub shares: Shares,
}

/// A payment that was prepared or answered in the month, as it stood at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    pub id: PaymentId,
    pub number: i64,
    pub organisation: OrganisationId,
    /// Of the last of these events.
    pub day: Day,
    pub state: PaymentState,
    /// In the month: 1 if it was paid, −1 if it came back after it had been, 0 if neither or both.
    pub effect: i64,
    pub lines: Amounts,
    pub netted: Amounts,
}

impl Database {
    /// The events of some kinds, in their order.
    pub(super) fn bodies(
        &self,
        of: &MonthSlice,
        kinds: &[&str],
    ) -> Result<Vec<(Seq, Day, Body)>, ReadError> {
        let rows: Vec<(i64, i64, String)> = reading!(self, conn => event::table
            .filter(event::seq.ge(of.from.0))
            .filter(event::seq.le(of.through.0))
            .filter(event::programme.eq(of.programme.0))
            .filter(event::day.ge(i64::from(of.first_day.0)))
            .filter(event::day.le(i64::from(of.last_day.0)))
            .filter(event::kind.eq_any(kinds))
            .order(event::seq)
            .select((event::seq, event::day, event::content))
            .load(conn))?;
        let body = |(seq, day, content): (i64, i64, String)| {
            let day = Day(convert::small("event", day)?);
            Ok((Seq(seq), day, convert::json("event", &content)?))
        };
        rows.into_iter().map(body).collect()
    }

    /// Conflicts that were opened or decided in the month.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn month_conflicts(&self, of: &MonthSlice) -> Result<Vec<Contested>, ReadError> {
        let mut found: BTreeMap<i64, Option<(Seq, bool)>> = BTreeMap::new();
        for (seq, _, body) in self.bodies(of, &["conflict_opened", "conflict_decided"])? {
            match body {
                Body::ConflictOpened(_) => {
                    found.insert(seq.0, None);
                }
                Body::ConflictDecided { conflict, numbers, .. } => {
                    found.insert(conflict.0, Some((seq, !numbers.is_empty())));
                }
                _ => {}
            }
        }
        let decisions: Vec<i64> = found.values().flatten().map(|(seq, _)| seq.0).collect();
        let mut shares = self.shares_of(&decisions)?;
        let ids: Vec<i64> = found.keys().copied().collect();
        let mut conflicts = Vec::with_capacity(ids.len());
        for part in ids.chunks(KEYS) {
            let rows = reading!(self, conn => event::table
                .filter(event::seq.eq_any(part))
                .order(event::seq)
                .select((event::seq, event::occurred_at, event::content))
                .load::<(i64, i64, String)>(conn))?;
            for (seq, at, content) in rows {
                let Body::ConflictOpened(own) = convert::json("event", &content)? else { continue };
                let decided = found.get(&seq).copied().flatten();
                conflicts.push(Contested {
                    seq: Seq(seq),
                    venue: own.venue,
                    organisation: own.organisation,
                    workshops: own.workshops.into(),
                    occurred_at: Instant(at),
                    reason: own.reason,
                    paid: decided.map(|(_, paid)| paid),
                    shares: decided.and_then(|(seq, _)| shares.remove(&seq.0)).unwrap_or_default(),
                });
            }
        }
        Ok(conflicts)
    }

    /// What events earned organisations, by event and funder.
    fn shares_of(&self, events: &[i64]) -> Result<BTreeMap<i64, Shares>, ReadError> {
        let mut shares: BTreeMap<i64, Shares> = BTreeMap::new();
        for part in events.chunks(KEYS) {
            let text = format!(
                "SELECT posting.event AS seq, account.funder AS funder, \
                     CAST(SUM(posting.amount_cents) AS BIGINT) AS cents \
                 FROM posting CROSS JOIN account WHERE posting.event IN ({}) \
                     AND account.id = posting.account AND account.stage = 'earned' GROUP BY 1, 2",
                list(part)
            );
            let rows: Vec<ShareRow> = reading!(self, conn => sql_query(&text).load(conn))?;
            for row in rows {
                shares.entry(row.seq).or_default().insert(FunderId(row.funder), row.cents);
            }
        }
        Ok(shares)
    }

    /// Payments that were prepared or answered in the month.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn month_payments(&self, of: &MonthSlice) -> Result<Vec<Paid>, ReadError> {
        let kinds = ["payment_prepared", "payment_paid", "payment_failed"];
        let mut found: BTreeMap<i64, (Day, PaymentState, i64)> = BTreeMap::new();
        for (seq, day, body) in self.bodies(of, &kinds)? {
            let (id, state) = match body {
                Body::PaymentPrepared(_) => (seq.0, PaymentState::InPayment),
                Body::PaymentPaid { payment } => (payment.0, PaymentState::Paid),
                Body::PaymentFailed { payment, how, .. } => (payment.0, how),
                _ => continue,
            };
            let before = found.get(&id).map_or(0, |(_, _, effect)| *effect);
            let effect = match state {
                PaymentState::Paid => before + 1,
                PaymentState::Returned => before - 1,
                _ => before,
            };
            found.insert(id, (day, state, effect));
        }
        let ids: Vec<i64> = found.keys().copied().collect();
        let mut payments = Vec::with_capacity(ids.len());
        for part in ids.chunks(KEYS) {
            let rows = reading!(self, conn => payment::table
                .filter(payment::id.eq_any(part))
                .order(payment::number)
                .select((
                    payment::id,
                    payment::number,
                    payment::organisation,
                    payment::lines,
                    payment::netted,
                ))
                .load::<(i64, i64, i64, String, String)>(conn))?;
            for (id, number, organisation, lines, netted) in rows {
                let Some((day, state, effect)) = found.get(&id).copied() else { continue };
                payments.push(Paid {
                    id: PaymentId(id),
                    number,
                    organisation: OrganisationId(organisation),
                    day,
                    state,
                    effect,
                    lines: convert::json("payment", &lines)?,
                    netted: convert::json("payment", &netted)?,
                });
            }
        }
        Ok(payments)
    }
}
