//! The same request id in every form: at once from many, with each field changed, by another way.
//! No kills: `kill.rs` sends everything again after each.

use std::thread;

use pass_numerique::domain::{
    command::{Ask, Outcome, Shown},
    ids::{OrganisationId, VenueId},
    registry::{Approval, Role, VenueProfile},
};
use serde_json::{Value, json};

use crate::support::{
    Town,
    api::{Api, Caller, Reply},
    on_each_database, sql,
};

const ID: &str = "0192d3a0-0000-7000-8000-000000000042";

const OTHER_ID: &str = "0192d3a0-0000-7000-8000-000000000043";

fn add(town: &Town, ask: Ask) -> i64 {
    match town.service.ask_as(None, ask).unwrap() {
        Outcome::Added { id, .. } => id,
        other => panic!("{other:?}"),
    }
}

fn venue(name: &str, organisation: OrganisationId) -> Ask {
    let (name, territory) = (name.to_owned(), "93".to_owned());
    let profile = VenueProfile { name, territory, ..VenueProfile::default() };
    Ask::AddVenue { organisation, profile, details: None }
}

fn send(caller: &Caller<'_>, body: &Value) -> Reply {
    caller.send("POST", "/v1/redemptions", &[], Some(&body.to_string()))
}

#[test]
fn the_same_id_from_many_at_once_counts_once_and_all_get_one_answer() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let command = town.redemption(Shown::Known(voucher));
        let answers: Vec<_> = thread::scope(|scope| {
            let ask = || town.service.ask(command.clone()).unwrap();
            let all: Vec<_> = (0..24).map(|_| scope.spawn(ask)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let first = answers.iter().filter(|answer| !answer.replayed).count();
        assert_eq!(first, 1, "one was the first, all others were told again");
        assert!(answers.iter().all(|answer| answer.outcome == answers[0].outcome));
        let Outcome::Redeemed(redemption) = &answers[0].outcome else { panic!("{answers:?}") };
        assert_eq!(redemption.left, 9);
        let taken = sql::number(&town.location, "SELECT COUNT(*) FROM workshop");
        assert_eq!(taken, 1);
        town.audit();
    });
}

#[test]
fn with_another_content_the_id_is_refused_and_by_another_way_it_is_the_same_request() {
    on_each_database(|town| {
        let (voucher, other) = (town.issue(10).unwrap(), town.issue(10).unwrap());
        let paper = town.service.paper(voucher).unwrap();
        let other = town.service.paper(other).unwrap();
        let annexe = add(&town, venue("Annexe", town.organisation));
        let api = Api::start(town);
        let scanner = api.person(Role::Scanner(api.town.organisation));
        let request = json!({"id": ID, "venue": api.town.venue, "code": paper.url, "workshops": 2,
            "service": "administrative_help", "group": false, "minutes": 90,
            "occurred_at": "2026-11-23T10:00:00+01:00"});
        let first = send(&scanner, &request);
        assert_eq!(first.status, 201, "{}", first.text);

        for (field, value) in [
            ("venue", json!(VenueId(annexe))),
            ("code", json!(other.url)),
            ("code", json!(other.manual_code)),
            ("code", json!("nonsense")),
            ("workshops", json!(1)),
            ("service", json!("security")),
            ("service", Value::Null),
            ("group", json!(true)),
            ("group", Value::Null),
            ("minutes", json!(91)),
            ("minutes", Value::Null),
        ] {
            let mut changed = request.clone();
            changed[field] = value.clone();
            let reused = send(&scanner, &changed);
            assert_eq!(
                (reused.status, reused.reason()),
                (422, "request_reused"),
                "{field} {value}"
            );
        }

        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        for (who, field, value) in [
            (&scanner, "occurred_at", json!("2026-11-23T10:01:00+01:00")),
            (&scanner, "occurred_at", Value::Null),
            (&scanner, "code", json!(paper.manual_code)),
            (&scanner, "code", json!(paper.manual_code.to_lowercase().replace('-', " "))),
            (&scanner, "dry_run", json!(true)),
            (&supervisor, "dry_run", json!(false)),
        ] {
            let mut same = request.clone();
            same[field] = value.clone();
            let again = send(who, &same);
            assert_eq!((again.status, &again.body), (201, &first.body), "{field} {value}");
            assert_eq!(again.header("idempotency-replayed"), "true", "{field} {value}");
        }
        let used = "SELECT COUNT(*) FROM event WHERE kind = 'redeemed'";
        assert_eq!(sql::number(&api.town.location, used), 1);
        api.town.audit();
    });
}

#[test]
fn an_id_is_an_organisations_own() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let code = town.service.paper(voucher).unwrap().url;
        let theirs = OrganisationId(add(
            &town,
            Ask::AddOrganisation {
                name: "Autre".to_owned(),
                siret: None,
                approval: Approval::Approved,
            },
        ));
        let there = VenueId(add(&town, venue("Là-bas", theirs)));
        let api = Api::start(town);
        let them = api.person(Role::Scanner(theirs));
        let us = api.person(Role::Scanner(api.town.organisation));
        let ours = json!({"id": ID, "venue": api.town.venue, "code": code, "workshops": 1});
        assert_eq!(send(&us, &ours).status, 201);
        // Nobody learns from an id what another organisation has asked.
        let copied = send(&them, &ours);
        assert_eq!((copied.status, copied.reason()), (409, "venue_not_admitted"));
        let mut own = ours.clone();
        own["venue"] = json!(there);
        own["id"] = json!(OTHER_ID);
        let mut also_ours = ours;
        also_ours["id"] = json!(OTHER_ID);
        assert_eq!(send(&us, &also_ours).status, 201);
        let done = send(&them, &own);
        assert_eq!((done.status, &done.body["left"]), (201, &json!(7)), "{}", done.text);
        assert_eq!(done.header("idempotency-replayed"), "");
        api.town.audit();
    });
}
