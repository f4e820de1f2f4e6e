//! Vouchers that sleep in drawers, and those whose money should have moved on.
//! No money that venues have earned (`money.rs`).

use std::collections::BTreeMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{Asked, by_funder};
use crate::{
    domain::{
        calendar::Day,
        ids::FunderId,
        life::Voucher,
        programme::Programme,
        reconciliation::{Item, OpenThing},
    },
    store::{connection::reading, reads::ReadError, rows::VoucherRow, schema::voucher},
};

/// Vouchers read at a time.
const CHUNK: i64 = 1_000;

impl Asked<'_> {
    /// By the day on which they were minted.
    pub(super) fn stock(&self, programme: &Programme) -> Result<Vec<OpenThing>, ReadError> {
        let today = self.now.day(&programme.terms.time_zone);
        self.counted(
            Item::StockAsleep,
            &format!(
                "SELECT programme, first_day AS day, COUNT(*) AS count, \
                 CAST(SUM(workshops) AS BIGINT) AS workshops FROM voucher \
                 WHERE standing = 'stock' AND money = 'none' AND last_day >= {} \
                 AND programme = {} GROUP BY 1, 2",
                today.0, programme.id
            ),
        )
    }

    pub(super) fn committed(&self, programme: &Programme) -> Result<Vec<OpenThing>, ReadError> {
        let today = self.now.day(&programme.terms.time_zone);
        // As the index `voucher_open` says it, so that it is used.
        let open = "(money IN ('committed', 'releasable') OR standing = 'stock')";
        let past = format!("({open} AND money = 'committed' AND last_day < {})", today.0);
        let since = |voucher: &Voucher| Some(voucher.last_day.plus(1));
        self.each(programme, &past, Item::CommittedPastExpiry, since)
    }

    pub(super) fn releasable(&self, programme: &Programme) -> Result<Vec<OpenThing>, ReadError> {
        let terms = &programme.terms;
        let today = self.now.day(&terms.time_zone);
        let bound = today.plus(-i32::from(terms.late_limit_days));
        // Of those that people ended, the moment stands in the row's text.
        let past = format!(
            "(money = 'releasable' AND (last_day < {} OR standing IN ('cancelled', 'replaced')))",
            bound.0
        );
        let due = |voucher: &Voucher| {
            let until = voucher.waits_until(terms.late_limit_days, &terms.time_zone);
            (today > until).then(|| until.plus(1))
        };
        self.each(programme, &past, Item::ReleasablePastLimit, due)
    }

    /// Vouchers that meet a condition, summed by the day since which they are overdue.
    fn each(
        &self,
        programme: &Programme,
        condition: &str,
        item: Item,
        since: impl Fn(&Voucher) -> Option<Day>,
    ) -> Result<Vec<OpenThing>, ReadError> {
        type Sum = (i64, i64, BTreeMap<FunderId, i64>);
        let (mut after, mut sums) = (0, BTreeMap::<Day, Sum>::new());
        loop {
            let rows: Vec<VoucherRow> = reading!(self.database, conn => voucher::table
                .filter(voucher::programme.eq(programme.id.0))
                .filter(sql::<Bool>(condition))
                .filter(voucher::number.gt(after))
                .order(voucher::number)
                .limit(CHUNK)
                .load(conn))?;
            let Some(last) = rows.last() else { break };
            after = last.number;
            for row in &rows {
                let voucher = row.domain()?;
                let Some(day) = since(&voucher).filter(|_| !voucher.free.is_empty()) else {
                    continue;
                };
                let (count, workshops, cents) = sums.entry(day).or_default();
                *count += 1;
                *workshops += i64::try_from(voucher.free.len()).unwrap_or(i64::MAX);
                let cost = programme.pricing(voucher.version).cost(&voucher.free);
                for (funder, amount) in cost.into_iter().filter(|(of, _)| self.tells(*of)) {
                    *cents.entry(funder).or_default() += amount.0;
                }
            }
        }
        let programme = Some(programme.id);
        let thing = |(since, (count, workshops, cents))| OpenThing {
            item,
            programme,
            since,
            count,
            workshops,
            cents: by_funder(cents),
        };
        Ok(sums.into_iter().map(thing).collect())
    }
}
