//! The figures of reports, as a funder and an issuer see them after a few events.
//! Who sees what of whom: `access.rs`.

use pass_numerique::domain::registry::Role;
use serde_json::{Value, json};

use crate::support::{
    api::{Api, Caller},
    on_each_database,
};

fn issue(agent: &Caller<'_>, api: &Api, stock: bool) -> Value {
    let new = json!({"programme": api.town.programme, "workshops": 5, "stock": stock});
    let issued = agent.post("/v1/vouchers", &new);
    assert_eq!(issued.status, 201, "{}", issued.text);
    issued.body
}

fn take_part(scanner: &Caller<'_>, api: &Api, voucher: &Value, delivery: &Value) -> String {
    let id = api.town.service.new_request_id();
    let mut scan = json!({"id": id, "venue": api.town.venue, "workshops": 2,
        "code": voucher["paper"]["qr_text"]});
    scan.as_object_mut().unwrap().extend(delivery.as_object().unwrap().clone());
    let done = scanner.post("/v1/redemptions", &scan);
    assert_eq!(done.status, 201, "{}", done.text);
    done.body["seq"].as_str().unwrap().to_owned()
}

#[test]
fn the_usage_report_has_the_funnel_the_service_and_the_money() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let vouchers: Vec<Value> = (0..3).map(|_| issue(&agent, &api, false)).collect();
        issue(&agent, &api, true);
        let now = api.town.service.clock.now();
        api.town.service.clock.set(now.plus_seconds(4 * 86_400));
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let group = json!({"service": "employment", "group": true, "minutes": 120});
        take_part(&supervisor, &api, &vouchers[0], &group);
        let single = json!({"group": false, "minutes": 61});
        let undone = take_part(&supervisor, &api, &vouchers[1], &single);
        take_part(&supervisor, &api, &vouchers[1], &json!({}));
        let path = format!("/v1/redemptions/{undone}/reversal");
        assert_eq!(supervisor.post(&path, &json!({})).status, 201);
        let analyst = api.person(Role::Analyst(api.town.funders[0]));
        let line = analyst.get("/v1/reports/usage").body["lines"][0].clone();
        let expected = json!({
            "vouchers_minted": 4, "vouchers_stocked": 1, "vouchers_activated": 0,
            "vouchers_handed_over": 3, "vouchers_started": 2, "vouchers_received": 2,
            "workshops_issued": 15, "workshops_used": 4, "workshops_single": 0,
            "workshops_group": 2, "redemptions": 2, "reversals": 1,
            "handed_over_permille": 750, "started_permille": 667, "used_permille": 267,
            "workshops_per_hundred_started": 200, "days_to_first_workshop": 4,
            "minutes_a_redemption": 120, "deposited_cents": 60_000, "committed_cents": 9_000,
            "earned_cents": 2_400, "outstanding_cents": 6_600,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(&line[name], value, "{name}: {line}");
        }
        let sheet = analyst.get("/v1/reports/usage?format=csv&by=issuer");
        let rows: Vec<&str> = sheet.text.trim_start_matches('\u{feff}').lines().collect();
        assert_eq!(rows.len(), 3, "its money, one issuer: {}", sheet.text);
        assert!(rows[0].contains(";handed_over_permille;"), "{}", rows[0]);
        assert!(rows.iter().all(|row| row.split(';').count() == rows[0].split(';').count()));
        api.town.audit();
    });
}

#[test]
fn the_network_report_shows_drawers_venues_and_blank_areas() {
    on_each_database(|town| {
        let api = Api::start(town);
        let manager = api.person(Role::Manager(api.town.issuer));
        let scanner = api.person(Role::Scanner(api.town.organisation));
        let analyst = api.person(Role::Analyst(api.town.funders[0]));
        let operator = api.person(Role::Operator);
        let asleep = operator.post("/v1/issuers", &json!({"name": "Mission locale"}));
        let grant = json!({"issuer": asleep.body["id"], "workshops": 50});
        let path = format!("/v1/programmes/{}/allocations", api.town.programme);
        assert_eq!(operator.post(&path, &grant).status, 200);
        let far = json!({"organisation": api.town.organisation,
            "profile": {"name": "Bus", "territory": "2A"}});
        assert_eq!(operator.post("/v1/venues", &far).status, 201);
        let voucher = issue(&manager, &api, false);
        issue(&manager, &api, true);
        let report = |caller: &Caller<'_>, query: &str| {
            let report = caller.get(&format!("/v1/reports/network{query}"));
            assert_eq!(report.status, 200, "{}", report.text);
            report.body
        };
        let before = report(&analyst, "");
        assert_eq!(before["venues"], json!([]), "{before}");
        take_part(&scanner, &api, &voucher, &json!({}));
        let after = report(&analyst, "");
        let today = api.town.service.clock.now();
        let today = today.day(&crate::support::terms(api.town.funders).time_zone);
        let issuers = after["issuers"].as_array().unwrap();
        let [busy, idle] = issuers.as_slice() else { panic!("{after}") };
        assert_eq!(busy["oldest_stock"], json!(today), "{after}");
        let busy = ["active", "workshops_allocated", "workshops_left", "vouchers_stock"]
            .map(|name| busy[name].clone());
        assert_eq!(busy, [json!(true), json!(1_000), json!(990), json!(1)]);
        assert_eq!((&idle["active"], &idle["workshops_left"]), (&json!(false), &json!(50)));
        assert_eq!(after["venues"][0]["vouchers_received"], 1, "{after}");
        let areas = after["territories"].as_array().unwrap();
        let area = |code: &str| {
            let area = areas.iter().find(|area| area["territory"] == code).unwrap();
            ["vouchers_handed_over", "venues_open", "venues_active", "workshops_used"]
                .map(|name| area[name].as_i64().unwrap())
        };
        assert_eq!((area("93"), area("2A")), ([1, 1, 1, 2], [0, 1, 0, 0]), "{after}");
        let own = report(&manager, "");
        assert_eq!(own["issuers"].as_array().unwrap().len(), 1, "an issuer sees itself: {own}");
        let none = report(&analyst, "?to=2020-01-01");
        assert_eq!((&none["venues"], &none["issuers"][0]["active"]), (&json!([]), &json!(false)));
        api.town.audit();
    });
}
