//! What events do to a voucher: minted, committed, suspended, cancelled, expired, replaced.
//! No workshop is taken or given back here (`redeem.rs`).

use super::{Fold, Inconsistent, post::account};
use crate::domain::{
    event::{Body, Event, Minted},
    ids::{ProgrammeId, VoucherId},
    ledger::{Move, Stage},
    life::{Change, Money, Standing, Voucher},
    usage::Figures,
};

impl Fold {
    pub(super) fn apply_voucher(
        &mut self,
        event: &Event,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let (Some(id), Some(_)) = (event.voucher, event.programme) else { return Ok(()) };
        match &event.body {
            Body::VoucherIssued { minted, numbers } => {
                self.mint(event, id, minted, Standing::Active);
                self.take_allocation(event, minted);
                self.commit(event, id, numbers, moves)?;
            }
            Body::VoucherStocked { minted } => {
                self.mint(event, id, minted, Standing::Stock);
                self.take_allocation(event, minted);
                self.count(event, id, None, Figures { stocked: 1, ..Figures::default() })?;
            }
            Body::VoucherActivated { numbers, first_day, last_day } => {
                // Stock holds no money: it takes the price of the day on which it gets some.
                let version = self.programme(event)?.version;
                let voucher = self.voucher(event, id)?;
                voucher.version = version;
                (voucher.first_day, voucher.last_day) = (*first_day, *last_day);
                stand(voucher, event, Standing::Active);
                self.commit(event, id, numbers, moves)?;
                self.count(event, id, None, Figures { activated: 1, ..Figures::default() })?;
            }
            Body::VoucherSuspended => {
                stand(self.voucher(event, id)?, event, Standing::Suspended);
            }
            Body::VoucherReinstated => {
                stand(self.voucher(event, id)?, event, Standing::Active);
            }
            Body::VoucherCancelled => {
                stand(self.voucher(event, id)?, event, Standing::Cancelled);
                self.set_free(event, id, moves, |figures, left| {
                    (figures.cancelled, figures.workshops_cancelled) = (1, left);
                })?;
            }
            Body::VoucherExpired => {
                // One that was used up counts as exhausted alone.
                let expired = i64::from(!self.voucher(event, id)?.spent());
                self.set_free(event, id, moves, |figures, left| {
                    (figures.expired, figures.workshops_expired) = (expired, left);
                })?;
            }
            Body::VoucherReleased => {
                let free = self.voucher(event, id)?.free.clone();
                self.shift(event, id, &free, Money::Released, moves)?;
            }
            Body::VoucherReplaced { successor, minted } => {
                self.replace(event, id, *successor, minted)?;
            }
            Body::Redeemed(redeemed) => self.redeem(event, id, redeemed, moves)?,
            Body::Reversed { redemption } => self.reverse(event, id, *redemption, moves)?,
            _ => {}
        }
        Ok(())
    }

    pub(super) fn voucher(
        &mut self,
        event: &Event,
        id: VoucherId,
    ) -> Result<&mut Voucher, Inconsistent> {
        self.effects.changed.vouchers.insert(id);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a voucher" };
        self.world.vouchers.get_mut(&id).ok_or(missing)
    }

    fn mint(&mut self, event: &Event, id: VoucherId, minted: &Minted, standing: Standing) {
        let mut payload = [0; 20];
        // `decide` encoded these 20 bytes itself; audit reports a journal that says otherwise.
        let decoded = data_encoding::HEXLOWER.decode(minted.payload.as_bytes());
        if let Some(bytes) = decoded.ok().and_then(|bytes| <[u8; 20]>::try_from(bytes).ok()) {
            payload = bytes;
        }
        self.world.head.voucher += 1;
        let voucher = Voucher {
            id,
            programme: event.programme.unwrap_or(ProgrammeId(0)),
            version: minted.version,
            issuer: minted.issuer,
            agent: event.actor,
            payload,
            workshops: minted.workshops,
            first_day: minted.first_day,
            last_day: minted.last_day,
            life: vec![Change { at: event.occurred_at, to: standing, seq: event.seq }],
            money: Money::None,
            free: Vec::new(),
            uses: Vec::new(),
            predecessor: None,
            successor: None,
            begun: false,
            last_event: None,
            issued_seq: event.seq,
            number: self.world.head.voucher,
            batch: None,
        };
        self.world.vouchers.insert(id, voucher);
        self.effects.created.vouchers.insert(id);
        self.effects.changed.vouchers.insert(id);
    }

    fn take_allocation(&mut self, event: &Event, minted: &Minted) {
        let Some(programme) = event.programme else { return };
        let key = (programme, minted.issuer);
        let allocation = self.world.allocations.entry(key).or_default();
        allocation.taken += i64::from(minted.workshops);
        self.effects.changed.allocations.insert(key);
        if let Some(agent) = event.actor {
            *self.world.issued.entry((agent, event.day)).or_default() += 1;
        }
    }

    /// Takes the programme's next numbers for a voucher, and their money.
    fn commit(
        &mut self,
        event: &Event,
        id: VoucherId,
        numbers: &[i64],
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        voucher.free = numbers.to_vec();
        voucher.money = Money::Committed;
        let (programme, version) = (voucher.programme, voucher.version);
        let count = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        if let Some(row) = self.world.programmes.get_mut(&programme) {
            row.next_number += count;
            row.next_ordinal += 1;
            self.effects.changed.programmes.insert(programme);
        }
        let figures = Figures { handed_over: 1, workshops_issued: count, ..Figures::default() };
        self.count(event, id, None, figures)?;
        for (funder, amount) in self.cost(event, version, numbers)? {
            let key = |stage| account(programme, version, funder, stage, None);
            moves.push(Move { from: key(Stage::Available), to: key(Stage::Committed), amount });
            let figures = Figures { committed_cents: amount.0, ..Figures::default() };
            self.count(event, id, Some(funder), figures)?;
        }
        Ok(())
    }

    /// Moves the money of `free` numbers from where it stands to a later stage.
    fn shift(
        &mut self,
        event: &Event,
        id: VoucherId,
        free: &[i64],
        to: Money,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        let from = voucher.money;
        voucher.money = to;
        let (programme, version) = (voucher.programme, voucher.version);
        let (Some(from), Some(to)) = (from.stage(), to.stage()) else { return Ok(()) };
        for (funder, amount) in self.cost(event, version, free)? {
            let key = |stage| account(programme, version, funder, stage, None);
            moves.push(Move { from: key(from), to: key(to), amount });
            if to == Stage::Available {
                self.carry(programme, version, funder, amount, moves);
            }
        }
        Ok(())
    }

    /// Expiry and cancellation: what was not used starts on its way back.
    fn set_free(
        &mut self,
        event: &Event,
        id: VoucherId,
        moves: &mut Vec<Move>,
        count: impl Fn(&mut Figures, i64),
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        let (free, held) = (voucher.free.clone(), voucher.money != Money::None);
        let version = voucher.version;
        let mut figures = Figures::default();
        count(&mut figures, i64::try_from(free.len()).unwrap_or(i64::MAX));
        self.count(event, id, None, figures)?;
        // Stock holds no money: it is done at once.
        let to = if held { Money::Releasable } else { Money::Released };
        for (funder, amount) in self.cost(event, version, &free)? {
            let figures = Figures { given_back_cents: amount.0, ..Figures::default() };
            self.count(event, id, Some(funder), figures)?;
        }
        self.shift(event, id, &free, to, moves)
    }

    fn replace(
        &mut self,
        event: &Event,
        id: VoucherId,
        successor: VoucherId,
        minted: &Minted,
    ) -> Result<(), Inconsistent> {
        let old = self.voucher(event, id)?;
        old.successor = Some(successor);
        stand(old, event, Standing::Replaced);
        let (free, money) = (std::mem::take(&mut old.free), old.money);
        let begun = old.begun || !old.uses.is_empty();
        // What a reversal frees here later goes back to the budget, not to the successor.
        old.money = Money::Releasable;
        self.mint(event, successor, minted, Standing::Active);
        let new = self.voucher(event, successor)?;
        (new.free, new.money, new.predecessor) = (free, money, Some(id));
        new.begun = begun;
        self.count(event, id, None, Figures { replaced: 1, ..Figures::default() })
    }
}

fn stand(voucher: &mut Voucher, event: &Event, to: Standing) {
    voucher.life.push(Change { at: event.occurred_at, to, seq: event.seq });
}
