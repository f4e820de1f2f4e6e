//! A list of passes from a spreadsheet: looked at, issued line by line, printed as one document.
//! No single cells: the domain's test has them.

use pass_numerique::domain::{
    access::Tenant,
    calendar::Zone,
    command::{Ask, Change},
    printing::Printed,
    registry::Role,
    view::{Filter, VoucherView},
};

use super::{logged_in, pdf_text};
use crate::support::{
    api::{Api, Reply},
    browser::{Browser, hidden},
    on_each_database,
};

const PLACE: &str = "/vouchers/issue-list";
const LIST: &str = "Référence;Ateliers\nDossier 1;5\nDossier 2;\n\"Dossier; <3>\";10\n";

fn all(api: &Api) -> Vec<VoucherView> {
    let mut all = api.town.service.vouchers(&Filter::of(Tenant::Issuer(api.town.issuer))).unwrap();
    all.sort_by_key(|row| row.number);
    all
}

fn looked(browser: &Browser<'_>, list: &str) -> Reply {
    browser.upload(PLACE, &[("workshops", "8")], ("file", list))
}

/// The list as the page of its lines holds it, for who sends it on.
fn text(page: &str) -> String {
    let rest = page.split("<textarea name=\"list\" hidden>\n").nth(1).unwrap();
    let escaped = rest.split("</textarea>").next().unwrap();
    escaped.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">")
}

fn issue(browser: &Browser<'_>, looked: &str) -> Reply {
    let mut fields = hidden(looked);
    fields.push(("list".to_owned(), text(looked)));
    let fields: Vec<_> = fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    browser.post(&format!("{PLACE}/issue"), &fields)
}

#[test]
fn a_list_is_looked_at_issued_once_and_printed_as_one_document() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let lines = looked(&agent, LIST);
        assert_eq!(lines.status, 200, "{}", lines.text);
        assert!(lines.text.contains("Dossier; &#60;3&#62;"), "{}", lines.text);
        assert!(lines.text.contains("3 pass. 23 ateliers en tout."), "{}", lines.text);
        assert_eq!(all(&api).len(), 0);

        let done = issue(&agent, &lines.text);
        assert_eq!(done.status, 200, "{}", done.text);
        // An answer that was lost is asked for again, and nothing is issued twice.
        assert_eq!(issue(&agent, &lines.text).status, 200);
        let issued = all(&api);
        let own: Vec<_> = issued.iter().map(|row| row.own_reference.clone().unwrap()).collect();
        assert_eq!(
            own.iter().map(String::as_str).collect::<Vec<_>>(),
            ["Dossier 1", "Dossier 2", "Dossier; <3>"]
        );
        assert_eq!(issued.iter().map(|row| row.workshops).collect::<Vec<_>>(), [5, 8, 10]);

        let mut fields = hidden(&done.text);
        fields.push(("format".to_owned(), "pages".to_owned()));
        let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let paper = agent.post("/vouchers/print", &fields);
        assert_eq!((paper.status, paper.header("content-type")), (200, "application/pdf"));
        if let Some(paper) = pdf_text(&paper.bytes) {
            let found = |row: &VoucherView| paper.find(&row.reference).expect(&paper);
            assert!(issued.iter().map(found).is_sorted());
        }
        for row in &issued {
            let log = api.town.service.database().printings(Printed::Pass(row.id)).unwrap();
            assert_eq!(log.len(), 1);
        }
        // A reload is the same request; another form is a second copy, which asks for a reason.
        assert_eq!(agent.post("/vouchers/print", &fields).status, 200);
        let clock = &api.town.service.clock;
        let now = clock.now();
        clock.set(now.plus_seconds(15 * 60 + 1));
        assert_eq!(agent.post("/vouchers/print", &fields).status, 409);
        clock.set(now);
        let mut other = fields.clone();
        let fresh = api.town.service.new_request_id().0.to_string();
        other.retain(|(name, _)| *name != "request");
        other.push(("request", &fresh));
        assert_eq!(agent.post("/vouchers/print", &other).status, 409);
    });
}

#[test]
fn wrong_lines_are_told_with_their_numbers_and_nothing_is_issued() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let wrong = looked(&agent, "reference;workshops\nA;5\na;6\nB;4\n");
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        let row =
            |line: &str, said: &str| format!("<td class=\"number\">{line}</td><td>{said}</td>");
        let twice = row("3", "La même référence est déjà à la ligne 2.");
        assert!(wrong.text.contains(&twice), "{}", wrong.text);
        let number = row("4", "Le nombre d’ateliers n’est pas permis par ce dispositif.");
        assert!(wrong.text.contains(&number), "{}", wrong.text);
        let names = looked(&agent, "reference;nom\nA;Dupont\n");
        assert_eq!(names.status, 422);
        assert!(names.text.contains("et aucun autre"), "{}", names.text);
        assert_eq!(all(&api).len(), 0);
    });
}

#[test]
fn a_list_that_is_stopped_says_where_and_goes_on_from_there() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let lines: String = (1..=32).map(|line| format!("Dossier {line}\n")).collect();
        let list = format!("reference\n{lines}");
        // Stock: the budget of this town would end first.
        let fields = [("workshops", "8"), ("stock", "yes")];
        let looked = agent.upload(PLACE, &fields, ("file", &list));
        let stopped = issue(&agent, &looked.text);
        assert_eq!(stopped.status, 409, "{}", stopped.text);
        // Thirty a day: the header is line 1, so the 31st pass stands on line 32.
        assert!(stopped.text.contains("Arrêté à la ligne 32"), "{}", stopped.text);
        assert!(stopped.text.contains("Délivrer les 2 pass qui manquent"), "{}", stopped.text);
        assert_eq!(all(&api).len(), 30);
        // A manager raises the limit for a day, and the same form is sent again.
        let service = &api.town.service;
        let now = service.clock.now();
        let people = service.database().users(&Filter::of(Tenant::Issuer(api.town.issuer)));
        let user = people.unwrap().last().unwrap().id;
        let raised = Change::DailyLimit { user, day: now.day(&Zone::paris()), limit: 40 };
        service.ask_as(None, Ask::Change(raised)).unwrap();
        assert_eq!(issue(&agent, &looked.text).status, 409, "the same form is told the same");
        let rest = format!("<main{}", stopped.text.split("<form").last().unwrap());
        for _ in 0..2 {
            let done = issue(&agent, &rest);
            assert_eq!(done.status, 200, "{}", done.text);
        }
        assert_eq!(all(&api).len(), 32);
    });
}

#[test]
fn a_reference_that_has_a_pass_already_is_shown_before_anything_is_issued() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        agent.fill("/vouchers/new", &[("workshops", "5"), ("own_reference", "dossier 2")]);
        let before = all(&api)[0].clone();
        let lines = looked(&agent, LIST);
        assert!(lines.text.contains("Certaines références ont déjà un pass"), "{}", lines.text);
        let link = format!("<a href=\"/vouchers/{}\">{}</a>", before.id, before.reference);
        assert_eq!(lines.text.matches(&link).count(), 1);
        // The lines that come back are the agent's own to change only through the file.
        let mut fields = hidden(&lines.text);
        fields.push(("list".to_owned(), "reference;workshops\nX;99\n".to_owned()));
        let fields: Vec<_> = fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(agent.post(&format!("{PLACE}/issue"), &fields).status, 422);
        assert_eq!(all(&api).len(), 1);
    });
}
