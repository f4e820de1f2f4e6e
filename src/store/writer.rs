//! The one writer: takes what is queued, decides it as a batch, commits once, answers everybody.
//! No rules: `domain::decide` has them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
};

use crossbeam_channel::{Receiver, Sender, TryRecvError, TrySendError, bounded};

use super::{
    checkpoint::Checkpoints,
    connection::{Conn, Database, Location, OpenError},
    kept::Kept,
    load::{self, Failure},
    migrate, rollup, write,
};
use crate::domain::{
    command::{Answer, Command},
    decide::decide,
};

/// Commands that one commit covers at most.
const LARGEST_BATCH: usize = 256;
/// Commands that wait for a person's answer; one more is told to come back.
const QUEUE: usize = 4_096;
/// Bulk work that waits.
const BULK_QUEUE: usize = 64;

/// Why a command was not answered; nothing of it is known to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    #[error("the queue is full")]
    Full,
    #[error("the service is stopping")]
    Stopping,
    #[error("the database did not take the batch")]
    Unavailable,
}

type Reply = Sender<Result<Answer, Unanswered>>;

struct Waiting {
    command: Command,
    reply: Reply,
}

/// What the writer has taken since its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub batches: u64,
    pub commands: u64,
}

#[derive(Default)]
struct Counters {
    batches: AtomicU64,
    commands: AtomicU64,
}

/// A handle to the writer; clones share it.
#[derive(Clone)]
pub struct Writer {
    urgent: Sender<Waiting>,
    bulk: Sender<Waiting>,
    stopping: Arc<AtomicBool>,
    counters: Arc<Counters>,
}

impl Writer {
    /// Starts the writer of a database.
    ///
    /// # Errors
    /// When another program writes to the same SQLite file, or the database does not open.
    pub fn start(database: &Database) -> Result<(Self, JoinHandle<()>), OpenError> {
        let location = database.location.clone();
        let lock = lock(&location)?;
        let mut conn = Conn::open_writer(&location)?;
        migrate::check(&mut conn)?;
        let checkpoints = Checkpoints::start(&location)?;
        let (urgent, from_urgent) = bounded(QUEUE);
        let (bulk, from_bulk) = bounded(BULK_QUEUE);
        let stopping = Arc::new(AtomicBool::new(false));
        let counters = Arc::new(Counters::default());
        let queues =
            Queues { urgent: from_urgent, bulk: from_bulk, counters: Arc::clone(&counters) };
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(move || {
            run(&location, conn, &queues, &checkpoints);
            drop(checkpoints);
            drop(lock);
        })?;
        Ok((Self { urgent, bulk, stopping, counters }, thread))
    }

    /// Asks what a person waits for; blocks until the answer is durable.
    ///
    /// # Errors
    /// At once when the queue is full; otherwise when the batch was not written.
    pub fn ask(&self, command: Command) -> Result<Answer, Unanswered> {
        self.queue(&self.urgent, command, true)
    }

    /// Asks what nobody waits for: it fills batches that have room.
    ///
    /// # Errors
    /// When the batch was not written.
    pub fn ask_bulk(&self, command: Command) -> Result<Answer, Unanswered> {
        self.queue(&self.bulk, command, false)
    }

    /// Takes no more commands; what is queued is still answered.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
    }

    /// Batches and commands so far: together the size of a batch.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            batches: self.counters.batches.load(Ordering::Relaxed),
            commands: self.counters.commands.load(Ordering::Relaxed),
        }
    }

    fn queue(
        &self,
        lane: &Sender<Waiting>,
        command: Command,
        at_once: bool,
    ) -> Result<Answer, Unanswered> {
        if self.stopping.load(Ordering::SeqCst) {
            return Err(Unanswered::Stopping);
        }
        let (reply, answer) = bounded(1);
        let waiting = Waiting { command, reply };
        if at_once {
            lane.try_send(waiting).map_err(|refused| match refused {
                TrySendError::Full(_) => Unanswered::Full,
                TrySendError::Disconnected(_) => Unanswered::Stopping,
            })?;
        } else {
            lane.send(waiting).map_err(|_| Unanswered::Stopping)?;
        }
        answer.recv().unwrap_or(Err(Unanswered::Unavailable))
    }
}

struct Queues {
    urgent: Receiver<Waiting>,
    bulk: Receiver<Waiting>,
    counters: Arc<Counters>,
}

impl Queues {
    /// Lets those who were just answered have the processor, as long as they use it to ask: what
    /// they ask next is then one batch, instead of a batch of one and a batch of all the others.
    /// Nobody waits for a time: the first turn in which no one asks ends it.
    fn let_them_ask(&self, answered: usize) {
        let mut asked = 0;
        loop {
            std::thread::yield_now();
            let now = self.urgent.len();
            if now <= asked || now >= answered {
                return;
            }
            asked = now;
        }
    }

    /// Waits for one command, then takes what else is there; `None` when all handles are gone.
    fn batch(&self) -> Option<Vec<Waiting>> {
        let mut select = crossbeam_channel::Select::new();
        select.recv(&self.urgent);
        select.recv(&self.bulk);
        let mut batch = Vec::new();
        while batch.is_empty() {
            select.ready();
            let open = take(&self.urgent, &mut batch, LARGEST_BATCH);
            // Bulk gets the room that is left, and always some, so that it never starves.
            let room = LARGEST_BATCH.max(batch.len() + 16);
            let bulk_open = take(&self.bulk, &mut batch, room);
            if batch.is_empty() && !open && !bulk_open {
                return None;
            }
        }
        self.counters.batches.fetch_add(1, Ordering::Relaxed);
        let commands = u64::try_from(batch.len()).unwrap_or_default();
        self.counters.commands.fetch_add(commands, Ordering::Relaxed);
        Some(batch)
    }
}

/// Takes what is queued; false when nobody can queue any more.
fn take(from: &Receiver<Waiting>, batch: &mut Vec<Waiting>, most: usize) -> bool {
    while batch.len() < most {
        match from.try_recv() {
            Ok(waiting) => batch.push(waiting),
            Err(TryRecvError::Empty) => return true,
            Err(TryRecvError::Disconnected) => return false,
        }
    }
    true
}

fn run(location: &Location, conn: Conn, queues: &Queues, checkpoints: &Checkpoints) {
    let mut conn = Some(conn);
    let mut kept = Kept::default();
    while let Some(batch) = queues.batch() {
        let (commands, replies): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|waiting| (waiting.command, waiting.reply)).unzip();
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
                for reply in replies {
                    drop(reply.send(Err(Unanswered::Unavailable)));
                }
            }
        }
    }
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

/// A COMMIT that was refused with the transaction still open has written nothing.
fn classify(conn: &mut Conn, cause: diesel::result::Error) -> Stage {
    match conn {
        Conn::Sqlite(_) if cause.to_string().contains("locked") => Stage::Before(cause.into()),
        Conn::Sqlite(_) => Stage::Commit(cause),
        // The server decides alone; clients ask again by request id.
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => Stage::Before(cause.into()),
    }
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
