//! What stays open and should not: found in the rows of payments, conflicts, records and vouchers.
//! No sums over them and no rules: `app/reconciliation.rs` adds up.

mod money;
mod vouchers;

use std::collections::BTreeMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable},
};

use super::{
    connection::{Database, reading},
    reads::ReadError,
    rows::ProgrammeRow,
    schema::programme,
    usage::list,
};
use crate::domain::{
    access::Tenant,
    calendar::{Day, Instant},
    cents::Cents,
    ids::{FunderId, ProgrammeId},
    programme::Programme,
    reconciliation::{Item, OpenThing},
    usage::UsageFilter,
};

const DAY_US: i64 = 86_400_000_000;

/// What is asked: of which programmes, and whose money is told.
struct Asked<'a> {
    database: &'a Database,
    /// `None`: all.
    programmes: Option<Vec<i64>>,
    funder: Option<FunderId>,
    now: Instant,
}

/// A number of things since a day.
#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = Nullable<BigInt>)]
    programme: Option<i64>,
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = BigInt)]
    count: i64,
    #[diesel(sql_type = BigInt)]
    workshops: i64,
}

impl Database {
    /// Everything that is open now, of what a tenant may see.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open_things(
        &self,
        filter: &UsageFilter,
        now: Instant,
    ) -> Result<Vec<OpenThing>, ReadError> {
        let own = match filter.within {
            Tenant::Any => None,
            Tenant::Funder(own) => Some(own),
            Tenant::Issuer(_) | Tenant::Organisation(_) => return Ok(Vec::new()),
        };
        let programmes = self.programmes_counted(filter)?;
        let asked = Asked { database: self, programmes, funder: own.or(filter.funder), now };
        let mut found = asked.accounts_off()?;
        found.extend(asked.payments()?);
        found.extend(asked.organisations_waiting()?);
        found.extend(asked.holds()?);
        found.extend(asked.conflicts()?);
        found.extend(asked.disputes()?);
        if filter.within == Tenant::Any {
            found.extend(asked.records()?);
        }
        for programme in asked.programmes()? {
            found.extend(asked.stock(&programme)?);
            found.extend(asked.committed(&programme)?);
            found.extend(asked.releasable(&programme)?);
        }
        Ok(found)
    }
}

impl Asked<'_> {
    /// A condition on a column of programmes. All numbers in it are ours.
    fn within(&self, column: &str) -> String {
        self.programmes
            .as_ref()
            .map_or_else(|| "1 = 1".to_owned(), |ids| format!("{column} IN ({})", list(ids)))
    }

    fn programmes(&self) -> Result<Vec<Programme>, ReadError> {
        let rows: Vec<ProgrammeRow> = reading!(self.database, conn => {
            let mut query = programme::table.order(programme::id).into_boxed();
            if let Some(ids) = &self.programmes {
                query = query.filter(programme::id.eq_any(ids));
            }
            query.load(conn)
        })?;
        rows.into_iter().map(|row| row.domain().map_err(ReadError::from)).collect()
    }

    fn conflicts(&self) -> Result<Vec<OpenThing>, ReadError> {
        self.counted(
            Item::ConflictsOpen,
            &format!(
                "SELECT programme, recorded_at / {DAY_US} AS day, COUNT(*) AS count, \
                 CAST(SUM(workshops) AS BIGINT) AS workshops FROM conflict \
                 WHERE fate = 'open' AND {} GROUP BY 1, 2",
                self.within("programme")
            ),
        )
    }

    fn disputes(&self) -> Result<Vec<OpenThing>, ReadError> {
        self.counted(
            Item::DisputesOpen,
            &format!(
                "SELECT programme, opened_at / {DAY_US} AS day, COUNT(*) AS count, \
                 CAST(0 AS BIGINT) AS workshops FROM dispute \
                 WHERE state = 'open' AND {} GROUP BY 1, 2",
                self.within("programme")
            ),
        )
    }

    /// By the programme of the voucher that was shown, if it is one that is known.
    fn records(&self) -> Result<Vec<OpenThing>, ReadError> {
        self.counted(
            Item::RecordsWaiting,
            &format!(
                "SELECT voucher.programme AS programme, record.received_at / {DAY_US} AS day, \
                 COUNT(*) AS count, CAST(SUM(record.workshops) AS BIGINT) AS workshops \
                 FROM record LEFT JOIN voucher ON voucher.id = record.voucher \
                 WHERE record.event IS NOT NULL AND record.accepted IS NULL AND {} GROUP BY 1, 2",
                self.within("voucher.programme")
            ),
        )
    }

    fn counted(&self, item: Item, sql: &str) -> Result<Vec<OpenThing>, ReadError> {
        let rows: Vec<CountRow> = reading!(self.database, conn => sql_query(sql).load(conn))?;
        Ok(rows.into_iter().map(|row| row.thing(item)).collect())
    }

    /// Whether a funder's money is told.
    fn tells(&self, funder: FunderId) -> bool {
        self.funder.is_none_or(|own| own == funder)
    }
}

impl CountRow {
    fn thing(self, item: Item) -> OpenThing {
        OpenThing {
            item,
            programme: self.programme.map(ProgrammeId),
            since: Day(i32::try_from(self.day).unwrap_or(i32::MAX)),
            count: self.count,
            workshops: self.workshops,
            cents: Vec::new(),
        }
    }
}

/// The day of a moment, in UTC.
fn day_of(at: i64) -> Day {
    Day(i32::try_from(at.div_euclid(DAY_US)).unwrap_or(i32::MAX))
}

/// Cents by funder, summed over versions.
fn by_funder(sums: BTreeMap<FunderId, i64>) -> Vec<(FunderId, Cents)> {
    let cents = sums.into_iter().map(|(funder, cents)| (funder, Cents(cents)));
    cents.filter(|(_, cents)| *cents != Cents::ZERO).collect()
}
