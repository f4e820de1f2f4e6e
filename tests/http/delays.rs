//! The attestation of payment delays: days between a workshop and its money, against what was
//! promised, for what is paid and for what waits.

use pass_numerique::domain::{
    command::{Ask, Change, Outcome},
    papers::{Papers, Vat},
    registry::Role,
    settlement::BankAnswer,
};
use serde_json::{Value, json};

use super::statements::{of_csv, of_paper};
use crate::{
    core::settlement::{guaranteed::over_api, office::Office},
    support::{
        api::{Caller, Reply},
        on_each_database, terms,
    },
};

/// A programme that promises money within five days.
fn promising(office: &Office) {
    let mut terms = terms(office.town.funders);
    terms.papers = Papers { vat: Vat::OutsideScope, payment_days: Some(5), fees: Vec::new() };
    let (programme, name) = (office.town.programme, "Essai".to_owned());
    let change = Change::Programme { programme, name, terms: Box::new(terms) };
    let changed = office.town.service.ask_as(None, Ask::Change(change)).unwrap();
    assert!(matches!(changed, Outcome::Done { .. }), "{changed:?}");
}

fn days(office: &Office, days: i64) {
    let clock = &office.town.service.clock;
    clock.set(clock.now().plus_seconds(days * 86_400));
}

fn read(caller: &Caller<'_>, organisation: impl std::fmt::Display, query: &str) -> Reply {
    let path = format!("/v1/organisations/{organisation}/payment-delays{query}");
    caller.exchange("GET", &path, &[("Accept-Language", "fr")], None)
}

/// Three workshops on the 23rd of November and two on the 27th, paid on the 30th; one of the 30th
/// that came back on the 8th of December; another of that day that waits.
fn paid_late(office: &Office) {
    promising(office);
    office.redeem(3);
    days(office, 4);
    office.redeem(2);
    days(office, 3);
    let (_, payments) = office.sent();
    assert!(matches!(office.answer(&payments[0], BankAnswer::Paid), Outcome::Done { .. }));
    office.redeem(1);
    days(office, 1);
    let (_, payments) = office.sent();
    office.answer(&payments[0], BankAnswer::Paid);
    days(office, 7);
    office.answer(&payments[0], BankAnswer::Returned(Some("AC04".to_owned())));
    office.redeem(1);
}

#[test]
fn days_count_from_the_workshop_to_the_money_and_what_waits_is_told() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        paid_late(&office);
        let organisation = office.town.organisation;
        over_api(office, |api| {
            let supervisor = api.person(Role::Supervisor(organisation));
            let told = read(&supervisor, organisation, "?from=2026-11-01&to=2026-12-31");
            assert_eq!(told.status, 200, "{}", told.text);
            let of = &told.body["programmes"][0];
            let figure = |name: &str| of[name].clone();
            // 3 × 7 and 2 × 3 days of 5 workshops.
            let expected = [
                ("promised_days", json!(5)),
                ("payments", json!(1)),
                ("workshops", json!(5)),
                ("amount_cents", json!(5_000)),
                ("longest_days", json!(7)),
                ("mean_tenths", json!(54)),
                ("late_workshops", json!(3)),
                ("waiting_workshops", json!(2)),
                ("waiting_since", json!("2026-11-30")),
                ("waiting_late_workshops", json!(1)),
                ("waiting_cents", json!(2_000)),
                ("vat", json!("outside_scope")),
            ];
            for (name, value) in expected {
                assert_eq!(figure(name), value, "{name}: {}", told.text);
            }
            let line = &told.body["payments"][0];
            assert_eq!(
                [&line["first_day"], &line["last_day"], &line["paid_on"]].map(Value::to_string),
                ["\"2026-11-23\"", "\"2026-11-27\"", "\"2026-11-30\""]
            );
            let evidence = format!("/v1/payments/{}/evidence", line["id"].as_str().unwrap());
            assert!(supervisor.get(&evidence).text.contains(";outside_scope"));
            let before = read(&supervisor, organisation, "?from=2026-11-01&to=2026-11-29");
            assert_eq!(before.body["payments"], json!([]));
            assert_eq!(before.body["programmes"][0]["longest_days"], Value::Null);
            let day = read(&supervisor, organisation, "?from=2026-11-30&to=2026-11-30");
            assert_eq!(day.body["payments"].as_array().unwrap().len(), 1, "both days count");
            let csv = read(&supervisor, organisation, "?from=2026-11-01&to=2026-12-31&format=csv");
            assert_eq!(of_csv(&csv.text), [5_000, 2_000, 5_000, 5_000], "{}", csv.text);
            assert!(csv.text.contains(";5;7;5,4;"), "{}", csv.text);
            let pdf = read(&supervisor, organisation, "?from=2026-11-01&to=2026-12-31&format=pdf");
            if let Some(told) = of_paper(&pdf.bytes) {
                assert_eq!(told, [5_000, 2_000, 5_000, 5_000]);
            }
            let operator = api.person(Role::Operator);
            for (of, query, status) in [
                ("99".to_owned(), "", 404),
                (organisation.to_string(), "?from=2026-12-02&to=2026-12-01", 400),
                (organisation.to_string(), "?from=1990-01-01", 400),
                (organisation.to_string(), "?to=x", 400),
                (organisation.to_string(), "?format=xlsx", 200),
            ] {
                assert_eq!(read(&operator, of, query).status, status, "{query}");
            }
        });
    });
}

#[test]
fn a_held_workshop_waits_until_it_is_paid() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        let mut own = terms(office.town.funders);
        own.holds.workshops_a_day = Some(2);
        let (programme, name) = (office.town.programme, "Essai".to_owned());
        let change = Change::Programme { programme, name, terms: Box::new(own) };
        office.town.service.ask_as(None, Ask::Change(change)).unwrap();
        office.redeem(3);
        days(&office, 2);
        let (_, payments) = office.sent();
        office.answer(&payments[0], BankAnswer::Paid);
        let organisation = office.town.organisation;
        over_api(office, |api| {
            let told = read(&api.person(Role::Auditor), organisation, "");
            let of = &told.body["programmes"][0];
            assert_eq!((&of["workshops"], &of["waiting_workshops"]), (&json!(2), &json!(1)));
            assert_eq!(of["promised_days"], Value::Null);
            assert_eq!(of["waiting_cents"], json!(1_000));
        });
    });
}
