//! The sums of usage reports, from the daily figures.
//! No derived figures and no writes.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    connection::{Database, Location, reading},
    reads::ReadError,
    rollup::month_of_day,
    schema::*,
};
use crate::domain::{
    access::Tenant,
    calendar::Day,
    usage::{Breakdown, Figures, UsageFilter, with_figures},
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
        let programmes = self.programmes_counted(filter)?;
        let sqlite = matches!(self.location, Location::Sqlite(_));
        let sql = usage_statement(by, filter, programmes.as_deref(), sqlite);
        let territory = filter.territory.clone().unwrap_or_default();
        let rows: Vec<SumRow> = reading!(self, conn =>
            sql_query(&sql).bind::<Text, _>(&territory).load(conn))?;
        let lines = rows.into_iter().map(|row| {
            let figures = row.figures();
            let key = if by == Breakdown::Month { month(&row.key) } else { row.key };
            UsageLine { key, figures }
        });
        Ok(lines.collect())
    }

    /// The programmes that a filter narrows to. What others pay for is no part of a funder's
    /// figures, and need not be read.
    pub(super) fn programmes_counted(
        &self,
        filter: &UsageFilter,
    ) -> Result<Option<Vec<i64>>, ReadError> {
        let own = if let Tenant::Funder(own) = filter.within { Some(own) } else { None };
        let mut programmes = filter.programme.map(|id| vec![id.0]);
        for funder in [own, filter.funder].into_iter().flatten() {
            let paid = self.programmes_paid_by(funder)?;
            programmes = Some(match programmes {
                Some(before) => before.into_iter().filter(|id| paid.contains(id)).collect(),
                None => paid,
            });
        }
        Ok(programmes)
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

/// `2026-11` of `202611`.
fn month(number: &str) -> String {
    number.split_at_checked(4).map_or_else(String::new, |(year, month)| format!("{year}-{month}"))
}

/// Months that are read whole, and the days around them and after them. One statement reads all,
/// so that no day is moved from one to the other meanwhile. All numbers in it are ours; the one
/// text from outside is bound as `$1`.
fn usage_statement(
    by: Breakdown,
    filter: &UsageFilter,
    programmes: Option<&[i64]>,
    sqlite: bool,
) -> String {
    const ROLLED: &str = "(SELECT day FROM usage_rolled)";
    let (month, wheres) = (month_of_day(sqlite), wheres(filter, programmes));
    let days = |range: String| part("usage_day", key(by, month), &format!("{range} AND {wheres}"));
    let first =
        filter.from.map(|day| if day == day.month_start() { day } else { day.month_end().plus(1) });
    let last =
        filter.to.map(|day| if day == day.month_end() { day } else { day.month_start().plus(-1) });
    let (from, to) = (filter.from.unwrap_or(Day(0)), filter.to.unwrap_or(Day(i32::MAX)));
    let (first, last) = (first.unwrap_or(Day(0)), last.unwrap_or(Day(i32::MAX)));
    let between = |from: Day, to: Day| format!("day BETWEEN {} AND {}", from.0, to.0);
    let mut parts = Vec::new();
    if last < first {
        parts.push(days(between(from, to)));
    } else {
        let mut whole = format!("month >= {}", first.month_number());
        if filter.to.is_some() {
            whole.push_str(&format!(" AND month <= {}", last.month_number()));
        }
        parts.push(part("usage_month", key(by, "month"), &format!("{whole} AND {wheres}")));
        parts.push(days(format!("{} AND day > {ROLLED}", between(first, last))));
        if from < first {
            parts.push(days(between(from, first.plus(-1))));
        }
        if last < to {
            parts.push(days(between(last.plus(1), to)));
        }
    }
    let (parts, sums) = (parts.join(" UNION ALL "), sums());
    format!("SELECT key, {sums} FROM ({parts}) AS parts GROUP BY 1 ORDER BY 1")
}

fn key(by: Breakdown, month: &str) -> String {
    match by {
        Breakdown::None => "''",
        Breakdown::Programme => "CAST(programme AS TEXT)",
        Breakdown::Month => return format!("CAST({month} AS TEXT)"),
        Breakdown::Territory => "territory",
        Breakdown::Issuer => "COALESCE(CAST(NULLIF(issuer, 0) AS TEXT), '')",
        Breakdown::Venue => "COALESCE(CAST(NULLIF(venue, 0) AS TEXT), '')",
        Breakdown::Service => "service",
        Breakdown::Funder => "COALESCE(CAST(NULLIF(funder, 0) AS TEXT), '')",
    }
    .to_owned()
}

fn part(table: &str, key: String, wheres: &str) -> String {
    format!("SELECT {key} AS key, {} FROM {table} WHERE {wheres} GROUP BY 1", sums())
}

fn sums() -> String {
    let sums = Figures::NAMES.iter();
    let sums = sums.map(|name| format!("CAST(SUM({name}) AS BIGINT) AS {name}"));
    sums.collect::<Vec<_>>().join(", ")
}

/// All conditions but the days.
fn wheres(filter: &UsageFilter, programmes: Option<&[i64]>) -> String {
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
        wheres.push(format!("programme IN ({})", list(programmes)));
    }
    wheres.extend(filter.issuer.map(|id| format!("issuer = {id}")));
    wheres.extend(filter.venue.map(|id| format!("venue = {id}")));
    wheres.extend(filter.funder.map(|id| format!("funder IN (0, {id})")));
    wheres.join(" AND ")
}

/// For `IN`. Zero is the number of nothing: a list is never empty.
pub(super) fn list(numbers: &[i64]) -> String {
    numbers.iter().fold("0".to_owned(), |list, id| format!("{list}, {id}"))
}

macro_rules! sum_row {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        #[derive(QueryableByName)]
        struct SumRow {
            #[diesel(sql_type = Text)]
            key: String,
            $(#[diesel(sql_type = BigInt)] $name: i64,)+
        }

        impl SumRow {
            const fn figures(&self) -> Figures {
                Figures { $($name: self.$name,)+ }
            }
        }
    };
}
with_figures!(sum_row);
