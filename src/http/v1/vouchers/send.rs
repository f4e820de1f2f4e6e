//! Sending a pass to its holder, and what became of it.
//! Nobody reads back to whom: the address is kept no longer than sending takes.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::own;
use crate::{
    app::outbox::{Posted, Wanted},
    domain::{
        access::{Tenant, Verb},
        ids::VoucherId,
        life::State,
        message::{About, Channel, Kind, MessageView, phone},
        refusal::Reason,
        view::Filter,
    },
    http::{
        Shared,
        access::Caller,
        block,
        extract::{Body, Key, Page, replayed},
        problem::{Problem, Wrong},
    },
    sys::mail::address,
    words::Language,
};

/// Messages about one voucher: more is somebody trying addresses.
pub const MOST_MESSAGES: i64 = 20;
const LATER_S: u32 = 86_400;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "channel": "email", "to": "someone@example.fr", "language": "fr" }))]
pub struct NewMessage {
    pub channel: Channel,
    /// An e-mail address, or a mobile number: `+33…`, or as it is written in France.
    #[schema(max_length = 254)]
    pub to: String,
    /// Of the message; French without it.
    #[serde(default)]
    pub language: Spoken,
    /// The person agreed to be reminded, if the programme allows it: the contact is then kept,
    /// sealed, until 30 days after the pass ends.
    #[serde(default)]
    pub reminders: bool,
}

/// The language of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Language)]
pub enum Spoken {
    #[default]
    Fr,
    En,
}

impl Spoken {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }
}

impl From<Language> for Spoken {
    fn from(language: Language) -> Self {
        match language {
            Language::French => Self::Fr,
            Language::English => Self::En,
        }
    }
}

/// Sends a pass: by e-mail as a PDF, by SMS as a short link. 202: it is on its way; `messages` of
/// the voucher says what becomes of it.
#[utoipa::path(post, path = "/v1/vouchers/{id}/send", tag = "vouchers",
    params(("id" = String, Path)), request_body = NewMessage,
    responses((status = 202, body = MessageView)))]
pub async fn send_voucher(
    state: Shared,
    caller: Caller,
    key: Key,
    id: web::Path<i64>,
    body: Body<NewMessage>,
) -> Result<HttpResponse, Problem> {
    let (view, again) = send(&state, caller, &key, *id, &body.canonical, body.value).await?;
    Ok(replayed(&mut HttpResponse::Accepted(), again).json(view))
}

/// Keeps the message; whether it was there before.
///
/// # Errors
/// What is wrong with the address, the voucher, or the way.
pub async fn send(
    state: &Shared,
    caller: Caller,
    key: &Key,
    id: i64,
    canonical: &str,
    new: NewMessage,
) -> Result<(MessageView, bool), Problem> {
    let voucher = own(state, caller, Verb::VoucherSend, id).await?;
    if !state.service.sends(new.channel) {
        return Err(Wrong::SendingNotSetUp.into());
    }
    let to = match new.channel {
        Channel::Email => address(&new.to),
        Channel::Sms => phone(&new.to),
    };
    let to = to.ok_or_else(|| Problem::field(Wrong::FieldInvalid, "to"))?;
    state.limiter.message(caller.user)?;
    let request = key.request(state, caller, canonical);
    let done = block(state, move |service| {
        let row = super::seen(service, &Filter::one(Tenant::Any, voucher.0))?.into_iter().next();
        let Some(row) = row else { return Ok(Err(Wrong::NotFound.into())) };
        if row.state != State::Active {
            return Ok(Err(Problem::refused(Reason::VoucherStateConflict.into(), false)));
        }
        // Refuses what may not be printed any more.
        service.paper(voucher)?;
        let allowed = || -> Result<bool, crate::app::service::Fault> {
            let programme = service.database().programme(row.programme)?;
            Ok(programme.is_some_and(|programme| programme.terms.reminders))
        };
        if new.reminders && !allowed()? {
            return Ok(Err(Problem::field(Wrong::FieldInvalid, "reminders")));
        }
        let wanted = Wanted {
            kind: Kind::Pass,
            channel: new.channel,
            to: &to,
            language: new.language.code(),
            about: About::Voucher(voucher),
            asked_by: Some(caller.user),
            request: request.id,
            content: request.hash,
        };
        let before = service.database().messages_of(voucher, MOST_MESSAGES)?;
        let full = i64::try_from(before.len()).unwrap_or(i64::MAX) >= MOST_MESSAGES;
        if full && before.iter().all(|message| message.request != request.id) {
            return Ok(Err(Wrong::TooMany { retry_after_seconds: LATER_S }.into()));
        }
        let posted = service.post_message(&wanted)?;
        if new.reminders && matches!(posted, Posted::New(_)) {
            service.agree(voucher, new.channel, &to, new.language.code())?;
        }
        Ok(Ok(posted))
    })
    .await??;
    match done {
        Posted::New(message) => Ok((message.view(), false)),
        Posted::Before(message) => Ok((message.view(), true)),
        Posted::Reused => Err(Problem::refused(Reason::RequestReused.into(), false)),
        Posted::NotSetUp => Err(Wrong::SendingNotSetUp.into()),
    }
}

/// What was sent about a voucher, the newest first, and what became of it.
#[utoipa::path(get, path = "/v1/vouchers/{id}/messages", tag = "vouchers",
    params(("id" = String, Path)), responses((status = 200, body = Page<MessageView>)))]
pub async fn voucher_messages(
    state: Shared,
    caller: Caller,
    id: web::Path<i64>,
) -> Result<HttpResponse, Problem> {
    let voucher = own(&state, caller, Verb::VoucherRead, *id).await?;
    let items = messages(&state, voucher).await?;
    Ok(HttpResponse::Ok().json(Page { items, next: None }))
}

/// The messages about a voucher, the newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn messages(state: &Shared, voucher: VoucherId) -> Result<Vec<MessageView>, Problem> {
    block(state, move |service| {
        let kept = service.database().messages_of(voucher, MOST_MESSAGES)?;
        Ok(kept.iter().map(crate::domain::message::Message::view).collect())
    })
    .await
}
