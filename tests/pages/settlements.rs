//! A month that is paid with the pages: prepared, approved by another person, sent, answered.
//! What runs pay is tested on the service, in `core/settlement.rs`.

use pass_numerique::domain::registry::Role;

use super::logged_in;
use crate::{
    http::tenants::found,
    support::{api::Api, browser::Browser, on_each_database},
};

fn sent(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]) -> String {
    let reply = browser.fill(path, fields);
    assert_eq!(reply.status, 303, "{path}: {}", reply.text);
    reply.header("location").split('?').next().unwrap().to_owned()
}

#[test]
fn a_month_is_paid_with_the_pages_alone() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let [clerk, preparer, approver] = [(); 3].map(|()| logged_in(&api, Role::Operator));
        let programme = ours.programme.to_string();
        // What `found` sent comes back, so that the next run pays it.
        let file = format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.03\"><CstmrPmtStsRpt>\
             <OrgnlGrpInfAndSts><OrgnlMsgId>PN{programme}-R1</OrgnlMsgId><GrpSts>RJCT</GrpSts>\
             </OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
        );
        let place = format!("/settlements/{}/bank-answer", ours.settlement);
        let wrong = clerk.upload(&place, &[], ("file", "nonsense"));
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("pas une réponse de banque lisible"), "{}", wrong.text);
        let taken = clerk.upload(&place, &[], ("file", &file));
        assert!(taken.text.contains("1 virement a changé d’état."), "{}", taken.text);
        let shown = clerk.get(&format!("/settlements/{}", ours.settlement)).text;
        assert!(shown.contains("Rejeté par la banque") && shown.contains("Terminé"), "{shown}");
        let form = [("programme", programme.as_str()), ("day", "2026-11-23")];
        let run = sent(&preparer, "/settlements/new", &form);
        assert!(preparer.get(&run).text.contains("À approuver"));
        let own = preparer.fill(&format!("{run}/approve"), &[]);
        assert_eq!(own.status, 409);
        assert!(own.text.contains("Une autre personne doit approuver"), "{}", own.text);
        sent(&approver, &format!("{run}/approve"), &[]);
        sent(&approver, &format!("{run}/export"), &[]);
        let file = approver.get(&format!("{run}/pain.001.xml")).text;
        assert!(file.contains(&format!("<EndToEndId>PN{programme}-2</EndToEndId>")), "{file}");
        sent(&approver, &format!("{run}/paid"), &[]);
        assert!(approver.get(&run).text.contains("Terminé"));
        let supervisor = logged_in(&api, Role::Supervisor(ours.organisation));
        let list = supervisor.get("/payments").text;
        assert!(list.contains("Payé") && list.contains("Rejeté par la banque"), "{list}");
        let payment = list.split("<a href=\"/payments/").nth(1).unwrap();
        let payment = supervisor.get(&format!("/payments/{}", payment.split('"').next().unwrap()));
        assert!(payment.text.contains("Ours venue"), "{}", payment.text);
        api.town.audit();
    });
}

#[test]
fn a_venue_asks_for_another_account_and_the_operator_confirms_it_on_a_page() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let supervisor = logged_in(&api, Role::Supervisor(ours.organisation));
        let place = format!("/organisations/{}/account", ours.organisation);
        let wrong = supervisor.fill(&place, &[("holder", "Nous"), ("iban", "FR15"), ("bic", "")]);
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("<a href=\"#iban\">"), "{}", wrong.text);
        let iban = "DE89 3704 0044 0532 0130 00";
        sent(&supervisor, &place, &[("holder", "Nous"), ("iban", iban), ("bic", "")]);
        let page = format!("/organisations/{}", ours.organisation);
        let shown = supervisor.get(&page).text;
        assert!(shown.contains("…2606") && shown.contains("Nous …3000"), "{shown}");
        assert!(!shown.contains("DE89") && !shown.contains("à partir du"), "{shown}");
        let confirm = format!("{page}/confirm");
        let form = supervisor.get(&confirm).text;
        let asked = form.split("name=\"asked\"").nth(1).unwrap().split("value=\"").nth(1).unwrap();
        let asked = asked.split('"').next().unwrap();
        assert!(form.contains("Nous …3000"), "{form}");
        let yes = [("asked", asked), ("confirmed", "true")];
        let own = supervisor.fill(&confirm, &yes);
        assert_eq!(own.status, 409, "{}", own.text);
        let operator = logged_in(&api, Role::Operator);
        let list = operator.get("/organisations").text;
        assert!(list.contains("compte à confirmer"), "{list}");
        sent(&operator, &confirm, &yes);
        let shown = supervisor.get(&page).text;
        assert!(shown.contains("…3000") && shown.contains("Payé sur ce compte à partir du"));
        assert!(!shown.contains("…2606") && !shown.contains("Nous …3000"), "{shown}");
        api.town.audit();
    });
}
