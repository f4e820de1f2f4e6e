//! Who looks at a page: the session of a cookie, and the language that was chosen.
//! No rights: those stand in `domain/access.rs`.

use std::pin::Pin;

use actix_web::{
    FromRequest, HttpMessage as _, HttpRequest,
    cookie::{Cookie, SameSite, time::Duration},
    dev::Payload,
    http::header,
};

use super::{
    layout::Layout,
    stop::{Stop, encoded},
};
use crate::{
    app::browser_session::{self, LIFE_S},
    domain::{
        access::{Tenant, Verb},
        registry::User,
    },
    http::{
        Shared,
        access::Caller,
        block,
        problem::{Problem, Wrong},
        say::Say,
    },
    words::Language,
};

const LANGUAGE: &str = "language";
const PLACE: &str = "near";
const LANGUAGE_LIFE_DAYS: i64 = 365;

/// Whether the browser came by TLS, as far as the server or a proxy in front tells.
fn secure(request: &HttpRequest) -> bool {
    let connection = request.connection_info();
    connection.scheme() == "https"
}

/// The prefix binds a cookie to this host and to TLS (RFC 6265bis, 4.1.3.2).
const fn session_name(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// The cookie that a session is known by; an empty value ends it.
pub fn session_cookie(request: &HttpRequest, value: String) -> Cookie<'static> {
    let secure = secure(request);
    let life = if value.is_empty() { Duration::ZERO } else { Duration::seconds(LIFE_S) };
    Cookie::build(session_name(secure), value)
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .max_age(life)
        .finish()
}

pub fn language_cookie(request: &HttpRequest, language: Language) -> Cookie<'static> {
    Cookie::build(LANGUAGE, language.code())
        .path("/")
        .http_only(true)
        .secure(secure(request))
        .same_site(SameSite::Lax)
        .max_age(Duration::days(LANGUAGE_LIFE_DAYS))
        .finish()
}

/// The commune that places were looked for near of, kept in the browser for the next pass.
pub fn place_cookie(request: &HttpRequest, near: &str) -> Cookie<'static> {
    Cookie::build(PLACE, encoded(near))
        .path("/vouchers")
        .http_only(true)
        .secure(secure(request))
        .same_site(SameSite::Lax)
        .max_age(Duration::days(LANGUAGE_LIFE_DAYS))
        .finish()
}

/// The commune of the last time.
pub fn place_of(request: &HttpRequest) -> Option<String> {
    request.cookie(PLACE).map(|cookie| cookie.value().to_owned())
}

/// The words of who asks: the language chosen before, or the browser's.
pub fn reader(state: Shared, request: &HttpRequest) -> Say {
    let chosen = request.cookie(LANGUAGE).and_then(|cookie| match cookie.value() {
        "fr" => Some(Language::French),
        "en" => Some(Language::English),
        _ => None,
    });
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE);
    let accepted = accepted.and_then(|value| value.to_str().ok()).unwrap_or_default();
    Say::new(state, chosen.unwrap_or_else(|| Language::accepted(accepted)))
}

/// Anybody, known or not.
pub struct Guest {
    pub state: Shared,
    pub say: Say,
    /// Where they are, with the query.
    pub place: String,
}

impl Guest {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let state = request.app_data::<Shared>().cloned().ok_or(Wrong::Internal)?;
        let said = request.extensions().get::<Say>().cloned();
        let say = said.unwrap_or_else(|| reader(state.clone(), request));
        let place = request.uri().path_and_query().map_or("/", |place| place.as_str()).to_owned();
        Ok(Self { state, say, place })
    }

    pub fn layout(&self, title: &str) -> Layout {
        Layout::new(self.say.clone(), self.say.t(title), &self.place)
    }
}

impl FromRequest for Guest {
    type Error = Stop;
    type Future = std::future::Ready<Result<Self, Stop>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::of(request).map_err(Stop::from))
    }
}

/// Whether whoever has still to set up a second factor sees this page.
fn open_to_half(place: &str) -> bool {
    place == "/logout" || place.starts_with("/account")
}

/// A person who is logged in.
pub struct Visitor {
    pub state: Shared,
    pub say: Say,
    pub place: String,
    pub caller: Caller,
    pub user: User,
    pub session: browser_session::Visitor,
}

impl Visitor {
    /// Within what the visitor may do `verb`.
    pub fn may(&self, verb: Verb) -> Result<Tenant, Stop> {
        Ok(self.caller.may(verb)?)
    }

    pub fn layout(&self, title: &str) -> Layout {
        self.titled(self.say.t(title))
    }

    pub fn titled(&self, title: String) -> Layout {
        Layout::new(self.say.clone(), title, &self.place).with(self)
    }

    /// # Errors
    /// 403 when the form was not made for this session.
    pub fn sent(&self, form_token: &str) -> Result<(), Stop> {
        if form_token == self.session.form_token {
            return Ok(());
        }
        Err(Wrong::Forbidden.into())
    }
}

impl FromRequest for Visitor {
    type Error = Stop;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Stop>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let guest = Guest::of(request);
        let cookie = request.cookie(session_name(secure(request)));
        Box::pin(async move {
            let Guest { state, say, place } = guest?;
            let log_in = Stop::LogIn { next: place.clone() };
            let Some(cookie) = cookie.map(|cookie| cookie.value().to_owned()) else {
                return Err(log_in);
            };
            let known = block(&state, move |service| service.visitor(&cookie)).await?;
            let Some(session) = known else { return Err(log_in) };
            let caller = Caller::person(&state, session.user.id, session.user.role).await?;
            state.limiter.account(caller.user)?;
            if caller.half && !open_to_half(&place) {
                return Err(Stop::SecondFactor);
            }
            let user = session.user.clone();
            Ok(Self { state, say, place, caller, user, session })
        })
    }
}
