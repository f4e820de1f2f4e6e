//! Two-step log-in and one's own password, as people use them.
//! No arithmetic of codes: `sys/one_time.rs` has that, and its tests.

use pass_numerique::{
    domain::{registry::Role, view::Filter},
    http::{Settings, limits::Rates},
    sys::one_time::Secret,
};

use super::logged_in;
use crate::support::{
    Town,
    api::{Api, PASSWORD, Reply},
    browser::{Browser, hidden},
    on_each_database,
};

const PLACE: &str = "/account/second-factor";

fn strict(town: Town) -> Api {
    let rates = Rates { address: 100_000, account: 100_000 };
    Api::with(town, Settings { rates, behind_proxy: false, second_factor_required: true })
}

fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    let rest = text.split(from).nth(1).unwrap_or_else(|| panic!("no {from} in {text}"));
    rest.split(to).next().unwrap()
}

/// What the page of the secret shows for a telephone without a camera.
fn secret(page: &str) -> Secret {
    let shown = between(page, "<code class=\"code\">", "</code>").replace(' ', "");
    Secret::from_text(&shown).unwrap()
}

fn code(api: &Api, secret: &Secret) -> String {
    secret.code_at(api.town.service.clock.now())
}

fn later(api: &Api, seconds: i64) {
    let clock = &api.town.service.clock;
    clock.set(clock.now().plus_seconds(seconds));
}

fn begin(browser: &Browser<'_>) -> Reply {
    let token = hidden(&browser.get(PLACE).text)[0].1.clone();
    browser.post(&format!("{PLACE}/begin"), &[("form_token", &token), ("password", PASSWORD)])
}

fn confirm(browser: &Browser<'_>, begun: &Reply, code: &str) -> Reply {
    let token = hidden(&begun.text)[0].1.clone();
    browser.post(&format!("{PLACE}/confirm"), &[("form_token", &token), ("code", code)])
}

/// Turns it on; what the telephone knows, and the recovery codes.
fn turn_on(api: &Api, browser: &Browser<'_>) -> (Secret, Vec<String>) {
    let begun = begin(browser);
    assert_eq!(begun.status, 200, "{}", begun.text);
    let secret = secret(&begun.text);
    let done = confirm(browser, &begun, &code(api, &secret));
    assert_eq!((done.status, done.header("cache-control")), (200, "no-store"), "{}", done.text);
    let codes = done.text.split("<li><code class=\"code\">").skip(1);
    let codes = codes.map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    (secret, codes)
}

fn email(browser: &Browser<'_>) -> String {
    between(&browser.get("/account/password").text, "readonly value=\"", "\"").to_owned()
}

fn half(api: &Api, email: &str) -> Reply {
    let reply = Browser::new(api).fill("/login", &[("email", email), ("password", PASSWORD)]);
    assert_eq!((reply.status, reply.header("set-cookie")), (200, ""), "{}", reply.text);
    reply
}

fn second(browser: &Browser<'_>, half: &Reply, code: &str) -> Reply {
    let hidden = hidden(&half.text);
    let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = hidden.chain([("code", code)]).collect();
    browser.post("/login/code", &fields)
}

#[test]
fn a_log_in_asks_for_the_code_of_the_telephone_and_takes_it_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let (email, other) = (email(&agent), logged_in(&api, Role::Agent(api.town.issuer)));
        let (secret, codes) = turn_on(&api, &agent);
        assert_eq!(codes.len(), 10);
        // Whoever turned it on stays, in a new session; nobody else is touched.
        assert_eq!((agent.get("/vouchers").status, other.get("/vouchers").status), (200, 200));

        let half = half(&api, &email);
        let browser = Browser::new(&api);
        let wrong = second(&browser, &half, "000000");
        assert_eq!(wrong.status, 401);
        assert!(wrong.text.contains("Ce code n’est pas le bon"), "{}", wrong.text);
        // The code that confirmed it was used by that.
        assert_eq!(second(&browser, &half, &code(&api, &secret)).status, 401);
        later(&api, 30);
        let good = code(&api, &secret);
        let (first, rest) = good.split_at(3);
        let spaced = format!("{first} {rest}");
        assert_eq!(second(&browser, &half, &spaced).header("location"), "/");
        assert_eq!(browser.get("/vouchers").status, 200);
        assert_eq!(second(&Browser::new(&api), &half, &good).status, 401);
    });
}

#[test]
fn whoever_comes_to_a_step_by_its_address_begins_at_the_first() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        for (step, first) in [
            ("/login/code", "/login"),
            ("/account/second-factor/confirm", PLACE),
            ("/vouchers/issue-list/issue", "/vouchers/issue-list"),
        ] {
            assert_eq!(agent.get(step).header("location"), first);
        }
    });
}

#[test]
fn what_the_right_password_gives_is_good_for_five_minutes_and_for_its_person_alone() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let email = email(&agent);
        let (secret, _) = turn_on(&api, &agent);
        let half = half(&api, &email);
        let marks = hidden(&half.text);
        let mark = &marks.iter().find(|(name, _)| name == "half").unwrap().1;
        let (id, rest) = mark.split_once('.').unwrap();
        let other = id.parse::<i64>().unwrap() - 1;
        for forged in [format!("{other}.{rest}"), format!("{mark}A"), "1.2".to_owned()] {
            let fields = [("half", forged.as_str()), ("next", "/"), ("code", "000000")];
            let reply = Browser::new(&api).post("/login/code", &fields);
            assert_eq!(reply.header("location"), "/login?done=too-late&next=/");
        }
        later(&api, 301);
        let late = second(&Browser::new(&api), &half, &code(&api, &secret));
        assert_eq!(late.header("location"), "/login?done=too-late&next=/");
    });
}

#[test]
fn a_recovery_code_stands_in_for_a_lost_telephone_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let email = email(&agent);
        let (_, codes) = turn_on(&api, &agent);
        let half = half(&api, &email);
        let small = codes[3].to_lowercase();
        let browser = Browser::new(&api);
        assert_eq!(second(&browser, &half, &small).header("location"), "/");
        assert_eq!(second(&Browser::new(&api), &half, &codes[3]).status, 401);
        assert!(browser.get(PLACE).text.contains("Il reste 9 codes de secours."));
        // Off again takes the password and a code.
        let token = hidden(&browser.get(PLACE).text)[0].1.clone();
        let off = |password: &str, code: &str| {
            let fields = [("form_token", token.as_str()), ("password", password), ("code", code)];
            browser.post(&format!("{PLACE}/remove"), &fields)
        };
        assert_eq!(off("wrong", &codes[4]).status, 401);
        assert_eq!(off(PASSWORD, &codes[3]).status, 401);
        let done = off(PASSWORD, &codes[4]);
        assert_eq!(done.header("location"), format!("{PLACE}?done=factor-off"), "{}", done.text);
        let plain = Browser::new(&api);
        let reply = plain.fill("/login", &[("email", &email), ("password", PASSWORD)]);
        assert_eq!(reply.status, 303);
    });
}

#[test]
fn codes_cannot_be_tried_one_after_the_other() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let email = email(&agent);
        let (secret, _) = turn_on(&api, &agent);
        later(&api, 30);
        let half = half(&api, &email);
        let tried = |code: &str| second(&Browser::new(&api), &half, code).status;
        let statuses: Vec<u16> = (0..6).map(|_| tried("000000")).collect();
        assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
        assert_eq!(tried(&code(&api, &secret)), 429);
    });
}

#[test]
fn an_operator_does_nothing_with_a_password_alone_where_that_is_asked() {
    on_each_database(|town| {
        let api = strict(town);
        let operator = logged_in(&api, Role::Operator);
        assert_eq!(operator.get("/manage").header("location"), PLACE);
        assert_eq!(operator.get("/").header("location"), PLACE);
        let shown = operator.get(PLACE);
        assert!(shown.text.contains("Votre rôle le demande"), "{}", shown.text);
        turn_on(&api, &operator);
        assert_eq!(operator.get("/manage").status, 200);
        // Others are not asked.
        assert_eq!(logged_in(&api, Role::Agent(api.town.issuer)).get("/vouchers").status, 200);
    });
}

#[test]
fn the_api_asks_for_the_code_too_and_an_operator_sets_it_up_there() {
    on_each_database(|town| {
        let api = strict(town);
        let operator = api.person(Role::Operator);
        let refused = operator.get("/v1/funders");
        assert_eq!((refused.status, refused.reason()), (403, "second_factor_missing"));
        let me = operator.get("/v1/auth/whoami").body;
        assert_eq!(me["second_factor"], false);
        let post = |path: &str, body: serde_json::Value| {
            operator.send("POST", path, &[], Some(&body.to_string()))
        };
        let password = serde_json::json!({ "password": PASSWORD });
        let begun = post("/v1/auth/second-factor", password.clone()).body;
        let secret = Secret::from_text(begun["secret"].as_str().unwrap()).unwrap();
        let address = begun["address"].as_str().unwrap();
        assert!(address.starts_with("otpauth://totp/"), "{address}");
        let tried = serde_json::json!({ "code": "000000" });
        let wrong = post("/v1/auth/second-factor/confirm", tried);
        assert_eq!((wrong.status, wrong.reason()), (401, "code_wrong"));
        let good = serde_json::json!({ "code": code(&api, &secret) });
        let codes = post("/v1/auth/second-factor/confirm", good.clone()).body;
        assert_eq!(codes["recovery_codes"].as_array().unwrap().len(), 10);
        let again = post("/v1/auth/second-factor", password);
        assert_eq!((again.status, again.reason()), (409, "second_factor_conflict"));
        assert_eq!(operator.get("/v1/funders").status, 200);

        let log_in = |body: serde_json::Value| {
            api.nobody().send("POST", "/v1/auth/login", &[], Some(&body.to_string()))
        };
        let email = me["email"].as_str().unwrap();
        let without = log_in(serde_json::json!({ "email": email, "password": PASSWORD }));
        assert_eq!((without.status, without.reason()), (401, "code_needed"));
        later(&api, 30);
        let code = code(&api, &secret);
        let body = serde_json::json!({ "email": email, "password": PASSWORD, "code": code });
        assert_eq!(log_in(body.clone()).status, 200);
        assert_eq!(log_in(body).reason(), "code_wrong");
        let body = serde_json::json!({ "email": email, "password": "wrong", "code": code });
        assert_eq!(log_in(body).reason(), "credentials_wrong");
    });
}

#[test]
fn somebody_else_turns_it_off_for_a_lost_telephone_and_the_journal_says_who() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (operator, agent) =
            (logged_in(&api, Role::Operator), logged_in(&api, Role::Agent(api.town.issuer)));
        let email = email(&agent);
        turn_on(&api, &agent);
        let user = api.town.service.database().user_by_email(&email).unwrap().unwrap().id;
        let page = format!("/users/{user}");
        assert!(operator.get(&page).text.contains(&format!("{page}/factor")));
        let done = operator.fill(&format!("{page}/factor"), &[]);
        assert_eq!(done.status, 303, "{}", done.text);
        assert!(!operator.get(&page).text.contains(&format!("{page}/factor")));
        let plain = Browser::new(&api).fill("/login", &[("email", &email), ("password", PASSWORD)]);
        assert_eq!(plain.status, 303);
        let all = Filter::of(pass_numerique::domain::access::Tenant::Any);
        let events = api.town.service.database().events(&all).unwrap();
        let said = format!("{:?}", events.iter().map(|event| &event.body).collect::<Vec<_>>());
        assert!(said.contains("no_second_factor"), "{said}");

        // Not one's own, where a stolen session would be enough.
        turn_on(&api, &operator);
        let own = email_of(&api, &operator);
        assert!(!operator.get(&format!("/users/{own}")).text.contains("/factor"));
        let refused = operator.fill(&format!("/users/{own}/factor"), &[]);
        assert_eq!(refused.status, 403, "{}", refused.text);
    });
}

fn email_of(api: &Api, browser: &Browser<'_>) -> i64 {
    api.town.service.database().user_by_email(&email(browser)).unwrap().unwrap().id.0
}

#[test]
fn a_person_changes_their_password_and_stays_in_this_browser_alone() {
    on_each_database(|town| {
        let api = Api::start(town);
        let here = logged_in(&api, Role::Agent(api.town.issuer));
        let email = email(&here);
        let there = Browser::new(&api);
        there.fill("/login", &[("email", &email), ("password", PASSWORD)]);
        assert_eq!(there.get("/vouchers").status, 200);
        let fields = |current, new| [("current", current), ("new", new)];
        let wrong = here.fill("/account/password", &fields("not the old one", "a new long one"));
        assert_eq!(wrong.status, 401);
        assert!(wrong.text.contains("id=\"current-mistake\""), "{}", wrong.text);
        let short = here.fill("/account/password", &fields(PASSWORD, "short"));
        assert_eq!(short.status, 422);
        assert!(short.text.contains("id=\"new-mistake\""), "{}", short.text);
        let done = here.fill("/account/password", &fields(PASSWORD, "a new long one"));
        assert_eq!(done.header("location"), "/account?done=own-password", "{}", done.text);
        assert_eq!((here.get("/vouchers").status, there.get("/vouchers").status), (200, 303));
        let old = Browser::new(&api).fill("/login", &[("email", &email), ("password", PASSWORD)]);
        assert_eq!(old.status, 401);
    });
}
