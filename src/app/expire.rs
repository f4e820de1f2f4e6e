//! The daily run: vouchers past their last day expire, and their money returns in time.
//! No rules: one command a voucher, decided like any other.

use super::service::{Fault, Service};
use crate::domain::{
    calendar::Day,
    command::{Ask, Outcome},
    life::Voucher,
};

const CHUNK: i64 = 500;

impl Service {
    /// Expires and releases what is due; the number of vouchers that changed.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn expire(&self) -> Result<u64, Fault> {
        // Tomorrow in UTC covers every zone's today; the decision knows each programme's own.
        let now = self.clock.now();
        let day = i32::try_from(now.0.div_euclid(86_400_000_000)).unwrap_or(i32::MAX);
        let tomorrow = Day(day).plus(1);
        let (mut after, mut changed) = ((Day(0), 0), 0);
        loop {
            let ended = self.database.ended(tomorrow, after, CHUNK)?;
            let Some(last) = ended.last() else { break };
            after = (last.last_day, last.number);
            changed += self.end(ended)?;
        }
        let mut after = 0;
        loop {
            let releasable = self.database.releasable(tomorrow, after, CHUNK)?;
            let Some(last) = releasable.last() else { return Ok(changed) };
            after = last.number;
            changed += self.end(releasable)?;
        }
    }

    /// How many of them change.
    fn end(&self, due: Vec<Voucher>) -> Result<u64, Fault> {
        let mut changed = 0;
        for voucher in due {
            let outcome = self.ask_as(None, Ask::Expire { voucher: voucher.id })?;
            changed += u64::from(matches!(outcome, Outcome::Done { .. }));
        }
        Ok(changed)
    }
}
