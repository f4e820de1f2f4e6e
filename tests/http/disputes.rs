//! Disputes over the network: an organisation asks, another person answers, both read why.
//! What runs pay of them is tested on the service, in `core/settlement/disputed.rs`.

use pass_numerique::domain::registry::Role;
use serde_json::json;

use super::tenants::found;
use crate::support::{api::Api, on_each_database};

#[test]
fn a_workshop_that_was_undone_is_disputed_and_somebody_else_gives_it_back() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let [first, second] = [(); 2].map(|()| api.person(Role::Operator));
        let supervisor = api.person(Role::Supervisor(ours.organisation));
        let new = json!({"about": "redemption", "subject": ours.hold,
            "reason": "L’atelier a eu lieu", "evidence": "Liste signée du 23"});
        let early = supervisor.post("/v1/disputes", &new);
        assert_eq!((early.status, early.reason()), (409, "nothing_to_dispute"), "{}", early.text);
        let no = json!({"released": false, "note": "Personne n’était là"});
        let held = format!("/v1/holds/{}/decision", ours.hold);
        assert_eq!(first.post(&held, &no).status, 200);
        let opened = supervisor.post("/v1/disputes", &new);
        assert_eq!(opened.status, 201, "{}", opened.text);
        let again = supervisor.post("/v1/disputes", &new);
        assert_eq!((again.status, again.reason()), (409, "already_disputed"), "{}", again.text);
        let place = format!("/v1/disputes/{}", opened.body["id"].as_str().unwrap());
        let open = first.get("/v1/disputes?waiting=true").body;
        assert_eq!(open["items"].as_array().unwrap().len(), 2, "{open}");
        let seen = first.get(&place).body;
        assert_eq!((&seen["about"], &seen["subject"]), (&json!("redemption"), &json!(ours.hold)));
        assert_eq!((&seen["state"], &seen["reason"]), (&json!("open"), &new["reason"]));
        let analyst = api.person(Role::Analyst(ours.funder));
        let report = analyst.get("/v1/reports/reconciliation").body;
        let line = report["lines"].as_array().unwrap().iter();
        let line = line.clone().find(|line| line["item"] == "disputes_open").unwrap();
        assert_eq!((&line["count"], &line["ages"][0]["count"]), (&json!(2), &json!(2)), "{report}");
        let path = format!("{place}/decision");
        let yes = json!({"upheld": true, "note": "Liste signée vue"});
        assert_eq!(supervisor.post(&path, &yes).status, 403);
        let own = first.post(&path, &yes);
        assert_eq!((own.status, own.reason()), (409, "another_person_needed"), "{}", own.text);
        let named = json!({"upheld": true, "note": "N", "correction": "1"});
        let named = second.post(&path, &named);
        assert_eq!((named.status, named.reason()), (422, "request_malformed"), "{}", named.text);
        let upheld = second.post(&path, &yes);
        assert_eq!(upheld.status, 200, "{}", upheld.text);
        let told = supervisor.get(&place).body;
        assert_eq!((&told["state"], &told["note"]), (&json!("upheld"), &yes["note"]));
        let new = told["correction"].as_str().unwrap();
        let redemption = supervisor.get(&format!("/v1/redemptions/{new}")).body;
        assert_eq!(redemption["workshops"], 3, "{redemption}");
        let before = supervisor.get(&format!("/v1/redemptions/{}", ours.hold)).body;
        assert_eq!(redemption["occurred_at"], before["occurred_at"]);
        assert!(before["reversed_by"].is_string() && redemption["held"].is_null());
        api.town.audit();
    });
}

#[test]
fn a_conflict_that_is_not_paid_is_paid_by_the_guarantee_once_somebody_else_upholds_it() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let [first, second] = [(); 2].map(|()| api.person(Role::Operator));
        let supervisor = api.person(Role::Supervisor(ours.organisation));
        let guarantee = format!("/v1/programmes/{}/guarantee", ours.programme);
        assert_eq!(first.post(&guarantee, &json!({"workshops": 20})).status, 200);
        let new = json!({"about": "conflict", "subject": ours.conflict, "reason": "Il a eu lieu"});
        let early = supervisor.post("/v1/disputes", &new);
        assert_eq!(early.reason(), "nothing_to_dispute", "{}", early.text);
        let no = json!({"paid": false, "note": "Déjà vu ailleurs"});
        let decision = format!("/v1/conflicts/{}/decision", ours.conflict);
        assert_eq!(first.post(&decision, &no).status, 200);
        let opened = supervisor.post("/v1/disputes", &new);
        assert_eq!(opened.status, 201, "{}", opened.text);
        let path = format!("/v1/disputes/{}/decision", opened.body["id"].as_str().unwrap());
        let yes = json!({"upheld": true, "note": "Les deux ateliers ont eu lieu"});
        assert_eq!(first.post(&path, &yes).reason(), "another_person_needed");
        let upheld = second.post(&path, &yes);
        assert_eq!(upheld.status, 200, "{}", upheld.text);
        let conflict = supervisor.get(&format!("/v1/conflicts/{}", ours.conflict)).body;
        assert_eq!((&conflict["state"], &conflict["workshops"]), (&json!("paid"), &json!(1)));
        api.town.audit();
    });
}

#[test]
fn payments_statements_and_what_is_missing_are_answered_in_words_and_may_be_withdrawn() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let theirs = found(&api, "Theirs");
        let supervisor = api.person(Role::Supervisor(ours.organisation));
        let operator = api.person(Role::Operator);
        let missing = json!({"about": "missing", "programme": ours.programme,
            "reason": "L’atelier du 20 manque"});
        let opened = supervisor.post("/v1/disputes", &missing);
        assert_eq!(opened.status, 201, "{}", opened.text);
        for (wrong, reason) in [
            (json!({"about": "missing", "reason": "R"}), "field_invalid"),
            (
                json!({"about": "missing", "programme": theirs.programme, "reason": "R"}),
                "field_invalid",
            ),
            (json!({"about": "payment", "reason": "R"}), "field_invalid"),
            (json!({"about": "payment", "subject": theirs.payment, "reason": "R"}), "not_found"),
            (json!({"about": "statement", "subject": "9999999", "reason": "R"}), "not_found"),
            (
                json!({"about": "payment", "subject": ours.payment, "reason": " "}),
                "request_malformed",
            ),
            (
                json!({"about": "payment", "subject": ours.payment, "reason": "a\u{202e}b"}),
                "request_malformed",
            ),
        ] {
            let reply = supervisor.post("/v1/disputes", &wrong);
            assert_eq!(reply.reason(), reason, "{wrong}: {}", reply.text);
            assert!((400..500).contains(&reply.status), "{}", reply.text);
        }
        let place = format!("/v1/disputes/{}", opened.body["id"].as_str().unwrap());
        let withdrawn = supervisor.post(&format!("{place}/withdrawal"), &json!({}));
        assert_eq!(withdrawn.status, 200, "{}", withdrawn.text);
        assert_eq!(supervisor.get(&place).body["state"], "withdrawn");
        let late =
            operator.post(&format!("{place}/decision"), &json!({"upheld": true, "note": "N"}));
        assert_eq!((late.status, late.reason()), (409, "already_decided"));
        // The payment's dispute names the event that puts it right, if it is one.
        let path = format!("/v1/disputes/{}/decision", ours.dispute);
        let yes = |correction: &str| json!({"upheld": true, "note": "N", "correction": correction});
        assert_eq!(operator.post(&path, &yes("999999999")).reason(), "not_found");
        let upheld = operator.post(&path, &yes(&ours.redemption));
        assert_eq!(upheld.status, 200, "{}", upheld.text);
        let seen = supervisor.get(&format!("/v1/disputes/{}", ours.dispute)).body;
        assert_eq!(seen["correction"], json!(ours.redemption));
        // Another may follow: figures are no decision that is answered once.
        let again = json!({"about": "payment", "subject": ours.payment, "reason": "Toujours faux"});
        assert_eq!(supervisor.post("/v1/disputes", &again).status, 201);
        api.town.audit();
    });
}
