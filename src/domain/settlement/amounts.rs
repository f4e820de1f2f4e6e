//! Cents by version and funder: what a payment is made of.
//! No accounts: `ledger.rs` has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{cents::Cents, ids::FunderId};

/// Cents of some version and funder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FunderAmount {
    pub version: i32,
    pub funder: FunderId,
    pub amount_cents: Cents,
}

/// What each funder pays in each version, without zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<FunderAmount>", into = "Vec<FunderAmount>")]
pub struct Amounts(BTreeMap<(i32, FunderId), i64>);

impl From<Vec<FunderAmount>> for Amounts {
    fn from(shares: Vec<FunderAmount>) -> Self {
        let mut amounts = Self::default();
        for share in shares {
            amounts.add(share.version, share.funder, share.amount_cents);
        }
        amounts
    }
}

impl From<Amounts> for Vec<FunderAmount> {
    fn from(amounts: Amounts) -> Self {
        amounts.shares().collect()
    }
}

impl Amounts {
    pub fn add(&mut self, version: i32, funder: FunderId, amount: Cents) {
        let cents = self.0.entry((version, funder)).or_default();
        *cents = cents.saturating_add(amount.0);
        self.0.retain(|_, cents| *cents != 0);
    }

    pub fn plus(&mut self, other: &Self) {
        for share in other.shares() {
            self.add(share.version, share.funder, share.amount_cents);
        }
    }

    pub fn less(&mut self, other: &Self) {
        for share in other.shares() {
            self.add(share.version, share.funder, Cents(share.amount_cents.0.saturating_neg()));
        }
    }

    /// Of each share the smaller one, where both have it.
    #[must_use]
    pub fn at_most(&self, other: &Self) -> Self {
        let both = self.0.iter().filter_map(|(key, cents)| {
            other.0.get(key).map(|limit| (*key, (*cents).min(*limit).max(0)))
        });
        Self(both.filter(|(_, cents)| *cents != 0).collect())
    }

    #[must_use]
    pub fn sum(&self) -> Cents {
        Cents(self.0.values().fold(0, |sum: i64, cents| sum.saturating_add(*cents)))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// In the order of versions and funders.
    pub fn shares(&self) -> impl Iterator<Item = FunderAmount> + '_ {
        self.0.iter().map(|((version, funder), cents)| FunderAmount {
            version: *version,
            funder: *funder,
            amount_cents: Cents(*cents),
        })
    }
}
