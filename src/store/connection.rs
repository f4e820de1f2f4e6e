//! Which database a URL names, how it is opened, and the pool that reads go through.
//! No queries beyond the settings of a connection.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use diesel::{
    connection::SimpleConnection,
    prelude::*,
    r2d2::{ConnectionManager, Pool, R2D2Connection},
};

use super::migrate;

/// A database by its URL: `sqlite:PATH` or `postgres://…`.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    Sqlite(PathBuf),
    Postgres(String),
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            // A URL may hold a password.
            Self::Postgres(_) => f.write_str("postgres:…"),
        }
    }
}

/// Why a database cannot be used, in one sentence.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("unknown database {0:?}: expected sqlite:PATH or postgres://USER@HOST/NAME")]
    UnknownScheme(String),
    #[error("there is no database at {0}: `migrate` makes a new one")]
    Missing(String),
    #[error("the database cannot be opened: {0}")]
    Connection(#[from] diesel::ConnectionError),
    #[error("the database does not answer: {0}")]
    Query(#[from] diesel::result::Error),
    #[error("no connection to the database within the time limit: {0}")]
    Pool(#[from] diesel::r2d2::PoolError),
    #[error("SQLite {0} may lose commits: version 3.51.3 or later is needed")]
    SqliteTooOld(String),
    #[error("the schema is at version {found}, this program needs {needed}: {advice}")]
    Schema { found: String, needed: String, advice: &'static str },
    #[error("another program writes to this database: stop it first")]
    SecondWriter,
    #[error("a migration failed: {0}")]
    Migration(String),
    #[error("this program was built without PostgreSQL")]
    NoPostgres,
    #[error("the writer could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

impl FromStr for Location {
    type Err = OpenError;

    fn from_str(url: &str) -> Result<Self, OpenError> {
        match url.split_once(':') {
            Some(("sqlite", path)) if !path.is_empty() => {
                Ok(Self::Sqlite(path.strip_prefix("//").unwrap_or(path).into()))
            }
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            // What stands before the colon, since the rest may hold a password.
            _ => Err(OpenError::UnknownScheme(url.split(':').next().unwrap_or("").to_owned())),
        }
    }
}

/// One connection to either database.
pub(super) enum Conn {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Pg(PgConnection),
}

/// Runs one body on either connection: it is type-checked against both.
macro_rules! on_either {
    ($conn:expr, $name:ident => $body:expr) => {
        match $conn {
            $crate::store::connection::Conn::Sqlite($name) => $body,
            #[cfg(feature = "postgres")]
            $crate::store::connection::Conn::Pg($name) => $body,
        }
    };
}
pub(super) use on_either;

impl Conn {
    pub(super) fn open(location: &Location) -> Result<Self, OpenError> {
        match location {
            Location::Sqlite(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
                conn.batch_execute(SQLITE_SETTINGS)?;
                check_sqlite_version(&mut conn)?;
                Ok(Self::Sqlite(conn))
            }
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => {
                let mut conn = PgConnection::establish(url)?;
                conn.batch_execute(POSTGRES_SETTINGS)?;
                Ok(Self::Pg(conn))
            }
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => Err(OpenError::NoPostgres),
        }
    }

    /// The connection that the writer keeps.
    pub(super) fn open_writer(location: &Location) -> Result<Self, OpenError> {
        let mut conn = Self::open(location)?;
        conn.execute(match conn {
            Self::Sqlite(_) => SQLITE_WRITER_SETTINGS,
            #[cfg(feature = "postgres")]
            Self::Pg(_) => POSTGRES_WRITER_SETTINGS,
        })?;
        Ok(conn)
    }

    pub(super) fn execute(&mut self, sql: &str) -> QueryResult<()> {
        on_either!(self, conn => conn.batch_execute(sql))
    }
}

// The system keeps the file's pages in memory once, for all connections.
// Whoever waits for a lock is told before its caller's deadline, so that the batch's ids can
// still be looked up.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -4096;";
#[cfg(feature = "postgres")]
const POSTGRES_SETTINGS: &str = "SET lock_timeout = '5s'; SET synchronous_commit = on; \
     SET idle_in_transaction_session_timeout = '30s'; SET client_min_messages = warning;";

/// `checkpoint.rs` copies the log back, not some commit. A commit that has split a page looks
/// through all pages in the cache: with 64 MB that was a tenth of the writer's time.
const SQLITE_WRITER_SETTINGS: &str = "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -16384;";
/// The writer finds everything by key and says the same few things again and again: a plan is
/// made once, and one made while the tables were small is still right when they are not.
#[cfg(feature = "postgres")]
const POSTGRES_WRITER_SETTINGS: &str = "SET plan_cache_mode = force_generic_plan; \
     SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; \
     SET jit = off;";

fn check_sqlite_version(conn: &mut SqliteConnection) -> Result<(), OpenError> {
    use diesel::{dsl::sql, sql_types::Text};
    let version: String = diesel::select(sql::<Text>("sqlite_version()")).get_result(conn)?;
    let parts: Vec<u32> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    if parts.as_slice() < [3, 51, 3].as_slice() {
        return Err(OpenError::SqliteTooOld(version));
    }
    Ok(())
}

/// Prepares every connection of a read pool.
#[derive(Debug)]
struct Settings(&'static str);

impl<C: R2D2Connection + SimpleConnection + 'static>
    diesel::r2d2::CustomizeConnection<C, diesel::r2d2::Error> for Settings
{
    fn on_acquire(&self, conn: &mut C) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(self.0).map_err(diesel::r2d2::Error::QueryError)
    }
}

#[derive(Clone)]
enum Readers {
    Sqlite(Pool<ConnectionManager<SqliteConnection>>),
    #[cfg(feature = "postgres")]
    Pg(Pool<ConnectionManager<PgConnection>>),
}

/// An open database whose schema is the one this program knows.
#[derive(Clone)]
pub struct Database {
    pub(super) location: Location,
    readers: Readers,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.location.fmt(f)
    }
}

const READERS: u32 = 8;
const READER_TIMEOUT_MS: u64 = 5_000;

impl Database {
    /// Opens an existing database; its schema must be this program's.
    ///
    /// # Errors
    /// One sentence on what is wrong and what to do.
    pub fn open(location: &Location) -> Result<Self, OpenError> {
        if let Location::Sqlite(path) = location
            && !path.exists()
        {
            return Err(OpenError::Missing(path.display().to_string()));
        }
        let mut conn = Conn::open(location)?;
        migrate::check(&mut conn)?;
        Self::pooled(location)
    }

    /// Brings the schema up to date, making the database if it is not there.
    ///
    /// # Errors
    /// A database newer than this program is refused.
    pub fn migrate(location: &Location) -> Result<Vec<String>, OpenError> {
        let mut conn = Conn::open(location)?;
        migrate::run(&mut conn)
    }

    fn pooled(location: &Location) -> Result<Self, OpenError> {
        let timeout = Duration::from_millis(READER_TIMEOUT_MS);
        let readers = match location {
            Location::Sqlite(path) => Readers::Sqlite(
                Pool::builder()
                    .max_size(READERS)
                    .min_idle(Some(1))
                    .connection_timeout(timeout)
                    // A file does not hang up.
                    .test_on_check_out(false)
                    .connection_customizer(Box::new(Settings(SQLITE_SETTINGS)))
                    .build(ConnectionManager::new(path.to_string_lossy()))?,
            ),
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => Readers::Pg(
                Pool::builder()
                    .max_size(READERS)
                    .min_idle(Some(1))
                    .connection_timeout(timeout)
                    .connection_customizer(Box::new(Settings(POSTGRES_SETTINGS)))
                    .build(ConnectionManager::new(url))?,
            ),
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => return Err(OpenError::NoPostgres),
        };
        Ok(Self { location: location.clone(), readers })
    }

    /// Whether a look-up by key is answered on the very thread that asks, in some 10 µs: on SQLite,
    /// with a connection that nobody uses. PostgreSQL is asked over a network.
    #[must_use]
    pub fn has_reader_at_hand(&self) -> bool {
        match &self.readers {
            Readers::Sqlite(pool) => pool.state().idle_connections > 0,
            #[cfg(feature = "postgres")]
            Readers::Pg(_) => false,
        }
    }

    /// Runs queries on a pooled connection. What a primary key names is asked for by `get_result`:
    /// `first` adds a LIMIT with a bound value, for which SQLite makes a new plan each time.
    pub(super) fn read<T>(
        &self,
        on_sqlite: impl FnOnce(&mut SqliteConnection) -> QueryResult<T>,
        #[cfg(feature = "postgres")] on_pg: impl FnOnce(&mut PgConnection) -> QueryResult<T>,
    ) -> Result<T, OpenError> {
        match &self.readers {
            Readers::Sqlite(pool) => Ok(on_sqlite(&mut *pool.get()?)?),
            #[cfg(feature = "postgres")]
            Readers::Pg(pool) => Ok(on_pg(&mut *pool.get()?)?),
        }
    }
}

/// Runs one body of queries on a pooled connection of either database.
macro_rules! reading {
    ($database:expr, $name:ident => $body:expr) => {
        $database.read(
            |$name| $body,
            #[cfg(feature = "postgres")]
            |$name| $body,
        )
    };
}
pub(super) use reading;

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a reader is at hand while so many others read.
    fn beside(database: &Database, others: u32) -> bool {
        match others.checked_sub(1) {
            None => database.has_reader_at_hand(),
            Some(others) => reading!(database, _conn => Ok(beside(database, others))).unwrap(),
        }
    }

    #[test]
    fn a_reader_is_at_hand_unless_all_are_busy() {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Sqlite(folder.path().join("passes.sqlite"));
        Database::migrate(&location).unwrap();
        let database = Database::open(&location).unwrap();
        assert!(database.has_reader_at_hand());
        assert!(!beside(&database, READERS));
        assert!(database.has_reader_at_hand());
    }
}
