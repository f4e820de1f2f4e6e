//! The places nearest to a commune: what paper and a pass's holder are told.
//! No map and no address of a person: a commune or a postcode is all that is asked.

use serde::Deserialize;

use super::service::Fault;
use crate::{
    domain::{
        ids::{ProgrammeId, VenueId},
        national_schema::folded,
        service::Service as Need,
    },
    store::{Database, Place},
};

/// What is looked for.
pub struct Search {
    /// Of the places that it admits; any otherwise.
    pub programme: Option<ProgrammeId>,
    /// A commune or a postcode.
    pub near: String,
    /// Without places that are known not to offer it.
    pub need: Option<Need>,
    pub most: usize,
}

/// A place to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearby {
    pub venue: VenueId,
    pub name: String,
    pub address: String,
    /// As the place told them, in OpenStreetMap's notation.
    pub hours: Option<String>,
    pub phone: Option<String>,
    /// As the crow flies, from the middle of the commune; none where either is not known.
    pub kilometres: Option<u32>,
}

/// Of the national standard's record, what a visitor needs.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Record {
    horaires: Option<String>,
    telephone: Option<String>,
    /// Their names, one after a `|`.
    services: Option<String>,
}

impl Record {
    /// Whether it may be offered here: a place that says nothing of its services is asked.
    fn serves(&self, need: Need) -> bool {
        let services = self.services.as_deref().unwrap_or_default();
        services.is_empty() || services.split('|').any(|name| name == need.label())
    }
}

/// The places nearest to a commune or postcode, the nearest first; none when nothing is known of
/// it.
///
/// # Errors
/// When the database does not answer.
pub fn nearby(database: &Database, search: &Search) -> Result<Vec<Nearby>, Fault> {
    let places = database.places(search.programme)?;
    let mut told = Vec::new();
    for (place, kilometres) in nearest(&places, &search.near) {
        if told.len() >= search.most {
            break;
        }
        let record = database.venue_record(place.venue)?;
        let record: Record =
            record.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        if search.need.is_some_and(|need| !record.serves(need)) {
            continue;
        }
        told.push(Nearby {
            venue: place.venue,
            name: place.name.clone(),
            address: format!("{}, {} {}", place.address, place.postcode, place.commune),
            hours: record.horaires,
            phone: record.telephone,
            kilometres,
        });
    }
    Ok(told)
}

/// All places by their distance from what is wanted. Those of the very commune or postcode come
/// first, whether their position is known or not.
fn nearest<'a>(places: &'a [Place], wanted: &str) -> Vec<(&'a Place, Option<u32>)> {
    let wanted = folded(wanted);
    if wanted.is_empty() {
        return Vec::new();
    }
    let same = |place: &Place| folded(&place.commune) == wanted || place.postcode == wanted;
    // `13 001`, a district of a postcode that no place has: its département.
    let around = |place: &Place| {
        let digits = wanted.len() == 5 && wanted.bytes().all(|byte| byte.is_ascii_digit());
        digits && place.postcode.get(..2) == wanted.get(..2)
    };
    let mut here: Vec<&Place> = places.iter().filter(|place| same(place)).collect();
    let exact = !here.is_empty();
    if !exact {
        here = places.iter().filter(|place| around(place)).collect();
    }
    if here.is_empty() {
        return Vec::new();
    }
    let Some(middle) = middle(&here) else {
        return here.into_iter().map(|place| (place, None)).collect();
    };
    let far = |place: &Place| place.position.map(|position| kilometres(middle, position));
    let mut all: Vec<(&Place, Option<u32>)> =
        places.iter().map(|place| (place, far(place))).collect();
    all.sort_by_key(|(place, far)| {
        (!(exact && same(place)), far.unwrap_or(u32::MAX), place.venue.0)
    });
    all.retain(|(place, far)| far.is_some() || same(place));
    // Between two départements a distance from the middle of one tells nothing.
    all.into_iter().map(|(place, far)| (place, far.filter(|_| exact))).collect()
}

fn middle(places: &[&Place]) -> Option<(i64, i64)> {
    let known: Vec<(i64, i64)> = places.iter().filter_map(|place| place.position).collect();
    let count = i64::try_from(known.len()).ok().filter(|count| *count > 0)?;
    let sum = |pick: fn(&(i64, i64)) -> i64| known.iter().map(pick).sum::<i64>();
    Some((sum(|at| at.0) / count, sum(|at| at.1) / count))
}

/// The distance of two points in France, in whole kilometres: on so short a way the earth is flat.
#[expect(
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a way that is told in whole kilometres; nothing is paid by it"
)]
fn kilometres(from: (i64, i64), to: (i64, i64)) -> u32 {
    const KILOMETRES_A_DEGREE: f64 = 111.2;
    let degrees = |microdegrees: i64| microdegrees as f64 / 1e6;
    let north = degrees(to.0 - from.0);
    let east = degrees(to.1 - from.1) * degrees(from.0).to_radians().cos();
    (north.hypot(east) * KILOMETRES_A_DEGREE).round() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(id: i64, postcode: &str, commune: &str, position: Option<(i64, i64)>) -> Place {
        let text = str::to_owned;
        let (name, address) = (format!("Lieu {id}"), text("1 rue X"));
        let (postcode, commune) = (text(postcode), text(commune));
        Place { venue: VenueId(id), name, address, postcode, commune, position }
    }

    fn town() -> Vec<Place> {
        vec![
            place(1, "13500", "Martigues", None),
            place(2, "13001", "MARSEILLE", Some((43_296_000, 5_370_000))),
            place(3, "13100", "Aix-en-Provence", Some((43_529_000, 5_447_000))),
            place(4, "06000", "Nice", Some((43_703_000, 7_266_000))),
        ]
    }

    fn ids(wanted: &str) -> Vec<(i64, Option<u32>)> {
        nearest(&town(), wanted).into_iter().map(|(place, far)| (place.venue.0, far)).collect()
    }

    #[test]
    fn a_commune_is_found_however_it_is_written_and_the_nearest_come_first() {
        let marseille = [(2, Some(0)), (3, Some(27)), (4, Some(160))];
        assert_eq!(ids("Marseille"), marseille);
        assert_eq!(ids(" marseille "), marseille);
        assert_eq!(ids("13001"), marseille);
        assert_eq!(ids("AIX EN PROVENCE")[0], (3, Some(0)));
    }

    #[test]
    fn a_place_without_position_is_found_by_its_commune() {
        assert_eq!(ids("Martigues"), [(1, None)]);
    }

    #[test]
    fn an_unknown_postcode_gives_its_departement_without_distances() {
        let ids: Vec<i64> = ids("13999")
            .into_iter()
            .map(|(id, far)| {
                assert_eq!(far, None);
                id
            })
            .collect();
        assert_eq!(ids, [2, 3, 4]);
        assert!(nearest(&town(), "75001").is_empty());
        assert!(nearest(&town(), "Nulle-Part").is_empty() && nearest(&town(), "").is_empty());
    }

    #[test]
    fn a_place_is_left_out_when_it_says_that_it_serves_something_else() {
        let record = |services: Option<&str>| Record {
            services: services.map(str::to_owned),
            ..Record::default()
        };
        let (need, other) = (Need::Employment, Need::Leisure);
        let both = format!("{}|{}", other.label(), need.label());
        assert!(record(Some(&both)).serves(need) && record(Some(&both)).serves(other));
        assert!(!record(Some(other.label())).serves(need));
        assert!(record(None).serves(need) && record(Some("")).serves(need));
    }
}
