//! The migrations, embedded in the program, and the rule which schemas it works with.
//! No other queries.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connection::{Conn, OpenError, on_either};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
#[cfg(feature = "postgres")]
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The number of the newest migration this program knows.
pub(super) const NEEDED: &str = "0023";

fn migrations(conn: &Conn) -> EmbeddedMigrations {
    match conn {
        Conn::Sqlite(_) => SQLITE,
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => POSTGRES,
    }
}

/// Applies what is missing, and names it.
pub(super) fn run(conn: &mut Conn) -> Result<Vec<String>, OpenError> {
    let found = version(conn)?;
    if found.as_str() > NEEDED {
        return Err(mismatch(found));
    }
    let migrations = migrations(conn);
    on_either!(conn, conn => {
        let run = conn
            .run_pending_migrations(migrations)
            .map_err(|cause| OpenError::Migration(cause.to_string()))?;
        Ok(run.iter().map(ToString::to_string).collect())
    })
}

/// Refuses a schema that this program does not know.
pub(super) fn check(conn: &mut Conn) -> Result<(), OpenError> {
    let found = version(conn)?;
    if found == NEEDED { Ok(()) } else { Err(mismatch(found)) }
}

fn mismatch(found: String) -> OpenError {
    let advice = if found.as_str() > NEEDED {
        "use the program that made it, or a newer one"
    } else {
        "run `migrate`"
    };
    OpenError::Schema { found, needed: NEEDED.to_owned(), advice }
}

fn version(conn: &mut Conn) -> Result<String, OpenError> {
    on_either!(conn, conn => {
        let applied = conn
            .applied_migrations()
            .map_err(|cause| OpenError::Migration(cause.to_string()))?;
        let newest = applied.iter().map(ToString::to_string).max();
        Ok(newest.unwrap_or_else(|| "none".to_owned()).replace("none", "0000"))
    })
}
