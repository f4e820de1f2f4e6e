//! Money that is held up: payments without an end, organisations that wait, books that are off.
//! No vouchers (`vouchers.rs`).

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::{Asked, by_funder, day_of};
use crate::{
    domain::{
        ids::{FunderId, ProgrammeId},
        reconciliation::{Item, OpenThing},
        settlement::Amounts,
    },
    store::{connection::reading, convert, reads::ReadError},
};

#[derive(QueryableByName)]
struct PaymentLine {
    #[diesel(sql_type = BigInt)]
    programme: i64,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = Text)]
    run: String,
    #[diesel(sql_type = Text)]
    lines: String,
    #[diesel(sql_type = Text)]
    netted: String,
    #[diesel(sql_type = Text)]
    owed: String,
    /// Of the run's file, of its preparation, or of the bank's answer.
    #[diesel(sql_type = BigInt)]
    since: i64,
}

#[derive(QueryableByName)]
struct HeldLine {
    #[diesel(sql_type = BigInt)]
    programme: i64,
    #[diesel(sql_type = Text)]
    amounts: String,
    #[diesel(sql_type = BigInt)]
    since: i64,
    #[diesel(sql_type = BigInt)]
    workshops: i64,
}

#[derive(QueryableByName)]
struct FunderLine {
    #[diesel(sql_type = BigInt)]
    programme: i64,
    #[diesel(sql_type = BigInt)]
    funder: i64,
    #[diesel(sql_type = BigInt)]
    cents: i64,
    #[diesel(sql_type = BigInt)]
    organisation: i64,
    #[diesel(sql_type = BigInt)]
    since: i64,
}

impl Asked<'_> {
    /// Funders whose accounts in a version of a programme do not add up to nothing.
    pub(super) fn accounts_off(&self) -> Result<Vec<OpenThing>, ReadError> {
        let text = format!(
            "SELECT programme, funder, CAST(SUM(credit_cents) - SUM(debit_cents) AS BIGINT) \
             AS cents, CAST(0 AS BIGINT) AS organisation, CAST(0 AS BIGINT) AS since \
             FROM account WHERE {} GROUP BY programme, version, funder \
             HAVING SUM(credit_cents) <> SUM(debit_cents)",
            self.within("programme")
        );
        let rows: Vec<FunderLine> = reading!(self.database, conn => sql_query(&text).load(conn))?;
        let off = rows.into_iter().filter(|row| self.tells(FunderId(row.funder)));
        let thing = |row: FunderLine| OpenThing {
            item: Item::AccountsOff,
            programme: Some(ProgrammeId(row.programme)),
            since: day_of(self.now.0),
            count: 1,
            workshops: 0,
            cents: by_funder(BTreeMap::from([(FunderId(row.funder), row.cents)])),
        };
        Ok(off.map(thing).collect())
    }

    pub(super) fn payments(&self) -> Result<Vec<OpenThing>, ReadError> {
        let text = format!(
            "SELECT payment.programme AS programme, payment.state AS state, \
             settlement.state AS run, lines, netted, owed, \
             COALESCE(payment.answered_at, settlement.exported_at, settlement.prepared_at) \
             AS since FROM payment JOIN settlement ON settlement.id = payment.settlement \
             WHERE (payment.state = 'in_payment' OR (payment.state IN ('rejected', 'returned') \
             AND payment.reissued_in IS NULL)) AND {}",
            self.within("payment.programme")
        );
        let rows: Vec<PaymentLine> = reading!(self.database, conn => sql_query(&text).load(conn))?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let (item, amounts) = row.held()?;
            let mut sums: BTreeMap<FunderId, i64> = BTreeMap::new();
            for share in amounts.shares().filter(|share| self.tells(share.funder)) {
                *sums.entry(share.funder).or_default() += share.amount_cents.0;
            }
            let cents = by_funder(sums);
            if cents.is_empty() {
                continue;
            }
            let (programme, since) = (Some(ProgrammeId(row.programme)), day_of(row.since));
            found.push(OpenThing { item, programme, since, count: 1, workshops: 0, cents });
        }
        Ok(found)
    }

    /// Workshops that nobody has looked at a second time: they are earned, and not paid.
    pub(super) fn holds(&self) -> Result<Vec<OpenThing>, ReadError> {
        let text = format!(
            "SELECT hold.programme AS programme, hold.amounts AS amounts, \
             redemption.recorded_at AS since, redemption.workshops AS workshops \
             FROM hold JOIN redemption ON redemption.seq = hold.redemption \
             WHERE hold.state = 'held' AND {}",
            self.within("hold.programme")
        );
        let rows: Vec<HeldLine> = reading!(self.database, conn => sql_query(&text).load(conn))?;
        let thing = |row: HeldLine| {
            let amounts: Amounts = convert::json("hold", &row.amounts)?;
            let mut sums: BTreeMap<FunderId, i64> = BTreeMap::new();
            for share in amounts.shares().filter(|share| self.tells(share.funder)) {
                *sums.entry(share.funder).or_default() += share.amount_cents.0;
            }
            Ok(OpenThing {
                item: Item::HoldsWaiting,
                programme: Some(ProgrammeId(row.programme)),
                since: day_of(row.since),
                count: 1,
                workshops: row.workshops,
                cents: by_funder(sums),
            })
        };
        rows.into_iter().map(thing).collect()
    }

    /// Those that some run did not pay and no later one has, with what they have earned since.
    pub(super) fn organisations_waiting(&self) -> Result<Vec<OpenThing>, ReadError> {
        let text = format!(
            "SELECT account.programme AS programme, account.funder AS funder, \
             CAST(SUM(account.credit_cents - account.debit_cents) AS BIGINT) AS cents, \
             account.organisation AS organisation, waits.since AS since FROM account \
             JOIN (SELECT settlement.programme AS programme, waiting.organisation AS organisation, \
                 MIN(settlement.prepared_at) AS since FROM settlement_waiting AS waiting \
                 JOIN settlement ON settlement.id = waiting.settlement \
                 WHERE settlement.state <> 'cancelled' AND NOT EXISTS (\
                     SELECT 1 FROM payment WHERE payment.programme = settlement.programme \
                     AND payment.organisation = waiting.organisation \
                     AND payment.settlement >= waiting.settlement \
                     AND payment.state <> 'cancelled') \
                 GROUP BY 1, 2) AS waits ON waits.programme = account.programme \
                 AND waits.organisation = account.organisation \
             WHERE account.stage = 'earned' AND {} \
             GROUP BY account.programme, account.organisation, account.funder, waits.since",
            self.within("account.programme")
        );
        let rows: Vec<FunderLine> = reading!(self.database, conn => sql_query(&text).load(conn))?;
        let mut waiting: BTreeMap<(i64, i64), (i64, BTreeMap<FunderId, i64>)> = BTreeMap::new();
        for row in rows.iter().filter(|row| self.tells(FunderId(row.funder)) && row.cents != 0) {
            let place = (row.programme, row.organisation);
            let (since, sums) = waiting.entry(place).or_default();
            *since = row.since;
            *sums.entry(FunderId(row.funder)).or_default() += row.cents;
        }
        let thing = |((programme, _), (since, sums))| OpenThing {
            item: Item::OrganisationsWaiting,
            programme: Some(ProgrammeId(programme)),
            since: day_of(since),
            count: 1,
            workshops: 0,
            cents: by_funder(sums),
        };
        Ok(waiting.into_iter().map(thing).collect())
    }
}

impl PaymentLine {
    /// What it is, and what it holds up.
    fn held(&self) -> Result<(Item, Amounts), ReadError> {
        if self.state != "in_payment" {
            return Ok((Item::PaymentsFailed, convert::json("payment", &self.owed)?));
        }
        let mut amounts: Amounts = convert::json("payment", &self.lines)?;
        amounts.less(&convert::json("payment", &self.netted)?);
        let sent = self.run == "exported";
        Ok((if sent { Item::PaymentsUnanswered } else { Item::PaymentsUnsent }, amounts))
    }
}
