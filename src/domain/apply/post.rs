//! The lines that an event writes: postings of money, and the figures of the day.
//! Which money moves is said in `mod.rs`.

use super::{Fold, Inconsistent};
use crate::domain::{
    calendar::Day,
    cents::Cents,
    event::{Event, Redeemed},
    ids::{AccountId, FunderId, IssuerId, OrganisationId, ProgrammeId, VoucherId},
    ledger::{Account, AccountKey, Move, Posting, Stage},
    usage::{Cell, Figures},
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

    pub(super) fn post_line(
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

    /// Counts under the issuer and the programme's own territory: no venue is involved.
    pub(super) fn count(
        &mut self,
        event: &Event,
        id: VoucherId,
        funder: Option<FunderId>,
        figures: Figures,
    ) -> Result<(), Inconsistent> {
        let issuer = self.voucher(event, id)?.issuer;
        let territory = self.programme(event)?.terms.territory.clone();
        let cell = cell(event, event.day, issuer, territory, funder);
        self.effects.usage.entry(cell).or_default().add(&figures);
        Ok(())
    }

    /// Counts under the venue, its territory and the service delivered.
    pub(super) fn count_at(
        &mut self,
        event: &Event,
        redeemed: &Redeemed,
        funder: Option<FunderId>,
        figures: Figures,
    ) {
        let at = Cell {
            venue: Some(redeemed.venue),
            service: redeemed.delivery.service,
            ..cell(event, event.day, redeemed.issuer, redeemed.territory.clone(), funder)
        };
        self.effects.usage.entry(at).or_default().add(&figures);
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

fn cell(
    event: &Event,
    day: Day,
    issuer: IssuerId,
    territory: String,
    funder: Option<FunderId>,
) -> Cell {
    let programme = event.programme.unwrap_or(ProgrammeId(0));
    Cell { day, programme, issuer, venue: None, territory, service: None, funder }
}
