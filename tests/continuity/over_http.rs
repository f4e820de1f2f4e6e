//! An archive that a funder takes over the API or from its page: sealed to its key, and noted.
//! What is in an archive is tested beside this.

use pass_numerique::domain::registry::Role;
use serde_json::json;

use super::{Vault, other_kind};
use crate::{
    pages::logged_in,
    support::{api::Api, on_each_database},
};

#[test]
fn a_funder_takes_the_archive_of_its_programme_and_it_is_noted() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        town.redeem(voucher);
        let api = Api::start(town);
        let vault = Vault::new();
        let analyst = api.person(Role::Analyst(api.town.funders[1]));
        let place = format!("/v1/programmes/{}/export", api.town.programme);
        let body = json!({"recipient": vault.recipient});
        let key = api.town.service.new_request_id().to_string();
        let headers = [("Idempotency-Key", key.as_str())];
        let taken = analyst.send("POST", &place, &headers, Some(&body.to_string()));
        assert_eq!(taken.status, 200, "{}", taken.text);
        assert!(taken.text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
        assert_eq!(taken.header("Cache-Control"), "no-store");
        // Once more after a broken transfer; another person's request is not this one.
        let again = analyst.send("POST", &place, &headers, Some(&body.to_string()));
        assert_eq!(again.status, 200);
        let operator = api.person(Role::Operator);
        let stolen = operator.send("POST", &place, &headers, Some(&body.to_string()));
        assert_eq!(stolen.reason(), "request_reused");
        let log = operator.get(&format!("/v1/programmes/{}/exports", api.town.programme));
        let items = log.body["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{}", log.text);
        assert_eq!(items[0]["person"], analyst.user.to_string());
        assert_eq!(items[0]["recipient"], vault.recipient);
        // A private key in the place of a public one is not repeated.
        let secret = std::fs::read_to_string(vault.path("identity")).unwrap();
        let wrong = analyst.post(&place, &json!({"recipient": secret.trim()}));
        assert_eq!((wrong.status, wrong.reason()), (422, "field_invalid"));
        assert!(!wrong.text.contains("AGE-SECRET"));
        // What was sent goes over, and was signed by the service's own receipt key.
        std::fs::write(vault.path("a.age"), &taken.text).unwrap();
        let keys = api.town.service.receipt_keys().unwrap();
        let heir = other_kind(&api.town.location, vault.folder.path());
        let now = api.town.service.clock.now();
        let done = vault.take_over("a.age", &heir, Some(&keys), now).unwrap();
        assert_eq!(done.signed, Some(true));
        api.town.audit();
    });
}

#[test]
fn a_page_gives_the_archive_to_who_asked_for_it_and_shows_who_took_one() {
    on_each_database(|town| {
        let api = Api::start(town);
        let vault = Vault::new();
        let browser = logged_in(&api, Role::Analyst(api.town.funders[0]));
        let programme = format!("/programmes/{}", api.town.programme);
        let form = browser.get(&format!("{programme}/archive"));
        assert!(form.text.contains("age-keygen"), "{}", form.text);
        let recipient = [("recipient", vault.recipient.as_str())];
        let sent = browser.fill(&format!("{programme}/archive"), &recipient);
        assert_eq!(sent.status, 303, "{}", sent.text);
        let place = sent.header("Location").to_owned();
        let archive = browser.get(&place);
        assert!(archive.text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----"));
        let other = logged_in(&api, Role::Operator);
        assert_eq!(other.get(&place).header("Location"), programme);
        let page = other.get(&programme);
        assert!(page.text.contains(&vault.recipient), "{}", page.text);
        let scanner = logged_in(&api, Role::Supervisor(api.town.organisation));
        assert_eq!(scanner.get(&place).status, 403);
    });
}
