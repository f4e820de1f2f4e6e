//! Held workshops as people see them.
//! No queries and no transport.

use serde::Serialize;
use utoipa::ToSchema;

use super::{RedemptionView, rows};
use crate::domain::{
    calendar::Instant,
    cents::Cents,
    hold::{HoldCause, HoldState},
    ids::{
        DeviceId, IssuerId, OrganisationId, PaymentId, ProgrammeId, Seq, UserId, VenueId, VoucherId,
    },
};

/// That a redemption is held, or was, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldView {
    pub state: HoldState,
    pub causes: Vec<HoldCause>,
    /// Why a funder or the operator asked that somebody else looks.
    pub dispute: Option<String>,
    /// What was said when it was decided.
    pub note: Option<String>,
}

impl RedemptionView {
    /// Its payment waits for somebody to look.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.state == HoldState::Held)
    }

    /// Why somebody asked that it is looked at.
    #[must_use]
    pub fn disputed(&self) -> Option<&str> {
        self.held.as_ref()?.dispute.as_deref()
    }

    /// What was said when it was decided whether it is paid.
    #[must_use]
    pub fn said(&self) -> Option<&str> {
        self.held.as_ref()?.note.as_deref()
    }
}

rows! {
    /// A workshop that is paid only after a second person has looked, the newest first.
    HoldView by id {
        /// The redemption.
        id: Seq,
        programme: ProgrammeId,
        voucher: VoucherId,
        issuer: IssuerId,
        organisation: OrganisationId,
        venue: VenueId,
        workshops: u8,
        causes: Vec<HoldCause>,
        state: HoldState,
        /// What the venue earned; for a funder its own share.
        earned_cents: Cents,
        #[schema(example = "EUR")]
        currency: &'static str,
        occurred_at: Instant,
        recorded_at: Instant,
        /// Who took the workshop, and by which device.
        taken_by: Option<UserId>,
        device: Option<DeviceId>,
        /// Who asked that somebody else looks, when and why.
        disputed_by: Option<UserId>,
        disputed_at: Option<Instant>,
        dispute: Option<String>,
        /// The event that released or reversed it.
        decision: Option<Seq>,
        decided_at: Option<Instant>,
        decided_by: Option<UserId>,
        /// Why it was decided so.
        note: Option<String>,
        /// The payment that took it up, where that of its own month had left it out.
        payment: Option<PaymentId>,
    }
}
