//! The operator's name, colour and logo: on every page, and refused where nobody could read them.
//! No contrasts: the domain's tests have them.

use data_encoding::BASE64;
use pass_numerique::domain::registry::Role;
use serde_json::json;

use super::{logged_in, pdf_text};
use crate::support::{api::Api, browser::Browser, on_each_database};

/// One black point.
const LOGO: &str = concat!(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVQI12NgYGAAAAAEAAEnNCcKAAAAAElF",
    "TkSuQmCC"
);

fn linked(page: &str, name: &str) -> Option<String> {
    let place = page.split("/assets/").find(|part| part.starts_with(name))?;
    Some(format!("/assets/{}", place.split('"').next()?))
}

/// A new pass on paper.
fn printed(api: &Api, agent: &Browser<'_>) -> Vec<u8> {
    let voucher = api.town.issue(5).unwrap();
    let printed = agent.fill(&format!("/vouchers/{voucher}/print"), &[]);
    agent.bytes(printed.header("location"))
}

/// Whether a PDF has a picture made of points (ISO 32000-1, 8.9.5); a QR is drawn.
fn has_picture(pdf: &[u8]) -> bool {
    let text = String::from_utf8_lossy(pdf);
    text.contains("/Subtype/Image") || text.contains("/Subtype /Image")
}

#[test]
fn an_operator_sets_name_colour_and_logo_and_everybody_sees_them() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = logged_in(&api, Role::Operator);
        let before = Browser::new(&api).get("/login").text;
        assert!(before.contains(">Pass numérique</a>") && linked(&before, "looks").is_none());
        let scanner = Browser::new(&api).get("/scan/looks");
        assert_eq!(scanner.body, json!({ "name": null, "style": null }));
        let given = [("name", "Ville <&> Numérique"), ("accent", "#7A1F5C")];
        let reply = operator.upload("/manage/looks", &given, ("logo", ""));
        assert_eq!(reply.status, 303, "{}", reply.text);
        let page = Browser::new(&api).get("/login").text;
        assert!(page.contains("Ville &#60;&#38;&#62; Numérique</a>"), "{page}");
        let place = linked(&page, "looks").unwrap();
        let scanner = Browser::new(&api).get("/scan/looks");
        assert_eq!(scanner.body, json!({ "name": "Ville <&> Numérique", "style": place }));
        let sheet = Browser::new(&api).get(&place);
        assert_eq!((sheet.status, sheet.header("content-type")), (200, "text/css; charset=utf-8"));
        assert!(sheet.header("cache-control").contains("immutable"));
        assert!(sheet.text.starts_with(":root{--accent:#7a1f5c;--accent-ink:#ffffff}"));
        assert!(sheet.text.contains("@media(prefers-color-scheme:dark){:root{--accent:#"));
        assert_eq!(Browser::new(&api).get("/assets/looks-0123456789abcdef.css").status, 404);

        let supervisor = api.person(Role::Operator);
        let logo = json!({"name": "Ville", "accent": "#7a1f5c", "logo": LOGO});
        assert_eq!(supervisor.send("PATCH", "/v1/looks", &[], Some(&logo.to_string())).status, 204);
        let page = operator.get("/manage/looks").text;
        let place = linked(&page, "logo").unwrap();
        let shown = Browser::new(&api).get(&place);
        assert_eq!((shown.status, shown.header("content-type")), (200, "image/png"));
        assert!(shown.bytes.starts_with(b"\x89PNG") && page.contains("id=\"without\""));
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        assert!(has_picture(&printed(&api, &agent)), "the logo is on paper too");
        // A new name keeps the logo, until it is removed.
        operator.upload("/manage/looks", &[("name", "V"), ("accent", "#7a1f5c")], ("logo", ""));
        assert!(linked(&operator.get("/manage/looks").text, "logo").is_some());
        let without = [("name", "V"), ("accent", "#7a1f5c"), ("without", "yes")];
        operator.upload("/manage/looks", &without, ("logo", ""));
        assert!(linked(&operator.get("/login").text, "logo").is_none());
        assert_eq!(Browser::new(&api).get(&place).status, 404);

        let paper = printed(&api, &agent);
        assert!(!has_picture(&paper));
        let Some(text) = pdf_text(&paper) else { return };
        assert!(text.lines().any(|line| line.trim() == "V"), "{text}");
    });
}

#[test]
fn what_nobody_could_read_is_refused_and_nothing_is_changed() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = logged_in(&api, Role::Operator);
        let cases = [
            ([("name", "Ville"), ("accent", "#ffcc00")], "", "#accent", "est de 1,3"),
            ([("name", "Ville"), ("accent", "jaune")], "", "#accent", "s’écrit"),
            ([("name", " "), ("accent", "#7a1f5c")], "", "#name", "1 à 40"),
            ([("name", "Ville"), ("accent", "#7a1f5c")], "<svg/>", "#logo", "PNG ou JPEG"),
        ];
        for (given, file, field, said) in cases {
            let reply = operator.upload("/manage/looks", &given, ("logo", file));
            assert_eq!(reply.status, 422, "{field}: {}", reply.text);
            assert!(reply.text.contains(&format!("<a href=\"{field}\">")), "{}", reply.text);
            assert!(reply.text.contains(said), "{said}: {}", reply.text);
            assert!(reply.text.contains(&format!("value=\"{}\"", given[0].1)));
        }
        let person = api.person(Role::Operator);
        let body = json!({"name": "Ville", "accent": "#ffcc00"}).to_string();
        let reply = person.send("PATCH", "/v1/looks", &[], Some(&body));
        assert_eq!((reply.status, &reply.body["field"]), (422, &json!("accent")));
        let logo = BASE64.encode(b"no picture");
        let body = json!({"name": "Ville", "accent": "#7a1f5c", "logo": logo}).to_string();
        let reply = person.send("PATCH", "/v1/looks", &[], Some(&body));
        assert_eq!((reply.status, &reply.body["field"]), (422, &json!("logo")));
        assert_eq!(person.get("/v1/looks").body, json!({"name": null, "accent": null}));
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        assert_eq!(agent.get("/manage/looks").status, 403);
        let sent = agent.upload("/manage/looks", &cases[0].0, ("logo", ""));
        assert_eq!(sent.status, 400, "it has no form, so no token: {}", sent.text);
    });
}
