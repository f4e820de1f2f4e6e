//! What events of paying do: runs and payments, and the money that they move.
//! No redemption is made or undone here (`redeem.rs`).

use super::{Fold, Inconsistent, post::account};
use crate::domain::{
    cents::Cents,
    event::{Body, Event, PaymentPrepared},
    ids::{
        BankAccountId, OrganisationId, PayerAccountId, PaymentId, ProgrammeId, SettlementId, UserId,
    },
    ledger::{Move, Stage},
    settlement::{
        Amounts, AskedAccount, AskedState, BankAccount, Payee, PayerAccount, Payment, PaymentState,
        RunState, Settlement,
    },
};

impl Fold {
    pub(super) fn apply_settlement(
        &mut self,
        event: &Event,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        match &event.body {
            Body::BankAccountEntered { .. } | Body::PayerAccountEntered { .. } => {
                self.enter_account(event);
            }
            Body::BankAccountAsked { .. } | Body::BankAccountRefused { .. } => {
                self.ask_account(event);
            }
            Body::SettlementOpened { .. } => self.open_settlement(event)?,
            Body::PaymentPrepared(prepared) => self.prepare_payment(event, prepared, moves)?,
            Body::SettlementFilled { settlement, through, waiting } => {
                self.settlement(event, *settlement)?.filled_to = *through;
                let waiting = waiting.iter().map(|one| (*settlement, *one));
                self.effects.waiting.extend(waiting);
            }
            Body::SettlementPrepared { settlement } => {
                self.settlement(event, *settlement)?.state = RunState::Prepared;
            }
            Body::SettlementApproved { settlement } => {
                let run = self.settlement(event, *settlement)?;
                run.state = RunState::Approved;
                (run.approved_by, run.approved_at) = (event.actor, Some(event.occurred_at));
            }
            Body::SettlementCancelled { settlement } => {
                self.settlement(event, *settlement)?.state = RunState::Cancelled;
                self.close(event);
            }
            Body::SettlementExported { settlement, digest } => {
                let run = self.settlement(event, *settlement)?;
                (run.state, run.exported_at) = (RunState::Exported, Some(event.occurred_at));
                run.digest = Some(digest.clone());
                self.close(event);
            }
            Body::PaymentPaid { payment } => self.pay(event, *payment, moves)?,
            Body::PaymentFailed { payment, how, code } => {
                self.fail(event, *payment, *how, code.as_ref(), moves)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Holder, IBAN and BIC come with the command, since events hold ids only.
    fn enter_account(&mut self, event: &Event) {
        let (books, changed) = (&mut self.world.books, &mut self.effects.changed);
        match (&event.body, event.programme) {
            (Body::BankAccountEntered { organisation, usable_from, asked }, _) => {
                let asked = asked.and_then(|asked| books.asked.get_mut(&asked));
                let asked_by = asked.map(|asked| {
                    (asked.state, asked.decision) = (AskedState::Confirmed, Some(event.seq));
                    changed.asked_accounts.insert(asked.id);
                    asked.asked_by
                });
                let entered = BankAccount {
                    id: BankAccountId(event.seq.0),
                    organisation: *organisation,
                    entered_by: event.actor,
                    asked_by,
                    entered_at: event.occurred_at,
                    usable_from: *usable_from,
                    account: None,
                };
                books.bank_accounts.insert(*organisation, entered);
                changed.bank_accounts.insert(*organisation);
            }
            (Body::PayerAccountEntered { minimum }, Some(programme)) => {
                let entered = PayerAccount {
                    id: PayerAccountId(event.seq.0),
                    programme,
                    entered_at: event.occurred_at,
                    minimum: *minimum,
                    account: None,
                };
                books.payer_accounts.insert(programme, entered);
                changed.payer_accounts.insert(programme);
            }
            _ => {}
        }
    }

    fn ask_account(&mut self, event: &Event) {
        let (books, changed) = (&mut self.world.books, &mut self.effects.changed);
        match (&event.body, event.actor) {
            (Body::BankAccountAsked { organisation }, Some(asked_by)) => {
                let asked = AskedAccount {
                    id: event.seq,
                    organisation: *organisation,
                    asked_by,
                    asked_at: event.occurred_at,
                    state: AskedState::Open,
                    decision: None,
                    account: None,
                };
                books.asked.insert(event.seq, asked);
                changed.asked_accounts.insert(event.seq);
            }
            (Body::BankAccountRefused { asked, .. }, _) => {
                if let Some(row) = books.asked.get_mut(asked) {
                    (row.state, row.decision) = (AskedState::Refused, Some(event.seq));
                    changed.asked_accounts.insert(*asked);
                }
            }
            _ => {}
        }
    }

    fn open_settlement(&mut self, event: &Event) -> Result<(), Inconsistent> {
        let Body::SettlementOpened { number, day, through, account, minimum } = &event.body else {
            return Ok(());
        };
        let missing = |what| Inconsistent::Missing { seq: event.seq, what };
        let programme = event.programme.ok_or_else(|| missing("a programme"))?;
        let id = SettlementId(event.seq.0);
        let run = Settlement {
            id,
            programme,
            number: *number,
            day: *day,
            through: *through,
            account: *account,
            minimum: *minimum,
            state: RunState::Preparing,
            filled_to: OrganisationId(0),
            payments: 0,
            amount: Cents::ZERO,
            paid: 0,
            failed: 0,
            people: std::collections::BTreeSet::new(),
            prepared_by: event.actor.ok_or_else(|| missing("who prepares it"))?,
            prepared_at: event.occurred_at,
            approved_by: None,
            approved_at: None,
            exported_at: None,
            digest: None,
        };
        self.world.books.settlements.insert(id, run);
        self.effects.changed.settlements.insert(id);
        let numbers = self.world.books.numbers.entry(programme).or_default();
        (numbers.settlement, numbers.open) = (*number, Some(id));
        Ok(())
    }

    fn close(&mut self, event: &Event) {
        let Some(programme) = event.programme else { return };
        self.world.books.numbers.entry(programme).or_default().open = None;
    }

    fn prepare_payment(
        &mut self,
        event: &Event,
        prepared: &PaymentPrepared,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a programme" };
        let programme = event.programme.ok_or(missing)?;
        let payee = (programme, prepared.organisation);
        let id = PaymentId(event.seq.0);
        for failed in &prepared.reissues {
            let before = self.payment(event, *failed)?;
            (before.reissued_in, before.owed) = (Some(id), Amounts::default());
            self.stands_no_more(payee, *failed);
        }
        let payment = Payment {
            id,
            settlement: prepared.settlement,
            programme,
            organisation: prepared.organisation,
            number: prepared.number,
            account: prepared.account,
            slice: prepared.slice,
            lines: prepared.lines.clone(),
            netted: prepared.netted.clone(),
            reversed: Amounts::default(),
            owed: Amounts::default(),
            state: PaymentState::InPayment,
            code: None,
            answered_at: None,
            reissued_in: None,
        };
        let amount = payment.amount();
        let books = &mut self.world.books;
        if let Some(slice) = prepared.slice {
            books.paid_through.insert(payee, slice.through);
            books.unpaid.remove(&payee);
        }
        books.numbers.entry(programme).or_default().payment = prepared.number;
        let account = books.bank_accounts.get(&prepared.organisation);
        let people: Vec<UserId> = account
            .into_iter()
            .flat_map(|account| [account.entered_by, account.asked_by])
            .flatten()
            .collect();
        books.keep(payment);
        self.effects.changed.payments.insert(id);
        self.pass_holds(event, prepared)?;
        let run = self.settlement(event, prepared.settlement)?;
        run.payments += 1;
        run.amount = run.amount.plus(amount).unwrap_or(Cents(i64::MAX));
        run.people.extend(people);
        transfer(payee, (Stage::Earned, Stage::InPayment), &prepared.lines, moves);
        Ok(())
    }

    fn pay(
        &mut self,
        event: &Event,
        id: PaymentId,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let payment = self.payment(event, id)?;
        (payment.state, payment.answered_at) = (PaymentState::Paid, Some(event.occurred_at));
        let (payee, run) = ((payment.programme, payment.organisation), payment.settlement);
        transfer(payee, (Stage::InPayment, Stage::Paid), &payment.lines, moves);
        // What was kept back is money that earlier payments had paid too much.
        transfer(payee, (Stage::Paid, Stage::Receivable), &payment.netted, moves);
        self.stands_no_more(payee, id);
        self.settlement(event, run)?.paid += 1;
        Ok(())
    }

    /// Takes a payment's money back to what is earned. What was undone of it meanwhile is no more
    /// receivable, unless another payment has kept it back already.
    fn fail(
        &mut self,
        event: &Event,
        id: PaymentId,
        how: PaymentState,
        code: Option<&String>,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let payment = self.payment(event, id)?.clone();
        let payee = (payment.programme, payment.organisation);
        let was_paid = payment.state == PaymentState::Paid;
        let (from, cleared) = if was_paid {
            transfer(payee, (Stage::Receivable, Stage::Paid), &payment.netted, moves);
            let mut receivable = self.receivable(payee);
            receivable.plus(&payment.netted);
            (Stage::Paid, payment.reversed.at_most(&receivable))
        } else {
            (Stage::InPayment, payment.reversed.clone())
        };
        let mut owed = payment.lines.clone();
        owed.less(&cleared);
        transfer(payee, (from, Stage::Receivable), &cleared, moves);
        transfer(payee, (from, Stage::Earned), &owed, moves);
        let row = self.payment(event, id)?;
        (row.state, row.answered_at) = (how, Some(event.occurred_at));
        (row.code, row.owed, row.reversed) = (code.cloned(), owed, Amounts::default());
        let row = row.clone();
        self.world.books.keep(row);
        let run = self.settlement(event, payment.settlement)?;
        run.failed += 1;
        run.paid -= i64::from(was_paid);
        Ok(())
    }

    /// What payments may keep back of a payee: what was undone after it was paid, less what
    /// payments on their way keep back already, and less what was undone of those themselves.
    #[must_use]
    pub fn receivable(&self, payee: Payee) -> Amounts {
        let mut open = Amounts::default();
        let Some(programme) = self.world.programmes.get(&payee.0) else { return open };
        for version in 1..=programme.version {
            for share in programme.pricing(version).shares {
                let of = Some(payee.1);
                let key = account(payee.0, version, share.funder, Stage::Receivable, of);
                let held = self.world.balance(&key);
                open.add(version, share.funder, Cents(held.0.saturating_neg()));
            }
        }
        for payment in self.world.books.standing(payee) {
            if payment.state == PaymentState::InPayment {
                open.less(&payment.netted);
                open.less(&payment.reversed);
            }
        }
        open
    }

    /// From which account a redemption is undone: what it earned is there still, was paid
    /// already, or is on its way.
    pub(super) fn undone_from(
        &mut self,
        payee: Payee,
        redemption: crate::domain::ids::Seq,
        undone: &Amounts,
    ) -> Stage {
        let books = &mut self.world.books;
        let Some(id) = books.payment_of(payee, redemption) else {
            let left_out = books.holds.get(&redemption).is_some_and(|hold| hold.left_out);
            if let Some(unpaid) = books.unpaid.get_mut(&payee)
                && redemption <= unpaid.through
                && !left_out
            {
                unpaid.amounts.less(undone);
            }
            return Stage::Earned;
        };
        let Some(payment) = books.payments.get_mut(&id) else { return Stage::Earned };
        self.effects.changed.payments.insert(id);
        if payment.state.failed() {
            payment.owed.less(undone);
            return Stage::Earned;
        }
        payment.reversed.plus(undone);
        Stage::Receivable
    }

    fn stands_no_more(&mut self, payee: Payee, id: PaymentId) {
        if let Some(standing) = self.world.books.standing.get_mut(&payee) {
            standing.remove(&id);
        }
    }

    fn settlement(
        &mut self,
        event: &Event,
        id: SettlementId,
    ) -> Result<&mut Settlement, Inconsistent> {
        self.effects.changed.settlements.insert(id);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a settlement" };
        self.world.books.settlements.get_mut(&id).ok_or(missing)
    }

    fn payment(&mut self, event: &Event, id: PaymentId) -> Result<&mut Payment, Inconsistent> {
        self.effects.changed.payments.insert(id);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a payment" };
        self.world.books.payments.get_mut(&id).ok_or(missing)
    }
}

/// Moves amounts between two stages; those of an organisation have its account.
fn transfer(payee: Payee, (from, to): (Stage, Stage), amounts: &Amounts, moves: &mut Vec<Move>) {
    let (programme, organisation): (ProgrammeId, OrganisationId) = payee;
    for share in amounts.shares() {
        let key = |stage: Stage| {
            let own = (stage != Stage::Paid).then_some(organisation);
            account(programme, share.version, share.funder, stage, own)
        };
        moves.push(Move { from: key(from), to: key(to), amount: share.amount_cents });
    }
}
