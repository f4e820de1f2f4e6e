//! Days and instants: a `Day` is a civil date, an `Instant` a moment in UTC.
//! No clock: the present comes in as a value.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

/// Microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub i64);

pub const MICROSECONDS_A_SECOND: i64 = 1_000_000;

impl Day {
    fn date(self) -> Date {
        let epoch = Date::constant(1970, 1, 1);
        epoch.saturating_add(SignedDuration::from_hours(i64::from(self.0) * 24))
    }

    /// The day `days` later (earlier if negative), within the range of `i32`.
    #[must_use]
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// `YYYY-MM`.
    #[must_use]
    pub fn month(self) -> String {
        let date = self.date();
        format!("{:04}-{:02}", date.year(), date.month())
    }

    /// The month as a number: 202611.
    #[must_use]
    pub fn month_number(self) -> i64 {
        let date = self.date();
        i64::from(date.year()) * 100 + i64::from(date.month())
    }

    /// Year, month from 1, and day of the month.
    #[must_use]
    pub fn parts(self) -> (i16, i8, i8) {
        let date = self.date();
        (date.year(), date.month(), date.day())
    }

    /// From 1, Monday, to 7 (ISO 8601).
    #[must_use]
    pub fn weekday(self) -> i8 {
        self.date().weekday().to_monday_one_offset()
    }

    /// The first day of the month.
    #[must_use]
    pub fn month_start(self) -> Self {
        self.plus(1 - i32::from(self.date().day()))
    }

    /// The last day of the month.
    #[must_use]
    pub fn month_end(self) -> Self {
        self.plus(i32::from(self.date().days_in_month()) - i32::from(self.date().day()))
    }

    /// The first moment of the day in `zone`.
    #[must_use]
    pub fn start(self, zone: &Zone) -> Instant {
        let start = self.date().to_zoned(zone.0.clone()).map(|z| z.timestamp());
        Instant(start.unwrap_or(Timestamp::MAX).as_microsecond())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.date().fmt(f)
    }
}

/// What is wrong with a text that should be a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a day: YYYY-MM-DD")]
pub struct NotADay;

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        if text.len() != 10 {
            return Err(NotADay);
        }
        let date: Date = text.parse().map_err(|_| NotADay)?;
        let since = date.duration_since(Date::constant(1970, 1, 1));
        i32::try_from(since.as_hours() / 24).map(Self).map_err(|_| NotADay)
    }
}

/// Texts in JSON, with their OpenAPI format.
macro_rules! text_schema {
    ($($name:ident: $format:literal),+) => {$(
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use utoipa::openapi::schema::{SchemaFormat, Type};
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Some(SchemaFormat::Custom($format.to_owned())))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    )+};
}

text_schema!(Day: "date", Instant: "date-time", Zone: "time-zone");

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl Instant {
    /// The civil date of this moment in `zone`.
    #[must_use]
    pub fn day(self, zone: &Zone) -> Day {
        let stamp = self.timestamp();
        let date = stamp.to_zoned(zone.0.clone()).date();
        let since = date.duration_since(Date::constant(1970, 1, 1));
        Day(i32::try_from(since.as_hours() / 24).unwrap_or(i32::MAX))
    }

    /// Hour and minute of this moment as clocks show it in `zone`.
    #[must_use]
    pub fn time(self, zone: &Zone) -> (i8, i8) {
        let time = self.timestamp().to_zoned(zone.0.clone()).time();
        (time.hour(), time.minute())
    }

    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(MICROSECONDS_A_SECOND)))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.timestamp().fmt(f)
    }
}

/// What is wrong with a text that should be a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a moment with its offset: 2026-11-23T10:00:00+01:00 (RFC 3339)")]
pub struct NotAnInstant;

impl FromStr for Instant {
    type Err = NotAnInstant;

    fn from_str(text: &str) -> Result<Self, NotAnInstant> {
        let stamp: Timestamp = text.parse().map_err(|_| NotAnInstant)?;
        Ok(Self(stamp.as_microsecond()))
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// A time zone by its IANA name, such as `Europe/Paris` or `Indian/Reunion`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    /// Of what belongs to no programme: the service's own log-ins, keys and journal.
    #[must_use]
    pub fn paris() -> Self {
        Self(TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC))
    }
}

/// What is wrong with a text that should be a time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone {0:?}: expected an IANA name such as Europe/Paris")]
pub struct UnknownZone(pub String);

impl Zone {
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }
}

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        let zone = TimeZone::get(name).map_err(|_| UnknownZone(name.to_owned()))?;
        Ok(Self(zone))
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_the_epoch_and_printed_as_dates() {
        let day: Day = "2026-11-23".parse().unwrap();
        assert_eq!(day, Day(20_780));
        assert_eq!(day.to_string(), "2026-11-23");
        assert_eq!(day.plus(-1).to_string(), "2026-11-22");
        assert_eq!(day.month(), "2026-11");
        assert_eq!(day.month_number(), 202_611);
        assert_eq!(day.month_start().to_string(), "2026-11-01");
        assert_eq!(day.month_end().to_string(), "2026-11-30");
        assert_eq!("2026-2-3".parse::<Day>(), Err(NotADay));
    }

    #[test]
    fn one_moment_is_on_two_days_in_paris_and_in_papeete() {
        let moment: Instant = "2026-11-23T00:30:00+01:00".parse().unwrap();
        let (paris, tahiti): (Zone, Zone) =
            ("Europe/Paris".parse().unwrap(), "Pacific/Tahiti".parse().unwrap());
        assert_eq!(moment.day(&paris).to_string(), "2026-11-23");
        assert_eq!(moment.day(&tahiti).to_string(), "2026-11-22");
    }

    #[test]
    fn a_day_starts_at_midnight_of_its_zone_also_when_clocks_change() {
        let paris: Zone = "Europe/Paris".parse().unwrap();
        let day: Day = "2026-10-25".parse().unwrap();
        let hours = (day.plus(1).start(&paris).0 - day.start(&paris).0) / 3_600_000_000;
        assert_eq!(hours, 25);
        assert_eq!(day.start(&paris).to_string(), "2026-10-24T22:00:00Z");
    }
}
