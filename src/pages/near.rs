//! How a place near a commune is told: its name, address, hours, telephone and distance.
//! No distances: `app/nearby.rs` has them.

use crate::{app::nearby::Nearby, http::say::Say, print::pdf::Venue, words::Fact};

/// A place in the reader's words.
pub fn told(say: &Say, place: &Nearby) -> Venue {
    let hours = place.hours.as_deref().map(|hours| opening(say, hours));
    let phone = place.phone.as_deref().map(|phone| say.of("near-phone", phone));
    let both: Vec<String> = phone.into_iter().chain(hours).collect();
    Venue {
        name: place.name.clone(),
        address: place.address.clone(),
        hours: (!both.is_empty()).then(|| both.join(" · ")),
        distance: place.kilometres.map(|km| say.say("near-distance", &[("count", count(km))])),
    }
}

fn count(kilometres: u32) -> Fact {
    Fact::Count(i64::from(kilometres))
}

/// Days of OpenStreetMap's `opening_hours`, and the keys of their words.
const DAYS: [(&str, &str); 8] = [
    ("Mo", "day-mo"),
    ("Tu", "day-tu"),
    ("We", "day-we"),
    ("Th", "day-th"),
    ("Fr", "day-fr"),
    ("Sa", "day-sa"),
    ("Su", "day-su"),
    ("off", "day-off"),
];

/// Hours with their days in the reader's words: `Mo-Fr 09:00-12:00` is `lun.–ven. 09:00–12:00`.
fn opening(say: &Say, hours: &str) -> String {
    let mut told = String::new();
    let mut word = String::new();
    for c in hours.chars().chain([' ']) {
        if c.is_ascii_alphabetic() {
            word.push(c);
            continue;
        }
        let day = DAYS.iter().find(|(code, _)| *code == word);
        told.push_str(&day.map_or(word.clone(), |(_, key)| say.t(key)));
        word.clear();
        match c {
            '-' => told.push('–'),
            ',' | ';' => told.push_str(", "),
            ' ' if told.ends_with(' ') => {}
            c => told.push(c),
        }
    }
    told.truncate(told.trim_end_matches([' ', ',']).len());
    told
}
