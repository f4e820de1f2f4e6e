//! A month that is paid over the API: prepared, approved, exported, answered; and wrong input.
//! What runs pay is tested on the service, in `core/settlement.rs`.

use pass_numerique::domain::registry::Role;
use serde_json::{Value, json};

use super::tenants::{Things, found};
use crate::support::{
    api::{Api, Caller},
    on_each_database,
};

const IBAN: &str = "FR1420041010050500013M02606";

fn put(caller: &Caller<'_>, path: &str, body: &Value) -> (u16, Value) {
    let reply = caller.post(path, body);
    (reply.status, reply.body)
}

/// Sends a bank's answer as a file.
fn answer(caller: &Caller<'_>, run: &str, text: &str) -> (u16, Value) {
    let path = format!("/v1/settlements/{run}/answer");
    let kind = [("Content-Type", "application/xml")];
    let reply = caller.send("POST", &path, &kind, Some(text));
    (reply.status, reply.body)
}

fn rejecting(message: &str, line: &str) -> String {
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.12\"><CstmrPmtStsRpt>\
         <OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId></OrgnlGrpInfAndSts>\
         <OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>{line}</OrgnlEndToEndId>\
         <TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf></TxInfAndSts>\
         </OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    )
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("{name} of {value}")).to_owned()
}

fn yesterday(api: &Api) -> String {
    let day = api.town.service.clock.now().day(&"Europe/Paris".parse().unwrap());
    day.plus(-1).to_string()
}

#[test]
fn a_rejected_payment_is_paid_by_the_next_run_and_seen_by_its_payee() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let [preparer, approver] = [(); 2].map(|()| api.person(Role::Operator));
        let run = &ours.settlement;
        let read = preparer.get(&format!("/v1/settlements/{run}")).body;
        assert_eq!((&read["state"], &read["payments"]), (&json!("exported"), &json!(1)));
        let file = approver.send_unchecked(&format!("/v1/settlements/{run}/pain.001.xml"));
        assert_eq!(file.header("content-type"), "application/xml; charset=utf-8");
        let name = format!("PN{}-1", ours.programme);
        assert!(file.text.contains(&format!("<EndToEndId>{name}</EndToEndId>")), "{}", file.text);
        let foreign = answer(&approver, run, &rejecting("PN9-R1", &name));
        assert_eq!((foreign.0, text(&foreign.1, "reason")), (409, "answer_foreign".into()));
        let message = format!("PN{}-R1", ours.programme);
        for changed in [1, 0] {
            let taken = answer(&approver, run, &rejecting(&message, &name));
            assert_eq!((taken.0, &taken.1["changed"]), (200, &json!(changed)), "{}", taken.1);
        }
        let broken = answer(&approver, run, "PN1-1;RJCT");
        assert_eq!((broken.0, text(&broken.1, "reason")), (422, "answer_malformed".into()));
        let body = json!({"programme": ours.programme, "day": yesterday(&api)});
        let (status, opened) = put(&preparer, "/v1/settlements", &body);
        assert_eq!(status, 201, "{opened}");
        let next = text(&opened, "id");
        let own = put(&preparer, &format!("/v1/settlements/{next}/approve"), &json!({}));
        assert_eq!((own.0, text(&own.1, "reason")), (409, "another_person_needed".into()));
        for step in ["approve", "export"] {
            let reply = put(&approver, &format!("/v1/settlements/{next}/{step}"), &json!({}));
            assert_eq!(reply.0, 200, "{step}: {}", reply.1);
        }
        let rest = approver.send("POST", &format!("/v1/settlements/{next}/paid"), &[], Some("{}"));
        assert_eq!((rest.status, &rest.body["changed"]), (200, &json!(1)), "{}", rest.text);
        sees_its_payments(&api, &ours);
        api.town.audit();
    });
}

fn sees_its_payments(api: &Api, ours: &Things) {
    let supervisor = api.person(Role::Supervisor(ours.organisation));
    let payments = supervisor.get("/v1/payments").body["items"].clone();
    let states: Vec<&str> =
        payments.as_array().unwrap().iter().map(|one| one["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["paid", "rejected"]);
    let (paid, rejected) = (&payments[0], &payments[1]);
    assert_eq!(rejected["reissued_in"], paid["id"]);
    assert_eq!((&rejected["code"], &paid["iban"]), (&json!("AC04"), &json!("…2606")));
    for payment in [paid, rejected] {
        let path = format!("/v1/redemptions?payment={}", text(payment, "id"));
        let workshops = supervisor.get(&path);
        let seqs: Vec<&Value> =
            workshops.body["items"].as_array().unwrap().iter().map(|one| &one["seq"]).collect();
        // The oldest of them; another one contests a conflict.
        assert_eq!(seqs.last(), Some(&&json!(ours.redemption)), "{}", workshops.text);
    }
}

#[test]
fn wrong_input_is_told_by_field_and_changes_nothing() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let operator = api.person(Role::Operator);
        let account = format!("/v1/organisations/{}/bank-account", ours.organisation);
        let payer = format!("/v1/programmes/{}/payer-account", ours.programme);
        let answer = format!("/v1/payments/{}/answer", ours.payment);
        let holder = "x".repeat(71);
        let day = |day: &str| json!({"programme": ours.programme, "day": day});
        let seq = api.town.service.database().as_of().unwrap();
        for (path, body, status, reason, field) in [
            (&account, json!({"holder": "N", "iban": "FR15"}), 422, "field_invalid", "iban"),
            (
                &account,
                json!({"holder": "N", "iban": IBAN, "bic": "X"}),
                422,
                "field_invalid",
                "bic",
            ),
            (&account, json!({"holder": "", "iban": IBAN}), 422, "request_malformed", "holder"),
            (&account, json!({"holder": holder, "iban": IBAN}), 422, "request_malformed", "holder"),
            (&account, json!({"iban": IBAN}), 422, "field_invalid", "holder"),
            (
                &payer,
                json!({"holder": "N", "iban": IBAN, "minimum_cents": 0}),
                422,
                "amount_invalid",
                "minimum_cents",
            ),
            (&"/v1/settlements".to_owned(), day("2026-13-01"), 422, "field_invalid", "day"),
            (&"/v1/settlements".to_owned(), day("2030-01-01"), 409, "day_not_over", ""),
            (
                &"/v1/settlements".to_owned(),
                json!({"programme": "999", "day": "2026-11-22"}),
                404,
                "not_found",
                "programme",
            ),
            (&answer, json!({"answer": "lost"}), 422, "field_invalid", "answer"),
            (
                &answer,
                json!({"answer": "rejected", "code": "A B"}),
                422,
                "request_malformed",
                "code",
            ),
            (&answer, json!({"answer": "returned"}), 409, "payment_state_conflict", &ours.payment),
        ] {
            let reply = operator.post(path, &body);
            let said = (reply.status, reply.reason(), reply.body["field"].as_str().unwrap_or(""));
            assert_eq!(said, (status, reason, field), "{path} {body}: {}", reply.text);
        }
        for path in ["/v1/settlements/999", "/v1/payments/999", "/v1/settlements/999/waiting"] {
            assert_eq!(operator.get(path).status, 404, "{path}");
        }
        let nothing = operator.send("POST", "/v1/settlements/999/paid", &[], Some("{}"));
        assert_eq!(nothing.status, 404);
        assert_eq!(api.town.service.database().as_of().unwrap(), seq);
        // No answer, log or event holds an IBAN.
        let events = operator.get("/v1/audit/events?limit=200");
        assert!(!events.text.contains(IBAN) && events.text.contains("bank_account_entered"));
    });
}
