//! A copy of all tables as lines of text, the same from either database: format, tables, errors.
//! No encryption and no files: `sys/sealed.rs` has them, `app/backup.rs` puts both together.

pub(super) mod dump;
pub(super) mod restore;
#[cfg(test)]
mod tests;

use std::io;

use diesel::{prelude::*, sql_query, sql_types::Text};
use serde::{Deserialize, Serialize};

use super::{
    audit::Audit,
    connection::{Conn, OpenError, on_either},
    load::Failure,
};
use crate::domain::{
    calendar::Instant,
    ids::{ProgrammeId, Seq},
};

/// What the first line says it is; another layout of lines gets another number.
const FORMAT: &str = "pass-numerique backup 1";
/// Bytes of one line at most: the longest there is, a published key set, has some thousand.
const LONGEST_LINE: u64 = 4 << 20;

/// Every table that is copied, with what orders its rows; one that refers to another comes later.
const TABLES: [(&str, &[&str]); 58] = [
    ("head", &["id"]),
    ("funder", &["id"]),
    ("issuer", &["id"]),
    ("organisation", &["id"]),
    ("venue", &["id"]),
    ("venue_detail", &["venue"]),
    ("device", &["id"]),
    ("record", &["device", "sequence", "hash"]),
    ("person", &["id"]),
    ("api_key", &["id"]),
    ("second_factor", &["person"]),
    ("recovery_code", &["person", "hash"]),
    ("looks", &["id"]),
    ("declaration", &["id"]),
    ("programme", &["id"]),
    ("programme_alert", &["programme", "kind"]),
    ("conflict", &["seq"]),
    ("conflict_against", &["redemption", "conflict"]),
    ("admission", &["programme", "venue"]),
    ("allocation", &["programme", "issuer"]),
    ("voucher", &["number"]),
    ("batch", &["seq"]),
    ("own_reference", &["voucher"]),
    ("printing", &["id"]),
    ("account", &["id"]),
    ("bank_account", &["id"]),
    ("payer_account", &["id"]),
    ("settlement", &["id"]),
    ("payment", &["id"]),
    ("settlement_waiting", &["settlement", "organisation"]),
    ("payment_file", &["settlement", "part"]),
    ("paid_order", &["payment"]),
    ("period", &["id"]),
    ("statement", &["id"]),
    ("statement_text", &["statement", "part"]),
    ("kept_file", &["name", "part"]),
    ("yearly_account", &["id"]),
    ("yearly_account_text", &["account", "part"]),
    ("event", &["seq"]),
    ("posting", &["event", "line"]),
    ("day_end", &["programme", "day"]),
    ("request", &["scope", "id"]),
    ("redemption", &["seq"]),
    ("refused_scan", &["scope", "request"]),
    ("failed_scan", &["organisation", "venue", "hour", "reason"]),
    ("workshop", &["programme", "version", "number"]),
    ("usage_day", &["day", "programme", "issuer", "venue", "territory", "service", "funder"]),
    ("voucher_key", &["kid"]),
    ("key_set", &["sequence"]),
    ("alarm", &["kid", "venue", "hour"]),
    ("hold", &["redemption"]),
    ("receipt_key", &["id"]),
    ("print_list", &["id"]),
    ("people", &["programme", "month", "issuer", "fact", "code"]),
    ("bank_account_asked", &["id"]),
    ("programme_export", &["id"]),
    ("dispute", &["id"]),
    ("watched", &["kind", "subject"]),
];

/// The first line: what the copy holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    format: String,
    /// The number of the newest migration.
    schema: String,
    made_at: Instant,
    /// The last event, and its link of the chain in hexadecimal.
    seq: i64,
    hash: String,
    tables: Vec<Content>,
}

/// One table: its lines follow in the order of the header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    name: String,
    columns: Vec<String>,
    rows: u64,
}

/// The last line: SHA-256 of all bytes before it, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    sha256: String,
}

/// What was copied, or put back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    pub seq: i64,
    /// Of the last event, in hexadecimal: of all journals only this one ends in it.
    pub hash: String,
    pub rows: u64,
    pub made_at: Instant,
}

/// Why a database was not copied, or a copy not put back; nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Failure(#[from] Failure),
    #[error("the backup cannot be written: {0}")]
    Write(io::Error),
    #[error("the backup is damaged or cut short: {0}")]
    Damaged(String),
    #[error("the backup has schema {found:?}, this program needs {needed}: {advice}")]
    Schema { found: String, needed: &'static str, advice: &'static str },
    #[error("the database already holds data: restore into a new one, made by `migrate`")]
    NotEmpty,
    #[error("the restored data differs from its own events: nothing was kept")]
    Differs(Box<Audit>),
    #[error("there is no programme {0} here")]
    NoProgramme(ProgrammeId),
    #[error("programme {0} is in this database already: take it over into a new one")]
    TakenBefore(ProgrammeId),
    #[error("this database is in use: take over into a new one, before the service first starts")]
    NotFresh,
    #[error("this is no archive of a programme in a format that this program knows: {0:?}")]
    Format(String),
    #[error("the archive ends at event {0}: the last number must be that or a little more")]
    LastSeq(Seq),
    #[error("the archive is damaged or was changed: {0}")]
    Archive(String),
}

impl From<diesel::result::Error> for CopyError {
    fn from(cause: diesel::result::Error) -> Self {
        Self::Failure(cause.into())
    }
}

/// How a column is written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
    /// In lower-case hexadecimal.
    Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub name: String,
    pub kind: Kind,
}

#[derive(QueryableByName)]
struct Declared {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// The columns of a table, as the database has them.
pub(super) fn columns(conn: &mut Conn, table: &str) -> Result<Vec<Column>, CopyError> {
    let declared: Vec<Declared> = match conn {
        Conn::Sqlite(conn) => {
            let sql = "SELECT name, type AS kind FROM pragma_table_info(?) ORDER BY cid";
            sql_query(sql).bind::<Text, _>(table).load(conn)?
        }
        #[cfg(feature = "postgres")]
        Conn::Pg(conn) => {
            let sql = "SELECT column_name::text AS name, data_type::text AS kind \
                 FROM information_schema.columns \
                 WHERE table_schema = current_schema() AND table_name = $1 \
                 ORDER BY ordinal_position";
            sql_query(sql).bind::<Text, _>(table).load(conn)?
        }
    };
    let columns = declared.into_iter().map(|Declared { name, kind }| {
        let kind = match kind.to_ascii_lowercase().as_str() {
            "integer" | "bigint" => Kind::Number,
            "text" => Kind::Text,
            "blob" | "bytea" => Kind::Bytes,
            _ => return Err(CopyError::Damaged(format!("column {name} of {table} is {kind}"))),
        };
        Ok(Column { name, kind })
    });
    columns.collect()
}

/// The rows of a table. Its name is one of `TABLES`, so that it may stand in the statement.
fn count(conn: &mut Conn, table: &str) -> Result<u64, CopyError> {
    use diesel::{dsl::sql, sql_types::BigInt};
    let counted = format!("(SELECT COUNT(*) FROM {table})");
    let rows: i64 = on_either!(conn, conn => {
        diesel::select(sql::<BigInt>(&counted)).get_result(conn)?
    });
    Ok(u64::try_from(rows).unwrap_or_default())
}
