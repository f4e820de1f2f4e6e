//! Held workshops over the network: the venue reads why, a funder or the operator decides.
//! What runs pay of them is tested on the service, in `core/settlement/held.rs`.

use pass_numerique::domain::registry::Role;
use serde_json::json;

use super::tenants::found;
use crate::support::{api::Api, on_each_database};

#[test]
fn the_venue_reads_why_it_waits_and_a_funder_decides_with_a_reason() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let (scanner, supervisor) = (
            api.person(Role::Scanner(ours.organisation)),
            api.person(Role::Supervisor(ours.organisation)),
        );
        let taken = scanner.get(&format!("/v1/redemptions/{}", ours.hold)).body;
        assert_eq!(
            taken["held"],
            json!({"state": "held", "causes": ["many_in_a_day"],
            "dispute": null, "note": null})
        );
        let plain = scanner.get(&format!("/v1/redemptions/{}", ours.redemption)).body;
        assert_eq!(plain["held"], json!(null));
        let queue = supervisor.get("/v1/holds?waiting=true").body;
        assert_eq!(queue["items"].as_array().unwrap().len(), 2, "{queue}");
        let analyst = api.person(Role::Analyst(ours.funder));
        let place = format!("/v1/holds/{}", ours.hold);
        let seen = analyst.get(&place).body;
        assert_eq!((&seen["workshops"], &seen["earned_cents"]), (&json!(3), &json!(3_000)));
        assert_eq!((&seen["state"], &seen["decided_by"]), (&json!("held"), &json!(null)));
        let path = format!("{place}/decision");
        let yes = json!({"released": true, "note": "Stage d’une journée, liste signée vue"});
        assert_eq!(supervisor.post(&path, &yes).status, 403);
        let mute = analyst.post(&path, &json!({"released": true, "note": ""}));
        assert_eq!((mute.status, mute.reason()), (422, "request_malformed"), "{}", mute.text);
        assert_eq!(analyst.post(&path, &yes).status, 200);
        let again = api.person(Role::Operator).post(&path, &yes);
        assert_eq!((again.status, again.reason()), (409, "already_decided"));
        let told = supervisor.get(&format!("/v1/redemptions/{}", ours.hold)).body;
        assert_eq!(told["held"]["state"], "released");
        assert_eq!(told["held"]["note"], "Stage d’une journée, liste signée vue");
        assert_eq!(supervisor.get(&place).body["decided_by"], json!(analyst.user));
        api.town.audit();
    });
}

#[test]
fn an_operator_who_undoes_gives_the_pass_its_workshops_back() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let operator = api.person(Role::Operator);
        let no = json!({"released": false, "note": "Personne n’était là"});
        let path = format!("/v1/holds/{}/decision", ours.hold);
        assert_eq!(operator.post(&path, &no).status, 200);
        let taken = operator.get(&format!("/v1/redemptions/{}", ours.hold)).body;
        assert_eq!(taken["held"]["state"], "reversed");
        assert!(taken["reversed_by"].is_string(), "{taken}");
        api.town.audit();
    });
}
