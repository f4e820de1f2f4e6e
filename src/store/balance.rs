//! Whether money is conserved: the stages of each funder add up, and none is below zero.
//! No other comparison: `audit.rs` has those.

use std::collections::BTreeMap;

use crate::domain::{
    ids::FunderId,
    ledger::{AccountKey, Stage},
    world::World,
};

/// Per funder: funding = available + guarantee + committed + releasable + earned +
/// in payment + paid − receivable + returned; and no stage below zero. A place, a key, what is so.
pub(super) fn differences(world: &World) -> Vec<(&'static str, String, String)> {
    let mut sums: BTreeMap<FunderId, i64> = BTreeMap::new();
    let mut below = Vec::new();
    for (AccountKey { funder, stage, .. }, account) in &world.accounts {
        let balance = account.balance().0;
        *sums.entry(*funder).or_default() += balance;
        let (below_zero, owed) = (balance < 0, *stage == Stage::Receivable);
        if *stage != Stage::Funding && below_zero != owed && balance != 0 {
            below.push(account.id);
        }
    }
    let off = sums.into_iter().filter(|(_, sum)| *sum != 0);
    let off =
        off.map(|(funder, sum)| ("balance", funder.to_string(), format!("off by {sum} cents")));
    let below = below.into_iter();
    off.chain(below.map(|id| ("account", id.to_string(), "is below zero".to_owned()))).collect()
}
