//! Disputes as people see them.
//! No queries and no transport.

use super::rows;
use crate::domain::{
    calendar::Instant,
    dispute::{About, DisputeState},
    ids::{OrganisationId, ProgrammeId, Seq, UserId},
};

rows! {
    /// What an organisation holds to be wrong, the newest first.
    DisputeView by id {
        /// The event that opened it.
        id: Seq,
        programme: ProgrammeId,
        organisation: OrganisationId,
        about: About,
        /// The redemption, conflict, payment or statement.
        subject: Option<Seq>,
        state: DisputeState,
        opened_by: UserId,
        opened_at: Instant,
        /// In the organisation's own words.
        reason: Option<String>,
        evidence: Option<String>,
        /// The event that settled it.
        decision: Option<Seq>,
        /// The event that puts right what was wrong.
        correction: Option<Seq>,
        decided_at: Option<Instant>,
        decided_by: Option<UserId>,
        /// Why it was decided so.
        note: Option<String>,
    }
}
