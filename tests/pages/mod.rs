//! The pages as people use them, through a real server, on both databases.
//! No looks: those are tried in a real browser.

mod accessibility;
mod activate;
mod closing;
mod disputes;
mod faces;
mod holds;
mod import;
mod issue_list;
mod looks;
mod own_reference;
mod papers;
mod printing;
mod redemptions;
mod registry;
mod reports;
mod second_factor;
mod settlements;
mod vouchers;

use std::io::Read as _;

use flate2::read::GzDecoder;
use pass_numerique::domain::{
    access::{Tenant, Verb, within},
    command::Ask,
    registry::Role,
    view::Filter,
};

use crate::support::{
    api::{Api, PASSWORD},
    browser::{Browser, hidden},
    on_each_database,
};

/// A browser in which a new person of a role is logged in.
pub fn logged_in(api: &Api, role: Role) -> Browser<'_> {
    let browser = Browser::new(api);
    let person = api.person(role);
    let email = person.get("/v1/auth/whoami").body["email"].as_str().unwrap().to_owned();
    let reply = browser.fill("/login", &[("email", &email), ("password", PASSWORD)]);
    assert_eq!((reply.status, reply.header("location")), (303, "/"), "{}", reply.text);
    browser
}

#[test]
fn nobody_sees_a_page_before_logging_in_and_everybody_comes_back_to_it() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = Browser::new(&api);
        let reply = browser.get("/vouchers?after=9");
        assert_eq!(
            (reply.status, reply.header("location")),
            (303, "/login?next=/vouchers%3Fafter%3D9")
        );
        let shown = browser.get(reply.header("location"));
        assert!(hidden(&shown.text).contains(&("next".to_owned(), "/vouchers?after=9".to_owned())));
        let foreign = browser.get("/login?next=//example.org");
        assert!(hidden(&foreign.text).contains(&("next".to_owned(), "/".to_owned())));
    });
}

#[test]
fn a_wrong_password_says_so_and_keeps_the_address() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = Browser::new(&api);
        let given = [("email", "\"><script>@example.fr"), ("password", "wrong")];
        let reply = browser.fill("/login", &given);
        assert_eq!(reply.status, 401);
        assert!(reply.text.contains("Adresse ou mot de passe incorrect."), "{}", reply.text);
        assert!(reply.text.contains("&#34;&#62;&#60;script&#62;@example.fr"), "{}", reply.text);
        assert!(!reply.text.contains("<script"));
        assert_eq!(browser.cookie("session"), None);
    });
}

#[test]
fn a_session_ends_by_logging_out_by_time_and_when_its_person_is_revoked() {
    on_each_database(|town| {
        let api = Api::start(town);
        let role = Role::Agent(api.town.issuer);
        let browser = logged_in(&api, role);
        let cookie = browser.cookie("session").unwrap();
        let token = hidden(&browser.get("/vouchers/new").text)[0].1.clone();
        assert_eq!(browser.post("/logout", &[("form_token", &token)]).header("location"), "/login");
        let copied = Browser::new(&api);
        let header = format!("session={cookie}");
        assert_eq!(copied.send("GET", "/vouchers", &[("Cookie", &header)], None).status, 303);

        let browser = logged_in(&api, role);
        let begun = api.town.service.clock.now();
        api.town.service.clock.set(begun.plus_seconds(12 * 3600 - 1));
        assert_eq!(browser.get("/vouchers").status, 200);
        api.town.service.clock.set(begun.plus_seconds(12 * 3600));
        assert_eq!(browser.get("/vouchers").status, 303);

        let person = api.person(role);
        let service = &api.town.service;
        let browser = Browser::new(&api);
        let cookie = service.begin_browser_session(person.user, "test").unwrap();
        let header = format!("session={cookie}");
        assert_eq!(browser.send("GET", "/vouchers", &[("Cookie", &header)], None).status, 200);
        service.ask_as(None, Ask::RevokeUser { user: person.user }).unwrap();
        assert_eq!(browser.send("GET", "/vouchers", &[("Cookie", &header)], None).status, 303);
    });
}

#[test]
fn a_person_sees_where_they_are_logged_in_and_ends_what_they_forgot() {
    on_each_database(|town| {
        let api = Api::start(town);
        let role = Role::Agent(api.town.issuer);
        let browser = logged_in(&api, role);
        let person = api.town.service.database().users(&Filter::of(Tenant::Any)).unwrap();
        let me = person.last().unwrap().id;
        let service = &api.town.service;
        let forgotten = service.begin_browser_session(me, "Firefox/140 Windows").unwrap();
        let elsewhere = Browser::with_cookie(&api, "session", &forgotten);
        assert_eq!(elsewhere.get("/account").status, 200);
        let shown = browser.get("/account").text;
        assert!(shown.contains("<strong>Firefox, Windows</strong>"), "{shown}");
        assert_eq!(shown.matches("/account/sessions/end").count(), 1, "{shown}");
        let fields = hidden(&shown);
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let stranger = logged_in(&api, role);
        let token = hidden(&stranger.get("/vouchers/new").text)[0].1.clone();
        let stolen = [("form_token", token.as_str()), pairs[1]];
        assert_eq!(stranger.post("/account/sessions/end", &stolen).status, 303);
        assert_eq!(elsewhere.get("/account").status, 200, "another's session ended");
        assert_eq!(browser.post("/account/sessions/end", &pairs).status, 303);
        assert_eq!(elsewhere.get("/account").status, 303);
        assert_eq!(browser.get("/account").status, 200);
    });
}

#[test]
fn a_form_that_another_site_sent_or_made_changes_nothing() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let page = browser.get("/vouchers/new");
        let mut fields = hidden(&page.text);
        fields.push(("workshops".to_owned(), "5".to_owned()));
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        for foreign in [
            ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "https://example.org"),
            ("Origin", "null"),
        ] {
            let reply = browser.send("POST", "/vouchers/new", &[foreign], Some(&pairs));
            assert_eq!(reply.status, 403, "{foreign:?}");
        }
        let other = logged_in(&api, Role::Agent(api.town.issuer));
        assert_eq!(other.post("/vouchers/new", &pairs).status, 403);
        assert!(browser.get("/vouchers").text.contains("Aucun pass n’a encore été délivré."));
        assert_eq!(browser.post("/vouchers/new", &pairs).status, 303);
    });
}

#[test]
fn each_role_sees_what_it_may_and_no_way_to_anything_else() {
    let pages = [
        ("/vouchers/new", Verb::VoucherIssue),
        ("/vouchers", Verb::VoucherRead),
        ("/redemptions", Verb::RedemptionRead),
        ("/reports", Verb::ReportRead),
        ("/reports.csv", Verb::ReportRead),
        ("/reports.xlsx", Verb::ReportRead),
        ("/reports.pdf", Verb::ReportRead),
    ];
    on_each_database(|town| {
        let api = Api::start(town);
        let (issuer, organisation) = (api.town.issuer, api.town.organisation);
        for role in [
            Role::Operator,
            Role::Auditor,
            Role::Analyst(api.town.funders[0]),
            Role::Manager(issuer),
            Role::Agent(issuer),
            Role::Supervisor(organisation),
            Role::Scanner(organisation),
        ] {
            let browser = logged_in(&api, role);
            for (path, verb) in pages {
                let may = within(role, verb).is_some();
                let reply = browser.get(path);
                assert_eq!(reply.status, if may { 200 } else { 403 }, "{role:?} {path}");
                let way = format!("<a href=\"{path}\"");
                let head = reply.text.split("<main").next().unwrap();
                assert!(!head.contains(&way) || may, "{role:?} {path}");
            }
        }
    });
}

#[test]
fn a_page_is_in_the_language_of_its_reader() {
    on_each_database(|town| {
        let api = Api::start(town);
        let mut browser = Browser::new(&api);
        browser.language = "en-GB,en";
        assert!(browser.get("/login").text.contains("<html lang=\"en\">"));
        let reply = browser.get("/language/fr?next=/login");
        assert_eq!((reply.status, reply.header("location")), (303, "/login"));
        assert!(browser.get("/login").text.contains("<h1>Se connecter</h1>"));
        assert_eq!(browser.get("/language/de").status, 404);
    });
}

#[test]
fn pages_load_nothing_of_others_and_no_script_and_the_style_is_kept() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = Browser::new(&api);
        let page = browser.get("/login");
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self'"), "{policy}");
        assert!(!policy.contains("script") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("cache-control"), "private, no-cache");
        let style = page.text.split("href=\"/assets/").nth(1).unwrap().split('"').next().unwrap();
        let style_place = format!("/assets/{style}");
        let style = browser.get(&style_place);
        assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
        assert_eq!(style.header("cache-control"), "public, max-age=31536000, immutable");
        let encodings = [("Accept-Encoding", "br;q=0.5, gzip")];
        let small = browser.send("GET", &style_place, &encodings, None);
        assert_eq!(small.header("vary"), "Accept-Encoding");
        assert_eq!(small.header("content-encoding"), "gzip");
        let mut decoded = Vec::new();
        GzDecoder::new(small.bytes.as_slice()).read_to_end(&mut decoded).unwrap();
        assert_eq!(decoded, style.bytes);
        assert!(small.bytes.len() * 3 < style.bytes.len(), "{}", small.bytes.len());
        let none = [("Accept-Encoding", "gzip;q=0, identity")];
        assert_eq!(browser.send("GET", &style_place, &none, None).bytes, style.bytes);
        assert_eq!(browser.get("/nothing-here").status, 404);
        assert!(browser.get("/nothing-here").text.contains("<h1>Introuvable</h1>"));
        let api_answer = browser.get("/v1/nothing-here");
        assert_eq!(api_answer.header("content-type"), "application/problem+json");
    });
}

/// The text of a document, if the tool for it is here.
#[expect(clippy::print_stdout, reason = "what is left out is said")]
pub fn pdf_text(bytes: &[u8]) -> Option<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    let read = std::process::Command::new("pdftotext")
        .args(["-layout"])
        .arg(file.path())
        .arg("-")
        .output();
    let Ok(read) = read else {
        println!("left out: reading the report, since pdftotext is missing");
        return None;
    };
    Some(String::from_utf8(read.stdout).unwrap())
}
