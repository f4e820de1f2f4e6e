//! What the engine is compared with: raw one-row commits, and a redemption row by row.
//! No engine: plain diesel, as one would write it without thinking of speed.

use std::path::Path;

use diesel::{
    connection::SimpleConnection as _,
    prelude::*,
    r2d2::{ConnectionManager, CustomizeConnection, Pool, PooledConnection},
};
use pass_numerique::{domain::calendar::Instant, store::Location};

#[cfg(feature = "postgres")]
use crate::naive::on_postgres;
use crate::{naive::on_sqlite, town::Visit};

const SQLITE: &str = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; \
     PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536;";
/// Connections of the naive way's pool.
const POOL: u32 = 16;

pub fn sqlite(path: &Path) -> SqliteConnection {
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    conn.batch_execute(SQLITE).unwrap();
    conn
}

#[derive(Debug)]
struct Settings;

impl CustomizeConnection<SqliteConnection, diesel::r2d2::Error> for Settings {
    fn on_acquire(&self, conn: &mut SqliteConnection) -> Result<(), diesel::r2d2::Error> {
        conn.batch_execute(SQLITE).map_err(diesel::r2d2::Error::QueryError)
    }
}

/// A connection of either database, with the statements of a redemption one by one.
pub enum Client {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Pg(PgConnection),
}

#[derive(Clone)]
pub enum Clients {
    Sqlite(Pool<ConnectionManager<SqliteConnection>>),
    #[cfg(feature = "postgres")]
    Pg(Pool<ConnectionManager<PgConnection>>),
}

diesel::table! {
    raw_row (id) {
        id -> BigInt,
        body -> Binary,
    }
}

/// The table that raw commits go to.
pub const RAW: &str = "CREATE TABLE raw_row (id BIGINT NOT NULL PRIMARY KEY, body $BYTES NOT NULL)";

impl Client {
    pub fn of(location: &Location) -> Self {
        match location {
            Location::Sqlite(path) => Self::Sqlite(sqlite(path)),
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => Self::Pg(PgConnection::establish(url).unwrap()),
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => panic!("built without PostgreSQL"),
        }
    }

    /// One insert of one row of 100 bytes, in a commit of its own.
    pub fn insert_raw(&mut self, id: i64) {
        let row = (raw_row::id.eq(id), raw_row::body.eq(vec![0x5a_u8; 100]));
        let insert = diesel::insert_into(raw_row::table).values(row);
        match self {
            Self::Sqlite(conn) => insert.execute(conn),
            #[cfg(feature = "postgres")]
            Self::Pg(conn) => insert.execute(conn),
        }
        .unwrap();
    }

    /// Redemptions row by row, all in one commit.
    pub fn redeem(&mut self, visits: &[Visit], now: Instant) {
        match self {
            Self::Sqlite(conn) => conn.immediate_transaction(|conn| {
                visits.iter().try_for_each(|visit| on_sqlite::redeem(conn, *visit, now))
            }),
            #[cfg(feature = "postgres")]
            Self::Pg(conn) => conn.transaction(|conn| {
                visits.iter().try_for_each(|visit| on_postgres::redeem(conn, *visit, now))
            }),
        }
        .unwrap();
    }
}

impl Clients {
    pub fn of(location: &Location) -> Self {
        match location {
            Location::Sqlite(path) => {
                let pool = Pool::builder().max_size(POOL).connection_customizer(Box::new(Settings));
                Self::Sqlite(pool.build(ConnectionManager::new(path.to_string_lossy())).unwrap())
            }
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => {
                let pool = Pool::builder().max_size(POOL);
                Self::Pg(pool.build(ConnectionManager::new(url)).unwrap())
            }
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => panic!("built without PostgreSQL"),
        }
    }

    /// The naive way: a connection from the pool, and a transaction for one redemption.
    pub fn redeem(&self, visit: Visit, now: Instant) {
        match self {
            Self::Sqlite(pool) => {
                let mut conn: PooledConnection<_> = pool.get().unwrap();
                conn.immediate_transaction(|conn| on_sqlite::redeem(conn, visit, now))
            }
            #[cfg(feature = "postgres")]
            Self::Pg(pool) => {
                let mut conn: PooledConnection<_> = pool.get().unwrap();
                conn.transaction(|conn| on_postgres::redeem(conn, visit, now))
            }
        }
        .unwrap();
    }
}
