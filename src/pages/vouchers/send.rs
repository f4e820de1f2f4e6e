//! Sending a pass from its page, and what became of what was sent.
//! No sending: the outbox does it.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use uuid::Uuid;

use super::show::{View, shown};
use crate::{
    domain::{
        access::Verb,
        message::{Channel, MessageView},
    },
    http::{
        problem::{Problem, Wrong},
        say::Say,
        v1::vouchers::send::{NewMessage, Spoken, send},
    },
    pages::{
        form::{Mistake, Once, key},
        stop::{Stop, see_other},
        visitor::Visitor,
    },
};

/// The form, with what was given if it has to be sent again.
pub struct SendForm {
    pub once: Once,
    pub mistakes: Vec<Mistake>,
    /// The ways that are set up, and whether each is chosen.
    pub channels: Vec<(Channel, bool)>,
    pub to: String,
    /// `fr` and `en`, the chosen one first.
    pub languages: [Say; 2],
    /// Whether the programme allows reminders.
    pub reminders: bool,
    pub agreed: bool,
}

/// What was sent, in words.
pub struct Told {
    pub view: MessageView,
    pub made_at: String,
    pub trouble: Option<String>,
}

#[derive(Clone, Deserialize)]
pub struct Given {
    form_token: String,
    request: Uuid,
    channel: Channel,
    to: String,
    language: Spoken,
    #[serde(default)]
    reminders: Option<String>,
}

impl SendForm {
    /// `None` for whom nothing can be sent.
    pub fn open(
        visitor: &Visitor,
        reminders: bool,
        again: Option<(Given, Problem)>,
    ) -> Option<Self> {
        visitor.may(Verb::VoucherSend).ok()?;
        let mut channels: Vec<_> = [Channel::Email, Channel::Sms]
            .into_iter()
            .filter(|channel| visitor.state.service.sends(*channel))
            .map(|channel| (channel, false))
            .collect();
        let first = channels.first()?.0;
        let wanted = again.as_ref().map_or(first, |(given, _)| given.channel);
        for (channel, chosen) in &mut channels {
            *chosen = *channel == wanted;
        }
        let own = visitor.say.clone();
        let languages = match &again {
            Some((given, _)) if given.language.code() != own.code() => [own.other(), own],
            _ => [own.clone(), own.other()],
        };
        let (mistakes, to, agreed) = match again {
            Some((given, problem)) => {
                let agreed = given.reminders.is_some();
                (vec![mistake(&visitor.say, &problem)], given.to, agreed)
            }
            None => (Vec::new(), String::new(), false),
        };
        let once = Once::new(visitor);
        Some(Self { once, mistakes, channels, to, languages, reminders, agreed })
    }

    pub fn to_wrong(&self) -> bool {
        self.mistakes.iter().any(|mistake| mistake.field == "to")
    }
}

fn mistake(say: &Say, problem: &Problem) -> Mistake {
    if problem.reason() == Wrong::FieldInvalid.code() {
        return Mistake { field: "to".to_owned(), said: say.t("send-to-wrong") };
    }
    Mistake::of(say, problem, "")
}

pub async fn sent(
    visitor: Visitor,
    id: web::Path<i64>,
    given: web::Form<Given>,
) -> Result<HttpResponse, Stop> {
    let given = given.into_inner();
    visitor.sent(&given.form_token)?;
    let new = NewMessage {
        channel: given.channel,
        to: given.to.clone(),
        language: given.language,
        reminders: given.reminders.is_some(),
    };
    let asked = format!(
        "{} {} {} {}",
        given.channel.code(),
        given.to,
        given.language.code(),
        given.reminders.is_some()
    );
    let key = key(given.request, &format!("send {id}"));
    match send(&visitor.state, visitor.caller, &key, *id, &asked, new).await {
        Ok(_) => Ok(see_other(&format!("/vouchers/{id}?done=sent"))),
        Err(problem) if problem.reason() == Wrong::NotFound.code() => Err(problem.into()),
        Err(problem) => shown(visitor, *id, View::SendAgain(given, problem)).await,
    }
}
