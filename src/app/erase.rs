//! Forgetting people and what they wrote, when its time is over or somebody asks for it.
//! How long what is kept: docs/privacy.md.

use super::service::{Fault, Service};
use crate::{
    domain::erasure::{Erasure, Words},
    domain::ids::UserId,
    store::Database,
};

/// Twelve months.
const KEPT_S: i64 = 365 * 86_400;

/// Who or what is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    Person(UserId),
    Words(Words),
}

/// Erases at once, beside a running service too.
///
/// # Errors
/// When the database does not answer.
pub fn erase(database: &Database, what: Erased) -> Result<Erasure, Fault> {
    Ok(match what {
        Erased::Person(id) => database.erase_person(id)?,
        Erased::Words(words) => database.erase_words(words)?,
    })
}

impl Service {
    /// Forgets people twelve months after they were revoked, scans twelve months after they were
    /// refused, and issuers' own references of passes that ended.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn forget(&self) -> Result<(), Fault> {
        let before = self.clock.now().plus_seconds(-KEPT_S);
        for person in self.database.revoked_before(before)? {
            self.database.erase_person(person)?;
            tracing::info!(%person, "erased: revoked a year ago");
        }
        self.database.forget_refused_scans(before)?;
        self.forget_own_references()?;
        Ok(())
    }
}
