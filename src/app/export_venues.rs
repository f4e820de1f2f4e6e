//! Publishing the open venues in the national standard, v1.0.2.
//! No writing of the format: `domain/national_schema` has it.

use super::service::{Fault, Service};
use crate::{
    domain::{
        calendar::Day,
        national_schema::{self, VenueRecord, write},
        registry::Venue,
    },
    store::OpenVenue,
};

/// The form of the published file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Csv,
    Json,
}

impl Service {
    /// Every open venue; what was changed here wins over what its file said.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn export_venues(&self, form: Form) -> Result<String, Fault> {
        let open = self.database.open_venues()?;
        let records: Vec<VenueRecord> = open.into_iter().map(published).collect();
        let now = self.clock.now();
        let today = Day(i32::try_from(now.0.div_euclid(86_400_000_000)).unwrap_or(i32::MAX));
        Ok(match form {
            Form::Csv => write::csv(&records, today),
            Form::Json => write::json(&records, today),
        })
    }
}

fn published(open: OpenVenue) -> VenueRecord {
    let kept = open.record.and_then(|record| {
        let file = format!("[{record}]");
        national_schema::read(file.as_bytes()).records.pop().map(|numbered| numbered.value)
    });
    let Venue { id, profile, .. } = open.venue;
    let kept = kept.unwrap_or_else(|| VenueRecord {
        source_id: format!("pass-numerique-{id}"),
        fixed: true,
        ..VenueRecord::default()
    });
    VenueRecord {
        siret: open.siret.and_then(|siret| siret.parse().ok()).or(kept.siret),
        name: profile.name,
        address: profile.address,
        postcode: profile.postcode,
        commune: profile.commune,
        accepts_pass: true,
        ..kept
    }
}
