//! Facts about people through the real service: counted once, tied to nothing, shown in no small
//! cell. What is published of counts is tested beside the domain.

use pass_numerique::domain::{
    command::{Ask, Outcome},
    people::Fact,
    registry::Role,
};
use serde_json::{Value, json};

use crate::support::{
    Town,
    api::{Api, Caller},
    on_each_database, sql, terms,
};

const ASKED: [Fact; 3] = [Fact::Gender, Fact::AgeBand, Fact::Commune];

/// The town's programme asks about people from now on, and has money for many.
pub fn asking(town: &Town) {
    let mut terms = terms(town.funders);
    terms.facts = ASKED.to_vec();
    terms.agent_daily_limit = 1_000;
    let ask = Ask::Change(pass_numerique::domain::command::Change::Programme {
        programme: town.programme,
        name: "Dispositif d'essai".to_owned(),
        terms: Box::new(terms),
    });
    assert!(matches!(town.service.ask_as(None, ask).unwrap(), Outcome::Done { .. }));
    for (funder, amount) in town.funders.into_iter().zip([600_000, 400_000]) {
        let ask = Ask::Fund {
            programme: town.programme,
            funder,
            amount: pass_numerique::domain::cents::Cents(amount),
            by: pass_numerique::domain::event::Fund::Deposit,
        };
        town.service.ask_as(None, ask).unwrap();
    }
}

fn issue(agent: &Caller<'_>, api: &Api, facts: &Value) -> Value {
    let new = json!({"programme": api.town.programme, "workshops": 5, "facts": facts});
    let issued = agent.post("/v1/vouchers", &new);
    assert_eq!(issued.status, 201, "{}", issued.text);
    issued.body
}

pub fn cells(town: &Town) -> Vec<String> {
    let query = "SELECT month || ' ' || issuer || ' ' || fact || ' ' || code || ' ' || counted \
         AS text FROM people ORDER BY fact, code";
    sql::Beside::open(&town.location).unwrap().texts(query)
}

fn told(report: &Value, fact: &str) -> Vec<(String, i64)> {
    let lines = report["lines"].as_array().unwrap().iter();
    let own = lines.filter(|line| line["fact"] == fact);
    own.map(|line| (line["codes"].as_str().unwrap().to_owned(), line["people"].as_i64().unwrap()))
        .collect()
}

#[test]
fn a_person_is_counted_once_and_what_was_not_told_too() {
    on_each_database(|town| {
        asking(&town);
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let new = json!({"programme": api.town.programme, "workshops": 5,
            "facts": {"gender": "feminin", "commune": "38185"}});
        let id = api.town.service.new_request_id().to_string();
        let key = [("Idempotency-Key", id.as_str())];
        let first = agent.send("POST", "/v1/vouchers", &key, Some(&new.to_string()));
        assert_eq!(first.status, 201, "{}", first.text);
        // The same answer again, also if other facts come with it: nobody is counted twice.
        let mut other = new.clone();
        other["facts"]["gender"] = json!("masculin");
        for again in [&new, &other] {
            let again = agent.send("POST", "/v1/vouchers", &key, Some(&again.to_string()));
            assert_eq!(again.header("idempotency-replayed"), "true", "{}", again.text);
        }
        let issuer = api.town.issuer;
        let expected = ["age_band non_communique", "commune 38185", "gender feminin"]
            .map(|cell| format!("202611 {issuer} {cell} 1"));
        assert_eq!(cells(&api.town), expected);
        api.town.audit();
    });
}

#[test]
fn stock_is_counted_when_it_is_handed_over() {
    on_each_database(|town| {
        asking(&town);
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let mut new = json!({"programme": api.town.programme, "workshops": 5, "stock": true});
        let stock = agent.post("/v1/vouchers", &new).body;
        assert_eq!(cells(&api.town), [""; 0]);
        new["facts"] = json!({"gender": "feminin"});
        let refused = agent.post("/v1/vouchers", &new);
        assert_eq!((refused.status, &refused.body["field"]), (422, &json!("facts")));
        let path = format!("/v1/vouchers/{}/activate", stock["voucher"].as_str().unwrap());
        let done = agent.post(&path, &json!({"facts": {"gender": "feminin"}}));
        assert_eq!(done.status, 200, "{}", done.text);
        assert_eq!(cells(&api.town).len(), ASKED.len());
        api.town.audit();
    });
}

#[test]
fn what_is_not_asked_or_no_code_is_refused_before_anything_is_issued() {
    on_each_database(|town| {
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let refused = |facts: Value| {
            let new = json!({"programme": api.town.programme, "workshops": 5, "facts": facts});
            let refused = agent.post("/v1/vouchers", &new);
            assert_eq!((refused.status, refused.reason()), (422, "field_invalid"));
            refused.body["field"].as_str().unwrap().to_owned()
        };
        assert_eq!(refused(json!({"gender": "feminin"})), "facts.gender", "nobody asks");
        asking(&api.town);
        assert_eq!(refused(json!({"situation": "retraite"})), "facts.situation");
        assert_eq!(refused(json!({"gender": "f"})), "facts.gender");
        assert_eq!(refused(json!({"commune": "Crolles"})), "facts.commune");
        assert_eq!(refused(json!({"name": "Zoé"})), "facts.name");
        assert_eq!(agent.get("/v1/vouchers").body["items"], json!([]));
        assert_eq!(cells(&api.town), [""; 0]);
    });
}

/// Nothing that is kept of a voucher says what its holder told: neither the journal nor the
/// requests, whose hashes could be tried.
#[test]
fn nothing_kept_of_a_voucher_depends_on_what_its_holder_told() {
    on_each_database(|town| {
        asking(&town);
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let hashes = |facts: Value| {
            let id = api.town.service.new_request_id();
            let new = json!({"programme": api.town.programme, "workshops": 5, "facts": facts});
            let key = [("Idempotency-Key", &*id.to_string())];
            let issued = agent.send("POST", "/v1/vouchers", &key, Some(&new.to_string()));
            assert_eq!(issued.status, 201, "{}", issued.text);
            let hex = if matches!(api.town.location, pass_numerique::app::view::Location::Sqlite(_))
            {
                "hex(hash)"
            } else {
                "encode(hash, 'hex')"
            };
            let scope = format!("u{}", agent.user);
            let query = format!(
                "SELECT {hex} AS text FROM request WHERE scope = '{scope}' \
                ORDER BY recorded_at, id"
            );
            sql::Beside::open(&api.town.location).unwrap().texts(&query)
        };
        hashes(json!({"gender": "feminin", "age_band": "soixante_dix_plus"}));
        let kept = hashes(json!({"gender": "masculin"}));
        assert_eq!(
            (kept.len(), &kept[0]),
            (2, &kept[1]),
            "two requests that differ in facts alone"
        );
        let operator = api.person(Role::Operator);
        let events = operator.get("/v1/audit/events?limit=200").text;
        assert!(!events.contains("feminin") && !events.contains("soixante_dix_plus"));
        api.town.audit();
    });
}

#[test]
fn the_report_shows_months_that_are_over_in_no_small_cell_and_never_changes() {
    on_each_database(|town| {
        asking(&town);
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        let women = json!({"gender": "feminin", "age_band": "soixante_dix_plus"});
        let men = json!({"gender": "masculin", "commune": "38185"});
        for (facts, times) in [(&women, 14), (&men, 3), (&json!({}), 5)] {
            for _ in 0..times {
                issue(&agent, &api, facts);
            }
        }
        let report = |query: &str| {
            let analyst = api.person(Role::Analyst(api.town.funders[0]));
            let report = analyst.get(&format!("/v1/reports/people{query}"));
            assert_eq!(report.status, 200, "{}", report.text);
            report
        };
        assert_eq!(report("").body["lines"], json!([]), "the month is not over");
        let clock = &api.town.service.clock;
        clock.set("2026-12-01T00:00:00+01:00".parse().unwrap());
        let over = report("").body;
        let named = |of: &[(&str, i64)]| -> Vec<(String, i64)> {
            of.iter().map(|(codes, people)| ((*codes).to_owned(), *people)).collect()
        };
        assert_eq!(
            told(&over, "gender"),
            named(&[("feminin", 14), ("masculin+non_communique", 8)])
        );
        assert_eq!(told(&over, "commune"), named(&[("hidden", 22)]));
        let ages = told(&over, "age_band");
        assert_eq!((ages.len(), ages[1].clone()), (2, ("non_communique".to_owned(), 8)));
        assert!(ages[0].0.starts_with("moins_de_douze+douze_dix_huit+"), "{ages:?}");
        let agent = api.again(agent.user);
        issue(&agent, &api, &women);
        let now = api.person(Role::Analyst(api.town.funders[0])).get("/v1/reports/people").body;
        assert_eq!(now, over);
        let one = report(&format!("?programme={}", api.town.programme)).body;
        assert_eq!(one, over);
        assert_eq!(report("?programme=999").body["lines"], json!([]));
        let csv = report("?format=csv").text;
        assert_eq!(csv.lines().count(), 1 + over["lines"].as_array().unwrap().len(), "{csv}");
        assert!(csv.contains(";feminin;14"), "{csv}");
        assert!(report("?format=xlsx").bytes.starts_with(b"PK"));
        assert!(report("?format=pdf").bytes.starts_with(b"%PDF"));
        let funder = Ask::AddFunder { name: "Région".to_owned() };
        let Outcome::Added { id, .. } = api.town.service.ask_as(None, funder).unwrap() else {
            panic!()
        };
        let other = api.person(Role::Analyst(pass_numerique::domain::ids::FunderId(id)));
        assert_eq!(other.get("/v1/reports/people").body["lines"], json!([]));
        for filter in ["issuer=1", "from=2026-11-01", "venue=1", "month=2026-11"] {
            let refused = other.get(&format!("/v1/reports/people?{filter}"));
            assert_eq!(refused.reason(), "query_invalid", "no other cut is offered");
        }
        api.town.audit();
    });
}

#[test]
fn more_people_than_vouchers_show_in_the_audit() {
    on_each_database(|town| {
        asking(&town);
        let api = Api::start(town);
        let agent = api.person(Role::Agent(api.town.issuer));
        issue(&agent, &api, &json!({"gender": "feminin"}));
        api.town.audit();
        api.town.execute("UPDATE people SET counted = 2 WHERE fact = 'gender'").unwrap();
        let differences = api.town.service.audit().unwrap().differences;
        assert_eq!((differences.len(), differences[0].place), (1, "people"));
    });
}
