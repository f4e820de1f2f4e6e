//! Reading a programme out, beside a running service: one moment, row by row.
//! Nothing is written to the database, and nothing is packed.

use diesel::prelude::*;
use serde_json::{Map, Value};

use super::{Balance, Counters, LEFT_OUT, Origin, TABLES, named};
use crate::{
    domain::{
        calendar::Instant,
        continuity::Named,
        ids::{ProgrammeId, Seq},
    },
    store::{
        backup::{
            Column, CopyError, columns,
            dump::{dialect, each, select},
        },
        connection::{Conn, Database, on_either},
        migrate,
        rows::{AccountRow, EventRow, HeadRow, ProgrammeRow},
        schema::{account, head, programme},
    },
};

/// A programme as it was at one moment.
pub struct ProgrammeCopy {
    conn: Conn,
    named: Named,
    origin: Origin,
}

/// What an event is copied with besides its row: the link before its own, whatever programme that
/// is of, and the lines that it wrote (account, amount, both totals after it).
const BESIDES: [&str; 2] = ["before", "postings"];

impl Database {
    /// Begins to read a programme out.
    ///
    /// # Errors
    /// When there is none of that number, or the database does not answer.
    pub fn copy_programme(
        &self,
        id: ProgrammeId,
        now: Instant,
    ) -> Result<ProgrammeCopy, CopyError> {
        let mut conn = Conn::open(&self.location)?;
        migrate::check(&mut conn)?;
        super::begin(&mut conn)?;
        let row: HeadRow = on_either!(&mut conn, conn => head::table.first(conn)?);
        let known: Option<ProgrammeRow> =
            on_either!(&mut conn, conn => programme::table.find(id.0).get_result(conn).optional()?);
        let known = known.ok_or(CopyError::NoProgramme(id))?;
        let end = row.domain().map_err(crate::store::load::Failure::from)?;
        let origin = Origin {
            schema: migrate::NEEDED.to_owned(),
            programme: id,
            name: known.name,
            made_at: now,
            seq: Seq(end.seq),
            hash: data_encoding::HEXLOWER.encode(&end.hash),
            counters: Counters::of(&end),
        };
        let named = named::read(&mut conn, id)?;
        Ok(ProgrammeCopy { conn, named, origin })
    }
}

impl ProgrammeCopy {
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Hands over the rows of a table of `TABLES`, one at a time, so that memory stays flat.
    ///
    /// # Errors
    /// When the database does not answer, or `take` takes no more.
    pub fn rows(
        &mut self,
        table: &str,
        take: &mut dyn FnMut(Map<String, Value>) -> Result<(), CopyError>,
    ) -> Result<(), CopyError> {
        let known = TABLES.iter().find(|(name, ..)| *name == table);
        let Some((name, key, pattern)) = known else {
            return Err(CopyError::Damaged(format!("table {table} does not go over")));
        };
        let columns = columns(&mut self.conn, name)?;
        let programme = self.origin.programme;
        if *name == "event" {
            return self.events(&columns, take);
        }
        let condition = named::condition(&self.conn, pattern, programme, &self.named);
        let sql = select(dialect(&self.conn), name, key, &columns, &condition);
        each(&mut self.conn, &sql, &mut |row| {
            let fields = columns.iter().zip(row).map(|(column, value)| {
                let stays = LEFT_OUT.iter().all(|out| *out != (*name, column.name.as_str()));
                (column.name.clone(), if stays { value } else { Value::Null })
            });
            take(fields.collect())
        })
    }

    /// Events of the programme, and of whom and what it names.
    fn events(
        &mut self,
        columns: &[Column],
        take: &mut dyn FnMut(Map<String, Value>) -> Result<(), CopyError>,
    ) -> Result<(), CopyError> {
        let (programme, named) = (self.origin.programme, &self.named);
        let sql = journal(&self.conn, columns, programme);
        let names = columns.iter().map(|column| column.name.as_str()).chain(BESIDES);
        let names: Vec<&str> = names.collect();
        each(&mut self.conn, &sql, &mut |row| {
            let names = names.iter().map(|name| (*name).to_owned());
            let fields: Map<String, Value> = names.zip(row).collect();
            let event = Archived::read(&Value::Object(fields.clone()))?.row.domain();
            let event = event.map_err(crate::store::load::Failure::from)?;
            if named.carries(programme, &event) { take(fields) } else { Ok(()) }
        })
    }

    /// What each account of the programme holds.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn balances(&mut self) -> Result<Vec<Balance>, CopyError> {
        let id = self.origin.programme.0;
        let rows: Vec<AccountRow> = on_either!(&mut self.conn, conn => account::table
            .filter(account::programme.eq(id))
            .order((account::organisation, account::funder, account::version, account::stage))
            .load(conn)?);
        let balance = |row: AccountRow| {
            let (key, account) = row.domain().map_err(crate::store::load::Failure::from)?;
            Ok(Balance {
                version: key.version,
                funder: key.funder,
                stage: key.stage,
                organisation: key.organisation,
                cents: account.balance().0,
            })
        };
        rows.into_iter().map(balance).collect()
    }
}

fn journal(conn: &Conn, columns: &[Column], programme: ProgrammeId) -> String {
    let names = columns.iter().map(|column| match (column.name.as_str(), conn) {
        ("hash", Conn::Sqlite(_)) => "lower(hex(e.hash))".to_owned(),
        #[cfg(feature = "postgres")]
        ("hash", Conn::Pg(_)) => "encode(e.hash, 'hex')".to_owned(),
        (name, _) => format!("e.{name}"),
    });
    let names = names.collect::<Vec<_>>().join(", ");
    let last = "FROM event b WHERE b.seq < e.seq ORDER BY b.seq DESC LIMIT 1";
    let line = "p.account, p.amount_cents, p.debit_after, p.credit_after";
    let which = format!("e.programme = {programme} OR e.programme IS NULL ORDER BY e.seq");
    match conn {
        Conn::Sqlite(_) => format!(
            "SELECT json_array({names}, (SELECT lower(hex(b.hash)) {last}), \
             json((SELECT json_group_array(json_array({line})) FROM \
             (SELECT * FROM posting WHERE event = e.seq ORDER BY line) p))) AS line \
             FROM event e WHERE {which}"
        ),
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => format!(
            "SELECT json_build_array({names}, (SELECT encode(b.hash, 'hex') {last}), \
             COALESCE((SELECT json_agg(json_build_array({line}) ORDER BY p.line) \
             FROM posting p WHERE p.event = e.seq), '[]'::json))::text AS line \
             FROM event e WHERE {which}"
        ),
    }
}

/// An event as it is copied.
pub(super) struct Archived {
    pub row: EventRow,
    /// The link before its own; none before the first event of a journal.
    pub before: Option<Vec<u8>>,
    /// Account, amount, and the account's totals after it.
    pub postings: Vec<[i64; 4]>,
}

impl Archived {
    pub fn read(value: &Value) -> Result<Self, CopyError> {
        let read = || {
            let number = |name: &str| value.get(name)?.as_i64();
            let maybe = |name: &str| value.get(name).and_then(Value::as_i64);
            let text = |name: &str| value.get(name)?.as_str();
            let bytes = |name| data_encoding::HEXLOWER.decode(text(name)?.as_bytes()).ok();
            let row = EventRow {
                seq: number("seq")?,
                kind: text("kind")?.to_owned(),
                occurred_at: number("occurred_at")?,
                recorded_at: number("recorded_at")?,
                day: number("day")?,
                actor: maybe("actor"),
                device: maybe("device"),
                programme: maybe("programme"),
                voucher: maybe("voucher"),
                previous: maybe("previous"),
                reverses: maybe("reverses"),
                content: text("content")?.to_owned(),
                hash: bytes("hash")?,
            };
            let postings = serde_json::from_value(value.get("postings")?.clone()).ok()?;
            Some(Self { row, before: bytes("before"), postings })
        };
        read().ok_or_else(|| CopyError::Archive("an event cannot be read".to_owned()))
    }
}
