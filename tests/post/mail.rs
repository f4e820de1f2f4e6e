//! A pass by e-mail: it arrives, it is tried again, it is given up, and no address stays.
//! No layout of the PDF: `print` has it.

use std::{fs, process::Command};

use pass_numerique::{
    app::sending::Sending,
    domain::{
        calendar::Instant,
        message::{Channel, LEASE_S},
        registry::Role,
    },
    pages::letters::Writer,
};
use serde_json::json;

use super::{Post, by_email, path};
use crate::{
    pages::logged_in,
    support::{Town, api::Api, on_each_database, smtp::Then},
};

const TO: &str = "beneficiaire@example.fr";

/// The QR codes of a PDF, if there is a reader here.
fn codes(pdf: &[u8]) -> Option<Vec<String>> {
    let has = |program| Command::new(program).arg("--version").output().is_ok();
    if !has("pdftoppm") || !has("zbarimg") {
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let (file, page) = (folder.path().join("pass.pdf"), folder.path().join("page"));
    fs::write(&file, pdf).unwrap();
    let mut render = Command::new("pdftoppm");
    render.args(["-r", "150", "-png", "-singlefile"]).arg(&file).arg(&page);
    assert!(render.status().unwrap().success());
    let zbar = ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"];
    let read = Command::new("zbarimg").args(zbar).arg(page.with_extension("png")).output().unwrap();
    Some(String::from_utf8(read.stdout).unwrap().lines().map(str::to_owned).collect())
}

#[test]
fn a_pass_by_e_mail_is_the_pass_itself_and_nothing_of_the_address_is_left() {
    on_each_database(|town| {
        let post = Post::of(town);
        let town = &post.api.town;
        let voucher = town.issue(7).unwrap();
        let agent = post.api.person(Role::Agent(town.issuer));
        let sent = agent.post(&path(voucher, "send"), &by_email(TO));
        assert_eq!((sent.status, &sent.body["state"]), (202, &json!("waiting")), "{}", sent.text);
        assert!(!sent.text.contains("example.fr"), "{}", sent.text);
        assert_eq!(post.run(), 1);

        let [mail] = post.smtp.arrived().try_into().unwrap();
        assert_eq!((mail.from.as_str(), mail.to.as_str()), ("pass@pass.example", TO));
        assert!(mail.data.contains("Auto-Submitted: auto-generated"), "{}", mail.data);
        assert!(mail.data.contains("Reply-To: aide@pass.example"));
        let text = mail.part("text/plain");
        assert!(text.contains("7 ateliers, sans rien payer, jusqu’au 21 février 2027"), "{text}");
        assert!(mail.part("text/html").contains("<html lang=\"fr\">"));
        let paper = town.service.paper(voucher).unwrap();
        assert!(!text.contains(&paper.digits) && !text.contains(&paper.manual_code));
        let parts = mail.parts();
        let pdf = &parts.iter().find(|(kind, _)| kind == "application/pdf").unwrap().1;
        assert!(pdf.starts_with(b"%PDF-"));
        if let Some(codes) = codes(pdf) {
            assert!(codes.contains(&paper.url), "{codes:?}");
        }

        let told = agent.get(&path(voucher, "messages"));
        assert_eq!(told.body["items"][0]["state"], "sent", "{}", told.text);
        assert_eq!(post.run(), 0, "it is sent once");
        post.nothing_is_left();
        if let pass_numerique::app::view::Location::Sqlite(file) = &town.location {
            let bytes = fs::read(file).unwrap();
            let log = fs::read(format!("{}-wal", file.display())).unwrap_or_default();
            let has = |bytes: &[u8]| bytes.windows(TO.len()).any(|part| part == TO.as_bytes());
            assert!(!has(&bytes) && !has(&log), "the address is in the file");
        }
        town.audit();
    });
}

#[test]
fn a_message_that_was_put_off_is_tried_again_each_time_later() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        let busy = "451 4.7.1 <beneficiaire@example.fr> come back later";
        post.smtp.then(&[Then::AtEnd(busy), Then::Drop, Then::AtRecipient("450 4.2.1 full")]);
        agent.post(&path(voucher, "send"), &by_email(TO));
        let trouble = || {
            let told = post.api.again(agent.user).get(&path(voucher, "messages"));
            assert!(!told.text.contains("example.fr"), "{}", told.text);
            let item = &told.body["items"][0];
            (item["state"].clone(), item["trouble"].clone(), item["tries"].clone())
        };
        for (tries, code, seconds) in
            [(1, "server_busy", 60), (2, "unreachable", 240), (3, "recipient_busy", 960)]
        {
            assert_eq!(post.run(), 1);
            assert_eq!(trouble(), (json!("waiting"), json!(code), json!(tries)));
            post.wait(seconds - 1);
            assert_eq!(post.run(), 0, "not yet");
            post.wait(1);
        }
        assert_eq!(post.run(), 1);
        assert_eq!(trouble(), (json!("sent"), json!(null), json!(4)));
        assert_eq!(post.smtp.arrived().len(), 1);
        post.nothing_is_left();
    });
}

/// The hidden fields of the form with this action.
fn in_form(page: &str, action: &str) -> Vec<(String, String)> {
    let form = page.split(&format!("action=\"{action}\"")).nth(1).unwrap();
    crate::support::browser::hidden(&format!("<main{}", form.split("</form>").next().unwrap()))
}

#[test]
fn a_refused_address_is_given_up_at_once_and_the_page_says_so() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let browser = logged_in(&post.api, Role::Agent(post.api.town.issuer));
        post.smtp.then(&[Then::AtRecipient("550 5.1.1 no such user")]);
        let place = format!("/vouchers/{voucher}");
        let given = [("to", TO), ("channel", "email"), ("language", "fr")];
        let page = browser.get(&place).text;
        let hidden = in_form(&page, &format!("{place}/send"));
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let fields: Vec<_> = hidden.chain(given).collect();
        let reply = browser.post(&format!("{place}/send"), &fields);
        assert_eq!((reply.status, reply.header("location")), (303, &*format!("{place}?done=sent")));
        browser.post(&format!("{place}/send"), &fields);
        assert_eq!(post.run(), 1, "a form that is sent twice asks once");
        let page = browser.get(&place).text;
        assert!(page.contains("<strong>Non envoyé</strong>"), "{page}");
        assert!(page.contains("(l’adresse ou le numéro est refusé)"), "{page}");
        assert!(!page.contains(TO), "{page}");
        let wrong = [("to", "nobody"), ("channel", "email"), ("language", "en")];
        let hidden = in_form(&page, &format!("{place}/send"));
        let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let reply =
            browser.post(&format!("{place}/send"), &hidden.chain(wrong).collect::<Vec<_>>());
        assert_eq!(reply.status, 422);
        assert!(
            reply.text.contains("<a href=\"#to\">Indiquez une adresse e-mail"),
            "{}",
            reply.text
        );
        assert!(
            reply.text.contains("id=\"to-mistake\"") && reply.text.contains("value=\"nobody\"")
        );
        post.wait(86_400);
        assert_eq!(post.run(), 0);
        post.nothing_is_left();
    });
}

#[test]
fn a_message_is_given_up_after_eight_tries() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        post.smtp.then(&[Then::AtEnd("421 4.3.2 not now"); 9]);
        agent.post(&path(voucher, "send"), &by_email(TO));
        for _ in 0..8 {
            assert_eq!(post.run(), 1);
            post.wait(6 * 3_600);
        }
        assert_eq!(post.run(), 0);
        let told = post.api.again(agent.user).get(&path(voucher, "messages"));
        assert_eq!(told.body["items"][0]["state"], "failed", "{}", told.text);
        post.nothing_is_left();
    });
}

#[test]
fn a_crash_between_taking_a_message_and_sending_it_loses_nothing() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        agent.post(&path(voucher, "send"), &by_email(TO));
        let service = &post.api.town.service;
        let [seen] = service
            .database()
            .due_messages(Channel::Email, service.clock.now(), 9)
            .unwrap()
            .try_into()
            .unwrap_or_else(|_| panic!("one is due"));
        let lease: Instant = service.clock.now().plus_seconds(LEASE_S);
        assert!(service.database().claim_message(&seen, lease).unwrap());
        assert!(!service.database().claim_message(&seen, lease).unwrap(), "one gets it");
        // Here the process dies; another starts, and waits for the lease to end.
        assert_eq!(post.run(), 0);
        post.wait(LEASE_S);
        assert_eq!(post.run(), 1);
        assert_eq!(post.smtp.arrived().len(), 1);
        let told = agent.get(&path(voucher, "messages"));
        assert_eq!(told.body["items"][0]["tries"], 2, "{}", told.text);
        post.nothing_is_left();
    });
}

#[test]
fn what_was_kept_is_sent_after_a_restart_by_the_same_key_of_contacts() {
    on_each_database(|mut town: Town| {
        let smtp = crate::support::smtp::Smtp::start();
        let set = |town: &mut Town| {
            let service = std::sync::Arc::get_mut(&mut town.service).unwrap();
            service.set_post(Some(smtp.mailer()), None).unwrap();
        };
        set(&mut town);
        let api = Api::start(town);
        let voucher = api.town.issue(5).unwrap();
        let agent = api.person(Role::Agent(api.town.issuer));
        assert_eq!(agent.post(&path(voucher, "send"), &by_email(TO)).status, 202);
        let town = api.stop();
        let mut town = town.restarted();
        set(&mut town);
        let api = Api::start(town);
        let writer = Writer::new(api.state.clone());
        assert_eq!(api.town.service.send_due(Channel::Email, &writer, &|| true).unwrap(), 1);
        assert_eq!(smtp.arrived()[0].to, TO);
    });
}

#[test]
fn the_thread_sends_what_is_kept_and_ends_when_it_is_stopped() {
    on_each_database(|town| {
        let post = Post::of(town);
        let letters = std::sync::Arc::new(Writer::new(post.api.state.clone()));
        let sending = Sending::start(&post.api.town.service, letters).unwrap();
        let voucher = post.api.town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        agent.post(&path(voucher, "send"), &by_email(TO));
        for _ in 0..500 {
            if !post.smtp.arrived().is_empty() {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        sending.stop();
        assert_eq!(post.smtp.arrived().len(), 1);
        post.nothing_is_left();
        agent.post(&path(voucher, "send"), &by_email(TO));
        std::thread::sleep(std::time::Duration::from_millis(1_200));
        assert_eq!(post.smtp.arrived().len(), 1, "stopped");
    });
}

#[test]
fn a_request_sent_again_makes_one_message_and_another_body_is_refused() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        let key = [("Idempotency-Key", "0192d3a0-0000-7000-8000-00000000000c")];
        let send = |to: &str| {
            let body = by_email(to).to_string();
            agent.send("POST", &path(voucher, "send"), &key, Some(&body))
        };
        let (first, second) = (send(TO), send(TO));
        assert_eq!((first.status, second.status), (202, 202));
        assert_eq!(first.body["id"], second.body["id"]);
        assert_eq!(second.header("idempotency-replayed"), "true");
        assert_eq!(send("other@example.fr").reason(), "request_reused");
        assert_eq!(post.run(), 1);
    });
}

#[test]
fn a_pass_that_is_not_good_any_more_is_not_sent() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        agent.post(&path(voucher, "send"), &by_email(TO));
        assert_eq!(agent.post(&path(voucher, "cancel"), &json!({})).status, 200);
        let late = agent.post(&path(voucher, "send"), &by_email(TO));
        assert_eq!((late.status, late.reason()), (409, "voucher_state_conflict"));
        post.run();
        assert!(post.smtp.arrived().is_empty());
        let told = agent.get(&path(voucher, "messages"));
        assert_eq!(told.body["items"][0]["trouble"], "outdated", "{}", told.text);
        post.nothing_is_left();
    });
}

#[test]
fn a_pass_that_went_to_somebody_else_is_replaced_and_what_waits_is_given_up() {
    on_each_database(|town| {
        let post = Post::of(town);
        let voucher = post.api.town.issue(5).unwrap();
        let browser = logged_in(&post.api, Role::Agent(post.api.town.issuer));
        let agent = post.api.person(Role::Agent(post.api.town.issuer));
        let place = format!("/vouchers/{voucher}");
        assert!(!browser.get(&place).text.contains("wrong-recipient"), "nothing was sent yet");
        let mut body = by_email(TO);
        body["reminders"] = json!(true);
        assert_eq!(agent.post(&path(voucher, "send"), &body).status, 202);
        let wrong = format!("{place}/wrong-recipient");
        assert!(browser.get(&place).text.contains(&format!("href=\"{wrong}\"")));
        let reply = browser.fill(&wrong, &[]);
        assert_eq!(reply.status, 303, "{}", reply.text);
        let new = browser.get(reply.header("location")).text;
        assert!(new.contains("L’ancien pass ne vaut plus rien.") && new.contains("id=\"send\""));
        assert_eq!((post.run(), post.smtp.arrived().len()), (0, 0));
        assert_eq!(post.number("SELECT COUNT(*) FROM reminder"), 0);
        post.nothing_is_left();
    });
}

#[test]
fn where_nothing_is_set_up_nothing_is_offered_and_asking_is_refused() {
    on_each_database(|town| {
        let api = Api::start(town);
        let voucher = api.town.issue(5).unwrap();
        let agent = api.person(Role::Agent(api.town.issuer));
        let sent = agent.post(&path(voucher, "send"), &by_email(TO));
        assert_eq!((sent.status, sent.reason()), (409, "sending_not_set_up"), "{}", sent.text);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        assert!(!browser.get(&format!("/vouchers/{voucher}")).text.contains("id=\"send\""));
        let guest = crate::support::browser::Browser::new(&api);
        assert!(!guest.get("/login").text.contains("/forgot"));
        assert_eq!(guest.get("/forgot").status, 409);
    });
}
