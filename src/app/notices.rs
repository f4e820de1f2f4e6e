//! Telling organisations: that a run did not pay them and what to do, that another account was
//! asked for. No words (`pages/letters`); what they say is looked up when they are sent.

use super::{
    outbox::{Posted, Wanted},
    service::{Fault, Service},
};
use crate::domain::{
    access::Tenant,
    ids::{OrganisationId, RequestId, UserId},
    message::{About, Channel, Kind},
    registry::Role,
    settlement::WaitCause,
    view::{Filter, UserView},
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
            request: RequestId(self.id_of(&format!("{what} {id}"))),
            content: self.request_hash(what.as_bytes()),
        };
        Ok(matches!(self.post_message(&wanted)?, Posted::New(_)))
    }
}
