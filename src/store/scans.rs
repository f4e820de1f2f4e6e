//! Refused scans: written beside the batch, summed for reports of control.
//! No verdicts, and nothing of it is an event: a refusal changes no figure.

use diesel::{dsl::sql, prelude::*, sql_types::BigInt, upsert::excluded};

use super::{
    connection::{Conn, Database, on_either, reading},
    load::Failure,
    reads::ReadError,
    schema::{failed_scan, refused_scan},
};
use crate::domain::{
    access::Tenant,
    calendar::{Day, Instant},
    scan::{FailedScans, RefusedScan},
    usage::UsageFilter,
    world::Effects,
};

#[derive(Insertable)]
#[diesel(table_name = refused_scan, treat_none_as_default_value = false)]
struct RefusedRow {
    scope: String,
    request: Vec<u8>,
    reason: &'static str,
    voucher: i64,
    programme: i64,
    issuer: i64,
    venue: i64,
    organisation: i64,
    actor: Option<i64>,
    device: Option<i64>,
    at: i64,
}

impl RefusedRow {
    fn of(scan: &RefusedScan) -> Self {
        Self {
            scope: scan.request.scope.key(),
            request: scan.request.id.0.as_bytes().to_vec(),
            reason: scan.reason.code(),
            voucher: scan.voucher.0,
            programme: scan.programme.0,
            issuer: scan.issuer.0,
            venue: scan.venue.0,
            organisation: scan.organisation.0,
            actor: scan.actor.map(|id| id.0),
            device: scan.device.map(|id| id.0),
            at: scan.at.0,
        }
    }
}

#[derive(Insertable)]
#[diesel(table_name = failed_scan)]
struct FailedRow {
    organisation: i64,
    venue: i64,
    hour: i64,
    reason: &'static str,
    times: i64,
}

impl FailedRow {
    fn of((scans, times): (&FailedScans, &i64)) -> Self {
        Self {
            organisation: scans.organisation.0,
            venue: scans.venue.0,
            hour: scans.hour,
            reason: scans.reason.code(),
            times: *times,
        }
    }
}

/// Writes the refused scans of a batch.
pub(super) fn write(conn: &mut Conn, effects: &Effects) -> Result<(), Failure> {
    for row in effects.refused_scans.iter().map(RefusedRow::of) {
        on_either!(conn, conn => {
            diesel::insert_into(refused_scan::table).values(&row).execute(conn)?
        });
    }
    for row in effects.failed_scans.iter().map(FailedRow::of) {
        on_either!(conn, conn => {
            diesel::insert_into(failed_scan::table)
                .values(&row)
                .on_conflict((
                    failed_scan::organisation,
                    failed_scan::venue,
                    failed_scan::hour,
                    failed_scan::reason,
                ))
                .do_update()
                .set(failed_scan::times.eq(failed_scan::times + excluded(failed_scan::times)))
                .execute(conn)?
        });
    }
    Ok(())
}

/// How often scans were refused for a reason at a venue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalLine {
    pub reason: String,
    pub venue: i64,
    pub times: i64,
}

impl Database {
    /// Refused scans by reason and venue, those of codes that name no voucher among them where
    /// no programme, issuer or funder narrows. Days are those of UTC.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn refusals(&self, filter: &UsageFilter) -> Result<Vec<RefusalLine>, ReadError> {
        let mut lines = self.refused(filter)?;
        let narrowed = filter.programme.is_some() || filter.issuer.is_some();
        let funders = matches!(filter.within, Tenant::Funder(_) | Tenant::Issuer(_));
        if !narrowed && !funders && filter.funder.is_none() {
            lines.extend(self.failed(filter)?);
        }
        lines.sort_by_key(|line| (std::cmp::Reverse(line.times), line.reason.clone(), line.venue));
        Ok(lines)
    }

    fn refused(&self, filter: &UsageFilter) -> Result<Vec<RefusalLine>, ReadError> {
        let mut programmes = None;
        for funder in filter.funder.into_iter().chain(match filter.within {
            Tenant::Funder(own) => Some(own),
            _ => None,
        }) {
            let paid = self.programmes_paid_by(funder)?;
            let both =
                |before: Vec<i64>| before.into_iter().filter(|id| paid.contains(id)).collect();
            programmes = Some(programmes.map_or_else(|| paid.clone(), both));
        }
        let rows: Vec<(String, i64, i64)> = reading!(self, conn => {
            let mut query = refused_scan::table
                .group_by((refused_scan::reason, refused_scan::venue))
                .select((refused_scan::reason, refused_scan::venue, sql::<BigInt>("COUNT(*)")))
                .into_boxed();
            match filter.within {
                Tenant::Organisation(own) => {
                    query = query.filter(refused_scan::organisation.eq(own.0));
                }
                Tenant::Issuer(own) => query = query.filter(refused_scan::issuer.eq(own.0)),
                Tenant::Any | Tenant::Funder(_) => {}
            }
            if let Some(programmes) = &programmes {
                query = query.filter(refused_scan::programme.eq_any(programmes));
            }
            if let Some(programme) = filter.programme {
                query = query.filter(refused_scan::programme.eq(programme.0));
            }
            if let Some(issuer) = filter.issuer {
                query = query.filter(refused_scan::issuer.eq(issuer.0));
            }
            if let Some(venue) = filter.venue {
                query = query.filter(refused_scan::venue.eq(venue.0));
            }
            if let Some(from) = filter.from {
                query = query.filter(refused_scan::at.ge(midnight(from).0));
            }
            if let Some(to) = filter.to {
                query = query.filter(refused_scan::at.lt(midnight(to.plus(1)).0));
            }
            query.load(conn)
        })?;
        Ok(rows.into_iter().map(line).collect())
    }

    fn failed(&self, filter: &UsageFilter) -> Result<Vec<RefusalLine>, ReadError> {
        let rows: Vec<(String, i64, i64)> = reading!(self, conn => {
            let mut query = failed_scan::table
                .group_by((failed_scan::reason, failed_scan::venue))
                .select((
                    failed_scan::reason,
                    failed_scan::venue,
                    sql::<BigInt>("CAST(SUM(times) AS BIGINT)"),
                ))
                .into_boxed();
            if let Tenant::Organisation(own) = filter.within {
                query = query.filter(failed_scan::organisation.eq(own.0));
            }
            if let Some(venue) = filter.venue {
                query = query.filter(failed_scan::venue.eq(venue.0));
            }
            if let Some(from) = filter.from {
                query = query.filter(failed_scan::hour.ge(i64::from(from.0) * 24));
            }
            if let Some(to) = filter.to {
                query = query.filter(failed_scan::hour.lt(i64::from(to.0) * 24 + 24));
            }
            query.load(conn)
        })?;
        Ok(rows.into_iter().map(line).collect())
    }
}

fn line((reason, venue, times): (String, i64, i64)) -> RefusalLine {
    RefusalLine { reason, venue, times }
}

fn midnight(day: Day) -> Instant {
    Instant(i64::from(day.0) * 86_400_000_000)
}
