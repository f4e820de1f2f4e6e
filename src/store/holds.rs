//! Held workshops: loaded, written, compared.
//! No rules: `decide/holds.rs` has them. Few rows: those that no signal showed have none.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{
    connection::{Conn, on_either},
    convert::{self, Unreadable},
    hold_schema::hold,
    load::Failure,
    wanted::Wanted,
};
use crate::domain::{
    hold::{Hold, HoldState},
    ids::*,
    settlement::Payee,
    world::{Effects, World},
};

pub(super) const TABLE: &str = "hold";

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = hold, treat_none_as_default_value = false)]
pub(super) struct HoldRow {
    pub redemption: i64,
    pub programme: i64,
    pub organisation: i64,
    pub venue: i64,
    pub voucher: i64,
    pub causes: String,
    pub amounts: String,
    pub taken_by: Option<i64>,
    pub state: String,
    pub decision: Option<i64>,
    pub left_out: i64,
    pub payment: Option<i64>,
    pub disputed_by: Option<i64>,
    pub disputed_at: Option<i64>,
    pub dispute: Option<String>,
    pub decided_at: Option<i64>,
    pub decided_by: Option<i64>,
    pub note: Option<String>,
}

impl HoldRow {
    fn of(row: &Hold) -> Result<Self, Unreadable> {
        Ok(Self {
            redemption: row.redemption.0,
            programme: row.programme.0,
            organisation: row.organisation.0,
            venue: row.venue.0,
            voucher: row.voucher.0,
            causes: convert::text(TABLE, &row.causes)?,
            amounts: convert::text(TABLE, &row.amounts)?,
            taken_by: row.taken_by.map(|id| id.0),
            state: row.state.code().to_owned(),
            decision: row.decision.map(|seq| seq.0),
            left_out: i64::from(row.left_out),
            payment: row.payment.map(|id| id.0),
            disputed_by: row.disputed_by.map(|id| id.0),
            disputed_at: None,
            dispute: None,
            decided_at: None,
            decided_by: None,
            note: None,
        })
    }

    pub fn state(&self) -> Result<HoldState, Unreadable> {
        let odd = || Unreadable { table: TABLE, what: "state".to_owned() };
        HoldState::from_code(&self.state).ok_or_else(odd)
    }

    fn domain(&self) -> Result<Hold, Unreadable> {
        Ok(Hold {
            redemption: Seq(self.redemption),
            programme: ProgrammeId(self.programme),
            organisation: OrganisationId(self.organisation),
            venue: VenueId(self.venue),
            voucher: VoucherId(self.voucher),
            causes: convert::json(TABLE, &self.causes)?,
            amounts: convert::json(TABLE, &self.amounts)?,
            taken_by: self.taken_by.map(UserId),
            state: self.state()?,
            decision: self.decision.map(Seq),
            left_out: self.left_out != 0,
            payment: self.payment.map(PaymentId),
            disputed_by: self.disputed_by.map(UserId),
        })
    }
}

/// Loads those that are decided about or undone.
pub(super) fn load(conn: &mut Conn, world: &mut World, wanted: &Wanted) -> Result<(), Failure> {
    for seq in &wanted.holds {
        let row: Option<HoldRow> =
            on_either!(conn, conn => hold::table.find(seq).get_result(conn).optional()?);
        if let Some(row) = row {
            world.books.holds.insert(Seq(*seq), row.domain()?);
        }
    }
    Ok(())
}

/// Loads what is held of a payee, and what was released and no payment has taken up.
pub(super) fn of_payee(conn: &mut Conn, world: &mut World, payee: Payee) -> Result<(), Failure> {
    let (programme, organisation) = payee;
    let rows: Vec<HoldRow> = on_either!(conn, conn => {
        let due = hold::state
            .eq("released")
            .and(hold::left_out.eq(1))
            .and(hold::payment.is_null());
        hold::table
            .filter(hold::programme.eq(programme.0))
            .filter(hold::organisation.eq(organisation.0))
            .filter(hold::state.eq("held").or(due))
            .load(conn)?
    });
    for row in rows {
        world.books.holds.insert(Seq(row.redemption), row.domain()?);
    }
    Ok(())
}

/// Writes what became of held workshops, and what was said to it.
pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let (created, changed) = (&effects.created.holds, &effects.changed.holds);
    for row in created.iter().filter_map(|seq| world.books.holds.get(seq)) {
        let row = HoldRow::of(row)?;
        on_either!(conn, conn => {
            diesel::insert_into(hold::table).values(&row).execute(conn)?
        });
    }
    for row in changed.difference(created).filter_map(|seq| world.books.holds.get(seq)) {
        let row = HoldRow::of(row)?;
        on_either!(conn, conn => {
            diesel::update(hold::table.find(row.redemption))
                .set((
                    hold::state.eq(&row.state),
                    hold::decision.eq(row.decision),
                    hold::left_out.eq(row.left_out),
                    hold::payment.eq(row.payment),
                    hold::causes.eq(&row.causes),
                    hold::disputed_by.eq(row.disputed_by),
                ))
                .execute(conn)?
        });
    }
    // A new question takes the place of an old answer.
    for reason in &effects.hold_reasons {
        on_either!(conn, conn => {
            diesel::update(hold::table.find(reason.redemption.0))
                .set((
                    hold::disputed_at.eq(Some(reason.at.0)),
                    hold::dispute.eq(Some(&reason.note)),
                    hold::decided_at.eq(None::<i64>),
                    hold::decided_by.eq(None::<i64>),
                    hold::note.eq(None::<String>),
                ))
                .execute(conn)?
        });
    }
    for ruling in &effects.hold_rulings {
        on_either!(conn, conn => {
            diesel::update(hold::table.find(ruling.redemption.0))
                .set((
                    hold::decided_at.eq(Some(ruling.at.0)),
                    hold::decided_by.eq(ruling.by.map(|id| id.0)),
                    hold::note.eq(Some(&ruling.note)),
                ))
                .execute(conn)?
        });
    }
    Ok(())
}

/// Held workshops that are not as the events say.
pub(super) fn differences(conn: &mut Conn, world: &World) -> Result<Vec<i64>, Failure> {
    let rows: Vec<HoldRow> = on_either!(conn, conn => hold::table.load(conn)?);
    let mut expected: BTreeMap<i64, &Hold> =
        world.books.holds.iter().map(|(seq, row)| (seq.0, row)).collect();
    let mut differing = Vec::new();
    for row in rows {
        let plain = HoldRow {
            disputed_at: None,
            dispute: None,
            decided_at: None,
            decided_by: None,
            note: None,
            ..row
        };
        let told = expected.remove(&plain.redemption).map(HoldRow::of).transpose()?;
        if told.as_ref() != Some(&plain) {
            differing.push(plain.redemption);
        }
    }
    differing.extend(expected.into_keys());
    Ok(differing)
}
