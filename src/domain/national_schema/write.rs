//! Writes venues as v1.0.2 of the standard says, as CSV or JSON.
//! Nothing is written that reading would leave out.

use serde_json::{Map, Value};

use super::{Fee, Position, VenueRecord, columns::PASS_LABEL};
use crate::domain::{calendar::Day, service::Service};

/// The 32 fields in the standard's order.
const FIELDS: [&str; 32] = [
    "id",
    "pivot",
    "nom",
    "commune",
    "code_postal",
    "code_insee",
    "adresse",
    "complement_adresse",
    "latitude",
    "longitude",
    "typologie",
    "telephone",
    "courriels",
    "site_web",
    "horaires",
    "presentation_resume",
    "presentation_detail",
    "source",
    "itinerance",
    "structure_parente",
    "date_maj",
    "services",
    "publics_specifiquement_adresses",
    "prise_en_charge_specifique",
    "frais_a_charge",
    "dispositif_programmes_nationaux",
    "formations_labels",
    "autres_formations_labels",
    "modalites_acces",
    "modalites_accompagnement",
    "fiche_acces_libre",
    "prise_rdv",
];

/// What the standard's files write for a SIRET that is not known, since `pivot` is required.
const NO_SIRET: &str = "00000000000000";

/// CSV with a header, commas and every cell quoted; `day` stands where a venue has no date.
pub fn csv<'a>(venues: impl IntoIterator<Item = &'a VenueRecord>, day: Day) -> String {
    let mut text = String::new();
    line(&mut text, FIELDS.iter().copied());
    for venue in venues {
        let cells = FIELDS.map(|field| cell(venue, field, day));
        line(&mut text, cells.iter().map(String::as_str));
    }
    text
}

/// JSON: a list of objects without the empty fields, one a line, coordinates as numbers; `day`
/// stands where a venue has no date.
pub fn json<'a>(venues: impl IntoIterator<Item = &'a VenueRecord>, day: Day) -> String {
    let objects: Vec<String> = venues
        .into_iter()
        .map(|venue| {
            let fields = FIELDS.iter().filter_map(|field| {
                let text = cell(venue, field, day);
                let value = match *field {
                    _ if text.is_empty() => return None,
                    "latitude" | "longitude" => Value::from(text.parse::<f64>().ok()?),
                    _ => Value::from(text),
                };
                Some(((*field).to_owned(), value))
            });
            Value::Object(fields.collect::<Map<String, Value>>()).to_string()
        })
        .collect();
    if objects.is_empty() { "[]\n".to_owned() } else { format!("[\n{}\n]\n", objects.join(",\n")) }
}

/// A line of CSV as RFC 4180 says, ended as on Unix.
fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (place, cell) in cells.enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push('"');
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    }
    text.push('\n');
}

fn cell(venue: &VenueRecord, field: &str, day: Day) -> String {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    match field {
        "id" => venue.source_id.clone(),
        "pivot" => venue.siret.as_ref().map_or(NO_SIRET, |siret| siret.as_str()).to_owned(),
        "nom" => venue.name.clone(),
        "commune" => venue.commune.clone(),
        "code_postal" => venue.postcode.clone(),
        "code_insee" => optional(&venue.insee_code),
        "adresse" => venue.address.clone(),
        "complement_adresse" => optional(&venue.address_extra),
        "latitude" => degrees(venue.position, |position| position.latitude_microdegrees),
        "longitude" => degrees(venue.position, |position| position.longitude_microdegrees),
        "typologie" => venue.kinds.join("|"),
        "telephone" => optional(&venue.phone),
        "site_web" => venue.websites.join("|"),
        "horaires" => optional(&venue.hours),
        "source" => optional(&venue.source),
        "itinerance" => match (venue.itinerant, venue.fixed) {
            (true, true) => "Itinérant|Fixe",
            (true, false) => "Itinérant",
            (false, true) => "Fixe",
            (false, false) => "",
        }
        .to_owned(),
        "structure_parente" => optional(&venue.parent),
        "date_maj" => venue.updated_on.unwrap_or(day).to_string(),
        "services" => joined(venue.services.iter().map(|service| Service::label(*service))),
        "publics_specifiquement_adresses" => venue.audiences.join("|"),
        "prise_en_charge_specifique" => venue.special_needs.join("|"),
        "frais_a_charge" => fees(venue),
        "dispositif_programmes_nationaux" => venue.programmes.join("|"),
        "formations_labels" => venue.labels.join("|"),
        "autres_formations_labels" => {
            let pass = venue.accepts_pass.then_some(PASS_LABEL);
            joined(venue.other_labels.iter().map(String::as_str).chain(pass))
        }
        "modalites_accompagnement" => venue.support.join("|"),
        "fiche_acces_libre" => optional(&venue.accessibility_url),
        "prise_rdv" => optional(&venue.booking_url),
        _ => String::new(),
    }
}

fn joined<'a>(items: impl Iterator<Item = &'a str>) -> String {
    items.collect::<Vec<_>>().join("|")
}

/// Who takes the pass is free on condition, whatever else it asks.
fn fees(venue: &VenueRecord) -> String {
    let all = [Fee::Free, Fee::FreeOnCondition, Fee::Paying];
    let pass = |fee: &Fee| venue.accepts_pass && *fee == Fee::FreeOnCondition;
    joined(all.iter().filter(|fee| venue.fees.contains(fee) || pass(fee)).map(|fee| fee.label()))
}

#[expect(clippy::float_arithmetic, reason = "degrees are no money")]
fn degrees(position: Option<Position>, of: impl Fn(Position) -> i32) -> String {
    position.map_or_else(String::new, |position| format!("{}", f64::from(of(position)) / 1e6))
}
