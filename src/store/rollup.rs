//! The daily usage figures summed by month, once their days are over.
//! No report: `usage.rs` reads these.

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use super::{
    connection::{Conn, on_either},
    load::Failure,
};
use crate::domain::{calendar::Day, usage::Figures, world::Effects};

/// The newest days stay out: time zones and instances do not turn the day at once.
const OPEN_DAYS: i32 = 3;
const KEY: &str = "programme, issuer, venue, territory, service, funder";

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// The month of a daily cell, as `usage_month` numbers it.
pub(super) const fn month_of_day(sqlite: bool) -> &'static str {
    if sqlite {
        "CAST(strftime('%Y%m', day * 86400, 'unixepoch') AS INTEGER)"
    } else {
        "to_char(DATE '1970-01-01' + day::INTEGER, 'YYYYMM')::BIGINT"
    }
}

/// Takes the days that are over into their months, and those back that a batch still counts
/// under: `known` is the last day taken, as far as this writer knows.
pub(super) fn advance(
    conn: &mut Conn,
    known: &mut Option<Day>,
    effects: &Effects,
) -> Result<(), Failure> {
    let days = effects.usage.keys().map(|cell| cell.day);
    let (Some(first), Some(last)) = (days.clone().min(), days.max()) else { return Ok(()) };
    let mut rolled = match *known {
        Some(day) => day,
        None => read(conn)?,
    };
    if first <= rolled {
        // A clock was set back: the months from there on are summed again, later.
        rolled = first.month_start().plus(-1);
        let month = first.month_number();
        conn.execute(&format!("DELETE FROM usage_month WHERE month >= {month}"))?;
        conn.execute(&format!("UPDATE usage_rolled SET day = {}", rolled.0))?;
    }
    let over = last.plus(-OPEN_DAYS);
    if over > rolled {
        roll(conn, rolled, over)?;
        rolled = over;
    }
    *known = Some(rolled);
    Ok(())
}

fn roll(conn: &mut Conn, after: Day, until: Day) -> Result<(), Failure> {
    let mut added = String::new();
    for name in Figures::NAMES {
        let comma = if added.is_empty() { "" } else { ", " };
        added.push_str(&format!("{comma}{name} = usage_month.{name} + excluded.{name}"));
    }
    let (names, days) = (Figures::NAMES.join(", "), between(after, until));
    let sums = by_month(conn, &days);
    conn.execute(&format!(
        "INSERT INTO usage_month (month, {KEY}, {names}) {sums} \
         ON CONFLICT (programme, month, issuer, venue, territory, service, funder) \
         DO UPDATE SET {added}"
    ))?;
    conn.execute(&format!("UPDATE usage_rolled SET day = {}", until.0))?;
    Ok(())
}

fn between(after: Day, until: Day) -> String {
    format!("day > {} AND day <= {}", after.0, until.0)
}

/// The daily cells summed by month: months and figures in the columns' order.
fn by_month(conn: &Conn, days: &str) -> String {
    let month = month_of_day(matches!(conn, Conn::Sqlite(_)));
    let sums = Figures::NAMES.iter().map(|name| format!("CAST(SUM({name}) AS BIGINT)"));
    let sums = sums.collect::<Vec<_>>().join(", ");
    format!("SELECT {month}, {KEY}, {sums} FROM usage_day WHERE {days} GROUP BY 1, {KEY}")
}

fn read(conn: &mut Conn) -> Result<Day, Failure> {
    let query = sql_query("SELECT day AS n FROM usage_rolled");
    let row: Number = on_either!(conn, conn => query.get_result(conn)?);
    Ok(Day(i32::try_from(row.n).unwrap_or(i32::MAX)))
}

/// Cells that are not the sum of their days, for the audit, which compares the days.
pub(super) fn differences(conn: &mut Conn) -> Result<i64, Failure> {
    let rolled = read(conn)?;
    let (sums, names) = (by_month(conn, &between(Day(0), rolled)), Figures::NAMES.join(", "));
    let cells = format!("SELECT month, {KEY}, {names} FROM usage_month");
    let query = sql_query(format!(
        "SELECT COUNT(*) AS n FROM (SELECT * FROM ({cells} EXCEPT {sums}) AS more \
         UNION ALL SELECT * FROM ({sums} EXCEPT {cells}) AS less) AS either"
    ));
    let row: Number = on_either!(conn, conn => query.get_result(conn)?);
    Ok(row.n)
}
