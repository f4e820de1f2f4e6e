//! The API as its callers see it: requests in, documents out.
//! No rules tested again: `domain` has its own tests.

mod memory;

use std::sync::Arc;

use actix_web::{
    App,
    http::header::HeaderMap,
    middleware::from_fn,
    test::{TestRequest, call_service, init_service, read_body},
};
use serde_json::{Value, json};

use super::{
    Shared, State,
    auth::{
        password,
        tokens::{TokenKey, Tokens},
    },
    configure, edge,
};
use crate::{
    app::port::Port,
    domain::{
        command::{Ask, Command, Request, Scope},
        ids::{RequestId, UserId},
        registry::Role,
    },
};
use memory::{Memory, NOW};

const PASSWORD: &str = "correct horse battery";

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Value,
    text: String,
}

struct Client {
    state: Shared,
    port: Arc<Memory>,
}

impl Client {
    /// With one operator, user 1.
    fn new() -> Self {
        let port = Arc::new(Memory::default());
        let tokens = Tokens::new("test", TokenKey::from_seed(&[1; 32]).unwrap(), Vec::new());
        let client = Self { state: Shared::new(State::new(port.clone(), tokens)), port };
        client.person("op@example.fr", Role::Operator);
        client
    }

    fn person(&self, email: &str, role: Role) -> UserId {
        let id = RequestId(uuid::Uuid::from_u128(self.port.as_of().unwrap().0 as u128 + 1));
        let request = Request { scope: Scope::System, id, hash: [0; 32] };
        let password_hash = password::hash(PASSWORD, &[7; 32]).unwrap();
        let (email, name) = (email.to_owned(), "P".to_owned());
        let ask = Ask::AddUser { email, name, role, password_hash };
        let command = Command { request, actor: None, device: None, now: NOW, ask };
        let crate::domain::command::Outcome::Added { id, .. } =
            self.port.ask(command).unwrap().outcome
        else {
            panic!("the person was refused")
        };
        UserId(id)
    }

    async fn send(&self, request: TestRequest) -> Answer {
        let state = self.state.clone();
        let app = App::new()
            .app_data(state.clone())
            .configure(move |config| configure(config, state))
            .wrap(from_fn(edge::around));
        let app = init_service(app).await;
        let response = call_service(&app, request.to_request()).await;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = read_body(response).await;
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status, headers, body: serde_json::from_str(&text).unwrap_or_default(), text }
    }

    fn bearer(&self, user: i64) -> (&'static str, String) {
        let token = self.state.tokens.make(UserId(user), NOW).unwrap();
        ("Authorization", format!("Bearer {token}"))
    }

    async fn post(&self, user: i64, path: &str, key: u128, body: Value) -> Answer {
        let key = uuid::Uuid::from_u128(key).to_string();
        let request = TestRequest::post().uri(path).set_json(body);
        let request = request.insert_header(("Idempotency-Key", key));
        self.send(request.insert_header(self.bearer(user))).await
    }

    async fn get(&self, user: i64, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path).insert_header(self.bearer(user))).await
    }

    /// Agent 2 of issuer 1, supervisor 3 of organisation 1, analyst 4 of funder 1.
    async fn set_up(&self) {
        let terms = json!({
            "price_cents": 1000, "shares": [{"funder": "1", "weight": 1}], "payer": "operator",
            "workshops_min": 5, "workshops_max": 10, "first_day": "2026-01-01",
            "last_day": "2027-12-31", "validity_days": null, "tolerance_days": 0,
            "late_limit_days": 60, "territory": "26", "time_zone": "Europe/Paris",
            "issuing_stops_days": 0, "workshops_a_day": null, "workshops_a_venue": null,
            "undo_minutes": 15, "agent_daily_limit": 30, "service_required": false,
            "services": [], "venues_listed": false,
        });
        let steps = [
            ("/v1/funders", json!({"name": "F"})),
            ("/v1/issuers", json!({"name": "I"})),
            ("/v1/organisations", json!({"name": "O"})),
            ("/v1/organisations/1/approve", json!({})),
            (
                "/v1/venues",
                json!({
                "organisation": "1", "profile": {"name": "V", "territory": "26"}}),
            ),
            ("/v1/programmes", json!({"name": "P", "terms": terms})),
            (
                "/v1/programmes/1/funds",
                json!({
                "funder": "1", "amount_cents": 100_000, "by": "deposit"}),
            ),
            ("/v1/programmes/1/allocations", json!({"issuer": "1", "workshops": 50})),
        ];
        for (key, (path, body)) in steps.into_iter().enumerate() {
            let answer = self.post(1, path, key as u128 + 1000, body).await;
            assert!(answer.status < 300, "{path}: {}", answer.text);
        }
        self.person("agent@example.fr", Role::Agent(crate::domain::ids::IssuerId(1)));
        let own = crate::domain::ids::OrganisationId(1);
        self.person("lieu@example.fr", Role::Supervisor(own));
        self.person("cd@example.fr", Role::Analyst(crate::domain::ids::FunderId(1)));
    }
}

#[actix_web::test]
async fn a_voucher_is_issued_redeemed_once_reported_and_undone() {
    let client = Client::new();
    client.set_up().await;
    let new = json!({"programme": "1", "workshops": 5});
    let issued = client.post(2, "/v1/vouchers", 1, new.clone()).await;
    assert_eq!(issued.status, 201, "{}", issued.text);
    let again = client.post(2, "/v1/vouchers", 1, new).await;
    assert_eq!((again.status, &again.body), (201, &issued.body));
    assert_eq!(again.headers.get("idempotency-replayed").unwrap(), "true");

    let code = issued.body["manual_code"].clone();
    let id = "0192d3a0-0000-7000-8000-000000000001";
    let scan = json!({"id": id, "venue": "1", "code": code, "workshops": 2});
    let done = client.post(3, "/v1/redemptions", 9, scan.clone()).await;
    assert_eq!((done.status, &done.body["left"]), (201, &json!(3)), "{}", done.text);
    let again = client.post(3, "/v1/redemptions", 9, scan).await;
    assert_eq!(again.body, done.body);
    let other = json!({"id": id, "venue": "1", "code": code, "workshops": 1});
    let other = client.post(3, "/v1/redemptions", 9, other).await;
    assert_eq!((other.status, &other.body["reason"]), (422, &json!("request_reused")));

    let report = client.get(4, "/v1/reports/usage").await;
    assert_eq!(report.body["lines"][0]["figures"]["earned_cents"], 2000, "{}", report.text);
    let path = format!("/v1/redemptions/{}/reversal", done.body["seq"].as_str().unwrap());
    let undone = client.post(3, &path, 2, json!({})).await;
    assert_eq!((undone.status, &undone.body["left"]), (201, &json!(5)));
    let twice = client.post(3, &path, 3, json!({})).await;
    assert_eq!((twice.status, &twice.body["reason"]), (409, &json!("already_reversed")));
}

#[actix_web::test]
async fn a_refused_scan_is_409_with_its_reason_in_the_callers_language() {
    let client = Client::new();
    client.set_up().await;
    let body = json!({"id": "0192d3a0-0000-7000-8000-000000000002", "venue": "1",
        "code": "nonsense", "workshops": 1});
    let request = TestRequest::post().uri("/v1/redemptions").set_json(body);
    let request = request.insert_header(("Accept-Language", "en")).insert_header(client.bearer(3));
    let answer = client.send(request.insert_header(("X-Request-Id", "abc"))).await;
    assert_eq!((answer.status, &answer.body["reason"]), (409, &json!("code_malformed")));
    assert_eq!(answer.body["detail"], "This is not the code of a pass. Please check it.");
    assert_eq!(answer.body["request_id"], "abc");
    assert_eq!(answer.headers.get("x-request-id").unwrap(), "abc");
    assert_eq!(answer.headers.get("content-type").unwrap(), "application/problem+json");
}

#[actix_web::test]
async fn what_is_wrong_with_a_request_is_a_problem_and_never_a_fault() {
    let client = Client::new();
    let to = |path: &str| {
        let request = TestRequest::post().uri(path).insert_header(client.bearer(1));
        request.insert_header(("Idempotency-Key", "0192d3a0-0000-7000-8000-000000000003"))
    };
    let json = |text: &str| {
        to("/v1/funders")
            .insert_header(("Content-Type", "application/json"))
            .set_payload(text.to_owned())
    };
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(70_000));
    let no_key = TestRequest::post().uri("/v1/funders").insert_header(client.bearer(1));
    let cases = [
        (json("{"), 400, "body_malformed"),
        (json("{\"name\":\"a\",\"more\":1}"), 422, "field_invalid"),
        (json("{\"name\":1}"), 422, "field_invalid"),
        (json("{\"name\":\"\"}"), 422, "request_malformed"),
        (json(&large), 413, "body_too_large"),
        (to("/v1/funders").set_payload("name=a"), 415, "media_type_unsupported"),
        (no_key.set_json(json!({"name": "a"})), 400, "idempotency_key_missing"),
        (TestRequest::get().uri("/v1/funders"), 401, "unauthenticated"),
        (TestRequest::delete().uri("/v1/funders"), 405, "method_not_allowed"),
        (TestRequest::get().uri("/nothing"), 404, "not_found"),
        (TestRequest::get().uri("/v1/funders/x").insert_header(client.bearer(1)), 404, "not_found"),
        (
            TestRequest::get().uri("/v1/funders?limit=0").insert_header(client.bearer(1)),
            400,
            "query_invalid",
        ),
        (
            TestRequest::get().uri("/v1/funders?colour=1").insert_header(client.bearer(1)),
            400,
            "query_invalid",
        ),
    ];
    for (request, status, reason) in cases {
        let answer = client.send(request).await;
        let got = (answer.status, answer.body["reason"].as_str().unwrap_or_default());
        assert_eq!(got, (status, reason), "{}", answer.text);
        assert_eq!(answer.headers.get("x-content-type-options").unwrap(), "nosniff");
    }
}

#[actix_web::test]
async fn roles_and_tenants_are_kept_apart() {
    let client = Client::new();
    client.set_up().await;
    let other = client.post(1, "/v1/issuers", 50, json!({"name": "Other"})).await;
    assert_eq!(other.body["id"], "2");
    assert_eq!(client.get(2, "/v1/issuers/1").await.status, 200);
    assert_eq!(client.get(2, "/v1/issuers/2").await.status, 404);
    assert_eq!(client.get(2, "/v1/audit/events").await.status, 403);
    let foreign = json!({"programme": "1", "workshops": 5, "issuer": "2"});
    assert_eq!(client.post(2, "/v1/vouchers", 51, foreign).await.status, 404);
    let listed = client.get(2, "/v1/issuers").await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    let page = client.get(1, "/v1/issuers?limit=1").await;
    assert_eq!(page.body["next"], "1");
    let operator = json!({"email": "x@y.fr", "name": "X", "role": {"role": "operator"},
        "password": PASSWORD});
    assert_eq!(client.post(3, "/v1/users", 52, operator).await.status, 403);
    assert_eq!(client.post(1, "/v1/users/2/revoke", 53, json!({})).await.status, 200);
    assert_eq!(client.get(2, "/v1/issuers/1").await.status, 401);
}

#[actix_web::test]
async fn a_log_in_gives_tokens_that_turn_and_a_reused_one_ends_them_all() {
    let client = Client::new();
    let post = |path: &str, body: Value| TestRequest::post().uri(path).set_json(body);
    let login = |email: &str, password: &str| {
        post("/v1/auth/login", json!({"email": email, "password": password}))
    };
    let session = client.send(login("OP@example.fr ", PASSWORD)).await;
    assert_eq!(session.status, 200, "{}", session.text);
    let token = session.body["access_token"].as_str().unwrap();
    let me = TestRequest::get().uri("/v1/auth/whoami");
    let me = client.send(me.insert_header(("Authorization", format!("Bearer {token}")))).await;
    assert_eq!(me.body["email"], "op@example.fr");

    let refresh = |answer: &Answer| {
        post("/v1/auth/refresh", json!({"refresh_token": answer.body["refresh_token"]}))
    };
    let second = client.send(refresh(&session)).await;
    assert_eq!(second.status, 200, "{}", second.text);
    assert_eq!(client.send(refresh(&session)).await.status, 401);
    assert_eq!(client.send(refresh(&second)).await.status, 401);

    let wrong = client.send(login("op@example.fr", "no")).await;
    let unknown = client.send(login("nobody@example.fr", "no")).await;
    assert_eq!((wrong.status, &wrong.body["reason"]), (401, &unknown.body["reason"]));
    for _ in 0..4 {
        client.send(login("op@example.fr", "no")).await;
    }
    let locked = client.send(login("op@example.fr", PASSWORD)).await;
    assert_eq!(locked.status, 429);
    assert!(locked.headers.contains_key("retry-after"));
}
