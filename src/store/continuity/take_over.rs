//! Putting a programme into a new database, in one transaction that ends with the audit.
//! No repair: an archive that is not whole, or contradicts itself, leaves nothing behind.

use std::collections::HashMap;

use diesel::{prelude::*, sql_query, sql_types::Text};
use serde_json::{Map, Value};

use super::{
    Lines, Origin, TABLES,
    replay::{Replay, unreadable},
};
use crate::{
    domain::{
        calendar::{Day, Instant},
        continuity::TakenOver,
        decide::LARGEST_LOSS,
        event::{Body, Event},
        ids::{ProgrammeId, Seq},
        key::KeyState,
        key_register::{VERIFIES_AFTER_DAYS, latest_day, utc_day},
        voucher::{Kid, payload::head as head_of},
        world::World,
    },
    store::{
        audit,
        backup::{
            Column, CopyError, columns,
            restore::{CHUNK_BYTES, CHUNK_ROWS, empty, insert, schema},
        },
        connection::{Conn, Database, on_either},
        migrate,
        schema::programme,
        writer,
    },
};

impl Database {
    /// Takes a programme over, and audits all before it is committed: the event that says so, and
    /// how many came before it.
    ///
    /// # Errors
    /// When this database is not new or in use, or the archive contradicts itself; nothing changes
    /// then.
    pub fn take_over(
        &self,
        origin: &Origin,
        digest: &str,
        last_seq: Option<Seq>,
        lines: &mut Lines<'_>,
        now: Instant,
    ) -> Result<(Seq, u64), CopyError> {
        let through = last_number(origin, last_seq)?;
        if origin.schema != migrate::NEEDED {
            return Err(schema(origin.schema.clone()));
        }
        let _lock = writer::lock(&self.location)?;
        let mut conn = Conn::open(&self.location)?;
        writer::begin(&mut conn)?;
        // What fails before COMMIT ends the connection, and with it what it had begun.
        fresh(&mut conn, origin.programme)?;
        let mut replay = Replay::new(&mut conn);
        replay.take(origin, lines)?;
        replay.compare_accounts(lines)?;
        let (events, fold) = (replay.events, std::mem::take(&mut replay.fold));
        let numbers = fold.world.vouchers.values();
        let numbers: HashMap<i64, i64> = numbers.map(|row| (row.id.0, row.number)).collect();
        for (table, ..) in TABLES {
            if !matches!(table, "event" | "account") {
                copy(&mut conn, table, &numbers, lines)?;
            }
        }
        let mut replay = Replay::new(&mut conn);
        replay.fold = fold;
        origin.counters.continue_in(&mut replay.fold.world.head);
        let taken =
            TakenOver { through, head: origin.hash.clone(), events, digest: digest.to_owned() };
        let seq = mark(&mut replay, origin, taken, now)?;
        retire(&mut replay, origin.made_at, now)?;
        let audit = audit::run(&mut conn)?;
        if !audit.differences.is_empty() {
            return Err(CopyError::Differs(Box::new(audit)));
        }
        conn.execute("COMMIT")?;
        Ok((seq, events))
    }
}

/// After which number the journal goes on.
fn last_number(origin: &Origin, known: Option<Seq>) -> Result<Seq, CopyError> {
    let last = known.unwrap_or(origin.seq);
    let most = origin.seq.0.saturating_add(LARGEST_LOSS);
    if (origin.seq.0..=most).contains(&last.0) {
        Ok(last)
    } else {
        Err(CopyError::LastSeq(origin.seq))
    }
}

/// A database that `migrate` has just made.
fn fresh(conn: &mut Conn, id: ProgrammeId) -> Result<(), CopyError> {
    match empty(conn) {
        Err(CopyError::NotEmpty) => {
            let there: i64 = on_either!(conn, conn => {
                programme::table.filter(programme::id.eq(id.0)).count().get_result(conn)?
            });
            Err(if there > 0 { CopyError::TakenBefore(id) } else { CopyError::NotFresh })
        }
        other => other,
    }
}

/// Copies the rows of a table. Vouchers have another place in the register, since those of other
/// programmes are not there.
fn copy(
    conn: &mut Conn,
    table: &str,
    numbers: &HashMap<i64, i64>,
    lines: &mut Lines<'_>,
) -> Result<(), CopyError> {
    let columns = columns(conn, table)?;
    let sql = insert(conn, table, &columns);
    let (mut chunk, mut held) = (String::new(), 0);
    let mut put = |chunk: &mut String, held: &mut usize| {
        if *held > 0 {
            chunk.push(']');
            on_either!(&mut *conn, conn => sql_query(&sql).bind::<Text, _>(&*chunk).execute(conn))
                .map_err(|cause| CopyError::Archive(format!("a row is not taken: {cause}")))?;
        }
        (*chunk, *held) = (String::new(), 0);
        Ok::<(), CopyError>(())
    };
    lines(table, &mut |line| {
        let mut row: Map<String, Value> = serde_json::from_str(line).map_err(unreadable)?;
        if table == "voucher" {
            let id = row.get("id").and_then(Value::as_i64).unwrap_or_default();
            let number = numbers.get(&id).copied().unwrap_or_default();
            row.insert("number".to_owned(), number.into());
        }
        chunk.push(if held == 0 { '[' } else { ',' });
        chunk.push_str(&ordered(table, &columns, row)?);
        held += 1;
        if held == CHUNK_ROWS || chunk.len() >= CHUNK_BYTES {
            put(&mut chunk, &mut held)?;
        }
        Ok(())
    })?;
    put(&mut chunk, &mut held)
}

/// A row as an array in the order of the columns: all of them, and no others.
fn ordered(
    table: &str,
    columns: &[Column],
    mut row: Map<String, Value>,
) -> Result<String, CopyError> {
    let values = columns.iter().map(|column| row.remove(&column.name));
    let values: Option<Vec<Value>> = values.collect();
    match values.filter(|_| row.is_empty()) {
        Some(values) => serde_json::to_string(&values).map_err(unreadable),
        None => Err(CopyError::Archive(format!("a row of {table} has other columns"))),
    }
}

/// Says where everything before comes from.
fn mark(
    replay: &mut Replay<'_>,
    origin: &Origin,
    taken: TakenOver,
    now: Instant,
) -> Result<Seq, CopyError> {
    let world = &replay.fold.world;
    let missing = || CopyError::Archive("its programme is not in it".to_owned());
    let programme = world.programmes.get(&origin.programme).ok_or_else(missing)?;
    let day = programme.open_day(now.day(&programme.terms.time_zone));
    let body = Body::ProgrammeTakenOver(taken);
    let seq = body.seq_after(world.head.seq);
    replay.add(own(seq, day, Some(origin.programme), body, now))?;
    Ok(seq)
}

const fn own(
    seq: Seq,
    day: Day,
    programme: Option<ProgrammeId>,
    body: Body,
    now: Instant,
) -> Event {
    Event {
        seq,
        occurred_at: now,
        recorded_at: now,
        day,
        actor: None,
        device: None,
        programme,
        voucher: None,
        body,
    }
}

/// What the old operator's keys have signed is honoured; nobody here signs with them, and what
/// they would sign from now on is not valid.
fn retire(replay: &mut Replay<'_>, made_at: Instant, now: Instant) -> Result<(), CopyError> {
    let world = &replay.fold.world;
    let active = world.keys.iter().filter(|(_, key)| key.state == KeyState::Active);
    let active: Vec<Kid> = active.map(|(kid, _)| *kid).collect();
    for kid in active {
        let last_day = latest_day(made_at);
        let last_expiry = last_expiry(&replay.fold.world, kid).unwrap_or(last_day).max(last_day);
        let verifies_until = last_expiry.plus(VERIFIES_AFTER_DAYS);
        let body = Body::KeyRetired { kid, last_day, verifies_until };
        let seq = body.seq_after(replay.fold.world.head.seq);
        replay.add(own(seq, utc_day(now), None, body, now))?;
    }
    Ok(())
}

fn last_expiry(world: &World, kid: Kid) -> Option<Day> {
    let own = world.vouchers.values();
    let own = own.filter(|voucher| head_of(&voucher.payload).is_some_and(|(_, by)| by == kid));
    own.map(|voucher| voucher.last_day).max()
}
