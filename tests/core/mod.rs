//! Issuing, redeeming and accounting through the real writer, on both databases.
//! The decision's single rules are tested beside it.

mod batch;
pub mod books;
pub mod closing;
mod erasure;
mod months;
mod selection;
pub mod settlement;
mod versions;

use pass_numerique::{
    app::{report::usage_report, service::Service, view::Database},
    domain::{
        access::Tenant,
        command::{Ask, Outcome, Shown},
        refusal::Reason,
        registry::Approval,
        usage::{Breakdown, UsageFilter},
    },
    sys::clock::Clock,
};

use crate::support::{on_each_database, refused};

#[test]
fn a_voucher_is_issued_scanned_redeemed_and_reported() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let paper = town.service.paper(voucher).unwrap();
        let scanned = town.service.read_code(&paper.url).unwrap();
        let Shown::Signed { voucher: read, .. } = scanned else { panic!("{scanned:?}") };
        assert_eq!(read, voucher);
        let answer = town.service.ask(town.redemption(scanned)).unwrap();
        let Outcome::Redeemed(redemption) = answer.outcome else { panic!("{answer:?}") };
        assert_eq!((redemption.workshops, redemption.left), (1, 9));
        assert_eq!(redemption.earned_cents.0, 1_000);
        let typed = town.service.read_code(&paper.manual_code).unwrap();
        assert_eq!(typed, Shown::Known(voucher));

        let database = Database::open(&town.location).unwrap();
        let all = UsageFilter::of(Tenant::Any);
        let report = usage_report(&database, Breakdown::Funder, &all).unwrap();
        let earned: Vec<i64> = report.lines.iter().map(|line| line.earned_cents).collect();
        assert_eq!(earned, [0, 600, 400]);
        let [counts, ..] = report.lines.as_slice() else { panic!() };
        assert_eq!((counts.workshops_issued, counts.workshops_used), (10, 1));
        assert_eq!((counts.vouchers_started, counts.workshops_outstanding), (1, 9));
        let territories = usage_report(&database, Breakdown::Territory, &all).unwrap();
        assert_eq!(territories.lines[0].key, "93");
        town.audit();
    });
}

#[test]
fn the_same_request_never_counts_twice_and_says_when_it_was_reversed() {
    on_each_database(|town| {
        let voucher = town.issue(5).unwrap();
        let request = town.redemption(Shown::Known(voucher));
        let first = town.service.ask(request.clone()).unwrap();
        let again = town.service.ask(request.clone()).unwrap();
        assert_eq!(first.outcome, again.outcome);
        assert_eq!((first.replayed, again.replayed), (false, true));

        let mut other = request.clone();
        other.request.hash = [7; 32];
        assert_eq!(refused(&town.service.ask(other).unwrap().outcome), Reason::RequestReused);

        let Outcome::Redeemed(redemption) = first.outcome else { panic!("{first:?}") };
        let reversed = town.reverse(redemption.seq);
        let Outcome::Reversed { left, .. } = reversed else { panic!("{reversed:?}") };
        assert_eq!(left, 5);
        assert_eq!(refused(&town.reverse(redemption.seq)), Reason::AlreadyReversed);
        let replayed = town.service.ask(request).unwrap();
        assert!(replayed.replayed && replayed.reversed);
        town.audit();
    });
}

#[test]
fn an_expired_voucher_gives_back_what_was_not_used_once_late_records_cannot_come() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        town.redeem(voucher);
        let day = 86_400;
        let issued = town.service.clock.now();
        town.service.clock.set(issued.plus_seconds(121 * day));
        assert_eq!(refused(&town.redeem(voucher).outcome), Reason::VoucherExpired);
        assert_eq!(town.service.expire().unwrap(), 1);
        assert_eq!(town.service.expire().unwrap(), 0);
        let held = |stage: &str| -> i64 {
            let lines = town.service_balance();
            let lines = lines.iter().filter(|line| line.stage == stage);
            lines.map(|line| line.credit_cents - line.debit_cents).sum()
        };
        assert_eq!((held("releasable"), held("available")), (9_000, 90_000));
        town.service.clock.set(issued.plus_seconds(129 * day));
        assert_eq!(town.service.expire().unwrap(), 1);
        assert_eq!((held("releasable"), held("available")), (0, 99_000));
        assert_eq!(held("earned"), 1_000);
        town.audit();
    });
}

#[test]
fn a_lost_voucher_is_replaced_by_what_it_had_left() {
    on_each_database(|town| {
        let lost = town.issue(10).unwrap();
        town.redeem(lost);
        town.service.clock.set(town.service.clock.now().plus_seconds(3_600));
        let draft = town.service.draft(town.service.clock.now()).unwrap();
        let ask = Ask::Replace { voucher: lost, draft };
        let outcome = town.service.ask_as(None, ask).unwrap();
        let Outcome::Issued { voucher: successor, .. } = outcome else { panic!("{outcome:?}") };
        town.service.clock.set(town.service.clock.now().plus_seconds(3_600));
        assert_eq!(refused(&town.redeem(lost).outcome), Reason::VoucherReplaced);
        assert!(town.service.paper(lost).is_err());
        assert_eq!(town.service.paper(successor).unwrap().left, 9);
        for _ in 0..9 {
            assert!(matches!(town.redeem(successor).outcome, Outcome::Redeemed(_)));
        }
        assert_eq!(refused(&town.redeem(successor).outcome), Reason::VoucherExhausted);
        town.audit();
    });
}

#[test]
fn the_database_itself_refuses_to_edit_what_has_happened() {
    on_each_database(|town| {
        town.issue(5).unwrap();
        for sql in [
            "UPDATE event SET kind = 'other'",
            "UPDATE event SET actor = NULL",
            "DELETE FROM event",
            "UPDATE posting SET amount_cents = amount_cents + 1",
            "DELETE FROM posting WHERE line IS NOT NULL",
        ] {
            let refusal = town.execute(sql).unwrap_err();
            assert!(refusal.contains("append-only"), "{sql}: {refusal}");
        }
    });
}

#[test]
fn the_audit_tells_an_edited_figure() {
    for (sql, place) in [
        ("UPDATE account SET credit_cents = credit_cents + 1 WHERE id = 2", "account"),
        ("UPDATE voucher SET last_day = last_day + 1", "voucher"),
        ("UPDATE usage_day SET workshops_issued = 0", "usage_day"),
        ("UPDATE allocation SET granted = granted + 1", "allocation"),
        ("UPDATE head SET seq = seq - 1", "head"),
        ("UPDATE day_end SET seq = seq - 1", "day_end"),
    ] {
        on_each_database(|town| {
            town.issue(5).unwrap();
            town.execute(sql).unwrap();
            let audit = town.service.audit().unwrap();
            let places: Vec<_> = audit.differences.iter().map(|d| d.place).collect();
            assert!(places.contains(&place), "{sql}: {places:?}");
        });
    }
}

#[test]
fn a_second_writer_on_a_sqlite_file_is_refused() {
    on_each_database(|town| {
        let second =
            Service::start(&town.location, &town.keys, None, "pass.example", Clock::system());
        let sqlite = format!("{:?}", town.location).starts_with("sqlite");
        assert_eq!(second.is_err(), sqlite);
    });
}

#[test]
fn importing_again_changes_only_what_the_file_changed() {
    const FILE: &str = include_str!("../data/venues/bus-fs-charente-12-aptic.json");
    on_each_database(|town| {
        let import = |file: &str| {
            let done =
                town.service.import_venues(None, file.as_bytes(), Approval::Pending, &|_, _| {});
            let done = done.unwrap();
            (done.added, done.changed, done.unchanged)
        };
        assert_eq!(import(FILE), (12, 0, 0));
        assert_eq!(import(FILE), (0, 0, 12));
        let (commune, moved) = ("\"commune\": \"", "\"commune\": \"Sainte ");
        assert!(FILE.contains(commune));
        assert_eq!(import(&FILE.replacen(commune, moved, 1)), (0, 1, 11));
        town.audit();
    });
}
