//! What the audit recomputes of paying: rows, slices, and that accounts hold what payments say.
//! No repair: it says what differs.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::prelude::*;

use super::{BankAccountRow, PayerAccountRow, PaymentRow, SettlementRow, WaitingRow, asked};
use crate::{
    domain::{
        apply::Fold,
        cents::Cents,
        event::Body,
        ids::*,
        ledger::{AccountKey, Stage},
        settlement::{Amounts, Payee, PaymentState},
        world::{Recorded, World},
    },
    store::{
        connection::{Conn, on_either},
        holds,
        load::Failure,
        periods,
        settlement_schema::*,
    },
};

/// Whose it is, who entered it and who asked for it, when, and from when on it is paid to.
type BankAccount = (i64, [Option<i64>; 2], i64, i64);

/// What the events said, one after the other.
#[derive(Default)]
pub struct Seen {
    bank_accounts: BTreeMap<i64, BankAccount>,
    payer_accounts: BTreeMap<i64, (i64, i64, i64)>,
    waiting: BTreeMap<(i64, i64), (String, i64)>,
    /// What was earned by redemptions that stand, and that no payment has taken.
    unpaid: HashMap<Payee, BTreeMap<Seq, Amounts>>,
    paid_through: HashMap<Payee, Seq>,
    owed: HashMap<PaymentId, Amounts>,
    /// Redemptions that somebody has to look at before they are paid.
    held: BTreeSet<Seq>,
    periods: periods::Seen,
    wrong: Vec<(&'static str, String)>,
}

type Differences = Vec<(&'static str, String)>;

impl Seen {
    /// Notes an event that was applied just now.
    pub fn note(&mut self, recorded: &Recorded, fold: &Fold) {
        let (event, world) = (&recorded.event, &fold.world);
        self.periods.note(recorded, world);
        match &event.body {
            Body::BankAccountEntered { organisation, usable_from, .. } => {
                let row = world.books.bank_accounts.get(organisation);
                let asked_by = row.and_then(|row| row.asked_by);
                let by = [event.actor, asked_by].map(|id| id.map(|id| id.0));
                let row = (organisation.0, by, event.occurred_at.0, usable_from.0);
                self.bank_accounts.insert(event.seq.0, row);
            }
            Body::PayerAccountEntered { minimum } => {
                let programme = event.programme.map_or(0, |id| id.0);
                let row = (programme, minimum.0, event.occurred_at.0);
                self.payer_accounts.insert(event.seq.0, row);
            }
            Body::SettlementFilled { settlement, waiting, .. } => {
                for one in waiting {
                    let row = (one.cause.code().to_owned(), one.amount_cents.0);
                    self.waiting.insert((settlement.0, one.organisation.0), row);
                }
            }
            // Redemptions, and conflicts that the guarantee paid.
            Body::Redeemed(_) | Body::ConflictDecided { .. } => {
                if matches!(&event.body, Body::Redeemed(redeemed) if !redeemed.held.is_empty()) {
                    self.held.insert(event.seq);
                }
                for row in recorded.postings.iter().filter(|row| row.key.stage == Stage::Earned) {
                    let Some(organisation) = row.key.organisation else { continue };
                    let unpaid = self.unpaid.entry((row.key.programme, organisation)).or_default();
                    let amounts = unpaid.entry(event.seq).or_default();
                    amounts.add(row.key.version, row.key.funder, row.amount);
                }
            }
            Body::RedemptionDisputed { redemption } => {
                self.held.insert(*redemption);
            }
            Body::HoldReleased { redemption } => {
                self.held.remove(redemption);
            }
            Body::Reversed { redemption } => {
                self.held.remove(redemption);
                if let Some(record) = world.redemptions.get(redemption) {
                    let payee = (record.programme, record.redeemed.organisation);
                    self.unpaid.entry(payee).or_default().remove(redemption);
                }
            }
            Body::PaymentPrepared(_) => self.note_payment(recorded),
            _ => {}
        }
        for id in &fold.effects.changed.payments {
            if let Some(payment) = world.books.payments.get(id) {
                self.owed.insert(*id, payment.owed.clone());
            }
        }
    }

    /// A payment is of all that stands in its slice and of what failed, to the cent.
    fn note_payment(&mut self, recorded: &Recorded) {
        let Body::PaymentPrepared(prepared) = &recorded.event.body else { return };
        let programme = recorded.event.programme.unwrap_or(ProgrammeId(0));
        let payee = (programme, prepared.organisation);
        let mut expected = Amounts::default();
        if let Some(slice) = prepared.slice {
            let before = self.paid_through.insert(payee, slice.through).unwrap_or(Seq(0));
            if before != slice.after {
                self.wrong.push(("payment", recorded.event.seq.to_string()));
            }
        }
        // All up to the end of the slice, with what was held before and is no more.
        let through = self.paid_through.get(&payee).copied().unwrap_or(Seq(0));
        let unpaid = self.unpaid.entry(payee).or_default();
        unpaid.retain(|redemption, amounts| {
            let stays = *redemption > through || self.held.contains(redemption);
            if !stays {
                expected.plus(amounts);
            }
            stays
        });
        for failed in &prepared.reissues {
            expected.plus(self.owed.get(failed).unwrap_or(&Amounts::default()));
        }
        if expected != prepared.lines {
            self.wrong.push(("payment", recorded.event.seq.to_string()));
        }
    }

    /// What is not as the events say: a place and a key each.
    pub fn differences(mut self, conn: &mut Conn, world: &World) -> Result<Differences, Failure> {
        let mut wrong = std::mem::take(&mut self.wrong);
        wrong.extend(std::mem::take(&mut self.periods).differences(conn, world)?);
        self.accounts(conn, &mut wrong)?;
        self.rows(conn, world, &mut wrong)?;
        self.balances(world, &mut wrong);
        let asked = asked::differences(conn, world)?;
        wrong.extend(asked.into_iter().map(|id| ("bank_account_asked", id.to_string())));
        let held = holds::differences(conn, world)?;
        wrong.extend(held.into_iter().map(|redemption| ("hold", redemption.to_string())));
        Ok(wrong)
    }

    fn accounts(&self, conn: &mut Conn, wrong: &mut Differences) -> Result<(), Failure> {
        let rows: Vec<BankAccountRow> = on_either!(conn, conn => bank_account::table.load(conn)?);
        let key = |row: &BankAccountRow| {
            let by = [row.entered_by, row.asked_by];
            (row.id, (row.organisation, by, row.entered_at, row.usable_from))
        };
        compare("bank_account", rows.iter().map(key).collect(), &self.bank_accounts, wrong);
        let rows: Vec<PayerAccountRow> = on_either!(conn, conn => payer_account::table.load(conn)?);
        let key =
            |row: &PayerAccountRow| (row.id, (row.programme, row.minimum_cents, row.entered_at));
        compare("payer_account", rows.iter().map(key).collect(), &self.payer_accounts, wrong);
        let rows: Vec<WaitingRow> = on_either!(conn, conn => settlement_waiting::table.load(conn)?);
        let row =
            |row: WaitingRow| ((row.settlement, row.organisation), (row.cause, row.amount_cents));
        let stored: BTreeMap<_, _> = rows.into_iter().map(row).collect();
        if stored != self.waiting {
            wrong.push(("settlement_waiting", "all".to_owned()));
        }
        Ok(())
    }

    fn rows(&self, conn: &mut Conn, world: &World, wrong: &mut Differences) -> Result<(), Failure> {
        let rows: Vec<SettlementRow> = on_either!(conn, conn => settlement::table.load(conn)?);
        let stored = rows.into_iter().map(|row| (row.id, row)).collect();
        let runs = world.books.settlements.values();
        let expected: Result<BTreeMap<i64, SettlementRow>, _> =
            runs.map(|run| SettlementRow::of(run).map(|row| (row.id, row))).collect();
        compare("settlement", stored, &expected?, wrong);
        let rows: Vec<PaymentRow> = on_either!(conn, conn => payment::table.load(conn)?);
        let stored = rows.into_iter().map(|row| (row.id, row)).collect();
        let payments = world.books.payments.values();
        let expected: Result<BTreeMap<i64, PaymentRow>, _> =
            payments.map(|row| PaymentRow::of(row).map(|row| (row.id, row))).collect();
        compare("payment", stored, &expected?, wrong);
        for run in world.books.settlements.values() {
            let parts: Vec<String> = on_either!(conn, conn => payment_file::table
                .filter(payment_file::settlement.eq(run.id.0))
                .order(payment_file::part)
                .select(payment_file::text)
                .load(conn)?);
            let text = parts.concat();
            let digest = (!text.is_empty()).then(|| crate::domain::sepa::digest(&text));
            if digest != run.digest {
                wrong.push(("payment_file", run.id.to_string()));
            }
        }
        Ok(())
    }

    /// Earned is what no payment has taken, with what is owed anew; in payment is what payments
    /// without an answer are of.
    fn balances(&self, world: &World, wrong: &mut Differences) {
        let mut expected: BTreeMap<AccountKey, i64> = BTreeMap::new();
        let mut expect = |stage, (programme, organisation): Payee, amounts: &Amounts| {
            for share in amounts.shares() {
                let (version, funder) = (share.version, share.funder);
                let organisation = Some(organisation);
                let key = AccountKey { programme, version, funder, stage, organisation };
                *expected.entry(key).or_default() += share.amount_cents.0;
            }
        };
        for (payee, unpaid) in &self.unpaid {
            for amounts in unpaid.values() {
                expect(Stage::Earned, *payee, amounts);
            }
        }
        for payment in world.books.payments.values() {
            let payee = (payment.programme, payment.organisation);
            if payment.state == PaymentState::InPayment {
                expect(Stage::InPayment, payee, &payment.lines);
            }
            expect(Stage::Earned, payee, &payment.owed);
        }
        expected.retain(|_, cents| *cents != 0);
        let held = world.accounts.iter().filter(|(key, row)| {
            matches!(key.stage, Stage::Earned | Stage::InPayment) && row.balance() != Cents::ZERO
        });
        let held: BTreeMap<AccountKey, i64> =
            held.map(|(key, row)| (*key, row.balance().0)).collect();
        for key in held.keys().chain(expected.keys()) {
            if held.get(key) != expected.get(key) {
                wrong.push(("payment", format!("{} of {:?}", key.stage.code(), key.organisation)));
            }
        }
    }
}

fn compare<Row: PartialEq>(
    place: &'static str,
    stored: BTreeMap<i64, Row>,
    expected: &BTreeMap<i64, Row>,
    wrong: &mut Differences,
) {
    for key in stored.keys().chain(expected.keys().filter(|key| !stored.contains_key(key))) {
        if stored.get(key) != expected.get(key) {
            wrong.push((place, key.to_string()));
        }
    }
}
