//! The demonstration ends with a month that is paid, and its file.
//! No pages of it: those are tried in a browser.

use pass_numerique::{
    app::{demo::begin, service::Service, view::Database},
    domain::calendar::Instant,
    sys::{clock::Clock, secrets},
};

use super::*;
use crate::support::on_each_empty_database;

#[test]
fn the_demonstration_has_a_month_that_is_paid() {
    on_each_empty_database(|location, folder| {
        let today: Instant = "2026-11-28T10:00:00+01:00".parse().unwrap();
        let keys = folder.path().join("keys");
        secrets::keygen(&keys, None).unwrap();
        Database::migrate(&location).unwrap();
        let clock = Clock::fixed(begin(today));
        let service = Service::start(&location, &keys, None, "pass.example", clock).unwrap();
        let demo = service.demo(today, &|_, _, _| {}).unwrap();
        let database = Database::open(&location).unwrap();
        let filter = Filter::one(Tenant::Any, demo.settlement.0);
        let run = database.settlements(&filter).unwrap().remove(0);
        assert_eq!(run.day.to_string(), "2026-10-31");
        assert_eq!((run.state, run.failed), (RunState::Exported, 1));
        assert_eq!(run.paid + run.failed, run.payments);
        assert!(run.payments > 5 && run.waiting == 1, "{run:?}");
        let text = service.payment_file(demo.settlement).unwrap().unwrap().text;
        assert_eq!(text.matches("<CdtTrfTxInf>").count(), usize::try_from(run.payments).unwrap());
        // What a run pays of a day is what was done until then.
        let paid = Filter { settlement: Some(run.id), limit: 200, ..Filter::of(Tenant::Any) };
        for payment in database.payments(&paid).unwrap() {
            let of = Filter { payment: Some(payment.id), ..Filter::of(Tenant::Any) };
            let late: Instant = "2026-11-01T00:00:00+01:00".parse().unwrap();
            let workshops = database.redemptions(&of).unwrap();
            assert!(!workshops.is_empty() && workshops.iter().all(|one| one.recorded_at < late));
        }
        let filter = Filter { limit: 200, ..Filter::of(Tenant::Any) };
        let periods = database.periods(&filter).unwrap();
        let months: Vec<String> = periods.iter().map(|row| row.month.to_string()).collect();
        assert_eq!(
            (months.first().map(String::as_str), periods[0].stated),
            (Some("2026-10"), true)
        );
        assert!(database.statements(&filter).unwrap().len() > 5);
        // A tablet was a day without network: somebody has to decide twice.
        let conflicts = database.conflicts(&filter).unwrap();
        let states: Vec<_> = conflicts.iter().map(|one| (one.state, one.reason)).collect();
        assert_eq!(states, [("open", "voucher_exhausted")]);
        let waiting = database.quarantined(&filter).unwrap();
        assert_eq!(waiting.iter().map(|one| one.cause.code()).collect::<Vec<_>>(), ["time_ahead"]);
        assert_eq!(service.audit().unwrap().differences, []);
        service.stop();
    });
}
