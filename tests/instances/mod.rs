//! Several instances of the service on one PostgreSQL: they take turns, and none is behind.
//! No rules of redeeming (`core`).

use pass_numerique::{
    app::service::Service,
    domain::{
        command::{Ask, Outcome, Shown},
        ids::VenueId,
        refusal::Reason,
    },
    sys::clock::Clock,
};

use crate::support::{Town, on_each_database, refused};

/// A second instance, where the database takes one.
fn second(town: &Town) -> Option<Service> {
    let clock = Clock::fixed(town.service.clock.now());
    Service::start(&town.location, &town.keys, None, "pass.example", clock).ok()
}

fn open(service: &Service, venue: VenueId, active: bool) {
    let outcome = service.ask_as(None, Ask::OpenVenue { venue, active }).unwrap();
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
}

#[test]
fn what_one_instance_changes_the_other_knows_at_its_next_batch() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        assert!(matches!(town.redeem(voucher).outcome, Outcome::Redeemed(_)));
        let Some(other) = second(&town) else { return };
        open(&other, town.venue, false);
        assert_eq!(refused(&town.redeem(voucher).outcome), Reason::VenueSuspended);
        open(&other, town.venue, true);
        // In turns: the accounts that each has kept are the other's by now.
        for turn in 1..10 {
            let command = town.redemption(Shown::Known(voucher));
            let service = if turn % 2 == 0 { &town.service } else { &other };
            let outcome = service.ask(command).unwrap().outcome;
            assert!(matches!(outcome, Outcome::Redeemed(_)), "turn {turn}: {outcome:?}");
        }
        assert_eq!(refused(&town.redeem(voucher).outcome), Reason::VoucherExhausted);
        town.audit();
        other.stop();
    });
}
