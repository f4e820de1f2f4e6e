//! A device's way to its service, over HTTP: what it asks, and what is told, as plain values.
//! No rules and no state but a short token; nothing is asked twice here but a sign-in.

use std::time::Duration;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use ureq::{Agent, Body, http::Response};

use super::{enrolment_link::EnrolmentLink, gateway::tls, signer::DeviceKey};
use crate::domain::{
    calendar::{Day, Instant, Zone},
    cents::Cents,
    command::Delivery,
    device::Statement,
    ids::{DeviceId, OrganisationId, ProgrammeId, RequestId, Seq, VenueId, VoucherId},
    key_register::PublicKey,
    record::DecidedRecord,
    refusal::Facts,
    service::Service,
    voucher::Kid,
};

const CONNECT_S: u64 = 4;
const ANSWER_S: u64 = 12;
/// The longest answer, in bytes: a page of a feed has 220 kB at most.
const LONGEST_ANSWER: u64 = 4 << 20;

/// Why there is no answer to count on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Nothing was asked: the service cannot have done anything.
    #[error("the service is not reached")]
    NotReached,
    /// It may have been asked, and may have done it.
    #[error("the service did not answer")]
    Unanswered,
    #[error("the service is busy: try again later")]
    Busy,
    #[error("the service refused: {reason}: {detail}")]
    Refused {
        status: u16,
        /// The stable code.
        reason: String,
        /// The same for people, in the language that was asked for.
        detail: String,
        facts: Box<Facts>,
    },
    #[error("the answer is not one of this service")]
    Strange,
}

/// A device, and what it works with, as the service tells it. What a newer service says besides
/// is left alone.
#[derive(Clone, Debug, Deserialize)]
pub struct OwnDevice {
    pub device: DeviceId,
    pub organisation: OrganisationId,
    pub name: String,
    pub venues: Vec<Venue>,
    pub programmes: Vec<Programme>,
    pub key_set: Option<String>,
    pub root: Option<PublicKey>,
    pub now: Instant,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Venue {
    pub id: VenueId,
    pub profile: Profile,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Profile {
    pub name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Programme {
    pub id: ProgrammeId,
    pub terms: Terms,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Terms {
    pub time_zone: Zone,
    pub service_required: bool,
    pub services: Vec<Service>,
    pub workshops_a_day: Option<u8>,
    pub workshops_a_venue: Option<u8>,
    pub offline: Offline,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Offline {
    pub feed_days: u16,
}

/// A redemption that the service counted.
#[derive(Clone, Debug, Deserialize)]
pub struct Receipt {
    pub seq: Seq,
    pub voucher: VoucherId,
    pub workshops: u8,
    pub left: u8,
    pub last_day: Day,
    pub earned_cents: Cents,
    pub reversed: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Synced {
    pub verdicts: Vec<Verdict>,
    pub now: Instant,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Verdict {
    pub verdict: String,
    pub kept: bool,
    pub reason: Option<String>,
    pub cause: Option<String>,
    pub redemption: Option<Receipt>,
}

/// A redemption as it is asked for.
pub struct Wanted<'a> {
    pub id: RequestId,
    pub venue: VenueId,
    pub code: &'a str,
    pub workshops: u8,
    pub delivery: Delivery,
    /// Of an attempt from before; the service's own time otherwise.
    pub occurred_at: Option<Instant>,
}

/// A record with what its hash is of.
pub struct Sent<'a> {
    pub record: &'a str,
    pub salt: &'a [u8; 16],
    pub code: &'a str,
}

pub struct ServiceClient {
    agent: Agent,
    service: String,
    language: &'static str,
    token: Option<String>,
}

impl ServiceClient {
    /// # Errors
    /// Without root certificates where they are needed.
    pub fn new(service: &str, language: &'static str) -> Result<Self, super::gateway::NoRoots> {
        let secure = service.starts_with("https:");
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .https_only(secure)
            .timeout_resolve(Some(Duration::from_secs(CONNECT_S)))
            .timeout_connect(Some(Duration::from_secs(CONNECT_S)))
            .timeout_global(Some(Duration::from_secs(ANSWER_S)))
            .tls_config(tls(secure)?)
            .build();
        Ok(Self { agent: config.into(), service: service.to_owned(), language, token: None })
    }

    /// Enrols the device; sent again with the same key, the answer is the same.
    ///
    /// # Errors
    /// Why there is no answer to count on.
    pub fn enrol(&self, link: &EnrolmentLink, key: &DeviceKey) -> Result<OwnDevice, NoAnswer> {
        let statement = Statement::Enrol { token: &link.token };
        let body = json!({
            "device": link.device,
            "token": link.token,
            "public_key": HEXLOWER.encode(&key.public()),
            "proof": signed(key, link.device, statement),
        });
        read(self.post("/v1/devices/enrol", None, &body)?)
    }

    /// What the device works with.
    ///
    /// # Errors
    /// As `enrol`.
    pub fn own(&mut self, who: Who<'_>) -> Result<OwnDevice, NoAnswer> {
        read(self.signed_in(who, |client, token| client.get("/v1/devices/self", token))?)
    }

    /// A page of the feed.
    ///
    /// # Errors
    /// As `enrol`.
    pub fn feed(&mut self, who: Who<'_>, query: &str) -> Result<Vec<u8>, NoAnswer> {
        let path = format!("/v1/feed{query}");
        let mut answer = self.signed_in(who, |client, token| client.get(&path, token))?;
        bytes(&mut answer)
    }

    /// A page of the genuine passes of a key that leaked.
    ///
    /// # Errors
    /// As `enrol`.
    pub fn genuine(&mut self, who: Who<'_>, leaked: Kid, number: i64) -> Result<Vec<u8>, NoAnswer> {
        let path = format!("/v1/feed/genuine/{leaked}?number={number}");
        let mut answer = self.signed_in(who, |client, token| client.get(&path, token))?;
        bytes(&mut answer)
    }

    /// Redeems workshops.
    ///
    /// # Errors
    /// As `enrol`.
    pub fn redeem(&mut self, who: Who<'_>, wanted: &Wanted<'_>) -> Result<Receipt, NoAnswer> {
        let mut body = json!({
            "id": wanted.id, "venue": wanted.venue, "code": wanted.code,
            "workshops": wanted.workshops,
        });
        if let Some(object) = body.as_object_mut() {
            if let Ok(Value::Object(delivery)) = serde_json::to_value(wanted.delivery) {
                object.extend(delivery);
            }
            if let Some(at) = wanted.occurred_at {
                object.insert("occurred_at".to_owned(), json!(at));
            }
        }
        let path = "/v1/redemptions";
        read(self.signed_in(who, |client, token| client.post(path, Some(token), &body))?)
    }

    /// Hands records over.
    ///
    /// # Errors
    /// As `enrol`.
    pub fn sync(&mut self, who: Who<'_>, records: &[Sent<'_>]) -> Result<Synced, NoAnswer> {
        let record = |sent: &Sent<'_>| {
            json!({
                "record": sent.record, "salt": BASE64URL_NOPAD.encode(sent.salt),
                "code": sent.code,
            })
        };
        let body = json!({ "records": records.iter().map(record).collect::<Vec<_>>() });
        let synced: Synced = read(
            self.signed_in(who, |client, token| client.post("/v1/sync", Some(token), &body))?,
        )?;
        // One verdict each, in the same order: with fewer nobody knows whose they are.
        if synced.verdicts.len() == records.len() { Ok(synced) } else { Err(NoAnswer::Strange) }
    }

    /// What was decided about records that were put aside.
    ///
    /// # Errors
    /// As `enrol`.
    pub fn decisions(
        &mut self,
        who: Who<'_>,
        sequences: &[u32],
    ) -> Result<Vec<DecidedRecord>, NoAnswer> {
        #[derive(Deserialize)]
        struct Decisions {
            items: Vec<DecidedRecord>,
        }
        let places: Vec<String> = sequences.iter().map(u32::to_string).collect();
        let path = format!("/v1/devices/self/decisions?sequences={}", places.join(","));
        let found: Decisions =
            read(self.signed_in(who, |client, token| client.get(&path, token))?)?;
        Ok(found.items)
    }

    /// Says how the device is.
    ///
    /// # Errors
    /// As `enrol`.
    pub fn report(&mut self, who: Who<'_>, version: &str, queued: usize) -> Result<(), NoAnswer> {
        let body = json!({ "version": version, "queued": queued });
        let path = "/v1/devices/self/report";
        self.signed_in(who, |client, token| client.post(path, Some(token), &body)).map(drop)
    }

    /// Asks with the device's token; with a new one where it is good no more.
    fn signed_in(
        &mut self,
        who: Who<'_>,
        ask: impl Fn(&Self, &str) -> Result<Response<Body>, NoAnswer>,
    ) -> Result<Response<Body>, NoAnswer> {
        if let Some(token) = self.token.clone() {
            match ask(self, &token) {
                Err(NoAnswer::Refused { status: 401, .. }) => self.token = None,
                answer => return answer,
            }
        }
        // Nothing but the sign-in was asked: what fails here leaves nothing behind.
        let token = self.sign_in(who).map_err(|failed| match failed {
            NoAnswer::Unanswered => NoAnswer::NotReached,
            other => other,
        })?;
        let answer = ask(self, &token);
        self.token = Some(token);
        answer
    }

    fn sign_in(&self, who: Who<'_>) -> Result<String, NoAnswer> {
        #[derive(Deserialize)]
        struct Challenge {
            challenge: String,
        }
        #[derive(Deserialize)]
        struct Session {
            access_token: String,
        }
        let asked = json!({ "device": who.device });
        let Challenge { challenge } = read(self.post("/v1/devices/challenge", None, &asked)?)?;
        let signature = signed(who.key, who.device, Statement::SignIn { challenge: &challenge });
        let body = json!({
            "device": who.device, "challenge": challenge, "signature": signature,
        });
        let session: Session = read(self.post("/v1/devices/session", None, &body)?)?;
        Ok(session.access_token)
    }

    fn get(&self, path: &str, token: &str) -> Result<Response<Body>, NoAnswer> {
        let request = self.agent.get(format!("{}{path}", self.service));
        let request = request.header("Accept-Language", self.language);
        let request = request.header("Authorization", format!("Bearer {token}"));
        judged(request.call())
    }

    fn post(
        &self,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<Response<Body>, NoAnswer> {
        let request = self.agent.post(format!("{}{path}", self.service));
        let mut request = request
            .header("Accept-Language", self.language)
            .header("Content-Type", "application/json");
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        judged(request.send(body.to_string()))
    }
}

/// Who asks.
#[derive(Clone, Copy)]
pub struct Who<'a> {
    pub device: DeviceId,
    pub key: &'a DeviceKey,
}

fn signed(key: &DeviceKey, device: DeviceId, statement: Statement<'_>) -> String {
    BASE64URL_NOPAD.encode(&key.sign(statement.text(device).as_bytes()))
}

fn judged(answer: Result<Response<Body>, ureq::Error>) -> Result<Response<Body>, NoAnswer> {
    let mut answer = answer.map_err(|cause| no_answer(&cause))?;
    let status = answer.status().as_u16();
    match status {
        200..=299 => Ok(answer),
        429 | 503 => Err(NoAnswer::Busy),
        400..=499 => Err(refused(status, &bytes(&mut answer)?)),
        500..=599 => Err(NoAnswer::Unanswered),
        _ => Err(NoAnswer::Strange),
    }
}

/// What is known not to have been asked is told from what may have been.
fn no_answer(cause: &ureq::Error) -> NoAnswer {
    use std::io::ErrorKind;

    use ureq::{Error, Timeout};
    match cause {
        Error::HostNotFound
        | Error::ConnectionFailed
        | Error::BadUri(_)
        | Error::Tls(_)
        | Error::Timeout(Timeout::Resolve | Timeout::Connect) => NoAnswer::NotReached,
        Error::Io(cause)
            if matches!(
                cause.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkUnreachable
                    | ErrorKind::AddrNotAvailable
            ) =>
        {
            NoAnswer::NotReached
        }
        _ => NoAnswer::Unanswered,
    }
}

fn refused(status: u16, body: &[u8]) -> NoAnswer {
    #[derive(Deserialize)]
    struct Problem {
        reason: String,
        detail: String,
        #[serde(flatten)]
        facts: Facts,
    }
    match serde_json::from_slice(body) {
        Ok(Problem { reason, detail, facts }) => {
            NoAnswer::Refused { status, reason, detail, facts: Box::new(facts) }
        }
        Err(_) => NoAnswer::Strange,
    }
}

fn bytes(answer: &mut Response<Body>) -> Result<Vec<u8>, NoAnswer> {
    let body = answer.body_mut().with_config().limit(LONGEST_ANSWER);
    body.read_to_vec().map_err(|_| NoAnswer::Unanswered)
}

fn read<T: DeserializeOwned>(mut answer: Response<Body>) -> Result<T, NoAnswer> {
    serde_json::from_slice(&bytes(&mut answer)?).map_err(|_| NoAnswer::Strange)
}
