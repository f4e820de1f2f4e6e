//! A programme amended over HTTP, on both databases: prices, budget, reports, audit.
//! The rules of it are tested beside `decide`.

use pass_numerique::domain::registry::Role;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Caller},
    on_each_database, terms,
};

fn issue(agent: &Caller<'_>, api: &Api) -> Value {
    let issued =
        agent.post("/v1/vouchers", &json!({"programme": api.town.programme, "workshops": 5}));
    assert_eq!(issued.status, 201, "{}", issued.text);
    issued.body
}

fn earned(scanner: &Caller<'_>, api: &Api, voucher: &Value) -> i64 {
    let id = api.town.service.new_request_id();
    let scan = json!({"id": id, "venue": api.town.venue, "workshops": 1,
        "code": voucher["paper"]["qr_text"]});
    let done = scanner.post("/v1/redemptions", &scan);
    assert_eq!(done.status, 201, "{}", done.text);
    done.body["earned_cents"].as_i64().unwrap()
}

#[test]
fn an_amended_price_is_that_of_new_vouchers_and_all_money_stays_accounted_for() {
    on_each_database(|town| {
        let api = Api::start(town);
        let operator = api.person(Role::Operator);
        let agent = api.person(Role::Agent(api.town.issuer));
        let scanner = api.person(Role::Scanner(api.town.organisation));
        let old = issue(&agent, &api);
        let path = format!("/v1/programmes/{}", api.town.programme);
        let before = operator.get(&path);
        assert_eq!(before.body["version"], 1);
        let mut amended = json!(terms(api.town.funders));
        amended["price_cents"] = json!(1_500);
        amended["shares"][0]["weight"] = json!(20);
        let body = json!({"name": before.body["name"], "terms": amended});
        let changed = operator.patch(&path, &body);
        assert_eq!(changed.status, 200, "{}", changed.text);
        assert_eq!(operator.get(&path).body["version"], 2);
        let new = issue(&agent, &api);
        assert_eq!([earned(&scanner, &api, &old), earned(&scanner, &api, &new)], [1_000, 1_500]);
        // What a funder sees: 60 of 100 of the old price, 20 of 60 of the new one.
        let analyst = api.person(Role::Analyst(api.town.funders[0]));
        let line = analyst.get("/v1/reports/usage").body["lines"][0].clone();
        let cents = ["deposited_cents", "committed_cents", "earned_cents"];
        assert_eq!(cents.map(|name| line[name].as_i64().unwrap()), [60_000, 5_500, 1_100]);
        let budget = operator.get(&format!("{path}/budget")).body;
        let of = |stage: &str| -> i64 {
            let lines = budget["lines"].as_array().unwrap().iter();
            let lines = lines.filter(|line| line["stage"] == stage);
            lines.map(|line| line["balance_cents"].as_i64().unwrap()).sum()
        };
        let stages = ["funding", "available", "committed", "earned"].map(of);
        assert_eq!(stages, [-100_000, 87_500, 10_000, 2_500]);
        let balance = operator.get("/v1/ledger/trial-balance");
        assert_eq!(balance.body["debit_cents"], balance.body["credit_cents"]);
        api.town.audit();
    });
}
