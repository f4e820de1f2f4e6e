//! The queue before the one writer: two bounded lanes, deadlines, and the way back of answers.
//! No database: `writer.rs` takes from here.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use crossbeam_channel::{Receiver, SendTimeoutError, Sender, TryRecvError, TrySendError, bounded};
use oneshot::RecvTimeoutError;

use crate::domain::command::{Answer, Command};

/// Commands that one commit covers at most.
const LARGEST_BATCH: usize = 256;
/// Bulk work that waits.
const BULK_QUEUE: usize = 64;

/// What a caller may count on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Commands that wait for a person's answer; one more is told to come back.
    pub queue: usize,
    /// How long a caller waits. What it gave up before its turn is not done.
    pub deadline_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { queue: 4_096, deadline_ms: 10_000 }
    }
}

/// Why a command was not answered; nothing of it is known to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    #[error("the queue is full")]
    Full,
    #[error("the service is stopping")]
    Stopping,
    #[error("the database did not take the batch")]
    Unavailable,
    #[error("no answer within the time limit")]
    Late,
}

/// Closed when the caller has given up.
pub(super) type Reply = oneshot::Sender<Result<Answer, Unanswered>>;

struct Waiting {
    command: Command,
    reply: Reply,
}

/// A command that is queued: its answer is waited for by a thread, or awaited by a task. Dropping
/// it gives the command up, if it has not had its turn.
#[must_use]
pub struct Queued {
    answer: oneshot::Receiver<Result<Answer, Unanswered>>,
    deadline: Duration,
}

impl Queued {
    /// How long to await the answer; a thread that waits sees to it itself.
    #[must_use]
    pub const fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Blocks until the answer is durable.
    ///
    /// # Errors
    /// When the batch was not written, or not in time.
    pub fn wait(self) -> Result<Answer, Unanswered> {
        self.answer.recv_timeout(self.deadline).unwrap_or_else(|why| match why {
            // It may have its turn this very moment: its request id tells, later.
            RecvTimeoutError::Timeout => Err(Unanswered::Late),
            RecvTimeoutError::Disconnected => Err(Unanswered::Unavailable),
        })
    }
}

impl IntoFuture for Queued {
    type Output = Result<Answer, Unanswered>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let answer = self.answer.into_future();
        Box::pin(async move { answer.await.unwrap_or(Err(Unanswered::Unavailable)) })
    }
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
    deadline: Duration,
}

/// Both ends of a new queue.
pub(super) fn new(limits: Limits) -> (Writer, Queues) {
    let (urgent, from_urgent) = bounded(limits.queue);
    let (bulk, from_bulk) = bounded(BULK_QUEUE);
    let stopping = Arc::new(AtomicBool::new(false));
    let counters = Arc::new(Counters::default());
    let deadline = Duration::from_millis(limits.deadline_ms);
    let queues = Queues { urgent: from_urgent, bulk: from_bulk, counters: Arc::clone(&counters) };
    (Writer { urgent, bulk, stopping, counters, deadline }, queues)
}

impl Writer {
    /// Asks what a person waits for.
    ///
    /// # Errors
    /// At once when the queue is full.
    pub fn queue(&self, command: Command) -> Result<Queued, Unanswered> {
        let (waiting, queued) = self.waiting_for(command)?;
        self.urgent.try_send(waiting).map_err(|refused| match refused {
            TrySendError::Full(_) => Unanswered::Full,
            TrySendError::Disconnected(_) => Unanswered::Stopping,
        })?;
        Ok(queued)
    }

    /// Asks what a person waits for; blocks until the answer is durable.
    ///
    /// # Errors
    /// As `queue` and `Queued::wait`.
    pub fn ask(&self, command: Command) -> Result<Answer, Unanswered> {
        self.queue(command)?.wait()
    }

    /// Asks what nobody waits for: it fills batches that have room.
    ///
    /// # Errors
    /// When there was no room in time, or the batch was not written.
    pub fn ask_bulk(&self, command: Command) -> Result<Answer, Unanswered> {
        let (waiting, queued) = self.waiting_for(command)?;
        self.bulk.send_timeout(waiting, self.deadline).map_err(|refused| match refused {
            SendTimeoutError::Timeout(_) => Unanswered::Full,
            SendTimeoutError::Disconnected(_) => Unanswered::Stopping,
        })?;
        queued.wait()
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

    /// What waits for its turn.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.urgent.len().saturating_add(self.bulk.len())
    }

    fn waiting_for(&self, command: Command) -> Result<(Waiting, Queued), Unanswered> {
        if self.stopping.load(Ordering::SeqCst) {
            return Err(Unanswered::Stopping);
        }
        let (reply, answer) = oneshot::channel();
        Ok((Waiting { command, reply }, Queued { answer, deadline: self.deadline }))
    }
}

pub(super) struct Queues {
    urgent: Receiver<Waiting>,
    bulk: Receiver<Waiting>,
    counters: Arc<Counters>,
}

impl Queues {
    /// Lets those who were just answered have the processor, as long as they use it to ask: what
    /// they ask next is then one batch, instead of a batch of one and a batch of all the others.
    /// Nobody waits for a time: the first turn in which no one asks ends it.
    pub fn let_them_ask(&self, answered: usize) {
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
    pub fn batch(&self) -> Option<(Vec<Command>, Vec<Reply>)> {
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
        Some(batch.into_iter().map(|waiting| (waiting.command, waiting.reply)).unzip())
    }
}

/// Takes what is queued, but for what its caller gave up; false when nobody can queue any more.
fn take(from: &Receiver<Waiting>, batch: &mut Vec<Waiting>, most: usize) -> bool {
    while batch.len() < most {
        match from.try_recv() {
            Ok(waiting) if waiting.reply.is_closed() => {}
            Ok(waiting) => batch.push(waiting),
            Err(TryRecvError::Empty) => return true,
            Err(TryRecvError::Disconnected) => return false,
        }
    }
    true
}
