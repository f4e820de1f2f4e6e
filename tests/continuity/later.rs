//! What goes on after a take-over as if nothing had happened: devices that were without network,
//! conflicts, requests whose answer was lost, the statements of the next months.
//! What goes over at once is tested beside this.

use pass_numerique::{
    app::yearly,
    domain::{
        calendar::Instant,
        ids::{RequestId, Seq},
        period::Month,
        registry::Role,
        statement::Statement,
        yearly::YearlyAccount,
    },
};
use serde_json::json;

use super::{Vault, delete, other_kind, scene::Scene, serve};
use crate::{
    core::{
        closing::{month, statements::all},
        settlement::guaranteed::{guaranteed, spent_twice},
    },
    support::{
        Town,
        api::Api,
        device::{Device, verdicts},
        on_each_database, on_each_empty_database,
    },
};

fn moved(town: Town, vault: &Vault) -> Town {
    let now = town.service.clock.now();
    vault.export(&town, "a.age");
    let heir = other_kind(&town.location, vault.path("").as_path());
    vault.take_over("a.age", &heir, None, now).unwrap();
    let service = serve(&heir, &vault.path("keys"), now);
    delete(town, (heir, service))
}

#[test]
fn what_a_device_has_not_sent_yet_counts_with_the_new_operator_and_nothing_counts_twice() {
    on_each_database(|town| {
        let api = Api::start(town);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let device = Device::enrolled(&api, &supervisor, &[api.town.venue], 3);
        let voucher = api.town.issue(10).unwrap();
        let code = api.town.service.paper(voucher).unwrap().url;
        let sent = device.sync(&api, &[device.record(&api, &code)]);
        assert_eq!(verdicts(&sent), ["accepted"]);
        let waiting = device.record(&api, &code);
        // Heard by the old service, and the answer was lost.
        let lost: RequestId = api.town.service.new_request_id();
        let scan = json!({"id": lost, "venue": api.town.venue, "code": code, "workshops": 1});
        assert_eq!(supervisor.post("/v1/redemptions", &scan).status, 201);
        let again = device.record_with(&api, &code, |claims| claims.request = lost);
        let conflict = spent_twice(&api);
        let (vault, town) = (Vault::new(), api.stop());
        let api = Api::start(moved(town, &vault));
        let synced = device.sync(&api, &[waiting.clone(), again]);
        assert_eq!(verdicts(&synced), ["accepted", "quarantined"], "{}", synced.text);
        assert_eq!(synced.body["verdicts"][0]["redemption"]["left"], 7);
        let same = device.sync(&api, &[waiting]);
        assert_eq!(same.body["verdicts"][0]["seen_before"], true);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let twice = supervisor.post("/v1/redemptions", &scan);
        assert_eq!(twice.reason(), "request_reused", "{}", twice.text);
        let row = api.person(Role::Operator).get(&format!("/v1/vouchers/{voucher}"));
        assert_eq!(row.body["left"], 7);
        assert_eq!(guaranteed(&api, &conflict).len(), 5);
        api.stop().audit();
    });
}

/// Closes months and makes their statements, without what names the journal that they are in.
fn closed(town: &Town, months: &[&str]) -> Vec<Statement> {
    town.set("2027-04-05T10:00:00+02:00");
    let mut statements = Vec::new();
    for text in months {
        let month: Month = month(text);
        town.close_month(month);
        assert!(town.service.tend_statements(&|| true).unwrap() > 0, "{month}");
        for statement in all(town, month) {
            assert_eq!(statement.contradiction(), None);
            let (chain, closed_seq) = (String::new(), Seq(0));
            statements.push(Statement { chain, closed_seq, closed_at: Instant(0), ..statement });
        }
    }
    statements
}

/// Each funder's account of the year that was archived, and of the one that goes on, without what
/// names the journal that it is in.
fn accounted(town: &Town) -> Vec<(String, YearlyAccount)> {
    let database = town.service.database();
    let of = |year, funder| yearly::account(database, town.programme, year, funder).unwrap().text;
    let both = town.funders.map(|funder| {
        let mut account = yearly::read(&of(2027, funder)).unwrap();
        assert_eq!((account.provisional, account.contradiction()), (true, None));
        (account.chain, account.closed_seq) = (String::new(), Seq(0));
        account.closed_at = Instant(0);
        for month in &mut account.months {
            month.sha256.clear();
        }
        (of(2026, funder), account)
    });
    both.to_vec()
}

#[test]
fn statements_of_the_next_months_are_what_the_old_operators_would_have_been() {
    on_each_empty_database(|location, folder| {
        let (Scene { office, .. }, vault) = (Scene::set(location, folder), Vault::new());
        let (town, months) = (office.town, ["2027-01", "2027-02", "2027-03"]);
        let now = town.service.clock.now();
        assert_eq!(town.service.tend_yearly_accounts(&|| true).unwrap(), 2);
        vault.export(&town, "a.age");
        let before = closed(&town, &months);
        let years = accounted(&town);
        assert!(before.len() > 8, "{}", before.len());
        let heir = other_kind(&town.location, vault.path("").as_path());
        vault.take_over("a.age", &heir, None, now).unwrap();
        let service = serve(&heir, &vault.path("keys"), now);
        let town = delete(town, (heir, service));
        assert_eq!(closed(&town, &months), before);
        assert_eq!(accounted(&town), years);
        town.audit();
    });
}
