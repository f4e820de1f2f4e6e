//! Disputes with the pages: a venue's supervisor disputes a decision where it stands, another
//! person answers. The rules are tested on the service.

use pass_numerique::domain::registry::Role;

use super::logged_in;
use crate::{
    http::tenants::found,
    support::{api::Api, on_each_database},
};

#[test]
fn a_decision_is_disputed_on_its_own_page_and_answered_on_another() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let [first, second] = [(); 2].map(|()| logged_in(&api, Role::Operator));
        let supervisor = logged_in(&api, Role::Supervisor(ours.organisation));
        let place = format!("/holds/{}", ours.hold);
        assert!(!supervisor.get(&place).text.contains("/dispute\""));
        let no = [("released", "false"), ("note", "Personne n’était là")];
        assert_eq!(first.fill(&format!("{place}/decision"), &no).status, 303);
        assert!(supervisor.get(&place).text.contains("Contester cette décision"));
        assert!(!first.get(&place).text.contains("Contester cette décision"));
        let why = [("reason", "L’atelier a eu lieu"), ("evidence", "Liste signée")];
        let reply = supervisor.fill(&format!("{place}/dispute"), &why);
        assert_eq!(reply.status, 303, "{}", reply.text);
        let list = second.get("/disputes?waiting=true").text;
        assert!(list.contains("Atelier annulé") && list.contains("Virement"), "{list}");
        let newest = list.split("href=\"/disputes/").skip(1);
        let newest = newest.filter_map(|rest| rest.split('"').next());
        let id = newest.filter_map(|id| id.parse::<i64>().ok()).max().unwrap();
        let page = second.get(&format!("/disputes/{id}")).text;
        assert!(page.contains("Liste signée") && page.contains("/redemptions/"), "{page}");
        let yes = [("upheld", "true"), ("note", "Liste vue")];
        let path = format!("/disputes/{id}/decision");
        let own = first.fill(&path, &yes);
        assert_eq!(own.status, 409, "{}", own.text);
        let reply = second.fill(&path, &yes);
        assert_eq!(reply.status, 303, "{}", reply.text);
        let told = supervisor.get(&format!("/disputes/{id}")).text;
        assert!(told.contains("Acceptée") && told.contains("Liste vue"), "{told}");
        api.town.audit();
    });
}

#[test]
fn what_is_missing_is_said_with_its_programme_and_withdrawn_by_whoever_said_it() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let supervisor = logged_in(&api, Role::Supervisor(ours.organisation));
        let programme = format!("\"{}\"", ours.programme);
        let form = [
            ("about", "missing"),
            ("subject", ""),
            ("programme", programme.as_str()),
            ("reason", "L’atelier du 20 manque"),
            ("evidence", ""),
        ];
        let reply = supervisor.fill("/disputes/new", &form);
        assert_eq!(reply.status, 303, "{}", reply.text);
        let place = reply.header("location").replace("?done=saved", "");
        let reply = supervisor.fill(&format!("{place}/withdrawal"), &[]);
        assert_eq!(reply.status, 303, "{}", reply.text);
        assert!(supervisor.get(&place).text.contains("Retirée"));
    });
}
