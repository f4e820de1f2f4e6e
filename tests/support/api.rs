//! The service on a real port, and clients by role; every answer is checked by the contract.
//! No assertions of its own.

use std::{net::TcpListener, sync::Arc, sync::LazyLock, sync::mpsc, thread};

use pass_numerique::{
    domain::{
        command::{Ask, Outcome},
        ids::UserId,
        registry::Role,
    },
    http::{
        Settings, Shared, State,
        auth::tokens::{TokenKey, Tokens},
        limits::Rates,
        server,
    },
    sys::password,
};
use serde_json::Value;

use super::{Town, contract};

pub const PASSWORD: &str = "correct horse battery";
static HASH: LazyLock<String> = LazyLock::new(|| password::hash(PASSWORD).unwrap());

/// A town with its service listening.
pub struct Api {
    pub town: Town,
    pub state: Shared,
    base: String,
    agent: ureq::Agent,
    server: Server,
}

/// What listens, until it is dropped.
struct Server(Option<(actix_web::dev::ServerHandle, thread::JoinHandle<()>)>);

pub struct Reply {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub bytes: Vec<u8>,
    pub text: String,
    pub body: Value,
}

impl Reply {
    pub fn reason(&self) -> &str {
        self.body["reason"].as_str().unwrap_or("")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }
}

/// A caller: its bearer text and its language.
#[derive(Clone)]
pub struct Caller<'a> {
    api: &'a Api,
    pub user: UserId,
    bearer: Option<String>,
}

impl Api {
    pub fn start(town: Town) -> Self {
        Self::with_rates(town, Rates { address: 100_000, account: 100_000 })
    }

    pub fn with_rates(town: Town, rates: Rates) -> Self {
        let second_factor_required = false;
        Self::with(town, Settings { rates, behind_proxy: false, second_factor_required })
    }

    pub fn with(town: Town, settings: Settings) -> Self {
        let tokens = Tokens::new("test", TokenKey::from_seed(&[1; 32]).unwrap(), Vec::new());
        let state = Shared::new(State::new(Arc::clone(&town.service), tokens, settings));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (sender, receiver) = mpsc::channel();
        let shared = state.clone();
        let thread = thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server =
                    server::listen(shared, pass_numerique::pages::routes, listener, 2).unwrap();
                sender.send(server.handle()).unwrap();
                server.await.unwrap();
            });
        });
        let server = Server(Some((receiver.recv().unwrap(), thread)));
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .build()
            .new_agent();
        Self { town, state, base, agent, server }
    }

    /// Stops listening; the town goes on.
    pub fn stop(self) -> Town {
        let Self { town, state, mut server, .. } = self;
        server.stop();
        drop(state);
        town
    }

    /// A new person of a role, logged in.
    pub fn person(&self, role: Role) -> Caller<'_> {
        let email = format!("{}@example.fr", self.town.service.new_request_id());
        let (name, password_hash) = ("Une personne".to_owned(), HASH.clone());
        let ask = Ask::AddUser { email, name, role, password_hash };
        let Outcome::Added { id, .. } = self.town.service.ask_as(None, ask).unwrap() else {
            panic!("{role:?} was refused")
        };
        self.again(UserId(id))
    }

    /// The same person, logged in anew: tokens live ten minutes.
    pub fn again(&self, user: UserId) -> Caller<'_> {
        let now = self.town.service.clock.now();
        Caller { api: self, user, bearer: Some(self.state.tokens.make(user, now).unwrap()) }
    }

    pub fn nobody(&self) -> Caller<'_> {
        Caller { api: self, user: UserId(0), bearer: None }
    }

    pub fn bearer(&self, text: &str) -> Caller<'_> {
        Caller { api: self, user: UserId(0), bearer: Some(text.to_owned()) }
    }
}

impl Server {
    fn stop(&mut self) {
        if let Some((handle, thread)) = self.0.take() {
            actix_web::rt::System::new().block_on(handle.stop(false));
            drop(thread.join());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Caller<'_> {
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    /// Under a new request key.
    pub fn post(&self, path: &str, body: &Value) -> Reply {
        let key = self.api.town.service.new_request_id().to_string();
        self.send("POST", path, &[("Idempotency-Key", &key)], Some(&body.to_string()))
    }

    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        let key = self.api.town.service.new_request_id().to_string();
        self.send("PATCH", path, &[("Idempotency-Key", &key)], Some(&body.to_string()))
    }

    /// What is not of the contract: its own pages.
    pub fn send_unchecked(&self, path: &str) -> Reply {
        self.exchange("GET", path, &[], None)
    }

    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Reply {
        let reply = self.exchange(method, path, headers, body);
        contract::check(method, path, reply.status, &reply.text);
        reply
    }

    pub fn exchange(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Reply {
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.api.base));
        if let Some(bearer) = &self.bearer {
            request = request.header("Authorization", format!("Bearer {bearer}"));
        }
        let typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if body.is_some() && !typed {
            request = request.header("Content-Type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.unwrap_or("").to_owned()).unwrap();
        let mut response = self.api.agent.run(request).unwrap();
        let bytes = response.body_mut().read_to_vec().unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = response.status().as_u16();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Reply { status, headers: response.headers().clone(), bytes, text, body }
    }
}
