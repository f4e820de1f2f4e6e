//! What is wrong with a request is told, field by field, and is never a fault of the service.
//! No refusals of the rules.

use pass_numerique::{domain::registry::Role, http::limits::Rates};
use serde_json::json;

use crate::support::{api::Api, on_each_database};

#[test]
fn what_is_wrong_with_a_request_is_a_problem_and_never_a_fault() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = api.person(Role::Operator);
        let large = format!("{{\"name\":\"{}\"}}", "x".repeat(70_000));
        let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
        let long = format!("{{\"name\":\"{}\"}}", "x".repeat(300));
        let post = |headers: &[(&str, &str)], body: &str| {
            operator.send("POST", "/v1/funders", headers, Some(body))
        };
        let keys: Vec<String> =
            (0..20).map(|_| api.town.service.new_request_id().to_string()).collect();
        let key = |number: usize| ("Idempotency-Key", keys[number].as_str());
        let cases = [
            (post(&[key(1)], "{"), 400, "body_malformed"),
            (post(&[key(2)], ""), 400, "body_malformed"),
            (post(&[key(3)], "{\"name\":\"a\u{0}\"}"), 400, "body_malformed"),
            (post(&[key(4)], "{\"name\":\"\\u0007\"}"), 422, "request_malformed"),
            (post(&[key(5)], "{\"name\":\"\\u202eevil\"}"), 422, "request_malformed"),
            (post(&[key(6)], &deep), 400, "body_malformed"),
            (post(&[key(7)], "{\"name\":\"a\",\"more\":1}"), 422, "field_invalid"),
            (post(&[key(8)], "{\"name\":1}"), 422, "field_invalid"),
            (post(&[key(9)], "[]"), 422, "field_invalid"),
            (post(&[key(10)], "{\"name\":\"\"}"), 422, "request_malformed"),
            (post(&[key(11)], &long), 422, "request_malformed"),
            (post(&[key(12)], &large), 413, "body_too_large"),
            (
                post(&[key(13), ("Content-Type", "text/plain")], "name=a"),
                415,
                "media_type_unsupported",
            ),
            (post(&[], "{\"name\":\"a\"}"), 400, "idempotency_key_missing"),
            (post(&[("Idempotency-Key", "1")], "{\"name\":\"a\"}"), 400, "idempotency_key_missing"),
            (api.nobody().get("/v1/funders"), 401, "unauthenticated"),
            (api.bearer("not.a.token").get("/v1/funders"), 401, "unauthenticated"),
            (operator.send("DELETE", "/v1/funders", &[], None), 405, "method_not_allowed"),
            (operator.get("/v1/nothing"), 404, "not_found"),
            (operator.get("/v1/funders/x"), 404, "not_found"),
            (operator.get("/v1/funders/99999999999999999999"), 404, "not_found"),
            (operator.get("/v1/funders/-1"), 404, "not_found"),
            (operator.get("/v1/funders?limit=0"), 400, "query_invalid"),
            (operator.get("/v1/funders?limit=1000"), 400, "query_invalid"),
            (operator.get("/v1/funders?colour=1"), 400, "query_invalid"),
            (operator.get("/v1/vouchers?reference=AAAA-AAAA-B"), 400, "query_invalid"),
            (operator.get("/v1/reports/usage?from=2026-02-30"), 400, "query_invalid"),
            (operator.get("/v1/ledger/trial-balance?seq=1&day=2026-01-01"), 400, "query_invalid"),
        ];
        for (number, (reply, status, reason)) in cases.into_iter().enumerate() {
            let got = (reply.status, reply.reason());
            assert_eq!(got, (status, reason), "case {number}: {}", reply.text);
            assert_eq!(reply.header("content-type"), "application/problem+json");
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            assert!(reply.body["detail"].as_str().is_some_and(|detail| detail.len() > 10));
        }
        assert_eq!(operator.get("/v1/funders").body["items"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn the_field_that_is_wrong_is_named_and_its_value_is_not() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = api.person(Role::Operator);
        let cases = [
            ("/v1/funders", json!({"name": "a", "more": 1}), "more"),
            ("/v1/funders", json!({}), "name"),
            ("/v1/funders", json!({"name": 73_173_173}), "name"),
            ("/v1/funders", json!([]), "body"),
            ("/v1/users", json!({"role": {"role": "agnet"}}), "role.role"),
            ("/v1/programmes", json!({"name": "P", "terms": {}}), "terms.price_cents"),
            (
                "/v1/programmes",
                json!({"name": "P", "terms": {"price_cents": 1, "payer": "operator",
                    "shares": [{"funder": "1", "weight": "73_173_173"}]}}),
                "terms.shares[0].weight",
            ),
        ];
        for (path, body, field) in cases {
            let reply = operator.post(path, &body);
            assert_eq!((reply.status, reply.reason()), (422, "field_invalid"), "{}", reply.text);
            assert_eq!(reply.body["field"], field, "{}", reply.text);
            assert!(reply.body["detail"].as_str().unwrap().contains(field), "{}", reply.text);
            assert!(!reply.text.contains("73_173_173"), "{}", reply.text);
        }
    });
}

#[test]
fn above_the_rate_of_an_address_the_answer_is_429_with_the_time_to_wait() {
    on_each_database(|town| {
        let api = Api::with_rates(town, Rates { address: 1, account: 100 });
        let nobody = api.nobody();
        let replies: Vec<_> = (0..4).map(|_| nobody.get("/healthz")).collect();
        assert_eq!(replies[0].header("ratelimit"), "\"address\";r=1;t=2");
        let last = &replies[3];
        assert_eq!((last.status, last.reason()), (429, "too_many_requests"));
        assert!(last.header("retry-after").parse::<u32>().unwrap() >= 1);
    });
}

#[test]
fn a_voucher_never_stands_in_an_error() {
    on_each_database(|town| {
        let api = Api::start(town);
        let scanner = api.person(Role::Scanner(api.town.organisation));
        let code = "1".repeat(204);
        let body = json!({"id": "0192d3a0-0000-7000-8000-000000000009", "venue": "1",
            "code": code, "workshops": 1});
        let reply = scanner.send("POST", "/v1/redemptions", &[], Some(&body.to_string()));
        assert_eq!(reply.status, 409, "{}", reply.text);
        assert!(!reply.text.contains("1111"), "{}", reply.text);
    });
}

#[test]
fn guessing_typed_codes_is_stopped_for_the_one_who_guesses() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (guesser, colleague) = (
            api.person(Role::Scanner(api.town.organisation)),
            api.person(Role::Scanner(api.town.organisation)),
        );
        let look = |caller: &crate::support::api::Caller<'_>, code: &str| {
            caller.post("/v1/vouchers/by-code", &json!({"code": code})).status
        };
        let statuses: Vec<u16> = (0..31).map(|_| look(&guesser, "0000-0000-0000")).collect();
        assert!(statuses[..30].iter().all(|status| *status == 409), "{statuses:?}");
        assert_eq!(statuses[30], 429);
        assert_eq!(look(&colleague, "0000-0000-0000"), 409);
        assert_eq!(look(&guesser, "not a code at all"), 409, "what cannot be a code is no guess");
    });
}

#[test]
fn the_contract_is_shown_in_a_browser_without_anybody_else_s_files() {
    on_each_database(|town| {
        let api = Api::start(town);
        let nobody = api.nobody();
        let moved = nobody.send_unchecked("/docs");
        assert_eq!((moved.status, moved.header("location")), (308, "/docs/"));
        let page = nobody.send_unchecked("/docs/");
        assert!(page.header("content-security-policy").starts_with("default-src 'self'"));
        if page.status == 404 {
            eprintln!("left out: the contract in a browser, which `make web` builds");
        } else {
            assert!(page.text.contains("swagger-ui") && !page.text.contains("https://"));
            assert_eq!(nobody.send_unchecked("/docs/swagger-ui-bundle.js").status, 200);
        }
        let yaml = nobody.send_unchecked("/openapi.yaml");
        assert_eq!(yaml.text, include_str!("../../openapi.yaml"));
    });
}

#[test]
fn the_examples_of_the_contract_are_what_their_schemas_say() {
    let (seen, wrong) = crate::support::contract::wrong_examples();
    assert!(seen > 10, "{seen} examples");
    assert!(wrong.is_empty(), "{wrong:?}");
}
