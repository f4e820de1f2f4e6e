//! A month that is closed with the pages, which say what stands open; and its statements read.
//! What statements say is tested on the service, in `core/closing`.

use pass_numerique::domain::registry::Role;

use super::logged_in;
use crate::{
    http::tenants::found,
    support::{api::Api, on_each_database},
};

#[test]
fn a_month_is_closed_with_the_pages_and_each_party_reads_its_statement() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let place = format!("/programmes/{}", ours.programme);
        let running = logged_in(&api, Role::Operator).get(&place).text;
        assert!(running.contains("novembre 2026, en cours"), "{running}");
        assert!(!running.contains(&format!("{place}/period")), "{running}");
        api.town.set("2026-12-02T10:00:00+01:00");
        let operator = logged_in(&api, Role::Operator);
        assert!(operator.get(&place).text.contains(&format!("{place}/period")));
        let form = operator.get(&format!("{place}/period")).text;
        let open = "novembre 2026, avec 1 conflit ouvert et 1 enregistrement en quarantaine";
        assert!(form.contains(open), "{form}");
        assert!(form.contains("Un mois clos n’est jamais rouvert"), "{form}");
        let early = operator.fill(&format!("{place}/period"), &[("month", "2026-12")]);
        assert_eq!(early.status, 409);
        let closed = operator.fill(&format!("{place}/period"), &[("month", "2026-11")]);
        assert_eq!(closed.status, 303, "{}", closed.text);
        let again = operator.fill(&format!("{place}/period"), &[("month", "2026-11")]);
        assert_eq!(again.status, 409);
        assert!(again.text.contains("Ce mois est clos et ne change plus"), "{}", again.text);
        let list = operator.get("/periods").text;
        assert!(list.contains("Relevés en préparation"), "{list}");
        api.town.service.tend_statements(&|| true).unwrap();
        assert!(operator.get("/periods").text.contains("Relevés établis"));
        for (role, name) in [
            (Role::Analyst(ours.funder), "Ours funder"),
            (Role::Supervisor(ours.organisation), "Ours organisation"),
        ] {
            let browser = logged_in(&api, role);
            assert!(browser.get("/manage").text.contains("/statements"));
            let list = browser.get("/statements").text;
            let own: Vec<&str> = list.split("<a href=\"/statements/").skip(1).collect();
            assert_eq!(own.len(), 1, "{list}");
            let shown = format!("/statements/{}", own[0].split('"').next().unwrap());
            let page = browser.get(&shown).text;
            for part in
                [name, "Ours venue", "novembre 2026", "Conflits encore ouverts", "document/pdf"]
            {
                assert!(page.contains(part), "{part}: {page}");
            }
            assert!(browser.bytes(&format!("{shown}/document/pdf")).starts_with(b"%PDF"));
            assert!(browser.bytes(&format!("{shown}/document/xlsx")).starts_with(b"PK"));
            let json = browser.get(&format!("{shown}/document/json"));
            assert!(json.text.contains("pass-numerique statement 2"), "{}", json.text);
            assert_eq!(browser.get(&format!("{shown}/document/doc")).status, 404);
        }
        api.town.audit();
    });
}
