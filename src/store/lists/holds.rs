//! Held workshops as people see them, each within the tenant of who asks.
//! No writes.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{narrow, page};
use crate::{
    domain::{
        access::Tenant,
        calendar::Instant,
        cents::Cents,
        ids::*,
        view::{Filter, HeldView, HoldView, RedemptionView},
    },
    store::{
        connection::{Database, reading},
        convert,
        hold_schema::hold,
        holds::{HoldRow, TABLE},
        reads::ReadError,
        rows::RedemptionRow,
        schema::redemption,
    },
};

impl Database {
    pub fn holds(&self, filter: &Filter) -> Result<Vec<HoldView>, ReadError> {
        let Some((own, programmes)) = self.party(filter.within)? else { return Ok(Vec::new()) };
        let rows: Vec<HoldRow> = reading!(self, conn => {
            let mut query = hold::table.into_boxed();
            narrow!(query, hold::organisation => own,
                hold::organisation => filter.organisation,
                hold::programme => filter.programme,
                hold::venue => filter.venue,
                hold::voucher => filter.voucher,
                hold::payment => filter.payment,
                hold::redemption => filter.id.map(Seq));
            if let Some(programmes) = &programmes {
                query = query.filter(hold::programme.eq_any(programmes));
            }
            if filter.waiting {
                query = query.filter(hold::state.eq("held"));
            }
            page!(query, filter, desc hold::redemption).load(conn)
        })?;
        let seqs: Vec<i64> = rows.iter().map(|row| row.redemption).collect();
        let funder = match filter.within {
            Tenant::Funder(funder) => Some(funder),
            _ => None,
        };
        let of: Vec<RedemptionRow> = reading!(self, conn => redemption::table
            .filter(redemption::seq.eq_any(&seqs))
            .load(conn))?;
        let of = self.taken(of, funder)?.into_iter().map(|row| (row.seq.0, row));
        let of: HashMap<i64, RedemptionView> = of.collect();
        let view = |row: HoldRow| of.get(&row.redemption).map(|of| viewed(row, of));
        rows.into_iter().filter_map(view).collect()
    }

    /// Which of these redemptions are held, or were.
    pub(super) fn held(&self, seqs: &[i64]) -> Result<HashMap<i64, HeldView>, ReadError> {
        let rows: Vec<HoldRow> = reading!(self, conn => hold::table
            .filter(hold::redemption.eq_any(seqs))
            .load(conn))?;
        let view = |row: HoldRow| {
            let (state, causes) = (row.state()?, convert::json(TABLE, &row.causes)?);
            let (dispute, note) = (row.dispute, row.note);
            Ok((row.redemption, HeldView { state, causes, dispute, note }))
        };
        rows.into_iter().map(view).collect()
    }
}

fn viewed(row: HoldRow, of: &RedemptionView) -> Result<HoldView, ReadError> {
    Ok(HoldView {
        id: of.seq,
        programme: of.programme,
        voucher: of.voucher,
        issuer: of.issuer,
        organisation: of.organisation,
        venue: of.venue,
        workshops: of.workshops,
        causes: convert::json(TABLE, &row.causes)?,
        state: row.state()?,
        earned_cents: Cents(of.earned_cents.0),
        currency: of.currency,
        occurred_at: of.occurred_at,
        recorded_at: of.recorded_at,
        taken_by: of.actor,
        device: of.device,
        disputed_by: row.disputed_by.map(UserId),
        disputed_at: row.disputed_at.map(Instant),
        dispute: row.dispute,
        decision: row.decision.map(Seq),
        decided_at: row.decided_at.map(Instant),
        decided_by: row.decided_by.map(UserId),
        note: row.note,
        payment: row.payment.map(PaymentId),
    })
}
