//! Statements beside the writer: what the program itself never does.
//! No assertions.

use diesel::{Connection as _, RunQueryDsl as _, connection::SimpleConnection as _};
use pass_numerique::app::view::Location;

/// A connection of the test's own.
pub enum Beside {
    Sqlite(diesel::SqliteConnection),
    #[cfg(feature = "postgres")]
    Pg(diesel::PgConnection),
}

impl Beside {
    /// # Errors
    /// When the server is not there.
    pub fn open(location: &Location) -> Result<Self, String> {
        Ok(match location {
            Location::Sqlite(path) => {
                let path = path.to_str().unwrap();
                let mut conn =
                    diesel::SqliteConnection::establish(path).map_err(|cause| cause.to_string())?;
                conn.batch_execute("PRAGMA busy_timeout = 60000").unwrap();
                Self::Sqlite(conn)
            }
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => {
                Self::Pg(diesel::PgConnection::establish(url).map_err(|cause| cause.to_string())?)
            }
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => return Err("SQLite only".to_owned()),
        })
    }

    pub fn execute(&mut self, sql: &str) -> Result<(), String> {
        let done = match self {
            Self::Sqlite(conn) => conn.batch_execute(sql),
            #[cfg(feature = "postgres")]
            Self::Pg(conn) => conn.batch_execute(sql),
        };
        done.map_err(|cause| cause.to_string())
    }

    /// The one whole number that a query gives.
    pub fn number(&mut self, query: &str) -> i64 {
        use diesel::{dsl::sql, sql_types::BigInt};
        let query = diesel::select(sql::<BigInt>(&format!("CAST(({query}) AS BIGINT)")));
        match self {
            Self::Sqlite(conn) => query.get_result(conn).unwrap(),
            #[cfg(feature = "postgres")]
            Self::Pg(conn) => query.get_result(conn).unwrap(),
        }
    }

    /// The texts that a query of one column gives.
    pub fn texts(&mut self, query: &str) -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        let query = diesel::sql_query(query);
        let rows: Vec<Row> = match self {
            Self::Sqlite(conn) => query.load(conn).unwrap(),
            #[cfg(feature = "postgres")]
            Self::Pg(conn) => query.load(conn).unwrap(),
        };
        rows.into_iter().map(|row| row.text).collect()
    }
}

/// # Errors
/// What the database says.
pub fn execute(location: &Location, sql: &str) -> Result<(), String> {
    Beside::open(location).unwrap().execute(sql)
}

pub fn number(location: &Location, query: &str) -> i64 {
    Beside::open(location).unwrap().number(query)
}
