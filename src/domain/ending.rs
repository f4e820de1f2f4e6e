//! The end of a programme by its calendar: told ahead, closed for issuing, tolerated, over.
//! No money: `decide/ending.rs` says when what is left goes back, `apply/ending.rs` moves it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{calendar::Day, programme::Terms};

/// How the end of a programme is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ending {
    /// Days before the last one from which everybody is told, 30 unless it is said.
    pub alert_days: u16,
}

impl Default for Ending {
    fn default() -> Self {
        Self { alert_days: 30 }
    }
}

impl Ending {
    /// Terms that say nothing else are written as before there was a choice.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// How far a programme has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Its first day has not come.
    Coming,
    Open,
    /// It ends soon, and vouchers are still issued.
    Ending,
    /// Nothing more is issued.
    Blocked,
    /// Its last day has passed; venues still accept.
    Tolerance,
    /// Venues accept no more; late records may still arrive.
    Late,
    /// What is left may go back to the funders.
    Over,
    /// It went back.
    Ended,
}

impl Phase {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Coming => "coming",
            Self::Open => "open",
            Self::Ending => "ending",
            Self::Blocked => "blocked",
            Self::Tolerance => "tolerance",
            Self::Late => "late",
            Self::Over => "over",
            Self::Ended => "ended",
        }
    }
}

/// The days of a programme's end, each the first or the last of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EndDays {
    /// From this day on everybody is told.
    pub alert_from: Day,
    /// From this day on nothing is issued.
    pub issuing_stops: Day,
    pub last_day: Day,
    /// The last day on which any venue accepts a voucher.
    pub accepted_until: Day,
    /// The last day on which a late record may still arrive.
    pub late_until: Day,
}

impl EndDays {
    #[must_use]
    pub fn of(terms: &Terms) -> Self {
        let last_day = terms.last_day;
        let accepted_until = last_day.plus(i32::from(terms.tolerance_days));
        Self {
            alert_from: last_day.plus(-i32::from(terms.ending.alert_days)),
            issuing_stops: last_day.plus(-i32::from(terms.issuing_stops_days)),
            last_day,
            accepted_until,
            late_until: accepted_until.plus(i32::from(terms.late_limit_days)),
        }
    }

    /// How far a programme has come on a day that has not ended for good.
    #[must_use]
    pub fn phase(&self, first_day: Day, today: Day) -> Phase {
        if today > self.late_until {
            Phase::Over
        } else if today > self.accepted_until {
            Phase::Late
        } else if today > self.last_day {
            Phase::Tolerance
        } else if today < first_day {
            Phase::Coming
        } else if today >= self.issuing_stops {
            Phase::Blocked
        } else if today >= self.alert_from {
            Phase::Ending
        } else {
            Phase::Open
        }
    }
}

impl Terms {
    /// How far a programme of these terms has come, if what was left went back on a day or not.
    #[must_use]
    pub fn phase(&self, ended: Option<Day>, today: Day) -> Phase {
        let phase = EndDays::of(self).phase(self.first_day, today);
        if ended.is_some() { Phase::Ended } else { phase }
    }
}

/// What people are told about a programme, once each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alert {
    Ending,
    Blocked,
    Over,
    /// At the present rate its budget is used up before issuing stops.
    Budget,
    /// Much of what was handed over is not used, and it ends soon.
    Unused,
}

impl Alert {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Ending => "ending",
            Self::Blocked => "blocked",
            Self::Over => "over",
            Self::Budget => "budget",
            Self::Unused => "unused",
        }
    }

    /// What a phase is told by, the last one first.
    #[must_use]
    pub const fn of(phase: Phase) -> &'static [Self] {
        match phase {
            Phase::Coming | Phase::Open | Phase::Ended => &[],
            Phase::Ending => &[Self::Ending],
            Phase::Blocked | Phase::Tolerance | Phase::Late => &[Self::Blocked, Self::Ending],
            Phase::Over => &[Self::Over, Self::Blocked, Self::Ending],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAYS: EndDays = EndDays {
        alert_from: Day(70),
        issuing_stops: Day(85),
        last_day: Day(100),
        accepted_until: Day(130),
        late_until: Day(137),
    };

    #[test]
    fn a_programme_goes_through_its_phases_day_by_day() {
        let phases = [9, 10, 69, 70, 84, 85, 100, 101, 130, 131, 137, 138]
            .map(|day| DAYS.phase(Day(10), Day(day)).code());
        let expected = [
            "coming",
            "open",
            "open",
            "ending",
            "ending",
            "blocked",
            "blocked",
            "tolerance",
            "tolerance",
            "late",
            "late",
            "over",
        ];
        assert_eq!(phases, expected);
    }

    #[test]
    fn issuing_that_stops_before_the_alert_is_blocked_at_once() {
        let days = EndDays { issuing_stops: Day(60), ..DAYS };
        assert_eq!(days.phase(Day(10), Day(60)), Phase::Blocked);
        assert_eq!(days.phase(Day(10), Day(59)), Phase::Open);
    }
}
