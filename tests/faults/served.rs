//! The real binary on a port of this machine, as operators start it.
//! No assertions on what it answers.

use std::{
    net::TcpListener,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

use pass_numerique::app::view::Location;
use serde_json::{Value, json};

use crate::support::{Place, api::PASSWORD};

pub struct Served {
    child: Child,
    base: String,
}

pub struct Reply {
    pub status: u16,
    pub body: Value,
    pub replayed: bool,
}

pub fn agent() -> ureq::Agent {
    let config = ureq::Agent::config_builder().http_status_as_error(false);
    config.timeout_global(Some(Duration::from_secs(20))).build().new_agent()
}

fn url(location: &Location) -> String {
    match location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    }
}

impl Served {
    /// Starts `serve` and waits until it is ready.
    pub fn start(place: &Place) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_pass-numerique"))
            .args(["serve", "--host", "pass.example", "--log", "error"])
            .args(["--database", &url(&place.location), "--listen", &free.to_string()])
            .args(["--address-rate", "100000", "--account-rate", "100000"])
            .arg("--keys")
            .arg(&place.keys)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let served = Self { child, base: format!("http://{free}") };
        let agent = agent();
        for _ in 0..600 {
            let ready = agent.get(format!("{}/readyz", served.base)).call();
            if ready.is_ok_and(|reply| reply.status() == 200) {
                return served;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("the service did not become ready")
    }

    /// One request; an error when there was no answer.
    pub fn post(
        &self,
        agent: &ureq::Agent,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Result<Reply, ureq::Error> {
        let mut request = agent.post(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.header("Content-Type", "application/json");
        let mut reply = request.send(body.to_string())?;
        let text = reply.body_mut().read_to_string()?;
        let replayed = reply.headers().contains_key("idempotency-replayed");
        let body = serde_json::from_str(&text).unwrap_or_default();
        Ok(Reply { status: reply.status().as_u16(), body, replayed })
    }

    /// A bearer header's value.
    pub fn log_in(&self, email: &str) -> String {
        let body = json!({"email": email, "password": PASSWORD});
        let reply = self.post(&agent(), "/v1/auth/login", &[], &body).unwrap();
        format!("Bearer {}", reply.body["access_token"].as_str().unwrap())
    }

    /// SIGKILL, in the middle of whatever it does.
    pub fn kill(&self) {
        self.signal("-KILL");
    }

    /// SIGTERM, as systemd sends it.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    pub fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

/// A test that fails leaves no program behind.
impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
