//! The first operator: made with the one-time token that `serve` prints on an empty service.
//! Nothing here works once anybody can log in.

use std::sync::{Mutex, PoisonError};

use actix_web::HttpResponse;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::{
    domain::{
        access::Tenant,
        calendar::Instant,
        command::{Ask, Outcome},
        registry::Role,
        view::Filter,
    },
    http::{
        Shared, block,
        extract::{Body, Written},
        problem::{Problem, Wrong},
        v1::users::checked_password,
    },
    sys::password,
};

const LIFE_S: i64 = 30 * 60;

/// The hash of the token that is still good, if there is one, and until when.
#[derive(Debug, Default)]
pub struct FirstToken(Mutex<Option<([u8; 32], Instant)>>);

impl FirstToken {
    /// Good for half an hour, once.
    pub fn set(&self, token: &str, now: Instant) {
        let kept = (hashed(token), now.plus_seconds(LIFE_S));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    }

    /// Whether it is the token; it is used up.
    fn take(&self, token: &str, now: Instant) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let good = kept.is_some_and(|(hash, until)| hash == hashed(token) && now < until);
        if good {
            *kept = None;
        }
        good
    }
}

fn hashed(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstOperator {
    /// As `serve` printed it.
    #[schema(max_length = 64)]
    token: String,
    #[schema(max_length = 254)]
    email: String,
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(format = Password, min_length = 12, max_length = 128)]
    password: String,
}

/// Makes the first operator of an empty service.
#[utoipa::path(post, path = "/v1/auth/first-operator", tag = "auth", security(()),
    request_body = FirstOperator, responses((status = 201, body = Written)))]
pub async fn first_operator(
    state: Shared,
    body: Body<FirstOperator>,
) -> Result<HttpResponse, Problem> {
    let FirstOperator { token, email, name, password } = body.value;
    let password = checked_password(password)?;
    if !state.first.take(&token, state.service.clock.now()) {
        return Err(Wrong::CredentialsWrong.into());
    }
    let outcome = block(&state, move |service| {
        if !service.database().users(&Filter::of(Tenant::Any))?.is_empty() {
            return Ok(None);
        }
        let password_hash = password::hash(&password)?;
        let role = Role::Operator;
        service.ask_as(None, Ask::AddUser { email, name, role, password_hash }).map(Some)
    })
    .await?;
    match outcome {
        Some(Outcome::Added { seq, id }) => {
            Ok(HttpResponse::Created().json(Written { seq, id: Some(id.to_string()) }))
        }
        Some(Outcome::Refused(refusal)) => {
            // A mistyped address must not cost the token.
            state.first.set(&token, state.service.clock.now());
            Err(Problem::refused(refusal, false))
        }
        _ => Err(Wrong::CredentialsWrong.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_works_once_and_for_half_an_hour() {
        let (first, now) = (FirstToken::default(), Instant(0));
        assert!(!first.take("a", now));
        first.set("a", now);
        assert!(!first.take("b", now));
        assert!(!first.take("a", now.plus_seconds(LIFE_S)));
        assert!(first.take("a", now));
        assert!(!first.take("a", now));
    }
}
