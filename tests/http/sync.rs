//! Workshops taken without network: handed over once or often, in any order, all accounted for.
//! The decision's single rules are tested beside it.

use pass_numerique::domain::{ids::VoucherId, registry::Role};
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Caller},
    device::{Device, verdicts},
    on_each_database,
};

fn supervisor(api: &Api) -> Caller<'_> {
    api.person(Role::Supervisor(api.town.organisation))
}

fn device(api: &Api) -> Device {
    Device::enrolled(api, &supervisor(api), &[api.town.venue], 1)
}

fn pass(api: &Api) -> (VoucherId, String) {
    let voucher = api.town.issue(5).unwrap();
    (voucher, api.town.service.paper(voucher).unwrap().url)
}

fn left(api: &Api, voucher: VoucherId) -> u64 {
    let row = api.person(Role::Operator).get(&format!("/v1/vouchers/{voucher}"));
    row.body["left"].as_u64().unwrap()
}

fn later(api: &Api, seconds: i64) {
    let clock = &api.town.service.clock;
    clock.set(clock.now().plus_seconds(seconds));
}

#[test]
fn a_day_without_network_is_accounted_for_exactly_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (one, code), (two, other)) = (device(&api), pass(&api), pass(&api));
        let mut records = Vec::new();
        for code in [&code, &other, &code] {
            later(&api, 3_600);
            records.push(device.record(&api, code));
        }
        later(&api, 86_400);
        let first = device.sync(&api, &records);
        assert_eq!(verdicts(&first), ["accepted"; 3], "{}", first.text);
        let told = first.body["verdicts"].as_array().unwrap();
        assert!(told.iter().all(|one| one["kept"] == true && one["seen_before"] == false));
        assert_eq!(told[2]["redemption"]["left"], 3);
        assert_eq!(told[0]["redemption"]["occurred_at"], "2026-11-23T10:00:00Z");
        let again = device.sync(&api, &records);
        let seqs = |body: &Value| -> Vec<Value> {
            let all = body["verdicts"].as_array().unwrap();
            all.iter().map(|one| one["redemption"]["seq"].clone()).collect()
        };
        assert_eq!(verdicts(&again), ["accepted"; 3]);
        assert_eq!(seqs(&again.body), seqs(&first.body));
        assert!(again.body["verdicts"][0]["seen_before"] == true);
        assert_eq!((left(&api, one), left(&api, two)), (3, 4));
        let api = Api::start(api.stop().restarted());
        assert_eq!(seqs(&device.sync(&api, &records).body), seqs(&first.body));
        api.town.audit();
    });
}

#[test]
fn records_that_overtake_each_other_leave_a_gap_that_shows_until_it_is_filled() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (voucher, code)) = (device(&api), pass(&api));
        let records: Vec<Value> = (0..5).map(|_| device.record(&api, &code)).collect();
        let shown = |api: &Api| {
            let row = supervisor(api).get(&format!("/v1/devices/{}", device.id)).body;
            (row["records"].as_i64().unwrap(), row["missing"].as_i64().unwrap())
        };
        let late = [records[4].clone(), records[2].clone()];
        assert_eq!(verdicts(&device.sync(&api, &late)), ["accepted"; 2]);
        assert_eq!(shown(&api), (5, 3));
        let reply = device.sync(&api, &records);
        assert_eq!(verdicts(&reply), ["accepted"; 5]);
        assert_eq!((shown(&api), left(&api, voucher)), ((5, 0), 0));
        api.town.audit();
    });
}

#[test]
fn a_bad_record_never_stops_the_next() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (voucher, code)) = (device(&api), pass(&api));
        let stranger = Device::new(device.id, 2);
        let good = device.record(&api, &code);
        let mut swapped = device.copied().record(&api, &code);
        swapped["code"] = json!(pass(&api).1);
        let unreadable = device.record(&api, "nonsense");
        let cancelled = pass(&api);
        let path = format!("/v1/vouchers/{}/cancel", cancelled.0);
        api.person(Role::Operator).post(&path, &json!({}));
        later(&api, 60);
        let refused = device.record(&api, &cancelled.1);
        let last = device.record(&api, &code);
        let garbage = json!({"record": "a.b.c", "salt": good["salt"], "code": code});
        let records =
            [garbage, good, stranger.record(&api, &code), swapped, unreadable, refused, last];
        let reply = device.sync(&api, &records);
        let told = reply.body["verdicts"].as_array().unwrap();
        let told: Vec<(&str, bool, &str)> = told
            .iter()
            .map(|one| {
                let reason = one["reason"].as_str().unwrap_or_default();
                (one["verdict"].as_str().unwrap(), one["kept"].as_bool().unwrap(), reason)
            })
            .collect();
        let expected = [
            ("refused", false, "record_malformed"),
            ("accepted", true, ""),
            ("refused", false, "record_not_signed"),
            ("refused", false, "record_malformed"),
            ("refused", true, "code_malformed"),
            ("refused", true, "voucher_cancelled"),
            ("accepted", true, ""),
        ];
        assert_eq!(told, expected);
        assert_eq!(left(&api, voucher), 3);
        api.town.audit();
    });
}

#[test]
fn an_attempt_whose_answer_was_lost_and_its_record_are_one_request() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (voucher, code)) = (device(&api), pass(&api));
        let id = api.town.service.new_request_id();
        let body = json!({"id": id, "venue": api.town.venue, "code": code, "workshops": 1});
        let online = || {
            let body = body.to_string();
            device.caller(&api).send("POST", "/v1/redemptions", &[], Some(&body))
        };
        let first = online();
        assert_eq!(first.status, 201, "{}", first.text);
        let record = device.record_with(&api, &code, |claims| claims.request = id);
        let reply = device.sync(&api, &[record]);
        assert_eq!(verdicts(&reply), ["replayed"], "{}", reply.text);
        assert_eq!(reply.body["verdicts"][0]["redemption"]["seq"], first.body["seq"]);
        let undo = format!("/v1/redemptions/{}/reversal", first.body["seq"].as_str().unwrap());
        assert_eq!(supervisor(&api).post(&undo, &json!({})).status, 201);
        let other = device.record_with(&api, &code, |claims| claims.request = id);
        let reply = device.sync(&api, &[other]);
        assert_eq!(verdicts(&reply), ["replayed"]);
        assert_eq!(reply.body["verdicts"][0]["redemption"]["reversed"], true);
        assert_eq!(left(&api, voucher), 5);
        let next = api.town.service.new_request_id();
        let record = device.record_with(&api, &code, |claims| claims.request = next);
        assert_eq!(verdicts(&device.sync(&api, &[record])), ["accepted"]);
        let body = json!({"id": next, "venue": api.town.venue, "code": code, "workshops": 1});
        let again =
            device.caller(&api).send("POST", "/v1/redemptions", &[], Some(&body.to_string()));
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
        assert_eq!(left(&api, voucher), 4);
        api.town.audit();
    });
}

#[test]
fn an_attempt_that_came_too_soon_by_a_wrong_clock_counts_once_by_its_record() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (voucher, code)) = (device(&api), pass(&api));
        let id = api.town.service.new_request_id();
        let asked = api.town.service.clock.now();
        let ahead = asked.plus_seconds(1_800);
        let body = json!({"id": id, "venue": api.town.venue, "code": code, "workshops": 1,
            "occurred_at": ahead});
        let online = || {
            let body = body.to_string();
            device.caller(&api).send("POST", "/v1/redemptions", &[], Some(&body))
        };
        let refused = online();
        assert_eq!(refused.body["reason"], "occurred_in_future", "{}", refused.text);
        later(&api, 3_600);
        let record = device.record_with(&api, &code, |claims| {
            (claims.request, claims.clock_at, claims.server_at) = (id, ahead, asked);
        });
        let reply = device.sync(&api, &[record]);
        assert_eq!(verdicts(&reply), ["accepted"], "{}", reply.text);
        let again = online();
        assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
        assert_eq!(again.body["seq"], reply.body["verdicts"][0]["redemption"]["seq"]);
        assert_eq!(left(&api, voucher), 4);
        api.town.audit();
    });
}

#[test]
fn what_a_revoked_device_hands_over_waits_and_is_decided_once_with_a_reason() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (voucher, code)) = (device(&api), pass(&api));
        let records = [device.record(&api, &code), device.record(&api, &code)];
        later(&api, 60);
        let path = format!("/v1/devices/{}/revoke", device.id);
        assert_eq!(supervisor(&api).post(&path, &json!({})).status, 200);
        let reply = device.sync(&api, &records);
        assert_eq!(verdicts(&reply), ["quarantined"; 2], "{}", reply.text);
        assert_eq!(reply.body["verdicts"][0]["cause"], "device_revoked");
        assert_eq!(left(&api, voucher), 5);
        let list = supervisor(&api).get("/v1/quarantine").body;
        let waiting = list["items"].as_array().unwrap();
        assert_eq!(waiting.len(), 2);
        // The evidence is the record, and the record is worth nothing.
        assert_eq!(waiting[1]["record"], records[0]["record"]);
        assert!(!list.to_string().contains(code.rsplit('/').next().unwrap()));
        let decision = |id: &Value| format!("/v1/quarantine/{}/decision", id.as_str().unwrap());
        let yes = json!({"accepted": true, "note": "Vu avec le lieu"});
        let operator = api.person(Role::Operator);
        let supervised = supervisor(&api).post(&decision(&waiting[0]["id"]), &yes);
        assert_eq!(supervised.status, 403);
        let unsaid = json!({"accepted": true, "note": ""});
        assert_eq!(operator.post(&decision(&waiting[0]["id"]), &unsaid).status, 422);
        assert_eq!(operator.post(&decision(&waiting[0]["id"]), &yes).status, 200);
        let twice = operator.post(&decision(&waiting[0]["id"]), &yes);
        assert_eq!((twice.status, twice.reason()), (409, "already_decided"));
        let no = json!({"accepted": false, "note": "Pas d’atelier ce jour-là"});
        assert_eq!(operator.post(&decision(&waiting[1]["id"]), &no).status, 200);
        assert_eq!(left(&api, voucher), 4);
        let rows = operator.get("/v1/quarantine").body;
        assert_eq!(
            (&rows["items"][0]["accepted"], &rows["items"][1]["accepted"]),
            (&json!(true), &json!(false))
        );
        let seq = rows["items"][0]["redemption"].as_str().unwrap();
        let paid = supervisor(&api).get(&format!("/v1/redemptions/{seq}")).body;
        assert_eq!((&paid["earned_cents"], &paid["device"]), (&json!(1_000), &json!(device.id)));
        api.town.audit();
    });
}

#[test]
fn a_copied_device_is_found_by_its_forked_chain() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (voucher, code)) = (device(&api), pass(&api));
        let copy = device.copied();
        let (ours, theirs) = (device.record(&api, &code), copy.record(&api, &code));
        assert_eq!(verdicts(&device.sync(&api, &[ours])), ["accepted"]);
        let reply = copy.sync(&api, &[theirs, copy.record(&api, &code)]);
        assert_eq!(verdicts(&reply), ["quarantined"; 2]);
        assert_eq!(reply.body["verdicts"][1]["cause"], "chain_forked");
        let next = device.record(&api, &code);
        assert_eq!(verdicts(&device.sync(&api, &[next])), ["accepted"]);
        assert_eq!(left(&api, voucher), 3);
        api.town.audit();
    });
}

#[test]
fn a_device_hears_what_was_decided_about_its_records_and_about_no_other_s() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (voucher, code)) = (device(&api), pass(&api));
        let other = Device::enrolled(&api, &supervisor(&api), &[api.town.venue], 9);
        let copy = device.copied();
        let ours = device.record(&api, &code);
        assert_eq!(verdicts(&device.sync(&api, &[ours])), ["accepted"]);
        let theirs = [(); 2].map(|()| copy.record(&api, &code));
        assert_eq!(verdicts(&copy.sync(&api, &theirs)), ["quarantined"; 2]);
        let asked = "/v1/devices/self/decisions?sequences=1,2,3";
        assert_eq!(device.caller(&api).get(asked).body["items"], json!([]));
        let operator = api.person(Role::Operator);
        // The newest first: the second place, and the first, where another record stands, too.
        let waiting = operator.get("/v1/quarantine").body;
        for (place, accepted) in [(0, true), (1, false)] {
            let id = waiting["items"][place]["id"].as_str().unwrap();
            let body = json!({"accepted": accepted, "note": "Vu avec le lieu"});
            assert_eq!(operator.post(&format!("/v1/quarantine/{id}/decision"), &body).status, 200);
        }
        let told = device.caller(&api).get(asked).body;
        let items = told["items"].as_array().unwrap();
        assert_eq!(items.len(), 2, "{told}");
        assert_eq!((&items[0]["sequence"], &items[0]["accepted"]), (&json!(1), &json!(false)));
        assert_eq!(items[0]["redemption"], Value::Null);
        assert_eq!((&items[1]["sequence"], &items[1]["accepted"]), (&json!(2), &json!(true)));
        let seq = items[1]["redemption"].as_str().unwrap();
        let row = supervisor(&api).get(&format!("/v1/redemptions/{seq}")).body;
        assert_eq!(row["voucher"], json!(voucher));
        assert_eq!(other.caller(&api).get(asked).body["items"], json!([]));
        let many = vec!["1"; 101].join(",");
        for wrong in ["", "x", "1,,2", "-1", &many] {
            let path = format!("/v1/devices/self/decisions?sequences={wrong}");
            assert_eq!(device.caller(&api).get(&path).reason(), "query_invalid", "{wrong}");
        }
        api.town.audit();
    });
}

#[test]
fn a_record_whose_request_was_redeemed_with_network_meanwhile_is_that_redemption() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, (voucher, code)) = (device(&api), pass(&api));
        let copy = device.copied();
        let ours = device.record(&api, &code);
        assert_eq!(verdicts(&device.sync(&api, &[ours])), ["accepted"]);
        let id = api.town.service.new_request_id();
        let theirs = copy.record_with(&api, &code, |claims| claims.request = id);
        assert_eq!(verdicts(&copy.sync(&api, &[theirs])), ["quarantined"]);
        let body = json!({"id": id, "venue": api.town.venue, "code": code, "workshops": 1});
        let caller = device.caller(&api);
        let done = caller.send("POST", "/v1/redemptions", &[], Some(&body.to_string()));
        assert_eq!((done.status, left(&api, voucher)), (201, 3), "{}", done.text);
        let operator = api.person(Role::Operator);
        let waiting = operator.get("/v1/quarantine").body["items"][0]["id"].clone();
        let path = format!("/v1/quarantine/{}/decision", waiting.as_str().unwrap());
        let decided = operator.post(&path, &json!({"accepted": true, "note": "Le même atelier"}));
        assert_eq!((decided.status, left(&api, voucher)), (200, 3), "{}", decided.text);
        let row = operator.get("/v1/quarantine").body["items"][0].clone();
        assert_eq!((&row["redemption"], &row["accepted"]), (&done.body["seq"], &json!(true)));
        api.town.audit();
    });
}

#[test]
fn five_hundred_records_are_one_upload_and_one_more_is_too_many() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (device, passes) = (device(&api), [(); 5].map(|()| pass(&api)));
        let mut records = Vec::new();
        for place in 0..500 {
            let (_, code) = &passes[place % 5];
            records.push(device.record(&api, code));
        }
        let reply = device.sync(&api, &records);
        let told = verdicts(&reply);
        assert_eq!(told.len(), 500);
        assert_eq!(told.iter().filter(|verdict| **verdict == "accepted").count(), 25);
        records.push(device.record(&api, &passes[0].1));
        assert_eq!(device.sync(&api, &records).status, 422);
        api.town.audit();
    });
}
