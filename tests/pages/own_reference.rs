//! An issuer's own reference of a pass: kept, asked about when it is there already, forgotten.
//! No single signs: the domain's test has them.

use pass_numerique::domain::{
    access::Tenant,
    command::{Ask, Outcome},
    ids::{IssuerId, VoucherId},
    registry::Role,
    view::{Filter, VoucherView},
};
use serde_json::json;

use super::logged_in;
use crate::support::{
    api::Api,
    browser::{Browser, hidden},
    on_each_database,
};

const OWN: &str = "Dossier 2026-0815";

fn own(api: &Api, within: Tenant) -> Vec<VoucherView> {
    api.town.service.vouchers(&Filter::of(within)).unwrap()
}

fn issued(browser: &Browser<'_>, own: &str) -> VoucherId {
    let given = [("workshops", "5"), ("own_reference", own)];
    let reply = browser.fill("/vouchers/new", &given);
    assert_eq!(reply.status, 303, "{}", reply.text);
    let id = reply.header("location").split(['/', '?']).nth(2).unwrap();
    VoucherId(id.parse().unwrap())
}

#[test]
fn a_second_pass_of_the_same_reference_is_asked_about_and_issued_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let first = issued(&browser, OWN);
        let given = [("workshops", "6"), ("own_reference", " dossier  2026-0815 ")];
        let asked = browser.fill("/vouchers/new", &given);
        assert_eq!(asked.status, 200, "{}", asked.text);
        assert!(asked.text.contains(&format!("href=\"/vouchers/{first}\"")), "{}", asked.text);
        assert!(asked.text.contains("value=\"6\" required checked"), "{}", asked.text);
        assert_eq!(own(&api, Tenant::Any).len(), 1);
        let mut fields = hidden(&asked.text);
        fields.extend(given.map(|(name, value)| (name.to_owned(), value.to_owned())));
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for _ in 0..2 {
            let reply = browser.post("/vouchers/new", &pairs);
            assert_eq!(reply.status, 303, "{}", reply.text);
        }
        assert_eq!(own(&api, Tenant::Any).len(), 2);
        // A pass that cannot be used any more is no reason to ask.
        let third = issued(&browser, "autre");
        api.town.service.ask_as(None, Ask::Cancel { voucher: third }).unwrap();
        issued(&browser, "Autre");
        let wrong =
            browser.fill("/vouchers/new", &[("workshops", "5"), ("own_reference", "a\u{202e}")]);
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("<a href=\"#own_reference\">"), "{}", wrong.text);
        api.town.audit();
    });
}

#[test]
fn only_its_issuer_sees_a_reference_and_a_replacement_keeps_it() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let first = issued(&browser, OWN);
        let replaced = browser.fill(&format!("/vouchers/{first}/replace"), &[]);
        assert!(browser.get(replaced.header("location")).text.contains(OWN));
        let found = browser.get("/vouchers?reference=dossier%202026-0815").text;
        assert_eq!(found.matches(&format!("<td>{OWN}</td>")).count(), 2, "{found}");
        assert!(!browser.get("/vouchers?reference=dossier").text.contains(OWN), "a part finds it");

        let other = api.town.service.ask_as(None, Ask::AddIssuer { name: "Autre".to_owned() });
        let Ok(Outcome::Added { id, .. }) = other else { panic!() };
        for role in [Role::Operator, Role::Auditor, Role::Agent(IssuerId(id))] {
            let stranger = logged_in(&api, role);
            let list = stranger.get("/vouchers?reference=Dossier%202026-0815").text;
            let all = stranger.get("/vouchers").text;
            let shown = stranger.get(&format!("/vouchers/{first}")).text;
            let shown = list + &all + &shown;
            assert!(!["td", "dd"].iter().any(|tag| shown.contains(&format!("<{tag}>{OWN}"))));
        }
        let scanner = api.person(Role::Scanner(api.town.organisation));
        let code = api.town.service.paper(own(&api, Tenant::Any)[0].id).unwrap().manual_code;
        let looked = scanner.post("/v1/vouchers/by-code", &json!({ "code": code }));
        assert_eq!((looked.status, looked.text.contains("own_reference")), (200, false));
    });
}

#[test]
fn the_api_tells_which_vouchers_have_the_same_reference() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let programme = api.town.programme;
        let body =
            |own: &str| json!({"programme": programme, "workshops": 5, "own_reference": own});
        let first = agent.post("/v1/vouchers", &body(OWN));
        assert_eq!(first.body.get("same_own_reference"), None, "{}", first.text);
        let second = agent.post("/v1/vouchers", &body(OWN));
        assert_eq!(second.body["same_own_reference"], json!([first.body["voucher"]]));
        let listed = agent.get("/v1/vouchers?own_reference=dossier%202026-0815");
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 2, "{}", listed.text);
        assert_eq!(listed.body["items"][0]["own_reference"], OWN);
        let wrong = agent.post("/v1/vouchers", &body(" "));
        assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!("own_reference")));
        assert_eq!(agent.get("/v1/vouchers?own_reference=").status, 400);
    });
}

#[test]
fn a_reference_is_sealed_and_forgotten_thirty_days_after_the_end() {
    on_each_database(|town| {
        let database = || town.service.database();
        let voucher = town.issue(5).unwrap();
        let reference = OWN.parse().unwrap();
        town.service.keep_own_reference(voucher, town.issuer, &reference).unwrap();
        let [kept] = database().own_references(&[voucher]).unwrap().try_into().ok().unwrap();
        assert!(!kept.sealed.windows(4).any(|bytes| bytes == b"2026"));
        // Valid for 90 days and tolerated for 30 more, from 23 November.
        let last = "2027-03-23".parse().unwrap();
        let row = &own_rows(&town)[0];
        assert_eq!(row.accepted_until, last);
        assert_eq!(town.service.forget_own_references().unwrap(), 0);
        assert_eq!(database().forget_own_references(last).unwrap(), 0);
        assert_eq!(database().forget_own_references(last.plus(1)).unwrap(), 1);
        assert!(database().own_references(&[voucher]).unwrap().is_empty());
    });
}

fn own_rows(town: &crate::support::Town) -> Vec<VoucherView> {
    town.service.vouchers(&Filter::of(Tenant::Any)).unwrap()
}
