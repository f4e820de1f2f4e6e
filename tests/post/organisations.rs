//! Letters to organisations: that their money waits, that another account was asked for.
//! What runs pay is tested in `core/settlement`.

use pass_numerique::domain::{ids::UserId, registry::Role};
use serde_json::json;

use super::Post;
use crate::support::{
    api::{Api, Caller},
    on_each_database,
};

const IBAN: &str = "FR1420041010050500013M02606";

fn accounts(api: &Api) -> (String, String) {
    let organisation = format!("/v1/organisations/{}/bank-account", api.town.organisation);
    (organisation, format!("/v1/programmes/{}/payer-account", api.town.programme))
}

fn email(person: &Caller<'_>) -> String {
    person.get("/v1/auth/whoami").body["email"].as_str().unwrap().to_owned()
}

/// A run of everything up to yesterday, which pays nobody.
fn run(post: &Post, operator: UserId) -> String {
    post.wait(86_400);
    let api = &post.api;
    let day = api.town.service.clock.now().day(&"Europe/Paris".parse().unwrap()).plus(-1);
    let body = json!({"programme": api.town.programme, "day": day});
    let run = api.again(operator).post("/v1/settlements", &body);
    assert_eq!(run.status, 201, "{}", run.text);
    api.town.service.tend_settlements(&|| true).unwrap();
    run.body["id"].as_str().unwrap().to_owned()
}

fn cancel(post: &Post, operator: UserId, run: &str) {
    let path = format!("/v1/settlements/{run}/cancel");
    assert_eq!(post.api.again(operator).post(&path, &json!({})).status, 200);
}

#[test]
fn an_organisation_that_waits_is_told_what_to_do_once_and_again_after_a_month() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let operator = api.person(Role::Operator);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        api.person(Role::Scanner(api.town.organisation));
        let (own, payer) = accounts(api);
        let body = json!({"holder": "Payeur", "iban": IBAN, "minimum_cents": 1});
        assert_eq!(operator.post(&payer, &body).status, 201);
        let voucher = api.town.issue(5).unwrap();
        api.town.redeem(voucher);
        let first = run(&post, operator.user);
        let service = &api.town.service;
        assert_eq!(service.tell_waiting().unwrap(), 1);
        assert_eq!(service.tell_waiting().unwrap(), 0);
        post.run();
        let [mail] = post.smtp.arrived().try_into().unwrap();
        assert_eq!(mail.to, email(&api.again(supervisor.user)));
        let text = mail.part("text/plain");
        assert!(text.contains("10,00") && text.contains("Indiquez votre IBAN"), "{text}");
        assert!(text.contains(&format!("/organisations/{}", api.town.organisation)), "{text}");
        // Another run of the same month says nothing new.
        cancel(&post, operator.user, &first);
        let second = run(&post, operator.user);
        assert_eq!(service.tell_waiting().unwrap(), 0);
        cancel(&post, operator.user, &second);
        post.wait(28 * 86_400);
        run(&post, operator.user);
        assert_eq!(service.tell_waiting().unwrap(), 1);
        // What was seen to meanwhile is not sent.
        let body = json!({"holder": "Nous", "iban": IBAN});
        assert_eq!(api.again(operator.user).post(&own, &body).status, 201);
        post.run();
        assert_eq!(post.smtp.arrived().len(), 1);
        assert_eq!(post.number("SELECT COUNT(*) FROM message WHERE trouble = 'outdated'"), 1);
        post.nothing_is_left();
    });
}

#[test]
fn another_account_is_told_of_at_the_addresses_that_were_there_and_refused_by_them() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let operator = api.person(Role::Operator);
        let [one, two] = [(); 2].map(|()| api.person(Role::Supervisor(api.town.organisation)));
        let (own, _) = accounts(api);
        let body = |iban| json!({"holder": "Nous", "iban": iban});
        assert_eq!(one.post(&own, &body(IBAN)).status, 201);
        post.run();
        assert!(post.smtp.arrived().is_empty(), "the first one takes nobody's place");
        let asked = operator.post(&own, &body("DE89370400440532013000"));
        assert_eq!(asked.status, 201, "{}", asked.text);
        assert_eq!(operator.get(&own).body["iban"], "…2606");
        post.run();
        let mails = post.smtp.arrived();
        let mut to: Vec<String> = mails.iter().map(|mail| mail.to.clone()).collect();
        let mut people = vec![email(&one), email(&two)];
        to.sort();
        people.sort();
        assert_eq!(to, people);
        let text = mails[0].part("text/plain");
        assert!(text.contains("…3000") && !text.contains("DE89"), "{text}");
        let seen = two.get(&own).body["asked"].clone();
        assert_eq!(seen["asked_by"], json!(operator.user));
        let path = format!("{own}/confirmation");
        let refuse = json!({"asked": seen["id"], "confirmed": false});
        assert_eq!(two.post(&path, &refuse).status, 200);
        let late = one.post(&path, &json!({"asked": seen["id"], "confirmed": true}));
        assert_eq!((late.status, late.reason()), (409, "already_decided"));
        assert_eq!(one.get(&own).body["asked"], json!(null));
        api.town.audit();
    });
}

#[test]
fn a_payment_that_a_bank_rejects_is_told_once_until_another_takes_it_up() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let [clerk, operator, approver] = [(); 3].map(|()| api.person(Role::Operator));
        api.person(Role::Supervisor(api.town.organisation));
        let (own, payer) = accounts(api);
        let body = json!({"holder": "Payeur", "iban": IBAN, "minimum_cents": 1});
        assert_eq!(clerk.post(&payer, &body).status, 201);
        assert_eq!(clerk.post(&own, &json!({"holder": "Nous", "iban": IBAN})).status, 201);
        let voucher = api.town.issue(5).unwrap();
        api.town.redeem(voucher);
        let first = run(&post, operator.user);
        let approver = api.again(approver.user);
        for step in ["approve", "export"] {
            let reply = approver.post(&format!("/v1/settlements/{first}/{step}"), &json!({}));
            assert_eq!(reply.status, 200, "{}", reply.text);
        }
        let service = &api.town.service;
        assert_eq!(service.tell_failed().unwrap(), 0);
        let payments = approver.get("/v1/payments").body;
        let payment = payments["items"][0]["id"].as_str().unwrap();
        let answer = json!({"answer": "rejected", "code": "AC04"});
        let reply = approver.post(&format!("/v1/payments/{payment}/answer"), &answer);
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert_eq!((service.tell_failed().unwrap(), service.tell_failed().unwrap()), (1, 0));
        post.run();
        let text = post.smtp.arrived().pop().unwrap().part("text/plain");
        assert!(text.contains("10,00") && text.contains("…2606"), "{text}");
        run(&post, operator.user);
        assert_eq!(service.tell_failed().unwrap(), 0);
        post.nothing_is_left();
    });
}

#[test]
fn a_payment_that_is_at_the_bank_is_told_once_with_its_reference_and_without_an_account() {
    on_each_database(|town| {
        let post = Post::of(town);
        let api = &post.api;
        let [clerk, operator, approver] = [(); 3].map(|()| api.person(Role::Operator));
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let (own, payer) = accounts(api);
        let body = json!({"holder": "Payeur", "iban": IBAN, "minimum_cents": 1});
        assert_eq!(clerk.post(&payer, &body).status, 201);
        assert_eq!(clerk.post(&own, &json!({"holder": "Nous", "iban": IBAN})).status, 201);
        let voucher = api.town.issue(5).unwrap();
        api.town.redeem(voucher);
        let first = run(&post, operator.user);
        let (service, approver) = (&api.town.service, api.again(approver.user));
        let step = |step: &str| {
            let reply = approver.post(&format!("/v1/settlements/{first}/{step}"), &json!({}));
            assert_eq!(reply.status, 200, "{}", reply.text);
        };
        step("approve");
        assert_eq!(service.tell_sent().unwrap(), 0, "nothing is at the bank yet");
        step("export");
        assert_eq!((service.tell_sent().unwrap(), service.tell_sent().unwrap()), (1, 0));
        post.run();
        let [mail] = post.smtp.arrived().try_into().unwrap();
        assert_eq!(mail.to, email(&api.again(supervisor.user)));
        let (text, html) = (mail.part("text/plain"), mail.part("text/html"));
        assert!(text.contains("10,00") && text.contains("PN1-1"), "{text}");
        let payment = approver.get("/v1/payments").body["items"][0]["id"].clone();
        let payment = payment.as_str().unwrap();
        assert!(text.contains(&format!("/payments/{payment}")), "{text}");
        assert!(!text.contains("2606") && !html.contains("2606"), "{text}");
        // That it arrived is no news.
        let path = format!("/v1/payments/{payment}/answer");
        assert_eq!(approver.post(&path, &json!({"answer": "paid"})).status, 200);
        assert_eq!(service.tell_sent().unwrap(), 0);
        post.nothing_is_left();
    });
}
