//! Letters about devices and keys that somebody has to look at: to the operator, and to the
//! supervisors of what is theirs, once each. How it arises is tested over the API.

use pass_numerique::{app::rotate::KeyOrder, domain::registry::Role};
use serde_json::json;

use super::Post;
use crate::support::{
    device::{Device, verdicts},
    on_each_database,
    smtp::Arrived,
};

impl Post {
    /// What is told now, one letter a person.
    fn watched(&self) -> Vec<Arrived> {
        let before = self.smtp.arrived().len();
        self.api.town.service.watch().unwrap();
        assert_eq!(self.api.town.service.watch().unwrap(), 0, "told once");
        self.run();
        self.smtp.arrived().split_off(before)
    }
}

#[test]
fn a_gap_is_told_to_both_sides_until_it_is_filled_and_again_if_it_comes_back() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let operator = api.person(Role::Operator);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        api.person(Role::Scanner(api.town.organisation));
        assert!(post.watched().is_empty());
        let device = Device::enrolled(api, &supervisor, &[api.town.venue], 1);
        let codes = [(); 4].map(|()| {
            let voucher = api.town.issue(5).unwrap();
            api.town.service.paper(voucher).unwrap().url
        });
        let records = codes.each_ref().map(|code| device.record(api, code));
        let [one, two, three, four] = records;
        assert_eq!(verdicts(&device.sync(api, &[one, three])), ["accepted"; 2]);
        let mails = post.watched();
        assert_eq!(mails.len(), 2, "the operator and the supervisor");
        for mail in &mails {
            let text = mail.part("text/plain");
            assert!(text.contains("Tablette") && text.contains("1 enregistrement"), "{text}");
            assert!(text.contains("/devices") && !text.contains("clés"), "{text}");
        }
        post.wait(86_400);
        assert!(post.watched().is_empty(), "nothing is new");
        assert_eq!(verdicts(&device.sync(api, &[two])), ["accepted"]);
        assert!(post.watched().is_empty(), "it is filled");
        assert_eq!(post.number("SELECT COUNT(*) FROM watched"), 0);
        let five = device.record(api, &codes[0]);
        assert_eq!(verdicts(&device.sync(api, &[five])), ["accepted"]);
        assert_eq!(post.watched().len(), 2, "another one is missing");
        drop((operator, four));
        post.nothing_is_left();
    });
}

#[test]
fn a_copied_device_is_told_to_both_and_what_waits_for_the_operator_to_the_operator() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let operator = api.person(Role::Operator);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let device = Device::enrolled(api, &supervisor, &[api.town.venue], 1);
        let voucher = api.town.issue(5).unwrap();
        let code = api.town.service.paper(voucher).unwrap().url;
        let copy = device.copied();
        assert_eq!(verdicts(&device.sync(api, &[device.record(api, &code)])), ["accepted"]);
        assert_eq!(verdicts(&copy.sync(api, &[copy.record(api, &code)])), ["quarantined"]);
        let mut mails = post.watched();
        mails.sort_by_key(|mail| mail.part("text/plain").len());
        let [theirs, ours] = mails.try_into().unwrap();
        let (theirs, ours) = (theirs.part("text/plain"), ours.part("text/plain"));
        assert!(theirs.contains("copié") && !theirs.contains("mis de côté"), "{theirs}");
        assert!(theirs.contains("/devices"), "{theirs}");
        assert!(ours.contains("copié") && ours.contains("mis de côté"), "{ours}");
        assert!(ours.contains("/quarantine"), "{ours}");
        // What was decided before the letter goes is not told.
        assert_eq!(verdicts(&copy.sync(api, &[copy.record(api, &code)])), ["quarantined"]);
        api.town.service.watch().unwrap();
        let list = operator.get("/v1/quarantine?waiting=true").body;
        for one in list["items"].as_array().unwrap() {
            let path = format!("/v1/quarantine/{}/decision", one["id"].as_str().unwrap());
            let no = json!({"accepted": false, "note": "Copie"});
            assert_eq!(operator.post(&path, &no).status, 200);
        }
        let before = post.smtp.arrived().len();
        post.run();
        assert_eq!(post.smtp.arrived().len(), before);
        post.nothing_is_left();
    });
}

#[test]
fn a_key_that_leaked_is_told_to_the_operator_alone_in_the_language_that_they_have() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let operator = api.person(Role::Operator);
        api.person(Role::Supervisor(api.town.organisation));
        let kid = api.town.service.key_list().unwrap()[0].kid;
        api.town.service.order_keys(None, &KeyOrder::Compromise { kid }).unwrap().unwrap();
        let [mail] = post.watched().try_into().unwrap();
        let text = mail.part("text/plain");
        assert!(text.contains(&format!("Clé {kid}")) && text.contains("/keys"), "{text}");
        // A thief uses it; and the operator was written to in English since.
        let english =
            format!("UPDATE message SET language = 'en' WHERE person = {}", operator.user);
        api.town.execute(&english).unwrap();
        let hour = api.town.service.clock.now().0 / 3_600_000_000;
        let forged = format!(
            "INSERT INTO alarm (kid, venue, hour, times) \
             SELECT kid, {}, {hour}, 3 FROM voucher_key WHERE state = 'compromised'",
            api.town.venue
        );
        api.town.execute(&forged).unwrap();
        let [mail] = post.watched().try_into().unwrap();
        let text = mail.part("text/plain");
        assert!(text.contains(&format!("Key {kid}")), "{text}");
        assert!(text.contains("never issued were shown"), "{text}");
        post.nothing_is_left();
    });
}

#[test]
fn more_conflicts_than_a_device_may_cost_are_told_to_its_supervisor_too() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        api.person(Role::Operator);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let [one, two] =
            [1, 2].map(|seed| Device::enrolled(api, &supervisor, &[api.town.venue], seed));
        let spent_twice = || {
            let voucher = api.town.issue(10).unwrap();
            let code = api.town.service.paper(voucher).unwrap().url;
            let record = |of: &Device| of.informed(api, &code, |claims| claims.workshops = 10);
            let (first, second) = (record(&one), record(&two));
            assert_eq!(verdicts(&one.sync(api, &[first])), ["accepted"]);
            assert_eq!(verdicts(&two.sync(api, &[second])), ["conflict"]);
        };
        // Twenty workshops a month are what one device may cost.
        spent_twice();
        spent_twice();
        assert!(post.watched().is_empty());
        spent_twice();
        let mails = post.watched();
        assert_eq!(mails.len(), 2);
        let text = mails[0].part("text/plain");
        assert!(text.contains("litiges") && text.contains("/reports/conflicts"), "{text}");
        spent_twice();
        assert!(post.watched().is_empty(), "of that month nothing more");
        post.nothing_is_left();
    });
}
