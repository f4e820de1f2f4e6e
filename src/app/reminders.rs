//! Reminders of a pass to who agreed to them: that no workshop was taken, that it ends soon.
//! Each once. The contact is erased thirty days after the pass ends, or at once when it is stopped.

use super::{
    outbox::{Posted, Wanted},
    service::{Fault, Service},
};
use crate::{
    domain::{
        access::Tenant,
        calendar::Day,
        ids::VoucherId,
        life::State,
        message::{About, Agreement, Channel, Kind},
        view::{ENDING_WITHIN_DAYS, Filter, VoucherView},
    },
    sys::clock,
};

const CHUNK: i64 = 200;
/// Days: without a first workshop, before the end, after it.
const UNUSED_AFTER_DAYS: i32 = 28;
const KEPT_DAYS: i32 = 30;

/// What is due about one agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    Nothing,
    Unused,
    Ending,
    Erasure,
}

fn due(agreement: &Agreement, row: &VoucherView, today: Day, agreed: Day) -> Due {
    if today > row.last_day.plus(KEPT_DAYS) {
        return Due::Erasure;
    }
    match row.state {
        State::Active => {}
        // It may come back, or its time after the end runs.
        State::Suspended | State::Expired => return Due::Nothing,
        State::Stock | State::Exhausted | State::Cancelled | State::Replaced => {
            return Due::Erasure;
        }
    }
    let ending = row.last_day.plus(-ENDING_WITHIN_DAYS);
    if today >= ending {
        // Who got the pass when it was about to end knows.
        let told = agreement.ending_at.is_some() || agreed >= ending || today > row.last_day;
        return if told { Due::Nothing } else { Due::Ending };
    }
    let unused = row.left == row.workshops && row.predecessor.is_none();
    let waited = today >= agreed.plus(UNUSED_AFTER_DAYS);
    if agreement.unused_at.is_none() && unused && waited { Due::Unused } else { Due::Nothing }
}

/// A sealed contact is good for its own agreement alone.
fn purpose(voucher: VoucherId) -> String {
    format!("reminder {voucher}")
}

impl Service {
    /// Notes that somebody agreed to be reminded of a pass.
    ///
    /// # Errors
    /// Without randomness, or when the database does not answer.
    pub fn agree(
        &self,
        voucher: VoucherId,
        channel: Channel,
        to: &str,
        language: &str,
    ) -> Result<(), Fault> {
        let Some(key) = &self.post.contacts else { return Ok(()) };
        let agreement = Agreement {
            voucher,
            channel,
            language: language.to_owned(),
            contact: key.seal(to, &purpose(voucher))?,
            agreed_at: self.clock.now(),
            unused_at: None,
            ending_at: None,
        };
        Ok(self.database.keep_agreement(&agreement)?)
    }

    /// Erases an agreement with its contact, and what still waits to be sent about the voucher.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn no_more_reminders(&self, voucher: VoucherId) -> Result<(), Fault> {
        self.database.end_agreement(voucher)?;
        self.database.give_up_messages(voucher, self.clock.now())?;
        Ok(())
    }

    /// The daily run: makes the reminders that are due and erases what is not needed any more; how
    /// many agreements changed. Running it again changes nothing.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn remind(&self) -> Result<u64, Fault> {
        let (mut after, mut changed) = (-1, 0);
        loop {
            let agreements = self.database.agreements(after, CHUNK)?;
            let Some(last) = agreements.last() else { return Ok(changed) };
            after = last.voucher.0;
            for agreement in agreements {
                changed += u64::from(self.remind_of(&agreement)?);
            }
        }
    }

    fn remind_of(&self, agreement: &Agreement) -> Result<bool, Fault> {
        let (voucher, now) = (agreement.voucher, self.clock.now());
        let filter = Filter::one(Tenant::Any, voucher.0);
        let rows = self.database.vouchers(&filter, now)?;
        let Some(row) = rows.into_iter().next() else { return Ok(false) };
        let Some(programme) = self.database.programme(row.programme)? else { return Ok(false) };
        let zone = &programme.terms.time_zone;
        let (unused_at, ending_at) =
            match due(agreement, &row, now.day(zone), agreement.agreed_at.day(zone)) {
                Due::Nothing => return Ok(false),
                Due::Erasure => {
                    self.database.end_agreement(voucher)?;
                    return Ok(true);
                }
                Due::Unused => (Some(now), agreement.ending_at),
                Due::Ending => (agreement.unused_at, Some(now)),
            };
        let key = self.post.contacts.as_ref();
        let to = key.and_then(|key| key.open(&agreement.contact, &purpose(voucher)));
        let Some(to) = to else { return Ok(false) };
        let wanted = Wanted {
            kind: Kind::Reminder,
            channel: agreement.channel,
            to: &to,
            language: &agreement.language,
            about: About::Voucher(voucher),
            asked_by: None,
            request: clock::request_id(),
            content: self.request_hash(b"reminder"),
        };
        // Noted first: of a crash in between one reminder is lost, rather than sent twice.
        self.database.note_reminded(voucher, unused_at, ending_at)?;
        Ok(matches!(self.post_message(&wanted)?, Posted::New(_)))
    }
}
