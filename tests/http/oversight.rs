//! What is watched over the API: the check of the books, the end of a programme, the forecast.
//! No rules tested again: `domain` has its own tests.

use pass_numerique::domain::{
    command::{Ask, Outcome},
    ids::FunderId,
    registry::Role,
};
use serde_json::{Value, json};

use super::tenants::found;
use crate::support::{api::Api, on_each_database};

const DAY_S: i64 = 86_400;

fn wait(api: &Api, days: i64) {
    let clock = &api.town.service.clock;
    clock.set(clock.now().plus_seconds(days * DAY_S));
}

/// Logs in for it: tokens live ten minutes, and these tests months.
fn books(api: &Api, role: Role) -> Value {
    let report = api.person(role).get("/v1/reports/reconciliation");
    assert_eq!(report.status, 200, "{}", report.text);
    report.body
}

/// Count, cents and ages of an item in a programme.
fn line(report: &Value, item: &str, programme: &Value) -> Option<(i64, Value, Vec<i64>)> {
    let lines = report["lines"].as_array().unwrap().iter();
    let mut own = lines.filter(|line| line["item"] == item && line["programme"] == *programme);
    let line = own.next()?;
    assert!(own.next().is_none(), "two lines of {item}: {report}");
    let ages = line["ages"].as_array().unwrap().iter();
    let ages = ages.map(|age| age["count"].as_i64().unwrap()).collect();
    Some((line["count"].as_i64().unwrap(), line["amount_cents"].clone(), ages))
}

#[test]
fn what_stays_open_is_found_by_programme_funder_and_age() {
    on_each_database(|town| {
        let api = Api::start(town);
        let ours = found(&api, "Ours");
        let programme = json!(ours.programme);
        // A run at the bank, a conflict, a record put aside, a batch of stock or not.
        let before = books(&api, Role::Operator);
        let unanswered = line(&before, "payments_unanswered", &programme).unwrap();
        assert_eq!((unanswered.0, &unanswered.2), (1, &vec![1, 0, 0]), "{before}");
        assert_eq!(line(&before, "conflicts_open", &programme).unwrap().1, Value::Null);
        let held = line(&before, "holds_waiting", &programme).unwrap();
        assert_eq!(held.0, 2, "{before}");
        assert!(held.1.as_i64().unwrap() >= 3_000, "{before}");
        let unknown = line(&before, "records_waiting", &Value::Null).unwrap();
        assert_eq!((unknown.0, unknown.1), (1, Value::Null), "its code is of no pass: {before}");
        assert_eq!(before["audit"], Value::Null);
        let path = format!("/v1/programmes/{}/ending", ours.programme);
        let ending = api.person(Role::Operator).get(&path).body;
        assert_eq!(ending["undecided"], 1, "its conflict: {ending}");
        wait(&api, 40);
        let later = books(&api, Role::Operator);
        let aged = line(&later, "payments_unanswered", &programme).unwrap();
        assert_eq!((&aged.1, aged.2), (&unanswered.1, vec![0, 0, 1]), "{later}");
        let own = books(&api, Role::Analyst(ours.funder));
        let own_line = line(&own, "payments_unanswered", &programme).unwrap();
        assert_eq!(own_line.1, unanswered.1, "one funder pays all of it: {own}");
        assert!(line(&own, "records_waiting", &Value::Null).is_none(), "not a funder's: {own}");
        let other = books(&api, Role::Analyst(api.town.funders[0]));
        assert!(line(&other, "payments_unanswered", &programme).is_none(), "{other}");
        let path = format!("/v1/settlements/{}/paid", ours.settlement);
        let operator = api.person(Role::Operator);
        assert_eq!(operator.send("POST", &path, &[], Some("{}")).status, 200);
        let after = books(&api, Role::Operator);
        assert_eq!(line(&after, "payments_unanswered", &programme), None);
        let gauges = (&before["gauges"], &after["gauges"]);
        assert_eq!(gauges.0["paid_in_a_year_cents"], 0, "{before}");
        assert_eq!(gauges.1["paid_in_a_year_cents"], unanswered.1, "{after}");
        assert!(gauges.0["value_in_circulation_cents"].as_i64().unwrap() > 0, "{before}");
        assert_eq!(own["gauges"], Value::Null, "of all programmes: not a funder's");
        let none = operator.get("/v1/reports/reconciliation?programme=9999");
        assert_eq!(none.body["lines"], json!([]), "{}", none.text);
        api.town.audit();
    });
}

#[test]
fn vouchers_that_the_expiry_run_missed_are_found_with_their_cents() {
    on_each_database(|town| {
        let api = Api::start(town);
        let town = &api.town;
        let programme = json!(town.programme);
        let voucher = town.issue(5).unwrap();
        town.redeem(voucher);
        let draft = town.service.draft(town.service.clock.now()).unwrap();
        let (of, issuer) = (town.programme, town.issuer);
        let stock = Ask::Issue { programme: of, issuer, workshops: 6, stock: true, draft };
        assert!(matches!(town.service.ask_as(None, stock).unwrap(), Outcome::Issued { .. }));
        let asleep = line(&books(&api, Role::Operator), "stock_asleep", &programme).unwrap();
        assert_eq!(asleep, (1, Value::Null, vec![1, 0, 0]));
        // 90 days, 30 more of tolerance, and ten.
        wait(&api, 131);
        let late = books(&api, Role::Operator);
        let overdue = line(&late, "committed_past_expiry", &programme).unwrap();
        assert_eq!(overdue, (1, json!(4_000), vec![0, 1, 0]), "{late}");
        let half = books(&api, Role::Analyst(town.funders[1]));
        let half = line(&half, "committed_past_expiry", &programme).unwrap();
        assert_eq!(half.1, json!(1_600), "40 % of it");
        let operator = api.person(Role::Operator);
        let listed = operator.get("/v1/vouchers?selection=overdue");
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1, "{}", listed.text);
        // One step of the run: it waits for late records, for whom it is too late already.
        town.service.ask_as(None, Ask::Expire { voucher }).unwrap();
        let waiting = books(&api, Role::Operator);
        assert_eq!(line(&waiting, "committed_past_expiry", &programme), None, "{waiting}");
        let overdue = line(&waiting, "releasable_past_limit", &programme).unwrap();
        assert_eq!(overdue, (1, json!(4_000), vec![1, 0, 0]), "{waiting}");
        let listed = operator.get("/v1/vouchers?selection=unreleased");
        assert_eq!(listed.body["items"].as_array().unwrap().len(), 1, "{}", listed.text);
        town.service.expire().unwrap();
        let done = books(&api, Role::Operator);
        assert_eq!(line(&done, "releasable_past_limit", &programme), None, "{done}");
        town.audit();
    });
}

#[test]
fn books_that_do_not_add_up_are_told_and_so_is_the_last_audit() {
    on_each_database(|town| {
        let api = Api::start(town);
        let service = &api.town.service;
        let audit = service.audit().unwrap();
        service.database().keep_audit(&audit, service.clock.now()).unwrap();
        let good = books(&api, Role::Operator);
        assert_eq!(good["audit"]["differences"], 0, "{good}");
        assert_eq!(line(&good, "accounts_off", &json!(api.town.programme)), None);
        let edit = "UPDATE account SET credit_cents = credit_cents + 7 WHERE id = 2";
        api.town.execute(edit).unwrap();
        let audit = service.audit().unwrap();
        service.database().keep_audit(&audit, service.clock.now()).unwrap();
        let off = books(&api, Role::Operator);
        let line = line(&off, "accounts_off", &json!(api.town.programme)).unwrap();
        assert_eq!((line.0, line.1), (1, json!(7)), "{off}");
        assert!(off["audit"]["differences"].as_i64().unwrap() > 0, "{off}");
    });
}

#[test]
fn a_programme_ends_to_the_cent_and_says_before_what_is_in_the_way() {
    on_each_database(|town| {
        let api = Api::start(town);
        let town = &api.town;
        let operator = api.person(Role::Operator);
        let path = |end: &str| format!("/v1/programmes/{}/{end}", town.programme);
        let funder: FunderId = town.funders[1];
        town.issue(5).unwrap();
        assert_eq!(operator.post(&path("guarantee"), &json!({"workshops": 10})).status, 200);
        let early = operator.post(&path("end"), &json!({}));
        assert_eq!((early.status, &early.body["reason"]), (409, &json!("programme_not_over")));
        // 7 December 2027 is the last day of late records.
        wait(&api, 380);
        let operator = api.person(Role::Operator);
        let analyst = api.person(Role::Analyst(funder));
        let held = operator.post(&path("end"), &json!({}));
        assert_eq!(held.body["reason"], "programme_unsettled", "{}", held.text);
        assert_eq!(
            (&held.body["stage"], &held.body["amount_cents"]),
            (&json!("committed"), &json!(5_000))
        );
        let seen = analyst.get(&path("ending")).body;
        assert_eq!(seen["phase"], "over", "{seen}");
        assert_eq!(seen["obstacles"], json!([{"stage": "committed", "amount_cents": 2_000}]));
        assert_eq!(
            (&seen["vouchers_handed_over"], &seen["vouchers_unused"]),
            (&json!(1), &json!(1))
        );
        town.service.expire().unwrap();
        town.service.expire().unwrap();
        let before = analyst.get(&path("ending")).body;
        let all = json!([{"funder": funder, "amount_cents": 40_000}]);
        assert_eq!((&before["obstacles"], &before["returnable"]), (&json!([]), &all), "{before}");
        let done = operator.post(&path("end"), &json!({}));
        assert_eq!(done.status, 200, "{}", done.text);
        let after = analyst.get(&path("ending")).body;
        assert_eq!((&after["phase"], &after["returned"]), (&json!("ended"), &all), "{after}");
        let budget = operator.get(&path("budget")).body;
        let mut stages = budget["lines"].as_array().unwrap().iter();
        assert!(
            stages.all(|line| {
                let kept = line["stage"] == "returned" || line["stage"] == "funding";
                kept || line["balance_cents"] == 0
            }),
            "{budget}"
        );
        let fund = json!({"funder": funder, "amount_cents": 100, "by": "deposit"});
        let late = operator.post(&path("funds"), &fund);
        assert_eq!((late.status, &late.body["reason"]), (409, &json!("programme_ended")));
        let row = operator.get(&format!("/v1/programmes/{}", town.programme)).body;
        assert_eq!((&row["closed"], &row["ended"]), (&json!(true), &json!("2027-12-08")));
        town.audit();
    });
}

#[test]
fn the_forecast_goes_on_as_the_last_weeks_did() {
    on_each_database(|town| {
        let api = Api::start(town);
        let (town, funder) = (&api.town, api.town.funders[0]);
        let read = || api.person(Role::Analyst(funder)).get("/v1/reports/forecast").body;
        for _ in 0..4 {
            let voucher = town.issue(10).unwrap();
            town.redeem(voucher);
            wait(&api, 1);
        }
        let now = read();
        assert_eq!(now["lines"].as_array().unwrap().len(), 1, "its own alone: {now}");
        let now = now["lines"][0].clone();
        // 60 % of 100 workshops of 10 € paid in; 40 workshops issued, four used.
        let cents = ["deposited_cents", "available_cents", "outstanding_cents", "earned_cents"];
        let cents = cents.map(|name| now[name].as_i64().unwrap());
        assert_eq!(cents, [60_000, 36_000, 21_600, 2_400], "{now}");
        let window = now["window_days"].as_i64().unwrap();
        assert_eq!((window, &now["earned_lately_cents"]), (26, &json!(2_400)), "{now}");
        let day = |name: &str| -> i64 {
            let day: pass_numerique::domain::calendar::Day =
                now[name].as_str().unwrap().parse().unwrap();
            i64::from(day.0)
        };
        let left = day("accepted_until") - day("day") + 1;
        let spent = 2_400 + 2_400 * left / window;
        assert_eq!(now["spent_cents"], json!(spent), "{now}");
        assert_eq!(now["comes_back_cents"], json!(60_000 - spent));
        assert_eq!(day("exhausted_on") - day("day"), 36_000 * window / 24_000);
        assert_eq!(now["warnings"], json!(["budget"]), "it runs out long before: {now}");
        assert_eq!(now["funder"], json!(funder));
    });
}
