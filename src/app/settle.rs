//! Paying venues: runs filled step by step, the file for the bank, and the bank's answer.
//! No rules (`domain/decide`) and no format (`domain/sepa`): each step is asked like any other.

use super::{
    orders,
    service::{Fault, Service},
};
use crate::{
    domain::{
        calendar::{Day, Instant},
        command::{Ask, Outcome},
        ids::{ProgrammeId, SettlementId, UserId},
        refusal::{Reason, Refusal},
        sepa::{self, Debtor, Order, Ordered, Reconciled, Transfer, end_to_end_id, message_id},
        settlement::{
            BankAnswer, LARGEST_ANSWER, LARGEST_STEP, NewAccount, RunState, SettleAsk, Settlement,
        },
    },
    store::{FileLine, PaymentFile},
};

/// Steps of a run that are taken while its preparer waits; the rest comes in the background.
const STEPS_AT_ONCE: u32 = 4;

/// A run's file as it was made.
pub struct KeptFile {
    pub name: String,
    pub text: String,
    /// A list of payment orders for a funder's accountant, instead of a file for the bank.
    pub orders: bool,
}

impl Service {
    /// What opens a run: everything up to the last event of the day.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn settlement_of(&self, programme: ProgrammeId, day: Day) -> Result<Ask, Fault> {
        let through = self.database.last_event_of(programme, day)?;
        Ok(Ask::Settle(SettleAsk::Open { programme, day, through }))
    }

    /// Goes on with every run that is not filled yet, or cancelled with payments to give up, until
    /// `go_on` says no; the number of steps.
    ///
    /// # Errors
    /// When the writer does not answer; what is left is done the next time.
    pub fn tend_settlements(&self, go_on: &dyn Fn() -> bool) -> Result<u64, Fault> {
        let mut steps = 0;
        for mut run in self.database.unfinished_settlements()? {
            while go_on() && self.step(&mut run)? {
                steps += 1;
            }
        }
        Ok(steps)
    }

    /// The first steps of one run, for whoever waits for it.
    ///
    /// # Errors
    /// As `tend_settlements`.
    pub fn begin_settlement(&self, id: SettlementId) -> Result<(), Fault> {
        let open = self.database.unfinished_settlements()?;
        let Some(mut run) = open.into_iter().find(|run| run.id == id) else { return Ok(()) };
        for _ in 0..STEPS_AT_ONCE {
            if !self.step(&mut run)? {
                break;
            }
        }
        Ok(())
    }

    /// One step of a run; whether there may be another.
    fn step(&self, run: &mut Settlement) -> Result<bool, Fault> {
        let settlement = run.id;
        let ask = if run.state == RunState::Cancelled {
            let payments = self.database.unanswered(settlement, LARGEST_STEP)?;
            if payments.is_empty() {
                return Ok(false);
            }
            SettleAsk::Release { settlement, payments }
        } else {
            let organisations =
                self.database.earners(run.programme, run.filled_to, LARGEST_STEP)?;
            match organisations.last() {
                Some(last) => {
                    run.filled_to = *last;
                    SettleAsk::Fill { settlement, organisations }
                }
                None => SettleAsk::Finish { settlement },
            }
        };
        let last = matches!(ask, SettleAsk::Finish { .. });
        match self.ask_bulk(self.clock.now(), Ask::Settle(ask))?.outcome {
            Outcome::Refused(refusal) => {
                let reason = refusal.reason;
                let others = [Reason::SettlementAdvanced, Reason::SettlementStateConflict];
                if !others.contains(&reason) {
                    tracing::error!(%settlement, %reason, "the run does not go on");
                }
                Ok(false)
            }
            _ => Ok(!last),
        }
    }

    /// The file of an approved run, and its SHA-256.
    ///
    /// # Errors
    /// When the database does not answer, or there is no such run.
    pub fn draw_payment_file(&self, id: SettlementId) -> Result<Ask, Fault> {
        let file = self.database.payment_file(id)?.ok_or(Fault::Refused(Reason::NotFound))?;
        let programme = file.settlement.programme;
        let zone = self.programme_zone(programme)?;
        let now = self.clock.now();
        let text = if self.paid_by_funder(programme)? {
            let payees = self.database.payees()?;
            orders::list(&file, &payees).map_err(|cause| Fault::Order(cause.to_string()))?
        } else {
            drawn(&file, now, now.day(&zone))?
        };
        let digest = sepa::digest(&text);
        Ok(Ask::Settle(SettleAsk::Export { settlement: id, digest, file: text }))
    }

    /// Whether a funder pays the programme's venues itself.
    fn paid_by_funder(&self, id: ProgrammeId) -> Result<bool, Fault> {
        let programme = self.database.programme(id)?;
        Ok(programme.is_some_and(|row| row.terms.paying_funder().is_some()))
    }

    fn programme_zone(&self, id: ProgrammeId) -> Result<crate::domain::calendar::Zone, Fault> {
        use crate::domain::{access::Tenant, view::Filter};
        let rows = self.database.programmes(&Filter::one(Tenant::Any, id.0))?;
        let row = rows.into_iter().next().ok_or(Fault::Refused(Reason::NotFound))?;
        Ok(row.terms.time_zone)
    }

    /// Takes a bank's answer to a run: all of it, or nothing. Sending it again changes nothing.
    ///
    /// # Errors
    /// When the database or the writer does not answer; a refusal is a value.
    pub fn take_bank_answer(
        &self,
        actor: UserId,
        id: SettlementId,
        text: &str,
    ) -> Result<Result<Reconciled, Refusal>, Fault> {
        let Some(file) = self.database.payment_file(id)? else {
            return Ok(Err(Reason::NotFound.into()));
        };
        let run = &file.settlement;
        if run.state != RunState::Exported || self.paid_by_funder(run.programme)? {
            return Ok(Err(Reason::SettlementStateConflict.into()));
        }
        let ordered: Vec<Ordered> = file.lines.iter().map(ordered).collect();
        let name = message_id(run.programme, run.number);
        let reconciled =
            sepa::read(text).and_then(|report| sepa::reconcile(&report, &name, &ordered));
        let reconciled = match reconciled {
            Ok(reconciled) => reconciled,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for lines in reconciled.answers.chunks(LARGEST_ANSWER) {
            let ask = SettleAsk::Answer { settlement: id, lines: lines.to_vec() };
            if let Outcome::Refused(refusal) = self.ask_as(Some(actor), Ask::Settle(ask))? {
                return Ok(Err(refusal));
            }
        }
        Ok(Ok(reconciled))
    }

    /// Takes it that every payment of a run without an answer was paid; how many those were.
    ///
    /// # Errors
    /// When the database or the writer does not answer; a refusal is a value.
    pub fn take_as_paid(
        &self,
        actor: UserId,
        id: SettlementId,
    ) -> Result<Result<u64, Refusal>, Fault> {
        let mut paid = 0;
        loop {
            let payments = self.database.unanswered(id, LARGEST_ANSWER)?;
            if payments.is_empty() {
                return Ok(Ok(paid));
            }
            let count = u64::try_from(payments.len()).unwrap_or(u64::MAX);
            let lines = payments.into_iter().map(|payment| (payment, BankAnswer::Paid)).collect();
            let ask = SettleAsk::Answer { settlement: id, lines };
            if let Outcome::Refused(refusal) = self.ask_as(Some(actor), Ask::Settle(ask))? {
                return Ok(Err(refusal));
            }
            paid += count;
        }
    }

    /// The file as it went to the bank.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn payment_file(&self, id: SettlementId) -> Result<Option<KeptFile>, Fault> {
        let Some(text) = self.database.payment_file_text(id)? else { return Ok(None) };
        let Some(file) = self.database.payment_file(id)? else { return Ok(None) };
        let run = file.settlement;
        let orders = self.paid_by_funder(run.programme)?;
        let name = message_id(run.programme, run.number);
        Ok(Some(KeptFile { name, text, orders }))
    }
}

fn ordered(line: &FileLine) -> Ordered {
    let payment = &line.payment;
    Ordered {
        id: payment.id,
        end_to_end_id: end_to_end_id(payment.programme, payment.number),
        amount: payment.amount(),
        state: payment.state,
    }
}

fn drawn(file: &PaymentFile, created_at: Instant, execution_day: Day) -> Result<String, Fault> {
    let run = &file.settlement;
    let missing = || Fault::Refused(Reason::PayerAccountMissing);
    let from: &NewAccount = file.account.account.as_ref().ok_or_else(missing)?;
    let mut transfers = Vec::with_capacity(file.lines.len());
    for line in &file.lines {
        let to = line.account.account.as_ref().ok_or_else(missing)?;
        let payment = &line.payment;
        let id = end_to_end_id(payment.programme, payment.number);
        transfers.push(Transfer {
            remittance: format!("PASS NUMERIQUE {id} {}", run.day),
            end_to_end_id: id,
            amount: payment.amount(),
            name: &to.holder,
            iban: &to.iban,
            bic: to.bic.as_ref(),
        });
    }
    let order = Order {
        message_id: message_id(run.programme, run.number),
        created_at,
        execution_day,
        debtor: Debtor { name: &from.holder, iban: &from.iban, bic: from.bic.as_ref() },
        transfers,
    };
    sepa::file(&order).map_err(|cause| Fault::Order(cause.to_string()))
}
