//! Open data through the real service: for everybody, of months that are over, in no small count.
//! Which rows are published is tested beside the domain.

use pass_numerique::domain::command::{Ask, Change, Outcome};
use serde_json::{Value, json};

use crate::support::{api::Api, on_each_database, terms};

fn issue(api: &Api, times: usize) {
    for _ in 0..times {
        api.town.issue(5).unwrap();
    }
}

#[test]
fn everybody_gets_the_months_that_are_over_and_no_small_count() {
    on_each_database(|town| {
        let api = Api::start(town);
        let clock = &api.town.service.clock;
        issue(&api, 6);
        clock.set("2026-12-02T10:00:00+01:00".parse().unwrap());
        issue(&api, 4);
        let data = api.nobody().get("/v1/open-data");
        assert_eq!(data.status, 200, "{}", data.text);
        assert_eq!(data.header("cache-control"), "public, max-age=3600");
        assert_eq!(data.body["licence"], "etalab-2.0");
        let rows = data.body["rows"].as_array().unwrap();
        let [row] = rows.as_slice() else { panic!("{}", data.text) };
        let expected = json!({"month": "2026-11", "programme": api.town.programme,
            "programme_name": "Dispositif d'essai", "territory": "93",
            "vouchers_handed_over": 6, "vouchers_started": 0, "workshops_issued": 30,
            "workshops_used": 0, "redemptions": 0});
        assert_eq!(row, &expected);
        let csv = api.nobody().get("/v1/open-data?format=csv");
        let lines: Vec<&str> = csv.text.lines().collect();
        assert_eq!(lines.len(), 2, "{}", csv.text);
        assert_eq!(lines[1], "2026-11,1,Dispositif d'essai,93,6,0,30,0,0");
        let schema = api.nobody().get("/v1/open-data/schema").body;
        let described: Vec<&Value> =
            schema["fields"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
        let heads: Vec<Value> = lines[0].split(',').map(|name| json!(name)).collect();
        assert_eq!(described, heads.iter().collect::<Vec<_>>());
        // December is over too, but four are too few.
        clock.set("2027-01-02T10:00:00+01:00".parse().unwrap());
        let later = api.nobody().get("/v1/open-data").body;
        assert_eq!(later["rows"], data.body["rows"]);
        assert_eq!(api.nobody().get("/v1/open-data?month=2026-11").reason(), "query_invalid");
    });
}

#[test]
fn an_operator_keeps_a_programme_out() {
    on_each_database(|town| {
        let api = Api::start(town);
        issue(&api, 6);
        let clock = &api.town.service.clock;
        let mut terms = terms(api.town.funders);
        terms.open_data_withheld = true;
        let change = Change::Programme {
            programme: api.town.programme,
            name: "P".to_owned(),
            terms: Box::new(terms),
        };
        let done = api.town.service.ask_as(None, Ask::Change(change)).unwrap();
        assert!(matches!(done, Outcome::Done { .. }), "{done:?}");
        clock.set("2026-12-02T10:00:00+01:00".parse().unwrap());
        assert_eq!(api.nobody().get("/v1/open-data").body["rows"], json!([]));
        let csv = api.nobody().get("/v1/open-data?format=csv").text;
        assert_eq!(csv.lines().count(), 1, "{csv}");
        let page = api.nobody().send_unchecked("/open-data");
        assert!(page.status == 200 && page.text.contains("Licence Ouverte"), "{}", page.text);
    });
}
