//! Letters to an organisation about its money: that it waits or came back, that another account
//! was asked for.
//! What they say is what is so when they are sent; what is settled by then is not sent.

use super::{Part, email};
use crate::{
    app::{outbox::Letter, service::Service},
    domain::{
        access::Tenant,
        ids::{OrganisationId, UserId},
        message::{Message, Trouble},
        registry::{Approval, Role},
        settlement::{PaymentState, WaitCause},
        view::{Filter, PaymentView},
    },
    http::say::Say,
    words::Fact,
};

/// Payments of an organisation that are looked through: a letter is of one of the last.
const MOST: u32 = 500;

/// Whose supervisor a person is.
fn supervised(service: &Service, user: UserId) -> Result<OrganisationId, Trouble> {
    let user = service.present(user)?.ok_or(Trouble::Outdated)?;
    match user.role {
        Role::Supervisor(of) => Ok(of),
        _ => Err(Trouble::Outdated),
    }
}

/// Why a run did not pay the organisation, and what to do.
pub fn waiting(service: &Service, say: &Say, user: UserId) -> Result<Letter, Trouble> {
    let of = supervised(service, user)?;
    let database = service.database();
    let row = database.still_waits(of).map_err(|_| Trouble::Fault)?.ok_or(Trouble::Outdated)?;
    let account = database.bank_account(of).map_err(|_| Trouble::Fault)?;
    let filter = Filter::one(Tenant::Any, of.0);
    let rows = database.organisations(&filter).map_err(|_| Trouble::Fault)?;
    let approved = rows.first().is_some_and(|row| row.approval == Approval::Approved);
    let settled = match row.cause {
        WaitCause::NoBankAccount => account.is_some(),
        WaitCause::NotApproved => approved,
        _ => false,
    };
    if settled {
        return Err(Trouble::Outdated);
    }
    let facts =
        [("amount", Fact::from(say.euros(&row.amount))), ("day", Fact::from(say.day(&row.day)))];
    let parts = vec![
        Part::Text(say.say("letter-payment_waits-text", &facts)),
        Part::Text(say.t(&format!("letter-payment_waits-{}", row.cause.code()))),
        Part::Link {
            said: say.t("letter-payment_waits-link"),
            url: service.link(&format!("/organisations/{of}")),
        },
        Part::Text(say.t("letter-payment_waits-next")),
    ];
    email(say, "letter-payment_waits-subject", parts, None)
}

/// That a bank did not take the last payment, unless another has taken it up since.
pub fn failed(service: &Service, say: &Say, user: UserId) -> Result<Letter, Trouble> {
    let of = supervised(service, user)?;
    let filter = Filter { organisation: Some(of), ..Filter::of(Tenant::Any) };
    let rows = service.database().payments(&filter).map_err(|_| Trouble::Fault)?;
    let states = [PaymentState::Rejected, PaymentState::Returned];
    let mut open =
        rows.into_iter().filter(|row| states.contains(&row.state) && row.reissued_in.is_none());
    let row = open.next().ok_or(Trouble::Outdated)?;
    let facts =
        [("amount", Fact::from(say.euros(&row.amount_cents))), ("iban", Fact::from(row.iban))];
    let parts = vec![
        Part::Text(say.say("letter-payment_failed-text", &facts)),
        Part::Text(say.t("letter-payment_failed-do")),
        Part::Link {
            said: say.t("letter-payment_waits-link"),
            url: service.link(&format!("/organisations/{of}")),
        },
        Part::Text(say.t("letter-payment_waits-next")),
    ];
    email(say, "letter-payment_failed-subject", parts, None)
}

/// That a payment is on its way, or arrived: how much, and what it is called on the account's
/// statement.
pub fn sent(
    service: &Service,
    say: &Say,
    message: &Message,
    user: UserId,
) -> Result<Letter, Trouble> {
    let of = supervised(service, user)?;
    let filter = Filter { organisation: Some(of), limit: MOST, ..Filter::of(Tenant::Any) };
    let rows = service.database().payments(&filter).map_err(|_| Trouble::Fault)?;
    let told = |row: &&PaymentView| service.tells_of_payment(message, row.id, user);
    let row = rows.iter().find(told).ok_or(Trouble::Outdated)?;
    // One that failed meanwhile has its own letter.
    if !matches!(row.state, PaymentState::InPayment | PaymentState::Paid) {
        return Err(Trouble::Outdated);
    }
    let reference = row.reference.clone().unwrap_or_else(|| row.end_to_end_id.clone());
    let facts = [
        ("amount", Fact::from(say.euros(&row.amount_cents))),
        ("reference", Fact::from(reference)),
    ];
    let parts = vec![
        Part::Text(say.say("letter-payment_sent-text", &facts)),
        Part::Link {
            said: say.t("letter-payment_sent-link"),
            url: service.link(&format!("/payments/{}", row.id)),
        },
        Part::Text(say.t("letter-payment_sent-wrong")),
    ];
    email(say, "letter-payment_sent-subject", parts, None)
}

/// That another account was asked for, and what to do if nobody of the organisation did.
pub fn account_asked(service: &Service, say: &Say, user: UserId) -> Result<Letter, Trouble> {
    let of = supervised(service, user)?;
    let row = service.database().bank_account(of).map_err(|_| Trouble::Fault)?;
    let asked = row.and_then(|row| row.asked).ok_or(Trouble::Outdated)?;
    let parts = vec![
        Part::Text(say.of("letter-account_asked-text", &asked.iban)),
        Part::Text(say.t("letter-account_asked-you")),
        Part::Text(say.t("letter-account_asked-not-you")),
        Part::Link {
            said: say.t("letter-account_asked-link"),
            url: service.link(&format!("/organisations/{of}")),
        },
    ];
    email(say, "letter-account_asked-subject", parts, None)
}
