//! Workshops that were held at the end of a closed month: read from the events of their passes,
//! since their rows go on. No sums: `app/statements` has them.

use diesel::prelude::*;

use super::gather::{MonthSlice, Shares};
use crate::{
    domain::{
        event::Body,
        ids::{OrganisationId, Seq, VoucherId},
        settlement::Amounts,
    },
    store::{
        connection::{Database, reading},
        convert,
        hold_schema::hold,
        lists::of_history,
        reads::ReadError,
        schema::event,
    },
};

/// What makes a workshop held, and what ends it.
const KINDS: [&str; 4] = ["redeemed", "redemption_disputed", "hold_released", "reversed"];

/// A workshop that was earned, and not to be paid before somebody has looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub redemption: Seq,
    pub organisation: OrganisationId,
    pub workshops: i64,
    pub shares: Shares,
}

impl Database {
    /// Those of the programme at the end of the month.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn month_held(&self, of: &MonthSlice) -> Result<Vec<Held>, ReadError> {
        // What was decided before the month, and not asked about again, was not held at its end.
        let rows: Vec<(i64, i64, i64, String)> = reading!(self, conn => hold::table
            .filter(hold::programme.eq(of.programme.0))
            .filter(hold::redemption.le(of.through.0))
            .filter(hold::decision.is_null().or(hold::decision.ge(Some(of.from.0))))
            .order(hold::redemption)
            .select((hold::redemption, hold::organisation, hold::voucher, hold::amounts))
            .load(conn))?;
        let mut found = Vec::new();
        for (redemption, organisation, voucher, amounts) in rows {
            let (redemption, voucher) = (Seq(redemption), VoucherId(voucher));
            let Some(workshops) = self.held_at_end(of, redemption, voucher)? else { continue };
            let amounts: Amounts = convert::json("hold", &amounts)?;
            let mut shares = Shares::new();
            for share in amounts.shares() {
                *shares.entry(share.funder).or_default() += share.amount_cents.0;
            }
            let organisation = OrganisationId(organisation);
            found.push(Held { redemption, organisation, workshops, shares });
        }
        Ok(found)
    }

    /// Its workshops, if it was held after the last event of the month.
    fn held_at_end(
        &self,
        of: &MonthSlice,
        redemption: Seq,
        voucher: VoucherId,
    ) -> Result<Option<i64>, ReadError> {
        let contents: Vec<String> = reading!(self, conn => event::table
            .filter(of_history("event.seq", voucher))
            .filter(event::seq.ge(redemption.0))
            .filter(event::day.le(i64::from(of.last_day.0)))
            .filter(event::kind.eq_any(KINDS))
            .order(event::seq)
            .select(event::content)
            .load(conn))?;
        let (mut held, mut workshops) = (false, None);
        for content in contents {
            let body: Body = convert::json("event", &content)?;
            match body {
                // The first is its own: nothing of the pass before it was asked for.
                Body::Redeemed(own) if workshops.is_none() => {
                    held = !own.held.is_empty();
                    workshops = i64::try_from(own.numbers.len()).ok();
                }
                Body::RedemptionDisputed { redemption: of } if of == redemption => held = true,
                Body::HoldReleased { redemption: of } | Body::Reversed { redemption: of }
                    if of == redemption =>
                {
                    held = false;
                }
                _ => {}
            }
        }
        Ok(workshops.filter(|_| held))
    }
}
