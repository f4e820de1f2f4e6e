//! Stock at hand-over: scanned one after the other, or pointed at with a telephone.
//! No rules of what may be activated: the decision's tests have them.

use pass_numerique::domain::{
    access::Tenant,
    command::{Ask, Outcome},
    ids::{IssuerId, VoucherId},
    life::State,
    registry::Role,
    view::Filter,
};

use serde_json::json;

use super::logged_in;
use crate::support::{
    Town,
    api::Api,
    browser::{Browser, hidden},
    on_each_database,
};

fn stock(town: &Town) -> VoucherId {
    let draft = town.service.draft(town.service.clock.now()).unwrap();
    let (programme, issuer) = (town.programme, town.issuer);
    let ask = Ask::Issue { programme, issuer, workshops: 6, stock: true, draft };
    match town.service.ask_as(None, ask).unwrap() {
        Outcome::Issued { voucher, .. } => voucher,
        other => panic!("{other:?}"),
    }
}

fn state(town: &Town, voucher: VoucherId) -> State {
    let filter = Filter::one(Tenant::Any, voucher.0);
    town.service.vouchers(&filter).unwrap()[0].state
}

#[test]
fn passes_of_a_booklet_are_activated_by_scanning_one_after_the_other() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let (one, two) = (stock(&api.town), stock(&api.town));
        let paper = api.town.service.paper(one).unwrap();
        let first = browser.fill("/vouchers/activate", &[("code", &paper.url)]);
        let done = format!("Pass {} activé.", api.town.service.reference(one));
        assert!(first.text.contains(&done) && first.text.contains("6 ateliers"), "{}", first.text);
        // Ready for the next one, and what was scanned is nowhere on the page.
        assert!(first.text.contains("id=\"code\"") && !first.text.contains(&paper.digits));
        let typed = api.town.service.paper(two).unwrap().manual_code;
        let second = browser.fill("/vouchers/activate", &[("code", &typed.to_lowercase())]);
        assert_eq!(second.status, 200, "{}", second.text);
        assert_eq!([one, two].map(|id| state(&api.town, id)), [State::Active, State::Active]);

        let again = browser.fill("/vouchers/activate", &[("code", &paper.url)]);
        assert_eq!(again.status, 409);
        assert!(again.text.contains("<a href=\"#code\">"), "{}", again.text);
        assert!(!again.text.contains(&paper.digits), "what was scanned is bearer value");
        for wrong in ["", "bonjour"] {
            assert_eq!(browser.fill("/vouchers/activate", &[("code", wrong)]).status, 409);
        }
        let auditor = logged_in(&api, Role::Auditor);
        assert_eq!(auditor.get("/vouchers/activate").status, 403);
        api.town.audit();
    });
}

#[test]
fn a_stock_pass_opens_its_activation_for_its_own_issuer_alone() {
    on_each_database(|town| {
        let api = Api::start(town);
        let other = api.town.service.ask_as(None, Ask::AddIssuer { name: "Autre".to_owned() });
        let Ok(Outcome::Added { id, .. }) = other else { panic!() };
        let voucher = stock(&api.town);
        let paper = api.town.service.paper(voucher).unwrap();
        let page = format!("/{}", paper.digits);
        let link = format!("href=\"/vouchers/{voucher}/activate\"");
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let stranger = logged_in(&api, Role::Agent(IssuerId(id)));
        let scanner = logged_in(&api, Role::Scanner(api.town.organisation));
        assert!(agent.get(&page).text.contains(&link));
        for foreign in [&stranger, &scanner, &Browser::new(&api)] {
            let shown = foreign.get(&page);
            assert_eq!((shown.status, shown.text.contains("/activate")), (200, false));
        }
        assert_eq!(stranger.fill("/vouchers/activate", &[("code", &paper.url)]).status, 409);
        assert_eq!(state(&api.town, voucher), State::Stock);
        assert_eq!(agent.fill(&format!("/vouchers/{voucher}/activate"), &[]).status, 303);
        assert!(!agent.get(&page).text.contains(&link), "it is active now");
    });
}

const OWN: &str = "Dossier 2026-0815";

/// What the issuer calls a pass.
fn called(town: &Town, voucher: VoucherId) -> Option<String> {
    let within = Tenant::Issuer(town.issuer);
    town.service.vouchers(&Filter::one(within, voucher.0)).unwrap()[0].own_reference.clone()
}

#[test]
fn a_reference_is_noted_at_hand_over_and_asked_about_when_it_comes_twice() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let (one, two) = (stock(&api.town), stock(&api.town));
        let [first, second] = [one, two].map(|id| api.town.service.paper(id).unwrap());
        let scan = |url: &str, own: &str| {
            browser.fill("/vouchers/activate", &[("code", url), ("own_reference", own)])
        };
        let wrong = scan(&first.url, &"x".repeat(61));
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("<a href=\"#own_reference\">"), "{}", wrong.text);
        assert!(wrong.text.contains(&"x".repeat(61)) && !wrong.text.contains(&first.digits));
        assert_eq!(state(&api.town, one), State::Stock);
        assert_eq!(scan(&first.url, OWN).status, 200);
        assert_eq!(called(&api.town, one).as_deref(), Some(OWN));

        let asked = scan(&second.url, "dossier 2026-0815");
        assert!(asked.text.contains(&format!("href=\"/vouchers/{one}\"")), "{}", asked.text);
        assert!(asked.text.contains(&format!("action=\"/vouchers/{two}/activate\"")));
        assert!(!asked.text.contains(&second.digits), "what was scanned is bearer value");
        assert_eq!(state(&api.town, two), State::Stock);
        let mut fields = hidden(&asked.text);
        fields.push(("own_reference".to_owned(), "dossier 2026-0815".to_owned()));
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let place = format!("/vouchers/{two}/activate");
        for _ in 0..2 {
            let reply = browser.post(&place, &fields);
            assert_eq!(
                (reply.status, reply.header("location")),
                (303, &*format!("/vouchers/{two}?done=activate")),
                "{}",
                reply.text
            );
        }
        assert_eq!(called(&api.town, two).as_deref(), Some("dossier 2026-0815"));
        api.town.audit();
    });
}

#[test]
fn the_page_of_one_pass_and_the_api_note_a_reference_too() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let agent = api.person(Role::Agent(api.town.issuer));
        let (one, two, three) = (stock(&api.town), stock(&api.town), stock(&api.town));
        api.town
            .service
            .keep_own_reference(one, api.town.issuer, &"Carnet 7".parse().unwrap())
            .unwrap();
        let place = format!("/vouchers/{one}/activate");
        assert!(browser.get(&place).text.contains("value=\"Carnet 7\""), "it may be changed");
        assert_eq!(browser.fill(&place, &[("own_reference", OWN)]).status, 303);
        assert_eq!(called(&api.town, one).as_deref(), Some(OWN));

        let path = |id: VoucherId| format!("/v1/vouchers/{id}/activate");
        let wrong = agent.post(&path(two), &json!({ "own_reference": "" }));
        assert_eq!((wrong.status, &wrong.body["field"]), (422, &json!("own_reference")));
        let done = agent.post(&path(two), &json!({ "own_reference": OWN }));
        assert_eq!(
            (done.status, &done.body["same_own_reference"]),
            (200, &json!([one])),
            "{}",
            done.text
        );
        assert_eq!(called(&api.town, two).as_deref(), Some(OWN));
        let key = [("Idempotency-Key", "0192d3a0-0000-7000-8000-00000000000d")];
        let unnamed = agent.send("POST", &path(three), &key, None);
        assert_eq!((unnamed.status, unnamed.body.get("same_own_reference")), (200, None));
        assert_eq!(called(&api.town, three), None);
        let key = [key[0], ("Content-Type", "text/plain")];
        assert_eq!(agent.send("POST", &path(three), &key, Some("{}")).status, 415);
        api.town.audit();
    });
}
