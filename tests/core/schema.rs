//! Both databases have the same tables with the same columns, after all migrations.
//! No data.

use std::collections::BTreeMap;

use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_types::Text};
use pass_numerique::app::view::Location;

use crate::support::on_each_database;

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

const SQLITE: &str = "SELECT m.name || '.' || c.name AS place,
    c.type || CASE WHEN c.\"notnull\" OR c.pk THEN ' NOT NULL' ELSE '' END AS kind
    FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
    WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'";

#[cfg(feature = "postgres")]
const POSTGRES: &str = "SELECT table_name || '.' || column_name AS place,
    CASE data_type WHEN 'bigint' THEN 'INTEGER' WHEN 'text' THEN 'TEXT' WHEN 'bytea' THEN 'BLOB'
        ELSE data_type END || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS kind
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'";

#[test]
fn both_databases_have_the_same_tables_and_columns() {
    let schemas = std::cell::RefCell::new(Vec::new());
    on_each_database(|town| {
        let columns: Vec<Column> = match &town.location {
            Location::Sqlite(path) => {
                let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                diesel::sql_query(SQLITE).load(&mut conn).unwrap()
            }
            #[cfg(feature = "postgres")]
            Location::Postgres(url) => {
                let mut conn = diesel::PgConnection::establish(url).unwrap();
                diesel::sql_query(POSTGRES).load(&mut conn).unwrap()
            }
            #[cfg(not(feature = "postgres"))]
            Location::Postgres(_) => Vec::new(),
        };
        let schema: BTreeMap<_, _> = columns.into_iter().map(|c| (c.place, c.kind)).collect();
        assert!(schema.len() > 100, "{} columns", schema.len());
        schemas.borrow_mut().push(schema);
    });
    let schemas = schemas.into_inner();
    for other in &schemas[1..] {
        assert_eq!(&schemas[0], other);
    }
}
