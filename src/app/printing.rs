//! Printing: noted before it is done, and once more only with a reason.
//! No layout: `print/pdf` has it.

use super::service::{Fault, Service};
use crate::domain::{
    ids::{RequestId, UserId},
    printing::{Again, Printed, Printing},
    refusal::Reason,
};

/// How long a document can be fetched after it was asked for.
const FETCH_S: i64 = 15 * 60;

impl Service {
    /// Notes that somebody prints.
    ///
    /// # Errors
    /// Refused when the same was printed before and there is no reason for once more.
    pub fn print(
        &self,
        id: RequestId,
        by: UserId,
        what: Printed,
        format: &str,
        again: Option<Again>,
    ) -> Result<(), Fault> {
        let (at, format) = (self.clock.now(), format.to_owned());
        let kept = self.database().keep_printing(&Printing { id, what, format, by, at, again })?;
        if kept { Ok(()) } else { Err(Fault::Refused(Reason::PrintedBefore)) }
    }

    /// What this person asked to be printed a moment ago.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn to_print(&self, id: RequestId, by: UserId) -> Result<Option<Printing>, Fault> {
        let until = self.clock.now();
        let fresh =
            |printing: &Printing| printing.by == by && until <= printing.at.plus_seconds(FETCH_S);
        Ok(self.database().printing(id)?.filter(fresh))
    }
}
