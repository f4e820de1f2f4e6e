//! Money in integer cents, and how co-funders share each workshop to the cent.
//! No division of an amount and no floating point; the rule stands in docs/algorithms/cents.md.

use serde::{Deserialize, Serialize};

/// An amount in euro cents.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    pub const ZERO: Self = Self(0);

    /// The sum; `None` past the range of 64 bits.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference; `None` past the range of 64 bits.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// The product; `None` past the range of 64 bits.
    #[must_use]
    pub fn times(self, factor: i64) -> Option<Self> {
        self.0.checked_mul(factor).map(Self)
    }
}

/// What workshop number `number` (0, 1, 2, …) of a programme costs each co-funder, in the order
/// of `weights`, for a workshop at `price`.
///
/// With `S` the sum of the weights and `P` their prefix sums, funder `i` has been charged
/// `⌊V·P(i+1)/S⌋ − ⌊V·P(i)/S⌋` once a value `V` is spent; a workshop's leg is the growth of that.
/// So the legs of every workshop sum to its price, and of all workshops to each share within a
/// cent.
#[must_use]
pub fn legs(price: Cents, weights: &[u32], number: i64) -> Vec<Cents> {
    run(price, weights, number, 1)
}

/// What `count` workshops from `first` on cost each co-funder: the sum of their legs.
#[must_use]
pub fn run(price: Cents, weights: &[u32], first: i64, count: i64) -> Vec<Cents> {
    let sum: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let before = i128::from(price.0) * i128::from(first);
    let after = before + i128::from(price.0) * i128::from(count);
    let floor = |value: i128, prefix: i128| (value * prefix).checked_div_euclid(sum).unwrap_or(0);
    let mut prefix = 0;
    weights
        .iter()
        .map(|weight| {
            let next = prefix + i128::from(*weight);
            let leg = (floor(after, next) - floor(after, prefix))
                - (floor(before, next) - floor(before, prefix));
            prefix = next;
            Cents(i64::try_from(leg).unwrap_or(i64::MAX))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spent(price: i64, weights: &[u32], numbers: impl Iterator<Item = i64>) -> Vec<i64> {
        let mut totals = vec![0; weights.len()];
        for number in numbers {
            for (total, leg) in totals.iter_mut().zip(legs(Cents(price), weights, number)) {
                *total += leg.0;
            }
        }
        totals
    }

    #[test]
    fn three_equal_funders_of_ten_euros_take_turns_for_the_odd_cent() {
        let of = |number| legs(Cents(1000), &[1, 1, 1], number);
        assert_eq!(of(0), [Cents(333), Cents(333), Cents(334)]);
        assert_eq!(of(1), [Cents(333), Cents(334), Cents(333)]);
        assert_eq!(of(2), [Cents(334), Cents(333), Cents(333)]);
        assert_eq!(spent(1000, &[1, 1, 1], 0..300_000), [100_000_000; 3]);
    }

    #[test]
    fn percentages_of_ten_euros_are_exact_on_every_workshop() {
        for number in 0..1000 {
            assert_eq!(legs(Cents(1000), &[60, 20, 20], number), [600, 200, 200].map(Cents));
        }
    }

    proptest! {
        #[test]
        fn every_workshop_sums_to_its_price(
            price in 1..100_000_i64,
            weights in prop::collection::vec(0..1000_u32, 1..6),
            number in 0..1_i64 << 40,
        ) {
            prop_assume!(weights.iter().sum::<u32>() > 0);
            let legs = legs(Cents(price), &weights, number);
            prop_assert_eq!(legs.iter().map(|leg| leg.0).sum::<i64>(), price);
        }

        #[test]
        fn a_run_costs_what_its_workshops_cost_one_by_one(
            price in 1..10_000_i64,
            weights in prop::collection::vec(1..1000_u32, 1..6),
            first in 0..1_i64 << 30,
            count in 0..300_i64,
        ) {
            let whole: Vec<i64> =
                run(Cents(price), &weights, first, count).iter().map(|leg| leg.0).collect();
            prop_assert_eq!(whole, spent(price, &weights, first..first + count));
        }

        #[test]
        fn a_run_of_workshops_gives_each_funder_its_share_within_a_cent(
            price in 1..10_000_i64,
            weights in prop::collection::vec(1..1000_u32, 1..6),
            workshops in 1..500_i64,
        ) {
            let sum: i64 = weights.iter().map(|weight| i64::from(*weight)).sum();
            let totals = spent(price, &weights, 0..workshops);
            for (total, weight) in totals.iter().zip(&weights) {
                let exact = price * workshops * i64::from(*weight);
                prop_assert!((total * sum - exact).abs() <= sum);
            }
        }
    }
}
