//! The one writer: takes what is queued, decides it as a batch, commits once, answers everybody.
//! No rules: `domain::decide` has them. No waiting: `queue.rs` has that.

use std::thread::JoinHandle;

use super::{
    checkpoint::Checkpoints,
    connection::{Conn, Database, Location, OpenError},
    kept::Kept,
    load::{self, Failure},
    migrate,
    queue::{self, Limits, Queues, Unanswered, Writer},
    rollup, write,
};
use crate::domain::{
    command::{Answer, Command},
    decide::{decide, known},
};

impl Writer {
    /// Starts the writer of a database.
    ///
    /// # Errors
    /// When another program writes to the same SQLite file, or the database does not open.
    pub fn start(database: &Database) -> Result<(Self, JoinHandle<()>), OpenError> {
        Self::start_within(database, Limits::default())
    }

    /// As `start`, with other limits than the usual ones.
    ///
    /// # Errors
    /// As `start`.
    pub fn start_within(
        database: &Database,
        limits: Limits,
    ) -> Result<(Self, JoinHandle<()>), OpenError> {
        let location = database.location.clone();
        let lock = lock(&location)?;
        let mut conn = Conn::open_writer(&location)?;
        migrate::check(&mut conn)?;
        let checkpoints = Checkpoints::start(&location)?;
        let (writer, queues) = queue::new(limits);
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            let ending = EndsTheProcess;
            run(&location, conn, &queues, &checkpoints);
            drop((checkpoints, lock, ending));
        })?;
        Ok((writer, thread))
    }
}

/// A service whose writer has failed could only refuse, and would look alive: it ends instead,
/// and what watches over it starts it anew.
struct EndsTheProcess;

impl Drop for EndsTheProcess {
    fn drop(&mut self) {
        if std::thread::panicking() {
            std::process::abort();
        }
    }
}

fn run(location: &Location, conn: Conn, queues: &Queues, checkpoints: &Checkpoints) {
    let mut conn = Some(conn);
    let mut kept = Kept::default();
    while let Some((commands, replies)) = queues.batch() {
        let answers = attempt(location, &mut conn, &mut kept, &commands);
        match answers {
            Ok(answers) => {
                for (reply, answer) in replies.into_iter().zip(answers) {
                    // A caller that gave up asks again by its request id.
                    drop(reply.send(Ok(answer)));
                }
                if let Some(conn) = &mut conn {
                    checkpoints.committed(conn);
                }
                queues.let_them_ask(commands.len());
            }
            Err(failure) => {
                tracing::error!(%failure, commands = commands.len(), "batch not written");
                let known = look_up(location, &mut conn, &failure, &commands);
                for (reply, answer) in replies.into_iter().zip(known) {
                    drop(reply.send(answer.ok_or(Unanswered::Unavailable)));
                }
            }
        }
    }
}

/// What is there of a batch that failed: a connection may be lost after its COMMIT was done, and
/// requests sent again may have been written before. One answer a command, if it is known.
fn look_up(
    location: &Location,
    conn: &mut Option<Conn>,
    failure: &NotWritten,
    commands: &[Command],
) -> Vec<Option<Answer>> {
    let nothing = vec![None; commands.len()];
    if matches!(failure, NotWritten::Open(_)) {
        return nothing;
    }
    let found = Conn::open_writer(location).map_err(NotWritten::from).and_then(|mut open| {
        let world = load::known(&mut open, commands)?;
        *conn = Some(open);
        Ok(known(world, commands))
    });
    found.unwrap_or_else(|failure| {
        tracing::warn!(%failure, "what became of the batch is not known: its callers ask again");
        nothing
    })
}

/// Why a batch was not written.
#[derive(Debug, thiserror::Error)]
enum NotWritten {
    #[error(transparent)]
    Failure(#[from] Failure),
    #[error(transparent)]
    Open(#[from] OpenError),
}

fn attempt(
    location: &Location,
    conn: &mut Option<Conn>,
    kept: &mut Kept,
    commands: &[Command],
) -> Result<Vec<Answer>, NotWritten> {
    let mut open = match conn.take() {
        Some(open) => open,
        None => Conn::open_writer(location)?,
    };
    match transact(&mut open, kept, commands) {
        Ok(answers) => {
            *conn = Some(open);
            Ok(answers)
        }
        // The connection is given up with whatever it had begun: the next batch opens another.
        Err(Stage::Before(failure)) => {
            *kept = Kept::default();
            Err(failure.into())
        }
        Err(Stage::Commit(cause)) => {
            tracing::error!(%cause, "COMMIT failed: nobody knows what is on disk; ending");
            std::process::abort();
        }
    }
}

enum Stage {
    Before(Failure),
    Commit(diesel::result::Error),
}

impl<E: Into<Failure>> From<E> for Stage {
    fn from(cause: E) -> Self {
        Self::Before(cause.into())
    }
}

fn transact(conn: &mut Conn, kept: &mut Kept, commands: &[Command]) -> Result<Vec<Answer>, Stage> {
    begin(conn)?;
    let world = load::world(conn, commands, kept)?;
    let (answers, world, effects) = decide(world, commands).map_err(Failure::from)?;
    if effects.writes_nothing() {
        conn.execute("ROLLBACK")?;
        kept.give_back(world);
        return Ok(answers);
    }
    write::effects(conn, &world, &effects, commands)?;
    rollup::advance(conn, &mut kept.rolled, &effects)?;
    conn.execute("COMMIT").map_err(|cause| classify(conn, cause))?;
    kept.give_back(world);
    Ok(answers)
}

/// A COMMIT that was refused for want of a lock or of space, or by a constraint, has written
/// nothing. After any other error of SQLite's nobody knows what is on disk.
fn classify(conn: &mut Conn, cause: diesel::result::Error) -> Stage {
    match conn {
        Conn::Sqlite(_) if nothing_written(&cause) => Stage::Before(cause.into()),
        Conn::Sqlite(_) => Stage::Commit(cause),
        // The server decides alone; the batch's ids tell what it decided.
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => Stage::Before(cause.into()),
    }
}

/// `SQLITE_BUSY` and `SQLITE_FULL`, which diesel tells by their fixed texts only. An fsync that
/// found no space is `SQLITE_IOERR`, not `SQLITE_FULL`.
fn nothing_written(cause: &diesel::result::Error) -> bool {
    use diesel::result::{DatabaseErrorKind, Error};
    let Error::DatabaseError(kind, information) = cause else { return false };
    let refused = ["database is locked", "database or disk is full"];
    !matches!(kind, DatabaseErrorKind::Unknown) || refused.contains(&information.message())
}

pub(super) fn begin(conn: &mut Conn) -> Result<(), Failure> {
    match conn {
        Conn::Sqlite(_) => conn.execute("BEGIN IMMEDIATE")?,
        // Several instances take turns: the lock is the transaction's.
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => conn.execute("BEGIN; SELECT pg_advisory_xact_lock(7041)")?,
    }
    Ok(())
}

/// A SQLite file has one writing program; PostgreSQL orders its writers itself.
pub(super) fn lock(location: &Location) -> Result<Option<std::fs::File>, OpenError> {
    let Location::Sqlite(path) = location else { return Ok(None) };
    let mut name = path.as_os_str().to_owned();
    name.push(".writer");
    let file = std::fs::File::create(name)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::SecondWriter),
        Err(std::fs::TryLockError::Error(cause)) => Err(cause.into()),
    }
}
