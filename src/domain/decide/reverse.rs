//! Deciding whether a redemption may be undone.
//! The row of the redemption never changes; the reversal is an event of its own.

use super::{Decided, Desk};
use crate::domain::{
    command::{Command, Outcome, Reverse},
    event::Body,
    refusal::{Facts, Reason, Refusal},
};

impl Desk {
    pub(super) fn reverse(&mut self, command: &Command, ask: &Reverse) -> Decided {
        let missing = || Refusal::field(Reason::NotFound, "redemption");
        let record = self.fold.world.redemptions.get(&ask.redemption).ok_or_else(missing)?;
        if ask.organisation.is_some_and(|own| own != record.redeemed.organisation) {
            return Err(missing().into());
        }
        let at = command.now;
        self.by_device(command, record.redeemed.organisation, record.redeemed.venue, at)?;
        if record.reversed_by.is_some() {
            return Err(Reason::AlreadyReversed.into());
        }
        let (voucher, programme, day) = (record.voucher, record.programme, record.day);
        let closed = self.programme(programme)?.closed_through.filter(|closed| day <= *closed);
        // Before the window: nobody at the venue can undo it any more.
        if closed.is_some() && ask.organisation.is_some() {
            let facts = Facts { day: closed, ..Facts::default() };
            return Err(Refusal::because(Reason::PeriodClosed, facts).into());
        }
        let minutes = i64::from(self.programme(programme)?.terms.undo_minutes);
        let scanner = ask.organisation.is_some() && !ask.supervisor;
        if scanner && command.now > record.recorded_at.plus_seconds(minutes * 60) {
            let facts = Facts { limit: Some(minutes), ..Facts::default() };
            return Err(Refusal::because(Reason::ReversalTooLate, facts).into());
        }
        let body = Body::Reversed { redemption: ask.redemption };
        let seq = self.record_voucher(command, voucher, programme, body)?;
        let left = self.known_voucher(voucher)?.left();
        Ok(Outcome::Reversed { seq, redemption: ask.redemption, left })
    }
}
