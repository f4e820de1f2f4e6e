//! Letters about disputes: that one was received, and what was decided, to the organisation alone.
//! What is decided is tested over the API.

use pass_numerique::domain::registry::Role;
use serde_json::json;

use super::Post;
use crate::support::on_each_database;

#[test]
fn an_organisation_is_told_that_its_dispute_was_received_and_what_was_decided() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let operator = api.person(Role::Operator);
        let [one, two] = [(); 2].map(|()| api.person(Role::Supervisor(api.town.organisation)));
        let new = json!({"about": "missing", "programme": api.town.programme,
            "reason": "L’atelier du 20 manque"});
        let opened = one.post("/v1/disputes", &new);
        assert_eq!(opened.status, 201, "{}", opened.text);
        post.run();
        let mails = post.smtp.arrived();
        assert_eq!(mails.len(), 2, "both supervisors");
        let place = format!("/disputes/{}", opened.body["id"].as_str().unwrap());
        let text = mails[0].part("text/plain");
        assert!(text.contains("bien reçue") && text.contains(&place), "{text}");
        assert!(text.contains("Élément manquant"), "{text}");
        // The words stay on its page.
        assert!(!text.contains("du 20"), "{text}");
        let decision = format!("/v1{place}/decision");
        let no = json!({"upheld": false, "note": "Il est compté au 21"});
        assert_eq!(operator.post(&decision, &no).status, 200);
        assert_eq!(api.town.service.tell_disputes().unwrap(), 0, "told already");
        post.run();
        let mails = post.smtp.arrived();
        assert_eq!(mails.len(), 4);
        let text = mails[3].part("text/plain");
        assert!(text.contains("la décision reste la même"), "{text}");
        assert!(!text.contains("au 21"), "{text}");
        // What is withdrawn before its letter goes is not told.
        let again = two.post("/v1/disputes", &new);
        let path = format!("/v1/disputes/{}/withdrawal", again.body["id"].as_str().unwrap());
        assert_eq!(two.post(&path, &json!({})).status, 200);
        post.run();
        assert_eq!(post.smtp.arrived().len(), 4);
        post.nothing_is_left();
    });
}
