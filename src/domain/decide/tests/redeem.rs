//! Redemptions: the order of refusals, request ids, what is left, the moment of the workshop.
//! Nothing that undoes one.

use super::*;
use crate::domain::service::Service;

const UNKNOWN: VoucherId = VoucherId(999_999);

#[test]
fn exactly_k_of_k_workshops_are_redeemed_and_the_next_is_told_when_the_last_went() {
    let mut town = Town::new();
    let voucher = town.issue(7);
    let left: Vec<u8> = (0..7).map(|_| redeemed(town.redeem(voucher)).left).collect();
    assert_eq!(left, [6, 5, 4, 3, 2, 1, 0]);
    assert_eq!(town.state(voucher), State::Exhausted);
    let last = town.voucher(voucher).uses.last().unwrap().seq;
    let facts = refusal(town.redeem(voucher)).facts;
    assert_eq!((facts.left, facts.redemption), (Some(0), Some(last)));
    assert_eq!((facts.venue, facts.at), (Some(town.venue), Some(town.now)));
    let elsewhere = town.add_venue(town.organisation);
    let facts = refusal(town.redeem_with(voucher, |ask| ask.venue = elsewhere)).facts;
    assert_eq!((facts.redemption, facts.venue), (None, None));
    assert_eq!(town.held(Stage::Earned), 7_000);
}

#[test]
fn more_workshops_than_are_left_take_none() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    assert_eq!(redeemed(town.redeem_with(voucher, |ask| ask.workshops = 4)).left, 1);
    let refused = refusal(town.redeem_with(voucher, |ask| ask.workshops = 2));
    assert_eq!(refused.reason, Reason::WorkshopsInsufficient);
    assert_eq!(refused.facts.left, Some(1));
    assert_eq!(redeemed(town.redeem(voucher)).left, 0);
}

/// A redemption in which everything is wrong; each step puts one thing right.
#[test]
fn the_first_refusal_wins_in_the_order_of_the_contract() {
    let mut town = Town::of(&[1, 1, 1], |terms| {
        terms.venues_listed = true;
        terms.service_required = true;
        terms.services = vec![Service::Employment];
        terms.workshops_a_day = Some(4);
    });
    let voucher = town.issue(5);
    let issued_at = town.now;
    let listed = town.add_venue(town.organisation);
    let (programme, closed) = (town.programme, town.venue);
    town.ask(Ask::AdmitVenue { programme, venue: listed });
    town.ask(Ask::OpenVenue { venue: closed, active: false });
    town.later(3_600);
    let open = town.add_venue(town.organisation);
    town.later(3_600);
    town.suspend(voucher);
    town.later(3_600);

    let mut ask = town.redemption(voucher);
    ask.workshops = 0;
    ask.venue = VenueId(999);
    ask.shown = Shown::Refused(Reason::SignatureInvalid);
    let expect = |town: &mut Town, ask: &Redeem, expected| {
        assert_eq!(reason(town.ask(Ask::Redeem(ask.clone()))), expected);
    };
    expect(&mut town, &ask, Reason::RequestMalformed);
    ask.workshops = 11;
    expect(&mut town, &ask, Reason::RequestMalformed);
    ask.workshops = 6;
    expect(&mut town, &ask, Reason::VenueNotAdmitted);
    ask.venue = closed;
    expect(&mut town, &ask, Reason::VenueSuspended);
    ask.venue = open;
    for unread in
        [Reason::CodeMalformed, Reason::KeyUnknown, Reason::SignatureInvalid, Reason::KeyNotValid]
    {
        ask.shown = Shown::Refused(unread);
        expect(&mut town, &ask, unread);
    }
    ask.shown = Shown::Known(UNKNOWN);
    expect(&mut town, &ask, Reason::VoucherUnknown);
    ask.shown = Shown::Known(voucher);
    expect(&mut town, &ask, Reason::VenueNotAdmitted);
    ask.venue = listed;
    expect(&mut town, &ask, Reason::VoucherSuspended);
    town.reinstate(voucher);
    ask.occurred_at = issued_at.plus_seconds(200 * DAY);
    expect(&mut town, &ask, Reason::VoucherExpired);
    ask.occurred_at = town.now.plus_seconds(121);
    expect(&mut town, &ask, Reason::OccurredInFuture);
    ask.occurred_at = town.now.plus_seconds(120);
    expect(&mut town, &ask, Reason::WorkshopsInsufficient);
    ask.workshops = 5;
    expect(&mut town, &ask, Reason::ProgrammeLimit);
    ask.workshops = 4;
    expect(&mut town, &ask, Reason::ServiceRequired);
    ask.delivery.service = Some(Service::Leisure);
    expect(&mut town, &ask, Reason::ServiceNotAdmitted);
    ask.delivery.service = Some(Service::Employment);
    assert_eq!(redeemed(town.ask(Ask::Redeem(ask))).left, 1);
}

#[test]
fn too_late_comes_after_the_voucher_and_before_what_is_left() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    redeemed(town.redeem_with(voucher, |ask| ask.workshops = 5));
    let then = town.now;
    town.later(7 * DAY + 120);
    assert_eq!(reason(town.redeem_at(voucher, then)), Reason::VoucherExhausted);
    town.later(1);
    let late = refusal(town.redeem_at(voucher, then));
    assert_eq!((late.reason, late.facts.limit), (Reason::OccurredTooLate, Some(7)));
}

#[test]
fn a_workshop_before_the_voucher_was_issued_is_not_its_workshop() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let before = town.now.plus_seconds(-1);
    let refused = refusal(town.redeem_at(voucher, before));
    assert_eq!(refused.reason, Reason::VoucherNotYetValid);
    assert_eq!(refused.facts.day, Some(day("2026-11-23")));
}

#[test]
fn a_venue_of_another_organisation_is_not_found_and_an_unapproved_one_is_suspended() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let other = town.add_organisation();
    let outcome = town.redeem_with(voucher, |ask| ask.organisation = other);
    assert_eq!(reason(outcome), Reason::VenueNotAdmitted);
    let open = town.now;
    town.later(60);
    let (organisation, approval) = (town.organisation, Approval::Suspended);
    town.ask(Ask::ApproveOrganisation { organisation, approval });
    assert_eq!(reason(town.redeem(voucher)), Reason::VenueSuspended);
    redeemed(town.redeem_at(voucher, open));
}

#[test]
fn a_good_signature_over_other_bytes_is_an_unknown_voucher() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let payload = town.voucher(voucher).payload;
    let mut forged = payload;
    forged[15] = 10;
    let show = |town: &mut Town, payload| {
        town.redeem_with(voucher, |ask| ask.shown = Shown::Signed { voucher, payload })
    };
    assert_eq!(reason(show(&mut town, forged)), Reason::VoucherUnknown);
    redeemed(show(&mut town, payload));
}

#[test]
fn a_known_request_gets_its_first_outcome_again_whatever_has_happened_since() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let ask = town.redemption(voucher);
    let command = town.command(Ask::Redeem(ask));
    let first = town.answer(&command);
    town.later(DAY);
    town.cancel(voucher);
    let mut later = command.clone();
    later.now = town.now;
    if let Ask::Redeem(ask) = &mut later.ask {
        ask.occurred_at = town.now;
    }
    let again = town.answer(&later);
    assert_eq!(again.outcome, first.outcome);
    assert_eq!((first.replayed, again.replayed, again.reversed), (false, true, false));

    town.overrule(redeemed(first.outcome.clone()).seq);
    let again = town.answer(&later);
    assert_eq!((again.outcome, again.reversed), (first.outcome, true));
    assert_eq!(town.held(Stage::Earned), 0);
}

#[test]
fn the_same_request_id_with_another_content_is_refused_and_changes_nothing() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let ask = town.redemption(voucher);
    let command = town.command(Ask::Redeem(ask.clone()));
    let first = town.answer(&command);
    let other = Ask::Redeem(Redeem { workshops: 2, ..ask });
    let mut reused = town.command(other);
    reused.request.id = command.request.id;
    let answer = town.answer(&reused);
    assert_eq!((answer.replayed, reason(answer.outcome)), (false, Reason::RequestReused));
    assert_eq!(town.answer(&command).outcome, first.outcome);
    assert_eq!(town.voucher(voucher).left(), 4);
}

#[test]
fn refusals_of_a_known_voucher_are_remembered_and_of_an_unknown_one_are_not() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    town.suspend(voucher);
    let sent = |town: &mut Town, voucher| {
        let ask = town.redemption(voucher);
        let command = town.command(Ask::Redeem(ask));
        town.answer(&command);
        town.answer(&command).replayed
    };
    assert!(sent(&mut town, voucher));
    assert!(!sent(&mut town, UNKNOWN));
}

#[test]
fn a_dry_run_says_the_same_and_leaves_no_trace() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let mut ask = town.redemption(voucher);
    ask.dry_run = true;
    let mut command = town.command(Ask::Redeem(ask.clone()));
    let (head, requests) = (town.world.head, town.world.requests.len());
    let dry = redeemed(town.answer(&command).outcome);
    assert_eq!((dry.seq, dry.left), (Seq(0), 4));
    assert_eq!((town.world.head, town.world.requests.len()), (head, requests));
    command.ask = Ask::Redeem(Redeem { dry_run: false, ..ask });
    let real = redeemed(town.answer(&command).outcome);
    assert_eq!(Redemption { seq: Seq(0), ..real }, dry);
}

#[test]
fn a_day_has_its_limit_and_so_has_a_venue() {
    let mut town = Town::of(&[60, 40], |terms| {
        (terms.workshops_a_day, terms.workshops_a_venue) = (Some(2), Some(3));
    });
    let voucher = town.issue(10);
    let elsewhere = town.add_venue(town.organisation);
    redeemed(town.redeem(voucher));
    redeemed(town.redeem(voucher));
    let full = refusal(town.redeem(voucher));
    assert_eq!((full.reason, full.facts.limit), (Reason::ProgrammeLimit, Some(2)));
    town.later(DAY);
    redeemed(town.redeem(voucher));
    let full = refusal(town.redeem(voucher));
    assert_eq!((full.reason, full.facts.limit), (Reason::ProgrammeLimit, Some(3)));
    redeemed(town.redeem_with(voucher, |ask| ask.venue = elsewhere));
    // A late record of a day that has room counts under that day.
    let yesterday = town.now.plus_seconds(-DAY + 600);
    let late = town.redeem_with(voucher, |ask| {
        (ask.occurred_at, ask.venue) = (yesterday, elsewhere);
    });
    assert_eq!(reason(late), Reason::ProgrammeLimit);
}

#[test]
fn a_voucher_ends_at_midnight_where_its_programme_is() {
    // Valid for 90 days and 30 of tolerance: the last day is 2027-03-23 everywhere.
    for (zone, last, next) in [
        ("Indian/Reunion", "2027-03-23T19:59:59Z", "2027-03-23T20:00:00Z"),
        ("Europe/Paris", "2027-03-23T22:59:59Z", "2027-03-23T23:00:00Z"),
        ("Pacific/Tahiti", "2027-03-24T09:59:59Z", "2027-03-24T10:00:00Z"),
    ] {
        let mut town = Town::of(&[60, 40], |terms| terms.time_zone = zone.parse().unwrap());
        town.now = at("2026-11-23T12:00:00Z");
        let voucher = town.issue(5);
        assert_eq!(town.voucher(voucher).last_day, day("2027-03-23"), "{zone}");
        town.now = at(last);
        assert_eq!(town.state(voucher), State::Active, "{zone}");
        assert_eq!(reason(town.expire(voucher)), Reason::VoucherStateConflict, "{zone}");
        redeemed(town.redeem(voucher));
        town.now = at(next);
        assert_eq!(town.state(voucher), State::Expired, "{zone}");
        let refused = refusal(town.redeem(voucher));
        assert_eq!(refused.reason, Reason::VoucherExpired, "{zone}");
        assert_eq!(refused.facts.day, Some(day("2027-03-23")), "{zone}");
        redeemed(town.redeem_at(voucher, at(last)));
    }
}
