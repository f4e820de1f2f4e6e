//! Deciding about a voucher's standing: suspended, reinstated, cancelled, expired, released.
//! No workshop is taken here.

use super::{Decided, Desk};
use crate::domain::{
    command::{Command, Outcome},
    event::Body,
    ids::VoucherId,
    life::{Money, Standing, State},
    refusal::Reason,
};

impl Desk {
    pub(super) fn suspend(&mut self, command: &Command, id: VoucherId) -> Decided {
        self.change_standing(command, id, &[State::Active], Body::VoucherSuspended)
    }

    pub(super) fn reinstate(&mut self, command: &Command, id: VoucherId) -> Decided {
        self.change_standing(command, id, &[State::Suspended], Body::VoucherReinstated)
    }

    pub(super) fn cancel(&mut self, command: &Command, id: VoucherId) -> Decided {
        let from = [State::Active, State::Suspended, State::Stock];
        self.change_standing(command, id, &from, Body::VoucherCancelled)
    }

    fn change_standing(
        &mut self,
        command: &Command,
        id: VoucherId,
        from: &[State],
        body: Body,
    ) -> Decided {
        let (voucher, programme, today) = self.voucher_today(id, command.now)?;
        let state = voucher.state(today);
        if !from.contains(&state) {
            return Err(match state {
                State::Cancelled => Reason::VoucherCancelled,
                State::Replaced => Reason::VoucherReplaced,
                State::Expired => Reason::VoucherExpired,
                State::Exhausted => Reason::VoucherExhausted,
                State::Stock | State::Active | State::Suspended => Reason::VoucherStateConflict,
            }
            .into());
        }
        let seq = self.record_voucher(command, id, programme.id, body)?;
        Ok(Outcome::Done { seq })
    }

    /// One step of the expiry run: expire after the last day, release after the late limit.
    pub(super) fn expire(&mut self, command: &Command, id: VoucherId) -> Decided {
        let (voucher, programme, today) = self.voucher_today(id, command.now)?;
        let body = match voucher.money {
            Money::None if voucher.standing() != Standing::Stock => None,
            Money::None | Money::Committed if today > voucher.last_day => {
                Some(Body::VoucherExpired)
            }
            Money::Releasable => {
                let late = programme.terms.late_limit_days;
                let until = voucher.waits_until(late, &programme.terms.time_zone);
                (today > until).then_some(Body::VoucherReleased)
            }
            _ => None,
        };
        let Some(body) = body else { return Err(Reason::VoucherStateConflict.into()) };
        let seq = self.record_voucher(command, id, programme.id, body)?;
        Ok(Outcome::Done { seq })
    }
}
