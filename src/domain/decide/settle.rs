//! Deciding about runs: opened, filled, approved by another person, cancelled, exported.
//! What becomes of single payments is decided in `payments.rs`.

use super::{Decided, Desk, Stop, accounts::who};
use crate::domain::{
    calendar::Day,
    cents::Cents,
    command::{Command, Outcome},
    event::{Body, PaymentPrepared},
    ids::{OrganisationId, PayerAccountId, PaymentId, ProgrammeId, Seq, SettlementId},
    refusal::{Facts, Reason, Refusal},
    registry::Approval,
    settlement::{
        Amounts, BankAccount, LARGEST_STEP, Payee, RunState, SettleAsk, Settlement, Slice,
        WaitCause, WaitingPayee,
    },
};

impl Desk {
    pub(super) fn settlement(&mut self, command: &Command, ask: &SettleAsk) -> Decided {
        match ask {
            SettleAsk::EnterBankAccount { organisation, account } => {
                self.enter_bank_account(command, *organisation, account)
            }
            SettleAsk::ConfirmBankAccount { organisation, asked, confirmed } => {
                self.confirm_bank_account(command, *organisation, *asked, *confirmed)
            }
            SettleAsk::EnterPayerAccount { programme, account, minimum } => {
                self.enter_payer_account(command, *programme, account, *minimum)
            }
            SettleAsk::Open { programme, day, through } => {
                self.open_settlement(command, *programme, *day, *through)
            }
            SettleAsk::Fill { settlement, organisations } => {
                self.fill(command, *settlement, organisations)
            }
            SettleAsk::Finish { settlement } => {
                self.in_state(*settlement, &[RunState::Preparing])?;
                let body = Body::SettlementPrepared { settlement: *settlement };
                self.record_run(command, *settlement, body)
            }
            SettleAsk::Approve { settlement } => self.approve(command, *settlement),
            SettleAsk::Cancel { settlement } => {
                let before = [RunState::Preparing, RunState::Prepared, RunState::Approved];
                self.in_state(*settlement, &before)?;
                let body = Body::SettlementCancelled { settlement: *settlement };
                self.record_run(command, *settlement, body)
            }
            SettleAsk::Export { settlement, digest, file } => {
                self.in_state(*settlement, &[RunState::Approved])?;
                let (settlement, digest) = (*settlement, digest.clone());
                self.fold.effects.payment_files.insert(settlement, file.clone());
                let body = Body::SettlementExported { settlement, digest };
                self.record_run(command, settlement, body)
            }
            SettleAsk::Release { settlement, payments } => {
                self.release(command, *settlement, payments)
            }
            SettleAsk::Answer { settlement, lines } => {
                self.bank_answer(command, *settlement, lines)
            }
            SettleAsk::Confirm { settlement, payment, reference, day } => {
                self.confirm(command, *settlement, *payment, (reference, *day))
            }
        }
    }

    fn open_settlement(
        &mut self,
        command: &Command,
        programme: ProgrammeId,
        day: Day,
        through: Seq,
    ) -> Decided {
        let today = command.now.day(&self.programme(programme)?.terms.time_zone);
        who(command)?;
        if day >= today {
            let facts = Facts { day: Some(today), ..Facts::default() };
            return Err(Refusal::because(Reason::DayNotOver, facts).into());
        }
        self.found(through.0 <= self.fold.world.head.seq, "day")?;
        let books = &self.fold.world.books;
        let account = books.payer_accounts.get(&programme).ok_or(Reason::PayerAccountMissing)?;
        let (account, minimum): (PayerAccountId, Cents) = (account.id, account.minimum);
        let numbers = books.numbers.get(&programme).copied().unwrap_or_default();
        if numbers.open.is_some() {
            return Err(Reason::SettlementOpen.into());
        }
        let number = numbers.settlement + 1;
        let body = Body::SettlementOpened { number, day, through, account, minimum };
        let seq = self.record_programme(command, programme, body)?;
        Ok(Outcome::Added { seq, id: seq.0 })
    }

    /// Prepares a payment for each organisation, or says why it waits.
    fn fill(
        &mut self,
        command: &Command,
        id: SettlementId,
        organisations: &[OrganisationId],
    ) -> Decided {
        let run = self.in_state(id, &[RunState::Preparing])?.clone();
        let ordered = organisations.is_sorted_by(|one, next| one < next);
        let last = organisations.last().copied();
        let Some(last) = last.filter(|_| ordered && organisations.len() <= LARGEST_STEP) else {
            return Err(Refusal::field(Reason::RequestMalformed, "organisations").into());
        };
        if organisations.first().is_some_and(|first| *first <= run.filled_to) {
            return Err(Reason::SettlementAdvanced.into());
        }
        let mut waiting = Vec::new();
        for organisation in organisations {
            waiting.extend(self.prepare(command, &run, *organisation)?);
        }
        let body = Body::SettlementFilled { settlement: id, through: last, waiting };
        self.record_run(command, id, body)
    }

    fn prepare(
        &mut self,
        command: &Command,
        run: &Settlement,
        organisation: OrganisationId,
    ) -> Result<Option<WaitingPayee>, Stop> {
        let payee = (run.programme, organisation);
        let (slice, mut lines, held) = self.newly_earned(run, payee);
        let mut released: Vec<Seq> = Vec::new();
        for hold in self.fold.world.books.released(payee) {
            lines.plus(&hold.amounts);
            released.push(hold.redemption);
        }
        let mut reissues: Vec<PaymentId> = Vec::new();
        for failed in self.fold.world.books.standing(payee).filter(|payment| payment.open()) {
            lines.plus(&failed.owed);
            reissues.push(failed.id);
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let netted = self.fold.receivable(payee);
        let amount = Cents(lines.sum().0.saturating_sub(netted.sum().0));
        let account = self.fold.world.books.bank_accounts.get(&organisation);
        let ready = match self.cause(command, run, organisation, account) {
            None if amount < run.minimum => Err(WaitCause::BelowMinimum),
            None => account.map(|account| account.id).ok_or(WaitCause::NoBankAccount),
            Some(cause) => Err(cause),
        };
        let account = match ready {
            Ok(account) => account,
            Err(cause) => {
                return Ok(Some(WaitingPayee { organisation, cause, amount_cents: amount }));
            }
        };
        let numbers = self.fold.world.books.numbers.get(&run.programme);
        let number = numbers.copied().unwrap_or_default().payment + 1;
        let prepared = PaymentPrepared {
            settlement: run.id,
            organisation,
            number,
            account,
            slice,
            reissues,
            lines,
            netted,
            held,
            released,
        };
        let body = Body::PaymentPrepared(Box::new(prepared));
        self.record_programme(command, run.programme, body)?;
        Ok(None)
    }

    /// What stands of redemptions that no payment has yet, up to the end of the run's day, without
    /// those that are held; and which these are.
    fn newly_earned(&self, run: &Settlement, payee: Payee) -> (Option<Slice>, Amounts, Vec<Seq>) {
        let books = &self.fold.world.books;
        let after = books.paid_through.get(&payee).copied().unwrap_or(Seq(0));
        let loaded = books.unpaid.get(&payee).filter(|unpaid| unpaid.through == run.through);
        let slice = Slice { after, through: run.through };
        let Some(unpaid) = loaded.filter(|_| after < run.through) else {
            return (None, Amounts::default(), Vec::new());
        };
        let (mut amounts, mut held) = (unpaid.amounts.clone(), Vec::new());
        for hold in books.held(payee, slice) {
            amounts.less(&hold.amounts);
            held.push(hold.redemption);
        }
        if amounts.is_empty() {
            return (None, Amounts::default(), Vec::new());
        }
        (Some(slice), amounts, held)
    }

    fn cause(
        &self,
        command: &Command,
        run: &Settlement,
        organisation: OrganisationId,
        account: Option<&BankAccount>,
    ) -> Option<WaitCause> {
        let row = self.fold.world.organisations.get(&organisation);
        if row.is_none_or(|row| row.approval() != Approval::Approved) {
            return Some(WaitCause::NotApproved);
        }
        match account {
            None => Some(WaitCause::NoBankAccount),
            Some(account) if account.usable_from > command.now => Some(WaitCause::BankAccountNew),
            Some(account)
                if [account.entered_by, account.asked_by].contains(&Some(run.prepared_by)) =>
            {
                Some(WaitCause::BankAccountByPreparer)
            }
            Some(_) => None,
        }
    }

    fn approve(&mut self, command: &Command, id: SettlementId) -> Decided {
        let actor = who(command)?;
        let run = self.in_state(id, &[RunState::Prepared])?;
        if run.payments == 0 {
            return Err(Reason::SettlementEmpty.into());
        }
        if run.prepared_by == actor || run.people.contains(&actor) {
            return Err(Reason::AnotherPersonNeeded.into());
        }
        self.record_run(command, id, Body::SettlementApproved { settlement: id })
    }

    pub(super) fn record_run(
        &mut self,
        command: &Command,
        id: SettlementId,
        body: Body,
    ) -> Decided {
        let programme = self.run(id)?.programme;
        let seq = self.record_programme(command, programme, body)?;
        Ok(Outcome::Done { seq })
    }

    pub(super) fn run(&self, id: SettlementId) -> Result<&Settlement, Refusal> {
        let missing = || Refusal::field(Reason::NotFound, "settlement");
        self.fold.world.books.settlements.get(&id).ok_or_else(missing)
    }

    pub(super) fn in_state(
        &self,
        id: SettlementId,
        states: &[RunState],
    ) -> Result<&Settlement, Refusal> {
        let run = self.run(id)?;
        let fits = states.contains(&run.state);
        if fits { Ok(run) } else { Err(Reason::SettlementStateConflict.into()) }
    }
}
