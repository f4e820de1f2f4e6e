//! The demonstration's month that is over: paid, but for a payment that the bank rejected and an
//! organisation that has not given its account yet; and closed, with its statements.
//! No rules and no shortcuts into the database.

use super::{
    demo::unexpected,
    service::{Fault, Service},
};
use crate::domain::{
    access::Tenant,
    calendar::{Instant, Zone},
    cents::Cents,
    command::{Ask, Outcome},
    ids::{OrganisationId, ProgrammeId, SettlementId, UserId},
    payee::Iban,
    period::PeriodAsk,
    refusal::Reason,
    settlement::{BankAnswer, NewAccount, SettleAsk},
    view::Filter,
};

/// One payment after so many is rejected by the bank.
const REJECTED: usize = 3;

/// More than the demonstration has.
const EARNERS: usize = 1_000;

/// Who sees to a run.
pub struct Office {
    pub clerk: UserId,
    pub preparer: UserId,
    pub approver: UserId,
}

impl Service {
    /// Pays what was earned up to the end of the month before `today`, but to one organisation that
    /// has no account yet; the run.
    pub(super) fn settle_demo_month(
        &self,
        programme: ProgrammeId,
        office: &Office,
        without: OrganisationId,
        today: Instant,
    ) -> Result<SettlementId, Fault> {
        self.enter_demo_accounts(programme, office, without)?;
        let day = today.day(&Zone::paris()).month_start().plus(-1);
        let open = self.settlement_of(programme, day)?;
        let settlement = match self.ask_as(Some(office.preparer), open)? {
            Outcome::Added { id, .. } => SettlementId(id),
            other => return Err(unexpected(other)),
        };
        self.tend_settlements(&|| true)?;
        let approve = Ask::Settle(SettleAsk::Approve { settlement });
        match self.ask_as(Some(office.approver), approve)? {
            Outcome::Done { .. } => {}
            // Nothing was earned in the month: there is nothing to send.
            Outcome::Refused(refusal) if refusal.reason == Reason::SettlementEmpty => {
                return Ok(settlement);
            }
            other => return Err(unexpected(other)),
        }
        let export = self.draw_payment_file(settlement)?;
        self.settled(office.approver, export)?;
        let payments = self.database.unanswered(settlement, usize::MAX)?;
        let answer = |(place, payment)| match place {
            REJECTED => (payment, BankAnswer::Rejected(Some("AC04".to_owned()))),
            _ => (payment, BankAnswer::Paid),
        };
        let lines = payments.into_iter().enumerate().map(answer).collect();
        self.settled(office.approver, Ask::Settle(SettleAsk::Answer { settlement, lines }))?;
        Ok(settlement)
    }

    /// Somebody has looked at the first of the held workshops: the next run pays it.
    pub(super) fn release_demo_hold(&self, office: &Office) -> Result<(), Fault> {
        let waiting = Filter { waiting: true, ..Filter::of(Tenant::Any) };
        let held = self.database.holds(&waiting)?;
        let Some(first) = held.last() else { return Ok(()) };
        let note = "Stage d’une journée : liste de présence vue".to_owned();
        let ask = Ask::DecideHold { redemption: first.id, released: true, note };
        self.settled(office.approver, ask)
    }

    /// Closes every month that is over, and makes the statements.
    pub(super) fn close_demo_months(
        &self,
        programme: ProgrammeId,
        office: &Office,
        today: Instant,
    ) -> Result<(), Fault> {
        let today = today.day(&Zone::paris());
        while let Some(next) = self.database.closing(programme, today)?
            && next.over
        {
            let close = PeriodAsk::Close { programme, month: next.month };
            self.settled(office.preparer, Ask::Period(close))?;
        }
        self.tend_statements(&|| true)?;
        Ok(())
    }

    /// Accounts of the payer, and of all organisations but one that have earned something.
    pub(super) fn enter_demo_accounts(
        &self,
        programme: ProgrammeId,
        office: &Office,
        without: OrganisationId,
    ) -> Result<(), Fault> {
        let payer = account("Régie du pass numérique (démonstration)", 0)?;
        let minimum = Cents(100);
        let enter = SettleAsk::EnterPayerAccount { programme, account: payer, minimum };
        self.settled(office.clerk, Ask::Settle(enter))?;
        let earners = self.database.earners(programme, OrganisationId(0), EARNERS)?;
        for organisation in earners.into_iter().filter(|organisation| *organisation != without) {
            // A second account would be a new one, which waits.
            if self.database.bank_account(organisation)?.is_some() {
                continue;
            }
            let holder = format!("Structure {organisation} (démonstration)");
            let account = account(&holder, organisation.0)?;
            let enter = SettleAsk::EnterBankAccount { organisation, account };
            self.settled(office.clerk, Ask::Settle(enter))?;
        }
        Ok(())
    }

    pub(super) fn settled(&self, actor: UserId, ask: Ask) -> Result<(), Fault> {
        match self.ask_as(Some(actor), ask)? {
            Outcome::Done { .. } | Outcome::Added { .. } => Ok(()),
            other => Err(unexpected(other)),
        }
    }
}

/// An account of a bank that there is not, with the keys that it would have.
fn account(holder: &str, number: i64) -> Result<NewAccount, Fault> {
    let (bank, branch) = (99_999, 1);
    // The key of the French account number, then that of the IBAN (ISO 13616).
    let key = 97 - (89 * bank + 15 * branch + 3 * number) % 97;
    let bban = format!("{bank:05}{branch:05}{number:011}{key:02}");
    let digits = format!("{bban}152700");
    let rest = digits.bytes().fold(0, |rest, digit| (rest * 10 + i64::from(digit - b'0')) % 97);
    let iban: Iban = format!("FR{:02}{bban}", 98 - rest)
        .parse()
        .map_err(|_| Fault::Refused(Reason::RequestMalformed))?;
    Ok(NewAccount { holder: holder.to_owned(), iban, bic: None })
}
