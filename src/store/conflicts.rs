//! Conflicts of workshops taken without network: loaded, written, listed, compared.
//! No rules: `decide/conflicts.rs` has them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::{
    connection::{Conn, on_either},
    convert::{self, Unreadable},
    device_schema::{conflict, conflict_against},
    load::Failure,
    wanted::Wanted,
};
use crate::domain::{
    calendar::Instant,
    conflict::{Conflict, Contested, Fate, Guaranteed},
    ids::*,
    world::{Effects, World},
};

pub(super) const TABLE: &str = "conflict";

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = conflict, treat_none_as_default_value = false)]
pub(super) struct ConflictRow {
    pub seq: i64,
    pub programme: i64,
    pub voucher: i64,
    pub device: i64,
    pub sequence: i64,
    pub hash: Vec<u8>,
    pub organisation: i64,
    pub venue: i64,
    pub month: i64,
    pub workshops: i64,
    pub typed: i64,
    pub content: String,
    pub occurred_at: i64,
    pub recorded_at: i64,
    pub fate: String,
    pub decision: Option<i64>,
    pub decided_at: Option<i64>,
    pub decided_by: Option<i64>,
    pub note: Option<String>,
}

impl ConflictRow {
    fn of(row: &Conflict) -> Result<Self, Unreadable> {
        let contested = &row.contested;
        Ok(Self {
            seq: row.seq.0,
            programme: row.programme.0,
            voucher: row.voucher.0,
            device: contested.device.0,
            sequence: i64::from(contested.sequence),
            hash: contested.hash.0.to_vec(),
            organisation: contested.organisation.0,
            venue: contested.venue.0,
            month: contested.month,
            workshops: i64::from(contested.workshops),
            typed: i64::from(contested.typed),
            content: convert::text(TABLE, contested)?,
            occurred_at: row.occurred_at.0,
            recorded_at: row.recorded_at.0,
            fate: row.fate.code().to_owned(),
            decision: row.fate.decision().map(|seq| seq.0),
            decided_at: None,
            decided_by: None,
            note: None,
        })
    }

    pub fn contested(&self) -> Result<Contested, Unreadable> {
        convert::json(TABLE, &self.content)
    }

    fn domain(&self) -> Result<Conflict, Unreadable> {
        let odd = || Unreadable { table: TABLE, what: "fate".to_owned() };
        Ok(Conflict {
            seq: Seq(self.seq),
            programme: ProgrammeId(self.programme),
            voucher: VoucherId(self.voucher),
            contested: self.contested()?,
            occurred_at: Instant(self.occurred_at),
            recorded_at: Instant(self.recorded_at),
            fate: Fate::from_parts(&self.fate, self.decision.map(Seq)).ok_or_else(odd)?,
        })
    }
}

/// Loads what is to be decided about, with what it touches and what its device has cost so far.
pub(super) fn load(conn: &mut Conn, world: &mut World, wanted: &mut Wanted) -> Result<(), Failure> {
    for seq in &wanted.conflicts {
        let row: Option<ConflictRow> =
            on_either!(conn, conn => conflict::table.find(seq).get_result(conn).optional()?);
        let Some(row) = row else { continue };
        wanted.programmes.insert(row.programme);
        wanted.vouchers.insert(row.voucher);
        wanted.organisations.insert(row.organisation);
        wanted.venues.insert(row.venue);
        wanted.money = true;
        let paid: Vec<(i64, i64)> = on_either!(conn, conn => conflict::table
            .filter(conflict::programme.eq(row.programme))
            .filter(conflict::device.eq(row.device))
            .filter(conflict::month.eq(row.month))
            .filter(conflict::fate.eq("paid"))
            .select((conflict::workshops, conflict::typed))
            .load(conn)?);
        let typed = paid.iter().filter(|(_, typed)| *typed != 0);
        let guaranteed = Guaranteed {
            workshops: paid.iter().map(|(workshops, _)| workshops).sum(),
            typed: typed.map(|(workshops, _)| workshops).sum(),
        };
        let exposure = (ProgrammeId(row.programme), DeviceId(row.device), row.month);
        world.guaranteed.insert(exposure, guaranteed);
        world.conflicts.insert(Seq(*seq), row.domain()?);
    }
    Ok(())
}

/// Writes what was opened and what was decided.
pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    for seq in &effects.created.conflicts {
        let Some(row) = world.conflicts.get(seq) else { continue };
        let against = row.contested.against.iter();
        let against: Vec<_> = against
            .map(|redemption| {
                let of = conflict_against::redemption.eq(redemption.0);
                (of, conflict_against::conflict.eq(seq.0))
            })
            .collect();
        let row = ConflictRow::of(row)?;
        on_either!(conn, conn => {
            diesel::insert_into(conflict::table).values(&row).execute(conn)?;
            for pair in against {
                diesel::insert_into(conflict_against::table).values(pair).execute(conn)?;
            }
        });
    }
    for seq in &effects.changed.conflicts {
        let Some(row) = world.conflicts.get(seq) else { continue };
        let (fate, decision) = (row.fate.code(), row.fate.decision().map(|seq| seq.0));
        on_either!(conn, conn => {
            diesel::update(conflict::table.find(seq.0))
                .set((conflict::fate.eq(fate), conflict::decision.eq(decision)))
                .execute(conn)?
        });
    }
    for ruling in &effects.rulings {
        on_either!(conn, conn => {
            diesel::update(conflict::table.find(ruling.conflict.0))
                .set((
                    conflict::decided_at.eq(Some(ruling.at.0)),
                    conflict::decided_by.eq(ruling.by.map(|id| id.0)),
                    conflict::note.eq(Some(&ruling.note)),
                ))
                .execute(conn)?
        });
    }
    Ok(())
}

/// Conflicts that are not as the events say.
pub(super) fn differences(conn: &mut Conn, world: &World) -> Result<Vec<i64>, Failure> {
    let rows: Vec<ConflictRow> = on_either!(conn, conn => conflict::table.load(conn)?);
    let pairs: Vec<(i64, i64)> = on_either!(conn, conn => conflict_against::table.load(conn)?);
    let mut against: HashMap<i64, BTreeSet<i64>> = HashMap::new();
    for (redemption, conflict) in pairs {
        against.entry(conflict).or_default().insert(redemption);
    }
    let mut expected: BTreeMap<i64, &Conflict> =
        world.conflicts.iter().map(|(seq, row)| (seq.0, row)).collect();
    let mut differing = Vec::new();
    for row in rows {
        let told = expected.remove(&row.seq);
        let plain = ConflictRow { decided_at: None, decided_by: None, note: None, ..row };
        let named: BTreeSet<i64> = told
            .iter()
            .flat_map(|row| &row.contested.against)
            .map(|redemption| redemption.0)
            .collect();
        let stored = against.remove(&plain.seq).unwrap_or_default();
        if told.map(ConflictRow::of).transpose()?.as_ref() != Some(&plain) || stored != named {
            differing.push(plain.seq);
        }
    }
    differing.extend(expected.into_keys());
    differing.extend(against.into_keys());
    Ok(differing)
}
