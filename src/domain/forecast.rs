//! What a funder's money in a programme will come to if things go on as they do: whole cents, by
//! the rule of three over the last weeks. No figures are read here (docs/algorithms/forecast.md).

use serde::Serialize;
use utoipa::ToSchema;

use super::calendar::Day;

/// Days over which the present rate is taken, at most.
pub const WINDOW_DAYS: i32 = 28;
/// With fewer days of history there is no rate to speak of.
pub const SHORTEST_WINDOW_DAYS: i32 = 7;
/// So long before the last day it is told if much will be left.
pub const TOLD_BEFORE_DAYS: i32 = 60;
/// Much: at least so many per thousand of what was paid in.
pub const MUCH_PERMILLE: i64 = 250;

/// What a forecast is made from: cents of one funder in one programme, and days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// Days over which `committed_lately` and `earned_lately` are counted.
    pub window_days: i32,
    /// Days on which vouchers may still be issued.
    pub issuing_days_left: i32,
    /// Days on which venues still accept, today included.
    pub use_days_left: i32,
    pub deposited: i64,
    pub earned: i64,
    /// Held by vouchers that are in people's hands.
    pub outstanding: i64,
    pub available: i64,
    pub committed_lately: i64,
    pub earned_lately: i64,
}

/// What it comes to, in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outlook {
    /// Earned by venues at the end.
    pub spent: i64,
    /// Of what was paid in, what goes back at the end.
    pub comes_back: i64,
    /// Days until nothing is available any more, if something is issued lately.
    pub exhausted_in_days: Option<i32>,
}

impl Basis {
    /// None while there is too little history for a rate.
    #[must_use]
    pub fn outlook(&self) -> Option<Outlook> {
        if self.window_days < SHORTEST_WINDOW_DAYS {
            return None;
        }
        let more_committed =
            self.at_rate(self.committed_lately, self.issuing_days_left).min(self.available.max(0));
        let held = self.outstanding.max(0).saturating_add(more_committed);
        let more_earned = self.at_rate(self.earned_lately, self.use_days_left).min(held);
        let spent = self.earned.saturating_add(more_earned);
        let comes_back = self.deposited.saturating_sub(spent).max(0);
        Some(Outlook { spent, comes_back, exhausted_in_days: self.exhausted_in() })
    }

    /// What `lately` comes to in so many days, rounded down.
    fn at_rate(&self, lately: i64, days: i32) -> i64 {
        let all = i128::from(lately.max(0)) * i128::from(days.max(0));
        let all = all.checked_div(i128::from(self.window_days)).unwrap_or_default();
        i64::try_from(all).unwrap_or(i64::MAX)
    }

    fn exhausted_in(&self) -> Option<i32> {
        let lately = i128::from(self.committed_lately);
        if lately <= 0 {
            return None;
        }
        let days = i128::from(self.available.max(0)) * i128::from(self.window_days);
        days.checked_div(lately).map(|days| i32::try_from(days).unwrap_or(i32::MAX))
    }
}

/// What a funder should know now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Warning {
    /// The budget is used up before issuing stops.
    Budget,
    /// Much of the money will not have been used when the programme ends.
    Unused,
}

impl Warning {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Unused => "unused",
        }
    }
}

impl Outlook {
    /// What is to be told on a day of a programme whose issuing stops, and which ends, on others.
    #[must_use]
    pub fn warnings(
        &self,
        basis: &Basis,
        today: Day,
        (issuing_stops, last_day): (Day, Day),
    ) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let short = |days: i32| today.plus(days) < issuing_stops;
        if self.exhausted_in_days.is_some_and(short) {
            warnings.push(Warning::Budget);
        }
        let soon = today >= last_day.plus(-TOLD_BEFORE_DAYS);
        let back = i128::from(self.comes_back) * 1_000;
        let much = back >= i128::from(basis.deposited) * i128::from(MUCH_PERMILLE);
        if soon && much && self.comes_back > 0 {
            warnings.push(Warning::Unused);
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10,000 € paid in: 2,000 € spent, 3,000 € in people's hands, 5,000 € free. In the last four
    /// weeks 1,000 € were issued and 500 € used.
    const BASIS: Basis = Basis {
        window_days: 28,
        issuing_days_left: 56,
        use_days_left: 112,
        deposited: 1_000_000,
        earned: 200_000,
        outstanding: 300_000,
        available: 500_000,
        committed_lately: 100_000,
        earned_lately: 50_000,
    };

    #[test]
    fn money_is_spent_at_the_rate_of_the_last_weeks() {
        let outlook = BASIS.outlook().unwrap();
        // Four times as long as the window: 500 € × 4.
        assert_eq!((outlook.spent, outlook.comes_back), (400_000, 600_000));
        assert_eq!(outlook.exhausted_in_days, Some(140));
    }

    #[test]
    fn no_more_is_spent_than_is_in_peoples_hands_and_will_be() {
        let fast = Basis { earned_lately: 500_000, ..BASIS };
        // 3,000 € out now, and 2,000 € that are issued until issuing stops.
        assert_eq!(fast.outlook().unwrap().spent, 700_000);
        let poor = Basis { available: 50_000, ..fast };
        assert_eq!(poor.outlook().unwrap().spent, 550_000);
        assert_eq!(poor.outlook().unwrap().exhausted_in_days, Some(14));
    }

    #[test]
    fn what_was_undone_lately_is_no_rate_and_without_history_there_is_none() {
        let undone = Basis { earned_lately: -5, committed_lately: 0, ..BASIS };
        let outlook = undone.outlook().unwrap();
        assert_eq!((outlook.spent, outlook.exhausted_in_days), (200_000, None));
        assert_eq!(Basis { window_days: 6, ..BASIS }.outlook(), None);
    }

    #[test]
    fn an_odd_cent_is_not_foreseen() {
        let odd = Basis { earned_lately: 1, use_days_left: 27, ..BASIS };
        assert_eq!(odd.outlook().unwrap().spent, 200_000);
    }

    #[test]
    fn a_funder_is_warned_before_money_runs_out_or_stays() {
        let today = Day(1_000);
        let told = |basis: Basis, stops: i32, last: i32| {
            let days = (today.plus(stops), today.plus(last));
            basis.outlook().unwrap().warnings(&basis, today, days)
        };
        assert_eq!(told(BASIS, 56, 71), []);
        assert_eq!(told(BASIS, 56, 60), [Warning::Unused]);
        assert_eq!(told(BASIS, 140, 155), []);
        assert_eq!(told(BASIS, 141, 156), [Warning::Budget]);
        let used = Basis { earned: 560_000, ..BASIS };
        assert_eq!(told(used, 45, 60), [], "less than a quarter");
    }
}
