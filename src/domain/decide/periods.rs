//! Deciding about months: closed in their order once they are over, never reopened, and stated.
//! No figures: a statement comes as the text that is archived.

use std::collections::BTreeSet;

use super::{Decided, Desk};
use crate::domain::{
    command::{Command, Outcome},
    event::Body,
    ids::{PeriodId, ProgrammeId, Seq, StatementId, YearlyAccountId},
    period::{
        LARGEST_CHUNK, Month, NewStatement, NewYearlyAccount, Party, Period, PeriodAsk,
        PeriodClosed, StatementMade, YearlyAccountMade,
    },
    refusal::{Facts, Reason, Refusal},
    settlement::RunState,
};

impl Desk {
    pub(super) fn period(&mut self, command: &Command, ask: &PeriodAsk) -> Decided {
        match ask {
            PeriodAsk::Close { programme, month } => self.close_period(command, *programme, *month),
            PeriodAsk::Archive { period, statements } => self.archive(command, *period, statements),
            PeriodAsk::Finish { period, next } => {
                let programme = self.unstated(*period)?.programme;
                let body = Body::PeriodStated { period: *period, next: *next };
                let seq = self.record_programme(command, programme, body)?;
                Ok(Outcome::Done { seq })
            }
            PeriodAsk::Account(new) => self.account_year(command, new),
        }
    }

    /// What is open stops nothing but a run that is being filled, which ends by itself: a conflict
    /// or a record may wait for weeks, and counts in the month in which it is decided.
    fn close_period(&mut self, command: &Command, id: ProgrammeId, month: Month) -> Decided {
        let because = |reason, day| {
            let facts = Facts { day: Some(day), ..Facts::default() };
            Err(Refusal::because(reason, facts).into())
        };
        let programme = self.programme(id)?;
        let today = command.now.day(&programme.terms.time_zone);
        let missing = || Refusal::field(Reason::NotFound, "month");
        let ends = *self.fold.world.periods.ends.get(&(id, month)).ok_or_else(missing)?;
        let next = programme.closed_through.map_or(ends.first, |day| Month::of(day).next());
        if month < next {
            return because(Reason::PeriodClosed, next.first_day().plus(-1));
        }
        if month > next {
            return because(Reason::PeriodNotNext, next.first_day());
        }
        if today <= month.last_day() {
            return because(Reason::DayNotOver, month.last_day());
        }
        let mut runs = self.fold.world.books.settlements.values();
        if ends.filling || runs.any(|run| run.programme == id && run.state == RunState::Preparing) {
            return Err(Reason::SettlementOpen.into());
        }
        let closed = PeriodClosed {
            month,
            through: ends.through,
            conflicts: ends.conflicts,
            quarantined: ends.quarantined,
        };
        let seq = self.record_programme(command, id, Body::PeriodClosed(closed))?;
        Ok(Outcome::Added { seq, id: seq.0 })
    }

    /// All of the statements, or none: their numbers go on from the last one of the programme.
    fn archive(&mut self, command: &Command, id: PeriodId, statements: &[NewStatement]) -> Decided {
        let programme = self.unstated(id)?.programme;
        if statements.is_empty() || statements.len() > LARGEST_CHUNK {
            return Err(Refusal::field(Reason::RequestMalformed, "statements").into());
        }
        let last = self.fold.world.periods.numbers.get(&programme).copied().unwrap_or_default();
        if !(last + 1..).zip(statements).all(|(next, statement)| next == statement.number) {
            return Err(Reason::StatementsAdvanced.into());
        }
        let made = &self.fold.world.periods.statements;
        let mut stated: BTreeSet<Party> =
            made.values().filter(|made| made.period == id).map(|made| made.party).collect();
        if !statements.iter().all(|statement| stated.insert(statement.party)) {
            return Err(Reason::StatementsAdvanced.into());
        }
        let mut seq = Seq(self.fold.world.head.seq);
        for statement in statements {
            let body = Body::StatementMade(StatementMade {
                period: id,
                number: statement.number,
                party: statement.party,
                digest: statement.digest.clone(),
            });
            seq = self.record_programme(command, programme, body)?;
            let text = statement.text.clone();
            self.fold.effects.statements.insert(StatementId(seq.0), text);
        }
        Ok(Outcome::Done { seq })
    }

    /// Once for each funder, when all statements of the year's last month are made.
    fn account_year(&mut self, command: &Command, new: &NewYearlyAccount) -> Decided {
        let missing = || Refusal::field(Reason::NotFound, "period");
        let periods = &self.fold.world.periods;
        let period = periods.rows.get(&new.period).ok_or_else(missing)?;
        if period.next.is_none() || !period.closed.month.ends_year() {
            return Err(Refusal::field(Reason::RequestMalformed, "period").into());
        }
        let mut made = periods.yearly_accounts.values();
        if made.any(|made| made.period == new.period && made.funder == new.funder) {
            return Err(Reason::StatementsAdvanced.into());
        }
        let body = Body::YearlyAccountMade(YearlyAccountMade {
            period: new.period,
            funder: new.funder,
            digest: new.digest.clone(),
        });
        let seq = self.record_programme(command, period.programme, body)?;
        self.fold.effects.yearly_accounts.insert(YearlyAccountId(seq.0), new.text.clone());
        Ok(Outcome::Added { seq, id: seq.0 })
    }

    /// A closed month whose statements are being made.
    fn unstated(&self, id: PeriodId) -> Result<&Period, Refusal> {
        let missing = || Refusal::field(Reason::NotFound, "period");
        let period = self.fold.world.periods.rows.get(&id).ok_or_else(missing)?;
        match period.next {
            None => Ok(period),
            Some(_) => Err(Reason::StatementsAdvanced.into()),
        }
    }
}
