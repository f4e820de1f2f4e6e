//! A calendar month, as people write it: `2026-10`.
//! No time zone: days come from `calendar.rs`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::domain::calendar::Day;

/// A month by its first day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Day);

/// What is wrong with a text that should be a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a month: YYYY-MM")]
pub struct NotAMonth;

impl Month {
    #[must_use]
    pub fn of(day: Day) -> Self {
        Self(day.month_start())
    }

    #[must_use]
    pub const fn first_day(self) -> Day {
        self.0
    }

    #[must_use]
    pub fn last_day(self) -> Day {
        self.0.month_end()
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.last_day().plus(1))
    }

    #[must_use]
    pub fn year(self) -> i64 {
        self.number().div_euclid(100)
    }

    /// Whether it is the last one of its year.
    #[must_use]
    pub fn ends_year(self) -> bool {
        self.next().year() > self.year()
    }

    /// 202610.
    #[must_use]
    pub fn number(self) -> i64 {
        self.0.month_number()
    }

    /// # Errors
    /// For what is no month of a year of four digits.
    pub fn from_number(number: i64) -> Result<Self, NotAMonth> {
        format!("{:04}-{:02}", number.div_euclid(100), number.rem_euclid(100)).parse()
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.month())
    }
}

impl FromStr for Month {
    type Err = NotAMonth;

    fn from_str(text: &str) -> Result<Self, NotAMonth> {
        let day: Day = format!("{text}-01").parse().map_err(|_| NotAMonth)?;
        // What is before the epoch is no month of any programme.
        if day.0 < 0 { Err(NotAMonth) } else { Ok(Self(day)) }
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(from)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl utoipa::PartialSchema for Month {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[0-9]{4}-[0-9]{2}$"))
            .into()
    }
}

impl utoipa::ToSchema for Month {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_as_it_is_written_and_knows_its_days() {
        let month: Month = "2027-02".parse().unwrap();
        assert_eq!((month.to_string(), month.number()), ("2027-02".to_owned(), 202_702));
        assert_eq!(Month::from_number(202_702), Ok(month));
        let days = (month.first_day().to_string(), month.last_day().to_string());
        assert_eq!(days, ("2027-02-01".to_owned(), "2027-02-28".to_owned()));
        assert_eq!(Month::of(month.last_day()), month);
        let december: Month = "2026-12".parse().unwrap();
        assert_eq!(december.next().to_string(), "2027-01");
        assert!(december.ends_year() && !december.next().ends_year());
        assert_eq!((december.year(), december.next().year()), (2026, 2027));
        for wrong in ["2026-13", "2026-1", "202610", "1969-12", "", "2026-10-01"] {
            assert_eq!(wrong.parse::<Month>(), Err(NotAMonth), "{wrong}");
        }
    }
}
