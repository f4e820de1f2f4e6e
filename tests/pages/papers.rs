//! The account of a year and the attestation of payment delays, as people find and read them.
//! Their figures are tested over the API.

use pass_numerique::domain::registry::Role;

use super::logged_in;
use crate::{
    core::closing::{fees::charge, month},
    support::{api::Api, on_each_database},
};

#[test]
fn a_funder_finds_its_account_of_the_year_and_nobody_elses() {
    on_each_database(|town| {
        town.redeemed(town.issue(5).unwrap());
        charge(&town, &[("2026-11", 425)]).unwrap();
        let api = Api::start(town);
        let town = &api.town;
        let programme = format!("/programmes/{}", town.programme);
        let page = format!("{programme}/yearly-account");
        let [own, other] = town.funders;
        let analyst = logged_in(&api, Role::Analyst(own));
        assert!(analyst.get(&programme).text.contains(&format!("href=\"{page}\"")));
        assert!(analyst.get(&page).text.contains("Aucun mois de ce dispositif n’est clos"));
        town.set("2026-12-01T10:00:00+01:00");
        town.close_month(month("2026-11"));
        town.service.tend_statements(&|| true).unwrap();
        let analyst = logged_in(&api, Role::Analyst(own));
        let shown = analyst.get(&page).text;
        assert!(shown.contains("L’année 2026, jusqu’à la fin de novembre 2026"), "{shown}");
        let file = |of| format!("{page}/{of}/pdf");
        assert!(shown.contains(&file(own)) && !shown.contains(&file(other)), "{shown}");
        assert!(analyst.bytes(&file(own)).starts_with(b"%PDF"));
        assert_eq!(analyst.get(&file(other)).status, 404);
        assert_eq!(analyst.get(&format!("{page}/{own}/doc")).status, 404);
        town.set("2027-01-02T10:00:00+01:00");
        town.close_month(month("2026-12"));
        town.service.tend_statements(&|| true).unwrap();
        town.service.tend_yearly_accounts(&|| true).unwrap();
        let analyst = logged_in(&api, Role::Analyst(own));
        let list = analyst.get("/yearly-accounts").text;
        let place = list.split("href=\"/yearly-accounts/").nth(1).unwrap().split('"').next();
        let shown = analyst.get(&format!("/yearly-accounts/{}", place.unwrap())).text;
        for part in [
            "Compte annuel 2026",
            "Définitif",
            "Balance des comptes",
            "Bon à usages multiples",
            // 4.25 % of 600 cents.
            "4,25\u{202f}%",
            "0,25\u{a0}€",
        ] {
            assert!(shown.contains(part), "{part} is missing: {shown}");
        }
    });
}

#[test]
fn a_venues_people_find_the_attestation_and_choose_its_days() {
    on_each_database(|town| {
        town.redeemed(town.issue(5).unwrap());
        let api = Api::start(town);
        let organisation = api.town.organisation;
        let supervisor = logged_in(&api, Role::Supervisor(organisation));
        let page = format!("/organisations/{organisation}/payment-delays");
        let shown = supervisor.get(&format!("/organisations/{organisation}")).text;
        assert!(shown.contains(&format!("href=\"{page}\"")), "{shown}");
        let shown = supervisor.get(&page).text;
        for part in ["value=\"2025-11-24\"", "value=\"2026-11-23\"", "En attente de paiement"] {
            assert!(shown.contains(part), "{part} is missing: {shown}");
        }
        let chosen = "?from=2026-01-01&to=2026-01-31";
        let shown = supervisor.get(&format!("{page}{chosen}")).text;
        assert!(shown.contains(&format!("{page}/pdf?from=2026-01-01&amp;to=2026-01-31")));
        assert!(supervisor.bytes(&format!("{page}/pdf{chosen}")).starts_with(b"%PDF"));
        assert_eq!(supervisor.get(&format!("{page}?from=x")).status, 400);
        assert_eq!(supervisor.get("/organisations/99/payment-delays").status, 404);
    });
}
