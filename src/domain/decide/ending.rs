//! Deciding whether a programme may end: only once nothing of its money is on its way any more.
//! No calendar (`domain/ending.rs`) and no moves (`apply/ending.rs`).

use super::{Decided, Desk, today};
use crate::domain::{
    command::{Command, Outcome},
    conflict::Fate,
    ending::EndDays,
    event::Body,
    ids::ProgrammeId,
    ledger::Stage,
    refusal::{Facts, Reason, Refusal},
};

/// Where money of a programme may not be when it ends.
const ON_ITS_WAY: [Stage; 4] =
    [Stage::Committed, Stage::Releasable, Stage::Earned, Stage::InPayment];

impl Desk {
    pub(super) fn end_programme(&mut self, command: &Command, id: ProgrammeId) -> Decided {
        let programme = self.programme(id)?;
        let today = today(command.now, &programme.terms.time_zone);
        let late_until = EndDays::of(&programme.terms).late_until;
        if today <= late_until {
            let facts = Facts { day: Some(late_until), ..Facts::default() };
            return Err(Refusal::because(Reason::ProgrammeNotOver, facts).into());
        }
        for stage in ON_ITS_WAY {
            let held = self.fold.stands_in(id, stage);
            if held.0 != 0 {
                let facts =
                    Facts { stage: Some(stage), amount_cents: Some(held), ..Facts::default() };
                return Err(Refusal::because(Reason::ProgrammeUnsettled, facts).into());
            }
        }
        let loaded = self.fold.world.undecided.get(&id).copied().unwrap_or_default();
        let opened = self.fold.world.conflicts.values();
        let opened = opened.filter(|one| one.programme == id && one.fate == Fate::Open).count();
        let undecided = loaded + i64::try_from(opened).unwrap_or(i64::MAX);
        if undecided > 0 {
            let field = Some("undecided".to_owned());
            let facts = Facts { limit: Some(undecided), field, ..Facts::default() };
            return Err(Refusal::because(Reason::ProgrammeUnsettled, facts).into());
        }
        // What came free afterwards, as by a reversal, may go back too.
        if self.programme(id)?.ended.is_some() && self.fold.returnable(id).is_empty() {
            return Err(Reason::ProgrammeEnded.into());
        }
        let seq = self.record_programme(command, id, Body::ProgrammeEnded)?;
        Ok(Outcome::Done { seq })
    }

    /// Nothing is agreed on, paid in or set aside any more once what was left has gone back.
    pub(super) fn not_ended(&self, id: ProgrammeId) -> Result<(), Refusal> {
        let ended = self.programme(id)?.ended;
        let refused = |day| {
            let facts = Facts { day: Some(day), ..Facts::default() };
            Refusal::because(Reason::ProgrammeEnded, facts)
        };
        ended.map_or(Ok(()), |day| Err(refused(day)))
    }
}
