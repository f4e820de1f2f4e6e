//! Open data: usage by programme, month and territory for everybody, summed once an hour at most.
//! No rule of what is published: `domain/open_data.rs` has it.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    report::harmless,
    service::{Fault, Service},
};
use crate::domain::{
    access::Tenant,
    calendar::{Instant, MICROSECONDS_A_SECOND},
    ids::ProgrammeId,
    open_data::{LICENCE, LICENCE_CODE, OpenRow, published},
    people::FEWEST,
    programme::Terms,
    view::Filter,
};

/// How long what was summed is given out, in seconds.
pub const FRESH_S: i64 = 3_600;
const MOST: u32 = 100_000;

/// What everybody may use.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenData {
    #[schema(example = "etalab-2.0")]
    pub licence: &'static str,
    #[schema(example = "Licence Ouverte 2.0 (Etalab)")]
    pub licence_name: &'static str,
    /// No count but none is smaller.
    pub fewest: i64,
    pub rows: Vec<OpenRow>,
}

/// What was summed last, and when.
#[derive(Default)]
pub(super) struct Summed(RwLock<Option<(Instant, Arc<OpenData>)>>);

impl Service {
    /// Months that are over, of the programmes that do not stand aside.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open_data(&self) -> Result<Arc<OpenData>, Fault> {
        let now = self.clock.now();
        let fresh =
            |at: Instant| at <= now && now.0 - at.0 < FRESH_S.saturating_mul(MICROSECONDS_A_SECOND);
        let kept = self.open_data.0.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, data)) = kept.filter(|(at, _)| fresh(*at)) {
            return Ok(data);
        }
        let data = Arc::new(self.summed(now)?);
        let kept = Some((now, Arc::clone(&data)));
        *self.open_data.0.write().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(data)
    }

    fn summed(&self, now: Instant) -> Result<OpenData, Fault> {
        let filter = Filter { limit: MOST, ..Filter::of(Tenant::Any) };
        let programmes = self.database.programmes(&filter)?.into_iter();
        let programmes: HashMap<ProgrammeId, (String, Terms)> =
            programmes.map(|row| (row.id, (row.name, row.terms))).collect();
        let mut rows = Vec::new();
        for sum in self.database.open_sums()? {
            let programme = ProgrammeId(sum.programme);
            let Some((name, terms)) = programmes.get(&programme) else { continue };
            let running = now.day(&terms.time_zone).month_number();
            if terms.open_data_withheld || sum.month >= running {
                continue;
            }
            rows.push(OpenRow {
                month: format!("{}-{:02}", sum.month.div_euclid(100), sum.month.rem_euclid(100)),
                programme,
                programme_name: name.clone(),
                territory: sum.territory,
                vouchers_handed_over: sum.handed_over,
                vouchers_started: sum.started,
                workshops_issued: sum.workshops_issued,
                workshops_used: sum.workshops_used,
                redemptions: sum.redemptions,
            });
        }
        Ok(OpenData {
            licence: LICENCE_CODE,
            licence_name: LICENCE,
            fewest: FEWEST,
            rows: published(rows),
        })
    }
}

/// As CSV (RFC 4180), UTF-8, with commas: as catalogues of open data read it.
///
/// # Errors
/// When a row cannot be written.
pub fn csv(data: &OpenData) -> Result<String, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .has_headers(false)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for row in &data.rows {
        writer.serialize(OpenRow {
            programme_name: harmless(&row.programme_name),
            territory: harmless(&row.territory),
            ..row.clone()
        })?;
    }
    let bytes = writer.into_inner().map_err(|cause| csv::Error::from(cause.into_error()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Written also where there is no row.
const COLUMNS: [&str; 9] = [
    "month",
    "programme",
    "programme_name",
    "territory",
    "vouchers_handed_over",
    "vouchers_started",
    "workshops_issued",
    "workshops_used",
    "redemptions",
];
