//! A restored database as clients see it: reads go on, changes are told to come later.
//! No restoring of damaged files (`refused.rs`).

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::support::api::Api;

#[test]
fn clients_of_a_restored_service_read_and_are_told_to_come_later() {
    on_each_database(|town| {
        let voucher = live(&town);
        let paper = town.service.paper(voucher).unwrap();
        let safe = Safe::new();
        let add = |email: &str, role| {
            let (email, name) = (email.to_owned(), "Une personne".to_owned());
            let ask = Ask::AddUser { email, name, role, password_hash: "none".to_owned() };
            let Outcome::Added { id, .. } = town.service.ask_as(None, ask).unwrap() else {
                panic!()
            };
            pass_numerique::domain::ids::UserId(id)
        };
        let scanner = add("scanner@exemple.fr", Role::Scanner(town.organisation));
        let operator = add("operator@exemple.fr", Role::Operator);
        let last = safe.back_up(&town.location, "a.age").copied.seq;
        let target = safe.sqlite("target.sqlite");
        safe.restore("a.age", &target).unwrap();
        let service = Arc::new(serve(&target, &town.keys));
        let api = Api::start(town.moved(target.clone(), service));
        let token = |user| api.state.tokens.make(user, api.town.service.clock.now()).unwrap();
        let (scanner, operator) = (api.bearer(&token(scanner)), api.bearer(&token(operator)));

        let id = api.town.service.new_request_id().to_string();
        let scan = json!({
            "id": id, "venue": api.town.venue, "code": paper.url, "workshops": 1,
        });
        let refused = scanner.send("POST", "/v1/redemptions", &[], Some(&scan.to_string()));
        assert_eq!((refused.status, refused.reason()), (503, "restored_read_only"));
        assert!(refused.body["detail"].as_str().unwrap().contains("sauvegarde"));
        let refused = operator.post("/v1/funders", &json!({"name": "Nouveau"}));
        assert_eq!((refused.status, refused.reason()), (503, "restored_read_only"));
        assert_eq!(operator.get("/v1/funders").status, 200);
        assert_eq!(api.nobody().get("/readyz").status, 200);
        drop(api);

        // The server's threads let go of the database a moment after it has stopped.
        let acknowledged = (0..200).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            acknowledge(&target, Seq(last), None, now()).is_ok()
        });
        assert!(acknowledged, "the database is still held");
    });
}
