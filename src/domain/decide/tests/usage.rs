//! The usage figures that more than one event makes: started, received, delivered, deposited.
//! Those of a single event are beside its rules.

use super::*;

const DAY: i64 = 86_400;

#[test]
fn the_first_workshop_starts_a_voucher_however_it_is_told_or_undone() {
    let mut town = Town::new();
    let other = town.add_venue(town.organisation);
    let (voucher, issued) = (town.issue(5), town.now);
    let course = |town: &Town| {
        let figures = town.figures();
        [figures.started, figures.days_to_start, figures.received]
    };
    assert_eq!(course(&town), [0, 0, 0]);
    town.later(10 * DAY);
    let later = redeemed(town.redeem(voucher)).seq;
    assert_eq!(course(&town), [1, 10, 1]);
    // A late record of an earlier day, at another venue of the same organisation.
    let early = redeemed(town.redeem_with(voucher, |ask| {
        (ask.venue, ask.occurred_at) = (other, issued.plus_seconds(4 * DAY));
    }));
    assert_eq!(course(&town), [1, 4, 2]);
    town.overrule(early.seq);
    assert_eq!(course(&town), [1, 10, 1]);
    town.overrule(later);
    assert_eq!(course(&town), [0, 0, 0]);
    redeemed(town.redeem(voucher));
    assert_eq!(course(&town), [1, 10, 1]);
    town.later(DAY);
    redeemed(town.redeem(voucher));
    assert_eq!(course(&town), [1, 10, 1], "the same venue counts once");
}

#[test]
fn a_replacement_goes_on_where_the_lost_voucher_was() {
    let mut town = Town::new();
    let (used, unused) = (town.issue(5), town.issue(5));
    redeemed(town.redeem(used));
    for lost in [used, unused] {
        let replacement = issued(town.replace(lost));
        let again = issued(town.replace(replacement));
        redeemed(town.redeem(again));
    }
    let figures = town.figures();
    assert_eq!([figures.handed_over, figures.started, figures.replaced], [2, 2, 4]);
}

#[test]
fn what_was_delivered_counts_by_workshop_and_is_taken_back_with_it() {
    let mut town = Town::new();
    let voucher = town.issue(10);
    let mut deliver = |workshops, group, minutes| {
        let done = town.redeem_with(voucher, |ask| {
            ask.workshops = workshops;
            ask.delivery = Delivery { service: None, group, minutes };
        });
        redeemed(done).seq
    };
    deliver(1, None, None);
    deliver(1, Some(false), Some(90));
    let undone = deliver(2, Some(true), Some(120));
    let told = |town: &Town| {
        let f = town.figures();
        [f.workshops_single, f.workshops_group, f.redemptions_timed, f.minutes]
    };
    assert_eq!(told(&town), [1, 2, 2, 210]);
    town.reverse(undone);
    assert_eq!(told(&town), [1, 0, 1, 90]);
}

#[test]
fn deposits_and_stock_are_counted_as_they_come_and_go() {
    let mut town = Town::new();
    let before = town.figures().deposited_cents;
    assert_eq!(before, 2_000_000);
    town.withdraw(town.funders[0], 400);
    assert_eq!(town.figures().deposited_cents, before - 400);
    let (first, _) = (town.stock(5), town.stock(5));
    town.activate(first);
    town.issue(5);
    let figures = town.figures();
    assert_eq!([figures.stocked, figures.activated, figures.handed_over], [2, 1, 2]);
}
