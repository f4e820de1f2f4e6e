//! Devices, what they recorded without network, and what became of it, as people see them.
//! No queries and no transport.

use serde::Serialize;
use utoipa::ToSchema;

use super::rows;
use crate::domain::{
    calendar::Instant,
    cents::Cents,
    command::Delivery,
    device::{Device, DeviceState},
    ids::{DeviceId, OrganisationId, ProgrammeId, Seq, UserId, VenueId, VoucherId},
    record::Cause,
};

rows! {
    /// The newest first.
    DeviceView by id {
        id: DeviceId,
        organisation: OrganisationId,
        name: String,
        state: DeviceState,
        /// Those that it serves now.
        venues: Vec<VenueId>,
        /// Until when it may be enrolled.
        invited_until: Option<Instant>,
        enrolled_at: Option<Instant>,
        revoked_at: Option<Instant>,
        /// To the minute.
        seen_at: Option<Instant>,
        /// Of its program, as it said itself.
        version: Option<String>,
        /// Records that waited on it when it said so.
        queued: Option<i64>,
        reported_at: Option<Instant>,
        /// The highest place in its chain of records that has arrived.
        records: i64,
        /// Places below it whose records have not: an alarm, unless they are on their way.
        missing: i64,
    }
    /// A record that was put aside, the newest first.
    QuarantinedView by id {
        /// The event that says so.
        id: Seq,
        device: DeviceId,
        /// Its place in the device's chain.
        sequence: i64,
        organisation: OrganisationId,
        venue: VenueId,
        /// Who took the workshop, as the device was told.
        person: Option<UserId>,
        cause: Cause,
        voucher: Option<VoucherId>,
        workshops: u8,
        occurred_at: Instant,
        received_at: Instant,
        /// The signed record itself: a JWS by the device's key.
        record: String,
        accepted: Option<bool>,
        decided_at: Option<Instant>,
        decided_by: Option<UserId>,
        redemption: Option<Seq>,
        /// Why it was decided so.
        note: Option<String>,
    }
    /// A workshop taken without network that the pass does not pay for, the newest first.
    ConflictView by id {
        /// The event that opened it.
        id: Seq,
        programme: ProgrammeId,
        voucher: VoucherId,
        device: DeviceId,
        /// Its place in the device's chain.
        sequence: i64,
        organisation: OrganisationId,
        venue: VenueId,
        workshops: u8,
        delivery: Delivery,
        /// The manual code was typed.
        typed: bool,
        /// Why the pass does not pay, as a refusal would say.
        #[schema(example = "voucher_exhausted")]
        reason: &'static str,
        /// What took the workshops, of which the device had not heard.
        against: Vec<CounterpartView>,
        occurred_at: Instant,
        received_at: Instant,
        /// The month that its device's cap counts it in, as 202611.
        month: i64,
        /// `open`, `paid` or `unpaid`.
        #[schema(example = "open")]
        state: &'static str,
        /// What the venue earned by it; for a funder its own share.
        earned_cents: Cents,
        #[schema(example = "EUR")]
        currency: &'static str,
        /// The event that decided it.
        decision: Option<Seq>,
        decided_at: Option<Instant>,
        decided_by: Option<UserId>,
        /// Why it was decided so.
        note: Option<String>,
        /// The signed record itself: a JWS by the device's key.
        record: String,
    }
}

/// A redemption that a conflict is against. Of another organisation's only the times are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CounterpartView {
    pub redemption: Option<Seq>,
    pub venue: Option<VenueId>,
    pub occurred_at: Instant,
    /// When the service heard of it.
    pub recorded_at: Instant,
}

/// What conflicts of one device at one venue in a month are about, and what they cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExposureView {
    pub programme: ProgrammeId,
    pub organisation: OrganisationId,
    pub venue: VenueId,
    pub device: DeviceId,
    /// As 202611.
    pub month: i64,
    pub conflicts: i64,
    /// Of these, not decided yet.
    pub open: i64,
    /// Of all of them.
    pub workshops: i64,
    /// Those that the guarantee has paid.
    pub workshops_paid: i64,
    /// For a funder its own share.
    pub paid_cents: Cents,
    /// Workshops that the guarantee pays of one device in a month at most.
    pub cap: i64,
    /// The device's workshops of the month, or the venue's, are more than that.
    pub alarm: bool,
}

/// A device that calls.
#[derive(Clone, Debug)]
pub struct Calling {
    pub device: Device,
    /// Whether it is time to note again that it was seen.
    pub to_note: bool,
}
