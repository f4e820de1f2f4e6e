//! Disputes of organisations: loaded with what they are about, written, compared.
//! No rules: `decide/disputes.rs` has them.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{
    connection::{Conn, on_either},
    convert::Unreadable,
    device_schema::conflict,
    dispute_schema::dispute,
    load::Failure,
    period_schema::{period, statement},
    schema::{event, redemption},
    settlement_schema::{payment, settlement},
    wanted::Wanted,
};
use crate::domain::{
    calendar::Instant,
    command::{Ask, Command},
    dispute::{About, Disputable, Dispute, DisputeAsk, DisputeState, NewDispute, Subject},
    ids::*,
    world::{Effects, World},
};

pub(super) const TABLE: &str = "dispute";

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = dispute, treat_none_as_default_value = false)]
pub(super) struct DisputeRow {
    pub id: i64,
    pub programme: i64,
    pub organisation: i64,
    pub about: String,
    pub subject: Option<i64>,
    pub voucher: Option<i64>,
    pub opened_by: i64,
    pub opened_at: i64,
    pub first_by: Option<i64>,
    pub state: String,
    pub decision: Option<i64>,
    pub correction: Option<i64>,
    pub decided_by: Option<i64>,
    pub decided_at: Option<i64>,
    pub reason: Option<String>,
    pub evidence: Option<String>,
    pub note: Option<String>,
}

impl DisputeRow {
    fn of(row: &Dispute) -> Self {
        Self {
            id: row.id.0,
            programme: row.programme.0,
            organisation: row.organisation.0,
            about: row.subject.about().code().to_owned(),
            subject: row.subject.number().map(|seq| seq.0),
            voucher: row.voucher.map(|id| id.0),
            opened_by: row.opened_by.0,
            opened_at: row.opened_at.0,
            first_by: row.first_by.map(|id| id.0),
            state: row.state.code().to_owned(),
            decision: row.decision.map(|seq| seq.0),
            correction: row.correction.map(|seq| seq.0),
            decided_by: row.decided_by.map(|id| id.0),
            decided_at: row.decided_at.map(|at| at.0),
            reason: None,
            evidence: None,
            note: None,
        }
    }

    pub fn state(&self) -> Result<DisputeState, Unreadable> {
        let odd = || Unreadable { table: TABLE, what: "state".to_owned() };
        DisputeState::from_code(&self.state).ok_or_else(odd)
    }

    pub fn subject(&self) -> Result<Subject, Unreadable> {
        let odd = || Unreadable { table: TABLE, what: "subject".to_owned() };
        let about = About::from_code(&self.about).ok_or_else(odd)?;
        Subject::of(about, self.subject.map(Seq)).ok_or_else(odd)
    }

    fn domain(&self) -> Result<Dispute, Unreadable> {
        Ok(Dispute {
            id: Seq(self.id),
            programme: ProgrammeId(self.programme),
            organisation: OrganisationId(self.organisation),
            subject: self.subject()?,
            voucher: self.voucher.map(VoucherId),
            opened_by: UserId(self.opened_by),
            opened_at: Instant(self.opened_at),
            first_by: self.first_by.map(UserId),
            state: self.state()?,
            decision: self.decision.map(Seq),
            correction: self.correction.map(Seq),
            decided_by: self.decided_by.map(UserId),
            decided_at: self.decided_at.map(Instant),
        })
    }
}

/// Loads what is asked about with what it touches; it goes before all else, since it names that.
pub(super) fn load(
    conn: &mut Conn,
    world: &mut World,
    wanted: &mut Wanted,
    commands: &[Command],
) -> Result<(), Failure> {
    for command in commands {
        let Ask::OrganisationDispute(ask) = &command.ask else { continue };
        wanted.users.extend(command.actor.map(|actor| actor.0));
        match ask {
            DisputeAsk::Open(new) => {
                wanted.organisations.insert(new.organisation.0);
                wanted.programmes.extend(new.programme.map(|id| id.0));
                same(conn, world, new)?;
                touched(wanted, new.subject);
                if let Some(found) = disputable(conn, new.subject)? {
                    wanted.programmes.insert(found.programme.0);
                    wanted.users.extend(found.first_by.map(|id| id.0));
                    world.disputes.subjects.insert(new.subject, found);
                }
            }
            DisputeAsk::Decide { dispute, .. } | DisputeAsk::Withdraw { dispute, .. } => {
                let row: Option<DisputeRow> = on_either!(conn, conn => {
                    dispute::table.find(dispute.0).get_result(conn).optional()?
                });
                let Some(row) = row else { continue };
                let row = row.domain()?;
                wanted.programmes.insert(row.programme.0);
                wanted.vouchers.extend(row.voucher.map(|id| id.0));
                touched(wanted, row.subject);
                world.disputes.rows.insert(row.id, row);
            }
        }
    }
    Ok(())
}

fn touched(wanted: &mut Wanted, subject: Subject) {
    match subject {
        Subject::Redemption(seq) => wanted.undo(seq),
        Subject::Conflict(seq) => wanted.conflicts.push(seq.0),
        Subject::Payment(_) | Subject::Statement(_) | Subject::Missing => {}
    }
}

/// Disputes about the same; of what is missing, the organisation's open ones.
fn same(conn: &mut Conn, world: &mut World, new: &NewDispute) -> Result<(), Failure> {
    let rows: Vec<DisputeRow> = match new.subject.number() {
        Some(number) => on_either!(conn, conn => {
            dispute::table
                .filter(dispute::about.eq(new.subject.about().code()))
                .filter(dispute::subject.eq(Some(number.0)))
                .filter(dispute::state.ne("withdrawn"))
                .load(conn)?
        }),
        None => on_either!(conn, conn => {
            dispute::table
                .filter(dispute::organisation.eq(new.organisation.0))
                .filter(dispute::about.eq(new.subject.about().code()))
                .filter(dispute::state.eq("open"))
                .load(conn)?
        }),
    };
    for row in rows {
        world.disputes.rows.insert(Seq(row.id), row.domain()?);
    }
    Ok(())
}

/// Whose it is, and who decided it.
fn disputable(conn: &mut Conn, subject: Subject) -> Result<Option<Disputable>, Failure> {
    let found: Option<(i64, i64, Option<i64>)> = match subject {
        Subject::Redemption(seq) => {
            let of: Option<(i64, i64)> = on_either!(conn, conn => {
                redemption::table
                    .find(seq.0)
                    .select((redemption::organisation, redemption::programme))
                    .get_result(conn)
                    .optional()?
            });
            let by: Option<Option<i64>> = on_either!(conn, conn => {
                event::table
                    .filter(event::reverses.eq(Some(seq.0)))
                    .select(event::actor)
                    .first(conn)
                    .optional()?
            });
            of.map(|(organisation, programme)| (organisation, programme, by.flatten()))
        }
        Subject::Conflict(seq) => on_either!(conn, conn => {
            conflict::table
                .find(seq.0)
                .select((conflict::organisation, conflict::programme, conflict::decided_by))
                .get_result(conn)
                .optional()?
        }),
        Subject::Payment(id) => on_either!(conn, conn => {
            payment::table
                .inner_join(settlement::table.on(settlement::id.eq(payment::settlement)))
                .filter(payment::id.eq(id.0))
                .select((payment::organisation, payment::programme, settlement::approved_by))
                .first(conn)
                .optional()?
        }),
        Subject::Statement(id) => on_either!(conn, conn => {
            statement::table
                .inner_join(period::table.on(period::id.eq(statement::period)))
                .filter(statement::id.eq(id.0))
                .select((statement::organisation, statement::programme, period::closed_by))
                .first(conn)
                .optional()?
        }),
        Subject::Missing => None,
    };
    Ok(found.map(|(organisation, programme, first_by)| Disputable {
        organisation: OrganisationId(organisation),
        programme: ProgrammeId(programme),
        first_by: first_by.map(UserId),
    }))
}

/// Writes disputes that were opened or settled, and what was said.
pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    let rows = effects.changed.disputes.iter();
    for row in rows.filter_map(|id| world.disputes.rows.get(id)).map(DisputeRow::of) {
        on_either!(conn, conn => {
            diesel::insert_into(dispute::table)
                .values(&row)
                .on_conflict(dispute::id)
                .do_nothing()
                .execute(conn)?;
            diesel::update(dispute::table.find(row.id))
                .set((
                    dispute::state.eq(&row.state),
                    dispute::decision.eq(row.decision),
                    dispute::correction.eq(row.correction),
                    dispute::decided_by.eq(row.decided_by),
                    dispute::decided_at.eq(row.decided_at),
                ))
                .execute(conn)?
        });
    }
    for words in &effects.dispute_words {
        on_either!(conn, conn => {
            diesel::update(dispute::table.find(words.dispute.0))
                .set((
                    dispute::reason.eq(Some(&words.reason)),
                    dispute::evidence.eq(words.evidence.as_ref()),
                ))
                .execute(conn)?
        });
    }
    for ruling in &effects.dispute_rulings {
        on_either!(conn, conn => {
            diesel::update(dispute::table.find(ruling.dispute.0))
                .set(dispute::note.eq(Some(&ruling.note)))
                .execute(conn)?
        });
    }
    Ok(())
}

/// Disputes that are not as the events say.
pub(super) fn differences(
    conn: &mut Conn,
    world: &World,
) -> Result<Vec<(&'static str, String, &'static str)>, Failure> {
    let rows: Vec<DisputeRow> = on_either!(conn, conn => dispute::table.load(conn)?);
    let mut expected: BTreeMap<i64, &Dispute> =
        world.disputes.rows.iter().map(|(seq, row)| (seq.0, row)).collect();
    let mut found = Vec::new();
    for row in rows {
        let plain = DisputeRow { reason: None, evidence: None, note: None, ..row };
        if expected.remove(&plain.id).map(DisputeRow::of).as_ref() != Some(&plain) {
            found.push((TABLE, plain.id.to_string(), "differs from its events"));
        }
    }
    found.extend(expected.into_keys().map(|id| (TABLE, id.to_string(), "is missing")));
    Ok(found)
}
