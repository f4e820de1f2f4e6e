//! What events do to disputes: opened, decided, withdrawn.
//! No money moves here: what puts a decision right is an event of its own.

use super::{Fold, Inconsistent};
use crate::domain::{
    dispute::{Dispute, DisputeState},
    event::{Body, Event},
    ids::{ProgrammeId, Seq},
};

impl Fold {
    pub(super) fn apply_dispute(&mut self, event: &Event) -> Result<(), Inconsistent> {
        match &event.body {
            Body::DisputeOpened { organisation, subject, decided_by } => {
                let missing = Inconsistent::Missing { seq: event.seq, what: "a person" };
                let dispute = Dispute {
                    id: event.seq,
                    programme: event.programme.unwrap_or(ProgrammeId(0)),
                    organisation: *organisation,
                    subject: *subject,
                    voucher: event.voucher,
                    opened_by: event.actor.ok_or(missing)?,
                    opened_at: event.occurred_at,
                    first_by: *decided_by,
                    state: DisputeState::Open,
                    decision: None,
                    decided_by: None,
                    decided_at: None,
                    correction: None,
                };
                self.world.disputes.rows.insert(event.seq, dispute);
                self.effects.changed.disputes.insert(event.seq);
                Ok(())
            }
            Body::DisputeDecided { dispute, upheld, correction } => {
                let state = if *upheld { DisputeState::Upheld } else { DisputeState::Dismissed };
                let row = self.settle_dispute(event, *dispute, state)?;
                (row.decided_by, row.correction) = (event.actor, *correction);
                Ok(())
            }
            Body::DisputeWithdrawn { dispute } => {
                self.settle_dispute(event, *dispute, DisputeState::Withdrawn).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    fn settle_dispute(
        &mut self,
        event: &Event,
        id: Seq,
        state: DisputeState,
    ) -> Result<&mut Dispute, Inconsistent> {
        self.effects.changed.disputes.insert(id);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a dispute" };
        let row = self.world.disputes.rows.get_mut(&id).ok_or(missing)?;
        (row.state, row.decision) = (state, Some(event.seq));
        row.decided_at = Some(event.occurred_at);
        Ok(row)
    }
}
