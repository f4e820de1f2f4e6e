//! Facts about people as counts: added to, summed up for the tables, compared with what was issued.
//! Nothing here is written together with a voucher, and no row is of one person.

use std::collections::HashMap;

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{BigInt, Text},
    upsert::excluded,
};

use super::{
    connection::{Conn, Database, on_either, reading},
    load::Failure,
    people_schema::people,
    reads::ReadError,
    rollup::month_of_day,
    schema::event,
};
use crate::domain::{
    calendar::Day,
    ids::{ProgrammeId, Seq},
    people::{Counted, Fact, PeopleCell},
};

#[derive(Insertable)]
#[diesel(table_name = people)]
struct PeopleRow {
    programme: i64,
    month: i64,
    issuer: i64,
    fact: &'static str,
    code: String,
    counted: i64,
}

/// Sums of a programme's facts by month, of all issuers.
type Sum = (i64, String, i64, String, i64);

impl Database {
    /// Counts one person, once a fact.
    ///
    /// # Errors
    /// When the database does not answer; then nothing is counted.
    pub fn count_person(&self, cells: &[PeopleCell]) -> Result<(), ReadError> {
        let rows = || {
            cells.iter().map(|cell| PeopleRow {
                programme: cell.programme.0,
                month: cell.month,
                issuer: cell.issuer.0,
                fact: cell.fact.code(),
                code: cell.code.clone(),
                counted: 1,
            })
        };
        reading!(self, conn => conn.transaction(|conn| {
            for row in rows() {
                diesel::insert_into(people::table)
                    .values(row)
                    .on_conflict((
                        people::programme,
                        people::month,
                        people::issuer,
                        people::fact,
                        people::code,
                    ))
                    .do_update()
                    .set(people::counted.eq(people::counted + excluded(people::counted)))
                    .execute(conn)?;
            }
            Ok::<(), diesel::result::Error>(())
        }))?;
        Ok(())
    }

    /// The business day of an event.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn business_day(&self, seq: Seq) -> Result<Option<Day>, ReadError> {
        let day: Option<i64> = reading!(self, conn => event::table
            .find(seq.0)
            .select(event::day)
            .get_result(conn)
            .optional())?;
        Ok(day.and_then(|day| i32::try_from(day).ok()).map(Day))
    }

    /// What was counted of programmes, by fact and month: for `people::published` alone, since
    /// cells of it may be small.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn people(
        &self,
        programmes: &[ProgrammeId],
    ) -> Result<HashMap<(ProgrammeId, Fact), Vec<Counted>>, ReadError> {
        let ids: Vec<i64> = programmes.iter().map(|id| id.0).collect();
        let rows: Vec<Sum> = reading!(self, conn => people::table
            .filter(people::programme.eq_any(&ids))
            .group_by((people::programme, people::fact, people::month, people::code))
            .select((
                people::programme,
                people::fact,
                people::month,
                people::code,
                sql::<BigInt>("CAST(SUM(counted) AS BIGINT)"),
            ))
            .order((people::programme, people::fact, people::month, people::code))
            .load(conn))?;
        let mut counted: HashMap<_, Vec<Counted>> = HashMap::new();
        for (programme, fact, month, code, people) in rows {
            let Some(fact) = Fact::from_code(&fact) else { continue };
            let cell = counted.entry((ProgrammeId(programme), fact)).or_default();
            cell.push(Counted { month, code, people });
        }
        Ok(counted)
    }
}

/// What cannot be: no event says which person had which fact, but each had a voucher of the same
/// issuer and month.
pub(super) fn differences(
    conn: &mut Conn,
) -> Result<Vec<(&'static str, String, &'static str)>, Failure> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        programme: i64,
        #[diesel(sql_type = BigInt)]
        month: i64,
        #[diesel(sql_type = BigInt)]
        issuer: i64,
        #[diesel(sql_type = Text)]
        fact: String,
    }
    let month = month_of_day(matches!(conn, Conn::Sqlite(_)));
    let query = format!(
        "SELECT told.programme, told.month, told.issuer, told.fact FROM (\
             SELECT programme, month, issuer, fact, CAST(SUM(counted) AS BIGINT) AS counted \
             FROM people GROUP BY programme, month, issuer, fact) AS told \
         LEFT JOIN (\
             SELECT programme, {month} AS month, issuer, \
                 CAST(SUM(handed_over) AS BIGINT) AS handed_over \
             FROM usage_day GROUP BY 1, 2, 3) AS given \
         ON given.programme = told.programme AND given.month = told.month \
             AND given.issuer = told.issuer \
         WHERE told.counted > COALESCE(given.handed_over, 0) ORDER BY 1, 2, 3, 4"
    );
    let rows: Vec<Row> = on_either!(conn, conn => diesel::sql_query(&query).load(conn)?);
    let told = |row: Row| {
        let Row { programme, month, issuer, fact } = row;
        let key = format!("programme {programme} month {month} issuer {issuer} {fact}");
        ("people", key, "is of more people than got vouchers")
    };
    Ok(rows.into_iter().map(told).collect())
}
