//! Passes on paper: printed once with one click, and once more only with a reason.
//! No layout: `print/pdf` tests what stands on a page.

use std::thread;

use pass_numerique::domain::{
    ids::VoucherId,
    registry::{Approval, Role},
};
use serde_json::json;

use super::{logged_in, pdf_text};
use crate::support::{
    api::{Api, Reply},
    browser::{Browser, hidden},
    on_each_database,
};

/// A pass that an agent has just issued.
fn issued(browser: &Browser<'_>) -> VoucherId {
    let reply = browser.fill("/vouchers/new", &[("workshops", "10")]);
    let place = reply.header("location").trim_start_matches("/vouchers/");
    place.split('?').next().unwrap().parse().unwrap()
}

fn print(browser: &Browser<'_>, voucher: VoucherId, fields: &[(&str, &str)]) -> Reply {
    let page = browser.get(&format!("/vouchers/{voucher}/print")).text;
    let hidden = hidden(&page);
    let hidden = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = hidden.chain(fields.iter().copied()).collect();
    browser.post(&format!("/vouchers/{voucher}/print"), &fields)
}

#[test]
fn a_pass_is_printed_once_and_again_only_with_a_reason_and_each_time_is_told() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let voucher = issued(&browser);
        let shown = browser.get(&format!("/vouchers/{voucher}")).text;
        assert!(shown.contains(&format!("action=\"/vouchers/{voucher}/print\" target=\"_blank\"")));
        let first = print(&browser, voucher, &[]);
        assert_eq!(first.status, 303, "{}", first.text);
        let place = first.header("location").to_owned();
        let pdf = browser.get(&place);
        assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
        assert_eq!(pdf.header("cache-control"), "no-store");
        assert!(pdf.bytes.starts_with(b"%PDF-1.7"));

        let refused = print(&browser, voucher, &[]);
        assert_eq!(refused.status, 409);
        assert!(refused.text.contains("<a href=\"#reason\">C’est déjà imprimé."));
        assert_eq!(print(&browser, voucher, &[("reason", "because")]).status, 409);
        let again = print(&browser, voucher, &[("reason", "failed")]);
        assert_eq!(browser.get(again.header("location")).status, 200);
        let shown = browser.get(&format!("/vouchers/{voucher}")).text;
        assert!(shown.contains("Imprimé le") && shown.contains("Imprimer encore une fois"));
    });
}

#[test]
fn paper_is_fetched_by_who_asked_for_it_and_within_a_quarter_of_an_hour() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let (voucher, other) = (issued(&browser), issued(&browser));
        let place = print(&browser, voucher, &[]).header("location").to_owned();
        let home = format!("/vouchers/{voucher}");
        let colleague = logged_in(&api, Role::Agent(api.town.issuer));
        assert_eq!(colleague.get(&place).header("location"), home);
        assert_eq!(browser.get(&format!("{home}/pass.pdf")).header("location"), home);
        let crossed = place.replace(&voucher.to_string(), &other.to_string());
        assert_eq!(browser.get(&crossed).status, 303);
        let auditor = logged_in(&api, Role::Auditor);
        assert_eq!(auditor.get(&place).status, 403);
        assert_eq!(auditor.get(&format!("{home}/print")).status, 403);

        let asked = api.town.service.clock.now();
        api.town.service.clock.set(asked.plus_seconds(15 * 60));
        assert_eq!(browser.get(&place).status, 200);
        api.town.service.clock.set(asked.plus_seconds(15 * 60 + 1));
        assert_eq!(browser.get(&place).header("location"), home);
    });
}

#[test]
fn of_many_who_print_the_same_pass_at_once_one_is_the_first() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let voucher = issued(&browser);
        let browsers: Vec<_> =
            (0..6).map(|_| logged_in(&api, Role::Agent(api.town.issuer))).collect();
        let cookies: Vec<_> = browsers.iter().map(|one| one.cookie("session").unwrap()).collect();
        let first = thread::scope(|scope| {
            let each = cookies.iter().map(|cookie| {
                let api = &api;
                scope.spawn(move || {
                    let browser = Browser::with_cookie(api, "session", cookie);
                    print(&browser, voucher, &[]).status
                })
            });
            let statuses: Vec<_> =
                each.collect::<Vec<_>>().into_iter().map(thread::ScopedJoinHandle::join).collect();
            statuses.into_iter().filter(|status| matches!(status, Ok(303))).count()
        });
        assert_eq!(first, 1);
    });
}

#[test]
fn a_batch_is_printed_part_by_part_with_a_log() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Manager(api.town.issuer));
        let programme = api.town.programme.to_string();
        let batch = [("programme", programme.as_str()), ("workshops", "5"), ("count", "7")];
        let place = browser.fill("/batches/new", &batch).header("location").to_owned();
        let place = place.split('?').next().unwrap();
        let waiting = browser.get(place).text;
        assert!(waiting.contains("<progress") && !waiting.contains(&format!("{place}/print")));
        api.town.service.mint_batches(&|| true).unwrap();
        let shown = browser.get(place).text;
        assert!(!shown.contains("<progress") && shown.contains(&format!("{place}/print")));

        let sheets = [("part", "0"), ("format", "cards"), ("reason", "")];
        let asked = browser.fill(&format!("{place}/print"), &sheets);
        let pdf = browser.get(asked.header("location"));
        assert_eq!((pdf.status, pdf.header("content-type")), (200, "application/pdf"));
        let refused = browser.fill(&format!("{place}/print"), &sheets);
        assert_eq!(refused.status, 409, "{}", refused.text);
        let again = [("part", "0"), ("format", "pages"), ("reason", "spoilt")];
        assert_eq!(browser.fill(&format!("{place}/print"), &again).status, 303);
        let shown = browser.get(place).text;
        assert!(shown.contains("Le papier est abîmé") && shown.contains("Cartes à découper"));
        let none = [("part", "1"), ("format", "cards"), ("reason", "")];
        assert_eq!(browser.fill(&format!("{place}/print"), &none).status, 404);
        for wrong in [("part", "x"), ("format", "A5"), ("reason", "because")] {
            let fields = sheets.map(|field| if field.0 == wrong.0 { wrong } else { field });
            let reply = browser.fill(&format!("{place}/print"), &fields);
            assert!((400..500).contains(&reply.status), "{wrong:?}: {}", reply.status);
        }
        let list = browser.get(&format!("{place}/vouchers.csv"));
        assert_eq!(list.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(list.text.lines().count(), 8);
    });
}

/// Imports a place that serves one thing, beside the town's.
fn place(api: &Api, name: &str, service: &str) {
    let record = json!({"id": name, "nom": name, "adresse": "1 rue X", "code_postal": "93200",
        "commune": "Saint-Denis", "services": service, "latitude": 48.93, "longitude": 2.36,
        "pivot": "00000000000000", "date_maj": "2026-01-01", "code_insee": "93066"});
    let file = json!([record]).to_string();
    let done =
        api.town.service.import_venues(None, file.as_bytes(), Approval::Approved, &|_, _| {});
    assert_eq!(done.unwrap().added, 1);
}

#[test]
fn a_pass_names_places_for_a_need_and_a_first_appointment_which_nothing_keeps() {
    on_each_database(|town| {
        let api = Api::start(town);
        place(&api, "Atelier Emploi", "Insertion professionnelle via le numérique");
        place(&api, "Atelier Loisirs", "Loisirs et créations numériques");
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let voucher = issued(&browser);
        let home = format!("/vouchers/{voucher}");
        let both = browser.get(&format!("{home}?near=Saint-Denis")).text;
        assert!(both.contains("Atelier Emploi") && both.contains("Atelier Loisirs"), "{both}");
        // The commune is remembered, the need is this person's.
        let remembered = browser.get(&format!("{home}?need=employment")).text;
        assert!(remembered.contains("value=\"Saint-Denis\""), "{remembered}");
        assert!(remembered.contains("Emploi") && !remembered.contains("Atelier Loisirs"));
        let number = remembered.split("<option value=\"").find(|part| part.contains("Emploi"));
        let number = number.unwrap().split('"').next().unwrap();

        for (at, said) in [
            ("", "Indiquez le jour"),
            ("demain", "Indiquez le jour"),
            ("2026-11-22T10:00", "entre aujourd’hui"),
            ("2027-02-22T10:00", "entre aujourd’hui"),
        ] {
            let given = hidden_of(&remembered, at, number);
            let given: Vec<(&str, &str)> =
                given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let reply = browser.post(&format!("{home}/print"), &given);
            assert_eq!(reply.status, 422, "{at}: {}", reply.text);
            assert!(
                reply.text.contains("<a href=\"#at\">") && reply.text.contains(said),
                "{at}: {}",
                reply.text
            );
            assert!(reply.text.contains(&format!("value=\"{at}\"")), "what was given stays");
        }
        let given = hidden_of(&remembered, "2026-12-01T14:30", number);
        let given: Vec<(&str, &str)> =
            given.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let printed = browser.post(&format!("{home}/print"), &given);
        assert_eq!(printed.status, 303, "{}", printed.text);
        let Some(text) = pdf_text(&browser.bytes(printed.header("location"))) else { return };
        for expected in ["mardi 1er décembre 2026, 14:30. Atelier", "1 rue X"] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
        assert!(!text.contains("Loisirs"), "{text}");
        // A new page knows the commune alone.
        let fresh = browser.get(&home).text;
        assert!(!fresh.contains("2026-12-01T14:30") && fresh.contains("Atelier Loisirs"));
    });
}

/// What the form that prints sends.
fn hidden_of(page: &str, at: &str, place: &str) -> Vec<(String, String)> {
    let form = page.split("<form").find(|form| form.contains("/print\"")).unwrap();
    let mut fields = hidden(&format!("<main{form}"));
    fields.push(("at".to_owned(), at.to_owned()));
    fields.push(("place".to_owned(), place.to_owned()));
    fields
}
