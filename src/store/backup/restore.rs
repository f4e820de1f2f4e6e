//! Putting a copy back into an empty database, in one transaction that ends with the audit.
//! No repair: a copy that is not whole, or differs from its own events, leaves nothing behind.

use std::io::{BufRead, Read as _};

use diesel::{prelude::*, sql_query, sql_types::Text};
use sha2::{Digest as _, Sha256};

use super::{
    super::{
        audit,
        connection::{Conn, Database},
        migrate, restored,
        rows::HeadRow,
        schema::head,
        writer,
    },
    Column, Copied, CopyError, FORMAT, Header, Kind, LONGEST_LINE, TABLES, Trailer, columns, count,
    on_either,
};
use crate::domain::calendar::Instant;

/// Rows, and bytes of them, that one statement inserts.
pub(in crate::store) const CHUNK_ROWS: usize = 500;
pub(in crate::store) const CHUNK_BYTES: usize = 1 << 20;

/// Reads and hashes what passes through.
struct Lines<'a> {
    from: &'a mut dyn BufRead,
    hash: Sha256,
}

impl Lines<'_> {
    fn next(&mut self) -> Result<String, CopyError> {
        let mut line = String::new();
        let read = (&mut *self.from).take(LONGEST_LINE).read_line(&mut line);
        read.map_err(|cause| CopyError::Damaged(cause.to_string()))?;
        if !line.ends_with('\n') {
            return Err(CopyError::Damaged("a line has no end".to_owned()));
        }
        self.hash.update(&line);
        line.pop();
        Ok(line)
    }

    /// The last line, which is not part of what it hashes.
    fn end(&mut self) -> Result<(), CopyError> {
        let sha256 = data_encoding::HEXLOWER.encode(&self.hash.clone().finalize());
        let trailer: Result<Trailer, _> = serde_json::from_str(&self.next()?);
        let rest = self.from.fill_buf().map_err(|cause| CopyError::Damaged(cause.to_string()))?;
        if rest.is_empty() && trailer.is_ok_and(|trailer| trailer.sha256 == sha256) {
            return Ok(());
        }
        Err(CopyError::Damaged("its last line does not fit what stands before it".to_owned()))
    }
}

impl Database {
    /// Puts a copy back, marks the database as restored, and audits it before all is committed.
    /// `progress` gets the rows done and their number.
    ///
    /// # Errors
    /// When this database is not empty or in use, or the copy is not whole; nothing changes then.
    pub fn restore(
        &self,
        from: &mut dyn BufRead,
        now: Instant,
        progress: &dyn Fn(u64, u64),
    ) -> Result<Copied, CopyError> {
        let _lock = writer::lock(&self.location)?;
        let mut lines = Lines { from, hash: Sha256::new() };
        let header = header(&mut lines)?;
        let mut conn = Conn::open(&self.location)?;
        writer::begin(&mut conn)?;
        // What fails before COMMIT ends the connection, and with it what it had begun.
        empty(&mut conn)?;
        conn.execute("DELETE FROM head")?;
        let total = header.tables.iter().map(|table| table.rows).sum();
        let mut done = 0;
        for content in &header.tables {
            let columns = columns(&mut conn, &content.name)?;
            if !columns.iter().map(|column| &column.name).eq(&content.columns) {
                return Err(schema(header.schema));
            }
            let sql = insert(&conn, &content.name, &columns);
            table(&mut conn, &sql, &mut lines, content.rows, &mut |rows| {
                done += rows;
                progress(done, total);
            })?;
            if count(&mut conn, &content.name)? != content.rows {
                let what = format!("table {} does not have its rows", content.name);
                return Err(CopyError::Damaged(what));
            }
        }
        lines.end()?;
        prove(&mut conn, &header)?;
        restored::mark(&mut conn, now, header.seq)?;
        conn.execute("COMMIT")?;
        let Header { seq, hash, made_at, .. } = header;
        Ok(Copied { seq, hash, rows: done, made_at })
    }
}

fn header(lines: &mut Lines<'_>) -> Result<Header, CopyError> {
    let line = lines.next()?;
    let first: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
    if first.get("format").and_then(serde_json::Value::as_str) != Some(FORMAT) {
        return Err(CopyError::Damaged("it does not begin as a backup of this program".to_owned()));
    }
    // The number first: the layout of another schema's header is its own.
    let found = first.get("schema").and_then(serde_json::Value::as_str).unwrap_or_default();
    if found != migrate::NEEDED {
        return Err(schema(found.to_owned()));
    }
    let header: Header =
        serde_json::from_str(&line).map_err(|cause| CopyError::Damaged(cause.to_string()))?;
    let names = header.tables.iter().map(|table| table.name.as_str());
    // Names go into statements: none but ours.
    if names.eq(TABLES.iter().map(|(name, _)| *name)) {
        Ok(header)
    } else {
        Err(schema(header.schema))
    }
}

pub(in crate::store) fn schema(found: String) -> CopyError {
    let needed = migrate::NEEDED;
    let advice = if found.as_str() < needed {
        "restore it with the program that made it, then run `migrate` with this one"
    } else {
        "use the program that made it, or a newer one"
    };
    CopyError::Schema { found, needed, advice }
}

/// A database that `migrate` has just made: the head of an empty journal, and nothing else.
pub(in crate::store) fn empty(conn: &mut Conn) -> Result<(), CopyError> {
    migrate::check(conn)?;
    let row: HeadRow = on_either!(conn, conn => head::table.first(conn)?);
    let mut rows = u64::try_from(row.seq).unwrap_or(1);
    for table in TABLES.iter().map(|(name, _)| *name).chain(["restored", "refresh_token"]) {
        if table != "head" {
            rows += count(conn, table)?;
        }
    }
    if rows == 0 { Ok(()) } else { Err(CopyError::NotEmpty) }
}

/// One statement for a JSON array of rows.
pub(in crate::store) fn insert(conn: &Conn, table: &str, columns: &[Column]) -> String {
    let value = |(place, Column { kind, .. }): (usize, &Column)| match (kind, conn) {
        (Kind::Number | Kind::Text, Conn::Sqlite(_)) => {
            format!("json_extract(value, '$[{place}]')")
        }
        (Kind::Bytes, Conn::Sqlite(_)) => format!("unhex(json_extract(value, '$[{place}]'))"),
        #[cfg(feature = "postgres")]
        (Kind::Number, Conn::Pg(_)) => format!("(value->>{place})::bigint"),
        #[cfg(feature = "postgres")]
        (Kind::Text, Conn::Pg(_)) => format!("value->>{place}"),
        #[cfg(feature = "postgres")]
        (Kind::Bytes, Conn::Pg(_)) => format!("decode(value->>{place}, 'hex')"),
    };
    let values = columns.iter().enumerate().map(value).collect::<Vec<_>>().join(", ");
    let names = columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
    let rows = match conn {
        Conn::Sqlite(_) => "json_each(?)",
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => "json_array_elements($1::json)",
    };
    format!("INSERT INTO {table} ({names}) SELECT {values} FROM {rows}")
}

fn table(
    conn: &mut Conn,
    sql: &str,
    lines: &mut Lines<'_>,
    rows: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<(), CopyError> {
    let mut left = rows;
    while left > 0 {
        let (mut chunk, mut held) = ("[".to_owned(), 0);
        while left > 0 && held < CHUNK_ROWS && chunk.len() < CHUNK_BYTES {
            if held > 0 {
                chunk.push(',');
            }
            chunk.push_str(&lines.next()?);
            (held, left) = (held + 1, left - 1);
        }
        chunk.push(']');
        on_either!(conn, conn => sql_query(sql).bind::<Text, _>(&chunk).execute(conn))
            .map_err(|cause| CopyError::Damaged(format!("a row is not taken: {cause}")))?;
        progress(u64::try_from(held).unwrap_or_default());
    }
    Ok(())
}

/// The journal ends where the copy says, and everything else follows from it.
fn prove(conn: &mut Conn, header: &Header) -> Result<(), CopyError> {
    let row: HeadRow = on_either!(conn, conn => head::table.first(conn)?);
    if row.seq != header.seq || data_encoding::HEXLOWER.encode(&row.hash) != header.hash {
        return Err(CopyError::Damaged("its journal does not end where it says".to_owned()));
    }
    let audit = audit::run(conn)?;
    if audit.differences.is_empty() { Ok(()) } else { Err(CopyError::Differs(Box::new(audit))) }
}
