//! Records made without network, as a device hands them over: read, checked, put before the writer.
//! No verdicts: `domain/decide/records.rs` gives them.

use super::service::{Fault, Service};
use crate::domain::{
    access::Tenant,
    command::{Answer, Ask, Command, Outcome, Redeem, Request, Scope},
    device::Device,
    record::{Cause, Claims, Record, RecordAsk, Verdict},
    refusal::Reason,
    usage::UsageFilter,
    view::ExposureView,
};

/// A record, and beside it what its hash is of.
pub struct Sent {
    pub record: String,
    pub salt: [u8; 16],
    /// What was scanned or typed.
    pub code: String,
}

/// A record that was read, with the command that it became; or why it was not.
pub type Taken = Result<Command, Reason>;

impl Service {
    /// Reads what a device sent: all checks that need no state, one result each, in order.
    ///
    /// # Errors
    /// When a code cannot be looked up.
    pub fn read_records(&self, device: &Device, sent: &[Sent]) -> Result<Vec<Taken>, Fault> {
        sent.iter().map(|sent| self.read_record(device, sent)).collect()
    }

    fn read_record(&self, device: &Device, sent: &Sent) -> Result<Taken, Fault> {
        let Some(enrolled) = device.enrolled else { return Ok(Err(Reason::DeviceRevoked)) };
        let record = match Record::read(&sent.record, device.id, &enrolled.public) {
            Ok(record) => record,
            Err(bad) => return Ok(Err(bad.reason())),
        };
        if !record.claims.shows(&sent.salt, &sent.code) {
            return Ok(Err(Reason::RecordMalformed));
        }
        let Claims { venue, workshops, delivery, request, .. } = record.claims;
        let redeem = Redeem {
            organisation: device.organisation,
            venue,
            shown: self.read_code(&sent.code)?,
            workshops,
            delivery,
            occurred_at: record.claims.occurred_at(),
            dry_run: false,
        };
        let request = Request {
            scope: Scope::Organisation(device.organisation),
            id: request,
            hash: self.redemption_hash(&redeem),
        };
        let ask = Ask::Record(Box::new(RecordAsk { record, redeem }));
        let now = self.clock.now();
        Ok(Ok(Command { request, actor: None, device: Some(device.id), now, ask }))
    }
}

impl Service {
    /// Tells the log where a device, or a venue of it, has more conflicts in a month than one
    /// device may cost.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn watch_conflicts(&self, device: &Device) -> Result<(), Fault> {
        let within = Tenant::Organisation(device.organisation);
        let lines = self.database().exposures(&UsageFilter::of(within))?;
        for line in lines.iter().filter(|line| line.alarm && line.device == device.id) {
            let ExposureView { programme, venue, month, workshops, cap, .. } = line;
            tracing::warn!(
                device = %device.id, %programme, %venue, month, workshops, cap,
                "more conflicts of a device or venue than one device may cost"
            );
        }
        Ok(())
    }
}

/// Tells the log what somebody should look at.
pub fn alarm(device: &Device, answer: &Answer) {
    let Outcome::Recorded(Verdict::Quarantined(cause)) = &answer.outcome else { return };
    if !answer.replayed && matches!(cause, Cause::ChainForked | Cause::VoucherUnknown) {
        let (id, cause) = (device.id, cause.code());
        tracing::warn!(device = %id, cause, "a record of a device was put aside");
    }
}
