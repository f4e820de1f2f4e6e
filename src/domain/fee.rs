//! An operator's fee: a share of the value of workshops that venues earn, from a month on.
//! No money moves for it: what funders give is for workshops, the fee is claimed beside it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::period::Month;

/// A quarter of the value: more is a slip of the pen.
const LARGEST: u16 = 2_500;
/// Changes of the fee in the life of a programme.
const MOST: usize = 24;

/// From a month on, until the next one takes its place; zero: none any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Fee {
    #[schema(example = "2027-01")]
    pub from: Month,
    /// In hundredths of a percent: 400 are 4 %.
    #[schema(maximum = 2500)]
    pub basis_points: u16,
}

/// The fee of a funder up to the end of a month: in cents, without any tax on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FeeLine {
    /// Of the month.
    pub basis_points: u16,
    /// What venues earned of the funder since this rate holds: before the month, in it, at its end.
    pub base_opening_cents: i64,
    pub base_month_cents: i64,
    pub base_closing_cents: i64,
    /// Fees since the programme began: before the month, in it, at its end.
    pub opening_cents: i64,
    pub month_cents: i64,
    pub closing_cents: i64,
}

/// The rate of a month, in basis points.
#[must_use]
pub fn rate(fees: &[Fee], month: Month) -> u16 {
    let known = fees.iter().take_while(|fee| fee.from <= month);
    known.last().map_or(0, |fee| fee.basis_points)
}

/// Whether fees are a list that says one thing: in the order of their months, none too high.
#[must_use]
pub fn wrong(fees: &[Fee]) -> Option<&'static str> {
    let ordered = fees.iter().zip(fees.iter().skip(1)).all(|(one, next)| one.from < next.from);
    if fees.len() > MOST || !ordered {
        return Some("papers.fees.from");
    }
    let high = fees.iter().any(|fee| fee.basis_points > LARGEST);
    high.then_some("papers.fees.basis_points")
}

/// Whether other fees leave the months up to a closed one as they were.
#[must_use]
pub fn keeps(fees: &[Fee], others: &[Fee], closed: Month) -> bool {
    let until = |fees: &[Fee]| -> Vec<Fee> {
        fees.iter().filter(|fee| fee.from <= closed).copied().collect()
    };
    until(fees) == until(others)
}

impl FeeLine {
    /// The line of a month after another one's; nothing while there is no fee and was none. By the
    /// cumulative rule: the fees of all months of a rate are the fee of their sum, to the cent.
    #[must_use]
    pub fn after(before: Option<&Self>, basis_points: u16, earned_cents: i64) -> Option<Self> {
        if before.is_none() && basis_points == 0 {
            return None;
        }
        let same = before.filter(|line| line.basis_points == basis_points);
        let base_opening_cents = same.map_or(0, |line| line.base_closing_cents);
        let base_closing_cents = base_opening_cents + earned_cents;
        let opening_cents = before.map_or(0, |line| line.closing_cents);
        let of = |base: i64| {
            let fee = i128::from(base) * i128::from(basis_points);
            i64::try_from(fee.div_euclid(10_000)).unwrap_or(i64::MAX)
        };
        let month_cents = of(base_closing_cents) - of(base_opening_cents);
        Some(Self {
            basis_points,
            base_opening_cents,
            base_month_cents: earned_cents,
            base_closing_cents,
            opening_cents,
            month_cents,
            closing_cents: opening_cents + month_cents,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fee(from: &str, basis_points: u16) -> Fee {
        Fee { from: from.parse().unwrap(), basis_points }
    }

    #[test]
    fn a_month_has_the_rate_that_was_set_last() {
        let fees = [fee("2026-03", 400), fee("2026-06", 0), fee("2026-09", 250)];
        let rates = ["2026-02", "2026-03", "2026-05", "2026-06", "2026-10"]
            .map(|month| rate(&fees, month.parse().unwrap()));
        assert_eq!(rates, [0, 400, 400, 0, 250]);
        assert_eq!(wrong(&fees), None);
        assert_eq!(wrong(&[fees[1], fees[0]]), Some("papers.fees.from"));
        assert_eq!(wrong(&[fees[1], fees[1]]), Some("papers.fees.from"));
        assert_eq!(wrong(&[fee("2026-03", 2_501)]), Some("papers.fees.basis_points"));
    }

    #[test]
    fn closed_months_keep_their_fee() {
        let fees = [fee("2026-03", 400)];
        let later = [fee("2026-03", 400), fee("2026-06", 300)];
        let closed = |text: &str| text.parse().unwrap();
        assert!(keeps(&fees, &later, closed("2026-05")));
        assert!(!keeps(&fees, &later, closed("2026-06")));
        assert!(!keeps(&fees, &[fee("2026-03", 300)], closed("2026-03")));
        assert!(keeps(&fees, &[], closed("2026-02")) && !keeps(&fees, &[], closed("2026-03")));
    }

    proptest! {
        #[test]
        fn the_fees_of_all_months_are_the_fee_of_their_sum(
            months in proptest::collection::vec(-5_000_i64..50_000, 1..40),
            basis_points in 1_u16..2_500,
        ) {
            let mut line = None;
            let mut sum = 0;
            for earned in &months {
                line = FeeLine::after(line.as_ref(), basis_points, *earned);
                sum += line.unwrap().month_cents;
            }
            let earned: i64 = months.iter().sum();
            let line = line.unwrap();
            prop_assert_eq!(line.closing_cents, sum);
            prop_assert_eq!(sum, (earned * i64::from(basis_points)).div_euclid(10_000));
        }
    }

    #[test]
    fn another_rate_goes_on_from_what_was_owed() {
        assert_eq!(FeeLine::after(None, 0, 10_000), None);
        let first = FeeLine::after(None, 400, 10_000).unwrap();
        let second = FeeLine::after(Some(&first), 250, 10_000).unwrap();
        let third = FeeLine::after(Some(&second), 0, 10_000).unwrap();
        let months = [first, second, third].map(|line| (line.month_cents, line.closing_cents));
        assert_eq!(months, [(400, 400), (250, 650), (0, 650)]);
        assert_eq!(third.base_opening_cents, 0);
    }
}
