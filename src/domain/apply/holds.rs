//! What events do to held workshops: held, left out of a payment, released, taken up, undone.
//! No money moves: what is held stays earned.

use super::{Fold, Inconsistent};
use crate::domain::{
    event::{Body, Event, PaymentPrepared, Redeemed},
    hold::{Hold, HoldCause, HoldState},
    ids::{PaymentId, ProgrammeId, Seq, UserId, VoucherId},
    settlement::Amounts,
};

impl Fold {
    pub(super) fn apply_hold(&mut self, event: &Event) -> Result<(), Inconsistent> {
        match &event.body {
            Body::HoldReleased { redemption } => {
                let hold = self.held(event, *redemption)?;
                (hold.state, hold.decision) = (HoldState::Released, Some(event.seq));
                Ok(())
            }
            Body::RedemptionDisputed { redemption } => self.dispute(event, *redemption),
            _ => Ok(()),
        }
    }

    /// Holds it, whether a signal had before or not.
    fn dispute(&mut self, event: &Event, redemption: Seq) -> Result<(), Inconsistent> {
        if !self.world.books.holds.contains_key(&redemption) {
            let missing = Inconsistent::Missing { seq: event.seq, what: "a redemption" };
            let record = self.world.redemptions.get(&redemption).ok_or(missing)?.clone();
            let at = (redemption, record.voucher, record.actor);
            self.add_hold(event, at, &record.redeemed)?;
        }
        let hold = self.held(event, redemption)?;
        // People have accounts, whoever has the pass has none.
        let by = event.actor.map_or(HoldCause::NotThere, |_| HoldCause::Disputed);
        hold.causes.add(by);
        (hold.state, hold.decision) = (HoldState::Held, None);
        hold.disputed_by = event.actor.or(hold.disputed_by);
        Ok(())
    }

    pub(super) fn hold(
        &mut self,
        event: &Event,
        voucher: VoucherId,
        redeemed: &Redeemed,
    ) -> Result<(), Inconsistent> {
        if redeemed.held.is_empty() {
            return Ok(());
        }
        self.add_hold(event, (event.seq, voucher, event.actor), redeemed)
    }

    fn add_hold(
        &mut self,
        event: &Event,
        (redemption, voucher, taken_by): (Seq, VoucherId, Option<UserId>),
        redeemed: &Redeemed,
    ) -> Result<(), Inconsistent> {
        let version = self.voucher(event, voucher)?.version;
        let mut amounts = Amounts::default();
        for (funder, amount) in self.cost(event, version, &redeemed.numbers)? {
            amounts.add(version, funder, amount);
        }
        let hold = Hold {
            redemption,
            programme: event.programme.unwrap_or(ProgrammeId(0)),
            organisation: redeemed.organisation,
            venue: redeemed.venue,
            voucher,
            causes: redeemed.held,
            amounts,
            taken_by,
            disputed_by: None,
            state: HoldState::Held,
            decision: None,
            left_out: false,
            payment: None,
        };
        self.world.books.holds.insert(redemption, hold);
        self.effects.created.holds.insert(redemption);
        Ok(())
    }

    /// An undone workshop needs no look any more.
    pub(super) fn end_hold(&mut self, event: &Event, redemption: Seq) {
        let Some(hold) = self.world.books.holds.get_mut(&redemption) else { return };
        (hold.state, hold.decision) = (HoldState::Reversed, Some(event.seq));
        self.effects.changed.holds.insert(redemption);
    }

    /// A payment leaves out what is held of its slice, and takes up what was released since.
    pub(super) fn pass_holds(
        &mut self,
        event: &Event,
        prepared: &PaymentPrepared,
    ) -> Result<(), Inconsistent> {
        for redemption in &prepared.held {
            self.held(event, *redemption)?.left_out = true;
        }
        for redemption in &prepared.released {
            self.held(event, *redemption)?.payment = Some(PaymentId(event.seq.0));
        }
        Ok(())
    }

    fn held(&mut self, event: &Event, redemption: Seq) -> Result<&mut Hold, Inconsistent> {
        self.effects.changed.holds.insert(redemption);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a held redemption" };
        self.world.books.holds.get_mut(&redemption).ok_or(missing)
    }
}
