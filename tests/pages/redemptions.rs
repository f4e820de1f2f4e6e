//! A venue's day on the pages: what was taken there, undone, and the scanner's token.
//! No scanning: the browser tests have it.

use pass_numerique::domain::registry::Role;

use super::logged_in;
use crate::support::{api::Api, on_each_database};

#[test]
fn a_venue_sees_its_redemptions_and_undoes_one_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let voucher = api.town.issue(10).unwrap();
        let paper = api.town.service.paper(voucher).unwrap();
        let browser = logged_in(&api, Role::Scanner(api.town.organisation));
        assert!(browser.get("/redemptions").text.contains("Aucun atelier n’a encore été validé"));
        let shown = api.town.service.read_code(&paper.url).unwrap();
        api.town.service.ask(api.town.redemption(shown)).unwrap();
        let list = browser.get("/redemptions").text;
        assert!(list.contains(&paper.reference), "{list}");
        assert!(!list.contains(&paper.manual_code), "{list}");
        let place = list.split("<a href=\"/redemptions/").nth(1).unwrap();
        let place = format!("/redemptions/{}", place.split('"').next().unwrap());
        let path = format!("{place}/reversal");
        assert!(browser.get(&place).text.contains(&format!("href=\"{path}\"")));
        let reply = browser.fill(&path, &[]);
        assert_eq!((reply.status, reply.header("location")), (303, "/redemptions?done=reversal"));
        assert!(
            browser.get("/redemptions?done=reversal").text.contains("La validation est annulée.")
        );
        assert!(browser.get("/redemptions").text.contains("<td>Annulé</td>"));
        assert_eq!(browser.fill(&path, &[]).status, 409);
        assert!(!browser.get(&place).text.contains(&path), "it is undone already");
        let report = browser.get("/reports");
        assert_eq!(report.status, 403);
    });
}

#[test]
fn the_scanner_gets_a_short_token_for_its_person_and_nobody_else_one() {
    on_each_database(|town| {
        let api = Api::start(town);
        let asked = [("X-Requested-With", "scan"), ("Sec-Fetch-Site", "same-origin")];
        let browser = logged_in(&api, Role::Scanner(api.town.organisation));
        let reply = browser.send("POST", "/session/token", &asked, Some(&[]));
        assert_eq!((reply.status, reply.header("cache-control")), (200, "no-store"));
        let token = reply.body["access_token"].as_str().unwrap();
        assert_eq!(api.bearer(token).get("/v1/auth/whoami").status, 200);
        let bare = browser.send("POST", "/session/token", &asked[1..], Some(&[]));
        assert_eq!(bare.status, 403);
        let foreign = [asked[0], ("Sec-Fetch-Site", "cross-site")];
        assert_eq!(browser.send("POST", "/session/token", &foreign, Some(&[])).status, 403);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        assert_eq!(agent.send("POST", "/session/token", &asked, Some(&[])).status, 403);
        let nobody = crate::support::browser::Browser::new(&api);
        assert_eq!(nobody.send("POST", "/session/token", &asked, Some(&[])).status, 401);
    });
}
