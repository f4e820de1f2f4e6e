//! Conflicts as sentences: who could know what, who pays, and how much at most.
//! No chains: `records` has them.

use super::{
    records::{Offline, accepted},
    *,
};
use crate::domain::{
    command::Change,
    conflict::{Conflict, Fate},
    device::DeviceAsk,
    guarantee,
    record::{Cause, Claims, Contest, Verdict},
};

impl Town {
    /// A record of a device that heard of everything until now.
    fn informed(&mut self, device: &mut Offline, voucher: VoucherId) -> Command {
        self.informed_with(device, voucher, |_| {})
    }

    fn informed_with(
        &mut self,
        device: &mut Offline,
        voucher: VoucherId,
        change: impl FnOnce(&mut Claims),
    ) -> Command {
        let (seen, feed_at) = (Seq(self.world.head.seq), Some(self.now));
        self.record_with(device, voucher, |claims| {
            (claims.seen, claims.feed_at) = (seen, feed_at);
            change(claims);
        })
    }

    /// A record that is handed over a minute after something happened of which nobody told it.
    fn after(
        &mut self,
        device: &mut Offline,
        voucher: VoucherId,
        happens: impl FnOnce(&mut Self),
    ) -> Command {
        let (seen, feed_at) = (Seq(self.world.head.seq), Some(self.now));
        happens(self);
        self.later(60);
        self.record_with(device, voucher, |claims| (claims.seen, claims.feed_at) = (seen, feed_at))
    }

    fn contest(&mut self, command: &Command) -> Contest {
        match self.verdict(command) {
            Verdict::Conflict(contest) => contest,
            other => panic!("no conflict: {other:?}"),
        }
    }

    fn refused(&mut self, command: &Command) -> Reason {
        match self.verdict(command) {
            Verdict::Refused(refusal) => refusal.reason,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn rule(&mut self, conflict: Seq, paid: bool) -> Outcome {
        let note = "Les deux ateliers ont eu lieu".to_owned();
        self.ask(Ask::DecideConflict { conflict, paid, note })
    }

    fn guarantee(&mut self, workshops: i64) -> Outcome {
        self.ask(Ask::ReserveGuarantee { programme: self.programme, workshops })
    }

    fn conflict(&self, seq: Seq) -> &Conflict {
        &self.world.conflicts[&seq]
    }

    fn amend_terms(&mut self, change: impl FnOnce(&mut Terms)) {
        let row = &self.world.programmes[&self.programme];
        let (name, mut terms) = (row.name.clone(), Box::new(row.terms.clone()));
        change(&mut terms);
        let amend = Change::Programme { programme: self.programme, name, terms };
        assert!(matches!(self.ask(Ask::Change(amend)), Outcome::Done { .. }));
    }

    /// Two devices took the last workshop of a pass: the second one's conflict.
    fn spent_twice(&mut self) -> (VoucherId, Seq) {
        let (voucher, mut device) = (self.issue(5), self.offline());
        let other = self.informed_with(&mut device, voucher, |claims| claims.workshops = 5);
        self.redeem_with(voucher, |ask| ask.workshops = 5);
        (voucher, self.contest(&other).conflict)
    }
}

#[test]
fn two_devices_with_the_last_workshop_and_the_second_one_is_a_conflict() {
    let mut town = Town::new();
    let (voucher, mut one, mut two) = (town.issue(5), town.offline(), town.offline());
    town.redeem_with(voucher, |ask| ask.workshops = 4);
    let (first, second) = (town.informed(&mut one, voucher), town.informed(&mut two, voucher));
    town.later(DAY);
    let taken = accepted(town.verdict(&first));
    let contest = town.contest(&second);
    assert_eq!(contest.refusal.reason, Reason::VoucherExhausted);
    let conflict = town.conflict(contest.conflict).clone();
    assert_eq!(conflict.contested.against, [taken.seq]);
    assert_eq!((conflict.voucher, conflict.fate), (voucher, Fate::Open));
    let last = town.journal.last().unwrap();
    assert_eq!(last.event.device, Some(two.device));
    assert_eq!((last.event.voucher, last.postings.len()), (Some(voucher), 0));
    // The same record again is the same conflict, and the request is no second chance.
    assert_eq!(town.contest(&second), contest);
    let Ask::Record(ask) = &second.ask else { panic!() };
    let online = Command { ask: Ask::Redeem(ask.redeem.clone()), ..second.clone() };
    town.overrule(taken.seq);
    assert_eq!(reason(town.answer(&online).outcome), Reason::VoucherExhausted);
}

#[test]
fn the_guarantee_pays_once_to_the_cent_and_by_a_decision_with_a_reason() {
    let mut town = Town::of(&[1, 1, 1], |_| {});
    let (voucher, conflict) = town.spent_twice();
    assert_eq!(reason(town.rule(conflict, true)), Reason::GuaranteeExhausted);
    town.guarantee(12);
    assert_eq!((town.held(Stage::Guarantee), town.held(Stage::Earned)), (12_000, 5_000));
    let silent = Ask::DecideConflict { conflict, paid: true, note: String::new() };
    assert_eq!(reason(town.ask(silent)), Reason::RequestMalformed);
    assert!(matches!(town.rule(conflict, false), Outcome::Done { .. }));
    assert_eq!(reason(town.rule(conflict, false)), Reason::AlreadyDecided);
    assert_eq!(town.held(Stage::Earned), 5_000);
    // The venue has asked again.
    assert!(matches!(town.rule(conflict, true), Outcome::Done { .. }));
    assert_eq!((town.held(Stage::Guarantee), town.held(Stage::Earned)), (7_000, 10_000));
    for paid in [true, false] {
        assert_eq!(reason(town.rule(conflict, paid)), Reason::AlreadyDecided);
    }
    let figures = town.figures();
    assert_eq!((figures.earned_cents, figures.guaranteed_cents), (10_000, 5_000));
    assert_eq!((figures.workshops_used, town.voucher(voucher).uses.len()), (5, 1));
    assert_eq!(guarantee::left(&town.world.programmes[&town.programme].reserves), 7);
    assert!(town.live.len() == 10, "five of the pass, five of the guarantee");
}

#[test]
fn what_a_device_took_itself_it_knows() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let seen = Seq(town.world.head.seq);
    let feed_at = Some(town.now);
    let mut record = |town: &mut Town, workshops| {
        town.record_with(&mut device, voucher, |claims| {
            (claims.seen, claims.feed_at, claims.workshops) = (seen, feed_at, workshops);
        })
    };
    let all = [record(&mut town, 3), record(&mut town, 2), record(&mut town, 1)];
    accepted(town.verdict(&all[0]));
    accepted(town.verdict(&all[1]));
    assert_eq!(town.refused(&all[2]), Reason::VoucherExhausted);
}

#[test]
fn a_cause_that_the_device_had_heard_of_refuses() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let before = town.after(&mut device, voucher, |town| drop(town.cancel(voucher)));
    let knowing = town.informed(&mut device, voucher);
    assert_eq!(town.contest(&before).refusal.reason, Reason::VoucherCancelled);
    assert_eq!(town.refused(&knowing), Reason::VoucherCancelled);
}

#[test]
fn a_device_that_has_not_heard_of_the_service_for_a_week_works_at_its_own_risk() {
    for (days, conflict) in [(7, true), (8, false)] {
        let mut town = Town::of(&[1], |terms| terms.late_limit_days = 30);
        let (voucher, mut device) = (town.issue(5), town.offline());
        let feed_at = Some(town.now.plus_seconds(-days * DAY));
        let record = town.informed_with(&mut device, voucher, |claims| claims.feed_at = feed_at);
        town.redeem_with(voucher, |ask| ask.workshops = 5);
        assert_eq!(matches!(town.verdict(&record), Verdict::Conflict(_)), conflict, "{days}");
    }
}

#[test]
fn what_comes_too_late_is_a_conflict_but_not_if_the_pass_was_used_up_for_all_to_see() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let late = town.informed(&mut device, voucher);
    let used_up = town.issue(5);
    town.redeem_with(used_up, |ask| ask.workshops = 5);
    let refused = town.informed(&mut device, used_up);
    town.later(8 * DAY);
    let contest = town.contest(&late);
    assert_eq!(contest.refusal.reason, Reason::OccurredTooLate);
    assert!(town.conflict(contest.conflict).contested.against.is_empty());
    assert_eq!(town.refused(&refused), Reason::OccurredTooLate);
}

#[test]
fn a_venue_or_a_place_of_a_device_that_was_closed_meanwhile_is_a_conflict() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let venue = town.venue;
    let closed = town.after(&mut device, voucher, |town| {
        town.ask(Ask::OpenVenue { venue, active: false });
    });
    assert_eq!(town.contest(&closed).refusal.reason, Reason::VenueSuspended);
    let knowing = town.informed(&mut device, voucher);
    assert_eq!(town.refused(&knowing), Reason::VenueSuspended);
    town.ask(Ask::OpenVenue { venue, active: true });
    let other = town.add_venue(town.organisation);
    let id = device.device;
    let moved = town.after(&mut device, voucher, |town| {
        let (name, venues) = ("Tablette".to_owned(), vec![other]);
        town.ask(Ask::Device(DeviceAsk::Change { device: id, name, venues }));
    });
    assert_eq!(town.contest(&moved).refusal.reason, Reason::VenueNotAdmitted);
    let knowing = town.informed(&mut device, voucher);
    assert_eq!(town.refused(&knowing), Reason::VenueNotAdmitted);
}

#[test]
fn a_limit_that_others_reached_is_a_conflict_and_one_of_its_own_is_not() {
    let mut town = Town::of(&[1], |terms| terms.workshops_a_day = Some(1));
    let (voucher, mut device) = (town.issue(5), town.offline());
    let unheard = town.after(&mut device, voucher, |town| drop(town.redeem(voucher)));
    assert_eq!(town.contest(&unheard).refusal.reason, Reason::ProgrammeLimit);
    let own = town.informed(&mut device, voucher);
    assert_eq!(town.refused(&own), Reason::ProgrammeLimit);
}

#[test]
fn a_replaced_pass_is_paid_by_its_successor_and_by_the_guarantee_once_that_is_used_up() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let [first, second] = [(); 2].map(|()| town.informed(&mut device, voucher));
    town.later(60);
    town.replace(voucher);
    accepted(town.verdict(&first));
    let successor = town.voucher(voucher).successor.unwrap();
    town.redeem_with(successor, |ask| ask.workshops = 4);
    let contest = town.contest(&second);
    assert_eq!(contest.refusal.reason, Reason::VoucherExhausted);
    assert_eq!(town.conflict(contest.conflict).contested.against.len(), 1);
}

#[test]
fn a_device_costs_no_more_in_a_month_than_its_cap_and_less_with_typed_codes() {
    let caps = |terms: &mut Terms| {
        (terms.offline.guaranteed_a_month, terms.offline.typed_a_month) = (3, 1);
        terms.late_limit_days = 60;
    };
    let mut town = Town::of(&[1], caps);
    town.guarantee(20);
    let mut device = town.offline();
    let mut contested = |town: &mut Town, typed: bool, month: i64| {
        let voucher = town.issue(5);
        let (seen, feed_at) = (Seq(town.world.head.seq), Some(town.now));
        town.redeem_with(voucher, |ask| ask.workshops = 5);
        town.later(month * 30 * DAY);
        let at = town.now;
        let mut record = town.record_with(&mut device, voucher, |claims| {
            (claims.seen, claims.clock_at) = (seen, at);
            claims.feed_at = feed_at.map(|_| at);
        });
        let payload = town.voucher(voucher).payload;
        let Ask::Record(ask) = &mut record.ask else { panic!() };
        ask.redeem.shown =
            if typed { Shown::Known(voucher) } else { Shown::Signed { voucher, payload } };
        town.contest(&record).conflict
    };
    let typed = [contested(&mut town, true, 0), contested(&mut town, true, 0)];
    let signed = [(); 3].map(|()| contested(&mut town, false, 0));
    let next_month = contested(&mut town, true, 1);
    assert!(matches!(town.rule(typed[0], true), Outcome::Done { .. }));
    let refused = refusal(town.rule(typed[1], true));
    assert_eq!((refused.reason, refused.facts.limit), (Reason::GuaranteeCap, Some(1)));
    for conflict in &signed[..2] {
        assert!(matches!(town.rule(*conflict, true), Outcome::Done { .. }));
    }
    let refused = refusal(town.rule(signed[2], true));
    assert_eq!((refused.reason, refused.facts.limit), (Reason::GuaranteeCap, Some(3)));
    assert!(matches!(town.rule(next_month, true), Outcome::Done { .. }));
    // Not paying needs no room.
    assert!(matches!(town.rule(signed[2], false), Outcome::Done { .. }));
}

#[test]
fn a_guarantee_comes_out_of_free_money_and_goes_back_whole() {
    let mut town = Town::of(&[1, 1, 1], |_| {});
    let free = town.held(Stage::Available);
    let refused = refusal(town.guarantee(3_001));
    assert_eq!(refused.reason, Reason::BudgetExhausted);
    for workshops in [0, -1, 100_001] {
        assert_eq!(reason(town.guarantee(workshops)), Reason::AmountInvalid);
    }
    town.guarantee(7);
    town.issue(5);
    town.amend_terms(|terms| terms.price_cents = Cents(2_000));
    town.guarantee(3);
    assert_eq!(town.held(Stage::Guarantee), 7_000 + 6_000);
    assert_eq!(reason(town.guarantee(-11)), Reason::AmountInvalid);
    town.guarantee(-4);
    assert_eq!(town.held(Stage::Guarantee), 6_000);
    town.guarantee(-6);
    assert_eq!((town.held(Stage::Guarantee), town.held(Stage::Available)), (0, free - 5_000));
    let newest = town.world.accounts.iter().filter(|(key, account)| {
        key.stage == Stage::Available && key.version == 1 && account.balance().0 != 0
    });
    assert_eq!(newest.count(), 0, "what comes back serves the newest version");
}

#[test]
fn a_conflict_is_paid_at_the_price_of_its_pass_even_after_an_amendment() {
    let mut town = Town::new();
    town.guarantee(5);
    let (_, conflict) = town.spent_twice();
    town.amend_terms(|terms| terms.price_cents = Cents(2_000));
    town.guarantee(5);
    let before = town.held(Stage::Earned);
    assert!(matches!(town.rule(conflict, true), Outcome::Done { .. }));
    assert_eq!(town.held(Stage::Earned) - before, 5_000);
}

#[test]
fn a_workshop_that_is_still_to_come_waits_until_somebody_has_looked() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let ahead = town.now.plus_seconds(3_600);
    let record = town.informed_with(&mut device, voucher, |claims| claims.clock_at = ahead);
    assert_eq!(town.verdict(&record), Verdict::Quarantined(Cause::TimeAhead));
    let waits = town.waits();
    town.load_waiting(waits, &record);
    town.later(DAY);
    assert!(matches!(town.judge(waits, true), Outcome::Done { .. }));
    assert_eq!(town.voucher(voucher).free.len(), 4);
}

#[test]
fn a_record_in_quarantine_that_is_accepted_too_late_for_its_pass_becomes_a_conflict() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let record = town.informed(&mut device, voucher);
    town.later(60);
    town.revoke(&device);
    assert_eq!(town.verdict(&record), Verdict::Quarantined(Cause::DeviceRevoked));
    let waits = town.waits();
    town.load_waiting(waits, &record);
    town.redeem_with(voucher, |ask| ask.workshops = 5);
    assert!(matches!(town.judge(waits, true), Outcome::Done { .. }));
    let opened = town.world.conflicts.values().next().expect("a conflict");
    assert_eq!((opened.voucher, opened.fate), (voucher, Fate::Open));
}
