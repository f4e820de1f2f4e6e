//! What the guarantee paid for conflicts is earned, and is paid by a run as workshops are: once.
//! How conflicts arise and are decided is tested over the API, in `http/conflicts.rs`.

use pass_numerique::domain::{
    cents::Cents,
    command::{Ask, Change},
    ids::{PaymentId, Seq},
    registry::Role,
    settlement::{BankAnswer, view::PaymentView},
};
use serde_json::json;

use super::office::Office;
use crate::{
    pages::logged_in,
    support::{
        Town,
        api::Api,
        device::{Device, verdicts},
        on_each_database, terms,
    },
};

const PRICE: i64 = 1_003;

/// With another price, so that shares are no whole cents.
pub fn office(town: Town) -> Office {
    let office = Office::equipped(town);
    let mut terms = terms(office.town.funders);
    terms.price_cents = Cents(PRICE);
    let (programme, name) = (office.town.programme, "Essai".to_owned());
    let change = Change::Programme { programme, name, terms: Box::new(terms) };
    office.town.service.ask_as(None, Ask::Change(change)).unwrap();
    office
}

/// Does something over the API of an office's town.
pub fn over_api<T>(office: Office, work: impl FnOnce(&Api) -> T) -> (Office, T) {
    let Office { town, clerk, preparer, approver } = office;
    let api = Api::start(town);
    let done = work(&api);
    (Office { town: api.stop(), clerk, preparer, approver }, done)
}

/// Two devices without network that take the same five workshops: the conflict's number.
pub fn spent_twice(api: &Api) -> String {
    let supervisor = api.person(Role::Supervisor(api.town.organisation));
    let devices = [1, 2].map(|seed| Device::enrolled(api, &supervisor, &[api.town.venue], seed));
    let voucher = api.town.issue(5).unwrap();
    let code = api.town.service.paper(voucher).unwrap().url;
    let records =
        devices.each_ref().map(|device| device.informed(api, &code, |claims| claims.workshops = 5));
    let [taken, contested] = [0, 1].map(|at| devices[at].sync(api, &[records[at].clone()]));
    assert_eq!([verdicts(&taken), verdicts(&contested)], [["accepted"], ["conflict"]]);
    contested.body["verdicts"][0]["conflict"].as_str().unwrap().to_owned()
}

/// The guarantee pays it: the workshop numbers that it took.
pub fn guaranteed(api: &Api, conflict: &str) -> Vec<i64> {
    let operator = api.person(Role::Operator);
    let guarantee = format!("/v1/programmes/{}/guarantee", api.town.programme);
    assert_eq!(operator.post(&guarantee, &json!({"workshops": 7})).status, 200);
    let yes = json!({"paid": true, "note": "Les deux ateliers ont eu lieu"});
    let decided = operator.post(&format!("/v1/conflicts/{conflict}/decision"), &yes);
    assert_eq!(decided.status, 200, "{}", decided.text);
    let event =
        operator.get(&format!("/v1/audit/events/{}", decided.body["seq"].as_str().unwrap()));
    serde_json::from_value(event.body["body"]["numbers"].clone())
        .unwrap_or_else(|cause| panic!("{cause}: {}", event.text))
}

/// What each funder pays for workshops of these numbers: 60 and 40 parts of 100.
fn legs(numbers: &[i64]) -> [i64; 2] {
    let first = |number: i64| number * PRICE * 60 / 100;
    let charged: i64 = numbers.iter().map(|number| first(number + 1) - first(*number)).sum();
    [charged, i64::try_from(numbers.len()).unwrap() * PRICE - charged]
}

fn cents(payment: &PaymentView) -> Vec<i64> {
    payment.earned.iter().map(|share| share.amount_cents.0).collect()
}

fn conflicts_of(api: &Api, payment: PaymentId, role: Role) -> Vec<String> {
    let list = api.person(role).get(&format!("/v1/conflicts?payment={payment}"));
    let rows = list.body["items"].as_array().unwrap_or_else(|| panic!("{}", list.text));
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_the_guarantee_paid_is_paid_to_the_cent_and_once() {
    on_each_database(|town| {
        let office = office(town);
        let (office, conflict) = over_api(office, spent_twice);
        office.next_day();
        let (_, first) = office.sent();
        assert_eq!((first.len(), first[0].amount_cents), (1, Cents(5 * PRICE)));
        office.answer(&first[0], BankAnswer::Paid);
        // Decided when its workshops are paid already: the next run pays it alone.
        let (office, numbers) = over_api(office, |api| guaranteed(api, &conflict));
        assert_eq!(numbers.len(), 5);
        office.next_day();
        let (_, second) = office.sent();
        assert_eq!((second.len(), second[0].amount_cents), (1, Cents(5 * PRICE)));
        assert_eq!(cents(&second[0]), legs(&numbers));
        assert_eq!(office.paid_by(second[0].id), <[Seq; 0]>::default());
        office.answer(&second[0], BankAnswer::Rejected(Some("AC04".to_owned())));
        let more = office.redeem(1);
        office.next_day();
        let (_, third) = office.sent();
        assert_eq!(third[0].amount_cents, Cents(6 * PRICE));
        assert_eq!(office.paid_by(third[0].id), more);
        office.answer(&third[0], BankAnswer::Paid);
        office.redeem(1);
        office.next_day();
        let (_, fourth) = office.sent();
        assert_eq!(fourth[0].amount_cents, Cents(PRICE));
        office.answer(&fourth[0], BankAnswer::Paid);
        assert_eq!(office.stages(), [0, 0, 12 * PRICE, 0]);
        office.town.audit();
        let payments = [&first[0], &second[0], &third[0], &fourth[0]].map(|payment| payment.id);
        let (office, ()) = over_api(office, |api| are_told(api, payments, &conflict));
        office.town.audit();
    });
}

/// Payments tell which conflicts they pay: the second one, and the third that took it up.
fn are_told(api: &Api, payments: [PaymentId; 4], conflict: &str) {
    let supervisor = Role::Supervisor(api.town.organisation);
    for role in [Role::Operator, supervisor] {
        let told = payments.map(|payment| conflicts_of(api, payment, role));
        let once = [conflict.to_owned()];
        assert_eq!(told, [&[][..], &once, &once, &[]], "{role:?}");
    }
    let browser = logged_in(api, supervisor);
    let told = payments.map(|payment| {
        let page = browser.get(&format!("/payments/{payment}"));
        assert_eq!(page.status, 200, "{}", page.text);
        page.text.contains("Ateliers payés par la garantie")
    });
    assert_eq!(told, [false, true, true, false]);
}
