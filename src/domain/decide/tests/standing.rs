//! Suspending, cancelling, replacing, expiring, and late records of workshops before it.
//! No order of refusals (`redeem.rs`) and no reversals (`reverse.rs`).

use super::*;

#[test]
fn a_voucher_suspended_yesterday_pays_for_the_day_before() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let before = town.now.plus_seconds(3_600);
    town.later(DAY);
    let suspended = town.now;
    town.suspend(voucher);
    town.later(DAY);
    let refused = refusal(town.redeem(voucher));
    assert_eq!((refused.reason, refused.facts.at), (Reason::VoucherSuspended, Some(suspended)));
    assert_eq!(redeemed(town.redeem_at(voucher, before)).left, 4);
    let during = town.now;
    town.later(DAY);
    assert!(matches!(town.reinstate(voucher), Outcome::Done { .. }));
    assert_eq!(town.state(voucher), State::Active);
    redeemed(town.redeem(voucher));
    assert_eq!(reason(town.redeem_at(voucher, during)), Reason::VoucherSuspended);
}

#[test]
fn only_a_state_that_allows_it_is_changed() {
    let mut town = Town::new();
    let active = town.issue(5);
    assert_eq!(reason(town.reinstate(active)), Reason::VoucherStateConflict);
    town.suspend(active);
    assert_eq!(reason(town.suspend(active)), Reason::VoucherStateConflict);
    let stock = town.stock(5);
    assert_eq!(reason(town.suspend(stock)), Reason::VoucherStateConflict);
    assert_eq!(reason(town.replace(stock)), Reason::VoucherStock);
    let spent = town.issue(5);
    redeemed(town.redeem_with(spent, |ask| ask.workshops = 5));
    assert_eq!(reason(town.cancel(spent)), Reason::VoucherExhausted);
    assert_eq!(reason(town.replace(spent)), Reason::VoucherExhausted);
    town.cancel(active);
    assert_eq!(reason(town.cancel(active)), Reason::VoucherCancelled);
    assert_eq!(reason(town.replace(active)), Reason::VoucherCancelled);
    let old = town.issue(5);
    town.replace(old);
    assert_eq!(reason(town.replace(old)), Reason::VoucherReplaced);
    assert_eq!(reason(town.suspend(old)), Reason::VoucherReplaced);
    let late = town.issue(5);
    town.later(125 * DAY);
    assert_eq!(reason(town.cancel(late)), Reason::VoucherExpired);
    assert_eq!(reason(town.replace(late)), Reason::VoucherExpired);
}

#[test]
fn a_late_record_of_a_cancelled_voucher_is_paid_from_what_waits() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let before = town.now;
    town.later(DAY);
    let cancelled = town.now;
    town.cancel(voucher);
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Committed)), (5_000, 0));
    let refused = refusal(town.redeem(voucher));
    assert_eq!((refused.reason, refused.facts.at), (Reason::VoucherCancelled, Some(cancelled)));
    redeemed(town.redeem_at(voucher, before));
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Earned)), (4_000, 1_000));
    let figures = town.figures();
    assert_eq!((figures.workshops_cancelled, figures.workshops_used), (4, 1));
    assert_eq!((figures.cancelled, figures.given_back_cents), (1, 4_000));
}

#[test]
fn a_cancelled_voucher_drained_by_late_records_stays_cancelled() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let before = town.now;
    town.later(60);
    town.cancel(voucher);
    redeemed(town.redeem_with(voucher, |ask| (ask.workshops, ask.occurred_at) = (5, before)));
    assert_eq!(town.state(voucher), State::Cancelled);
    let figures = town.figures();
    assert_eq!((figures.cancelled, figures.exhausted, figures.workshops_cancelled), (1, 0, 0));
}

#[test]
fn money_of_a_cancelled_voucher_returns_once_late_records_cannot_come() {
    let mut town = Town::new();
    let free = town.held(Stage::Available);
    let voucher = town.issue(5);
    let before = town.now;
    town.later(60);
    town.cancel(voucher);
    town.later(7 * DAY);
    assert_eq!(reason(town.expire(voucher)), Reason::VoucherStateConflict);
    town.now = at("2026-11-30T23:00:00Z");
    assert!(matches!(town.expire(voucher), Outcome::Done { .. }));
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Available)), (0, free));
    assert_eq!(reason(town.expire(voucher)), Reason::VoucherStateConflict);
    assert_eq!(reason(town.redeem_at(voucher, before)), Reason::OccurredTooLate);
}

#[test]
fn cancelled_or_expired_stock_gives_nothing_back() {
    let mut town = Town::new();
    let (first, second) = (town.stock(5), town.stock(5));
    town.cancel(first);
    assert_eq!(town.state(first), State::Cancelled);
    assert_eq!(reason(town.activate(first)), Reason::VoucherCancelled);
    town.now = at("2027-12-01T09:00:00Z");
    assert_eq!(town.state(second), State::Expired);
    assert_eq!(reason(town.activate(second)), Reason::VoucherExpired);
    assert!(matches!(town.expire(second), Outcome::Done { .. }));
    for voucher in [first, second] {
        assert_eq!(reason(town.expire(voucher)), Reason::VoucherStateConflict);
    }
    let figures = town.figures();
    assert_eq!((figures.workshops_cancelled, figures.workshops_expired), (0, 0));
    assert_eq!((figures.given_back_cents, town.held(Stage::Releasable)), (0, 0));
}

#[test]
fn a_suspended_voucher_expires_as_expired_and_a_late_record_counts_as_that() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    town.later(120 * DAY);
    let last_day = town.now;
    town.later(60);
    town.suspend(voucher);
    town.later(DAY);
    assert_eq!(town.state(voucher), State::Expired);
    town.expire(voucher);
    redeemed(town.redeem_at(voucher, last_day));
    let figures = town.figures();
    assert_eq!((figures.expired, figures.workshops_expired), (1, 4));
    assert_eq!((figures.workshops_cancelled, figures.workshops_used), (0, 1));
}

#[test]
fn late_records_that_drain_an_expired_voucher_make_it_exhausted() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    town.later(120 * DAY);
    let last_day = town.now;
    town.later(DAY);
    town.expire(voucher);
    redeemed(town.redeem_with(voucher, |ask| (ask.workshops, ask.occurred_at) = (5, last_day)));
    assert_eq!(town.state(voucher), State::Exhausted);
    let figures = town.figures();
    assert_eq!((figures.exhausted, figures.expired, figures.workshops_expired), (1, 0, 0));
}

#[test]
fn a_replacement_carries_what_was_left_to_the_old_last_day_without_new_money() {
    let mut town = Town::new();
    let lost = town.issue(5);
    redeemed(town.redeem_with(lost, |ask| ask.workshops = 3));
    let programme = town.programme;
    town.ask(Ask::CloseProgramme { programme });
    for funder in town.funders.clone() {
        let free = town.world.balance(&crate::domain::ledger::AccountKey {
            programme,
            version: 1,
            funder,
            stage: Stage::Available,
            organisation: None,
        });
        town.withdraw(funder, free.0);
    }
    town.later(10 * DAY);
    let found = issued(town.replace(lost));
    assert_eq!((town.state(lost), town.state(found)), (State::Replaced, State::Active));
    assert_eq!((town.voucher(lost).left(), town.voucher(found).left()), (0, 2));
    assert_eq!(town.voucher(found).last_day, town.voucher(lost).last_day);
    assert_eq!(town.voucher(found).first_day, day("2026-12-03"));
    assert_eq!(town.held(Stage::Committed), 2_000);
    assert_eq!(reason(town.redeem(lost)), Reason::VoucherReplaced);
    assert_eq!((town.figures().replaced, town.figures().workshops_issued), (1, 5));
}

#[test]
fn a_late_record_of_a_replaced_voucher_takes_its_last_successor_s_next_number() {
    let mut town = Town::new();
    let first = town.issue(5);
    let before = town.now;
    town.later(60);
    let second = issued(town.replace(first));
    let between = town.now;
    town.later(60);
    let third = issued(town.replace(second));
    let next = town.voucher(third).free[0];
    let late = redeemed(town.redeem_at(first, before));
    assert_eq!((late.voucher, late.left), (first, 4));
    assert_eq!(town.voucher(third).uses[0].numbers, [next]);
    assert_eq!(town.live.keys().map(|key| key.2).collect::<Vec<_>>(), [next]);
    redeemed(town.redeem_at(second, between));
    let third_left = town.redeem_with(third, |ask| ask.workshops = 3);
    assert_eq!(redeemed(third_left).left, 0);
    assert_eq!(reason(town.redeem_at(first, before)), Reason::VoucherExhausted);
    assert_eq!(town.held(Stage::Earned), 5_000);
}

#[test]
fn a_late_record_undone_goes_back_to_the_voucher_that_paid() {
    let mut town = Town::new();
    let first = town.issue(5);
    let before = town.now;
    town.later(60);
    let second = issued(town.replace(first));
    let late = redeemed(town.redeem_at(first, before)).seq;
    assert!(matches!(town.reverse(late), Outcome::Reversed { left: 5, .. }));
    assert_eq!((town.voucher(first).left(), town.voucher(second).left()), (0, 5));
    town.cancel(second);
    redeemed(town.redeem_at(first, before));
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Earned)), (4_000, 1_000));
}

#[test]
fn expiry_gives_back_only_what_was_not_used() {
    let mut town = Town::new();
    let voucher = town.issue(10);
    redeemed(town.redeem_with(voucher, |ask| ask.workshops = 3));
    town.later(121 * DAY);
    town.expire(voucher);
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Committed)), (7_000, 0));
    assert_eq!(reason(town.expire(voucher)), Reason::VoucherStateConflict);
    let figures = town.figures();
    assert_eq!((figures.expired, figures.workshops_expired), (1, 7));
    assert_eq!((figures.given_back_cents, figures.earned_cents), (7_000, 3_000));
}
