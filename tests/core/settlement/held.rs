//! Held workshops and runs, in any order: what is held is never paid before its release, and at
//! most once after. The model knows redemptions and transfers, nothing of slices.

use std::collections::{BTreeMap, BTreeSet};

use pass_numerique::{
    app::view::Limits,
    domain::{
        command::Reverse,
        hold::{HoldState, Holds},
    },
    sys::clock::Clock,
};
use proptest::prelude::*;

use super::*;
use crate::support::{Town, on_each_empty_database, terms};

/// An office where the third workshop of a pass in a day is held.
fn on_each_watchful_office(test: impl Fn(Office)) {
    on_each_empty_database(|location, folder| {
        let clock = Clock::fixed("2026-11-23T10:00:00+01:00".parse().unwrap());
        let town = Town::found_at(location, folder, clock, Limits::default(), |funders| {
            let mut terms = terms(funders);
            terms.holds = Holds { workshops_a_day: Some(2), ..Holds::NONE };
            terms
        });
        test(Office::equipped(town));
    });
}

impl Office {
    fn decide(&self, redemption: Seq, released: bool) -> Outcome {
        let note = "Liste signée vue".to_owned();
        let ask = Ask::DecideHold { redemption, released, note };
        self.town.service.ask_as(Some(self.approver), ask).unwrap()
    }

    fn overrule(&self, redemption: Seq) -> Outcome {
        let ask = Reverse { redemption, organisation: None, supervisor: false };
        self.town.service.ask_as(None, Ask::Reverse(ask)).unwrap()
    }

    fn holds(&self) -> BTreeMap<Seq, HoldState> {
        let filter = Filter { limit: 200, ..Filter::of(Tenant::Any) };
        let rows = self.town.service.database().holds(&filter).unwrap();
        rows.into_iter().map(|row| (row.id, row.state)).collect()
    }

    fn all(&self) -> Vec<PaymentView> {
        let filter = Filter { limit: 200, ..Filter::of(Tenant::Any) };
        self.town.service.database().payments(&filter).unwrap()
    }
}

#[test]
fn a_held_workshop_waits_while_the_others_are_paid_and_is_paid_after_its_release() {
    on_each_watchful_office(|office| {
        let taken = office.redeem(4);
        assert_eq!(office.holds().len(), 2);
        office.next_day();
        let (_, payments) = office.sent();
        assert_eq!(payments[0].amount_cents, Cents(2_000));
        assert_eq!(office.paid_by(payments[0].id), taken[..2]);
        office.answer(&payments[0], BankAnswer::Paid);
        assert_eq!(office.stages(), [2_000, 0, 2_000, 0]);
        // Nothing new: there is nothing to pay.
        let run = office.run();
        assert!(office.payments(run).is_empty() && office.waiting(run).is_empty());
        office.ask(office.preparer, SettleAsk::Cancel { settlement: run });
        assert!(matches!(office.decide(taken[2], true), Outcome::Done { .. }));
        let (_, next) = office.sent();
        assert_eq!(next[0].amount_cents, Cents(1_000));
        assert_eq!(office.paid_by(next[0].id), [taken[2]]);
        // Undone while its payment is on its way: it is of that payment.
        assert!(matches!(office.overrule(taken[2]), Outcome::Reversed { .. }));
        assert_eq!(office.stages(), [1_000, 1_000, 2_000, -1_000]);
        office.answer(&next[0], BankAnswer::Rejected(None));
        assert_eq!(office.stages(), [1_000, 0, 2_000, 0]);
        assert!(matches!(office.decide(taken[3], false), Outcome::Done { .. }));
        assert_eq!(office.stages(), [0, 0, 2_000, 0]);
        office.town.audit();
    });
}

#[test]
fn a_workshop_released_before_its_run_is_paid_with_the_others() {
    on_each_watchful_office(|office| {
        let taken = office.redeem(3);
        assert!(matches!(office.decide(taken[2], true), Outcome::Done { .. }));
        office.next_day();
        let (_, payments) = office.sent();
        assert_eq!(office.paid_by(payments[0].id), taken);
        office.town.audit();
    });
}

#[test]
fn the_database_knows_who_may_release_and_that_what_is_held_is_not_paid() {
    on_each_watchful_office(|office| {
        let role = Role::Scanner(office.town.organisation);
        let (email, name) = ("s@o.example".to_owned(), "S".to_owned());
        let ask = Ask::AddUser { email, name, role, password_hash: String::new() };
        let Outcome::Added { id: scanner, .. } = office.town.service.ask_as(None, ask).unwrap()
        else {
            panic!()
        };
        let redemption = office.redeem(3)[2];
        for wrong in [
            format!("decided_by = {scanner}, decided_at = 1, note = 'x'"),
            "state = 'released'".to_owned(),
            "left_out = 1, payment = 1".to_owned(),
            format!("taken_by = {0}, decided_by = {0}", office.approver),
        ] {
            let sql = format!("UPDATE hold SET {wrong} WHERE redemption = {redemption}");
            assert!(office.town.execute(&sql).is_err(), "{sql}");
        }
        office.town.execute("UPDATE hold SET left_out = 1").unwrap();
        let audit = office.town.service.audit().unwrap();
        assert!(audit.differences.iter().any(|one| one.place == "hold"), "{audit:?}");
    });
}

#[test]
fn a_funder_disputes_what_nobody_has_paid_and_somebody_else_decides() {
    on_each_watchful_office(|office| {
        let analyst = office.person("f@o.example", Role::Analyst(office.town.funders[0]));
        let taken = office.redeem(2);
        let disputed = |redemption| {
            let note = "Le lieu était fermé ce jour-là".to_owned();
            office.town.service.ask_as(Some(analyst), Ask::Dispute { redemption, note }).unwrap()
        };
        assert!(matches!(disputed(taken[0]), Outcome::Added { .. }));
        assert_eq!(refused(&disputed(taken[0])), Reason::AlreadyHeld);
        office.next_day();
        let (_, payments) = office.sent();
        assert_eq!(office.paid_by(payments[0].id), [taken[1]]);
        assert_eq!(refused(&disputed(taken[1])), Reason::PaymentStateConflict);
        let (redemption, note) = (taken[0], "N".to_owned());
        let own = Ask::DecideHold { redemption, released: true, note };
        let own = office.town.service.ask_as(Some(analyst), own).unwrap();
        assert_eq!(refused(&own), Reason::AnotherPersonNeeded);
        assert!(matches!(office.decide(taken[0], true), Outcome::Done { .. }));
        // What was released and is not paid yet may be disputed once more.
        assert!(matches!(disputed(taken[0]), Outcome::Added { .. }));
        office.answer(&payments[0], BankAnswer::Paid);
        assert_eq!(office.stages(), [1_000, 0, 1_000, 0]);
        let run = office.run();
        assert!(office.payments(run).is_empty());
        office.ask(office.preparer, SettleAsk::Cancel { settlement: run });
        assert!(matches!(office.decide(taken[0], true), Outcome::Done { .. }));
        let (_, next) = office.sent();
        assert_eq!(office.paid_by(next[0].id), [taken[0]]);
        office.town.audit();
    });
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Redeem(usize),
    /// Which redemption, counted from the newest.
    Reverse(usize),
    /// Which held redemption, and whether it is released.
    Decide(usize, bool),
    /// Which redemption, counted from the newest.
    Dispute(usize),
    NextDay,
    Open,
    Approve,
    Cancel,
    Export,
    /// Which payment without an answer; whether it is paid.
    Answer(usize, bool),
    Return(usize),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        5 => (1..6_usize).prop_map(Action::Redeem),
        3 => (0..12_usize).prop_map(Action::Reverse),
        5 => (0..6_usize, prop::bool::weighted(0.7)).prop_map(|(n, yes)| Action::Decide(n, yes)),
        2 => (0..12_usize).prop_map(Action::Dispute),
        3 => Just(Action::NextDay),
        4 => Just(Action::Open),
        4 => Just(Action::Approve),
        1 => Just(Action::Cancel),
        4 => Just(Action::Export),
        6 => (0..3_usize, prop::bool::weighted(0.6)).prop_map(|(n, paid)| Action::Answer(n, paid)),
        2 => (0..3_usize).prop_map(Action::Return),
    ]
}

#[derive(Default)]
struct Model {
    /// Redemptions that stand.
    standing: BTreeSet<Seq>,
    /// Those of which nobody has said that they may be paid.
    held: BTreeSet<Seq>,
    newest: Vec<Seq>,
    transferred: i64,
}

impl Model {
    fn cents(of: &BTreeSet<Seq>) -> i64 {
        i64::try_from(of.len()).unwrap() * 1_000
    }

    fn undone(&mut self, seq: Seq) {
        self.standing.remove(&seq);
        self.held.remove(&seq);
    }
}

fn dispute(office: &Office, model: &mut Model, back: usize) {
    let Some(redemption) = model.newest.iter().rev().nth(back).copied() else { return };
    let ask = Ask::Dispute { redemption, note: "N".to_owned() };
    match office.town.service.ask_as(Some(office.clerk), ask).unwrap() {
        Outcome::Added { .. } => {
            assert!(model.standing.contains(&redemption));
            assert!(model.held.insert(redemption), "{redemption} was held already");
        }
        refusal => {
            let expected = match refused(&refusal) {
                Reason::AlreadyReversed => !model.standing.contains(&redemption),
                Reason::AlreadyHeld => model.held.contains(&redemption),
                Reason::PaymentStateConflict => !model.held.contains(&redemption),
                _ => false,
            };
            assert!(expected, "{redemption}: {refusal:?}");
        }
    }
}

fn act(office: &Office, model: &mut Model, action: Action) {
    let runs = office.town.service.database().settlements(&Filter::of(Tenant::Any)).unwrap();
    let newest = runs.first().map(|run| run.id);
    match (action, newest) {
        (Action::Redeem(workshops), _) => {
            let Ok(voucher) = office.town.issue(10) else { return };
            for place in 0..workshops {
                if let Outcome::Redeemed(redemption) = office.town.redeem(voucher).outcome {
                    assert_eq!(!redemption.held.is_empty(), place >= 2);
                    model.standing.insert(redemption.seq);
                    model.newest.push(redemption.seq);
                    if place >= 2 {
                        model.held.insert(redemption.seq);
                    }
                }
            }
        }
        (Action::Reverse(back), _) => {
            let Some(seq) = model.newest.iter().rev().nth(back).copied() else { return };
            let undone = matches!(office.overrule(seq), Outcome::Reversed { .. });
            assert_eq!(undone, model.standing.contains(&seq));
            model.undone(seq);
        }
        (Action::Decide(which, released), _) => {
            let Some(seq) = model.held.iter().nth(which).copied() else { return };
            let outcome = office.decide(seq, released);
            assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
            model.held.remove(&seq);
            if !released {
                model.undone(seq);
            }
        }
        (Action::Dispute(back), _) => dispute(office, model, back),
        (Action::NextDay, _) => office.next_day(),
        (Action::Open, _) => {
            office.open(office.today().plus(-1));
            office.tend();
        }
        (Action::Approve, Some(run)) => {
            office.approve(run);
        }
        (Action::Cancel, Some(run)) => {
            office.ask(office.preparer, SettleAsk::Cancel { settlement: run });
            office.tend();
        }
        (Action::Export, Some(run)) => {
            office.export(run);
        }
        (Action::Answer(which, paid), Some(_)) => {
            let payments = office.all();
            let mut open = payments.iter().filter(|one| one.state == PaymentState::InPayment);
            let Some(payment) = open.nth(which) else { return };
            let answer = if paid { BankAnswer::Paid } else { BankAnswer::Rejected(None) };
            if matches!(office.answer(payment, answer), Outcome::Done { .. }) && paid {
                model.transferred += payment.amount_cents.0;
            }
        }
        (Action::Return(which), Some(_)) => {
            let payments = office.all();
            let mut paid = payments.iter().filter(|one| one.state == PaymentState::Paid);
            let Some(payment) = paid.nth(which) else { return };
            let outcome = office.answer(payment, BankAnswer::Returned(None));
            assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
            model.transferred -= payment.amount_cents.0;
        }
        (_, None) => {}
    }
    check(office, model, action);
}

fn check(office: &Office, model: &Model, action: Action) {
    let [earned, in_payment, paid, receivable] = office.stages();
    assert_eq!(paid, model.transferred, "{action:?}");
    let standing = Model::cents(&model.standing);
    assert_eq!(earned + in_payment + paid + receivable, standing, "{action:?}");
    assert!(earned >= Model::cents(&model.held), "{action:?}: what is held is earned");
    let waiting = office.holds().into_iter().filter(|(_, state)| *state == HoldState::Held);
    assert_eq!(waiting.map(|(seq, _)| seq).collect::<BTreeSet<_>>(), model.held, "{action:?}");
    let mut seen = BTreeSet::new();
    let live = |state| matches!(state, PaymentState::InPayment | PaymentState::Paid);
    for payment in office.all().iter().filter(|one| live(one.state)) {
        let pays = office.paid_by(payment.id);
        let cents: i64 = payment.earned.iter().map(|share| share.amount_cents.0).sum();
        let failed_before = i64::try_from(pays.len()).unwrap() * 1_000;
        assert!(cents >= failed_before, "{action:?}");
        for seq in pays {
            assert!(!model.held.contains(&seq), "{action:?}: {seq} is held and paid");
            assert!(seen.insert(seq), "{action:?}: {seq} is paid twice");
        }
    }
}

/// Lets everything be looked at and paid.
fn finish(office: &Office, model: &mut Model) {
    act(office, model, Action::Redeem(2));
    while !model.held.is_empty() {
        act(office, model, Action::Decide(0, true));
    }
    for _ in 0..2 {
        for action in [Action::Approve, Action::Export, Action::Cancel] {
            act(office, model, action);
        }
        while office.all().iter().any(|one| one.state == PaymentState::InPayment) {
            let before = model.transferred;
            act(office, model, Action::Answer(0, true));
            assert!(model.transferred > before, "it may be answered");
        }
        for action in [Action::NextDay, Action::Open, Action::Approve, Action::Export] {
            act(office, model, action);
        }
    }
    while office.all().iter().any(|one| one.state == PaymentState::InPayment) {
        act(office, model, Action::Answer(0, true));
    }
    let standing = Model::cents(&model.standing);
    if standing >= model.transferred {
        assert_eq!(model.transferred, standing);
        assert_eq!(office.stages(), [0, 0, standing, 0]);
    }
}

fn plays(actions: &[Action]) {
    on_each_watchful_office(|office| {
        let mut model = Model::default();
        for action in actions {
            act(&office, &mut model, *action);
        }
        office.town.audit();
        finish(&office, &mut model);
        office.town.audit();
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 8, max_shrink_iters: 100, ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_held_is_never_paid_before_its_release_and_once_after(
        actions in prop::collection::vec(action(), 10..60)
    ) {
        plays(&actions);
    }
}

/// Left out, released, taken up, rejected, undone on the way: each at its worst moment.
#[test]
fn a_release_between_two_runs_is_taken_up_by_the_next_however_the_first_ends() {
    use Action::{Answer, Approve, Cancel, Decide, Export, NextDay, Open, Redeem, Return, Reverse};
    plays(&[
        Redeem(5),
        NextDay,
        Open,
        Decide(0, true),
        Cancel,
        Open,
        Approve,
        Export,
        Answer(0, false),
        Decide(0, true),
        Open,
        Approve,
        Export,
        Answer(0, true),
        Reverse(1),
        Reverse(0),
        Redeem(4),
        Return(0),
        NextDay,
        Open,
        Decide(0, false),
        Approve,
        Export,
    ]);
}
