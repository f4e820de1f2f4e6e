//! Who calls: the bearer token's user, checked anew on every request.
//! No table of rights: that is `domain/access.rs`.

use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

use super::{
    Shared, block,
    problem::{Problem, Wrong},
};
use crate::{
    app::session::API_KEY_PREFIX,
    domain::{
        access::{self, Tenant, Verb},
        ids::{IssuerId, OrganisationId, UserId},
        registry::Role,
    },
};

/// A person who is logged in and not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub user: UserId,
    pub role: Role,
    /// Logged in by a password alone where the role asks for more: may do nothing but add it.
    pub half: bool,
}

impl Caller {
    /// Within what the caller may do `verb`.
    pub fn may(&self, verb: Verb) -> Result<Tenant, Problem> {
        if self.half {
            return Err(Wrong::SecondFactorMissing.into());
        }
        access::within(self.role, verb).ok_or_else(|| Wrong::Forbidden.into())
    }

    /// A person by their session. One with a second factor has shown it when the session began.
    pub async fn person(state: &Shared, user: UserId, role: Role) -> Result<Self, Problem> {
        let asked = state.settings.second_factor_required && access::needs_second_factor(role);
        let half = asked && !block(state, move |service| service.has_second_factor(user)).await?;
        Ok(Self { user, role, half })
    }

    /// The issuer that the caller acts for: its own, or the one an operator names.
    pub fn issuer(within: Tenant, named: Option<IssuerId>) -> Result<IssuerId, Problem> {
        match (within, named) {
            (Tenant::Issuer(own), None) => Ok(own),
            (Tenant::Issuer(own), Some(named)) if own == named => Ok(own),
            (Tenant::Any, Some(named)) => Ok(named),
            (Tenant::Any, None) => Err(Problem::field(Wrong::FieldInvalid, "issuer")),
            _ => Err(Wrong::NotFound.into()),
        }
    }

    /// The organisation that the caller acts for: its own, or the one an operator names.
    pub fn organisation(
        within: Tenant,
        named: Option<OrganisationId>,
    ) -> Result<OrganisationId, Problem> {
        match (within, named) {
            (Tenant::Organisation(own), None) => Ok(own),
            (Tenant::Organisation(own), Some(named)) if own == named => Ok(own),
            (Tenant::Any, Some(named)) => Ok(named),
            (Tenant::Any, None) => Err(Problem::field(Wrong::FieldInvalid, "organisation")),
            _ => Err(Wrong::NotFound.into()),
        }
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<Shared>().cloned();
        let token = bearer(request);
        Box::pin(async move {
            let state = state.ok_or(Wrong::Internal)?;
            let token = token.ok_or(Wrong::Unauthenticated)?;
            let caller = if token.starts_with(API_KEY_PREFIX) {
                let key = block(&state, move |service| service.api_key(&token)).await?;
                key.map(|key| Self { user: key.user, role: key.role, half: false })
            } else {
                let now = state.service.clock.now();
                let id = state.tokens.read(&token, now).ok_or(Wrong::Unauthenticated)?;
                let user = block(&state, move |service| service.present(id)).await?;
                match user {
                    Some(user) => Some(Self::person(&state, user.id, user.role).await?),
                    None => None,
                }
            };
            let caller = caller.ok_or(Wrong::Unauthenticated)?;
            state.limiter.account(caller.user)?;
            Ok(caller)
        })
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
