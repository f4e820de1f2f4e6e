//! What personal data there is to erase, and what becomes of it (GDPR, art. 5.1.e and 17).
//! No queries: `store/erasure.rs` erases.

use super::ids::{Seq, UserId};

/// Words that somebody wrote beside an event: why something was decided, or is disputed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Of a record in quarantine, by its event.
    Record(Seq),
    Conflict(Seq),
    /// Of a held workshop, by its redemption.
    Hold(Seq),
    /// Of an organisation.
    Dispute(Seq),
}

/// What became of an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    Done,
    NotThere,
    /// Somebody who may log in is revoked first.
    StillActs,
}

/// In place of an address: nobody can log in by it, and no two people have the same.
#[must_use]
pub fn email_of_erased(id: UserId) -> String {
    format!("erased-{id}")
}
