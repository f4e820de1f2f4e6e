//! Scans that were refused: kept one by one where the voucher is known, else counted by the hour.
//! No verdicts: `decide/redeem.rs` gives them.

use super::{
    calendar::{Instant, MICROSECONDS_A_SECOND},
    command::{Command, Redeem, Request},
    ids::{DeviceId, IssuerId, OrganisationId, ProgrammeId, UserId, VenueId, VoucherId},
    refusal::Reason,
};

/// A refused scan of a known voucher: funders and operators look for patterns in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedScan {
    pub request: Request,
    pub reason: Reason,
    pub voucher: VoucherId,
    pub programme: ProgrammeId,
    pub issuer: IssuerId,
    pub venue: VenueId,
    pub organisation: OrganisationId,
    pub actor: Option<UserId>,
    pub device: Option<DeviceId>,
    pub at: Instant,
}

/// Scans of what could not be read, verified or found, of one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FailedScans {
    pub organisation: OrganisationId,
    pub venue: VenueId,
    /// Hours since 1970-01-01 UTC.
    pub hour: i64,
    pub reason: Reason,
}

impl FailedScans {
    #[must_use]
    pub const fn of(command: &Command, ask: &Redeem, reason: Reason) -> Self {
        let hour = command.now.0.div_euclid(3_600 * MICROSECONDS_A_SECOND);
        Self { organisation: ask.organisation, venue: ask.venue, hour, reason }
    }
}
