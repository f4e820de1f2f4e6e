//! Writing the archive of a programme to a file that its recipient alone can open, and the log of
//! who took one. No contents: `pack.rs` has them.

use std::path::Path;

use super::pack::{Packed, pack};
use crate::{
    app::service::{Fault, Service},
    domain::{
        calendar::Instant,
        continuity::ProgrammeExport,
        ids::{ProgrammeId, RequestId, UserId},
        refusal::Reason,
    },
    store::{Database, Location},
    sys::{
        clock,
        sealed::{Recipients, Sealing},
        signer::ReceiptSigner,
    },
};

/// How long an archive that was asked for can be fetched, also once more after a broken transfer.
pub(super) const FETCH_S: i64 = 15 * 60;

/// A finished archive.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Exported {
    #[serde(flatten)]
    pub packed: Packed,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Who may open an archive that is written on the command line.
pub struct To<'a> {
    pub path: &'a Path,
    /// One age key or several: `age1…`.
    pub recipients: &'a [String],
    pub signer: Option<&'a ReceiptSigner>,
}

/// Writes the archive of a programme to a new file; the service may run, or be gone for ever.
///
/// # Errors
/// One sentence on what is wrong; there is no file then.
pub fn export_programme(
    location: &Location,
    programme: ProgrammeId,
    to: &To<'_>,
    now: Instant,
) -> Result<Exported, Fault> {
    let recipients = Recipients::new(to.recipients.iter().map(String::as_str))?;
    let database = Database::open(location)?;
    let copy = database.copy_programme(programme, now)?;
    for recipient in to.recipients {
        database.keep_programme_export(&ProgrammeExport {
            id: clock::request_id(),
            programme,
            recipient: recipient.clone(),
            by: None,
            at: now,
        })?;
    }
    let mut file = Sealing::create(to.path, &recipients)?;
    match pack(copy, &mut file, to.signer) {
        Ok((_, packed)) => Ok(Exported { packed, bytes: file.finish()? }),
        Err(cause) => {
            file.discard();
            Err(cause)
        }
    }
}

impl Service {
    /// Notes that somebody takes an archive. The same request again, a moment later, is the same.
    ///
    /// # Errors
    /// For what is no age key, or the id of another request.
    pub fn note_programme_export(
        &self,
        id: RequestId,
        programme: ProgrammeId,
        recipient: &str,
        by: Option<UserId>,
    ) -> Result<(), Fault> {
        Recipients::new([recipient])?;
        let (recipient, at) = (recipient.to_owned(), self.clock.now());
        let new = ProgrammeExport { id, programme, recipient, by, at };
        if self.database.keep_programme_export(&new)? {
            return Ok(());
        }
        let before = self.database.programme_export(id)?;
        let same = |before: &ProgrammeExport| {
            before.programme == programme && before.by == by && before.recipient == new.recipient
        };
        match before {
            Some(before) if same(&before) && at <= before.at.plus_seconds(FETCH_S) => Ok(()),
            _ => Err(Fault::Refused(Reason::RequestReused)),
        }
    }

    /// Archives of a programme that somebody took, the newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn programme_exports(&self, of: ProgrammeId) -> Result<Vec<ProgrammeExport>, Fault> {
        Ok(self.database.programme_exports(of)?)
    }
}
