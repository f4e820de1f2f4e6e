//! The pages of receipts, print shops, facts about people and open data, as people use them.
//! No looks: those are tried in a real browser.

use pass_numerique::domain::{
    access::Tenant,
    ids::Seq,
    receipt::{Receipt, read_keys},
    registry::Role,
    view::Filter,
};
use serde_json::json;

use super::{
    facts::{asking, cells},
    print_lists::Shop,
};
use crate::{
    pages::logged_in,
    support::{api::Api, browser::Browser, on_each_database},
};

#[test]
fn a_venue_downloads_one_receipt_and_those_of_a_month() {
    on_each_database(|town| {
        let api = Api::start(town);
        let voucher = api.town.issue(10).unwrap();
        api.town.redeem(voucher);
        let venue = logged_in(&api, Role::Supervisor(api.town.organisation));
        let list = venue.get("/redemptions").text;
        assert!(list.contains("<option value=\"2026-11\">novembre 2026</option>"), "{list}");
        let place = list.split("<a href=\"/redemptions/").nth(1).unwrap();
        let place = format!("/redemptions/{}", place.split('"').next().unwrap());
        let link = format!("{place}/receipt.txt");
        assert!(venue.get(&place).text.contains(&format!("href=\"{link}\"")));
        let one = venue.get(&link);
        assert!(one.header("content-disposition").contains("receipt-"), "{}", one.text);
        let month = venue.get("/redemptions/receipts.txt?month=2026-11");
        assert_eq!((month.status, &month.text), (200, &one.text));
        let set = Browser::new(&api).get("/.well-known/receipt-keys.json").text;
        assert!(Receipt::verified(&one.text, &read_keys(&set).unwrap()).is_ok());
        let funder = logged_in(&api, Role::Analyst(api.town.funders[0]));
        assert!(!funder.get("/redemptions").text.contains("receipts.txt"));
        assert_eq!(funder.get(&link).status, 403);
    });
}

#[test]
fn an_operator_adds_a_receipt_key_and_ends_one_that_leaked() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = logged_in(&api, Role::Operator);
        let first = api.town.service.receipt_keys().unwrap()[0].id;
        let added = operator.fill("/receipt-keys/new", &[]);
        assert_eq!((added.status, added.header("location")), (303, "/receipt-keys?done=saved"));
        let keys = api.town.service.receipt_keys().unwrap();
        assert_eq!(keys.len(), 2);
        let list = operator.get("/receipt-keys").text;
        assert!(list.contains("En attente") && list.contains("Active"), "{list}");
        let place = format!("/receipt-keys/{first}/compromise");
        assert_eq!(operator.fill(&place, &[]).status, 303);
        assert!(operator.get(&format!("/receipt-keys/{first}")).text.contains("Compromise"));
        assert_eq!(operator.get("/receipt-keys/999").status, 404);
    });
}

#[test]
fn an_operator_downloads_the_list_of_a_print_shop() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (operator, shop) = (logged_in(&api, Role::Operator), Shop::new());
        let person = api.person(Role::Operator);
        let new = json!({"programme": api.town.programme, "workshops": 5, "count": 2,
            "stock": true, "issuer": api.town.issuer});
        let batch = person.post("/v1/voucher-batches", &new);
        let batch = batch.body["id"].as_str().unwrap().to_owned();
        api.town.service.mint_batches(&|| true).unwrap();
        let place = format!("/batches/{batch}/print-shop");
        assert!(operator.get(&format!("/batches/{batch}")).text.contains(&place));
        let wrong = operator.fill(&place, &[("recipient", "imprimeur"), ("reason", "")]);
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("href=\"#recipient\""), "{}", wrong.text);
        let asked = operator.fill(&place, &[("recipient", &shop.key()), ("reason", "")]);
        assert_eq!(asked.status, 303, "{}", asked.text);
        let list = operator.get(asked.header("location"));
        assert_eq!(shop.open(&list.text).unwrap().lines().count(), 3);
        let log = operator.get(&format!("/batches/{batch}")).text;
        assert!(log.contains(&shop.key()), "{log}");
        let other = logged_in(&api, Role::Operator);
        assert_eq!(other.get(asked.header("location")).status, 303, "another person's");
        let again = operator.fill(&place, &[("recipient", &shop.key()), ("reason", "")]);
        assert_eq!(again.status, 409);
        let reason = [("recipient", &*shop.key()), ("reason", "failed")];
        assert_eq!(operator.fill(&place, &reason).status, 303);
        let manager = logged_in(&api, Role::Manager(api.town.issuer));
        assert_eq!(manager.get(&place).status, 403);
        let filter = Filter::one(Tenant::Any, batch.parse::<i64>().unwrap());
        let row = &api.town.service.database().batches(&filter).unwrap()[0];
        assert_eq!(api.town.service.database().print_lists(Seq(row.id.0)).unwrap().len(), 2);
    });
}

#[test]
fn an_agent_is_asked_what_the_programme_asks_and_may_skip_it() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        assert!(!agent.get("/vouchers/new").text.contains("fact_gender"), "nobody asks");
        asking(&api.town);
        let form = agent.get("/vouchers/new").text;
        for part in ["id=\"fact_gender\"", "id=\"fact_commune\"", "70 ans et plus", "Facultatif"] {
            assert!(form.contains(part), "{part}: {form}");
        }
        assert!(!form.contains("fact_situation"));
        let basis = [("workshops", "5")];
        let issued = agent.fill("/vouchers/new", &basis);
        assert_eq!(issued.status, 303, "{}", issued.text);
        let told = [("fact_gender", "feminin"), ("fact_commune", "38185")];
        let issued = agent.fill("/vouchers/new", &[&basis[..], &told].concat());
        assert_eq!(issued.status, 303, "{}", issued.text);
        let wrong = [("fact_gender", "feminin"), ("fact_commune", "Crolles")];
        let again = agent.fill("/vouchers/new", &[&basis[..], &wrong].concat());
        assert_eq!(again.status, 422);
        assert!(again.text.contains("href=\"#fact_commune\""), "{}", again.text);
        assert!(again.text.contains("value=\"Crolles\""), "what was typed is kept");
        let stock = [("stock", "yes"), ("fact_gender", "masculin")];
        assert_eq!(agent.fill("/vouchers/new", &[&basis[..], &stock].concat()).status, 303);
        let issuer = api.town.issuer;
        let expected = [
            "age_band non_communique 2",
            "commune 38185 1",
            "commune non_communique 1",
            "gender feminin 1",
            "gender non_communique 1",
        ];
        assert_eq!(cells(&api.town), expected.map(|cell| format!("202611 {issuer} {cell}")));
        let scanned = agent.get("/vouchers/activate").text;
        assert!(scanned.contains("fact_gender") && scanned.contains("id=\"code\""), "{scanned}");
        api.town.audit();
    });
}

#[test]
fn a_funder_reads_what_people_told_and_everybody_the_page_of_open_data() {
    on_each_database(|town| {
        asking(&town);
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        for _ in 0..24 {
            let facts = json!({"gender": "feminin"});
            let new = json!({"programme": api.town.programme, "workshops": 5, "facts": facts});
            assert_eq!(agent.post("/v1/vouchers", &new).status, 201);
        }
        let clock = &api.town.service.clock;
        clock.set("2026-12-01T09:00:00+01:00".parse().unwrap());
        let funder = logged_in(&api, Role::Analyst(api.town.funders[0]));
        assert!(funder.get("/reports").text.contains("href=\"/reports/people\""));
        let page = funder.get("/reports/people").text;
        assert!(page.contains("novembre 2026") && page.contains("Féminin, Masculin"), "{page}");
        for (ending, begins) in [("csv", "\u{feff}prog"), ("xlsx", "PK"), ("pdf", "%PDF")] {
            let file = funder.get(&format!("/reports/people.{ending}?programme="));
            assert!(file.bytes.starts_with(begins.as_bytes()), "{ending}: {}", file.status);
        }
        let nobody = Browser::new(&api);
        let page = nobody.get("/open-data").text;
        assert!(page.contains("workshops_used") && page.contains("Licence Ouverte 2.0"), "{page}");
        let venue = logged_in(&api, Role::Supervisor(api.town.organisation));
        assert!(!venue.get("/reports").text.contains("/reports/people"));
    });
}
