//! Problem details (RFC 9457): the only place that knows which status a refusal or a fault has.
//! No sentences: `locales/` holds those, by reason.

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::service::{Fault, Passes},
    domain::{
        ledger::Stage,
        refusal::{Facts, Reason, Refusal},
    },
    words::{Fact, Language, Words},
};

pub const CONTENT_TYPE: &str = "application/problem+json";

/// What is wrong with a request before anything is asked, or with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    BodyMalformed,
    FieldInvalid,
    QueryInvalid,
    KeyMissing,
    Unauthenticated,
    CredentialsWrong,
    /// The password is right, and a code of the person's telephone is asked for.
    CodeNeeded,
    CodeWrong,
    /// A role that may do nothing before it has a second factor.
    SecondFactorMissing,
    /// There is one already, or there is none.
    SecondFactorConflict,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    BodyTooLarge,
    MediaType,
    TooMany {
        retry_after_seconds: u32,
    },
    Busy {
        retry_after_seconds: u32,
    },
    Unavailable,
    /// Nothing can be sent by this way: its operator did not set it up.
    SendingNotSetUp,
    /// A link that was used, or is past its time, or never was one.
    LinkNotValid,
    /// The person was revoked: there is nothing to choose a password for.
    AccountRevoked,
    Internal,
}

impl Wrong {
    pub const ALL: [Self; 22] = [
        Self::BodyMalformed,
        Self::FieldInvalid,
        Self::QueryInvalid,
        Self::KeyMissing,
        Self::Unauthenticated,
        Self::CredentialsWrong,
        Self::CodeNeeded,
        Self::CodeWrong,
        Self::SecondFactorMissing,
        Self::SecondFactorConflict,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::BodyTooLarge,
        Self::MediaType,
        Self::TooMany { retry_after_seconds: 1 },
        Self::Busy { retry_after_seconds: 1 },
        Self::Unavailable,
        Self::SendingNotSetUp,
        Self::LinkNotValid,
        Self::AccountRevoked,
        Self::Internal,
    ];

    /// The stable code, beside those of the catalogue of refusals.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::BodyMalformed => "body_malformed",
            Self::FieldInvalid => "field_invalid",
            Self::QueryInvalid => "query_invalid",
            Self::KeyMissing => "idempotency_key_missing",
            Self::Unauthenticated => "unauthenticated",
            Self::CredentialsWrong => "credentials_wrong",
            Self::CodeNeeded => "code_needed",
            Self::CodeWrong => "code_wrong",
            Self::SecondFactorMissing => "second_factor_missing",
            Self::SecondFactorConflict => "second_factor_conflict",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::BodyTooLarge => "body_too_large",
            Self::MediaType => "media_type_unsupported",
            Self::TooMany { .. } => "too_many_requests",
            Self::Busy { .. } => "busy",
            Self::Unavailable => "unavailable",
            Self::SendingNotSetUp => "sending_not_set_up",
            Self::LinkNotValid => "link_not_valid",
            Self::AccountRevoked => "account_revoked",
            Self::Internal => "internal",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::BodyMalformed | Self::QueryInvalid | Self::KeyMissing => StatusCode::BAD_REQUEST,
            Self::FieldInvalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Unauthenticated | Self::CredentialsWrong | Self::CodeNeeded | Self::CodeWrong => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden | Self::SecondFactorMissing => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy { .. } | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::SendingNotSetUp
            | Self::LinkNotValid
            | Self::SecondFactorConflict
            | Self::AccountRevoked => StatusCode::CONFLICT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

/// What happened, before it is told in the caller's language.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Cause {
    Wrong { wrong: Wrong, field: Option<String> },
    Refused { refusal: Refusal, status: StatusCode, replayed: bool },
}

/// An answer that is not the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(Box<Cause>);

/// The document. `reason` is stable; `detail` is a sentence in the caller's language.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem, example = json!({
    "type": "urn:pass-numerique:problem:workshops_insufficient", "title": "Refusé", "status": 409,
    "detail": "Il ne reste qu’un atelier sur ce pass.", "reason": "workshops_insufficient",
    "request_id": "01a20919-acfa-71a5-9286-5ff025ac2bd1", "left": 1,
}))]
pub struct Document<'a> {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    pub reason: &'a str,
    pub request_id: &'a str,
    #[serde(flatten)]
    pub facts: &'a Facts,
}

impl Problem {
    /// A refusal of anything but a scan.
    #[must_use]
    pub fn refused(refusal: Refusal, replayed: bool) -> Self {
        let status = match refusal.reason {
            Reason::NotFound => StatusCode::NOT_FOUND,
            Reason::DeviceRevoked => StatusCode::FORBIDDEN,
            Reason::RequestReused
            | Reason::RequestMalformed
            | Reason::TermsInvalid
            | Reason::ShareUnderOneCent
            | Reason::AmountInvalid
            | Reason::AnswerMalformed
            | Reason::AnswerStatusUnknown
            | Reason::WorkshopsOutOfRange => StatusCode::UNPROCESSABLE_ENTITY,
            Reason::DrawAgain | Reason::SigningKeyNotActive | Reason::RestoredReadOnly => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            _ => StatusCode::CONFLICT,
        };
        Self(Box::new(Cause::Refused { refusal, status, replayed }))
    }

    /// A refused scan: 409, so that no client takes a wrong URL for a refusal; only a reused id is
    /// 422, and a service that takes nothing yet 503.
    #[must_use]
    pub fn refused_scan(refusal: Refusal, replayed: bool) -> Self {
        let status = match refusal.reason {
            Reason::RequestReused => StatusCode::UNPROCESSABLE_ENTITY,
            Reason::RestoredReadOnly => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::CONFLICT,
        };
        Self(Box::new(Cause::Refused { refusal, status, replayed }))
    }

    #[must_use]
    pub fn field(wrong: Wrong, field: impl Into<String>) -> Self {
        Self(Box::new(Cause::Wrong { wrong, field: Some(field.into()) }))
    }

    /// What a status alone tells, for answers that the framework makes.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Wrong::Unauthenticated,
            StatusCode::FORBIDDEN => Wrong::Forbidden,
            StatusCode::NOT_FOUND => Wrong::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Wrong::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Wrong::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Wrong::MediaType,
            status if status.is_client_error() => Wrong::BodyMalformed,
            _ => Wrong::Internal,
        }
        .into()
    }

    #[must_use]
    pub fn status(&self) -> StatusCode {
        match &*self.0 {
            Cause::Wrong { wrong, .. } => wrong.status(),
            Cause::Refused { status, .. } => *status,
        }
    }

    #[must_use]
    pub fn reason(&self) -> &'static str {
        match &*self.0 {
            Cause::Wrong { wrong, .. } => wrong.code(),
            Cause::Refused { refusal, .. } => refusal.reason.code(),
        }
    }

    /// The field of the body that is meant, if one is.
    #[must_use]
    pub fn field_meant(&self) -> Option<String> {
        self.facts().field
    }

    fn facts(&self) -> Facts {
        match &*self.0 {
            Cause::Wrong { field, .. } => Facts { field: field.clone(), ..Facts::default() },
            Cause::Refused { refusal, .. } => (*refusal.facts).clone(),
        }
    }

    /// What happened, for people.
    #[must_use]
    pub fn sentence(&self, words: &Words, language: Language) -> String {
        let facts = self.facts();
        let said = [
            ("left", Fact::Count(facts.left.map_or(-1, i64::from))),
            ("day", Fact::Text(facts.day.map(|day| day.to_string()).unwrap_or_default())),
            ("at", Fact::Text(facts.at.map(|at| at.to_string()).unwrap_or_default())),
            ("limit", Fact::Count(facts.limit.unwrap_or(-1))),
            ("funder", Fact::Text(facts.funder.map(|id| id.to_string()).unwrap_or_default())),
            ("field", Fact::Text(facts.field.unwrap_or_default())),
            ("stage", Fact::from(facts.stage.map_or("", Stage::code))),
        ];
        words.say(language, self.reason(), &said)
    }

    /// The answer as the caller gets it.
    #[must_use]
    pub fn respond(&self, words: &Words, language: Language, request_id: &str) -> HttpResponse {
        let status = self.status();
        let facts = self.facts();
        let document = Document {
            kind: format!("urn:pass-numerique:problem:{}", self.reason()),
            title: words.say(language, &format!("status-{}", status.as_u16()), &[]),
            status: status.as_u16(),
            detail: self.sentence(words, language),
            reason: self.reason(),
            request_id,
            facts: &facts,
        };
        let body = serde_json::to_string(&document).unwrap_or_default();
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CONTENT_TYPE, CONTENT_TYPE));
        response.insert_header((header::CONTENT_LANGUAGE, language.code()));
        match &*self.0 {
            Cause::Wrong { wrong, .. } => match wrong {
                Wrong::TooMany { retry_after_seconds } | Wrong::Busy { retry_after_seconds } => {
                    response.insert_header((header::RETRY_AFTER, retry_after_seconds.to_string()));
                }
                Wrong::Unavailable => {
                    response.insert_header((header::RETRY_AFTER, "5"));
                }
                Wrong::Unauthenticated | Wrong::CredentialsWrong => {
                    response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
                }
                _ => {}
            },
            Cause::Refused { replayed: true, .. } => {
                response.insert_header(("Idempotency-Replayed", "true"));
            }
            Cause::Refused { .. } => {}
        }
        response.body(body)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.reason())
    }
}

impl actix_web::ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }
}

impl From<Wrong> for Problem {
    fn from(wrong: Wrong) -> Self {
        Self(Box::new(Cause::Wrong { wrong, field: None }))
    }
}

impl From<Fault> for Problem {
    /// Faults are told once, here: the caller gets no more than a status.
    fn from(fault: Fault) -> Self {
        if let Fault::Refused(reason) = fault {
            return Self::refused(reason.into(), false);
        }
        let wrong = match fault.passes() {
            Passes::WhenTheQueueIsShorter => Wrong::Busy { retry_after_seconds: 1 },
            Passes::WhenTheDatabaseIsBack => Wrong::Unavailable,
            Passes::Never => Wrong::Internal,
        };
        tracing::error!(cause = %fault, "a request failed");
        wrong.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_sentence() {
        let words = Words::new();
        let reasons = Reason::ALL.iter().map(|reason| reason.code());
        for code in reasons.chain(Wrong::ALL.iter().map(|wrong| wrong.code())) {
            assert_ne!(words.say(Language::French, code, &[]), code);
        }
    }
}
