//! The sums of usage reports, from the daily figures.
//! No derived figures and no writes.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    connection::{Database, reading},
    reads::ReadError,
    schema::*,
};
use crate::domain::{
    access::Tenant,
    calendar::Day,
    usage::{Breakdown, Figures, UsageFilter},
};

/// One line of a usage report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageLine {
    pub key: String,
    pub figures: Figures,
}

impl Database {
    /// The sums of a usage report, one line a value of the breakdown, in its order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn usage(&self, by: Breakdown, filter: &UsageFilter) -> Result<Vec<UsageLine>, ReadError> {
        let programmes = match filter.within {
            Tenant::Funder(funder) => Some(self.programmes_paid_by(funder)?),
            _ => None,
        };
        let sql = usage_statement(by, filter, programmes.as_deref());
        let territory = filter.territory.clone().unwrap_or_default();
        let rows: Vec<SumRow> = reading!(self, conn =>
            sql_query(&sql).bind::<Text, _>(&territory).load(conn))?;
        let mut lines: Vec<UsageLine> = Vec::new();
        for row in rows {
            let key = if by == Breakdown::Month { month(&row.key) } else { row.key.clone() };
            match lines.last_mut().filter(|line| line.key == key) {
                Some(line) => line.figures.add(&row.figures()),
                None => lines.push(UsageLine { key, figures: row.figures() }),
            }
        }
        Ok(lines)
    }

    /// What people call the things that a breakdown names by number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn names(&self, by: Breakdown, numbers: &[i64]) -> Result<HashMap<i64, String>, ReadError> {
        macro_rules! names_of {
            ($table:ident) => {
                reading!(self, conn => $table::table
                    .filter($table::id.eq_any(numbers))
                    .select(($table::id, $table::name))
                    .load(conn))?
            };
        }
        let rows: Vec<(i64, String)> = match by {
            Breakdown::Programme => names_of!(programme),
            Breakdown::Issuer => names_of!(issuer),
            Breakdown::Venue => names_of!(venue),
            Breakdown::Funder => names_of!(funder),
            _ => Vec::new(),
        };
        Ok(rows.into_iter().collect())
    }
}

fn month(day: &str) -> String {
    day.parse().map_or_else(|_| day.to_owned(), |day| Day(day).month())
}

/// All numbers in this statement are ours; the one text from outside is bound as `$1`.
fn usage_statement(by: Breakdown, filter: &UsageFilter, programmes: Option<&[i64]>) -> String {
    let key = match by {
        Breakdown::None => "''",
        Breakdown::Programme => "CAST(programme AS TEXT)",
        Breakdown::Month => "CAST(day AS TEXT)",
        Breakdown::Territory => "territory",
        Breakdown::Issuer => "CAST(issuer AS TEXT)",
        Breakdown::Venue => "CAST(venue AS TEXT)",
        Breakdown::Service => "service",
        Breakdown::Funder => "CAST(funder AS TEXT)",
    };
    let sums: Vec<String> = Figures::NAMES
        .iter()
        .map(|name| format!("CAST(SUM({name}) AS BIGINT) AS {name}"))
        .collect();
    let mut wheres = vec!["($1 = '' OR territory = $1)".to_owned()];
    // Counts stand in the cells without a funder.
    match filter.within {
        Tenant::Any => {}
        Tenant::Funder(id) => wheres.push(format!("funder IN (0, {id})")),
        Tenant::Issuer(id) => wheres.push(format!("issuer = {id}")),
        Tenant::Organisation(id) => wheres
            .push(format!("venue IN (SELECT id FROM venue AS own WHERE own.organisation = {id})")),
    }
    if let Some(programmes) = programmes {
        // Zero is no programme: a list is never empty.
        let list = programmes.iter().fold("0".to_owned(), |list, id| format!("{list}, {id}"));
        wheres.push(format!("programme IN ({list})"));
    }
    wheres.extend(filter.from.map(|day| format!("day >= {}", day.0)));
    wheres.extend(filter.to.map(|day| format!("day <= {}", day.0)));
    wheres.extend(filter.programme.map(|id| format!("programme = {id}")));
    wheres.extend(filter.issuer.map(|id| format!("issuer = {id}")));
    wheres.extend(filter.venue.map(|id| format!("venue = {id}")));
    wheres.extend(filter.funder.map(|id| format!("funder IN (0, {id})")));
    let wheres = wheres.join(" AND ");
    format!(
        "SELECT {key} AS key, {} FROM usage_day WHERE {wheres} GROUP BY 1 ORDER BY 1",
        sums.join(", ")
    )
}

macro_rules! sum_row {
    ($($name:ident),+) => {
        #[derive(QueryableByName)]
        struct SumRow {
            #[diesel(sql_type = Text)]
            key: String,
            $(#[diesel(sql_type = BigInt)] $name: i64),+
        }

        impl SumRow {
            const fn figures(&self) -> Figures {
                Figures { $($name: self.$name),+ }
            }
        }
    };
}

sum_row!(
    stocked,
    handed_over,
    workshops_issued,
    started,
    redemptions,
    workshops_used,
    exhausted,
    expired,
    workshops_expired,
    cancelled,
    workshops_cancelled,
    replaced,
    reversals,
    committed_cents,
    earned_cents,
    given_back_cents
);
