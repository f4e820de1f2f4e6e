//! What is copied, and what is left out on purpose.
//! No restoring: the integration tests do it on both databases.

use diesel::{prelude::*, sql_query, sql_types::Text};

use super::{TABLES, columns};
use crate::store::{Database, Location, connection::Conn};

/// Log-ins and links end with the database that knew them, contacts are kept no longer than they
/// are needed; the mark and the last audit are about one copy alone; the months are summed anew
/// from the days; the list of migrations is the target's own.
const LEFT_OUT: [&str; 11] = [
    "account_token",
    "audit_run",
    "browser_session",
    "message",
    "refresh_token",
    "reminder",
    "restored",
    "short_link",
    "usage_month",
    "usage_rolled",
    "__diesel_schema_migrations",
];

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[test]
fn every_table_is_copied_or_left_out_on_purpose() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.sqlite");
    let location = Location::Sqlite(file.clone());
    Database::migrate(&location).unwrap();
    let mut conn = Conn::open(&location).unwrap();
    for (name, key) in TABLES {
        let columns = columns(&mut conn, name).unwrap();
        assert!(!columns.is_empty(), "there is no table {name}");
        assert!(key.iter().all(|key| columns.iter().any(|column| column.name == *key)), "{name}");
    }
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    let there: Vec<Name> = sql_query(sql).load(&mut conn).unwrap();
    let mut known: Vec<&str> = TABLES.iter().map(|(name, _)| *name).chain(LEFT_OUT).collect();
    known.sort_unstable();
    assert_eq!(there.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), known);
}
