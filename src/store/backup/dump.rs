//! Copying a database out, beside a running service: one consistent moment, row by row.
//! Nothing is written to the database.

use std::io::{self, Write};

use diesel::{connection::DefaultLoadingMode, prelude::*, sql_query, sql_types::Text};
use sha2::{Digest as _, Sha256};

use super::{
    super::{
        connection::{Conn, Database},
        migrate,
        rows::HeadRow,
        schema::head,
    },
    Column, Content, Copied, CopyError, FORMAT, Header, Kind, TABLES, Trailer, columns, count,
    on_either,
};
use crate::domain::calendar::Instant;

/// Counts and hashes what passes through.
struct Lines<'a> {
    out: &'a mut dyn Write,
    hash: Sha256,
}

impl Lines<'_> {
    fn write(&mut self, line: &str) -> Result<(), CopyError> {
        self.hash.update(line);
        self.hash.update("\n");
        let written = self.out.write_all(line.as_bytes()).and_then(|()| self.out.write_all(b"\n"));
        written.map_err(CopyError::Write)
    }

    fn json(&mut self, value: &impl serde::Serialize) -> Result<(), CopyError> {
        let line = serde_json::to_string(value).map_err(io::Error::from);
        self.write(&line.map_err(CopyError::Write)?)
    }
}

impl Database {
    /// Copies everything but sessions and the mark of a restored database to `out`, as it was at
    /// one moment; writers go on meanwhile. `progress` gets the rows done and their number.
    ///
    /// # Errors
    /// When the database does not answer or `out` takes no more.
    pub fn dump(
        &self,
        out: &mut dyn Write,
        now: Instant,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Copied, CopyError> {
        let mut conn = Conn::open(&self.location)?;
        migrate::check(&mut conn)?;
        // On SQLite the first read fixes the moment: in WAL mode no writer waits for it.
        conn.execute(match conn {
            Conn::Sqlite(_) => "BEGIN",
            #[cfg(feature = "postgres")]
            Conn::Pg(_) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        })?;
        let (header, all) = header(&mut conn, now)?;
        let total = header.tables.iter().map(|table| table.rows).sum();
        let mut lines = Lines { out, hash: Sha256::new() };
        lines.json(&header)?;
        let mut done = 0;
        for ((name, key), columns) in TABLES.into_iter().zip(&all) {
            let sql = select(dialect(&conn), name, key, columns, "");
            each(&mut conn, &sql, &mut |row| {
                done += 1;
                if done % 1_000 == 0 {
                    progress(done, total);
                }
                lines.json(&row)
            })?;
        }
        conn.execute("ROLLBACK")?;
        if done != total {
            return Err(CopyError::Damaged(format!("{done} rows were read instead of {total}")));
        }
        progress(done, total);
        let sha256 = data_encoding::HEXLOWER.encode(&std::mem::take(&mut lines.hash).finalize());
        lines.json(&Trailer { sha256 })?;
        Ok(Copied { seq: header.seq, hash: header.hash, rows: done, made_at: now })
    }
}

fn header(conn: &mut Conn, now: Instant) -> Result<(Header, Vec<Vec<Column>>), CopyError> {
    let row: HeadRow = on_either!(conn, conn => head::table.first(conn)?);
    let (mut tables, mut all) = (Vec::new(), Vec::new());
    for (name, _) in TABLES {
        let columns = columns(conn, name)?;
        let names = columns.iter().map(|column| column.name.clone()).collect();
        tables.push(Content { name: name.to_owned(), columns: names, rows: count(conn, name)? });
        all.push(columns);
    }
    let header = Header {
        format: FORMAT.to_owned(),
        schema: migrate::NEEDED.to_owned(),
        made_at: now,
        seq: row.seq,
        hash: data_encoding::HEXLOWER.encode(&row.hash),
        tables,
    };
    Ok((header, all))
}

/// Which functions a database has.
#[derive(Clone, Copy)]
pub(in crate::store) enum Dialect {
    Sqlite,
    #[cfg(feature = "postgres")]
    Postgres,
}

pub(in crate::store) const fn dialect(conn: &Conn) -> Dialect {
    match conn {
        Conn::Sqlite(_) => Dialect::Sqlite,
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => Dialect::Postgres,
    }
}

/// Each row as a JSON array, of those that a condition leaves. Text is ordered by its bytes, as
/// SQLite does it anyway, so that the same rows come in the same order.
pub(in crate::store) fn select(
    dialect: Dialect,
    table: &str,
    key: &[&str],
    columns: &[Column],
    condition: &str,
) -> String {
    let values = columns.iter().map(|Column { name, kind }| match (kind, dialect) {
        (Kind::Bytes, Dialect::Sqlite) => format!("lower(hex({name}))"),
        #[cfg(feature = "postgres")]
        (Kind::Bytes, Dialect::Postgres) => format!("encode({name}, 'hex')"),
        (Kind::Number | Kind::Text, _) => name.clone(),
    });
    let values = values.collect::<Vec<_>>().join(", ");
    let order = key.iter().map(|name| {
        let text = columns.iter().any(|column| column.name == *name && column.kind == Kind::Text);
        match dialect {
            #[cfg(feature = "postgres")]
            Dialect::Postgres if text => format!("{name} COLLATE \"C\""),
            _ if text => format!("{name} COLLATE BINARY"),
            _ => (*name).to_owned(),
        }
    });
    let order = order.collect::<Vec<_>>().join(", ");
    match dialect {
        Dialect::Sqlite => {
            format!("SELECT json_array({values}) AS line FROM {table}{condition} ORDER BY {order}")
        }
        #[cfg(feature = "postgres")]
        Dialect::Postgres => {
            format!(
                "SELECT json_build_array({values})::text AS line FROM {table}{condition} \
                 ORDER BY {order}"
            )
        }
    }
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

pub(in crate::store) type Row = Vec<serde_json::Value>;

/// Hands over the rows of a statement, one at a time, so that memory stays flat.
pub(in crate::store) fn each(
    conn: &mut Conn,
    sql: &str,
    take: &mut dyn FnMut(Row) -> Result<(), CopyError>,
) -> Result<(), CopyError> {
    // Both databases space their JSON otherwise: read and written again it is the same text.
    let mut parsed = |line: QueryResult<Line>| {
        let row = serde_json::from_str(&line?.line);
        take(row.map_err(|cause| CopyError::Damaged(cause.to_string()))?)
    };
    match conn {
        Conn::Sqlite(conn) => {
            let mut rows = sql_query(sql).load_iter::<Line, DefaultLoadingMode>(conn)?;
            rows.try_for_each(&mut parsed)
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            use diesel::pg::PgRowByRowLoadingMode;
            let mut rows = sql_query(sql).load_iter::<Line, PgRowByRowLoadingMode>(conn)?;
            rows.try_for_each(&mut parsed)
        }
    }
}
