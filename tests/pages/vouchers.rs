//! Passes on the pages: issued, found, replaced, looked at by their holders.
//! No rules: the decision's tests have them.

use pass_numerique::domain::{
    access::Tenant,
    command::{Ask, Change},
    ids::IssuerId,
    registry::Role,
    view::{Filter, VoucherView},
};

use super::logged_in;
use crate::support::{
    api::Api,
    browser::{Browser, hidden},
    on_each_database,
};

fn vouchers(api: &Api) -> Vec<VoucherView> {
    let service = &api.town.service;
    service.database().vouchers(&Filter::of(Tenant::Any), service.clock.now()).unwrap()
}

#[test]
fn an_agent_issues_a_pass_with_one_key_and_a_form_sent_twice_issues_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let page = browser.get("/vouchers/new").text;
        assert!(page.contains("value=\"10\" required checked"), "{page}");
        let mut fields = hidden(&page);
        fields.push(("workshops".to_owned(), "10".to_owned()));
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let first = browser.post("/vouchers/new", &pairs);
        let second = browser.post("/vouchers/new", &pairs);
        assert_eq!(first.status, 303, "{}", first.text);
        assert_eq!(first.header("location"), second.header("location"));
        let [row] = vouchers(&api).try_into().unwrap();
        assert_eq!(first.header("location"), format!("/vouchers/{}?done=issued", row.id));
        let shown = browser.get(first.header("location")).text;
        let paper = api.town.service.paper(row.id).unwrap();
        for expected in ["Le pass est délivré.", &row.reference, &paper.manual_code, "10 ateliers"]
        {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        let qr = browser.get(&format!("/vouchers/{}/qr.svg", row.id));
        assert_eq!((qr.status, qr.header("content-type")), (200, "image/svg+xml"));
    });
}

#[test]
fn a_refused_issue_says_why_and_keeps_what_was_chosen() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let reply = browser.fill("/vouchers/new", &[("workshops", "99")]);
        assert_eq!(reply.status, 422, "{}", reply.text);
        assert!(reply.text.contains("<a href=\"#workshops\">"), "{}", reply.text);
        assert!(reply.text.contains("id=\"workshops-mistake\""), "{}", reply.text);
        assert!(vouchers(&api).is_empty());
    });
}

#[test]
fn a_lost_pass_is_replaced_after_a_question_and_another_issuers_is_not_there() {
    on_each_database(|town| {
        let api = Api::start(town);
        let voucher = api.town.issue(7).unwrap();
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let shown = browser.get(&format!("/vouchers/{voucher}")).text;
        let replace = format!("/vouchers/{voucher}/replace");
        assert!(shown.contains(&format!("href=\"{replace}\"")), "{shown}");
        // An agent cannot lift a suspension, so nothing leads there.
        assert!(!shown.contains("/reinstate"));
        assert_eq!(browser.get(&format!("/vouchers/{voucher}/reinstate")).status, 403);
        assert_eq!(browser.get(&format!("/vouchers/{voucher}/explode")).status, 404);
        let reply = browser.fill(&replace, &[]);
        assert_eq!(reply.status, 303, "{}", reply.text);
        let [new, old] = vouchers(&api).try_into().unwrap();
        assert_eq!((old.id, old.successor), (voucher, Some(new.id)));
        let location = reply.header("location");
        assert_eq!(location, format!("/vouchers/{}?done=replace", new.id));
        assert!(browser.get(location).text.contains("L’ancien pass est remplacé."));
        let again = browser.fill(&replace, &[]);
        assert_eq!(again.status, 409);

        let other = api.town.service.ask_as(None, Ask::AddIssuer { name: "Autre".to_owned() });
        let Ok(pass_numerique::domain::command::Outcome::Added { id, .. }) = other else {
            panic!()
        };
        let stranger = logged_in(&api, Role::Agent(IssuerId(id)));
        for path in [format!("/vouchers/{voucher}"), replace, format!("/vouchers/{voucher}/qr.svg")]
        {
            assert_eq!(stranger.get(&path).status, 404, "{path}");
        }
    });
}

#[test]
fn passes_are_found_by_their_reference_and_hostile_names_stay_text() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (one, _two) = (api.town.issue(5).unwrap(), api.town.issue(6).unwrap());
        let name = "<img src=x onerror=alert(1)>\"'".to_owned();
        let programme = api.town.programme;
        let terms = api.town.service.database().programme(programme).unwrap().unwrap().terms;
        let change = Change::Programme { programme, name, terms: Box::new(terms) };
        api.town.service.ask_as(None, Ask::Change(change)).unwrap();
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let reference = api.town.service.reference(one);
        let found = browser.get(&format!("/vouchers?reference={}", reference.to_lowercase())).text;
        assert_eq!(found.matches("<th scope=\"row\"").count(), 1, "{found}");
        assert!(found.contains(&format!("/vouchers/{one}")));
        let named = browser.get("/vouchers/new").text;
        assert!(named.contains("&#60;img src=x onerror=alert(1)&#62;&#34;&#39;"), "{named}");
        assert!(!named.contains("<img"), "{named}");
        let wrong = browser.get("/vouchers?reference=%22%3E%3Cscript%3E");
        assert!(wrong.text.contains("Aucun pass ne correspond"), "{}", wrong.text);
        let hidden = browser.get("/vouchers?reference=a%E2%80%AEb");
        assert!(hidden.text.contains("Cette référence n’est pas valable"));
        assert!(!wrong.text.contains("<script"), "{}", wrong.text);
    });
}

#[test]
fn the_qr_opens_its_holders_page_which_redeems_nothing_and_names_nobody() {
    on_each_database(|town| {
        let api = Api::start(town);
        let voucher = api.town.issue(5).unwrap();
        let paper = api.town.service.paper(voucher).unwrap();
        let shown = api.town.service.read_code(&paper.url).unwrap();
        let path = format!("/{}", paper.digits);
        let phone = Browser::new(&api);
        let before = phone.get(&path);
        assert_eq!(before.status, 200, "{}", before.text);
        assert!(before.text.contains("<strong>5</strong>"), "{}", before.text);
        api.town.service.ask(api.town.redemption(shown)).unwrap();
        let after = phone.get(&path);
        assert!(after.text.contains("<strong>4</strong>"), "{}", after.text);
        assert!(after.text.contains("1 atelier"), "{}", after.text);
        assert_eq!(after.header("cache-control"), "no-store");
        assert_eq!(after.header("x-robots-tag"), "noindex");
        let main = after.text.split("<main").nth(1).unwrap();
        assert!(
            !main.contains(&paper.digits.chars().skip(20).take(40).collect::<String>()),
            "the page repeats the code"
        );
        let mut forged = path.clone();
        let last = if path.ends_with('0') { "1" } else { "0" };
        forged.replace_range(path.len() - 1.., last);
        assert!([404, 409].contains(&phone.get(&forged).status));
    });
}
