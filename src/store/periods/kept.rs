//! Files that stay as they were when they were first asked for.
//! No forms: whoever made them names them.

use diesel::{connection::Connection as _, prelude::*};

use crate::store::{
    connection::{Database, reading},
    period_schema::kept_file,
    reads::ReadError,
};

/// Bytes of a row.
const LONGEST_PART: usize = 1 << 20;

impl Database {
    /// The file of a name, if there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn kept_file(&self, name: &str) -> Result<Option<Vec<u8>>, ReadError> {
        let parts: Vec<Vec<u8>> = reading!(self, conn => kept_file::table
            .filter(kept_file::name.eq(name))
            .order(kept_file::part)
            .select(kept_file::bytes)
            .load(conn))?;
        Ok((!parts.is_empty()).then(|| parts.concat()))
    }

    /// Keeps a file under a name for ever: of two that come at once, the first one counts for
    /// both. What is kept.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn keep_file(&self, name: &str, bytes: Vec<u8>) -> Result<Vec<u8>, ReadError> {
        let rows: Vec<_> = (0_i64..)
            .zip(bytes.chunks(LONGEST_PART))
            .map(|(part, bytes)| {
                let (own, bytes) = (kept_file::name.eq(name), kept_file::bytes.eq(bytes.to_vec()));
                (own, kept_file::part.eq(part), bytes)
            })
            .collect();
        let first = reading!(self, conn => conn.transaction(|conn| {
            let mut inserted = 0;
            for row in &rows {
                inserted += diesel::insert_into(kept_file::table)
                    .values(row.clone())
                    .on_conflict_do_nothing()
                    .execute(conn)?;
                if inserted == 0 {
                    break;
                }
            }
            Ok::<_, diesel::result::Error>(inserted > 0)
        }))?;
        if first { Ok(bytes) } else { Ok(self.kept_file(name)?.unwrap_or(bytes)) }
    }
}
