//! Deciding what is held: signals never stop a workshop, they stop its payment until a second
//! person has looked. No slices of the journal (`settle.rs`).

use super::{Decided, Desk, Stop, accounts::who, records::noted};
use crate::domain::{
    calendar::Day,
    command::{Command, Outcome, Redeem, Reverse},
    event::Body,
    hold::{
        BURST_MINUTES, Hold, HoldCause, HoldCauses, HoldReason, HoldRuling, HoldState, likeness,
    },
    ids::{ProgrammeId, Seq, VoucherId},
    life::Voucher,
    programme::Programme,
    refusal::{Reason, Refusal},
    registry::Role,
};

impl Desk {
    /// Why a workshop is to be looked at before it is paid.
    pub(super) fn signals(
        &self,
        command: &Command,
        ask: &Redeem,
        (shown, paying): (&Voucher, &Voucher),
        programme: &Programme,
        day: Day,
    ) -> HoldCauses {
        let settings = &programme.terms.holds;
        let above = |count: usize, limit: Option<u16>| {
            limit.is_some_and(|limit| count > usize::from(limit))
        };
        let own = usize::from(ask.workshops);
        let today = paying.uses.iter().filter(|used| used.day == day);
        let today = today.map(|used| used.numbers.len()).sum::<usize>() + own;
        let offline = self.taken_offline(programme, day);
        let signals = [
            (HoldCause::ManyInADay, above(today, settings.workshops_a_day.map(u16::from))),
            (HoldCause::OwnIssuer, settings.own_issuer && self.own_issuer(shown, ask)),
            (HoldCause::SamePerson, settings.same_person && self.same_person(shown, command)),
            (HoldCause::Burst, above(self.just_now(ask) + 1, settings.redemptions_in_10_minutes)),
            (
                HoldCause::ManyOffline,
                offline.is_some_and(|before| above(before + own, settings.offline_a_day)),
            ),
        ];
        let mut causes = HoldCauses::default();
        for (cause, shows) in signals {
            if shows {
                causes.add(cause);
            }
        }
        causes
    }

    /// Issuers and organisations stand in two registers that share no number: names tell.
    fn own_issuer(&self, shown: &Voucher, ask: &Redeem) -> bool {
        let world = &self.fold.world;
        let issuer = world.issuers.get(&shown.issuer).and_then(|row| likeness(&row.name));
        let paid = world.organisations.get(&ask.organisation).and_then(|row| likeness(&row.name));
        issuer.is_some() && issuer == paid
    }

    /// A person has an account for each role: names tell.
    fn same_person(&self, shown: &Voucher, command: &Command) -> bool {
        let (Some(agent), Some(scanner)) = (shown.agent, command.actor) else { return false };
        let people = &self.fold.world.signals.people;
        let called = |id| people.get(&id).copied().flatten();
        agent == scanner || (called(agent).is_some() && called(agent) == called(scanner))
    }

    /// Redemptions at the venue in the ten minutes before this workshop.
    fn just_now(&self, ask: &Redeem) -> usize {
        let Some(recent) = self.fold.world.signals.recent.get(&ask.venue) else { return 0 };
        let since = ask.occurred_at.plus_seconds(-BURST_MINUTES * 60);
        recent.iter().filter(|at| (since..=ask.occurred_at).contains(at)).count()
    }

    /// Workshops that the device of the present record took that day before it; `None`: this is no
    /// record.
    fn taken_offline(&self, programme: &Programme, day: Day) -> Option<usize> {
        let (device, sequence) = self.record?;
        let zone = &programme.terms.time_zone;
        let taken = self.fold.world.signals.offline.get(&device).into_iter().flatten();
        let before = taken.filter(|one| one.sequence < sequence && one.at.day(zone) == day);
        Some(before.map(|one| usize::from(one.workshops)).sum())
    }

    /// What a payment has already is past holding: it can be undone.
    pub(super) fn dispute(&mut self, command: &Command, redemption: Seq, note: &str) -> Decided {
        noted(note)?;
        let (voucher, programme) = self.disputable(redemption)?;
        let held = self.fold.world.books.holds.get(&redemption);
        if held.is_some_and(|hold| hold.state == HoldState::Held) {
            return Err(Reason::AlreadyHeld.into());
        }
        who(command)?;
        let body = Body::RedemptionDisputed { redemption };
        let seq = self.record_voucher(command, voucher, programme, body)?;
        let (at, note) = (command.now, note.to_owned());
        self.fold.effects.hold_reasons.push(HoldReason { redemption, at, note });
        Ok(Outcome::Added { seq, id: redemption.0 })
    }

    /// Said once, without a word of whoever says it: nobody knows them. What somebody has looked at
    /// is not looked at again.
    pub(super) fn not_there(
        &mut self,
        command: &Command,
        voucher: VoucherId,
        redemption: Seq,
    ) -> Decided {
        let (taken_with, programme) = self.disputable(redemption)?;
        if taken_with != voucher {
            return Err(Refusal::field(Reason::NotFound, "redemption").into());
        }
        if let Some(hold) = self.fold.world.books.holds.get(&redemption) {
            let said = hold.causes.iter().any(|cause| cause == HoldCause::NotThere);
            match hold.state {
                HoldState::Held if !said => {}
                HoldState::Held => return Err(Reason::AlreadyHeld.into()),
                _ => return Err(Reason::AlreadyDecided.into()),
            }
        }
        let body = Body::RedemptionDisputed { redemption };
        let seq = self.record_voucher(command, voucher, programme, body)?;
        Ok(Outcome::Added { seq, id: redemption.0 })
    }

    /// The pass and the programme of a redemption that stands and that no payment has yet.
    fn disputable(&self, redemption: Seq) -> Result<(VoucherId, ProgrammeId), Stop> {
        let missing = || Refusal::field(Reason::NotFound, "redemption");
        let record = self.fold.world.redemptions.get(&redemption).ok_or_else(missing)?;
        if record.reversed_by.is_some() {
            return Err(Reason::AlreadyReversed.into());
        }
        let payee = (record.programme, record.redeemed.organisation);
        let books = &self.fold.world.books;
        if books.payment_of(payee, redemption).is_some() {
            return Err(Refusal::field(Reason::PaymentStateConflict, "redemption").into());
        }
        Ok((record.voucher, record.programme))
    }

    pub(super) fn decide_hold(
        &mut self,
        command: &Command,
        redemption: Seq,
        released: bool,
        note: &str,
    ) -> Decided {
        noted(note)?;
        let missing = || Refusal::field(Reason::NotFound, "hold");
        let hold = self.fold.world.books.holds.get(&redemption).ok_or_else(missing)?.clone();
        if hold.state != HoldState::Held {
            return Err(Reason::AlreadyDecided.into());
        }
        self.second_person(command, &hold)?;
        let seq = if released {
            let body = Body::HoldReleased { redemption };
            self.record_voucher(command, hold.voucher, hold.programme, body)?
        } else {
            let undo = Reverse { redemption, organisation: None, supervisor: false };
            match self.reverse(command, &undo)? {
                Outcome::Reversed { seq, .. } => seq,
                _ => return Err(missing().into()),
            }
        };
        let (at, by, note) = (command.now, command.actor, note.to_owned());
        self.fold.effects.hold_rulings.push(HoldRuling { redemption, at, by, note });
        Ok(Outcome::Done { seq })
    }

    /// Neither who took the workshop, nor who handed the pass out, nor who asked that somebody else
    /// looks, nor anybody of the venue: the operator, or a funder who pays for it.
    fn second_person(&self, command: &Command, hold: &Hold) -> Result<(), Stop> {
        let actor = who(command)?;
        let agent = self.known_voucher(hold.voucher)?.agent;
        let programme = self.programme(hold.programme)?;
        let looks = match self.fold.world.users.get(&actor).map(|user| user.role) {
            Some(Role::Operator) => true,
            Some(Role::Analyst(funder)) => programme.paid_by(funder),
            _ => false,
        };
        let concerned = [hold.taken_by, hold.disputed_by, agent];
        if !looks || concerned.contains(&Some(actor)) {
            return Err(Reason::AnotherPersonNeeded.into());
        }
        Ok(())
    }
}
