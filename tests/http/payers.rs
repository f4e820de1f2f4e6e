//! A funder that pays venues itself: orders, evidence, its accountant's reference, and claims.
//! What a run pays is tested on the service, in `core/settlement.rs`.

use pass_numerique::{
    app::view::Limits,
    domain::{programme::Payer, registry::Role},
    sys::clock::Clock,
};
use serde_json::{Value, json};

use crate::{
    pages::logged_in,
    support::{
        Town,
        api::{Api, Caller},
        on_each_empty_database, terms,
    },
};

fn on_each(test: impl Fn(Api)) {
    on_each_empty_database(|location, folder| {
        let now = "2026-11-23T10:00:00+01:00".parse().unwrap();
        let town = Town::found_at(location, folder, Clock::fixed(now), Limits::default(), |of| {
            pass_numerique::domain::programme::Terms { payer: Payer::Funder, ..terms(of) }
        });
        test(Api::start(town));
    });
}

fn id(reply: &Value) -> String {
    reply["id"].as_str().unwrap_or_else(|| panic!("{reply}")).to_owned()
}

/// A run with one payment of three workshops, with the accountant: its number and the payment's.
fn ordered(api: &Api) -> (String, String) {
    let voucher = api.town.issue(5).unwrap();
    (0..3).for_each(|_| drop(api.town.redeem(voucher)));
    let clock = &api.town.service.clock;
    clock.set(clock.now().plus_seconds(86_400));
    let [clerk, preparer, approver] = [(); 3].map(|()| api.person(Role::Operator));
    let account = json!({"holder": "Médiathèque", "iban": "FR1420041010050500013M02606"});
    let path = format!("/v1/organisations/{}/bank-account", api.town.organisation);
    assert_eq!(clerk.post(&path, &account).status, 201);
    let payer = json!({"holder": "Trésor public", "iban": "FR7630006000011234567890189",
        "minimum_cents": 1});
    let path = format!("/v1/programmes/{}/payer-account", api.town.programme);
    assert_eq!(clerk.post(&path, &payer).status, 201);
    let run = json!({"programme": api.town.programme, "day": "2026-11-23"});
    let run = id(&preparer.post("/v1/settlements", &run).body);
    for step in ["approve", "export"] {
        let reply = approver.post(&format!("/v1/settlements/{run}/{step}"), &json!({}));
        assert_eq!(reply.status, 200, "{step}: {}", reply.text);
    }
    let payments = clerk.get(&format!("/v1/payments?settlement={run}"));
    (run, id(&payments.body["items"][0]))
}

fn confirm(caller: &Caller<'_>, payment: &str, reference: &str, day: &str) -> (u16, Value) {
    let body = json!({"reference": reference, "day": day});
    let reply = caller.post(&format!("/v1/payments/{payment}/paid"), &body);
    (reply.status, reply.body)
}

#[test]
fn a_funder_pays_from_orders_and_notes_reference_and_day() {
    on_each(|api| {
        let (run, payment) = ordered(&api);
        let operator = api.person(Role::Operator);
        let [pays, shares] = api.town.funders.map(|funder| api.person(Role::Analyst(funder)));
        let orders = format!("/v1/settlements/{run}/payment-orders.csv");
        let list = pays.get(&orders);
        assert_eq!(list.status, 200, "{}", list.text);
        let name = format!("PN{}-1", api.town.programme);
        let line = list.text.lines().nth(1).unwrap();
        let wanted = format!(
            "{name};Médiathèque;;Médiathèque;FR1420041010050500013M02606;;3000;EUR;2026-11-23"
        );
        assert_eq!(line, wanted);
        assert_eq!(shares.get(&orders).status, 404, "not the one that pays");
        assert_eq!(operator.get(&format!("/v1/settlements/{run}/pain.001.xml")).status, 404);
        let answer = format!("/v1/payments/{payment}/answer");
        let paid = operator.post(&answer, &json!({"answer": "paid"}));
        assert_eq!(paid.body["reason"], "order_reference_needed", "{}", paid.text);
        let rest = operator.send("POST", &format!("/v1/settlements/{run}/paid"), &[], Some("{}"));
        assert_eq!(rest.body["reason"], "order_reference_needed", "{}", rest.text);
        for (reference, day, field) in [
            ("", "2026-11-24", "reference"),
            ("a\u{202e}b", "2026-11-24", "reference"),
            ("Mandat 7", "2026-11-25", "day"),
            ("Mandat 7", "2026-11-22", "day"),
        ] {
            let (status, body) = confirm(&pays, &payment, reference, day);
            assert_eq!((status, &body["field"]), (422, &json!(field)), "{body}");
        }
        assert_eq!(confirm(&shares, &payment, "Mandat 7", "2026-11-24").0, 403);
        assert_eq!(confirm(&pays, &payment, "Mandat 7", "2026-11-24").0, 200);
        let again = confirm(&operator, &payment, "Mandat 8", "2026-11-24");
        assert_eq!((again.0, &again.1["reason"]), (409, &json!("payment_state_conflict")));
        let seen = shares.get(&format!("/v1/payments/{payment}")).body;
        assert_eq!((&seen["state"], &seen["reference"]), (&json!("paid"), &json!("Mandat 7")));
        assert_eq!((&seen["paid_on"], &seen["iban"]), (&json!("2026-11-24"), &json!("…2606")));
        api.town.audit();
    });
}

#[test]
fn evidence_lists_the_workshops_and_a_claim_is_a_funders_share_of_them() {
    on_each(|api| {
        let (run, payment) = ordered(&api);
        let operator = api.person(Role::Operator);
        let [pays, shares] = api.town.funders.map(|funder| api.person(Role::Analyst(funder)));
        let lines = |caller: &Caller<'_>, path: &str| -> Vec<String> {
            let sheet = caller.get(path);
            assert_eq!(sheet.status, 200, "{}", sheet.text);
            sheet.text.lines().skip(1).map(ToOwned::to_owned).collect()
        };
        let cents = |lines: &[String]| -> i64 {
            let cell = |line: &String| line.split(';').nth(7).unwrap().parse::<i64>().unwrap();
            lines.iter().map(cell).sum()
        };
        let path = format!("/v1/payments/{payment}/evidence");
        let all = lines(&operator, &path);
        assert_eq!((all.len(), cents(&all)), (3, 3_000));
        assert_eq!(cents(&lines(&shares, &path)), 1_200, "its own share");
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        assert_eq!(lines(&supervisor, &path).len(), 3, "the venue sees what it is paid for");
        let claims = format!("/v1/settlements/{run}/claims");
        let seen = pays.get(&claims).body;
        let [state, departement] = api.town.funders;
        let number = |funder| format!("PN{}-R1-F{funder}", api.town.programme);
        assert_eq!(
            seen["claims"],
            json!([
                {"number": number(state), "funder": state, "payments": 1, "amount_cents": 1_800,
                    "pays": true},
                {"number": number(departement), "funder": departement, "payments": 1,
                    "amount_cents": 1_200, "pays": false},
            ]),
            "whoever pays sees what to claim"
        );
        let own = shares.get(&claims).body;
        assert_eq!(own["claims"].as_array().unwrap().len(), 1, "{own}");
        let claim = format!("/v1/settlements/{run}/claim");
        assert_eq!(cents(&lines(&shares, &claim)), 1_200);
        assert_eq!(shares.get(&format!("{claim}?funder={state}")).status, 404);
        assert_eq!(operator.get(&claim).body["field"], "funder");
        let rejected = json!({"answer": "rejected"});
        let path = format!("/v1/payments/{payment}/answer");
        assert_eq!(operator.post(&path, &rejected).status, 200);
        assert_eq!(pays.get(&claims).body["claims"], json!([]), "it is claimed when it is paid");
        api.town.audit();
    });
}

#[test]
fn orders_are_paid_with_the_pages_and_the_papers_can_be_read() {
    on_each(|api| {
        let (run, payment) = ordered(&api);
        let browser = logged_in(&api, Role::Analyst(api.town.funders[0]));
        let page = browser.get(&format!("/settlements/{run}")).text;
        assert!(page.contains("Chez le comptable du financeur"), "{page}");
        assert!(page.contains(&format!("/settlements/{run}/payment-orders.csv")), "{page}");
        let claims = browser.get(&format!("/settlements/{run}/claims")).text;
        assert!(claims.contains("12,00\u{a0}€") && claims.contains("Paie les lieux lui-même"));
        for (place, word) in [
            (format!("/payments/{payment}/evidence?format=pdf"), "Espace numérique"),
            (
                format!("/settlements/{run}/claim?funder={}&format=pdf", api.town.funders[1]),
                "Médiathèque",
            ),
        ] {
            let bytes = browser.bytes(&place);
            if let Some(text) = crate::pages::pdf_text(&bytes) {
                assert!(text.contains(word), "{text}");
            }
        }
        let place = format!("/payments/{payment}");
        let shown = browser.get(&place).text;
        assert!(shown.contains("Noter comme payé par le financeur"), "{shown}");
        let fields = [("reference", "Mandat 12"), ("day", "2026-11-24")];
        assert_eq!(browser.fill(&format!("{place}/order"), &fields).status, 303);
        let shown = browser.get(&place).text;
        assert!(shown.contains("Mandat 12") && shown.contains("24 novembre 2026"), "{shown}");
        api.town.audit();
    });
}
