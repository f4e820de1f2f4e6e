//! Yearly accounts over the API: four forms with the same figures, a provisional one until the year
//! is over, the same bytes for ever. What they say is tested in `core/closing/yearly.rs`.

use pass_numerique::domain::{registry::Role, sepa::digest, yearly::YearlyAccount};
use serde_json::json;

use super::statements::{
    Figure::{self, Cents, Count},
    cents_alone, in_euros, of_csv, of_paper, of_workbook, summed,
};
use crate::{
    core::{
        books::history,
        closing::{fees::charge, month, statements::close_all},
        settlement::guaranteed::over_api,
    },
    support::{
        api::{Api, Caller, Reply},
        on_each_database,
    },
};

/// Every figure of an account's tables, in their order, with the sums below some of them.
fn figures(account: &YearlyAccount) -> Vec<Figure> {
    let mut figures = Vec::new();
    for line in &account.stages {
        figures.extend([line.opening_cents, line.in_cents, line.out_cents].map(Cents));
        figures.extend([line.closing_cents, line.debit_cents, line.credit_cents].map(Cents));
    }
    for line in &account.balance {
        figures.extend([line.opening_workshops, line.year_workshops].map(Count));
        figures.push(Count(line.closing_workshops));
        figures.extend([line.opening_cents, line.year_cents, line.closing_cents].map(Cents));
    }
    let rows = account.months.iter();
    let rows = rows.map(|line| [line.funded_cents, line.used_cents, line.paid_cents]);
    summed(&mut figures, &rows.collect::<Vec<_>>(), 0);
    let rows = account.funds.iter().map(|line| [line.amount_cents]);
    summed(&mut figures, &rows.collect::<Vec<_>>(), 0);
    let rows = account.runs.iter().map(|line| [line.payments, line.workshops, line.amount_cents]);
    summed(&mut figures, &rows.collect::<Vec<_>>(), 2);
    let rows = account
        .payments
        .iter()
        .map(|line| [line.workshops, line.earned_cents, line.kept_back_cents, line.amount_cents]);
    summed(&mut figures, &rows.collect::<Vec<_>>(), 1);
    let rows = account.organisations.iter().map(|line| {
        let held = [line.closing_earned_cents, line.closing_in_payment_cents];
        [line.earned_cents, line.paid_cents, held[0], held[1], line.closing_receivable_cents]
    });
    summed(&mut figures, &rows.collect::<Vec<_>>(), 0);
    let rows = account.fees.iter().map(|line| [line.base_cents, line.amount_cents]);
    summed(&mut figures, &rows.collect::<Vec<_>>(), 0);
    for control in &account.controls {
        figures.extend([control.one, control.other].map(Cents));
    }
    figures
}

fn form(caller: &Caller<'_>, path: &str, format: &str) -> Reply {
    let end = if path.contains('?') { '&' } else { '?' };
    let path = format!("{path}{end}format={format}");
    let reply = caller.exchange("GET", &path, &[("Accept-Language", "fr")], None);
    assert_eq!(reply.status, 200, "{path}: {}", reply.text);
    reply
}

/// That all forms of an account have the figures of its JSON.
fn agree(caller: &Caller<'_>, path: &str, sha256: Option<&str>) {
    let json = form(caller, path, "json");
    let own = digest(&json.text);
    assert_eq!(sha256.unwrap_or(&own), own);
    let account: YearlyAccount = serde_json::from_str(&json.text).unwrap();
    assert_eq!(account.contradiction(), None);
    let expected = figures(&account);
    let cents = cents_alone(&expected);
    assert!(cents.len() > 100, "{}", cents.len());
    let csv = form(caller, path, "csv");
    assert_eq!(of_csv(&csv.text), cents, "{}", csv.text);
    assert!(csv.text.contains(&own) && csv.text.contains(&account.chain));
    let told = of_workbook(&form(caller, path, "xlsx").bytes);
    assert_eq!(told.len(), expected.len());
    for (told, expected) in told.iter().zip(&expected) {
        let value: f64 = told.parse().unwrap();
        assert_eq!(format!("{value:.2}"), in_euros(*expected), "{told}");
    }
    if let Some(told) = of_paper(&form(caller, path, "pdf").bytes) {
        assert_eq!(told, cents);
    }
}

#[test]
fn a_yearly_account_says_the_same_in_all_four_forms() {
    on_each_database(|town| {
        let office = history(town);
        charge(&office.town, &[("2026-11", 400)]).unwrap();
        close_all(&office.town);
        office.town.service.tend_yearly_accounts(&|| true).unwrap();
        let (programme, funder) = (office.town.programme, office.town.funders[0]);
        over_api(office, |api| {
            let auditor = api.person(Role::Auditor);
            let list = auditor.get("/v1/yearly-accounts");
            let rows = list.body["items"].as_array().unwrap().clone();
            assert_eq!(rows.len(), 2, "{}", list.text);
            for row in &rows {
                let path = format!("/v1/yearly-accounts/{}/document", row["id"].as_str().unwrap());
                agree(&auditor, &path, row["sha256"].as_str());
            }
            // The year that goes on, of its closed months.
            let path = format!("/v1/programmes/{programme}/yearly-account?funder={funder}");
            agree(&auditor, &path, None);
            let own = api.person(Role::Analyst(funder));
            let path = format!("/v1/programmes/{programme}/yearly-account");
            let read = form(&own, &path, "json");
            assert_eq!(
                (&read.body["provisional"], &read.body["year"]),
                (&json!(true), &json!(2027))
            );
            let name = read.header("content-disposition");
            assert!(name.contains("-2027-F") && name.contains("-provisional"), "{name}");
            let closed = form(&own, &format!("{path}?year=2026"), "json");
            assert_eq!(closed.body["provisional"], json!(false));
        });
    });
}

#[test]
fn a_yearly_account_stays_the_same_bytes_and_wrong_questions_are_told() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        town.redeemed(voucher);
        let api = Api::start(town);
        let town = &api.town;
        town.set("2027-01-02T10:00:00+01:00");
        for closed in ["2026-11", "2026-12"] {
            town.close_month(month(closed));
            town.service.tend_statements(&|| true).unwrap();
        }
        town.service.tend_yearly_accounts(&|| true).unwrap();
        let funder = town.funders[0];
        let analyst = api.person(Role::Analyst(funder));
        let id =
            analyst.get("/v1/yearly-accounts").body["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/yearly-accounts/{id}/document");
        let all = |caller: &Caller<'_>| {
            ["json", "csv", "xlsx", "pdf"].map(|format| form(caller, &path, format).bytes)
        };
        let before = all(&analyst);
        let operator = api.person(Role::Operator);
        operator.patch(&format!("/v1/funders/{funder}"), &json!({"name": "Autre"}));
        town.set("2027-03-05T10:00:00+01:00");
        town.close_month(month("2027-01"));
        town.service.tend_statements(&|| true).unwrap();
        let after = all(&api.person(Role::Analyst(funder)));
        assert!(before == after);
        let operator = api.person(Role::Operator);
        let of = |query: &str| {
            operator.get(&format!("/v1/programmes/{}/yearly-account?{query}", town.programme))
        };
        assert_eq!((of("").status, of("").body["field"].as_str()), (400, Some("funder")));
        for (query, status) in [
            ("funder=99", 404),
            ("year=2025&funder=1", 404),
            ("year=x&funder=1", 400),
            ("format=doc&funder=1", 400),
        ] {
            assert_eq!(of(query).status, status, "{query}");
        }
        for path in ["/v1/yearly-accounts/1", "/v1/yearly-accounts/1/document"] {
            assert_eq!(operator.get(path).status, 404, "{path}");
        }
        town.audit();
    });
}
