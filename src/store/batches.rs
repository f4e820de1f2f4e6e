//! Batches: what their chunks need, what they change, and the ones that are not minted yet.
//! No rules: `decide/batch.rs` has them.

use diesel::{prelude::*, upsert::excluded};

use super::{
    connection::{Conn, Database, on_either, reading},
    convert::{self, Unreadable},
    load::Failure,
    reads::ReadError,
    rows::BatchRow,
    schema::batch,
};
use crate::domain::{
    access::Tenant,
    batch::Batch,
    ids::{IssuerId, ProgrammeId, Seq, UserId},
    view::{BatchView, Filter},
    world::{Effects, World},
};

impl BatchRow {
    fn domain(&self) -> Result<Batch, Unreadable> {
        Ok(Batch {
            seq: Seq(self.seq),
            programme: ProgrammeId(self.programme),
            version: convert::small("batch", self.version)?,
            issuer: IssuerId(self.issuer),
            agent: self.agent.map(UserId),
            workshops: convert::small("batch", self.workshops)?,
            count: convert::small("batch", self.count)?,
            stock: self.stock != 0,
            first_number: self.first_number,
            first_ordinal: self.first_ordinal,
            minted: convert::small("batch", self.minted)?,
        })
    }

    fn of(batch: &Batch) -> Self {
        Self {
            seq: batch.seq.0,
            programme: batch.programme.0,
            version: batch.version.into(),
            issuer: batch.issuer.0,
            agent: batch.agent.map(|id| id.0),
            workshops: batch.workshops.into(),
            count: batch.count.into(),
            stock: batch.stock.into(),
            first_number: batch.first_number,
            first_ordinal: batch.first_ordinal,
            minted: batch.minted.into(),
        }
    }
}

/// Loads the batches that chunks are of.
pub(super) fn load(conn: &mut Conn, world: &mut World, batches: &[i64]) -> Result<(), Failure> {
    for seq in batches {
        let row: Option<BatchRow> =
            on_either!(conn, conn => batch::table.find(seq).get_result(conn).optional()?);
        if let Some(row) = row {
            world.batches.insert(Seq(row.seq), row.domain()?);
        }
    }
    Ok(())
}

/// Writes batches that were opened or went on.
pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let changed = effects.changed.batches.iter().filter_map(|seq| world.batches.get(seq));
    for row in changed.map(BatchRow::of) {
        on_either!(conn, conn => {
            diesel::insert_into(batch::table)
                .values(&row)
                .on_conflict(batch::seq)
                .do_update()
                .set(batch::minted.eq(excluded(batch::minted)))
                .execute(conn)?
        });
    }
    Ok(())
}

/// Every batch, for the audit.
pub(super) fn all(conn: &mut Conn) -> Result<Vec<Batch>, Failure> {
    let rows: Vec<BatchRow> = on_either!(conn, conn => batch::table.load(conn)?);
    Ok(rows.iter().map(BatchRow::domain).collect::<Result<_, _>>()?)
}

impl Database {
    /// Batches with vouchers that are still to be minted, the oldest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open_batches(&self) -> Result<Vec<Batch>, ReadError> {
        let rows: Vec<BatchRow> = reading!(self, conn => batch::table
            .filter(batch::minted.lt(batch::count))
            .order(batch::seq)
            .load(conn))?;
        Ok(rows.iter().map(BatchRow::domain).collect::<Result<_, _>>()?)
    }

    pub fn batches(&self, filter: &Filter) -> Result<Vec<BatchView>, ReadError> {
        let own = match filter.within {
            Tenant::Any => None,
            Tenant::Issuer(own) => Some(own),
            _ => return Ok(Vec::new()),
        };
        let rows: Vec<BatchRow> = reading!(self, conn => {
            let mut query = batch::table.into_boxed();
            for issuer in [own, filter.issuer].into_iter().flatten() {
                query = query.filter(batch::issuer.eq(issuer.0));
            }
            if let Some(programme) = filter.programme {
                query = query.filter(batch::programme.eq(programme.0));
            }
            if let Some(id) = filter.id {
                query = query.filter(batch::seq.eq(id));
            }
            if let Some(after) = filter.after {
                query = query.filter(batch::seq.lt(after));
            }
            query.order(batch::seq.desc()).limit(i64::from(filter.limit)).load(conn)
        })?;
        let view = |row: BatchRow| {
            let batch = row.domain()?;
            Ok(BatchView {
                id: batch.seq,
                programme: batch.programme,
                issuer: batch.issuer,
                agent: batch.agent,
                workshops: batch.workshops,
                count: batch.count,
                minted: batch.minted,
                stock: batch.stock,
            })
        };
        rows.into_iter().map(view).collect()
    }
}
