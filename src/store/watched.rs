//! What there is to watch of devices and records, and how much of it people were told.
//! No rules: `app/watch.rs` says what is told to whom.

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use super::{
    connection::{Database, reading},
    dispute_schema::watched,
    reads::ReadError,
};
use crate::domain::{
    calendar::Instant,
    ids::{DeviceId, OrganisationId},
    watch::{WatchKind, Watched},
};

/// Rows of one look.
const MOST: i64 = 10_000;

/// Something of a device, with the organisation that it is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
struct OfDevice {
    #[diesel(sql_type = BigInt)]
    device: i64,
    #[diesel(sql_type = BigInt)]
    organisation: i64,
    #[diesel(sql_type = BigInt)]
    level: i64,
}

impl OfDevice {
    fn alarm(self, kind: WatchKind) -> Watched {
        Watched {
            kind,
            subject: self.device.to_string(),
            level: self.level,
            device: Some(DeviceId(self.device)),
            organisation: Some(OrganisationId(self.organisation)),
        }
    }
}

impl Database {
    /// Devices in whose chains places are empty, with how many: of those that called since a
    /// moment, and those that people were told of. A chain is read as a whole.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn chain_gaps(&self, since: Instant) -> Result<Vec<Watched>, ReadError> {
        let text = format!(
            "SELECT record.device AS device, device.organisation AS organisation, \
             MAX(record.sequence) - COUNT(DISTINCT record.sequence) AS level \
             FROM record JOIN device ON device.id = record.device \
             WHERE device.seen_at >= {} OR CAST(device.id AS TEXT) IN \
                 (SELECT subject FROM watched WHERE kind = 'chain_gap') \
             GROUP BY record.device, device.organisation \
             HAVING MAX(record.sequence) > COUNT(DISTINCT record.sequence) \
             ORDER BY record.device LIMIT {MOST}",
            since.0
        );
        let rows: Vec<OfDevice> = reading!(self, conn => sql_query(&text).load(conn))?;
        Ok(rows.into_iter().map(|row| row.alarm(WatchKind::ChainGap)).collect())
    }

    /// Devices of which records were put aside and nobody has decided, with the last of them:
    /// of all causes, or of two records at one place alone.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn put_aside(&self, kind: WatchKind) -> Result<Vec<Watched>, ReadError> {
        let forks = match kind {
            WatchKind::ChainFork => "AND event.content LIKE '%\"cause\":\"chain_forked\"%'",
            _ => "",
        };
        let text = format!(
            "SELECT record.device AS device, record.organisation AS organisation, \
             MAX(record.event) AS level \
             FROM record JOIN event ON event.seq = record.event \
             WHERE record.event IS NOT NULL AND record.accepted IS NULL {forks} \
             GROUP BY record.device, record.organisation ORDER BY record.device LIMIT {MOST}"
        );
        let rows: Vec<OfDevice> = reading!(self, conn => sql_query(&text).load(conn))?;
        Ok(rows.into_iter().map(|row| row.alarm(kind)).collect())
    }

    /// What people were told of: kind, subject and how far it had come.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn watched(&self) -> Result<Vec<(String, String, i64)>, ReadError> {
        Ok(reading!(self, conn => watched::table
            .select((watched::kind, watched::subject, watched::level))
            .load(conn))?)
    }

    /// Notes what people were told of.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_watched(&self, alarm: &Watched, at: Instant) -> Result<(), ReadError> {
        let set = || (watched::level.eq(alarm.level), watched::at.eq(at.0));
        let row = || {
            (
                watched::kind.eq(alarm.kind.code()),
                watched::subject.eq(&alarm.subject),
                watched::level.eq(alarm.level),
                watched::at.eq(at.0),
            )
        };
        reading!(self, conn => diesel::insert_into(watched::table)
            .values(row())
            .on_conflict((watched::kind, watched::subject))
            .do_update()
            .set(set())
            .execute(conn))?;
        Ok(())
    }

    /// Forgets what is not so any more: should it come again, it is told again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget_watched(&self, kind: &str, subject: &str) -> Result<(), ReadError> {
        reading!(self, conn => diesel::delete(watched::table.find((kind, subject)))
            .execute(conn))?;
        Ok(())
    }
}
