//! Copies SQLite's write-ahead log back to the file while the writer goes on.
//! No writes of our own: without this thread the log would only grow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use crossbeam_channel::{Sender, bounded};
use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Integer},
};

use super::connection::{Conn, Location, OpenError};

/// Pages in the log from which on they are copied.
const ENOUGH: i64 = 4_000;
/// Pages not copied yet that the writer itself may copy between two batches.
const FEW: i64 = 512;
/// How often the thread looks at most: to be woken by each commit would slow down who wakes it.
const BETWEEN_LOOKS: Duration = Duration::from_millis(20);
/// Rounds of copying before the writer has to do what is left, however much.
const ROUNDS: usize = 4;

/// The thread's end that the writer holds; dropping it ends the thread.
pub(super) struct Checkpoints {
    committed: Option<Sender<()>>,
    nearly_done: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What SQLite says of its log.
#[derive(QueryableByName)]
struct Progress {
    #[diesel(sql_type = Integer)]
    busy: i32,
    #[diesel(sql_type = BigInt)]
    log: i64,
    #[diesel(sql_type = BigInt)]
    checkpointed: i64,
}

impl Checkpoints {
    /// Starts the thread; PostgreSQL sees to its log itself.
    pub fn start(location: &Location) -> Result<Self, OpenError> {
        let nearly_done = Arc::new(AtomicBool::new(false));
        let Location::Sqlite(_) = location else {
            return Ok(Self { committed: None, nearly_done, thread: None });
        };
        let mut conn = Conn::open_writer(location)?;
        let (committed, commits) = bounded::<()>(1);
        let told = Arc::clone(&nearly_done);
        let thread =
            std::thread::Builder::new().name("checkpoint".to_owned()).spawn(move || {
                let mut copied = 0;
                while commits.recv().is_ok() {
                    std::thread::sleep(BETWEEN_LOOKS);
                    if told.load(Ordering::Acquire) {
                        continue;
                    }
                    if let Err(cause) = copy(&mut conn, &mut copied, &told) {
                        // The log grows until it goes again; nothing is lost.
                        tracing::warn!(%cause, "the write-ahead log was not copied");
                    }
                }
            })?;
        Ok(Self { committed: Some(committed), nearly_done, thread: Some(thread) })
    }

    /// Tells that a batch was committed. Once the thread has copied almost all, the writer copies
    /// the rest: only where nothing is left does the log begin anew, and while the writer writes
    /// there is always something left for any other.
    pub fn committed(&self, conn: &mut Conn) {
        let Some(commits) = &self.committed else { return };
        if self.nearly_done.load(Ordering::Acquire) {
            let copied = conn.execute("PRAGMA wal_checkpoint(PASSIVE)");
            if let Err(cause) = copied {
                tracing::warn!(%cause, "the write-ahead log was not copied");
            }
            self.nearly_done.store(false, Ordering::Release);
        }
        // Full: the thread has been told and has not looked yet.
        commits.try_send(()).ok();
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.committed = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Copies what is in the log, if enough has come since the last time.
fn copy(conn: &mut Conn, copied: &mut i64, nearly_done: &AtomicBool) -> QueryResult<()> {
    #[cfg_attr(not(feature = "postgres"), expect(irrefutable_let_patterns, reason = "one kind"))]
    let Conn::Sqlite(conn) = conn else { return Ok(()) };
    let now = state(conn, "NOOP")?.log;
    if now < *copied {
        *copied = 0;
    }
    // Where a long read keeps the log from beginning anew, it is not copied at every commit.
    if now - *copied < ENOUGH {
        return Ok(());
    }
    for _ in 0..ROUNDS {
        let done = state(conn, "PASSIVE")?;
        *copied = state(conn, "NOOP")?.log;
        if done.busy == 0 && *copied - done.checkpointed < FEW {
            break;
        }
    }
    nearly_done.store(true, Ordering::Release);
    Ok(())
}

fn state(conn: &mut SqliteConnection, mode: &str) -> QueryResult<Progress> {
    sql_query(format!("PRAGMA wal_checkpoint({mode})")).get_result(conn)
}
