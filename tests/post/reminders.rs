//! Reminders: for who agreed, each once, until they are stopped or the pass has ended.
//! No layout.

use pass_numerique::domain::{
    command::{Ask, Change},
    registry::Role,
};
use serde_json::json;

use super::{Post, by_email, path};
use crate::support::{browser::Browser, on_each_database};

const DAY_S: i64 = 86_400;

/// A pass that was sent to somebody who agreed to be reminded.
fn agreed(post: &Post) -> pass_numerique::domain::ids::VoucherId {
    let voucher = post.api.town.issue(5).unwrap();
    let agent = post.api.person(Role::Agent(post.api.town.issuer));
    let mut body = by_email("beneficiaire@example.fr");
    body["reminders"] = json!(true);
    assert_eq!(agent.post(&path(voucher, "send"), &body).status, 202);
    assert_eq!(post.run(), 1);
    voucher
}

/// A day later: what was sent.
fn days(post: &Post, count: i64) -> usize {
    for _ in 0..count {
        post.wait(DAY_S);
        post.api.town.service.remind().unwrap();
        post.api.town.service.remind().unwrap();
        post.run();
    }
    post.smtp.arrived().len() - 1
}

fn contacts(post: &Post) -> i64 {
    post.number("SELECT COUNT(*) FROM reminder")
}

#[test]
fn an_unused_pass_is_reminded_of_after_four_weeks_and_a_month_before_its_end() {
    on_each_database(|town| {
        let post = Post::of(town);
        agreed(&post);
        assert_eq!(days(&post, 27), 0);
        assert_eq!(days(&post, 1), 1, "four weeks without a workshop");
        let first = post.smtp.arrived().pop().unwrap();
        assert!(first.part("text/plain").contains("votre pass numérique vous attend"));
        assert_eq!(days(&post, 31), 1, "once");
        assert_eq!(days(&post, 1), 2, "thirty days before the end");
        let last = post.smtp.arrived().pop().unwrap();
        let text = last.part("text/plain");
        assert!(text.contains("se termine le 21 février 2027"), "{text}");
        assert_eq!(days(&post, 59), 2);
        assert_eq!(contacts(&post), 1, "kept until thirty days after the end");
        days(&post, 2);
        assert_eq!(contacts(&post), 0);
        post.nothing_is_left();
    });
}

#[test]
fn who_takes_a_workshop_is_not_told_that_they_took_none() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = agreed(&post);
        post.api.town.redeem(voucher);
        assert_eq!(days(&post, 40), 0);
        assert_eq!(days(&post, 20), 1);
    });
}

#[test]
fn a_stop_link_erases_the_contact_at_once_without_a_log_in() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = agreed(&post);
        days(&post, 28);
        let place = format!("/stop/{}", post.smtp.arrived().pop().unwrap().link("/stop/"));
        let phone = Browser::new(&post.api);
        assert!(phone.get(&place).text.contains("Votre contact sera effacé tout de suite."));
        assert_eq!(contacts(&post), 1, "a preview stops nothing");
        assert!(phone.post(&place, &[]).text.contains("Votre contact est effacé."));
        assert_eq!(contacts(&post), 0);
        assert_eq!(days(&post, 60), 1);
        assert!(post.api.town.service.paper(voucher).is_ok(), "the pass stays valid");
        assert_eq!(phone.get(&place.replace("/stop/", "/s/")).status, 404);
    });
}

#[test]
fn a_cancelled_pass_keeps_no_contact() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = agreed(&post);
        post.api.town.service.ask_as(None, Ask::Cancel { voucher }).unwrap();
        assert_eq!(days(&post, 1), 0);
        assert_eq!(contacts(&post), 0);
    });
}

#[test]
fn without_the_programmes_leave_nobody_is_asked_to_agree() {
    on_each_database(|town| {
        let post = Post::of(town);
        let town = &post.api.town;
        let programme = town.service.database().programme(town.programme).unwrap().unwrap();
        let mut terms = programme.terms;
        terms.reminders = false;
        let (programme, name) = (town.programme, programme.name);
        let change = Change::Programme { programme, name, terms: Box::new(terms) };
        town.service.ask_as(None, Ask::Change(change)).unwrap();
        let voucher = town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(town.issuer));
        let mut body = by_email("beneficiaire@example.fr");
        body["reminders"] = json!(true);
        let reply = agent.post(&path(voucher, "send"), &body);
        assert_eq!((reply.status, &reply.body["field"]), (422, &json!("reminders")));
        let browser = crate::pages::logged_in(&post.api, Role::Agent(town.issuer));
        let page = browser.get(&format!("/vouchers/{voucher}")).text;
        assert!(page.contains("id=\"send\"") && !page.contains("name=\"reminders\""), "{page}");
        assert_eq!(contacts(&post), 0);
    });
}
