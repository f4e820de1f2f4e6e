//! What events do to conflicts and to the guarantee that pays them.
//! No rule of what is paid: `decide/conflicts.rs` has it.

use super::{Fold, Inconsistent, post::account};
use crate::domain::{
    conflict::{Conflict, Contested, Fate},
    event::{Body, Event, Redeemed},
    guarantee::{self, Reserve},
    hold::HoldCauses,
    ids::{ProgrammeId, Seq},
    ledger::{Move, Stage},
    usage::Figures,
};

impl Fold {
    pub(super) fn apply_conflict(
        &mut self,
        event: &Event,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let Some(programme) = event.programme else { return Ok(()) };
        match &event.body {
            Body::ConflictOpened(contested) => self.open(event, programme, contested),
            Body::ConflictDecided { conflict, version, numbers } => {
                self.rule(event, *conflict, (*version, numbers), moves)
            }
            Body::GuaranteeReserved { workshops } if *workshops > 0 => {
                self.reserve(event, programme, *workshops, moves)
            }
            Body::GuaranteeReserved { workshops } => {
                self.give_back(event, programme, -workshops, moves)
            }
            _ => Ok(()),
        }
    }

    fn open(
        &mut self,
        event: &Event,
        programme: ProgrammeId,
        contested: &Contested,
    ) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a voucher" };
        let conflict = Conflict {
            seq: event.seq,
            programme,
            voucher: event.voucher.ok_or(missing)?,
            contested: contested.clone(),
            occurred_at: event.occurred_at,
            recorded_at: event.recorded_at,
            fate: Fate::Open,
        };
        self.world.conflicts.insert(event.seq, conflict);
        self.effects.created.conflicts.insert(event.seq);
        Ok(())
    }

    /// Numbers of the guarantee become the workshops of a conflict; none: it is not paid.
    fn rule(
        &mut self,
        event: &Event,
        id: Seq,
        (version, numbers): (i32, &[i64]),
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a conflict" };
        let conflict = self.world.conflicts.get_mut(&id).ok_or(missing)?;
        let paid = !numbers.is_empty();
        conflict.fate = if paid { Fate::Paid(event.seq) } else { Fate::Unpaid(event.seq) };
        self.effects.changed.conflicts.insert(id);
        if !paid {
            return Ok(());
        }
        let (programme, contested) = (conflict.programme, conflict.contested.clone());
        let exposure = (programme, contested.device, contested.month);
        let spent = self.world.guaranteed.entry(exposure).or_default();
        spent.workshops += i64::from(contested.workshops);
        spent.typed += if contested.typed { i64::from(contested.workshops) } else { 0 };
        for number in numbers {
            self.effects.workshops_taken.insert((programme, version, *number), event.seq);
        }
        if let Some(row) = self.world.programmes.get_mut(&programme) {
            guarantee::take(&mut row.reserves, version, numbers);
            self.effects.changed.programmes.insert(programme);
        }
        let at = redeemed(contested);
        for (funder, amount) in self.cost(event, version, numbers)? {
            let key = |stage, of| account(programme, version, funder, stage, of);
            let (from, to) =
                (key(Stage::Guarantee, None), key(Stage::Earned, Some(at.organisation)));
            moves.push(Move { from, to, amount });
            let cents = amount.0;
            let figures =
                Figures { earned_cents: cents, guaranteed_cents: cents, ..Figures::default() };
            self.count_at(event, &at, Some(funder), figures);
        }
        Ok(())
    }

    fn reserve(
        &mut self,
        event: &Event,
        id: ProgrammeId,
        workshops: i64,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a programme" };
        let programme = self.world.programmes.get_mut(&id).ok_or(missing)?;
        let (version, first) = (programme.version, programme.next_number);
        programme.next_number += workshops;
        programme.reserves.push(Reserve { version, next: first, end: programme.next_number });
        let cost = programme.pricing(version).cost_of_run(first, workshops);
        self.effects.changed.programmes.insert(id);
        for (funder, amount) in cost {
            let key = |stage| account(id, version, funder, stage, None);
            moves.push(Move { from: key(Stage::Available), to: key(Stage::Guarantee), amount });
        }
        Ok(())
    }

    /// The numbers given back are never used again, as those of a voucher that ended.
    pub(super) fn give_back(
        &mut self,
        event: &Event,
        id: ProgrammeId,
        workshops: i64,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a programme" };
        let programme = self.world.programmes.get_mut(&id).ok_or(missing)?;
        let runs = guarantee::given_back(&programme.reserves, workshops);
        guarantee::cut(&mut programme.reserves, workshops);
        let priced = runs.into_iter().map(|(version, first, count)| {
            (version, programme.pricing(version).cost_of_run(first, count))
        });
        let priced: Vec<_> = priced.collect();
        self.effects.changed.programmes.insert(id);
        for (version, cost) in priced {
            for (funder, amount) in cost {
                let key = |stage| account(id, version, funder, stage, None);
                moves.push(Move { from: key(Stage::Guarantee), to: key(Stage::Available), amount });
                self.carry(id, version, funder, amount, moves);
            }
        }
        Ok(())
    }
}

/// What reports count a conflict under: as a redemption at its venue.
fn redeemed(contested: Contested) -> Redeemed {
    let Contested { venue, organisation, issuer, territory, delivery, .. } = contested;
    let (numbers, shown, held, request) = (Vec::new(), None, HoldCauses::default(), None);
    Redeemed { venue, organisation, issuer, territory, delivery, numbers, shown, held, request }
}
