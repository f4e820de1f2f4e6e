//! Usage by programme, month and territory, for open data.
//! Small cells are among them: `domain/open_data.rs` says what of it is published.

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Text},
};

use super::{
    connection::{Database, Location, reading},
    reads::ReadError,
    rollup::month_of_day,
};

/// The sums of a programme, a month and a territory.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub struct OpenSum {
    #[diesel(sql_type = BigInt)]
    pub programme: i64,
    /// 202611.
    #[diesel(sql_type = BigInt)]
    pub month: i64,
    #[diesel(sql_type = Text)]
    pub territory: String,
    #[diesel(sql_type = BigInt)]
    pub handed_over: i64,
    #[diesel(sql_type = BigInt)]
    pub started: i64,
    #[diesel(sql_type = BigInt)]
    pub workshops_issued: i64,
    #[diesel(sql_type = BigInt)]
    pub workshops_used: i64,
    #[diesel(sql_type = BigInt)]
    pub redemptions: i64,
}

const FIGURES: [&str; 5] =
    ["handed_over", "started", "workshops_issued", "workshops_used", "redemptions"];

impl Database {
    /// Everything that was counted, the earliest month first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open_sums(&self) -> Result<Vec<OpenSum>, ReadError> {
        let month = month_of_day(matches!(self.location, Location::Sqlite(_)));
        let sums = FIGURES.map(|name| format!("CAST(SUM({name}) AS BIGINT) AS {name}")).join(", ");
        let names = FIGURES.join(", ");
        // Months that are summed, and the days after them. Counts stand in the cells without a
        // funder.
        let query = format!(
            "SELECT programme, month, territory, {sums} FROM (\
                 SELECT programme, month, territory, {names} FROM usage_month WHERE funder = 0 \
                 UNION ALL \
                 SELECT programme, {month} AS month, territory, {names} FROM usage_day \
                 WHERE funder = 0 AND day > (SELECT day FROM usage_rolled)) AS parts \
             GROUP BY programme, month, territory ORDER BY month, programme, territory"
        );
        Ok(reading!(self, conn => sql_query(&query).load(conn))?)
    }
}
