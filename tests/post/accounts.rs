//! Accounts by link: invited, forgotten, changed; each link once, and nobody learns who is known.
//! No log-in rules: `http/session.rs` has them.

use pass_numerique::domain::registry::Role;
use serde_json::{Value, json};

use super::Post;
use crate::support::{
    api::{Api, PASSWORD, Reply},
    browser::Browser,
    on_each_database,
};

const NEW: &str = "another good password";

fn send(api: &Api, what: &str, body: &Value) -> Reply {
    api.nobody().send("POST", &format!("/v1/auth/{what}"), &[], Some(&body.to_string()))
}

fn log_in(api: &Api, email: &str, password: &str) -> Reply {
    send(api, "login", &json!({ "email": email, "password": password }))
}

/// What runs after its answer has come to its end: messages that wait.
fn waiting(post: &Post, expected: i64) {
    let count = || post.number("SELECT COUNT(*) FROM message");
    for _ in 0..200 {
        if count() >= expected {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    assert_eq!(count(), expected);
}

#[test]
fn an_invited_person_chooses_a_password_once_within_half_an_hour() {
    on_each_database(|town| {
        let post = Post::of(town);
        let (api, email) = (&post.api, "nouvelle@example.fr");
        let operator = api.person(Role::Operator);
        let body = json!({ "email": email, "name": "Nouvelle", "role": { "role": "auditor" } });
        let made = operator.post("/v1/users", &body);
        assert_eq!((made.status, &made.body["invitation"]), (201, &json!({ "sent": true })));
        assert_eq!(log_in(api, email, "").status, 401);
        post.run();
        let [mail] = post.smtp.arrived().try_into().unwrap();
        assert_eq!(mail.to, email);
        let late = mail.link("/password/");
        post.wait(30 * 60);
        let page = Browser::new(api).get(&format!("/password/{late}"));
        assert_eq!(page.status, 409);
        assert!(page.text.contains("Ce lien n’est plus valable"), "{}", page.text);

        let again = format!("/v1/users/{}/invitation", made.body["id"].as_str().unwrap());
        let operator = api.again(operator.user);
        assert_eq!(operator.post(&again, &json!({ "language": "en" })).status, 202);
        post.run();
        let mail = post.smtp.arrived().pop().unwrap();
        assert!(mail.part("text/plain").contains("Hello Nouvelle"), "{}", mail.part("text/plain"));
        let place = format!("/password/{}", mail.link("/password/"));
        let browser = Browser::new(api);
        let page = browser.get(&place);
        assert_eq!((page.status, page.header("cache-control")), (200, "no-store"));
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert!(page.text.contains(&format!("value=\"{email}\"")), "{}", page.text);
        let short = browser.post(&place, &[("password", "too short")]);
        assert_eq!(short.status, 422);
        assert!(short.text.contains("id=\"password-mistake\""), "{}", short.text);
        let done = browser.post(&place, &[("password", NEW)]);
        assert_eq!((done.status, done.header("location")), (303, "/login?done=password"));
        let login = browser.get("/login?done=password").text;
        assert!(login.contains("Le mot de passe est enregistré."), "{login}");
        assert_eq!(log_in(api, email, NEW).status, 200);
        assert_eq!(browser.post(&place, &[("password", PASSWORD)]).status, 409, "once");
        assert_eq!(browser.get(&place).status, 409);
        post.nothing_is_left();
        api.town.audit();
    });
}

#[test]
fn a_forgotten_password_is_asked_for_with_one_answer_and_ends_every_session() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let person = api.person(Role::Auditor);
        let email = person.get("/v1/auth/whoami").body["email"].as_str().unwrap().to_owned();
        let session = log_in(api, &email, PASSWORD);
        let browser = crate::pages::logged_in(api, Role::Operator);
        let unknown = send(api, "reset", &json!({ "email": "nobody@example.fr" }));
        let known = send(api, "reset", &json!({ "email": email, "language": "en" }));
        assert_eq!((unknown.status, known.status), (202, 202));
        assert_eq!(unknown.bytes, known.bytes);
        waiting(&post, 1);
        post.run();
        let [mail] = post.smtp.arrived().try_into().unwrap();
        assert_eq!(mail.to, email);
        let token = mail.link("/password/");
        let bad = send(api, "password", &json!({ "token": "x", "password": NEW }));
        assert_eq!((bad.status, bad.reason()), (409, "link_not_valid"), "{}", bad.text);
        let short = send(api, "password", &json!({ "token": token, "password": "short" }));
        assert_eq!(short.status, 422, "and the link stays good");
        let choose = || send(api, "password", &json!({ "token": token, "password": NEW }));
        assert_eq!((choose().status, choose().status), (204, 409));
        assert_eq!(log_in(api, &email, PASSWORD).status, 401);
        assert_eq!(log_in(api, &email, NEW).status, 200);
        let renewed = json!({ "refresh_token": session.body["refresh_token"] });
        assert_eq!(send(api, "refresh", &renewed).status, 401);
        assert_eq!(browser.get("/vouchers").status, 200, "others stay");
        let tokens = "SELECT COUNT(*) FROM account_token";
        assert_eq!(post.number(tokens), 0, "no other link of theirs works");
    });
}

#[test]
fn of_two_who_use_one_link_at_once_one_sets_the_password() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let person = api.person(Role::Auditor);
        let kind = pass_numerique::domain::message::Kind::Reset;
        let link = api.town.service.account_link(person.user, kind).unwrap();
        let token = link.rsplit('/').next().unwrap();
        let won: usize = std::thread::scope(|scope| {
            let choose = |number: usize| {
                let password = format!("{NEW} {number}");
                let body = json!({ "token": token, "password": password });
                usize::from(send(api, "password", &body).status == 204)
            };
            let all: Vec<_> = (0..4).map(|number| scope.spawn(move || choose(number))).collect();
            all.into_iter().map(|one| one.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
    });
}

#[test]
fn nobodys_mailbox_is_filled_by_asking_again_and_again() {
    on_each_database(|town| {
        let post = Post::of(town);
        let person = post.api.person(Role::Auditor);
        let email = person.get("/v1/auth/whoami").body["email"].as_str().unwrap().to_owned();
        for email in [email.as_str(), "nobody@example.fr"] {
            let ask = || send(&post.api, "reset", &json!({ "email": email })).status;
            assert_eq!([ask(), ask(), ask(), ask()], [202, 202, 202, 429], "{email}");
        }
        let browser = Browser::new(&post.api);
        let page = browser.post("/forgot", &[("email", "other@example.fr")]);
        assert!(page.text.contains("Si cette adresse a un compte"), "{}", page.text);
        for _ in 0..2 {
            browser.post("/forgot", &[("email", "other@example.fr")]);
        }
        let often = browser.post("/forgot", &[("email", "other@example.fr")]);
        assert_eq!(often.status, 429);
        assert!(often.text.contains("value=\"other@example.fr\""), "{}", often.text);
    });
}

#[test]
fn a_person_changes_their_own_password_with_the_old_one() {
    on_each_database(|town| {
        let api = Api::start(town);
        let person = api.person(Role::Auditor);
        let email = person.get("/v1/auth/whoami").body["email"].as_str().unwrap().to_owned();
        let session = log_in(&api, &email, PASSWORD);
        let change = |current: &str, new: &str| {
            let body = json!({ "current": current, "new": new }).to_string();
            person.send("POST", "/v1/auth/own-password", &[], Some(&body))
        };
        assert_eq!(change("not the password", NEW).status, 401);
        assert_eq!(change(PASSWORD, "short").status, 422);
        assert_eq!(change(PASSWORD, NEW).status, 204);
        assert_eq!(log_in(&api, &email, NEW).status, 200);
        let renewed = json!({ "refresh_token": session.body["refresh_token"] });
        assert_eq!(send(&api, "refresh", &renewed).status, 401);
        api.town.audit();
    });
}

#[test]
fn without_a_mail_server_the_link_is_shown_once_to_who_invites() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = api.person(Role::Operator);
        let email = "nouvelle@example.fr";
        let body = json!({ "email": email, "name": "Nouvelle", "role": { "role": "auditor" } });
        let key = [("Idempotency-Key", "0192d3a0-0000-7000-8000-00000000000d")];
        let make = || operator.send("POST", "/v1/users", &key, Some(&body.to_string()));
        let (first, again) = (make(), make());
        assert_eq!((first.status, again.status), (201, 201));
        assert_eq!(first.body["id"], again.body["id"]);
        assert_eq!(again.body["invitation"], json!({ "sent": false }), "shown once");
        let link = first.body["invitation"]["link"].as_str().unwrap();
        assert!(link.starts_with("https://pass.example/password/"), "{link}");
        let token = link.rsplit('/').next().unwrap();
        let chosen = send(&api, "password", &json!({ "token": token, "password": NEW }));
        assert_eq!(chosen.status, 204, "{}", chosen.text);
        assert_eq!(log_in(&api, email, NEW).status, 200);
        let reset = send(&api, "reset", &json!({ "email": email }));
        assert_eq!((reset.status, reset.reason()), (409, "sending_not_set_up"));
    });
}
