//! What a redemption and its reversal do: numbers, money and figures, forwards and backwards.
//! No other change of a voucher (`voucher.rs`).

use super::{Fold, Inconsistent, post::account};
use crate::domain::{
    event::{Event, Redeemed},
    ids::{ProgrammeId, Seq, VenueId, VoucherId},
    ledger::{Move, Stage},
    life::{Money, Use, Voucher},
    settlement::Amounts,
    usage::Figures,
    world::RedemptionRecord,
};

impl Fold {
    pub(super) fn redeem(
        &mut self,
        event: &Event,
        id: VoucherId,
        redeemed: &Redeemed,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let zone = self.programme(event)?.terms.time_zone.clone();
        let voucher = self.voucher(event, id)?;
        let before = course(voucher, redeemed.venue);
        voucher.free.retain(|number| !redeemed.numbers.contains(number));
        voucher.uses.push(Use {
            seq: event.seq,
            venue: redeemed.venue,
            at: event.occurred_at,
            day: event.occurred_at.day(&zone),
            numbers: redeemed.numbers.clone(),
            device: event.device,
        });
        let exhausted = voucher.spent();
        let after = course(voucher, redeemed.venue);
        self.effects.created.redemptions.insert(event.seq);
        self.world.redemptions.insert(
            event.seq,
            RedemptionRecord {
                seq: event.seq,
                voucher: id,
                programme: event.programme.unwrap_or(ProgrammeId(0)),
                redeemed: redeemed.clone(),
                day: event.day,
                recorded_at: event.recorded_at,
                occurred_at: event.occurred_at,
                actor: event.actor,
                reversed_by: None,
            },
        );
        self.earn(event, id, redeemed, 1, Stage::Earned, moves)?;
        self.hold(event, id, redeemed)?;
        self.world.signals.note(redeemed.venue, event.occurred_at);
        self.after_the_end(event, id, redeemed, 1, exhausted)?;
        let mut figures = Figures { exhausted: i64::from(exhausted), ..delivered(redeemed, 1) };
        figures.add(&Course::changed(before, after));
        self.count_at(event, redeemed, None, figures);
        Ok(())
    }

    pub(super) fn reverse(
        &mut self,
        event: &Event,
        id: VoucherId,
        redemption: Seq,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a redemption" };
        let record = self.world.redemptions.get_mut(&redemption).ok_or(missing)?;
        record.reversed_by = Some(event.seq);
        let redeemed = record.redeemed.clone();
        let voucher = self.voucher(event, id)?;
        let exhausted = voucher.spent();
        let before = course(voucher, redeemed.venue);
        voucher.uses.retain(|used| used.seq != redemption);
        let after = course(voucher, redeemed.venue);
        // The freed numbers are the next ones used.
        voucher.free.splice(0..0, redeemed.numbers.iter().copied());
        let earned = self.earned_stage(event, id, redemption, &redeemed)?;
        self.earn(event, id, &redeemed, -1, earned, moves)?;
        self.end_hold(event, redemption);
        self.after_the_end(event, id, &redeemed, -1, exhausted)?;
        let exhausted = -i64::from(exhausted);
        let mut figures = Figures { exhausted, reversals: 1, ..delivered(&redeemed, -1) };
        figures.add(&Course::changed(before, after));
        self.count_at(event, &redeemed, None, figures);
        Ok(())
    }

    /// Where the money of a redemption that is undone comes from.
    fn earned_stage(
        &mut self,
        event: &Event,
        id: VoucherId,
        redemption: Seq,
        redeemed: &Redeemed,
    ) -> Result<Stage, Inconsistent> {
        let voucher = self.voucher(event, id)?;
        let (payee, version) = ((voucher.programme, redeemed.organisation), voucher.version);
        let mut undone = Amounts::default();
        for (funder, amount) in self.cost(event, version, &redeemed.numbers)? {
            undone.add(version, funder, amount);
        }
        Ok(self.undone_from(payee, redemption, &undone))
    }

    /// Moves the money of a redemption to the organisation, or back (`sign` −1).
    fn earn(
        &mut self,
        event: &Event,
        id: VoucherId,
        redeemed: &Redeemed,
        sign: i64,
        earned: Stage,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        let (programme, version) = (voucher.programme, voucher.version);
        let stage = voucher.money.stage().unwrap_or(Stage::Committed);
        for number in &redeemed.numbers {
            let key = (programme, version, *number);
            // A number that was in use before the batch stays freed when the batch takes it again:
            // the old row goes before the new one comes.
            if sign > 0 {
                self.effects.workshops_taken.insert(key, event.seq);
            } else if self.effects.workshops_taken.remove(&key).is_none() {
                self.effects.workshops_freed.insert(key);
            }
        }
        for (funder, amount) in self.cost(event, version, &redeemed.numbers)? {
            let held = account(programme, version, funder, stage, None);
            let earned = account(programme, version, funder, earned, Some(redeemed.organisation));
            if sign > 0 {
                moves.push(Move { from: held, to: earned, amount });
            } else {
                moves.push(Move { from: earned, to: held, amount });
                if stage == Stage::Available {
                    self.carry(programme, version, funder, amount, moves);
                }
            }
            let figures = Figures { earned_cents: sign * amount.0, ..Figures::default() };
            self.count_at(event, redeemed, Some(funder), figures);
        }
        Ok(())
    }

    /// Issued = used + expired + cancelled + outstanding, also after the voucher's end: what a
    /// late record takes was given back before, and what is undone is given back now.
    fn after_the_end(
        &mut self,
        event: &Event,
        id: VoucherId,
        redeemed: &Redeemed,
        sign: i64,
        exhausted: bool,
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        if matches!(voucher.money, Money::None | Money::Committed) {
            return Ok(());
        }
        let workshops = -sign * i64::try_from(redeemed.numbers.len()).unwrap_or(i64::MAX);
        let figures = if voucher.ended_by_people() {
            Figures { workshops_cancelled: workshops, ..Figures::default() }
        } else {
            let expired = -sign * i64::from(exhausted);
            Figures { expired, workshops_expired: workshops, ..Figures::default() }
        };
        let version = voucher.version;
        self.count(event, id, None, figures)?;
        for (funder, amount) in self.cost(event, version, &redeemed.numbers)? {
            let figures = Figures { given_back_cents: -sign * amount.0, ..Figures::default() };
            self.count(event, id, Some(funder), figures)?;
        }
        Ok(())
    }
}

/// How far a voucher has come: what a late record of an earlier workshop, or a reversal of the
/// first one, changes as a whole.
#[derive(Clone, Copy)]
struct Course {
    started: i64,
    days_to_start: i64,
    /// At the one venue asked about.
    received: i64,
}

impl Course {
    fn changed(before: Self, after: Self) -> Figures {
        Figures {
            started: after.started - before.started,
            days_to_start: after.days_to_start - before.days_to_start,
            received: after.received - before.received,
            ..Figures::default()
        }
    }
}

fn course(voucher: &Voucher, venue: VenueId) -> Course {
    let first = voucher.uses.iter().map(|used| used.day).min().filter(|_| !voucher.begun);
    let days = first.map_or(0, |day| i64::from(day.0) - i64::from(voucher.first_day.0));
    Course {
        started: i64::from(first.is_some()),
        days_to_start: days.max(0),
        received: i64::from(voucher.uses.iter().any(|used| used.venue == venue)),
    }
}

/// What took place, or is undone (`sign` −1).
fn delivered(redeemed: &Redeemed, sign: i64) -> Figures {
    let workshops = sign * i64::try_from(redeemed.numbers.len()).unwrap_or(i64::MAX);
    let of = |group| if redeemed.delivery.group == Some(group) { workshops } else { 0 };
    let minutes = redeemed.delivery.minutes;
    Figures {
        redemptions: sign,
        workshops_used: workshops,
        workshops_single: of(false),
        workshops_group: of(true),
        redemptions_timed: if minutes.is_some() { sign } else { 0 },
        minutes: sign * minutes.map_or(0, i64::from),
        ..Figures::default()
    }
}
