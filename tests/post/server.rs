//! What a mail server demands, and what it means when one refuses: this message, or every one.
//! No letters: `mail.rs` has them.

use std::{sync::Arc, thread, time::Duration};

use pass_numerique::{
    app::sending::Sending, domain::registry::Role, pages::letters::Writer, sys::mail::Mailer,
};
use serde_json::{Value, json};

use super::{Post, by_email, path};
use crate::{
    pages::logged_in,
    support::{
        authority::Authority,
        on_each_database,
        smtp::{Demands, Smtp, Then},
    },
};

const TO: &str = "beneficiaire@example.fr";

/// Asks for so many messages, and says where to see what became of each.
fn asked(post: &Post, messages: usize) -> Vec<String> {
    let agent = post.api.person(Role::Agent(post.api.town.issuer));
    let ask = |_| {
        let voucher = post.api.town.issue(5).unwrap();
        let sent = agent.post(&path(voucher, "send"), &by_email(TO));
        assert_eq!(sent.status, 202, "{}", sent.text);
        // The one that was asked first is sent first.
        post.wait(1);
        path(voucher, "messages")
    };
    (0..messages).map(ask).collect()
}

/// State, reason and tries of the one message that is seen there.
fn became(post: &Post, place: &str) -> (String, Value, i64) {
    let told = post.api.person(Role::Operator).get(place);
    assert!(!told.text.contains("example.fr"), "{}", told.text);
    let item = &told.body["items"][0];
    let state = item["state"].as_str().unwrap().to_owned();
    (state, item["trouble"].clone(), item["tries"].as_i64().unwrap())
}

fn waits(trouble: &str, tries: i64) -> (String, Value, i64) {
    ("waiting".to_owned(), json!(trouble), tries)
}

fn failed(trouble: &str, tries: i64) -> (String, Value, i64) {
    ("failed".to_owned(), json!(trouble), tries)
}

fn sent(tries: i64) -> (String, Value, i64) {
    ("sent".to_owned(), Value::Null, tries)
}

#[test]
fn mail_goes_encrypted_and_logged_in_where_the_server_demands_both() {
    for demands in [Demands::StartTls, Demands::Tls] {
        on_each_database(|town| {
            let smtp = Smtp::demanding(demands);
            let mailer = smtp.mailer();
            let post = Post::by(town, smtp, mailer);
            let places = asked(&post, 1);
            assert_eq!(post.run(), 1);
            assert_eq!(became(&post, &places[0]), sent(1), "{demands:?}");
            let [mail] = post.smtp.arrived().try_into().unwrap();
            assert_eq!(mail.to, TO);
            assert!(mail.parts().iter().any(|(kind, _)| kind == "application/pdf"));
            assert_eq!(post.smtp.log_ins(), 1);
        });
    }
}

#[test]
fn no_password_goes_to_a_server_that_another_authority_vouches_for() {
    for demands in [Demands::StartTls, Demands::Tls] {
        on_each_database(|town| {
            let smtp = Smtp::demanding(demands);
            let mut settings = smtp.settings();
            settings.authorities = Some(Authority::new("127.0.0.1").pem);
            let mailer = Mailer::new(&settings, "pass.example").unwrap();
            let post = Post::by(town, smtp, mailer);
            let places = asked(&post, 1);
            assert_eq!(post.run(), 1);
            assert_eq!(became(&post, &places[0]), waits("tls_failed", 1), "{demands:?}");
            assert_eq!((post.smtp.log_ins(), post.smtp.arrived().len()), (0, 0));
        });
    }
}

#[test]
fn nothing_is_said_in_the_clear_where_starttls_was_taken_away() {
    on_each_database(|town| {
        let smtp = Smtp::start();
        let mut settings = smtp.settings();
        settings.authorities = Some(Authority::new("127.0.0.1").pem);
        let mailer = Mailer::new(&settings, "pass.example").unwrap();
        let post = Post::by(town, smtp, mailer);
        let places = asked(&post, 1);
        assert_eq!(post.run(), 1);
        assert_eq!(became(&post, &places[0]), waits("tls_failed", 1));
        assert!(post.smtp.arrived().is_empty());
    });
}

#[test]
fn a_wrong_password_stops_the_way_and_spends_one_try_of_one_message() {
    on_each_database(|town| {
        let smtp = Smtp::demanding(Demands::StartTls);
        let mut settings = smtp.settings();
        settings.password = Some("of last year".to_owned());
        let mailer = Mailer::new(&settings, "pass.example").unwrap();
        let post = Post::by(town, smtp, mailer);
        let places = asked(&post, 2);
        assert_eq!(post.run(), 1);
        assert_eq!(became(&post, &places[0]), waits("login_refused", 1));
        assert_eq!(became(&post, &places[1]), ("waiting".to_owned(), Value::Null, 0));
        assert_eq!(post.smtp.log_ins(), 1, "nobody is locked out by trying");
    });
}

#[test]
fn a_mailbox_that_is_unknown_ends_its_own_message_and_holds_up_no_other() {
    on_each_database(|town| {
        let post = Post::of(town);
        let unknown = Then::AtRecipient("550 5.1.1 <beneficiaire@example.fr> unknown");
        let spam = Then::AtEnd("554 5.6.0 <beneficiaire@example.fr> looks odd");
        post.smtp.then(&[unknown, Then::AtRecipient("450 4.2.2 full"), spam]);
        let places = asked(&post, 4);
        assert_eq!(post.run(), 4);
        assert_eq!(became(&post, &places[0]), failed("recipient_refused", 1));
        assert_eq!(became(&post, &places[1]), waits("recipient_busy", 1));
        assert_eq!(became(&post, &places[2]), failed("message_refused", 1));
        assert_eq!(became(&post, &places[3]), sent(1));
        assert_eq!(post.api.town.service.standstills(), []);
        post.nothing_is_left();
    });
}

#[test]
fn a_server_that_refuses_everybody_is_tried_again_and_the_operator_is_told() {
    on_each_database(|town| {
        let post = Post::of(town);
        let operator = logged_in(&post.api, Role::Operator);
        let agent = logged_in(&post.api, Role::Agent(post.api.town.issuer));
        let alert = "Aucun e-mail ne part depuis le 23 novembre 2026, 10:00";
        let metric = "pass_numerique_sending_stopped_since{channel=\"email\"";
        let is_told = || operator.get("/reports").text.contains(alert);
        assert!(!is_told());
        let refusals = [
            (Then::AtOpening("554 5.3.2 no service"), "server_refused"),
            (Then::AtSender("550 5.1.8 not from you"), "sender_refused"),
            (Then::AtRecipient("554 5.7.1 relay access denied"), "server_refused"),
        ];
        let places = asked(&post, 2);
        for (then, code) in refusals {
            post.smtp.then(&[then]);
            assert_eq!(post.run(), 1, "the others wait: {code}");
            let met: Vec<_> = places.iter().map(|place| became(&post, place)).collect();
            assert!(met.iter().all(|(state, ..)| state == "waiting"), "{met:?}");
            assert!(met.iter().any(|(_, trouble, _)| trouble == code), "{code}: {met:?}");
            assert!(is_told(), "{code}");
            assert!(!agent.get("/vouchers").text.contains("Aucun e-mail"));
            let metrics = post.api.nobody().get("/metrics").text;
            assert!(metrics.contains(&format!("{metric},reason=\"{code}\"}} ")), "{metrics}");
            assert_eq!(post.run(), 0, "not within a minute");
            post.wait(60);
        }
        post.wait(3_600);
        assert_eq!(post.run(), 2);
        assert!(places.iter().all(|place| became(&post, place).0 == "sent"));
        assert!(!is_told());
        assert!(!post.api.nobody().get("/metrics").text.contains(metric));
    });
}

#[test]
fn a_mail_server_that_says_nothing_holds_up_no_short_message() {
    on_each_database(|town| {
        let post = Post::of(town);
        post.smtp.then(&[Then::Silence]);
        asked(&post, 1);
        let letters = Arc::new(Writer::new(post.api.state.clone()));
        let sending = Sending::start(&post.api.town.service, letters).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        let voucher = post.api.town.issue(5).unwrap();
        let by_sms = json!({ "channel": "sms", "to": "0612345678" });
        assert_eq!(agent.post(&path(voucher, "send"), &by_sms).status, 202);
        for _ in 0..500 {
            if !post.gate.asked().is_empty() {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        assert_eq!((post.gate.asked().len(), post.smtp.arrived().len()), (1, 0));
        post.smtp.go_on();
        sending.stop();
        assert_eq!(post.smtp.arrived().len(), 1);
    });
}
