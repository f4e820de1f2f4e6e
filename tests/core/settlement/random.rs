//! Random histories of paying, against a bank that counts what it transfers.
//! The model knows redemptions and transfers, nothing of stages, runs and slices.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Copy, Debug)]
enum Action {
    Redeem(usize),
    /// Which redemption, counted from the newest.
    Reverse(usize),
    NextDay,
    Open,
    Approve,
    Cancel,
    Export,
    /// Which payment without an answer; whether it is paid.
    Answer(usize, bool),
    /// Which payment that was paid.
    Return(usize),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        5 => (1..4_usize).prop_map(Action::Redeem),
        5 => (0..12_usize).prop_map(Action::Reverse),
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
    /// Redemptions, and whether they stand.
    redemptions: Vec<(Seq, bool)>,
    /// What the bank transferred, less what came back.
    transferred: i64,
}

impl Model {
    fn standing(&self) -> i64 {
        let count = self.redemptions.iter().filter(|(_, stands)| *stands).count();
        i64::try_from(count).unwrap() * 1_000
    }
}

fn all(office: &Office) -> Vec<PaymentView> {
    let filter = Filter { limit: 200, ..Filter::of(Tenant::Any) };
    office.database().payments(&filter).unwrap()
}

fn act(office: &Office, model: &mut Model, action: Action) {
    let runs = office.database().settlements(&Filter::of(Tenant::Any)).unwrap();
    let newest = runs.first().map(|run| run.id);
    match (action, newest) {
        (Action::Redeem(workshops), _) => {
            let Ok(voucher) = office.town.issue(5) else { return };
            for _ in 0..workshops {
                if let Outcome::Redeemed(redemption) = office.town.redeem(voucher).outcome {
                    model.redemptions.push((redemption.seq, true));
                }
            }
        }
        (Action::Reverse(back), _) => {
            let Some((seq, stands)) = model.redemptions.iter_mut().rev().nth(back) else { return };
            let ask = pass_numerique::domain::command::Reverse {
                redemption: *seq,
                organisation: None,
                supervisor: false,
            };
            let outcome = office.town.service.ask_as(None, Ask::Reverse(ask)).unwrap();
            assert_eq!(matches!(outcome, Outcome::Reversed { .. }), *stands);
            *stands = false;
        }
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
            let payments = all(office);
            let mut open = payments.iter().filter(|one| one.state == PaymentState::InPayment);
            let Some(payment) = open.nth(which) else { return };
            let answer = if paid { BankAnswer::Paid } else { BankAnswer::Rejected(None) };
            if matches!(office.answer(payment, answer), Outcome::Done { .. }) && paid {
                model.transferred += payment.amount_cents.0;
            }
        }
        (Action::Return(which), Some(_)) => {
            let payments = all(office);
            let mut paid = payments.iter().filter(|one| one.state == PaymentState::Paid);
            let Some(payment) = paid.nth(which) else { return };
            let outcome = office.answer(payment, BankAnswer::Returned(None));
            assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
            model.transferred -= payment.amount_cents.0;
        }
        (_, None) => {}
    }
    let [earned, in_payment, paid, receivable] = office.stages();
    assert_eq!(paid, model.transferred, "{action:?}");
    // What stands was earned once: it is here, on its way or paid, less what was paid too much.
    assert_eq!(earned + in_payment + paid + receivable, model.standing(), "{action:?}");
}

/// Lets all that is due be paid: then the bank has transferred exactly what stands.
fn finish(office: &Office, model: &mut Model) {
    act(office, model, Action::Redeem(3));
    for _ in 0..2 {
        for action in [Action::Approve, Action::Export, Action::Cancel] {
            act(office, model, action);
        }
        while all(office).iter().any(|one| one.state == PaymentState::InPayment) {
            let before = model.transferred;
            act(office, model, Action::Answer(0, true));
            assert!(model.transferred > before, "it may be answered");
        }
        for action in [Action::NextDay, Action::Open, Action::Approve, Action::Export] {
            act(office, model, action);
        }
    }
    while all(office).iter().any(|one| one.state == PaymentState::InPayment) {
        act(office, model, Action::Answer(0, true));
    }
    if model.standing() >= model.transferred {
        assert_eq!(model.transferred, model.standing());
        assert_eq!(office.stages(), [0, 0, model.standing(), 0]);
    }
}

fn plays(actions: &[Action]) {
    on_each_database(|town| {
        let (office, mut model) = (Office::equipped(town), Model::default());
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
        cases: 10, max_shrink_iters: 100, ..ProptestConfig::default()
    })]

    #[test]
    fn every_workshop_that_stands_is_paid_once_whatever_happens(
        actions in prop::collection::vec(action(), 10..70)
    ) {
        plays(&actions);
    }
}

/// What was kept back elsewhere before the payment that it is of comes back, is paid anew.
#[test]
fn a_return_after_the_keeping_back_pays_everything_again() {
    use Action::{Answer, Approve, Export, NextDay, Open, Redeem, Return, Reverse};
    plays(&[
        Redeem(3),
        NextDay,
        Open,
        Approve,
        Export,
        Answer(0, true),
        Reverse(0),
        Redeem(2),
        NextDay,
        Open,
        Approve,
        Export,
        Answer(0, true),
        Return(1),
        NextDay,
        Open,
        Approve,
        Export,
        Answer(0, false),
        Reverse(1),
        Reverse(3),
        NextDay,
        Open,
    ]);
}
