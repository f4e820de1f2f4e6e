//! Deciding about the accounts that money goes from and to: another account needs two people.
//! No runs (`settle.rs`).

use super::{Decided, Desk, Stop};
use crate::domain::{
    cents::Cents,
    command::{Command, Outcome},
    event::Body,
    ids::{OrganisationId, ProgrammeId, Seq, UserId},
    plain::is_plain,
    refusal::{Reason, Refusal},
    registry::Role,
    settlement::{AskedAccount, LONGEST_HOLDER, NEW_ACCOUNT_DAYS, NewAccount},
};

const DAY_S: i64 = 86_400;
/// A hundred thousand euros: nobody waits until so much is due.
const LARGEST_MINIMUM: Cents = Cents(10_000_000);

impl Desk {
    /// The first account of an organisation is paid to at once: there is none to take the place of,
    /// and nobody to ask. Another one is asked for, and changes nothing until it is confirmed.
    pub(super) fn enter_bank_account(
        &mut self,
        command: &Command,
        organisation: OrganisationId,
        account: &NewAccount,
    ) -> Decided {
        self.found(self.fold.world.organisations.contains_key(&organisation), "organisation")?;
        held_by(account)?;
        let books = &self.fold.world.books;
        if !books.bank_accounts.contains_key(&organisation) {
            let usable_from = command.now;
            let asked = None;
            let body = Body::BankAccountEntered { organisation, usable_from, asked };
            let seq = self.record(command, body)?;
            if let Some(row) = self.fold.world.books.bank_accounts.get_mut(&organisation) {
                row.account = Some(account.clone());
            }
            return Ok(Outcome::Added { seq, id: seq.0 });
        }
        if books.asked_for(organisation).is_some() {
            return Err(Reason::AccountChangeOpen.into());
        }
        // Somebody has to have asked: another person confirms.
        who(command)?;
        let seq = self.record(command, Body::BankAccountAsked { organisation })?;
        if let Some(row) = self.fold.world.books.asked.get_mut(&seq) {
            row.account = Some(account.clone());
        }
        Ok(Outcome::Added { seq, id: seq.0 })
    }

    /// Takes over an account that was asked for, or refuses it. One of the two who ask and confirm
    /// is of the operator, since a venue's supervisor may give themselves a colleague.
    pub(super) fn confirm_bank_account(
        &mut self,
        command: &Command,
        organisation: OrganisationId,
        asked: Seq,
        confirmed: bool,
    ) -> Decided {
        let open = self.fold.world.books.asked_for(organisation);
        let open = open.filter(|open| open.id == asked).ok_or(Reason::AlreadyDecided)?.clone();
        let actor = who(command)?;
        if !confirmed {
            let seq = self.record(command, Body::BankAccountRefused { organisation, asked })?;
            return Ok(Outcome::Done { seq });
        }
        self.two_people(actor, &open)?;
        let usable_from = command.now.plus_seconds(NEW_ACCOUNT_DAYS * DAY_S);
        let body = Body::BankAccountEntered { organisation, usable_from, asked: Some(asked) };
        let seq = self.record(command, body)?;
        if let Some(row) = self.fold.world.books.bank_accounts.get_mut(&organisation) {
            row.account = open.account;
        }
        Ok(Outcome::Added { seq, id: seq.0 })
    }

    fn two_people(&self, actor: UserId, open: &AskedAccount) -> Result<(), Stop> {
        let operates = |id: UserId| {
            self.fold.world.users.get(&id).is_some_and(|user| user.role == Role::Operator)
        };
        if open.asked_by == actor || !(operates(actor) || operates(open.asked_by)) {
            return Err(Reason::AnotherPersonNeeded.into());
        }
        Ok(())
    }

    pub(super) fn enter_payer_account(
        &mut self,
        command: &Command,
        programme: ProgrammeId,
        account: &NewAccount,
        minimum: Cents,
    ) -> Decided {
        self.programme(programme)?;
        held_by(account)?;
        if !(Cents(1)..=LARGEST_MINIMUM).contains(&minimum) {
            return Err(Refusal::field(Reason::AmountInvalid, "minimum_cents").into());
        }
        let seq =
            self.record_programme(command, programme, Body::PayerAccountEntered { minimum })?;
        if let Some(row) = self.fold.world.books.payer_accounts.get_mut(&programme) {
            row.account = Some(account.clone());
        }
        Ok(Outcome::Added { seq, id: seq.0 })
    }
}

/// Who asks: accounts and runs are people's doing.
pub(super) fn who(command: &Command) -> Result<UserId, Refusal> {
    command.actor.ok_or_else(|| Refusal::field(Reason::RequestMalformed, "actor"))
}

fn held_by(account: &NewAccount) -> Result<(), Refusal> {
    let holder = account.holder.trim();
    let fits = (1..=LONGEST_HOLDER).contains(&holder.chars().count()) && is_plain(holder);
    if fits { Ok(()) } else { Err(Refusal::field(Reason::RequestMalformed, "holder")) }
}
