//! Conflicts of workshops taken without network: seen by all sides, decided once, paid to the cent.
//! The decision's single rules are tested beside it.

use pass_numerique::domain::{
    command::{Ask, Outcome},
    ids::{OrganisationId, VenueId, VoucherId},
    registry::{Approval, Role, VenueProfile},
};
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Caller},
    device::{Device, verdicts},
    on_each_database,
};

fn supervisor(api: &Api) -> Caller<'_> {
    api.person(Role::Supervisor(api.town.organisation))
}

fn pass(api: &Api) -> (VoucherId, String) {
    let voucher = api.town.issue(5).unwrap();
    (voucher, api.town.service.paper(voucher).unwrap().url)
}

fn later(api: &Api, seconds: i64) {
    let clock = &api.town.service.clock;
    clock.set(clock.now().plus_seconds(seconds));
}

fn another_organisation(api: &Api) -> (OrganisationId, VenueId) {
    let added = |ask| match api.town.service.ask_as(None, ask).unwrap() {
        Outcome::Added { id, .. } => id,
        other => panic!("{other:?}"),
    };
    let (name, approval) = ("Une autre structure".to_owned(), Approval::Approved);
    let of = OrganisationId(added(Ask::AddOrganisation { name, siret: None, approval }));
    let (name, territory) = ("Un autre lieu".to_owned(), "26".to_owned());
    let profile = VenueProfile { name, territory, ..VenueProfile::default() };
    (of, VenueId(added(Ask::AddVenue { organisation: of, profile, details: None })))
}

/// Two devices without network that take all of one pass: the answer to the second one.
fn spent_twice(api: &Api) -> (Device, Value, Value) {
    let supervisor = supervisor(api);
    let [one, two] = [1, 2].map(|seed| Device::enrolled(api, &supervisor, &[api.town.venue], seed));
    let (_, code) = pass(api);
    let record = |device: &Device| device.informed(api, &code, |claims| claims.workshops = 5);
    let (first, second) = (record(&one), record(&two));
    later(api, 3_600);
    let taken = one.sync(api, &[first]);
    assert_eq!(verdicts(&taken), ["accepted"], "{}", taken.text);
    let contested = two.sync(api, std::slice::from_ref(&second));
    assert_eq!(verdicts(&contested), ["conflict"], "{}", contested.text);
    let again = two.sync(api, &[second]);
    assert_eq!(again.body["verdicts"][0]["seen_before"], true);
    assert_eq!(again.body["verdicts"][0]["conflict"], contested.body["verdicts"][0]["conflict"]);
    (two, taken.body["verdicts"][0].clone(), contested.body["verdicts"][0].clone())
}

#[test]
fn two_scanners_that_spent_the_same_workshops_are_seen_by_all_and_both_can_be_paid() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, taken, contested) = spent_twice(&api);
        assert_eq!(
            (&contested["kept"], &contested["reason"]),
            (&json!(true), &json!("voucher_exhausted"))
        );
        let id = contested["conflict"].as_str().unwrap();
        // The first venue sees that its redemption is contested, and keeps it.
        let list = supervisor(&api).get("/v1/redemptions").body;
        assert_eq!(list["items"][0]["seq"], taken["redemption"]["seq"]);
        assert_eq!(list["items"][0]["contested"], true);
        let analyst = api.person(Role::Analyst(api.town.funders[1]));
        let seen = analyst.get(&format!("/v1/conflicts/{id}")).body;
        assert_eq!((&seen["state"], &seen["device"]), (&json!("open"), &json!(device.id)));
        assert_eq!(seen["against"][0]["redemption"], taken["redemption"]["seq"]);
        assert_eq!(seen["record"].as_str().unwrap().split('.').count(), 3);
        let operator = api.person(Role::Operator);
        let path = format!("/v1/conflicts/{id}/decision");
        let yes = json!({"paid": true, "note": "Les deux ateliers ont eu lieu"});
        let none = analyst.post(&path, &yes);
        assert_eq!((none.status, none.reason()), (409, "guarantee_exhausted"), "{}", none.text);
        let guarantee = format!("/v1/programmes/{}/guarantee", api.town.programme);
        assert_eq!(operator.post(&guarantee, &json!({"workshops": 12})).status, 200);
        assert_eq!(supervisor(&api).post(&path, &yes).status, 403);
        assert_eq!(analyst.post(&path, &yes).status, 200);
        let twice = operator.post(&path, &yes);
        assert_eq!((twice.status, twice.reason()), (409, "already_decided"));
        // Each funder sees its own cents: 40 of 100 here.
        let seen = analyst.get(&format!("/v1/conflicts/{id}")).body;
        assert_eq!((&seen["state"], &seen["earned_cents"]), (&json!("paid"), &json!(2_000)));
        assert_eq!(seen["decided_by"], json!(analyst.user));
        let whole = operator.get("/v1/reports/conflicts").body;
        let line = &whole["lines"][0];
        assert_eq!((&line["workshops_paid"], &line["paid_cents"]), (&json!(5), &json!(5_000)));
        assert_eq!(
            (&line["alarm"], &line["cap"], &line["open"]),
            (&json!(false), &json!(20), &json!(0))
        );
        let usage = operator.get("/v1/reports/usage").body["lines"][0].clone();
        assert_eq!(
            (&usage["earned_cents"], &usage["guaranteed_cents"]),
            (&json!(10_000), &json!(5_000))
        );
        assert_eq!(usage["outstanding_cents"], 0);
        let programme = operator.get(&format!("/v1/programmes/{}", api.town.programme)).body;
        assert_eq!(programme["guarantee_left"], 7);
        api.town.audit();
        // A restart forgets nothing that a decision needs.
        let api = Api::start(api.stop().restarted());
        let twice = api.person(Role::Operator).post(&path, &yes);
        assert_eq!((twice.status, twice.reason()), (409, "already_decided"));
    });
}

#[test]
fn a_device_with_too_many_conflicts_is_an_alarm_and_costs_no_more_than_its_cap() {
    on_each_database(|town| {
        let api = Api::start(town);
        let supervisor = supervisor(&api);
        let operator = api.person(Role::Operator);
        let guarantee = format!("/v1/programmes/{}/guarantee", api.town.programme);
        assert_eq!(operator.post(&guarantee, &json!({"workshops": 30})).status, 200);
        let [one, two] =
            [1, 2].map(|seed| Device::enrolled(&api, &supervisor, &[api.town.venue], seed));
        let codes: Vec<String> = (0..5).map(|_| pass(&api).1).collect();
        let all = |device: &Device| -> Vec<Value> {
            let record = |code: &String| device.informed(&api, code, |claims| claims.workshops = 5);
            codes.iter().map(record).collect()
        };
        let (first, second) = (all(&one), all(&two));
        assert_eq!(verdicts(&one.sync(&api, &first)), ["accepted"; 5]);
        let reply = two.sync(&api, &second);
        assert_eq!(verdicts(&reply), ["conflict"; 5]);
        let list = operator.get("/v1/conflicts?waiting=true").body;
        let waiting: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_str().unwrap())
            .collect();
        assert_eq!(waiting.len(), 5);
        let pay = |id: &str| {
            let yes = json!({"paid": true, "note": "Vu"});
            operator.post(&format!("/v1/conflicts/{id}/decision"), &yes)
        };
        for id in &waiting[..4] {
            assert_eq!(pay(id).status, 200);
        }
        let capped = pay(waiting[4]);
        assert_eq!((capped.status, capped.reason()), (409, "guarantee_cap"), "{}", capped.text);
        let line = operator.get("/v1/reports/conflicts").body["lines"][0].clone();
        assert_eq!(
            (&line["alarm"], &line["conflicts"], &line["open"]),
            (&json!(true), &json!(5), &json!(1))
        );
        let left = operator.get("/v1/conflicts?waiting=true").body;
        assert_eq!(left["items"].as_array().unwrap().len(), 1);
        let of = operator.get(&format!("/v1/conflicts?device={}", one.id)).body;
        assert_eq!(of["items"].as_array().unwrap().len(), 0);
        api.town.audit();
    });
}

#[test]
fn another_organisation_s_redemption_is_told_by_its_times_alone() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (there, elsewhere) = another_organisation(&api);
        let other = api.person(Role::Scanner(there));
        let device = Device::enrolled(&api, &supervisor(&api), &[api.town.venue], 1);
        let (_, code) = pass(&api);
        let record = device.informed(&api, &code, |_| {});
        let scan = json!({"id": api.town.service.new_request_id(), "venue": elsewhere,
            "workshops": 5, "code": code});
        assert_eq!(other.post("/v1/redemptions", &scan).status, 201);
        let reply = device.sync(&api, &[record]);
        let id = reply.body["verdicts"][0]["conflict"].as_str().unwrap();
        let told = |caller: &Caller<'_>| {
            caller.get(&format!("/v1/conflicts/{id}")).body["against"][0].clone()
        };
        let own = told(&supervisor(&api));
        assert!(own["venue"].is_null() && own["redemption"].is_null(), "{own}");
        assert!(own["occurred_at"].is_string());
        assert_eq!(told(&api.person(Role::Operator))["venue"], json!(elsewhere));
        assert_eq!(other.get("/v1/redemptions").body["items"][0]["contested"], true);
        assert_eq!(
            api.person(Role::Supervisor(there)).get("/v1/conflicts").body["items"],
            json!([])
        );
    });
}
