//! kill -9 under load: nothing that was acknowledged is lost, and nothing counts twice.
//! `KILLS=1000 cargo test kill` runs more; a run prints its seed, `KILLS_SEED` repeats it.

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
    app::service::Service,
    domain::{
        access::Tenant,
        cents::Cents,
        command::{Ask, Outcome},
        event::{BatchOpened, Fund},
        ids::*,
        registry::Role,
        view::Filter,
    },
    sys::{
        clock::{Clock, random_bytes},
        password,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::served::{Served, agent};
use crate::support::{Town, api::PASSWORD, on_each_database, terms};

const CLIENTS: usize = 4;
const SCANNER: &str = "scanner@example.fr";

#[expect(clippy::disallowed_methods, reason = "how a person asks for a longer run")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Small random numbers that a seed repeats.
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn uuid(&mut self) -> String {
        let (high, low) = (self.below(u64::MAX), self.below(u64::MAX));
        Uuid::from_u128((u128::from(high) << 64) | u128::from(low)).to_string()
    }
}

/// What clients know: every request they made, and its answer if there was one.
#[derive(Default)]
struct Known {
    answered: BTreeMap<String, (Value, u16, Value)>,
    unsure: BTreeMap<String, Value>,
}

/// Vouchers enough for long runs; their texts.
fn prepare(town: &Town) -> Vec<String> {
    let service = &town.service;
    // The program has the machine's clock: so has what it serves.
    let now = Clock::system().now();
    service.clock.set(now);
    let mut terms = terms(town.funders);
    let today = now.day(&terms.time_zone);
    (terms.first_day, terms.last_day) = (today.plus(-30), today.plus(300));
    let ask = Ask::AddProgramme { name: "Aujourd'hui".to_owned(), terms: Box::new(terms) };
    let Outcome::Added { id, .. } = service.ask_as(None, ask).unwrap() else { panic!() };
    let (programme, issuer) = (ProgrammeId(id), town.issuer);
    for funder in town.funders {
        let amount = Cents(1_000_000_000);
        let ask = Ask::Fund { programme, funder, amount, by: Fund::Deposit };
        service.ask_as(None, ask).unwrap();
    }
    service.ask_as(None, Ask::Allocate { programme, issuer, workshops: 1_000_000 }).unwrap();
    let opened = BatchOpened { issuer, workshops: 10, count: 2_000, stock: false };
    let opened = service.ask_as(None, Ask::OpenBatch { programme, opened }).unwrap();
    let Outcome::Added { seq, .. } = opened else { panic!("{opened:?}") };
    service.mint_batch(seq, &|_, _| {}).unwrap();
    let ask = Ask::AddUser {
        email: SCANNER.to_owned(),
        name: "Scanner".to_owned(),
        role: Role::Scanner(town.organisation),
        password_hash: password::hash(PASSWORD).unwrap(),
    };
    service.ask_as(None, ask).unwrap();
    let filter = Filter { batch: Some(seq), limit: 400, ..Filter::of(Tenant::Any) };
    let vouchers = service.database().vouchers(&filter, service.clock.now()).unwrap();
    vouchers.iter().map(|voucher| service.paper(voucher.id).unwrap().url).collect()
}

fn client(
    served: &Served,
    (bearer, venue): (&str, VenueId),
    codes: &[String],
    (stop, known): (&AtomicBool, &Mutex<Known>),
    mut dice: Dice,
) {
    let agent = agent();
    while !stop.load(Ordering::Relaxed) {
        let pick = usize::try_from(dice.below(codes.len() as u64)).unwrap();
        let (id, workshops) = (dice.uuid(), 1 + dice.below(2));
        let body = json!({"id": id, "venue": venue, "code": codes[pick], "workshops": workshops});
        let reply = served.post(&agent, "/v1/redemptions", &[("Authorization", bearer)], &body);
        let mut known = known.lock().unwrap();
        match reply {
            Ok(reply) if matches!(reply.status, 201 | 409) => {
                known.answered.insert(id, (body, reply.status, reply.body));
            }
            Ok(_) | Err(_) => {
                known.unsure.insert(id, body);
            }
        }
    }
}

/// Everything that was answered is answered the same again; what was not, now is.
fn ask_again(served: &Served, bearer: &str, known: &mut Known, recent: &BTreeMap<String, Value>) {
    let agent = agent();
    let headers = [("Authorization", bearer)];
    for id in recent.keys().filter(|id| !known.unsure.contains_key(*id)) {
        let (body, status, first) = &known.answered[id];
        let again = served.post(&agent, "/v1/redemptions", &headers, body).unwrap();
        assert_eq!((again.status, again.replayed), (*status, true), "{id}: {}", again.body);
        for field in ["seq", "left", "earned_cents", "occurred_at", "reason"] {
            assert_eq!(again.body[field], first[field], "{id}: {field}");
        }
    }
    for (id, body) in std::mem::take(&mut known.unsure) {
        let reply = served.post(&agent, "/v1/redemptions", &headers, &body).unwrap();
        assert!(matches!(reply.status, 201 | 409), "{id}: {}", reply.body);
        known.answered.insert(id, (body, reply.status, reply.body));
    }
}

#[test]
fn killed_under_load_nothing_acknowledged_is_lost_and_nothing_counts_twice() {
    let kills = setting("KILLS").unwrap_or(20);
    on_each_database(|town| {
        let seed = setting("KILLS_SEED").unwrap_or_else(|| {
            let [a, b, c, d, ..] = random_bytes().unwrap();
            u64::from(u32::from_be_bytes([a, b, c, d]))
        });
        println!("{kills} kills, KILLS_SEED={seed}");
        let mut dice = Dice(seed);
        let codes = prepare(&town);
        let place = town.left_alone();
        let mut known = Known::default();
        for _ in 0..kills {
            let served = Served::start(&place);
            let bearer = served.log_in(SCANNER);
            let before: Vec<String> = known.answered.keys().cloned().collect();
            let (stop, shared) = (AtomicBool::new(false), Mutex::new(std::mem::take(&mut known)));
            thread::scope(|scope| {
                for _ in 0..CLIENTS {
                    let dice = Dice(dice.below(u64::MAX));
                    let (served, bearer, codes) = (&served, bearer.as_str(), codes.as_slice());
                    let who = (bearer, place.venue);
                    let told = (&stop, &shared);
                    scope.spawn(move || client(served, who, codes, told, dice));
                }
                thread::sleep(Duration::from_millis(30 + dice.below(250)));
                served.kill();
                stop.store(true, Ordering::Relaxed);
            });
            drop(served);
            known = shared.into_inner().unwrap();
            let old: std::collections::BTreeSet<_> = before.into_iter().collect();
            let all = known.answered.iter().map(|(id, (body, ..))| (id.clone(), body.clone()));
            let recent = all.filter(|(id, _)| !old.contains(id)).collect();
            let mut served = Served::start(&place);
            let bearer = served.log_in(SCANNER);
            ask_again(&served, &bearer, &mut known, &recent);
            served.terminate();
            assert!(served.wait().success(), "a stop in order ends with 0");
        }
        let accepted = known.answered.values().filter(|(_, status, _)| *status == 201).count();
        assert!(accepted > 20, "{accepted} were accepted: the load was none");
        let clock = Clock::system();
        let service =
            Service::start(&place.location, &place.keys, None, "pass.example", clock).unwrap();
        let audit = service.audit().unwrap();
        assert_eq!(audit.differences, []);
        let filter = Filter { limit: u32::MAX, ..Filter::of(Tenant::Any) };
        let counted = service.database().redemptions(&filter).unwrap();
        assert_eq!(counted.len(), accepted, "each accepted request counts once");
        println!("{accepted} accepted over {kills} kills; audit agrees");
        service.stop();
    });
}
