//! Logging in: sessions that renew, copies that end them, lockout, the first operator.
//! No roles.

use pass_numerique::domain::registry::Role;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, PASSWORD, Reply},
    on_each_database,
};

fn send(api: &Api, verb: &str, body: &Value) -> Reply {
    let path = format!("/v1/auth/{verb}");
    api.nobody().send("POST", &path, &[], Some(&body.to_string()))
}

fn email(api: &Api, role: Role) -> String {
    let person = api.person(role);
    person.get("/v1/auth/whoami").body["email"].as_str().unwrap().to_owned()
}

#[test]
fn a_session_renews_and_a_copied_token_ends_it_for_both() {
    on_each_database(|town| {
        let api = Api::start(town);
        let email = email(&api, Role::Operator);
        let shouted = format!(" {} ", email.to_uppercase());
        let session = send(&api, "login", &json!({"email": shouted, "password": PASSWORD}));
        assert_eq!(session.status, 200, "{}", session.text);
        let bearer = api.bearer(session.body["access_token"].as_str().unwrap());
        assert_eq!(bearer.get("/v1/auth/whoami").body["email"], email.as_str());

        let renew = |reply: &Reply| {
            send(&api, "refresh", &json!({"refresh_token": reply.body["refresh_token"]}))
        };
        let second = renew(&session);
        assert_eq!(second.status, 200, "{}", second.text);
        assert_eq!(renew(&session).status, 401);
        assert_eq!(renew(&second).status, 401, "the family has ended");

        let third = send(&api, "login", &json!({"email": email, "password": PASSWORD}));
        let token = json!({"refresh_token": third.body["refresh_token"]});
        assert_eq!(send(&api, "logout", &token).status, 204);
        assert_eq!(renew(&third).status, 401);
        assert_eq!(send(&api, "logout", &json!({"refresh_token": "unknown"})).status, 204);

        let late = send(&api, "login", &json!({"email": email, "password": PASSWORD}));
        let clock = &api.town.service.clock;
        clock.set(clock.now().plus_seconds(15 * 86_400));
        assert_eq!(renew(&late).status, 401, "too old");
        assert_eq!(bearer.get("/v1/auth/whoami").status, 401, "ten minutes are over");
    });
}

#[test]
fn of_two_renewals_at_once_one_wins() {
    on_each_database(|town| {
        let api = Api::start(town);
        let email = email(&api, Role::Auditor);
        let session = send(&api, "login", &json!({"email": email, "password": PASSWORD}));
        let token = json!({"refresh_token": session.body["refresh_token"]});
        let won: usize = std::thread::scope(|scope| {
            let renew = || usize::from(send(&api, "refresh", &token).status == 200);
            let all: Vec<_> = (0..6).map(|_| scope.spawn(renew)).collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
    });
}

#[test]
fn five_wrong_passwords_make_everybody_wait_known_or_not() {
    on_each_database(|town| {
        let api = Api::start(town);
        for email in [email(&api, Role::Operator), "nobody@example.fr".to_owned()] {
            let attempt = |password: &str| {
                send(&api, "login", &json!({"email": email, "password": password}))
            };
            for _ in 0..5 {
                let wrong = attempt("not the password");
                assert_eq!((wrong.status, wrong.reason()), (401, "credentials_wrong"));
            }
            let locked = attempt(PASSWORD);
            assert_eq!((locked.status, locked.reason()), (429, "too_many_requests"));
            assert!(locked.header("retry-after").parse::<u32>().unwrap() >= 1);
        }
    });
}

#[test]
fn a_revoked_person_is_out_at_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = api.person(Role::Operator);
        let agent = api.person(Role::Agent(api.town.issuer));
        assert_eq!(agent.get("/v1/auth/whoami").status, 200);
        let path = format!("/v1/users/{}/revoke", agent.user);
        assert_eq!(operator.post(&path, &json!({})).status, 200);
        assert_eq!(agent.get("/v1/auth/whoami").status, 401);
        let own = operator.post(&format!("/v1/users/{}/revoke", operator.user), &json!({}));
        assert_eq!((own.status, own.reason()), (409, "own_account"), "{}", own.text);
        assert_eq!(operator.get("/v1/auth/whoami").status, 200);
    });
}

#[test]
fn the_first_operator_is_made_once_with_the_printed_token() {
    on_each_database(|town| {
        let api = Api::start(town);
        let with = |token: &str, email: &str| {
            let body = json!({"token": token, "email": email, "name": "Op", "password": PASSWORD});
            send(&api, "first-operator", &body)
        };
        api.state.first.set("printed", api.town.service.clock.now());
        assert_eq!(with("guessed", "op@example.fr").status, 401);
        assert_eq!(with("printed", "not an address").status, 422);
        assert_eq!(with("printed", "op@example.fr").status, 201);
        assert_eq!(with("printed", "op2@example.fr").status, 401);
        // Even a token that was left over makes nobody once somebody is there.
        api.state.first.set("printed", api.town.service.clock.now());
        assert_eq!(with("printed", "op2@example.fr").status, 401);
    });
}

#[test]
fn an_api_key_does_what_its_role_may_until_it_is_revoked_or_past_its_day() {
    on_each_database(|town| {
        let api = Api::start(town);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let body = json!({"name": "Caisse", "expires_at": "2026-12-01T00:00:00Z",
            "role": Role::Scanner(api.town.organisation)});
        let key = [("Idempotency-Key", "0192d3a0-0000-7000-8000-00000000000b")];
        let made = supervisor.send("POST", "/v1/api-keys", &key, Some(&body.to_string()));
        let secret = made.body["key"].as_str().unwrap();
        assert!(secret.starts_with("pn_live_"), "{}", made.text);
        let again = supervisor.send("POST", "/v1/api-keys", &key, Some(&body.to_string()));
        assert_eq!((again.status, &again.body["key"]), (201, &Value::Null), "shown once");

        let software = api.bearer(secret);
        assert_eq!(software.get("/v1/venues").status, 200);
        assert_eq!(software.get("/v1/users").status, 403, "a scanner's role, not its maker's");
        assert_eq!(api.bearer(&format!("{secret}x")).get("/v1/venues").status, 401);
        let path = format!("/v1/api-keys/{}", made.body["id"].as_str().unwrap());
        let listed = supervisor.get(&path);
        assert_eq!(listed.body["last_used_at"], "2026-11-23T09:00:00Z", "{}", listed.text);
        assert!(!listed.text.contains(secret));
        assert_eq!(supervisor.post(&format!("{path}/revoke"), &json!({})).status, 200);
        assert_eq!(software.get("/v1/venues").status, 401);

        let other = supervisor.post("/v1/api-keys", &body);
        let other = api.bearer(other.body["key"].as_str().unwrap());
        assert_eq!(other.get("/v1/venues").status, 200);
        let clock = &api.town.service.clock;
        clock.set("2026-12-01T00:00:00Z".parse().unwrap());
        assert_eq!(other.get("/v1/venues").status, 401, "past its day");
        api.town.audit();
    });
}

#[test]
fn an_api_key_ends_with_the_person_who_made_it() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = api.person(Role::Operator);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let body = json!({"name": "Caisse", "expires_at": "2026-12-01T00:00:00Z",
            "role": Role::Scanner(api.town.organisation)});
        let made = supervisor.post("/v1/api-keys", &body);
        let software = api.bearer(made.body["key"].as_str().unwrap());
        assert_eq!(software.get("/v1/venues").status, 200);
        let path = format!("/v1/users/{}/revoke", supervisor.user);
        assert_eq!(operator.post(&path, &json!({})).status, 200);
        assert_eq!(software.get("/v1/venues").status, 401);
    });
}
