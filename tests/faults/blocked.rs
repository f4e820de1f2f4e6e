//! Somebody else holds the database: deadlines, a full queue, and going on afterwards.
//! No process of its own: the service runs within the test.

use std::{thread, time::Duration};

use pass_numerique::{
    app::{
        service::{Fault, Service},
        view::{Limits, Location, Unanswered},
    },
    domain::{
        command::{Answer, Command, Outcome, Shown},
        registry::Role,
    },
};
use serde_json::json;

use super::program::rich_town;
use crate::support::{Town, api::Api, on_each_empty_database, sql, sql::Beside};

/// Holds what the writer needs until it is dropped.
pub fn hold(location: &Location) -> Beside {
    let mut beside = Beside::open(location).unwrap();
    beside
        .execute(match location {
            Location::Sqlite(_) => "BEGIN IMMEDIATE",
            Location::Postgres(_) => "BEGIN; SELECT pg_advisory_xact_lock(7041)",
        })
        .unwrap();
    beside
}

fn redeemed(town: &Town) -> i64 {
    sql::number(&town.location, "SELECT COUNT(*) FROM event WHERE kind = 'redeemed'")
}

fn wait_until(so: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if so() {
            return;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("it never came to that");
}

/// A slow machine may be late more than once.
fn insist(service: &Service, command: &Command) -> Answer {
    for _ in 0..100 {
        if let Ok(answer) = service.ask(command.clone()) {
            return answer;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("never answered")
}

fn why(answer: Result<Answer, Fault>) -> Unanswered {
    match answer {
        Err(Fault::Unanswered(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_was_given_up_before_its_turn_is_not_done_and_a_full_queue_says_so_at_once() {
    on_each_empty_database(|location, folder| {
        let limits = Limits { queue: 3, deadline_ms: 1_000 };
        let town = rich_town(location, folder, limits);
        let voucher = town.issue(10).unwrap();
        let api = Api::start(town);
        let town = &api.town;
        let scanner = api.person(Role::Scanner(town.organisation));
        let new = || town.redemption(Shown::Known(voucher));
        let (first, behind) = (new(), [new(), new(), new()]);
        let body = json!({"id": town.service.new_request_id(), "venue": town.venue,
            "code": town.service.paper(voucher).unwrap().url, "workshops": 1});
        let before = town.service.counts().commands;
        let held = hold(&town.location);
        thread::scope(|scope| {
            let late = scope.spawn(|| why(town.service.ask(first.clone())));
            wait_until(|| town.service.counts().commands > before);
            let waiting: Vec<_> = behind
                .iter()
                .map(|command| scope.spawn(|| why(town.service.ask(command.clone()))))
                .collect();
            wait_until(|| town.service.waiting() == 3);
            assert_eq!(why(town.service.ask(new())), Unanswered::Full);
            let busy = scanner.send("POST", "/v1/redemptions", &[], Some(&body.to_string()));
            assert_eq!(
                (busy.status, busy.reason(), busy.header("retry-after")),
                (503, "busy", "1")
            );
            assert_eq!(late.join().unwrap(), Unanswered::Late);
            for one in waiting {
                assert_eq!(one.join().unwrap(), Unanswered::Late);
            }
        });
        drop(held);
        // Its turn had begun: it is done, and its id says so.
        let answer = insist(&town.service, &first);
        assert!(matches!(answer.outcome, Outcome::Redeemed(_)), "{answer:?}");
        assert_eq!(redeemed(town), 1, "those behind it were given up, and skipped");
        for command in &behind {
            assert!(matches!(insist(&town.service, command).outcome, Outcome::Redeemed(_)));
        }
        assert_eq!(redeemed(town), 4);
        town.audit();
    });
}

#[test]
fn while_another_holds_the_database_known_ids_are_answered_and_new_ones_told_to_wait() {
    on_each_empty_database(|location, folder| {
        let town = rich_town(location, folder, Limits::default());
        let voucher = town.issue(10).unwrap();
        let api = Api::start(town);
        let town = &api.town;
        let scanner = api.person(Role::Scanner(town.organisation));
        let code = town.service.paper(voucher).unwrap().url;
        let body = || {
            json!({"id": town.service.new_request_id(), "venue": town.venue, "code": code,
                "workshops": 1})
            .to_string()
        };
        let send = |body: &String| scanner.send("POST", "/v1/redemptions", &[], Some(body));
        let (known, new) = (body(), body());
        let first = send(&known);
        assert_eq!(first.status, 201, "{}", first.text);
        let held = hold(&town.location);
        // Both wait in one batch or in two: each longer than the database lets anybody wait.
        let (again, told) = thread::scope(|scope| {
            let again = scope.spawn(|| send(&known));
            let told = scope.spawn(|| send(&new));
            (again.join().unwrap(), told.join().unwrap())
        });
        assert_eq!((told.status, told.reason()), (503, "unavailable"), "{}", told.text);
        assert_eq!(told.header("retry-after"), "5");
        assert!(matches!(again.status, 201 | 503), "{}", again.text);
        let alone = send(&known);
        assert_eq!((alone.status, &alone.body), (201, &first.body), "{}", alone.text);
        assert_eq!(alone.header("idempotency-replayed"), "true");
        drop(held);
        let done = send(&new);
        assert_eq!((done.status, &done.body["left"]), (201, &json!(8)), "{}", done.text);
        assert_eq!(redeemed(town), 2);
        town.audit();
    });
}
