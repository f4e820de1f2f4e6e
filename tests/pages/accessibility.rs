//! The declaration of accessibility: made by the operator, read by everybody from every page.
//! No audit of the pages: the browser's tests have what can be tried.

use pass_numerique::domain::registry::Role;

use super::logged_in;
use crate::support::{api::Api, browser::Browser, on_each_database};

#[test]
fn a_declaration_is_made_after_an_audit_and_every_page_leads_to_it() {
    on_each_database(|town| {
        let api = Api::start(town);
        let anybody = Browser::new(&api);
        let foot = anybody.get("/login").text;
        assert!(
            foot.contains("href=\"/accessibility\">Accessibilité\u{a0}: non conforme"),
            "{foot}"
        );
        assert!(anybody.get("/accessibility").text.contains("Aucun audit"));
        let operator = logged_in(&api, Role::Operator);
        let place = "/manage/accessibility";
        let given = [
            ("conformity", "partial"),
            ("audited_on", "2026-11-20"),
            ("audited_by", "Cabinet <A>"),
            ("contact", "acces@example.fr"),
            ("exceptions", "La carte.\r\n\r\nUne <b>vidéo</b>."),
        ];
        for (field, wrong) in [
            ("audited_on", ""),
            ("audited_on", "hier"),
            ("audited_on", "2026-11-24"),
            ("audited_by", " "),
            ("contact", ""),
            ("conformity", "best"),
        ] {
            let fields = given.map(|one| if one.0 == field { (field, wrong) } else { one });
            let reply = operator.fill(place, &fields);
            assert_eq!(reply.status, 422, "{field}={wrong}");
            assert!(reply.text.contains(&format!("<a href=\"#{field}\">")), "{}", reply.text);
            assert!(
                reply.text.contains("Une &#60;b&#62;vidéo&#60;/b&#62;."),
                "what was given stays"
            );
        }
        assert!(anybody.get("/accessibility").text.contains("Aucun audit"), "nothing changed");
        assert_eq!(operator.fill(place, &given).status, 303);
        let read = anybody.get("/accessibility").text;
        for expected in [
            "conformité partielle",
            "Audit du 20 novembre 2026, par Cabinet &#60;A&#62;.",
            "<li>La carte.</li>",
            "href=\"mailto:acces@example.fr\"",
            "Déclaration faite le 23 novembre 2026.",
            "Accessibilité\u{a0}: partiellement conforme",
        ] {
            assert!(read.contains(expected), "{expected}: {read}");
        }
        assert_eq!(read.matches("<li>").count(), 4, "no empty line is an exception: {read}");
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        assert_eq!(agent.get(place).status, 403);
    });
}
