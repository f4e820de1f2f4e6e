//! The lines that an event writes in the ledger, with the totals of each account after them.
//! Which money moves is said in `mod.rs`, `voucher.rs` and `redeem.rs`.

use super::{Fold, Inconsistent};
use crate::domain::{
    cents::Cents,
    event::Event,
    ids::{AccountId, FunderId, OrganisationId, ProgrammeId},
    ledger::{Account, AccountKey, Move, Posting, Stage},
};

impl Fold {
    pub(super) fn post(
        &mut self,
        event: &Event,
        moves: &[Move],
    ) -> Result<Vec<Posting>, Inconsistent> {
        let mut postings = Vec::with_capacity(moves.len() * 2);
        for line in moves.iter().filter(|line| line.amount != Cents::ZERO) {
            for (key, amount) in [(line.from, -line.amount.0), (line.to, line.amount.0)] {
                postings.push(self.post_line(event, key, Cents(amount))?);
            }
        }
        Ok(postings)
    }

    /// What is free in an old version serves the newest one: so does what comes back later.
    pub(super) fn carry_all(&self, programme: ProgrammeId, version: i32, moves: &mut Vec<Move>) {
        let free = self.world.accounts.iter().filter(|(key, account)| {
            (key.programme, key.version, key.stage) == (programme, version, Stage::Available)
                && account.balance() > Cents::ZERO
        });
        let mut free: Vec<_> = free.map(|(key, account)| (key.funder, account.balance())).collect();
        free.sort_unstable_by_key(|(funder, _)| *funder);
        for (funder, amount) in free {
            self.carry(programme, version, funder, amount, moves);
        }
    }

    /// Through the contra accounts, so that each version's stages add up by themselves.
    pub(super) fn carry(
        &self,
        programme: ProgrammeId,
        version: i32,
        funder: FunderId,
        amount: Cents,
        moves: &mut Vec<Move>,
    ) {
        let newest = self.world.programmes.get(&programme).map_or(version, |row| row.version);
        if newest == version {
            return;
        }
        let key = |version, stage| account(programme, version, funder, stage, None);
        moves.push(Move {
            from: key(version, Stage::Available),
            to: key(version, Stage::Funding),
            amount,
        });
        moves.push(Move {
            from: key(newest, Stage::Funding),
            to: key(newest, Stage::Available),
            amount,
        });
    }

    fn post_line(
        &mut self,
        event: &Event,
        key: AccountKey,
        amount: Cents,
    ) -> Result<Posting, Inconsistent> {
        let overflow = || Inconsistent::Overflow { seq: event.seq };
        let (world, effects) = (&mut self.world, &mut self.effects);
        let head = &mut world.head;
        let account = world.accounts.entry(key).or_insert_with(|| {
            head.account += 1;
            effects.created.accounts.insert(key);
            Account { id: AccountId(head.account), debit: Cents::ZERO, credit: Cents::ZERO }
        });
        let side = if amount < Cents::ZERO { &mut account.debit } else { &mut account.credit };
        let magnitude = amount.0.checked_abs().ok_or_else(overflow)?;
        *side = side.plus(Cents(magnitude)).ok_or_else(overflow)?;
        effects.changed.accounts.insert(key);
        Ok(Posting {
            key,
            account: account.id,
            amount,
            debit_after: account.debit,
            credit_after: account.credit,
        })
    }
}

pub(super) const fn account(
    programme: ProgrammeId,
    version: i32,
    funder: FunderId,
    stage: Stage,
    organisation: Option<OrganisationId>,
) -> AccountKey {
    AccountKey { programme, version, funder, stage, organisation }
}
