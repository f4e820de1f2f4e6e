//! Held workshops with the pages: the venue sees that it waits and why, somebody else decides.
//! The rules are tested on the service.

use pass_numerique::domain::registry::Role;

use super::logged_in;
use crate::{
    http::tenants::found,
    support::{api::Api, on_each_database},
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
