//! Held workshops with the pages: the venue sees that it waits and why, somebody else decides.
//! The rules are tested on the service.

use pass_numerique::domain::{
    command::{Answer, Outcome, Redemption},
    registry::Role,
};

use super::logged_in;
use crate::{
    http::tenants::found,
    support::{api::Api, browser::Browser, on_each_database},
};

#[test]
fn a_held_workshop_is_seen_by_its_venue_and_released_on_a_page() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let supervisor = logged_in(&api, Role::Supervisor(ours.organisation));
        let list = supervisor.get("/redemptions").text;
        assert!(list.contains("<span class=\"mark\">retenu</span>"), "{list}");
        let taken = supervisor.get(&format!("/redemptions/{}", ours.hold)).text;
        assert!(taken.contains("beaucoup d’ateliers du pass le même jour"), "{taken}");
        let place = format!("/holds/{}", ours.hold);
        assert!(!supervisor.get(&place).text.contains("/decision"));
        let analyst = logged_in(&api, Role::Analyst(ours.funder));
        let shown = analyst.get(&place).text;
        assert!(shown.contains("Tout ce qui a été pris sur ce pass"), "{shown}");
        let form = [("released", "true"), ("note", "Liste signée vue")];
        let reply = analyst.fill(&format!("{place}/decision"), &form);
        assert_eq!(reply.status, 303, "{}", reply.text);
        let taken = supervisor.get(&format!("/redemptions/{}", ours.hold)).text;
        assert!(taken.contains("Liste signée vue"), "{taken}");
        let again = analyst.fill(&format!("{place}/decision"), &form);
        assert_eq!(again.status, 409, "{}", again.text);
        api.town.audit();
    });
}

#[test]
fn whoever_has_a_pass_says_on_its_page_that_they_were_not_there() {
    on_each_database(|town| {
        let api = Api::start(town);
        let town = &api.town;
        let voucher = town.issue(5).unwrap();
        let url = town.service.paper(voucher).unwrap().url;
        let pass = format!("/{}", url.rsplit('/').next().unwrap());
        let undone = redeemed(&town.redeem(voucher)).seq;
        town.reverse(undone);
        let taken = redeemed(&town.redeem(voucher)).seq;

        let phone = Browser::new(&api);
        let place = format!("{pass}?not_there=2");
        let shown = phone.get(&pass).text;
        assert!(shown.contains("href=\"?not_there=2\""), "{shown}");
        assert!(!shown.contains("not_there=1"), "what was undone is no workshop: {shown}");
        assert_eq!(phone.get(&format!("{pass}?not_there=1")).status, 404);
        assert_eq!(phone.post(&format!("{pass}?not_there=3"), &[]).status, 404);
        assert_eq!(phone.post(&pass, &[]).status, 400);
        let forged = place.replacen('7', "8", 1);
        assert_ne!(phone.get(&forged).status, 200);
        assert_ne!(phone.post(&forged, &[]).status, 200);

        // Opening it holds nothing; sending it twice is as once.
        assert!(phone.get(&place).text.contains("Non, je n’y étais pas"));
        let analyst = logged_in(&api, Role::Analyst(api.town.funders[0]));
        let hold = format!("/holds/{taken}");
        assert_eq!(analyst.get(&hold).status, 404);
        for _ in 0..2 {
            let told = phone.post(&place, &[]);
            assert_eq!(told.status, 200, "{}", told.text);
            assert!(told.text.contains("C’est noté"), "{}", told.text);
        }
        assert!(phone.get(&pass).text.contains("Vous avez dit que vous n’y étiez pas."));
        let seen = analyst.get(&hold).text;
        assert!(seen.contains("le porteur du pass dit qu’il n’y était pas"), "{seen}");

        let form = [("released", "true"), ("note", "Liste signée vue")];
        assert_eq!(analyst.fill(&format!("{hold}/decision"), &form).status, 303);
        let late = phone.post(&place, &[]);
        assert!(late.text.contains("Quelqu’un a déjà regardé cet atelier."), "{}", late.text);
        api.town.audit();
    });
}

fn redeemed(answer: &Answer) -> &Redemption {
    match &answer.outcome {
        Outcome::Redeemed(redemption) => redemption,
        other => panic!("{other:?}"),
    }
}
