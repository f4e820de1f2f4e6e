//! A voucher's way over HTTP: issued, scanned, undone, reported; requests sent again.
//! No access rules.

use pass_numerique::domain::registry::Role;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Caller},
    on_each_database,
};

pub fn scan(caller: &Caller<'_>, id: &str, venue: &str, code: &Value, workshops: u8) -> Value {
    let body = json!({"id": id, "venue": venue, "code": code, "workshops": workshops});
    let reply = caller.send("POST", "/v1/redemptions", &[], Some(&body.to_string()));
    json!({
        "status": reply.status, "body": reply.body,
        "replayed": reply.header("idempotency-replayed"),
    })
}

#[test]
fn a_voucher_is_issued_redeemed_once_reported_and_undone() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let analyst = api.person(Role::Analyst(api.town.funders[0]));
        let new = json!({"programme": api.town.programme, "workshops": 5}).to_string();
        let key = [("Idempotency-Key", "0192d3a0-0000-7000-8000-00000000000a")];
        let issued = agent.send("POST", "/v1/vouchers", &key, Some(&new));
        assert_eq!(issued.status, 201, "{}", issued.text);
        let again = agent.send("POST", "/v1/vouchers", &key, Some(&new));
        assert_eq!((again.status, &again.body), (201, &issued.body));
        assert_eq!(again.header("idempotency-replayed"), "true");
        let other = json!({"programme": api.town.programme, "workshops": 6}).to_string();
        let other = agent.send("POST", "/v1/vouchers", &key, Some(&other));
        assert_eq!((other.status, other.reason()), (422, "request_reused"));

        let code = &issued.body["paper"]["qr_text"];
        let venue = api.town.venue.to_string();
        let id = "0192d3a0-0000-7000-8000-000000000001";
        let done = scan(&supervisor, id, &venue, code, 2);
        assert_eq!((&done["status"], &done["body"]["left"]), (&json!(201), &json!(3)), "{done}");
        let replayed = scan(&supervisor, id, &venue, code, 2);
        assert_eq!((&replayed["body"], &replayed["replayed"]), (&done["body"], &json!("true")));
        let changed = scan(&supervisor, id, &venue, code, 1);
        assert_eq!(changed["body"]["reason"], "request_reused", "{changed}");
        assert_eq!(changed["status"], 422);

        let report = analyst.get("/v1/reports/usage?by=venue");
        let line = &report.body["lines"][0];
        assert_eq!(line["name"], "Espace numérique", "{}", report.text);
        assert_eq!((&line["workshops_used"], &line["earned_cents"]), (&json!(2), &json!(1200)));
        let seq = done["body"]["seq"].as_str().unwrap();
        let own = analyst.get(&format!("/v1/redemptions/{seq}"));
        assert_eq!(own.body["earned_cents"], 1200, "a funder sees its own cents");
        let all = supervisor.get(&format!("/v1/redemptions/{seq}"));
        assert_eq!(all.body["earned_cents"], 2000);

        let path = format!("/v1/redemptions/{seq}/reversal");
        let undone = supervisor.post(&path, &json!({}));
        assert_eq!((undone.status, &undone.body["left"]), (201, &json!(5)), "{}", undone.text);
        let twice = supervisor.post(&path, &json!({}));
        assert_eq!((twice.status, twice.reason()), (409, "already_reversed"));
        let after = scan(&supervisor, id, &venue, code, 2);
        assert_eq!((&after["status"], &after["body"]["reversed"]), (&json!(201), &json!(true)));
        api.town.audit();
    });
}

#[test]
fn the_history_of_one_voucher_has_all_of_it_newest_first_and_nothing_of_others() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let operator = api.person(Role::Operator);
        let new = json!({"programme": api.town.programme, "workshops": 5});
        let [one, other] = [0, 1].map(|_| agent.post("/v1/vouchers", &new).body);
        let venue = api.town.venue.to_string();
        let seq = |number: u32, of: &Value| {
            let id = format!("0192d3a0-0000-7000-8000-0000000002{number:02}");
            let done = scan(&supervisor, &id, &venue, &of["paper"]["qr_text"], 1);
            done["body"]["seq"].as_str().unwrap().to_owned()
        };
        let (first, _, second, _) = (seq(1, &one), seq(2, &other), seq(3, &one), seq(4, &other));
        let reversal = supervisor.post(&format!("/v1/redemptions/{first}/reversal"), &json!({}));
        assert_eq!(reversal.status, 201, "{}", reversal.text);
        let third = seq(5, &one);

        let id = one["voucher"].as_str().unwrap();
        let column = |body: &Value, name: &str| -> Vec<String> {
            let items = body["items"].as_array().unwrap().iter();
            items.map(|item| item[name].as_str().unwrap().to_owned()).collect()
        };
        let path = format!("/v1/redemptions?voucher={id}");
        let all = supervisor.get(&path);
        assert_eq!(column(&all.body, "seq"), [&third, &second, &first].map(String::clone));
        let page = supervisor.get(&format!("{path}&limit=1&after={third}"));
        assert_eq!(column(&page.body, "seq"), [second]);
        let events = operator.get(&format!("/v1/audit/events?voucher={id}"));
        let kinds = ["redeemed", "reversed", "redeemed", "redeemed", "voucher_issued"];
        assert_eq!(column(&events.body, "kind"), kinds);
        api.town.audit();
    });
}

#[test]
fn a_dry_run_gives_the_verdict_and_writes_nothing() {
    on_each_database(|town| {
        let api = Api::start(town);
        let scanner = api.person(Role::Scanner(api.town.organisation));
        let agent = api.person(Role::Agent(api.town.issuer));
        let issued =
            agent.post("/v1/vouchers", &json!({"programme": api.town.programme, "workshops": 5}));
        let body = |id: &str, dry_run: bool| {
            json!({"id": id, "venue": api.town.venue, "workshops": 1, "dry_run": dry_run,
                "code": issued.body["paper"]["manual_code"]})
            .to_string()
        };
        let id = "0192d3a0-0000-7000-8000-000000000003";
        let dry = scanner.send("POST", "/v1/redemptions", &[], Some(&body(id, true)));
        assert_eq!((dry.status, &dry.body["seq"]), (200, &json!("0")), "{}", dry.text);
        let real = scanner.send("POST", "/v1/redemptions", &[], Some(&body(id, false)));
        assert_eq!((real.status, &real.body["left"]), (201, &json!(4)), "{}", real.text);
    });
}

#[test]
fn a_refused_scan_is_409_with_its_reason_and_what_is_left() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let scanner = api.person(Role::Scanner(api.town.organisation));
        let venue = api.town.venue.to_string();
        let new = json!({"programme": api.town.programme, "workshops": 5});
        let issued = agent.post("/v1/vouchers", &new);
        let code = &issued.body["paper"]["manual_code"];
        let id = |n: u32| format!("0192d3a0-0000-7000-8000-0000000001{n:02}");
        let too_many = scan(&scanner, &id(1), &venue, code, 6);
        assert_eq!(too_many["status"], 409);
        assert_eq!(too_many["body"]["reason"], "workshops_insufficient");
        assert_eq!(too_many["body"]["left"], 5);
        let unknown = scan(&scanner, &id(2), &venue, &json!("0000-0000-0000"), 1);
        assert_eq!(
            (&unknown["status"], &unknown["body"]["reason"]),
            (&json!(409), &json!("voucher_unknown"))
        );
        let nonsense = json!({"id": id(3), "venue": venue, "code": "nonsense", "workshops": 1});
        let said = scanner.send(
            "POST",
            "/v1/redemptions",
            &[("Accept-Language", "en"), ("X-Request-Id", "abc")],
            Some(&nonsense.to_string()),
        );
        assert_eq!((said.status, said.reason()), (409, "code_malformed"));
        assert_eq!(said.body["detail"], "This is not the code of a pass. Please check it.");
        assert_eq!(
            (said.body["request_id"].as_str(), said.header("x-request-id")),
            (Some("abc"), "abc")
        );
        assert_eq!(said.header("content-type"), "application/problem+json");
        assert_eq!(said.header("content-language"), "en");

        let path = format!("/v1/vouchers/{}/cancel", issued.body["voucher"].as_str().unwrap());
        assert_eq!(agent.post(&path, &json!({})).status, 200);
        api.town.service.clock.set(api.town.service.clock.now().plus_seconds(60));
        let cancelled = scan(&scanner, &id(4), &venue, code, 1);
        assert_eq!(cancelled["body"]["reason"], "voucher_cancelled", "{cancelled}");

        let again = scan(&scanner, &id(4), &venue, code, 1);
        assert_eq!(again["replayed"], "true", "a refusal of a known voucher is remembered");
        let counted = |reply: &crate::support::api::Reply| -> Vec<(String, i64)> {
            let lines = reply.body["lines"].as_array().unwrap().iter();
            let pair = |line: &Value| {
                (line["reason"].as_str().unwrap().to_owned(), line["times"].as_i64().unwrap())
            };
            let mut pairs: Vec<_> = lines.map(pair).collect();
            pairs.sort();
            pairs
        };
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let seen = counted(&supervisor.get("/v1/reports/refusals"));
        let expected =
            ["code_malformed", "voucher_cancelled", "voucher_unknown", "workshops_insufficient"];
        assert_eq!(seen, expected.map(|reason| (reason.to_owned(), 1)));
        let analyst = api.person(Role::Analyst(api.town.funders[0]));
        let seen = counted(&analyst.get("/v1/reports/refusals"));
        let expected = ["voucher_cancelled", "workshops_insufficient"];
        assert_eq!(seen, expected.map(|reason| (reason.to_owned(), 1)), "of its programmes alone");
        let later = supervisor.get("/v1/reports/refusals?from=2026-11-24");
        assert_eq!(counted(&later), []);
    });
}

#[test]
fn a_read_that_has_not_changed_is_304() {
    on_each_database(|town| {
        let api = Api::start(town);
        let scanner = api.person(Role::Scanner(api.town.organisation));
        let first = scanner.get("/v1/venues");
        let tag = first.header("etag").to_owned();
        assert!(
            tag.starts_with('"') && first.header("ratelimit-policy").starts_with("\"address\"")
        );
        let again = scanner.send("GET", "/v1/venues", &[("If-None-Match", &tag)], None);
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        let other = scanner.send("GET", "/v1/venues", &[("If-None-Match", "\"x\"")], None);
        assert_eq!(other.status, 200);
    });
}
