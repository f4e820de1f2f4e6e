//! Deciding what became of payments: paid, rejected, returned later, or given up with their run.
//! No file of a bank is read here (`sepa`): the lines come as values.

use super::{Decided, Desk};
use crate::domain::{
    calendar::Day,
    command::{Command, Outcome},
    event::Body,
    ids::{PaymentId, Seq, SettlementId},
    plain::is_plain,
    refusal::{Reason, Refusal},
    settlement::{BankAnswer, LARGEST_ANSWER, PaidOrder, Payment, PaymentState, RunState},
};

const LONGEST_CODE: usize = 4;
/// What an accountant calls an order.
const LONGEST_REFERENCE: usize = 60;

impl Desk {
    /// All lines, or none: a line that was answered so before changes nothing.
    pub(super) fn bank_answer(
        &mut self,
        command: &Command,
        id: SettlementId,
        lines: &[(PaymentId, BankAnswer)],
    ) -> Decided {
        self.in_state(id, &[RunState::Exported])?;
        if !(1..=LARGEST_ANSWER).contains(&lines.len()) {
            return Err(Refusal::field(Reason::RequestMalformed, "lines").into());
        }
        let programme = self.run(id)?.programme;
        let by_funder = self.programme(programme)?.terms.paying_funder().is_some();
        let mut bodies = Vec::new();
        for (place, (payment, answer)) in lines.iter().enumerate() {
            let twice = lines.iter().take(place).any(|(before, _)| before == payment);
            if twice {
                return Err(about(Reason::AnswerContradicts, *payment).into());
            }
            // Who pays itself says with which order.
            if by_funder && *answer == BankAnswer::Paid {
                return Err(about(Reason::OrderReferenceNeeded, *payment).into());
            }
            bodies.extend(self.answered(id, *payment, answer)?);
        }
        let mut last = Seq(self.fold.world.head.seq);
        for body in bodies {
            let Outcome::Done { seq } = self.record_run(command, id, body)? else { continue };
            last = seq;
        }
        Ok(Outcome::Done { seq: last })
    }

    fn answered(
        &self,
        run: SettlementId,
        id: PaymentId,
        answer: &BankAnswer,
    ) -> Result<Option<Body>, Refusal> {
        let payment = self.payment(run, id)?;
        let (from, to, code) = match answer {
            BankAnswer::Paid => (PaymentState::InPayment, PaymentState::Paid, None),
            BankAnswer::Rejected(code) => {
                (PaymentState::InPayment, PaymentState::Rejected, code.clone())
            }
            BankAnswer::Returned(code) => {
                (PaymentState::Paid, PaymentState::Returned, code.clone())
            }
        };
        if payment.state == to {
            return Ok(None);
        }
        if payment.state != from {
            return Err(about(Reason::PaymentStateConflict, id));
        }
        let signs = |code: &String| {
            let length = (1..=LONGEST_CODE).contains(&code.len());
            length && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        if !code.as_ref().is_none_or(signs) {
            return Err(Refusal::field(Reason::RequestMalformed, "code"));
        }
        Ok(Some(match to {
            PaymentState::Paid => Body::PaymentPaid { payment: id },
            how => Body::PaymentFailed { payment: id, how, code },
        }))
    }

    /// Notes that the funder that pays venues itself has paid an order, with the reference that its
    /// accountant gave and the day.
    pub(super) fn confirm(
        &mut self,
        command: &Command,
        id: SettlementId,
        payment: PaymentId,
        (reference, day): (&str, Day),
    ) -> Decided {
        let run = self.in_state(id, &[RunState::Exported])?;
        let (from, programme) = (run.day, self.programme(run.programme)?);
        if programme.terms.paying_funder().is_none() {
            return Err(Reason::NotPaidByFunder.into());
        }
        let today = command.now.day(&programme.terms.time_zone);
        let reference = reference.trim();
        let length = (1..=LONGEST_REFERENCE).contains(&reference.chars().count());
        if !length || !is_plain(reference) {
            return Err(Refusal::field(Reason::RequestMalformed, "reference").into());
        }
        if day < from || day > today {
            return Err(Refusal::field(Reason::RequestMalformed, "day").into());
        }
        let body = self.answered(id, payment, &BankAnswer::Paid)?;
        let body = body.ok_or_else(|| about(Reason::PaymentStateConflict, payment))?;
        let order =
            PaidOrder { reference: reference.to_owned(), day, by: command.actor, at: command.now };
        self.fold.effects.paid_orders.insert(payment, order);
        self.record_run(command, id, body)
    }

    /// Gives back what payments of a cancelled run hold.
    pub(super) fn release(
        &mut self,
        command: &Command,
        id: SettlementId,
        payments: &[PaymentId],
    ) -> Decided {
        self.in_state(id, &[RunState::Cancelled])?;
        let mut last = Seq(self.fold.world.head.seq);
        for payment in payments.iter().take(LARGEST_ANSWER) {
            if self.payment(id, *payment)?.state != PaymentState::InPayment {
                continue;
            }
            let how = PaymentState::Cancelled;
            let body = Body::PaymentFailed { payment: *payment, how, code: None };
            let Outcome::Done { seq } = self.record_run(command, id, body)? else { continue };
            last = seq;
        }
        Ok(Outcome::Done { seq: last })
    }

    fn payment(&self, run: SettlementId, id: PaymentId) -> Result<&Payment, Refusal> {
        let payment = self.fold.world.books.payments.get(&id);
        let missing = || about(Reason::AnswerPaymentUnknown, id);
        payment.filter(|payment| payment.settlement == run).ok_or_else(missing)
    }
}

fn about(reason: Reason, payment: PaymentId) -> Refusal {
    Refusal::field(reason, &payment.to_string())
}
