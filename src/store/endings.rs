//! The end of programmes: what is loaded to decide about one, and who was told of it.
//! No rules: `decide/ending.rs` has them.

use std::collections::BTreeSet;

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use super::{
    connection::{Conn, Database, on_either, reading},
    load::Failure,
    oversight_schema::programme_alert,
    reads::ReadError,
    rows::AccountRow,
    schema::account,
};
use crate::domain::{calendar::Instant, ending::Alert, ids::ProgrammeId, world::World};

#[derive(QueryableByName)]
struct Undecided {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Every account of the programmes that are to end, and how much of them is undecided.
pub(super) fn load(
    conn: &mut Conn,
    world: &mut World,
    programmes: &BTreeSet<i64>,
) -> Result<(), Failure> {
    for id in programmes {
        let rows: Vec<AccountRow> = on_either!(conn, conn => {
            account::table.filter(account::programme.eq(id)).load(conn)?
        });
        for row in rows {
            let (key, account) = row.domain()?;
            world.accounts.insert(key, account);
        }
        let text = undecided(*id);
        let row: Undecided = on_either!(conn, conn => sql_query(&text).get_result(conn)?);
        world.undecided.insert(ProgrammeId(*id), row.count);
    }
    Ok(())
}

/// Conflicts and records of a programme that nobody has decided about.
fn undecided(programme: i64) -> String {
    format!(
        "SELECT (SELECT COUNT(*) FROM conflict WHERE fate = 'open' AND programme = {programme}) \
         + (SELECT COUNT(*) FROM record JOIN voucher ON voucher.id = record.voucher \
         WHERE record.event IS NOT NULL AND record.accepted IS NULL \
         AND voucher.programme = {programme}) AS count"
    )
}

impl Database {
    /// How much of a programme is undecided.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn undecided(&self, programme: ProgrammeId) -> Result<i64, ReadError> {
        let text = undecided(programme.0);
        let row: Undecided = reading!(self, conn => sql_query(&text).get_result(conn))?;
        Ok(row.count)
    }

    /// The codes of what people were told about a programme.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn alerts_of(&self, programme: ProgrammeId) -> Result<Vec<String>, ReadError> {
        Ok(reading!(self, conn => programme_alert::table
            .filter(programme_alert::programme.eq(programme.0))
            .select(programme_alert::kind)
            .load(conn))?)
    }

    /// Notes that people were told; whether nobody had noted it before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_alert(
        &self,
        programme: ProgrammeId,
        alert: Alert,
        at: Instant,
    ) -> Result<bool, ReadError> {
        let row = || {
            (
                programme_alert::programme.eq(programme.0),
                programme_alert::kind.eq(alert.code()),
                programme_alert::at.eq(at.0),
            )
        };
        let noted: usize = reading!(self, conn => diesel::insert_into(programme_alert::table)
            .values(row())
            .on_conflict((programme_alert::programme, programme_alert::kind))
            .do_nothing()
            .execute(conn))?;
        Ok(noted == 1)
    }
}
