//! Loading what a batch touches of runs, payments and accounts.
//! No rules and no writes.

use std::collections::BTreeSet;

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use super::{BankAccountRow, PayerAccountRow, PaymentRow, SettlementRow, asked};
use crate::{
    domain::{
        cents::Cents,
        command::{Ask, Command},
        ids::*,
        settlement::{Amounts, Numbers, Payee, SettleAsk, Unpaid},
        world::World,
    },
    store::{
        connection::{Conn, on_either},
        holds,
        load::Failure,
        settlement_schema::*,
        wanted::Wanted,
    },
};

/// Loads it, and says which programmes and organisations come along with it.
pub fn load(
    conn: &mut Conn,
    world: &mut World,
    wanted: &mut Wanted,
    commands: &[Command],
) -> Result<(), Failure> {
    for command in commands {
        let Ask::Settle(ask) = &command.ask else { continue };
        wanted.money = true;
        match ask {
            SettleAsk::EnterBankAccount { organisation, .. } => {
                wanted.organisations.insert(organisation.0);
                bank_account(conn, world, *organisation)?;
                asked::load(conn, world, *organisation)?;
            }
            SettleAsk::ConfirmBankAccount { organisation, .. } => {
                wanted.organisations.insert(organisation.0);
                bank_account(conn, world, *organisation)?;
                let asked_by = asked::load(conn, world, *organisation)?;
                let people = [command.actor, asked_by];
                wanted.users.extend(people.into_iter().flatten().map(|id| id.0));
            }
            SettleAsk::EnterPayerAccount { programme, .. } => {
                wanted.programmes.insert(programme.0);
                payer_account(conn, world, *programme)?;
            }
            SettleAsk::Open { programme, .. } => {
                wanted.programmes.insert(programme.0);
                payer_account(conn, world, *programme)?;
                numbers(conn, world, *programme)?;
            }
            SettleAsk::Fill { settlement, organisations } => {
                wanted.organisations.extend(organisations.iter().map(|id| id.0));
                fill(conn, world, wanted, *settlement, organisations)?;
            }
            SettleAsk::Finish { settlement }
            | SettleAsk::Approve { settlement }
            | SettleAsk::Cancel { settlement }
            | SettleAsk::Export { settlement, .. } => run(conn, world, wanted, *settlement)?,
            SettleAsk::Release { settlement, payments } => {
                run(conn, world, wanted, *settlement)?;
                answered(conn, world, wanted, &payments.iter().copied().collect())?;
            }
            SettleAsk::Confirm { settlement, payment, .. } => {
                run(conn, world, wanted, *settlement)?;
                answered(conn, world, wanted, &BTreeSet::from([*payment]))?;
            }
            SettleAsk::Answer { settlement, lines } => {
                run(conn, world, wanted, *settlement)?;
                answered(conn, world, wanted, &lines.iter().map(|(id, _)| *id).collect())?;
            }
        }
    }
    undone(conn, world, commands)
}

fn run(
    conn: &mut Conn,
    world: &mut World,
    wanted: &mut Wanted,
    id: SettlementId,
) -> Result<(), Failure> {
    let row: Option<SettlementRow> =
        on_either!(conn, conn => settlement::table.find(id.0).get_result(conn).optional()?);
    if let Some(row) = row {
        wanted.programmes.insert(row.programme);
        world.books.settlements.insert(id, row.domain()?);
        numbers(conn, world, ProgrammeId(row.programme))?;
    }
    Ok(())
}

fn numbers(conn: &mut Conn, world: &mut World, programme: ProgrammeId) -> Result<(), Failure> {
    use diesel::dsl::max;
    let (run, payment, open): (Option<i64>, Option<i64>, Option<SettlementRow>) = on_either!(
        conn,
        conn => (
            settlement::table
                .filter(settlement::programme.eq(programme.0))
                .select(max(settlement::number))
                .first(conn)?,
            payment::table
                .filter(payment::programme.eq(programme.0))
                .select(max(payment::number))
                .first(conn)?,
            settlement::table
                .filter(settlement::programme.eq(programme.0))
                .filter(settlement::state.eq_any(["preparing", "prepared", "approved"]))
                .first(conn)
                .optional()?,
        )
    );
    let numbers = Numbers {
        settlement: run.unwrap_or_default(),
        payment: payment.unwrap_or_default(),
        open: open.map(|row| SettlementId(row.id)),
    };
    world.books.numbers.insert(programme, numbers);
    Ok(())
}

fn bank_account(conn: &mut Conn, world: &mut World, of: OrganisationId) -> Result<(), Failure> {
    let row: Option<BankAccountRow> = on_either!(conn, conn => bank_account::table
        .filter(bank_account::organisation.eq(of.0))
        .order(bank_account::id.desc())
        .first(conn)
        .optional()?);
    if let Some(row) = row {
        world.books.bank_accounts.insert(of, row.domain()?);
    }
    Ok(())
}

fn payer_account(conn: &mut Conn, world: &mut World, of: ProgrammeId) -> Result<(), Failure> {
    let row: Option<PayerAccountRow> = on_either!(conn, conn => payer_account::table
        .filter(payer_account::programme.eq(of.0))
        .order(payer_account::id.desc())
        .first(conn)
        .optional()?);
    if let Some(row) = row {
        world.books.payer_accounts.insert(of, row.domain()?);
    }
    Ok(())
}

fn fill(
    conn: &mut Conn,
    world: &mut World,
    wanted: &mut Wanted,
    settlement: SettlementId,
    organisations: &[OrganisationId],
) -> Result<(), Failure> {
    run(conn, world, wanted, settlement)?;
    let Some((programme, through)) =
        world.books.settlements.get(&settlement).map(|run| (run.programme, run.through))
    else {
        return Ok(());
    };
    for organisation in organisations {
        let payee = (programme, *organisation);
        bank_account(conn, world, *organisation)?;
        standing(conn, world, payee)?;
        holds::of_payee(conn, world, payee)?;
        let after = paid_through(conn, payee)?;
        world.books.paid_through.insert(payee, after);
        let amounts = unpaid(conn, payee, (after, through))?;
        world.books.unpaid.insert(payee, Unpaid { through, amounts });
    }
    Ok(())
}

/// The payments of a payee that are in payment, or failed and not taken up.
fn standing(conn: &mut Conn, world: &mut World, payee: Payee) -> Result<(), Failure> {
    let (programme, organisation) = payee;
    let rows: Vec<PaymentRow> = on_either!(conn, conn => payment::table
        .filter(payment::programme.eq(programme.0))
        .filter(payment::organisation.eq(organisation.0))
        .filter(payment::state.ne("paid"))
        .filter(payment::reissued_in.is_null())
        .load(conn)?);
    for row in rows {
        world.books.keep(row.domain()?);
    }
    Ok(())
}

fn paid_through(conn: &mut Conn, (programme, of): Payee) -> Result<Seq, Failure> {
    let last: Option<i64> = on_either!(conn, conn => payment::table
        .filter(payment::programme.eq(programme.0))
        .filter(payment::organisation.eq(of.0))
        .select(diesel::dsl::max(payment::through_seq))
        .first(conn)?);
    Ok(Seq(last.unwrap_or_default()))
}

#[derive(QueryableByName)]
struct EarnedLine {
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = BigInt)]
    funder: i64,
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

/// What was earned in a slice, as its events posted it: by redemptions that stand, and by
/// conflicts that the guarantee paid.
fn unpaid(
    conn: &mut Conn,
    (programme, organisation): Payee,
    (after, through): (Seq, Seq),
) -> Result<Amounts, Failure> {
    let text = format!(
        "SELECT account.version AS version, account.funder AS funder, \
             CAST(SUM(posting.amount_cents) AS BIGINT) AS cents \
         FROM (SELECT seq FROM redemption \
             WHERE organisation = {organisation} AND programme = {programme} \
                 AND seq > {after} AND seq <= {through} \
                 AND NOT EXISTS (SELECT 1 FROM event WHERE event.reverses = redemption.seq) \
             UNION ALL SELECT decision FROM conflict \
             WHERE organisation = {organisation} AND programme = {programme} \
                 AND fate = 'paid' AND decision > {after} AND decision <= {through}) AS earning \
         JOIN posting ON posting.event = earning.seq \
         JOIN account ON account.id = posting.account \
         WHERE account.stage = 'earned' \
         GROUP BY account.version, account.funder"
    );
    let lines: Vec<EarnedLine> = on_either!(conn, conn => sql_query(text).load(conn)?);
    let mut amounts = Amounts::default();
    for line in lines {
        let version = crate::store::convert::small("account", line.version)?;
        amounts.add(version, FunderId(line.funder), Cents(line.cents));
    }
    Ok(amounts)
}

/// Payments that were answered or given up, with what else stands of their payees.
fn answered(
    conn: &mut Conn,
    world: &mut World,
    wanted: &mut Wanted,
    ids: &BTreeSet<PaymentId>,
) -> Result<(), Failure> {
    let mut payees = BTreeSet::new();
    for id in ids {
        if let Some(row) = one(conn, id.0)? {
            let payment = row.domain()?;
            payees.insert((payment.programme, payment.organisation));
            wanted.programmes.insert(payment.programme.0);
            wanted.organisations.insert(payment.organisation.0);
            world.books.keep(payment);
        }
    }
    for payee in payees {
        standing(conn, world, payee)?;
    }
    Ok(())
}

fn one(conn: &mut Conn, id: i64) -> Result<Option<PaymentRow>, Failure> {
    Ok(on_either!(conn, conn => payment::table.find(id).get_result(conn).optional()?))
}

/// The payment whose slice a redemption stands in, if there is one.
fn of_slice(
    conn: &mut Conn,
    (programme, of): Payee,
    redemption: Seq,
) -> Result<Option<PaymentRow>, Failure> {
    Ok(on_either!(conn, conn => payment::table
        .filter(payment::programme.eq(programme.0))
        .filter(payment::organisation.eq(of.0))
        .filter(payment::through_seq.ge(redemption.0))
        .order(payment::through_seq)
        .first(conn)
        .optional()?))
}

/// The payments of redemptions that are undone or disputed.
fn undone(conn: &mut Conn, world: &mut World, commands: &[Command]) -> Result<(), Failure> {
    for command in commands {
        let redemption = match &command.ask {
            Ask::Reverse(reverse) => reverse.redemption,
            Ask::Dispute { redemption, .. } | Ask::NotThere { redemption, .. } => *redemption,
            _ => continue,
        };
        let Some(record) = world.redemptions.get(&redemption) else { continue };
        let payee = (record.programme, record.redeemed.organisation);
        let left_out = world.books.holds.get(&redemption).filter(|hold| hold.left_out);
        let mut next = match left_out.map(|hold| hold.payment) {
            Some(Some(payment)) => one(conn, payment.0)?,
            Some(None) => None,
            None => of_slice(conn, payee, redemption)?,
        };
        while let Some(row) = next {
            let after = row.reissued_in;
            world.books.keep(row.domain()?);
            next = match after {
                Some(id) => one(conn, id)?,
                None => None,
            };
        }
    }
    Ok(())
}
