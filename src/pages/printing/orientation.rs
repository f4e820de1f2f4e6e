//! Where a pass sends its holder: places near a commune for a need, and a first appointment.
//! Nothing of it is kept: it goes from the form to the paper, and the commune into a cookie.

use serde::Deserialize;

use crate::{
    app::nearby::{Nearby, Search},
    domain::{calendar::Day, ids::ProgrammeId, service::Service as Need, view::VoucherView},
    http::say::Say,
    pages::{form::Mistake, stop::encoded},
};

/// Places that a pass names.
pub const PLACES: usize = 3;
const LONGEST: usize = 100;

/// What was asked for, as it stands in a query or a form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Orientation {
    /// A commune or a postcode; missing: the one of the last time.
    near: Option<String>,
    /// The code of a service; empty for any.
    need: String,
    /// The number of the venue of an appointment.
    place: String,
    /// Its day and time, as a field of a browser gives it: `2026-12-01T14:00`.
    at: String,
}

impl Orientation {
    /// Near what was looked for the last time, where nothing else is said.
    #[must_use]
    pub fn or_near(mut self, last: Option<String>) -> Self {
        if self.near.is_none() {
            self.near = last;
        }
        self
    }

    #[must_use]
    pub fn near(&self) -> String {
        self.near.as_deref().unwrap_or_default().trim().chars().take(LONGEST).collect()
    }

    /// Whether it is said here near what, even if nothing.
    #[must_use]
    pub const fn says_near(&self) -> bool {
        self.near.is_some()
    }

    #[must_use]
    pub fn need(&self) -> Option<Need> {
        self.need.parse().ok()
    }

    #[must_use]
    pub fn search(&self, programme: ProgrammeId) -> Search {
        let (near, need) = (self.near(), self.need());
        Search { programme: Some(programme), near, need, most: PLACES }
    }

    /// As a query, after `?` or `&`.
    #[must_use]
    pub fn query(&self) -> String {
        let need = self.need().map_or("", Need::code);
        let (near, place, at) = (self.near(), encoded(&self.place), encoded(&self.at));
        format!("near={}&need={need}&place={place}&at={at}", encoded(&near))
    }

    /// The sentence of the appointment, if one was made.
    ///
    /// # Errors
    /// What is wrong with its day.
    pub fn appointment(
        &self,
        say: &Say,
        places: &[Nearby],
        row: &VoucherView,
        today: Day,
    ) -> Result<Option<String>, Mistake> {
        let place = places.iter().find(|place| place.venue.to_string() == self.place);
        if self.at.trim().is_empty() && place.is_none() {
            return Ok(None);
        }
        let wrong = |key| Mistake { field: "at".to_owned(), said: say.t(key) };
        let (day, time) = day_and_time(&self.at).ok_or_else(|| wrong("appointment-no-time"))?;
        if day < today || day > row.last_day {
            return Err(wrong("appointment-not-then"));
        }
        let weekday = say.t(&format!("weekday-{}", day.weekday()));
        let when = format!("{weekday} {}, {time}", say.day(&day));
        Ok(Some(place.map_or(when.clone(), |place| format!("{when}. {}", place.name))))
    }
}

/// `2026-12-01` and `14:00`.
fn day_and_time(at: &str) -> Option<(Day, &str)> {
    let (day, time) = at.trim().split_once('T')?;
    let time = time.get(..5)?;
    let (hour, minute) = time.split_once(':')?;
    let within = |text: &str, most: u8| text.parse::<u8>().is_ok_and(|number| number <= most);
    (within(hour, 23) && within(minute, 59)).then_some(())?;
    Some((day.parse().ok()?, time))
}

/// The fields of an appointment on a form that prints.
pub struct AppointmentFields {
    /// The number of each place, its name, and whether it is chosen.
    pub choices: Vec<(String, String, bool)>,
    pub at: String,
    /// Between which days it may be.
    pub first: Day,
    pub last: Day,
    pub open: bool,
}

impl AppointmentFields {
    #[must_use]
    pub fn of(asked: &Orientation, places: &[Nearby], row: &VoucherView, today: Day) -> Self {
        let choice = |place: &Nearby| {
            let number = place.venue.to_string();
            let chosen = number == asked.place;
            (number, place.name.clone(), chosen)
        };
        Self {
            choices: places.iter().map(choice).collect(),
            at: asked.at.clone(),
            first: today,
            last: row.last_day,
            open: !(asked.at.is_empty() && asked.place.is_empty()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::day_and_time;

    #[test]
    fn a_browsers_moment_is_a_day_and_a_time() {
        let day = "2026-12-01".parse().unwrap();
        assert_eq!(day_and_time("2026-12-01T14:05"), Some((day, "14:05")));
        assert_eq!(day_and_time("2026-12-01T14:05:00"), Some((day, "14:05")));
        for wrong in ["", "2026-12-01", "2026-12-01T", "2026-13-01T10:00", "2026-12-01T24:00"] {
            assert_eq!(day_and_time(wrong), None, "{wrong}");
        }
    }
}
