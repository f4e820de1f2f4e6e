//! Disputes as people see them, each within the tenant of who asks.
//! No writes.

use diesel::prelude::*;

use super::{narrow, page};
use crate::{
    domain::{
        calendar::Instant,
        ids::*,
        view::{DisputeView, Filter},
    },
    store::{
        connection::{Database, reading},
        dispute_schema::dispute,
        disputes::DisputeRow,
        reads::ReadError,
    },
};

/// Rows of one look: what is left comes with the next.
const MOST: i64 = 5_000;

impl Database {
    pub fn disputes(&self, filter: &Filter) -> Result<Vec<DisputeView>, ReadError> {
        let Some((own, programmes)) = self.party(filter.within)? else { return Ok(Vec::new()) };
        let rows: Vec<DisputeRow> = reading!(self, conn => {
            let mut query = dispute::table.into_boxed();
            narrow!(query, dispute::organisation => own,
                dispute::organisation => filter.organisation,
                dispute::programme => filter.programme,
                dispute::voucher => filter.voucher,
                dispute::id => filter.id.map(Seq));
            if let Some(programmes) = &programmes {
                query = query.filter(dispute::programme.eq_any(programmes));
            }
            if filter.waiting {
                query = query.filter(dispute::state.eq("open"));
            }
            page!(query, filter, desc dispute::id).load(conn)
        })?;
        rows.into_iter().map(viewed).collect()
    }

    /// Those that were opened or settled since a moment.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn disputes_since(&self, since: Instant) -> Result<Vec<DisputeView>, ReadError> {
        let rows: Vec<DisputeRow> = reading!(self, conn => dispute::table
            .filter(dispute::opened_at.ge(since.0).or(dispute::decided_at.ge(Some(since.0))))
            .order(dispute::id)
            .limit(MOST)
            .load(conn))?;
        rows.into_iter().map(viewed).collect()
    }
}

fn viewed(row: DisputeRow) -> Result<DisputeView, ReadError> {
    let (state, subject) = (row.state()?, row.subject()?);
    Ok(DisputeView {
        id: Seq(row.id),
        programme: ProgrammeId(row.programme),
        organisation: OrganisationId(row.organisation),
        about: subject.about(),
        subject: subject.number(),
        state,
        opened_by: UserId(row.opened_by),
        opened_at: Instant(row.opened_at),
        reason: row.reason,
        evidence: row.evidence,
        decision: row.decision.map(Seq),
        correction: row.correction.map(Seq),
        decided_at: row.decided_at.map(Instant),
        decided_by: row.decided_by.map(UserId),
        note: row.note,
    })
}
