//! The registry's pages: everything that the API can do for a role, with forms.
//! No rules of what is valid: `tests/http` tries those.

use pass_numerique::domain::{
    access::{Verb, within},
    registry::Role,
};

use super::logged_in;
use crate::support::{
    api::{Api, PASSWORD},
    browser::Browser,
    on_each_database,
};

/// Sends a form that is accepted, and where it leads.
fn accepted(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]) -> String {
    let reply = browser.fill(path, fields);
    assert_eq!(reply.status, 303, "{path}: {}", reply.text);
    let place = reply.header("location");
    let (thing, done) = place.split_once('?').unwrap();
    assert_eq!(done, "done=saved");
    let shown = browser.get(place);
    assert_eq!(shown.status, 200, "{place}");
    assert!(shown.text.contains("C’est enregistré."), "{}", shown.text);
    thing.to_owned()
}

fn number(place: &str) -> &str {
    place.rsplit('/').next().unwrap()
}

/// The form of a programme that one funder pays.
fn terms(funder: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("name", "Pass du port"),
        ("terms.territory", "13"),
        ("terms.price_cents", "12,50"),
        ("terms.shares[0].funder", funder),
        ("terms.shares[0].weight", "1"),
        ("terms.shares[1].funder", ""),
        ("terms.shares[1].weight", ""),
        ("terms.payer", "operator"),
        ("terms.time_zone", "Europe/Paris"),
        ("terms.first_day", "2026-01-01"),
        ("terms.last_day", "2029-12-31"),
        ("terms.ending.alert_days", "30"),
        ("terms.issuing_stops_days", "15"),
        ("terms.workshops_min", "5"),
        ("terms.workshops_max", "10"),
        ("terms.validity_days", ""),
        ("terms.tolerance_days", "30"),
        ("terms.late_limit_days", "7"),
        ("terms.offline.guaranteed_a_month", "20"),
        ("terms.offline.typed_a_month", "5"),
        ("terms.offline.feed_days", "7"),
        ("terms.workshops_a_day", "2"),
        ("terms.workshops_a_venue", ""),
        ("terms.undo_minutes", "15"),
        ("terms.agent_daily_limit", "30"),
        ("terms.papers.vat", "unstated"),
        ("terms.services", "employment"),
        ("terms.services", "security"),
    ]
}

#[test]
fn an_operator_founds_a_programme_with_forms_alone_and_its_agent_issues() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Operator);
        let funder = accepted(&browser, "/funders/new", &[("name", "Région")]);
        let issuer = accepted(&browser, "/issuers/new", &[("name", "Mission locale")]);
        let siret = [("name", "Médiathèque"), ("siret", "73282932000074")];
        let organisation = accepted(&browser, "/organisations/new", &siret);
        accepted(&browser, &format!("{organisation}/approve"), &[]);
        let venue = [
            ("profile.name", "Salle du port"),
            ("profile.address", "1 quai"),
            ("profile.postcode", "13002"),
            ("profile.commune", "Marseille"),
            ("profile.territory", "13"),
        ];
        accepted(&browser, &format!("{organisation}/venue"), &venue);
        let programme = accepted(&browser, "/programmes/new", &terms(number(&funder)));
        let money = [("funder", number(&funder)), ("amount_cents", "1 000"), ("by", "deposit")];
        accepted(&browser, &format!("{programme}/funds"), &money);
        let grant = [("issuer", number(&issuer)), ("workshops", "40")];
        accepted(&browser, &format!("{programme}/allocations"), &grant);
        let role = format!("{{\"role\":\"agent\",\"of\":\"{}\"}}", number(&issuer));
        let person = [
            ("name", "Camille"),
            ("email", "camille@example.fr"),
            ("role", role.as_str()),
            ("password", PASSWORD),
        ];
        accepted(&browser, &format!("{issuer}/person"), &person);

        let agent = Browser::new(&api);
        agent.fill("/login", &[("email", "camille@example.fr"), ("password", PASSWORD)]);
        let issued = agent.fill("/vouchers/new", &[("workshops", "6")]);
        assert!(issued.header("location").ends_with("?done=issued"), "{}", issued.text);

        let shown = browser.get(&programme).text;
        for fact in ["925,00", "75,00", "Région 100,0", "40", "34"] {
            assert!(shown.contains(fact), "{fact} is missing: {shown}");
        }
        let read = api.person(Role::Operator).get(&format!("/v1{programme}")).body;
        assert_eq!(read["terms"]["services"], serde_json::json!(["employment", "security"]));
        assert_eq!(read["terms"]["validity_days"], serde_json::Value::Null);
        assert_eq!(read["terms"]["shares"].as_array().unwrap().len(), 1);
        accepted(&browser, &format!("{programme}/close"), &[]);
        assert!(browser.get(&programme).text.contains("Clos"));
    });
}

#[test]
fn a_wrong_field_is_told_where_it_stands_and_what_was_typed_stays() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Operator);
        let given = [("name", "<b>Salle"), ("siret", "12345678901234")];
        let reply = browser.fill("/organisations/new", &given);
        assert_eq!(reply.status, 422);
        for part in [
            "<a href=\"#siret\">",
            "<p class=\"mistake\" id=\"siret-mistake\">",
            "aria-describedby=\"siret-hint siret-mistake\" aria-invalid=\"true\"",
            "value=\"12345678901234\"",
            "value=\"&#60;b&#62;Salle\"",
        ] {
            assert!(reply.text.contains(part), "{part} is missing: {}", reply.text);
        }
        let programme = api.town.programme;
        let money = [("funder", "1"), ("amount_cents", "12,345"), ("by", "deposit")];
        let reply = browser.fill(&format!("/programmes/{programme}/funds"), &money);
        assert_eq!(reply.status, 422);
        assert!(reply.text.contains("<a href=\"#amount_cents\">"), "{}", reply.text);
        // A limit of the domain, which names the field without its place.
        let reply = browser.fill(&format!("/programmes/{programme}/change"), &[]);
        assert_eq!(reply.status, 422);
        assert!(reply.text.contains("mistake"), "{}", reply.text);
    });
}

#[test]
fn a_form_that_is_sent_twice_asks_once() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Operator);
        let shown = browser.get("/funders/new");
        let mut fields = crate::support::browser::hidden(&shown.text);
        fields.push(("name".to_owned(), "Métropole".to_owned()));
        let pairs: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let first = browser.post("/funders/new", &pairs).header("location").to_owned();
        assert_eq!(browser.post("/funders/new", &pairs).header("location"), first);
        assert_eq!(
            browser.get("/funders?search=m%C3%A9tropole").text.matches("Métropole").count(),
            1
        );
    });
}

#[test]
fn each_role_sees_its_sections_and_forms_and_nobody_elses() {
    let sections = [
        ("funders", Verb::FunderRead),
        ("issuers", Verb::IssuerRead),
        ("organisations", Verb::OrganisationRead),
        ("venues", Verb::VenueRead),
        ("programmes", Verb::ProgrammeRead),
        ("batches", Verb::VoucherRead),
        ("users", Verb::UserRead),
        ("api-keys", Verb::ApiKeyRead),
        ("keys", Verb::KeyRead),
        ("ledger", Verb::LedgerRead),
        ("events", Verb::AuditRead),
    ];
    let forms = [
        ("/funders/new", Verb::FunderCreate),
        ("/issuers/new", Verb::IssuerCreate),
        ("/organisations/new", Verb::OrganisationCreate),
        ("/programmes/new", Verb::ProgrammeCreate),
        ("/programmes/{programme}/funds", Verb::ProgrammeFund),
        ("/programmes/{programme}/withdrawals", Verb::ProgrammeFund),
        ("/programmes/{programme}/allocations", Verb::AllocationCreate),
        ("/programmes/{programme}/change", Verb::ProgrammeChange),
        ("/programmes/{programme}/close", Verb::ProgrammeClose),
        ("/batches/new", Verb::BatchCreate),
        ("/users/new", Verb::UserCreate),
        ("/api-keys/new", Verb::ApiKeyCreate),
        ("/keys/new", Verb::KeyChange),
        ("/venues/import", Verb::VenueImport),
        ("/venues/{venue}/change", Verb::VenueChange),
        ("/venues/{venue}/close", Verb::VenueOpen),
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
            let entrance = browser.get("/manage").text;
            for (code, verb) in sections {
                let may = within(role, verb).is_some();
                let reply = browser.get(&format!("/{code}"));
                assert_eq!(reply.status, if may { 200 } else { 403 }, "{role:?} {code}");
                let way = format!("<a href=\"/{code}\"");
                assert_eq!(entrance.contains(&way), may, "{role:?} {code}");
                let new = format!("<a class=\"button\" href=\"/{code}/new\"");
                let known = forms.iter().find(|(path, _)| *path == format!("/{code}/new"));
                let adds = known.is_some_and(|(_, verb)| within(role, *verb).is_some());
                assert_eq!(reply.text.contains(&new), adds, "{role:?} {code}/new");
            }
            for (path, verb) in forms {
                let path = path
                    .replace("{programme}", &api.town.programme.to_string())
                    .replace("{venue}", &api.town.venue.to_string());
                let reply = browser.get(&path);
                let may = within(role, verb).is_some();
                assert_eq!(reply.status, if may { 200 } else { 403 }, "{role:?} {path}");
                assert!(!reply.text.contains(">field-"), "{path} lacks a word: {}", reply.text);
            }
        }
    });
}

#[test]
fn what_belongs_to_another_tenant_is_not_there() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = logged_in(&api, Role::Operator);
        let other = accepted(&operator, "/organisations/new", &[("name", "Ailleurs")]);
        let venue = [("profile.name", "Là-bas"), ("profile.territory", "2A")];
        accepted(&operator, &format!("{other}/venue"), &venue);
        let venues = operator.get("/venues?search=l%C3%A0-b").text;
        let place = venues.split("<a href=\"/venues/").nth(1).unwrap().split('"').next().unwrap();
        let supervisor = logged_in(&api, Role::Supervisor(api.town.organisation));
        let elsewhere = format!("/venues/{place}");
        for path in [other.clone(), elsewhere.clone(), format!("{elsewhere}/change")] {
            assert_eq!(supervisor.get(&path).status, 404, "{path}");
        }
        assert_eq!(supervisor.get("/venues").text.matches("<a href=\"/venues/").count(), 1);
        for path in ["/funders/x", "/funders/99", "/funders/1/explode", "/keys/zz", "/nothing/1"] {
            assert_eq!(operator.get(path).status, 404, "{path}");
        }
    });
}

#[test]
fn the_key_of_a_program_is_shown_once_and_works() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Manager(api.town.issuer));
        let form = browser.get("/api-keys/new").text;
        let day = form.split("name=\"expires_at\"").nth(1).unwrap();
        let day = day.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let role = format!("{{\"role\":\"agent\",\"of\":\"{}\"}}", api.town.issuer);
        let given = [("name", "Logiciel"), ("role", role.as_str()), ("expires_at", day.as_str())];
        let reply = browser.fill("/api-keys/new", &given);
        assert_eq!(reply.status, 200, "{}", reply.text);
        let secret = reply.text.split("<code>").nth(1).unwrap().split('<').next().unwrap();
        assert_eq!(api.bearer(secret).get("/v1/vouchers").status, 200);
        let list = browser.get("/api-keys").text;
        assert!(list.contains("Logiciel") && !list.contains(secret));
        let place = list.split("<a href=\"/api-keys/").nth(1).unwrap().split('"').next().unwrap();
        accepted(&browser, &format!("/api-keys/{place}/revoke"), &[]);
        assert_eq!(api.bearer(secret).get("/v1/vouchers").status, 401);
    });
}

#[test]
fn the_ledger_shows_accounts_and_their_lines_and_a_funder_its_own() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = logged_in(&api, Role::Operator);
        let all = operator.get("/ledger").text;
        let accounts = all.matches("<a href=\"/ledger/").count();
        let analyst = logged_in(&api, Role::Analyst(api.town.funders[0]));
        let own = analyst.get("/ledger").text;
        assert!(own.matches("<a href=\"/ledger/").count() < accounts, "{own}");
        let place = |text: &str| {
            let rest = text.split("<a href=\"/ledger/").nth(1).unwrap();
            format!("/ledger/{}", rest.split('"').next().unwrap())
        };
        let shown = analyst.get(&place(&own));
        assert!(shown.text.contains("Écritures") && shown.text.contains("€"), "{}", shown.text);
        let others = all.split("href=\"").filter(|rest| rest.starts_with("/ledger/"));
        let others = others.map(|rest| rest.split('"').next().unwrap().to_owned());
        let other = others.filter(|path| !own.contains(path)).last().unwrap();
        assert_eq!(analyst.get(&other).status, 404, "{other}");
        assert_eq!(operator.get(&other).status, 200);
    });
}

#[test]
fn a_person_without_a_password_is_invited_by_a_link_where_nothing_is_sent() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Manager(api.town.issuer));
        let role = format!("{{\"role\":\"agent\",\"of\":\"{}\"}}", api.town.issuer);
        let given = [("name", "Sacha"), ("email", "sacha@example.fr"), ("role", role.as_str())];
        let reply = browser.fill("/users/new", &given);
        assert_eq!(reply.status, 200, "{}", reply.text);
        let link = reply.text.split("<code>").nth(1).unwrap().split('<').next().unwrap();
        let place = format!("/password/{}", link.rsplit('/').next().unwrap());
        let new = Browser::new(&api);
        let chosen = new.fill(&place, &[("password", "sacha's own words")]);
        assert_eq!(chosen.status, 303, "{}", chosen.text);
        let login = [("email", "sacha@example.fr"), ("password", "sacha's own words")];
        assert_eq!(new.fill("/login", &login).header("location"), "/");
        let again = browser.get("/users?search=sacha").text;
        let place = again.split("<a href=\"/users/").nth(1).unwrap().split('"').next().unwrap();
        let link = browser.fill(&format!("/users/{place}/invite"), &[]);
        assert!(link.text.contains("<code>http"), "{}", link.text);
    });
}
