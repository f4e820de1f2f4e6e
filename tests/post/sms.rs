//! A pass by a short message: the text, the link, the page that shows the pass after one tap.
//! No gateway's own rules.

use pass_numerique::domain::registry::Role;
use serde_json::{Value, json};

use super::{Post, path};
use crate::support::{browser::Browser, on_each_database};

fn by_sms(to: &str) -> Value {
    json!({ "channel": "sms", "to": to })
}

/// The path of the link in the last message.
fn link(post: &Post) -> String {
    let asked = post.gate.asked();
    let text = asked.last().unwrap().body["text"].as_str().unwrap().to_owned();
    format!("/{}", text.split("https://pass.example/").nth(1).unwrap())
}

#[test]
fn a_short_message_has_a_link_that_shows_the_pass_after_one_tap_only() {
    on_each_database(|town| {
        let post = Post::of(town);
        let town = &post.api.town;
        let voucher = town.issue(7).unwrap();
        let agent = post.api.person(Role::Agent(town.issuer));
        for wrong in ["0142345678", "06 12 34", "a@example.fr"] {
            let reply = agent.post(&path(voucher, "send"), &by_sms(wrong));
            assert_eq!((reply.status, &reply.body["field"]), (422, &json!("to")), "{wrong}");
        }
        assert_eq!(agent.post(&path(voucher, "send"), &by_sms("06 12 34 56 78")).status, 202);
        assert_eq!(post.run(), 1);
        let [asked] = post.gate.asked().try_into().unwrap();
        assert!(asked.head.starts_with("POST /send HTTP/1.1"), "{}", asked.head);
        assert!(asked.head.to_lowercase().contains("authorization: bearer gate-token"));
        assert_eq!(asked.body["to"], "+33612345678");
        let text = asked.body["text"].as_str().unwrap();
        assert!(text.starts_with("Votre pass numérique (7 ateliers) : https://"), "{text}");
        assert!(text.chars().count() <= 160);

        let place = link(&post);
        assert_eq!(place.len(), "/s/".len() + 22);
        let paper = town.service.paper(voucher).unwrap();
        let phone = Browser::new(&post.api);
        let closed = phone.get(&place);
        assert_eq!(closed.status, 200);
        for hidden in ["data:image", &paper.manual_code, &paper.reference] {
            assert!(!closed.text.contains(hidden), "a preview would show it: {}", closed.text);
        }
        let open = phone.post(&place, &[]);
        assert!(open.text.contains("src=\"data:image/svg+xml;base64,"), "{}", open.text);
        assert!(open.text.contains(&paper.manual_code));
        for page in [&closed, &open] {
            assert_eq!(page.header("cache-control"), "no-store");
            assert_eq!(page.header("x-robots-tag"), "noindex");
        }
        assert_eq!(phone.get("/s/AAAAAAAAAAAAAAAAAAAAAA").status, 404);

        assert_eq!(agent.post(&path(voucher, "replace"), &json!({})).status, 201);
        assert_eq!(phone.post(&place, &[]).status, 409, "the old pass is worth nothing");
        post.nothing_is_left();
    });
}

#[test]
fn a_short_link_ends_with_its_pass() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        agent.post(&path(voucher, "send"), &by_sms("0612345678"));
        post.run();
        let (place, phone) = (link(&post), Browser::new(&post.api));
        // 90 days of validity and 30 of tolerance.
        post.wait(119 * 86_400);
        assert_eq!(phone.post(&place, &[]).status, 200);
        post.wait(4 * 86_400);
        assert_eq!(phone.get(&place).status, 404);
    });
}

#[test]
fn a_gateway_that_sends_elsewhere_or_refuses_is_not_followed() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        post.gate.then(&["422 Unprocessable", "401 Unauthorized", "302 Found"]);
        agent.post(&path(voucher, "send"), &by_sms("0612345678"));
        let trouble = || {
            let told = agent.get(&path(voucher, "messages"));
            told.body["items"][0]["trouble"].as_str().unwrap_or_default().to_owned()
        };
        for (code, seconds) in
            [("server_busy", 60), ("login_refused", 240), ("recipient_refused", 0)]
        {
            assert_eq!(post.run(), 1);
            assert_eq!(trouble(), code);
            post.wait(seconds);
        }
        assert_eq!(post.gate.asked().len(), 3, "the redirect was not followed");
        post.wait(86_400);
        assert_eq!(post.run(), 0, "given up");
        post.nothing_is_left();
    });
}
