//! Both databases have the same tables and columns, and can be taken down and put up again.
//! No data: `core` has that.

use std::{collections::BTreeMap, fs, path::Path};

use pass_numerique::app::view::{Database, Location};

use crate::support::{fresh_postgres, sql::Beside};

/// The type that a column means on both, and whether it may be empty.
type Columns = BTreeMap<String, (String, bool)>;

const SQLITE_COLUMNS: &str = "SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || \
    c.\"notnull\" AS text FROM sqlite_master m JOIN pragma_table_info(m.name) c \
    WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' \
    AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\'";
const POSTGRES_COLUMNS: &str = "SELECT table_name || ' ' || column_name || ' ' || data_type || \
    ' ' || CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS text \
    FROM information_schema.columns \
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

/// Every column by `table column`, with its type in SQLite's words.
fn columns(location: &Location) -> Columns {
    let (query, sqlite) = match location {
        Location::Sqlite(_) => (SQLITE_COLUMNS, true),
        Location::Postgres(_) => (POSTGRES_COLUMNS, false),
    };
    let row = |text: String| {
        let words: Vec<&str> = text.split(' ').collect();
        let kind = match words[2] {
            "bigint" if !sqlite => "INTEGER",
            "text" if !sqlite => "TEXT",
            "bytea" if !sqlite => "BLOB",
            other => other,
        };
        (format!("{} {}", words[0], words[1]), (kind.to_owned(), words[3] == "1"))
    };
    Beside::open(location).unwrap().texts(query).into_iter().map(row).collect()
}

/// Runs the migrations' own files, in their order or back.
fn run(location: &Location, file: &str) {
    let folder = match location {
        Location::Sqlite(_) => "migrations/sqlite",
        Location::Postgres(_) => "migrations/postgres",
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut all: Vec<_> = fs::read_dir(folder).unwrap().map(|one| one.unwrap().path()).collect();
    all.sort();
    if file == "down.sql" {
        all.reverse();
    }
    let mut beside = Beside::open(location).unwrap();
    for migration in all {
        let sql = fs::read_to_string(migration.join(file)).unwrap();
        beside.execute(&sql).unwrap_or_else(|why| panic!("{}: {why}", migration.display()));
    }
}

fn databases() -> (tempfile::TempDir, Vec<Location>) {
    let folder = tempfile::tempdir().unwrap();
    let file = Location::Sqlite(folder.path().join("test.sqlite"));
    let all: Vec<_> = std::iter::once(file).chain(fresh_postgres()).collect();
    for location in &all {
        Database::migrate(location).unwrap();
    }
    (folder, all)
}

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let (_folder, all) = databases();
    let found: Vec<Columns> = all.iter().map(columns).collect();
    assert!(found[0].len() > 100, "the columns were not found: {:?}", found[0]);
    for columns in &found {
        let odd: Vec<_> = columns
            .iter()
            .filter(|(_, (kind, _))| !["INTEGER", "TEXT", "BLOB"].contains(&kind.as_str()))
            .collect();
        assert!(odd.is_empty(), "types that do not mean the same on both: {odd:?}");
        let differ: Vec<_> = columns
            .iter()
            .filter(|(name, column)| found[0].get(*name) != Some(*column))
            .map(|(name, column)| (name, column, found[0].get(name)))
            .collect();
        assert!(differ.is_empty(), "{differ:?}");
        let missing: Vec<_> = found[0].keys().filter(|name| !columns.contains_key(*name)).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}

#[test]
fn every_migration_can_be_taken_back_and_done_again() {
    let (_folder, all) = databases();
    for location in &all {
        let before = columns(location);
        run(location, "down.sql");
        assert_eq!(columns(location), Columns::new(), "{location:?}: something is left");
        run(location, "up.sql");
        assert_eq!(columns(location), before);
    }
}
