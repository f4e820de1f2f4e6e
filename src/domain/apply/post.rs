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
        effects.account_days.insert((account.id, event.day), (account.debit, account.credit));
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
