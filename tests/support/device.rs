//! A device as a program would be one: a key, an enrolment, a sign-in.
//! No assertions but that it gets in.

use std::cell::Cell;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer as _, SigningKey};
use pass_numerique::domain::{
    command::Delivery,
    device::Statement,
    ids::{DeviceId, Seq, VenueId},
    record::{Claims, Hash, shown},
};
use serde_json::{Value, json};

use super::api::{Api, Caller, Reply};

pub struct Device {
    pub id: DeviceId,
    pub key: SigningKey,
    /// Records made so far, and the hash of the last one.
    chain: Cell<(u32, Hash)>,
}

/// What a supervisor was told about a new device: its number and its token.
pub fn invited(reply: &Reply) -> (DeviceId, String) {
    assert_eq!(reply.status, 201, "{}", reply.text);
    let link = reply.body["enrolment"]["link"].as_str().unwrap();
    let (_, told) = link.split_once("/scan#enrol=").unwrap();
    let (id, token) = told.split_once('.').unwrap();
    assert_eq!(token, reply.body["enrolment"]["token"].as_str().unwrap());
    (id.parse().unwrap(), token.to_owned())
}

impl Device {
    /// A device with a key of its own that knows its number.
    pub fn new(id: DeviceId, seed: u8) -> Self {
        Self { id, key: SigningKey::from_bytes(&[seed; 32]), chain: Cell::default() }
    }

    /// Added by a supervisor for these venues, and enrolled.
    pub fn enrolled(api: &Api, supervisor: &Caller<'_>, venues: &[VenueId], seed: u8) -> Self {
        let body = json!({"name": "Tablette", "venues": venues});
        let (id, token) = invited(&supervisor.post("/v1/devices", &body));
        let device = Self::new(id, seed);
        let reply = device.enrol(api, &token);
        assert_eq!(reply.status, 200, "{}", reply.text);
        device
    }

    pub fn sign(&self, statement: Statement<'_>) -> String {
        let signature = self.key.sign(statement.text(self.id).as_bytes());
        BASE64URL_NOPAD.encode(&signature.to_bytes())
    }

    pub fn enrol(&self, api: &Api, token: &str) -> Reply {
        let public = data_encoding::HEXLOWER.encode(self.key.verifying_key().as_bytes());
        let body = json!({"device": self.id, "token": token, "public_key": public,
            "proof": self.sign(Statement::Enrol { token })});
        post(api, "enrol", &body)
    }

    pub fn challenge(&self, api: &Api) -> String {
        let reply = post(api, "challenge", &json!({"device": self.id}));
        reply.body["challenge"].as_str().unwrap_or_else(|| panic!("{}", reply.text)).to_owned()
    }

    pub fn answer(&self, api: &Api, challenge: &str) -> Reply {
        let signature = self.sign(Statement::SignIn { challenge });
        let body = json!({"device": self.id, "challenge": challenge, "signature": signature});
        post(api, "session", &body)
    }

    /// Signed in with its key.
    pub fn caller<'a>(&self, api: &'a Api) -> Caller<'a> {
        let reply = self.answer(api, &self.challenge(api));
        let token = reply.body["access_token"].as_str();
        api.bearer(token.unwrap_or_else(|| panic!("{}", reply.text)))
    }
}

/// What stands beside a record; a real device draws it.
const SALT: [u8; 16] = [3; 16];

impl Device {
    /// The next record of its chain: one workshop now, as `POST /v1/sync` takes it.
    pub fn record(&self, api: &Api, code: &str) -> Value {
        self.record_with(api, code, |_| {})
    }

    pub fn record_with(&self, api: &Api, code: &str, change: impl FnOnce(&mut Claims)) -> Value {
        let (town, (sequence, before)) = (&api.town, self.chain.get());
        let mut claims = Claims {
            device: self.id,
            sequence: sequence + 1,
            before,
            request: town.service.new_request_id(),
            venue: town.venue,
            person: None,
            shown: shown(&SALT, code),
            workshops: 1,
            delivery: Delivery::default(),
            clock_at: town.service.clock.now(),
            clock_offset_ms: 0,
            server_at: town.service.clock.now(),
            seen: Seq(1),
            feed_at: None,
        };
        change(&mut claims);
        let input = claims.signing_input();
        self.chain.set((claims.sequence, Hash::of(input.as_bytes())));
        let signature = self.key.sign(input.as_bytes()).to_bytes();
        let record = format!("{input}.{}", BASE64URL_NOPAD.encode(&signature));
        json!({"record": record, "salt": BASE64URL_NOPAD.encode(&SALT), "code": code})
    }

    /// The next record of a device that has just heard of everything that there is.
    pub fn informed(&self, api: &Api, code: &str, change: impl FnOnce(&mut Claims)) -> Value {
        let (now, until) = (api.town.service.clock.now(), api.town.service.database().as_of());
        self.record_with(api, code, |claims| {
            (claims.seen, claims.feed_at) = (until.unwrap(), Some(now));
            change(claims);
        })
    }

    /// Another program with the same key, at the same place of the chain.
    pub fn copied(&self) -> Self {
        Self { id: self.id, key: self.key.clone(), chain: self.chain.clone() }
    }

    pub fn sync(&self, api: &Api, records: &[Value]) -> Reply {
        let body = json!({"records": records}).to_string();
        self.caller(api).send("POST", "/v1/sync", &[], Some(&body))
    }
}

/// The verdicts of an upload, by their names.
pub fn verdicts(reply: &Reply) -> Vec<&str> {
    let all = reply.body["verdicts"].as_array().unwrap_or_else(|| panic!("{}", reply.text));
    all.iter().map(|one| one["verdict"].as_str().unwrap()).collect()
}

fn post(api: &Api, verb: &str, body: &Value) -> Reply {
    api.nobody().send("POST", &format!("/v1/devices/{verb}"), &[], Some(&body.to_string()))
}
