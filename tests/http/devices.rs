//! Devices: enrolled once with a key of their own, signed in by it, narrowed, revoked.
//! No records made without network.

use pass_numerique::domain::{
    command::{Ask, Outcome},
    device::Statement,
    ids::{DeviceId, VenueId},
    registry::{Role, VenueProfile},
};
use serde_json::{Value, json};

use crate::support::{
    Town,
    api::{Api, Caller, Reply},
    device::{Device, invited},
    on_each_database,
};

fn another_venue(town: &Town) -> VenueId {
    let profile =
        VenueProfile { name: "Bus".into(), territory: "93".into(), ..VenueProfile::default() };
    let ask = Ask::AddVenue { organisation: town.organisation, profile, details: None };
    match town.service.ask_as(None, ask).unwrap() {
        Outcome::Added { id, .. } => VenueId(id),
        other => panic!("{other:?}"),
    }
}

fn supervisor(api: &Api) -> Caller<'_> {
    api.person(Role::Supervisor(api.town.organisation))
}

fn redeem(caller: &Caller<'_>, api: &Api, venue: VenueId, code: &str) -> Reply {
    let id = api.town.service.new_request_id();
    let body = json!({"id": id, "venue": venue, "code": code, "workshops": 1});
    caller.send("POST", "/v1/redemptions", &[], Some(&body.to_string()))
}

/// The text of a new pass's QR.
fn pass(api: &Api) -> String {
    let voucher = api.town.issue(5).unwrap();
    api.town.service.paper(voucher).unwrap().url
}

fn later(api: &Api, seconds: i64) {
    let clock = &api.town.service.clock;
    clock.set(clock.now().plus_seconds(seconds));
}

#[test]
fn a_device_is_enrolled_once_with_its_own_key_and_signs_in_by_it() {
    on_each_database(|town| {
        let api = Api::start(town);
        let supervisor = supervisor(&api);
        let body = json!({"name": "Tablette", "venues": [api.town.venue]}).to_string();
        let key = [("Idempotency-Key", "0192d3a0-0000-7000-8000-00000000000d")];
        let added = supervisor.send("POST", "/v1/devices", &key, Some(&body));
        let (id, token) = invited(&added);
        let again = supervisor.send("POST", "/v1/devices", &key, Some(&body));
        assert_eq!((again.status, &again.body["enrolment"]), (201, &Value::Null), "shown once");
        assert_eq!(again.body["id"], added.body["id"]);

        let device = Device::new(id, 1);
        let early = device.answer(&api, &device.challenge(&api));
        assert_eq!((early.status, early.reason()), (401, "credentials_wrong"));
        let wrong = device.enrol(&api, "another token");
        assert_eq!((wrong.status, wrong.reason()), (409, "enrolment_not_valid"));
        let elsewhere = Device::new(DeviceId(id.0 + 1_000), 1).enrol(&api, &token);
        assert_eq!((elsewhere.status, elsewhere.reason()), (409, "enrolment_not_valid"));

        let enrolled = device.enrol(&api, &token);
        assert_eq!(enrolled.status, 200, "{}", enrolled.text);
        assert_eq!(enrolled.body["venues"][0]["id"], json!(api.town.venue));
        assert_eq!(enrolled.body["programmes"][0]["id"], json!(api.town.programme));
        let unheard = device.enrol(&api, &token);
        assert_eq!((unheard.status, &unheard.body["device"]), (200, &enrolled.body["device"]));
        let thief = Device::new(id, 2);
        let stolen = thief.enrol(&api, &token);
        assert_eq!((stolen.status, stolen.reason()), (409, "enrolment_not_valid"));
        let challenge = device.challenge(&api);
        assert_eq!(thief.answer(&api, &challenge).status, 401);

        let caller = device.caller(&api);
        let own = caller.get("/v1/devices/self");
        assert_eq!(own.body["name"], "Tablette", "{}", own.text);
        let report = json!({"version": "scan 1.4", "queued": 3}).to_string();
        let told = caller.send("POST", "/v1/devices/self/report", &[], Some(&report));
        assert_eq!(told.status, 204, "{}", told.text);
        let row = supervisor.get(&format!("/v1/devices/{id}")).body;
        assert_eq!((&row["state"], &row["version"]), (&json!("enrolled"), &json!("scan 1.4")));
        assert_eq!((&row["queued"], &row["invited_until"]), (&json!(3), &Value::Null));
        assert_eq!(row["seen_at"], "2026-11-23T09:00:00Z");
        let late = supervisor.post(&format!("/v1/devices/{id}/enrolment"), &json!({}));
        assert_eq!((late.status, late.reason()), (409, "device_enrolled"));
        api.town.audit();
    });
}

#[test]
fn a_token_is_good_for_ten_minutes_and_until_the_next_one() {
    on_each_database(|town| {
        let api = Api::start(town);
        let body = json!({"name": "Tablette", "venues": [api.town.venue]});
        let (id, first) = invited(&supervisor(&api).post("/v1/devices", &body));
        let device = Device::new(id, 1);
        later(&api, 600);
        assert_eq!(device.enrol(&api, &first).reason(), "enrolment_not_valid");
        let path = format!("/v1/devices/{id}/enrolment");
        let (_, second) = invited(&supervisor(&api).post(&path, &json!({})));
        let (_, third) = invited(&supervisor(&api).post(&path, &json!({})));
        later(&api, 599);
        assert_eq!(device.enrol(&api, &second).reason(), "enrolment_not_valid");
        assert_eq!(device.enrol(&api, &third).status, 200);
        api.town.audit();
    });
}

#[test]
fn a_challenge_is_good_for_two_minutes_and_for_one_device() {
    on_each_database(|town| {
        let api = Api::start(town);
        let supervisor = supervisor(&api);
        let [one, two] =
            [1, 2].map(|seed| Device::enrolled(&api, &supervisor, &[api.town.venue], seed));
        let challenge = one.challenge(&api);
        assert_eq!(two.answer(&api, &challenge).status, 401, "another device's");
        // Signed for another purpose.
        let signature = one.sign(Statement::Enrol { token: &challenge });
        let body = json!({"device": one.id, "challenge": challenge, "signature": signature});
        let other = api.nobody().send("POST", "/v1/devices/session", &[], Some(&body.to_string()));
        assert_eq!(other.status, 401);
        assert_eq!(one.answer(&api, "bm90IG91cnM").status, 401);
        let mut forged = challenge.clone().into_bytes();
        forged[0] = if forged[0] == b'A' { b'B' } else { b'A' };
        assert_eq!(one.answer(&api, &String::from_utf8(forged).unwrap()).status, 401);
        later(&api, 119);
        assert_eq!(one.answer(&api, &challenge).status, 200);
        later(&api, 1);
        assert_eq!(one.answer(&api, &challenge).status, 401);
        let caller = one.caller(&api);
        later(&api, 600);
        assert_eq!(caller.get("/v1/devices/self").status, 401, "ten minutes are over");
    });
}

#[test]
fn a_device_takes_workshops_at_its_own_venues_and_sees_what_is_its_own() {
    on_each_database(|town| {
        let elsewhere = another_venue(&town);
        let api = Api::start(town);
        let venue = api.town.venue;
        let device = Device::enrolled(&api, &supervisor(&api), &[venue], 1);
        let (caller, code) = (device.caller(&api), pass(&api));
        let taken = redeem(&caller, &api, venue, &code);
        assert_eq!((taken.status, &taken.body["left"]), (201, &json!(4)), "{}", taken.text);
        let refused = redeem(&caller, &api, elsewhere, &code);
        assert_eq!((refused.status, refused.reason()), (409, "venue_not_admitted"));
        let person = api.person(Role::Scanner(api.town.organisation));
        let by_person = redeem(&person, &api, elsewhere, &code);
        assert_eq!(by_person.status, 201);

        let venues = caller.get("/v1/venues").body;
        let ids: Vec<&Value> = venues["items"].as_array().unwrap().iter().collect();
        assert_eq!(ids.len(), 1, "{venues}");
        assert_eq!(ids[0]["id"], json!(venue));
        assert_eq!(caller.get(&format!("/v1/venues/{elsewhere}")).status, 404);
        let history = caller.get("/v1/redemptions").body;
        let seqs: Vec<&Value> =
            history["items"].as_array().unwrap().iter().map(|row| &row["seq"]).collect();
        assert_eq!(seqs, [&taken.body["seq"]]);
        assert_eq!(history["items"][0]["device"], json!(device.id));
        assert_eq!(history["items"][0]["actor"], Value::Null);
        let looked = caller.send(
            "POST",
            "/v1/vouchers/by-code",
            &[],
            Some(&json!({"code": code}).to_string()),
        );
        assert_eq!((looked.status, &looked.body["left"]), (200, &json!(3)), "{}", looked.text);
        let undo = |done: &Value| {
            let path = format!("/v1/redemptions/{}/reversal", done["seq"].as_str().unwrap());
            caller.post(&path, &json!({}))
        };
        assert_eq!(undo(&by_person.body).status, 404, "what somebody else took");
        let undone = undo(&taken.body);
        assert_eq!((undone.status, &undone.body["left"]), (201, &json!(4)), "{}", undone.text);
        assert_eq!(person.get("/v1/devices/self").status, 403);
        api.town.audit();
    });
}

#[test]
fn a_device_moved_to_other_venues_keeps_the_workshops_it_took_before() {
    on_each_database(|town| {
        let elsewhere = another_venue(&town);
        let api = Api::start(town);
        let venue = api.town.venue;
        let device = Device::enrolled(&api, &supervisor(&api), &[venue], 1);
        let code = pass(&api);
        let before = api.town.service.clock.now();
        later(&api, 3_600);
        let path = format!("/v1/devices/{}", device.id);
        let moved = json!({"name": "Bus", "venues": [elsewhere, elsewhere]});
        assert_eq!(supervisor(&api).patch(&path, &moved).status, 200);
        let none = json!({"name": "Bus", "venues": []});
        assert_eq!(supervisor(&api).patch(&path, &none).status, 422);
        later(&api, 60);
        let caller = device.caller(&api);
        assert_eq!(redeem(&caller, &api, venue, &code).reason(), "venue_not_admitted");
        assert_eq!(redeem(&caller, &api, elsewhere, &code).status, 201);
        let id = api.town.service.new_request_id();
        let body = json!({"id": id, "venue": venue, "code": code, "workshops": 1,
            "occurred_at": before});
        let past = caller.send("POST", "/v1/redemptions", &[], Some(&body.to_string()));
        assert_eq!(past.status, 201, "{}", past.text);
        let own = caller.get("/v1/devices/self").body;
        assert_eq!((&own["name"], &own["venues"][0]["id"]), (&json!("Bus"), &json!(elsewhere)));
        api.town.audit();
    });
}

#[test]
fn a_revoked_device_is_out_at_once_and_for_ever() {
    on_each_database(|town| {
        let api = Api::start(town);
        let venue = api.town.venue;
        let device = Device::enrolled(&api, &supervisor(&api), &[venue], 1);
        let (caller, code) = (device.caller(&api), pass(&api));
        assert_eq!(redeem(&caller, &api, venue, &code).status, 201);
        let path = format!("/v1/devices/{}/revoke", device.id);
        assert_eq!(supervisor(&api).post(&path, &json!({})).status, 200);
        let refused = redeem(&caller, &api, venue, &code);
        assert_eq!((refused.status, refused.reason()), (409, "device_revoked"));
        assert_eq!(caller.get("/v1/devices/self").reason(), "device_revoked");
        assert_eq!(caller.get("/v1/redemptions").reason(), "device_revoked");
        // It gets in again, to hand over what it has; and no further.
        let again = device.caller(&api);
        assert_eq!(again.get("/v1/venues").reason(), "device_revoked");
        assert_eq!(supervisor(&api).post(&path, &json!({})).status, 200, "it stays revoked");
        let town = api.stop().restarted();
        let api = Api::start(town);
        let refused = redeem(&device.caller(&api), &api, venue, &code);
        assert_eq!(refused.reason(), "device_revoked");
        api.town.audit();
    });
}

#[test]
fn what_a_device_asked_before_it_was_revoked_it_is_told_again_and_nothing_else_is_taken() {
    on_each_database(|town| {
        let api = Api::start(town);
        let venue = api.town.venue;
        let device = Device::enrolled(&api, &supervisor(&api), &[venue], 1);
        let (caller, code) = (device.caller(&api), pass(&api));
        let ask = |id: &Value| {
            let body = json!({"id": id, "venue": venue, "code": code, "workshops": 1});
            caller.send("POST", "/v1/redemptions", &[], Some(&body.to_string()))
        };
        let [heard, late] = [(); 2].map(|()| json!(api.town.service.new_request_id()));
        let first = ask(&heard);
        assert_eq!(first.status, 201);
        let path = format!("/v1/devices/{}/revoke", device.id);
        assert_eq!(supervisor(&api).post(&path, &json!({})).status, 200);
        let again = ask(&heard);
        assert_eq!((again.status, &again.body["seq"]), (201, &first.body["seq"]));
        for _ in 0..2 {
            let refused = ask(&late);
            assert_eq!((refused.status, refused.reason()), (409, "device_revoked"));
        }
        // Asked too late, it still waits for a decision as a record.
        let id = serde_json::from_value(late).unwrap();
        let record = device.record_with(&api, &code, |claims| claims.request = id);
        let reply = device.sync(&api, &[record]);
        assert_eq!(reply.body["verdicts"][0]["cause"], "device_revoked", "{}", reply.text);
        api.town.audit();
    });
}

#[test]
fn an_edited_device_shows_in_the_audit() {
    on_each_database(|town| {
        let api = Api::start(town);
        let device = Device::enrolled(&api, &supervisor(&api), &[api.town.venue], 1);
        let town = api.stop();
        town.audit();
        let edit = format!("UPDATE device SET revoked_at = 5 WHERE id = {}", device.id);
        town.execute(&edit).unwrap();
        let audit = town.service.audit().unwrap();
        let places: Vec<_> = audit.differences.iter().map(|one| one.place).collect();
        assert_eq!(places, ["device"]);
    });
}
