//! Telling organisations: that a run pays them, or did not and what to do, that another account was
//! asked for, what became of a dispute. No words (`pages/letters`): looked up when they are sent.

use super::{
    outbox::{Posted, Wanted},
    service::{Fault, Service},
};
use crate::domain::{
    access::Tenant,
    dispute::DisputeState,
    ids::{OrganisationId, PaymentId, RequestId, Seq, UserId},
    message::{About, Channel, Kind, Message},
    registry::Role,
    settlement::WaitCause,
    view::{DisputeView, Filter, UserView},
};

const DAY_S: i64 = 86_400;
/// Runs that are looked at: of one that nobody could be told of for a week the next one tells.
const TELL_WITHIN_S: i64 = 7 * DAY_S;
/// Nobody is told more often, whatever runs there are.
const AGAIN_AFTER_S: i64 = 28 * DAY_S;
/// People of one organisation that are told.
const MOST_PEOPLE: u32 = 20;
const LANGUAGE: &str = "fr";

/// What an organisation that waits can do something about, or should know.
const TOLD: [WaitCause; 3] =
    [WaitCause::NotApproved, WaitCause::NoBankAccount, WaitCause::BankAccountNew];

impl Service {
    /// Tells the supervisors of organisations that a run did not pay: once a run, and not again
    /// within 28 days; how many messages were made.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn tell_waiting(&self) -> Result<u64, Fault> {
        let now = self.clock.now();
        let mut told = 0;
        let since = now.plus_seconds(-TELL_WITHIN_S);
        for (run, organisation, cause) in self.database.waiting_since(since)? {
            if !TOLD.contains(&cause) {
                continue;
            }
            for person in self.supervisors(organisation)? {
                let (last, _) = self.database.last_message(person.id, Some(Kind::PaymentWaits))?;
                if last.is_some_and(|at| at > now.plus_seconds(-AGAIN_AFTER_S)) {
                    continue;
                }
                let what = format!("waits {run}");
                told += u64::from(self.tell(Kind::PaymentWaits, &person, &what)?);
            }
        }
        Ok(told)
    }

    /// Tells the supervisors of organisations whose payment a bank rejected or returned, once a
    /// payment; how many messages were made.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn tell_failed(&self) -> Result<u64, Fault> {
        let since = self.clock.now().plus_seconds(-TELL_WITHIN_S);
        let mut told = 0;
        for (payment, organisation) in self.database.failed_since(since)? {
            for person in self.supervisors(organisation)? {
                let what = format!("failed {payment}");
                told += u64::from(self.tell(Kind::PaymentFailed, &person, &what)?);
            }
        }
        Ok(told)
    }

    /// Tells the supervisors of organisations that a payment to them was handed to the bank, or
    /// that a funder has paid it: once a payment; how many messages were made.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn tell_sent(&self) -> Result<u64, Fault> {
        let since = self.clock.now().plus_seconds(-TELL_WITHIN_S);
        let mut told = 0;
        for (payment, organisation) in self.database.sent_since(since)? {
            for person in self.supervisors(organisation)? {
                told += u64::from(self.tell(Kind::PaymentSent, &person, &sent(payment))?);
            }
        }
        Ok(told)
    }

    /// Tells the supervisors of organisations that a dispute of theirs was received, and what was
    /// decided: once each; how many messages were made.
    ///
    /// # Errors
    /// When the database does not answer; running again goes on where it stopped.
    pub fn tell_disputes(&self) -> Result<u64, Fault> {
        let since = self.clock.now().plus_seconds(-TELL_WITHIN_S);
        let mut told = 0;
        for row in self.database.disputes_since(since)? {
            told += self.tell_of(&row)?;
        }
        Ok(told)
    }

    /// The same of one dispute, at once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn tell_dispute(&self, dispute: Seq) -> Result<u64, Fault> {
        let rows = self.database.disputes(&Filter::one(Tenant::Any, dispute.0))?;
        rows.first().map_or(Ok(0), |row| self.tell_of(row))
    }

    fn tell_of(&self, row: &DisputeView) -> Result<u64, Fault> {
        // Who withdraws it knows.
        if row.state == DisputeState::Withdrawn {
            return Ok(0);
        }
        let (what, mut told) = (disputed(row.id, row.state), 0);
        for person in self.supervisors(row.organisation)? {
            told += u64::from(self.tell(Kind::Dispute, &person, &what)?);
        }
        Ok(told)
    }

    /// Whether a message to a person tells of this payment.
    #[must_use]
    pub fn tells_of_payment(&self, message: &Message, payment: PaymentId, person: UserId) -> bool {
        message.request == self.telling(&sent(payment), person)
    }

    /// Whether a message to a person tells that a dispute is in this state.
    #[must_use]
    pub fn tells_of_dispute(
        &self,
        message: &Message,
        (dispute, state): (Seq, DisputeState),
        person: UserId,
    ) -> bool {
        message.request == self.telling(&disputed(dispute, state), person)
    }

    fn telling(&self, what: &str, person: UserId) -> RequestId {
        RequestId(self.id_of(&format!("{what} {person}")))
    }

    /// Tells the supervisors of an organisation that another account was asked for, at the
    /// addresses that they have; however often this is called, once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn tell_account_asked(&self, organisation: OrganisationId) -> Result<u64, Fault> {
        let row = self.database.bank_account(organisation)?;
        let Some(asked) = row.and_then(|row| row.asked) else { return Ok(0) };
        let mut told = 0;
        for person in self.supervisors(organisation)? {
            let what = format!("account {}", asked.id);
            told += u64::from(self.tell(Kind::AccountAsked, &person, &what)?);
        }
        Ok(told)
    }

    fn supervisors(&self, of: OrganisationId) -> Result<Vec<UserView>, Fault> {
        let filter = Filter { limit: MOST_PEOPLE, ..Filter::of(Tenant::Organisation(of)) };
        let mut people = self.database.users(&filter)?;
        people.retain(|person| !person.revoked && person.role == Role::Supervisor(of));
        Ok(people)
    }

    /// Keeps a message to a person; whether it is new. The same about the same is one message.
    fn tell(&self, kind: Kind, person: &UserView, what: &str) -> Result<bool, Fault> {
        let id: UserId = person.id;
        let (_, language) = self.database.last_message(id, None)?;
        let wanted = Wanted {
            kind,
            channel: Channel::Email,
            to: &person.email,
            language: language.as_deref().unwrap_or(LANGUAGE),
            about: About::User(id),
            asked_by: None,
            request: self.telling(what, id),
            content: self.request_hash(what.as_bytes()),
        };
        Ok(matches!(self.post_message(&wanted)?, Posted::New(_)))
    }
}

/// The names of what is told; a letter is found again by them.
fn sent(payment: PaymentId) -> String {
    format!("sent {payment}")
}

fn disputed(dispute: Seq, state: DisputeState) -> String {
    format!("dispute {dispute} {}", state.code())
}
