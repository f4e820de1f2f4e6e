//! Clients that issue, redeem and undo over HTTP under request ids of their own, and remember
//! every answer. No faults: who uses them brings those.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use pass_numerique::{
    domain::calendar::Instant,
    sys::clock::{self, Clock},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Numbers that follow from a seed (splitmix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    fn of<T: Clone>(&mut self, things: &[T]) -> Option<T> {
        let index = self.below(u64::try_from(things.len()).unwrap().max(1));
        things.get(usize::try_from(index).unwrap()).cloned()
    }

    /// From `FAULT_SEED`, or new; tests print it, so that a failure can be tried again.
    pub fn cast() -> Self {
        Self(setting("FAULT_SEED").unwrap_or_else(|| clock::request_id().0.as_u64_pair().1))
    }
}

/// A whole number of the environment.
#[expect(clippy::disallowed_methods, reason = "how long to run is told by the environment")]
pub fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Issue,
    Redeem,
    Reverse,
}

/// A request, to be sent as often as it takes.
#[derive(Clone, Debug)]
pub struct Sent {
    pub kind: Kind,
    path: String,
    pub key: String,
    body: String,
}

/// A request with its first answer.
#[derive(Clone, Debug)]
pub struct Done {
    pub sent: Sent,
    pub status: u16,
    /// The program had it before.
    pub replayed: bool,
    pub body: Value,
    /// When it had come.
    pub at: Instant,
}

/// What the clients know together.
#[derive(Default)]
pub struct Known {
    /// Codes of vouchers.
    codes: Mutex<Vec<String>>,
    /// Redemptions.
    seqs: Mutex<Vec<String>>,
}

/// Who sends, and where to.
#[derive(Clone)]
pub struct Desk {
    pub base: String,
    pub venue: String,
    pub programme: String,
    pub agent: String,
    pub supervisor: String,
}

/// What the program may answer while something is broken.
#[derive(Debug, PartialEq, Eq)]
pub enum Broken {
    NoAnswer,
    /// 503 with `Retry-After`.
    Later,
}

impl Desk {
    pub fn issue(&self, dice: &mut Dice) -> Sent {
        let key = Uuid::from_u64_pair(dice.next(), dice.next()).to_string();
        let workshops = 5 + dice.below(6);
        let body = json!({"programme": self.programme, "workshops": workshops}).to_string();
        Sent { kind: Kind::Issue, path: "/v1/vouchers".to_owned(), key, body }
    }

    fn think(&self, dice: &mut Dice, known: &Known) -> Sent {
        let key = Uuid::from_u64_pair(dice.next(), dice.next()).to_string();
        let recent = |all: &Mutex<Vec<String>>| -> Vec<String> {
            all.lock().unwrap().iter().rev().take(20).cloned().collect()
        };
        let roll = dice.below(10);
        let code = dice.of(&recent(&known.codes)).filter(|_| roll > 1);
        let seq = dice.of(&recent(&known.seqs)).filter(|_| roll > 7);
        if let Some(seq) = seq {
            let path = format!("/v1/redemptions/{seq}/reversal");
            return Sent { kind: Kind::Reverse, path, key, body: "{}".to_owned() };
        }
        let Some(code) = code else { return self.issue(dice) };
        let workshops = 1 + dice.below(2);
        let body = json!({"id": key, "venue": self.venue, "code": code, "workshops": workshops});
        let path = "/v1/redemptions".to_owned();
        Sent { kind: Kind::Redeem, path, key, body: body.to_string() }
    }

    /// # Errors
    /// When there was no answer, or only that there is none now.
    pub fn send(&self, agent: &ureq::Agent, sent: &Sent) -> Result<Done, Broken> {
        let bearer = if sent.kind == Kind::Issue { &self.agent } else { &self.supervisor };
        let answer = agent
            .post(format!("{}{}", self.base, sent.path))
            .header("Authorization", format!("Bearer {bearer}"))
            .header("Content-Type", "application/json")
            .header("Idempotency-Key", &sent.key)
            .send(&sent.body);
        let mut answer = answer.map_err(|_| Broken::NoAnswer)?;
        let status = answer.status().as_u16();
        let replayed = answer.headers().contains_key("idempotency-replayed");
        let text = answer.body_mut().read_to_string().map_err(|_| Broken::NoAnswer)?;
        if status == 503 {
            assert!(answer.headers().contains_key("retry-after"), "{text}");
            return Err(Broken::Later);
        }
        assert!(matches!(status, 201 | 409), "{sent:?}: {status} {text}");
        let body = serde_json::from_str(&text).map_err(|_| Broken::NoAnswer)?;
        let at = Clock::system().now();
        Ok(Done { sent: sent.clone(), status, replayed, body, at })
    }

    /// Sends until there is an answer; the program may be away for a while.
    pub fn insist(&self, agent: &ureq::Agent, sent: &Sent) -> Done {
        for _ in 0..1_000 {
            match self.send(agent, sent) {
                Ok(done) => return done,
                Err(_) => thread::sleep(Duration::from_millis(50)),
            }
        }
        panic!("never answered: {sent:?}")
    }
}

pub fn http() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .new_agent()
}

/// Everything that was sent since the beginning, with its answers.
#[derive(Default)]
pub struct History {
    pub done: Vec<Done>,
    pub unanswered: Vec<Sent>,
    pub later: usize,
    pub known: Known,
}

impl History {
    /// Clients send at random until `meanwhile` ends.
    pub fn load<T>(
        &mut self,
        desk: &Desk,
        clients: usize,
        dice: &mut Dice,
        meanwhile: impl FnOnce() -> T,
    ) -> T {
        let stop = AtomicBool::new(false);
        let known = &self.known;
        let (value, all) = thread::scope(|scope| {
            let start = |dice| scope.spawn(|| one(desk, dice, known, &stop));
            let all: Vec<_> = (0..clients).map(|_| start(Dice(dice.next()))).collect();
            let stopping = Stopping(&stop);
            let value = meanwhile();
            drop(stopping);
            (value, all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>())
        });
        for (done, unanswered, later) in all {
            self.done.extend(done);
            self.unanswered.extend(unanswered);
            self.later += later;
        }
        value
    }

    /// Sends again what had no answer, until it has one.
    pub fn settle(&mut self, desk: &Desk) {
        let (agent, known) = (http(), &self.known);
        for sent in std::mem::take(&mut self.unanswered) {
            let done = desk.insist(&agent, &sent);
            learn(known, &done);
            self.done.push(done);
        }
    }

    /// Every answer since the given one is given again, the same.
    pub fn same_again(&self, desk: &Desk, since: usize) {
        let part = self.done[since..].len().div_ceil(4).max(1);
        thread::scope(|scope| {
            for part in self.done[since..].chunks(part) {
                scope.spawn(move || {
                    let agent = http();
                    for first in part {
                        let again = desk.insist(&agent, &first.sent);
                        assert_eq!(again.status, first.status, "{first:?} {again:?}");
                        assert_eq!(lasting(&again.body), lasting(&first.body), "{first:?}");
                    }
                });
            }
        });
    }

    /// Accepted requests of a kind.
    pub fn accepted(&self, kind: Kind) -> i64 {
        let count = self.done.iter().filter(|d| d.sent.kind == kind && d.status == 201).count();
        i64::try_from(count).unwrap()
    }

    /// What is left of every voucher by what the clients were told, and nobody got more.
    pub fn left(&self) -> BTreeMap<String, i64> {
        let mut left = BTreeMap::new();
        let mut spent = BTreeMap::new();
        for done in self.done.iter().filter(|done| done.status == 201) {
            let asked: Value = serde_json::from_str(&done.sent.body).unwrap();
            let text = |name: &str| done.body[name].as_str().unwrap().to_owned();
            if done.sent.kind == Kind::Issue {
                *left.entry(text("voucher")).or_default() += asked["workshops"].as_i64().unwrap();
            } else if done.sent.kind == Kind::Redeem {
                let workshops = asked["workshops"].as_i64().unwrap();
                *left.entry(text("voucher")).or_default() -= workshops;
                spent.insert(text("seq"), (text("voucher"), workshops));
            }
        }
        for done in self.done.iter().filter(|done| done.status == 201) {
            if done.sent.kind == Kind::Reverse {
                let redemption = done.body["redemption"].as_str().unwrap();
                let (voucher, workshops) = spent.remove(redemption).unwrap();
                *left.get_mut(&voucher).unwrap() += workshops;
            }
        }
        assert!(left.values().all(|left| *left >= 0), "over-spent: {left:?}");
        left
    }
}

/// What an answer says for ever: not what is printed again, nor what has happened since.
fn lasting(body: &Value) -> Value {
    let mut body = body.clone();
    for passing in ["paper", "reversed", "request_id"] {
        body.as_object_mut().unwrap().remove(passing);
    }
    body
}

fn learn(known: &Known, done: &Done) {
    match (done.sent.kind, done.status) {
        (Kind::Issue, 201) => {
            let code = &done.body["paper"]["qr_text"];
            known.codes.lock().unwrap().extend(code.as_str().map(str::to_owned));
        }
        (Kind::Redeem, 201) => {
            known.seqs.lock().unwrap().push(done.body["seq"].as_str().unwrap().to_owned());
        }
        _ => {}
    }
}

/// Tells the clients to stop, also when a test fails meanwhile.
struct Stopping<'a>(&'a AtomicBool);

impl Drop for Stopping<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

fn one(
    desk: &Desk,
    mut dice: Dice,
    known: &Known,
    stop: &AtomicBool,
) -> (Vec<Done>, Vec<Sent>, usize) {
    let (agent, mut done, mut unanswered, mut later) = (http(), Vec::new(), Vec::new(), 0);
    while !stop.load(Ordering::SeqCst) {
        let sent = desk.think(&mut dice, known);
        match desk.send(&agent, &sent) {
            Ok(answer) => {
                learn(known, &answer);
                done.push(answer);
            }
            Err(broken) => {
                later += usize::from(broken == Broken::Later);
                unanswered.push(sent);
                // As a person would: not at once again.
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
    (done, unanswered, later)
}
