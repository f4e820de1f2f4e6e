//! The end of a programme: refused while money is on its way, and then to the cent.
//! No calendar: `domain/ending.rs` tests its days.

use super::*;

/// The last day, 30 days of tolerance, 7 for late records, and one more.
const OVER: &str = "2027-12-08T09:00:00Z";

impl Town {
    fn end(&mut self) -> Outcome {
        self.ask(Ask::EndProgramme { programme: self.programme })
    }

    /// What is held of one funder in a stage, of all versions.
    fn held_of(&self, funder: FunderId, stage: Stage) -> i64 {
        let accounts = self.world.accounts.iter();
        let own = accounts.filter(|(key, _)| (key.funder, key.stage) == (funder, stage));
        own.map(|(_, account)| account.balance().0).sum()
    }

    fn assert_balanced(&self) {
        for funder in &self.funders {
            let sum: i64 = Stage::ALL.iter().map(|stage| self.held_of(*funder, *stage)).sum();
            assert_eq!(sum, 0, "{funder:?}");
        }
    }
}

#[test]
fn a_programme_ends_when_no_late_record_can_arrive_any_more() {
    let mut town = Town::new();
    town.now = at("2027-12-07T22:59:00Z");
    let refused = refusal(town.end());
    assert_eq!(refused.reason, Reason::ProgrammeNotOver);
    assert_eq!(refused.facts.day, Some(day("2027-12-07")));
    town.now = at("2027-12-07T23:01:00Z");
    assert!(matches!(town.end(), Outcome::Done { .. }), "a day later in Paris");
}

#[test]
fn what_is_on_its_way_is_named_until_it_has_arrived() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    town.redeem(voucher);
    town.now = at(OVER);
    let committed = refusal(town.end());
    assert_eq!(committed.reason, Reason::ProgrammeUnsettled);
    assert_eq!(
        (committed.facts.stage, committed.facts.amount_cents),
        (Some(Stage::Committed), Some(Cents(4_000)))
    );
    town.expire(voucher);
    assert_eq!(refusal(town.end()).facts.stage, Some(Stage::Releasable));
    town.expire(voucher);
    let earned = refusal(town.end());
    assert_eq!(earned.facts.stage, Some(Stage::Earned));
    assert_eq!(earned.facts.amount_cents, Some(Cents(1_000)), "what the venue has to get");
}

#[test]
fn what_is_free_and_set_aside_goes_back_to_each_funder_to_the_cent() {
    let mut town = Town::of(&[1, 1, 1], |terms| terms.price_cents = Cents(1_000));
    let (programme, workshops) = (town.programme, 7);
    town.ask(Ask::ReserveGuarantee { programme, workshops });
    let voucher = town.issue(5);
    town.now = at(OVER);
    town.expire(voucher);
    town.expire(voucher);
    assert!(town.held(Stage::Guarantee) == 7_000 && town.held(Stage::Returned) == 0);
    assert!(matches!(town.end(), Outcome::Done { .. }));
    for funder in town.funders.clone() {
        assert_eq!(town.held_of(funder, Stage::Returned), 1_000_000);
        assert_eq!(town.held_of(funder, Stage::Available), 0);
        assert_eq!(town.held_of(funder, Stage::Guarantee), 0);
    }
    town.assert_balanced();
    let row = &town.world.programmes[&programme];
    assert_eq!((row.closed, row.ended), (true, Some(day("2027-12-08"))));
    assert!(row.reserves.is_empty());
}

#[test]
fn what_is_free_in_older_versions_goes_back_too() {
    let mut town = Town::new();
    let (programme, workshops) = (town.programme, 4);
    town.ask(Ask::ReserveGuarantee { programme, workshops });
    let voucher = town.issue(5);
    let mut dearer = town.world.programmes[&programme].terms.clone();
    dearer.price_cents = Cents(1_337);
    let change = crate::domain::command::Change::Programme {
        programme,
        name: "Essai".to_owned(),
        terms: Box::new(dearer),
    };
    town.ask(Ask::Change(change));
    town.now = at(OVER);
    town.expire(voucher);
    town.expire(voucher);
    assert!(matches!(town.end(), Outcome::Done { .. }));
    assert_eq!(town.held(Stage::Returned), 2_000_000);
    town.assert_balanced();
}

#[test]
fn an_ended_programme_takes_nothing_more_and_ends_once() {
    let mut town = Town::new();
    town.now = at(OVER);
    town.end();
    let (programme, workshops) = (town.programme, 4);
    let funder = town.funders[0];
    let terms = town.world.programmes[&programme].terms.clone();
    let change = crate::domain::command::Change::Programme {
        programme,
        name: "Essai".to_owned(),
        terms: Box::new(terms),
    };
    let reasons = [
        reason(town.end()),
        reason(town.fund(funder, 100)),
        reason(town.allocate(5)),
        reason(town.ask(Ask::ReserveGuarantee { programme, workshops })),
        reason(town.ask(Ask::Change(change))),
    ];
    assert_eq!(reasons, [Reason::ProgrammeEnded; 5]);
    assert_eq!(reason(town.try_issue(5)), Reason::ProgrammeBlocked);
}

#[test]
fn what_somebody_has_to_decide_stands_in_the_way() {
    let mut town = Town::new();
    town.now = at(OVER);
    town.world.undecided.insert(town.programme, 1);
    let refused = refusal(town.end());
    assert_eq!(refused.reason, Reason::ProgrammeUnsettled);
    assert_eq!((refused.facts.limit, refused.facts.stage), (Some(1), None));
}
