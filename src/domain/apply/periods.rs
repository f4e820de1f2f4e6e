//! What events of months do: a programme's days are closed, and statements counted.
//! No money moves here.

use super::{Fold, Inconsistent};
use crate::domain::{
    event::{Body, Event},
    ids::{PeriodId, StatementId, YearlyAccountId},
    period::Period,
};

impl Fold {
    pub(super) fn apply_period(&mut self, event: &Event) -> Result<(), Inconsistent> {
        match &event.body {
            Body::PeriodClosed(closed) => {
                let missing = Inconsistent::Missing { seq: event.seq, what: "a programme" };
                let Some(programme) = event.programme else { return Err(missing) };
                let row = self.world.programmes.get_mut(&programme).ok_or(missing)?;
                row.closed_through = Some(closed.month.last_day());
                self.effects.changed.programmes.insert(programme);
                let id = PeriodId(event.seq.0);
                let period = Period {
                    id,
                    programme,
                    closed: *closed,
                    closed_by: event.actor,
                    closed_at: event.occurred_at,
                    statements: 0,
                    next: None,
                };
                self.world.periods.rows.insert(id, period);
                self.effects.changed.periods.insert(id);
            }
            Body::StatementMade(made) => {
                let period = self.period(event, made.period)?;
                period.statements += 1;
                let programme = period.programme;
                let periods = &mut self.world.periods;
                periods.numbers.insert(programme, made.number);
                periods.statements.insert(StatementId(event.seq.0), made.clone());
            }
            Body::PeriodStated { period, next } => {
                self.period(event, *period)?.next = Some(*next);
            }
            Body::YearlyAccountMade(made) => {
                let id = YearlyAccountId(event.seq.0);
                self.world.periods.yearly_accounts.insert(id, made.clone());
            }
            _ => {}
        }
        Ok(())
    }

    fn period(&mut self, event: &Event, id: PeriodId) -> Result<&mut Period, Inconsistent> {
        self.effects.changed.periods.insert(id);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a period" };
        self.world.periods.rows.get_mut(&id).ok_or(missing)
    }
}
