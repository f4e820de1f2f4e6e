//! Importing mediation venues in the national schema: good rows are kept, bad ones told.
//! No parsing: `domain/national_schema` reads the file.

use std::collections::HashMap;

use super::service::{Fault, Service};
use crate::domain::{
    calendar::Day,
    command::{Ask, Outcome},
    ids::{OrganisationId, UserId, VenueId},
    national_schema::{self, Problem, VenueRecord, write},
    registry::{Approval, VenueDetails, VenueProfile},
};

/// What is known of a venue from an earlier import: its profile, and its record as JSON.
type Known = (VenueProfile, String);

/// What an import did.
#[derive(Debug, Default)]
pub struct Imported {
    pub added: u64,
    pub changed: u64,
    pub unchanged: u64,
    pub organisations: u64,
    pub problems: Vec<Problem>,
    pub venues: Vec<(VenueId, OrganisationId)>,
}

impl Service {
    /// Imports a file; doing it again changes only what the file changed.
    ///
    /// # Errors
    /// When the database does not answer: what was added stays, and importing again goes on.
    pub fn import_venues(
        &self,
        actor: Option<UserId>,
        file: &[u8],
        approval: Approval,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Imported, Fault> {
        let import = national_schema::read(file);
        let mut done = Imported { problems: import.problems, ..Imported::default() };
        let mut payees: HashMap<String, OrganisationId> = self
            .database
            .payees()?
            .into_iter()
            .map(|(id, name, siret)| (siret.unwrap_or(name), OrganisationId(id)))
            .collect();
        let mut known: HashMap<(OrganisationId, String), (VenueId, Known)> = HashMap::new();
        for (venue, record) in self.database.imported_venues()? {
            let source = venue.profile.source.clone().unwrap_or_default();
            known.insert((venue.organisation, source), (venue.id, (venue.profile, record)));
        }
        let total = u64::try_from(import.records.len()).unwrap_or(u64::MAX);
        for (count, numbered) in (1..).zip(import.records) {
            let record = numbered.value;
            let payee = payee(&record);
            let organisation = match payees.get(&payee) {
                Some(id) => *id,
                None => {
                    let id = self.add_payee(actor, &record, approval)?;
                    done.organisations += 1;
                    payees.insert(payee, id);
                    id
                }
            };
            let profile = profile(&record);
            let details = details(&record);
            let now = (profile.clone(), details.record.clone());
            let details = Some(details);
            let key = (organisation, profile.source.clone().unwrap_or_default());
            let venue = match known.get(&key) {
                Some((venue, before)) if *before == now => {
                    done.unchanged += 1;
                    *venue
                }
                Some((venue, _)) => {
                    let venue = *venue;
                    changed(self.ask_as(actor, Ask::ChangeVenue { venue, profile, details })?)?;
                    done.changed += 1;
                    venue
                }
                None => {
                    let ask = Ask::AddVenue { organisation, profile, details };
                    let venue = VenueId(added(self.ask_as(actor, ask)?)?);
                    done.added += 1;
                    known.insert(key, (venue, now));
                    venue
                }
            };
            done.venues.push((venue, organisation));
            progress(count, total);
        }
        Ok(done)
    }

    fn add_payee(
        &self,
        actor: Option<UserId>,
        of: &VenueRecord,
        approval: Approval,
    ) -> Result<OrganisationId, Fault> {
        let siret = of.siret.as_ref().map(|siret| siret.as_str().to_owned());
        let name = of.parent.clone().unwrap_or_else(|| of.name.clone());
        let name = shortened(&name);
        let ask = Ask::AddOrganisation { name, siret, approval };
        Ok(OrganisationId(added(self.ask_as(actor, ask)?)?))
    }
}

/// The number of what was added.
fn added(outcome: Outcome) -> Result<i64, Fault> {
    match outcome {
        Outcome::Added { id, .. } => Ok(id),
        Outcome::Refused(refusal) => Err(Fault::Refused(refusal.reason)),
        _ => Err(Fault::Refused(crate::domain::refusal::Reason::RequestMalformed)),
    }
}

fn changed(outcome: Outcome) -> Result<(), Fault> {
    match outcome {
        Outcome::Refused(refusal) => Err(Fault::Refused(refusal.reason)),
        _ => Ok(()),
    }
}

/// Who is paid for a venue: its SIRET, else its parent, else itself.
fn payee(record: &VenueRecord) -> String {
    let siret = record.siret.as_ref().map(|siret| siret.as_str().to_owned());
    siret.unwrap_or_else(|| shortened(record.parent.as_ref().unwrap_or(&record.name)))
}

fn profile(record: &VenueRecord) -> VenueProfile {
    let source = record.source.as_deref().unwrap_or("");
    VenueProfile {
        name: shortened(&record.name),
        address: shortened(&record.address),
        postcode: record.postcode.clone(),
        commune: shortened(&record.commune),
        territory: departement(&record.postcode),
        source: Some(shortened(&format!("{source}/{}", record.source_id))),
    }
}

/// The record as the standard writes it. Without a day of its own it gets none of ours, so that
/// importing again finds it unchanged.
fn details(record: &VenueRecord) -> VenueDetails {
    let written = write::json([record], record.updated_on.unwrap_or(Day(0)));
    let object = written.trim().trim_start_matches('[').trim_end_matches(']').trim();
    VenueDetails { record: object.to_owned(), position: record.position }
}

/// At most 200 bytes, without control characters.
fn shortened(text: &str) -> String {
    let mut short = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        if short.len() + c.len_utf8() > 200 {
            break;
        }
        short.push(c);
    }
    short
}

/// The département of a postcode: three digits overseas, 2A or 2B in Corsica.
fn departement(postcode: &str) -> String {
    match (postcode.get(..2), postcode.get(..3)) {
        (Some("97" | "98"), Some(three)) => three.to_owned(),
        (Some("20"), Some("200" | "201")) => "2A".to_owned(),
        (Some("20"), _) => "2B".to_owned(),
        (Some(two), _) => two.to_owned(),
        _ => "00".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::departement;

    #[test]
    fn a_departement_has_three_digits_overseas_and_a_letter_in_corsica() {
        let of = ["13001", "97400", "20000", "20200", "98714"].map(departement);
        assert_eq!(of, ["13", "974", "2A", "2B", "987"]);
    }
}
