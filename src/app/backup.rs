//! Backing a database up into a sealed file, putting one back, and going on after that.
//! No format and no cryptography: `store/backup` and `sys/sealed` have them.

use std::path::Path;

use super::service::Fault;
use crate::{
    domain::{
        calendar::Instant,
        command::{Ask, Command, Outcome, Request, Scope},
        ids::{Seq, UserId},
        refusal::Reason,
        view::Restoration,
    },
    store::{Copied, Database, Location, Writer},
    sys::{
        clock,
        sealed::{self, Recipients, Sealing},
    },
};

/// A finished backup.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Backup {
    #[serde(flatten)]
    pub copied: Copied,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Copies a database to a new file that only the recipients can open; the service may run.
///
/// # Errors
/// One sentence on what is wrong; there is no file then.
pub fn back_up(
    location: &Location,
    to: &Path,
    recipients: &Recipients,
    now: Instant,
    progress: &dyn Fn(u64, u64),
) -> Result<Backup, Fault> {
    let database = Database::open(location)?;
    let mut file = Sealing::create(to, recipients)?;
    match database.dump(&mut file, now, progress) {
        Ok(copied) => Ok(Backup { copied, bytes: file.finish()? }),
        Err(cause) => {
            file.discard();
            Err(cause.into())
        }
    }
}

/// Puts a backup back into an empty database, which then takes no changes until somebody
/// acknowledges what is missing.
///
/// # Errors
/// One sentence on what is wrong; the database is as empty as before then.
pub fn restore(
    location: &Location,
    from: &Path,
    identity: &Path,
    now: Instant,
    progress: &dyn Fn(u64, u64),
) -> Result<Copied, Fault> {
    let database = Database::open(location)?;
    let mut lines = sealed::open(from, identity)?;
    Ok(database.restore(&mut *lines, now, progress)?)
}

/// The restoration that nobody has acknowledged yet.
///
/// # Errors
/// When there is none, or the database does not answer.
pub fn unacknowledged(location: &Location) -> Result<Restoration, Fault> {
    let restoration = Database::open(location)?.restoration()?;
    restoration.filter(|restoration| restoration.acknowledged_at.is_none()).ok_or_else(|| {
        Fault::Order("nothing to acknowledge: this database takes changes already".to_owned())
    })
}

/// Says that the numbers up to `last_seq` were given before the restored database was lost; the
/// event that records it. From then on changes are taken.
///
/// # Errors
/// When a program writes to the SQLite file, or the number is refused.
pub fn acknowledge(
    location: &Location,
    last_seq: Seq,
    actor: Option<UserId>,
    now: Instant,
) -> Result<Seq, Fault> {
    let database = Database::open(location)?;
    let (writer, thread) = Writer::start(&database)?;
    // The id is new, so there is nothing that its content could be compared with.
    let request = Request { scope: Scope::System, id: clock::request_id(), hash: [0; 32] };
    let ask = Ask::AcknowledgeRestore { last_seq };
    let answer = writer.ask(Command { request, actor, device: None, now, ask });
    writer.stop();
    drop(writer);
    if thread.join().is_err() {
        tracing::error!("the writer had failed");
    }
    match answer?.outcome {
        Outcome::Done { seq } => Ok(seq),
        Outcome::Refused(refusal) => Err(Fault::Refused(refusal.reason)),
        _ => Err(Fault::Refused(Reason::RequestMalformed)),
    }
}
