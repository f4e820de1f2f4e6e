//! Who calls: the bearer token's person or device, checked anew on every request.
//! No table of rights: that is `domain/access.rs`.

use std::pin::Pin;

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};

use super::{
    Shared, block, look_up,
    problem::{Problem, Wrong},
};
use crate::{
    app::session::API_KEY_PREFIX,
    domain::{
        access::{self, Tenant, Verb, Who},
        command::Scope,
        device::{Device, DeviceState},
        ids::{DeviceId, IssuerId, OrganisationId, UserId},
        refusal::Reason,
        registry::Role,
        view::Filter,
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
        let half = asked && !look_up(state, move |service| service.has_second_factor(user)).await?;
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

/// Whoever takes workshops and looks back at them: a person, or a device by its own key.
pub enum Anyone {
    Person(Caller),
    Device(DeviceCaller),
}

/// A device that has signed in; one that was revoked may still hand over what it has.
pub struct DeviceCaller(pub Device);

impl DeviceCaller {
    /// The device, unless it was revoked.
    ///
    /// # Errors
    /// 403 `device_revoked`.
    pub fn trusted(&self) -> Result<&Device, Problem> {
        match self.0.state() {
            DeviceState::Enrolled => Ok(&self.0),
            _ => Err(Problem::refused(Reason::DeviceRevoked.into(), false)),
        }
    }
}

impl Anyone {
    /// Within what the caller may do `verb`.
    pub fn may(&self, verb: Verb) -> Result<Tenant, Problem> {
        match self {
            Self::Person(caller) => caller.may(verb),
            Self::Device(caller) => {
                // A refused scan is always 409.
                if verb == Verb::VoucherLookUp && caller.trusted().is_err() {
                    return Err(Problem::refused_scan(Reason::DeviceRevoked.into(), false));
                }
                // What became of a request that it made before, it is told; no other is taken.
                if verb != Verb::RedemptionCreate {
                    caller.trusted()?;
                }
                let within = access::device_within(caller.0.organisation, verb);
                within.ok_or_else(|| Wrong::Forbidden.into())
            }
        }
    }

    /// Of its organisation a device sees what is its own.
    #[must_use]
    pub fn narrow(&self, filter: Filter) -> Filter {
        Filter { device: self.device().or(filter.device), ..filter }
    }

    #[must_use]
    pub const fn who(&self) -> Who {
        match self {
            Self::Person(caller) => Who::Person(caller.user),
            Self::Device(caller) => Who::Device(caller.0.id),
        }
    }

    /// Where the ids of the caller's requests are unique.
    #[must_use]
    pub const fn scope(&self) -> Scope {
        match self {
            Self::Person(caller) => Scope::User(caller.user),
            Self::Device(caller) => Scope::Organisation(caller.0.organisation),
        }
    }

    #[must_use]
    pub const fn actor(&self) -> Option<UserId> {
        match self {
            Self::Person(caller) => Some(caller.user),
            Self::Device(_) => None,
        }
    }

    #[must_use]
    pub const fn device(&self) -> Option<DeviceId> {
        match self {
            Self::Person(_) => None,
            Self::Device(caller) => Some(caller.0.id),
        }
    }

    /// Whose bearer text it is.
    async fn of(state: &Shared, token: String) -> Result<Self, Problem> {
        let caller = if token.starts_with(API_KEY_PREFIX) {
            let key = block(state, move |service| service.api_key(&token)).await?;
            key.map(|key| Self::Person(Caller { user: key.user, role: key.role, half: false }))
        } else {
            let now = state.service.clock.now();
            match state.tokens.read(&token, now).ok_or(Wrong::Unauthenticated)? {
                Who::Person(id) => {
                    match look_up(state, move |service| service.present(id)).await? {
                        Some(user) => {
                            Some(Self::Person(Caller::person(state, user.id, user.role).await?))
                        }
                        None => None,
                    }
                }
                Who::Device(id) => {
                    let device = look_up(state, move |service| service.calling_device(id)).await?;
                    if device.as_ref().is_some_and(|calling| calling.to_note) {
                        block(state, move |service| service.note_seen(id)).await?;
                    }
                    device.map(|calling| Self::Device(DeviceCaller(calling.device)))
                }
            }
        };
        let caller = caller.ok_or(Wrong::Unauthenticated)?;
        state.limiter.account(caller.who())?;
        Ok(caller)
    }
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for Anyone {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<Shared>().cloned();
        let token = bearer(request);
        Box::pin(async move {
            let state = state.ok_or(Wrong::Internal)?;
            Self::of(&state, token.ok_or(Wrong::Unauthenticated)?).await
        })
    }
}

/// A person: devices do what takes `Anyone`, and nothing else.
impl FromRequest for Caller {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let anyone = Anyone::from_request(request, payload);
        Box::pin(async move {
            match anyone.await? {
                Anyone::Person(caller) => Ok(caller),
                Anyone::Device(_) => Err(Wrong::Forbidden.into()),
            }
        })
    }
}

impl FromRequest for DeviceCaller {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let anyone = Anyone::from_request(request, payload);
        Box::pin(async move {
            match anyone.await? {
                Anyone::Device(caller) => Ok(caller),
                Anyone::Person(_) => Err(Wrong::Forbidden.into()),
            }
        })
    }
}

fn bearer(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
