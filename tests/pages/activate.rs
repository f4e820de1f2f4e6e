//! Stock at hand-over: scanned one after the other, or pointed at with a telephone.
//! No rules of what may be activated: the decision's tests have them.

use pass_numerique::domain::{
    command::{Ask, Outcome},
    ids::{IssuerId, VoucherId},
    life::State,
    registry::Role,
    view::Filter,
};

use super::logged_in;
use crate::support::{Town, api::Api, browser::Browser, on_each_database};

fn stock(town: &Town) -> VoucherId {
    let draft = town.service.draft(town.service.clock.now()).unwrap();
    let (programme, issuer) = (town.programme, town.issuer);
    let ask = Ask::Issue { programme, issuer, workshops: 6, stock: true, draft };
    match town.service.ask_as(None, ask).unwrap() {
        Outcome::Issued { voucher, .. } => voucher,
        other => panic!("{other:?}"),
    }
}

fn state(town: &Town, voucher: VoucherId) -> State {
    let filter = Filter::one(pass_numerique::domain::access::Tenant::Any, voucher.0);
    town.service.vouchers(&filter).unwrap()[0].state
}

#[test]
fn passes_of_a_booklet_are_activated_by_scanning_one_after_the_other() {
    on_each_database(|town| {
        let api = Api::start(town);
        let browser = logged_in(&api, Role::Agent(api.town.issuer));
        let (one, two) = (stock(&api.town), stock(&api.town));
        let paper = api.town.service.paper(one).unwrap();
        let first = browser.fill("/vouchers/activate", &[("code", &paper.url)]);
        let done = format!("Pass {} activé.", api.town.service.reference(one));
        assert!(first.text.contains(&done) && first.text.contains("6 ateliers"), "{}", first.text);
        // Ready for the next one, and what was scanned is nowhere on the page.
        assert!(first.text.contains("id=\"code\"") && !first.text.contains(&paper.digits));
        let typed = api.town.service.paper(two).unwrap().manual_code;
        let second = browser.fill("/vouchers/activate", &[("code", &typed.to_lowercase())]);
        assert_eq!(second.status, 200, "{}", second.text);
        assert_eq!([one, two].map(|id| state(&api.town, id)), [State::Active, State::Active]);

        let again = browser.fill("/vouchers/activate", &[("code", &paper.url)]);
        assert_eq!(again.status, 409);
        assert!(again.text.contains("<a href=\"#code\">"), "{}", again.text);
        assert!(!again.text.contains(&paper.digits), "what was scanned is bearer value");
        for wrong in ["", "bonjour"] {
            assert_eq!(browser.fill("/vouchers/activate", &[("code", wrong)]).status, 409);
        }
        let auditor = logged_in(&api, Role::Auditor);
        assert_eq!(auditor.get("/vouchers/activate").status, 403);
        api.town.audit();
    });
}

#[test]
fn a_stock_pass_opens_its_activation_for_its_own_issuer_alone() {
    on_each_database(|town| {
        let api = Api::start(town);
        let other = api.town.service.ask_as(None, Ask::AddIssuer { name: "Autre".to_owned() });
        let Ok(Outcome::Added { id, .. }) = other else { panic!() };
        let voucher = stock(&api.town);
        let paper = api.town.service.paper(voucher).unwrap();
        let page = format!("/{}", paper.digits);
        let link = format!("href=\"/vouchers/{voucher}/activate\"");
        let agent = logged_in(&api, Role::Agent(api.town.issuer));
        let stranger = logged_in(&api, Role::Agent(IssuerId(id)));
        let scanner = logged_in(&api, Role::Scanner(api.town.organisation));
        assert!(agent.get(&page).text.contains(&link));
        for foreign in [&stranger, &scanner, &Browser::new(&api)] {
            let shown = foreign.get(&page);
            assert_eq!((shown.status, shown.text.contains("/activate")), (200, false));
        }
        assert_eq!(stranger.fill("/vouchers/activate", &[("code", &paper.url)]).status, 409);
        assert_eq!(state(&api.town, voucher), State::Stock);
        assert_eq!(agent.fill(&format!("/vouchers/{voucher}/activate"), &[]).status, 303);
        assert!(!agent.get(&page).text.contains(&link), "it is active now");
    });
}
