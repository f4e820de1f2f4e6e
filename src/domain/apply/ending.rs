//! What the end of a programme does: the guarantee is free again, and what is free goes back.
//! No rule of when: `decide/ending.rs`.

use std::collections::BTreeMap;

use super::{Fold, Inconsistent, post::account};
use crate::domain::{
    cents::Cents,
    event::{Body, Event},
    guarantee,
    ids::{FunderId, ProgrammeId},
    ledger::{Move, Stage},
};

impl Fold {
    pub(super) fn apply_ending(
        &mut self,
        event: &Event,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let Body::ProgrammeEnded = &event.body else { return Ok(()) };
        let missing = || Inconsistent::Missing { seq: event.seq, what: "a programme" };
        let id = event.programme.ok_or_else(missing)?;
        let returned = self.returnable(id);
        let programme = self.world.programmes.get(&id).ok_or_else(missing)?;
        let (version, left) = (programme.version, guarantee::left(&programme.reserves));
        if left > 0 {
            self.give_back(event, id, left, moves)?;
        }
        for (funder, amount) in returned {
            let key = |stage| account(id, version, funder, stage, None);
            moves.push(Move { from: key(Stage::Available), to: key(Stage::Returned), amount });
        }
        let programme = self.world.programmes.get_mut(&id).ok_or_else(missing)?;
        (programme.closed, programme.ended) = (true, Some(event.day));
        self.effects.changed.programmes.insert(id);
        Ok(())
    }

    /// What would go back to each funder if a programme ended now: what is free and what is set
    /// aside, less what organisations owe, which nobody has yet.
    pub(in crate::domain) fn returnable(&self, id: ProgrammeId) -> Vec<(FunderId, Cents)> {
        let mut sums: BTreeMap<FunderId, i64> = BTreeMap::new();
        for (key, account) in &self.world.accounts {
            // What is owed stands below zero.
            let counts =
                matches!(key.stage, Stage::Available | Stage::Guarantee | Stage::Receivable);
            if key.programme == id && counts {
                *sums.entry(key.funder).or_default() += account.balance().0;
            }
        }
        let positive = sums.into_iter().filter(|(_, cents)| *cents > 0);
        positive.map(|(funder, cents)| (funder, Cents(cents))).collect()
    }

    /// What a stage of a programme holds, of all funders and organisations.
    pub(in crate::domain) fn stands_in(&self, id: ProgrammeId, stage: Stage) -> Cents {
        let own = self.world.accounts.iter();
        let own = own.filter(|(key, _)| (key.programme, key.stage) == (id, stage));
        Cents(own.fold(0, |sum: i64, (_, account)| sum.saturating_add(account.balance().0)))
    }
}
