//! Deciding that a restored database takes changes again.
//! No copying of data: `store/backup` does that, before anything is decided.

use super::{Decided, Desk};
use crate::domain::{
    command::{Command, Outcome},
    event::Body,
    ids::Seq,
    refusal::{Facts, Reason, Refusal},
};

/// Numbers that may be lost at once; more is a slip of the pen, and could not be taken back.
pub const LARGEST_LOSS: i64 = 100_000_000;

impl Desk {
    /// The numbers up to `last_seq` stand on receipts and in reports: the journal goes on after
    /// them, so that no number ever names two events.
    pub(super) fn acknowledge_restore(&mut self, command: &Command, last_seq: Seq) -> Decided {
        self.found(self.fold.world.read_only, "restored")?;
        let head = self.fold.world.head.seq;
        if !(head..=head.saturating_add(LARGEST_LOSS)).contains(&last_seq.0) {
            let facts =
                Facts { field: Some("last_seq".to_owned()), limit: Some(head), ..Facts::default() };
            return Err(Refusal::because(Reason::RequestMalformed, facts).into());
        }
        let body = Body::Restored { lost_from: Seq(head + 1), lost_to: last_seq };
        Ok(Outcome::Done { seq: self.record(command, body)? })
    }
}
