//! Reversals: who may undo, until when, and where the workshop and its money go.
//! No new redemption rule.

use super::*;

#[test]
fn a_scanner_undoes_within_the_window_and_a_supervisor_after_it() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let (first, second) = (redeemed(town.redeem(voucher)).seq, redeemed(town.redeem(voucher)).seq);
    town.later(15 * 60);
    let undone = town.reverse(first);
    assert!(matches!(undone, Outcome::Reversed { redemption, left: 4, .. } if redemption == first));
    town.later(1);
    let late = refusal(town.reverse(second));
    assert_eq!((late.reason, late.facts.limit), (Reason::ReversalTooLate, Some(15)));
    let organisation = Some(town.organisation);
    let ask = Reverse { redemption: second, organisation, supervisor: true };
    assert!(matches!(town.ask(Ask::Reverse(ask)), Outcome::Reversed { left: 5, .. }));
}

#[test]
fn the_window_counts_from_recording_not_from_the_workshop() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let then = town.now;
    town.later(DAY);
    let late = redeemed(town.redeem_at(voucher, then)).seq;
    assert!(matches!(town.reverse(late), Outcome::Reversed { .. }));
}

#[test]
fn a_redemption_is_undone_once_and_only_by_its_own_organisation() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let redemption = redeemed(town.redeem(voucher)).seq;
    let organisation = Some(town.add_organisation());
    let ask = Reverse { redemption, organisation, supervisor: true };
    assert_eq!(reason(town.ask(Ask::Reverse(ask))), Reason::NotFound);
    assert_eq!(reason(town.reverse(Seq(1))), Reason::NotFound);
    town.reverse(redemption);
    assert_eq!(reason(town.reverse(redemption)), Reason::AlreadyReversed);
    assert_eq!(reason(town.overrule(redemption)), Reason::AlreadyReversed);
    assert_eq!((town.held(Stage::Earned), town.held(Stage::Committed)), (0, 5_000));
}

#[test]
fn undoing_the_last_workshop_revives_an_exhausted_voucher_which_uses_its_number_again() {
    let mut town = Town::of(&[1, 1, 1], |_| {});
    let voucher = town.issue(5);
    let seqs: Vec<Seq> = (0..5).map(|_| redeemed(town.redeem(voucher)).seq).collect();
    assert_eq!((town.state(voucher), town.figures().exhausted), (State::Exhausted, 1));
    let number = town.voucher(voucher).uses[1].numbers.clone();
    town.reverse(seqs[1]);
    assert_eq!((town.state(voucher), town.figures().exhausted), (State::Active, 0));
    redeemed(town.redeem(voucher));
    assert_eq!(town.voucher(voucher).uses.last().unwrap().numbers, number);
    assert_eq!((town.figures().reversals, town.figures().workshops_used), (1, 5));
}

#[test]
fn a_freed_number_is_the_next_one_used_before_those_that_were_never_used() {
    let mut town = Town::of(&[1, 1, 1], |_| {});
    let voucher = town.issue(5);
    let first = redeemed(town.redeem(voucher)).seq;
    redeemed(town.redeem(voucher));
    town.reverse(first);
    assert_eq!(town.voucher(voucher).free, [0, 2, 3, 4]);
    redeemed(town.redeem(voucher));
    assert_eq!(town.voucher(voucher).uses.last().unwrap().numbers, [0]);
}

#[test]
fn a_number_freed_and_used_again_in_one_batch_is_taken_once() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let redemption = redeemed(town.redeem(voucher)).seq;
    let undo = Reverse { redemption, organisation: None, supervisor: false };
    let undo = town.command(Ask::Reverse(undo));
    let again = town.redemption(voucher);
    let again = town.command(Ask::Redeem(again));
    let answers = town.send(&[undo, again]);
    let second = redeemed(answers[1].outcome.clone()).seq;
    assert_eq!(town.live.values().copied().collect::<Vec<_>>(), [second]);

    let next = town.redemption(voucher);
    let next = town.command(Ask::Redeem(next));
    let redemption = Seq(town.world.head.seq + 1);
    let undo = Reverse { redemption, organisation: None, supervisor: false };
    let undo = town.command(Ask::Reverse(undo));
    let answers = town.send(&[next, undo]);
    assert!(matches!(answers[1].outcome, Outcome::Reversed { left: 4, .. }));
    assert_eq!(town.live.len(), 1);
}

#[test]
fn undone_three_times_in_one_batch_leaves_no_number_in_use() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let mut redemption = redeemed(town.redeem(voucher)).seq;
    let mut batch = Vec::new();
    for _ in 0..3 {
        let ask = Reverse { redemption, organisation: None, supervisor: false };
        batch.push(town.command(Ask::Reverse(ask)));
        let ask = town.redemption(voucher);
        batch.push(town.command(Ask::Redeem(ask)));
        redemption = Seq(redemption.0 + 2);
    }
    batch.pop();
    town.send(&batch);
    assert!(town.live.is_empty());
}

#[test]
fn an_exhausted_voucher_is_not_counted_as_expired_until_a_workshop_comes_back() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let all = redeemed(town.redeem_with(voucher, |ask| ask.workshops = 5)).seq;
    town.later(125 * DAY);
    assert_eq!(town.state(voucher), State::Exhausted);
    town.expire(voucher);
    assert_eq!((town.figures().exhausted, town.figures().expired), (1, 0));
    town.overrule(all);
    assert_eq!(town.state(voucher), State::Expired);
    let figures = town.figures();
    assert_eq!((figures.exhausted, figures.expired, figures.workshops_expired), (0, 1, 5));
}

#[test]
fn undone_past_the_last_day_before_the_expiry_run_it_is_expired_and_the_run_gives_it_back() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let all = redeemed(town.redeem_with(voucher, |ask| ask.workshops = 5)).seq;
    town.later(121 * DAY);
    town.overrule(all);
    assert_eq!((town.state(voucher), town.held(Stage::Committed)), (State::Expired, 5_000));
    assert_eq!(reason(town.redeem(voucher)), Reason::VoucherExpired);
    town.expire(voucher);
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Committed)), (5_000, 0));
    let figures = town.figures();
    assert_eq!((figures.exhausted, figures.expired, figures.workshops_expired), (0, 1, 5));
}

#[test]
fn undone_after_expiry_the_money_waits_and_after_release_it_is_free_at_once() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let first = redeemed(town.redeem(voucher)).seq;
    let second = redeemed(town.redeem(voucher)).seq;
    let free = town.held(Stage::Available);
    town.later(121 * DAY);
    town.expire(voucher);
    assert_eq!(town.held(Stage::Releasable), 3_000);
    town.overrule(first);
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Committed)), (4_000, 0));
    assert_eq!(town.figures().given_back_cents, 4_000);
    town.later(7 * DAY);
    town.expire(voucher);
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Available)), (0, free + 4_000));
    town.overrule(second);
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Available)), (0, free + 5_000));
    let figures = town.figures();
    assert_eq!((figures.workshops_expired, figures.workshops_used), (5, 0));
    assert_eq!((figures.given_back_cents, figures.earned_cents), (5_000, 0));
}

#[test]
fn undone_on_a_replaced_voucher_the_workshop_goes_back_to_the_budget() {
    let mut town = Town::new();
    let lost = town.issue(5);
    let redemption = redeemed(town.redeem(lost)).seq;
    let found = issued(town.replace(lost));
    town.overrule(redemption);
    assert_eq!(town.voucher(found).left(), 4);
    assert_eq!((town.held(Stage::Releasable), town.held(Stage::Committed)), (1_000, 4_000));
    let figures = town.figures();
    // It never was exhausted: its workshops went to its successor.
    assert_eq!((figures.exhausted, figures.workshops_cancelled), (0, 1));
    town.later(8 * DAY);
    town.expire(lost);
    assert_eq!(town.held(Stage::Releasable), 0);
}
