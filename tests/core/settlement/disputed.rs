//! Disputes about workshops that were undone, and runs: whatever is answered and in whatever order,
//! a workshop is earned and paid once at most. Who may answer is tested in `decide/tests`.

use std::collections::BTreeSet;

use pass_numerique::{
    app::{
        erase::{Erased, erase},
        view::Limits,
    },
    domain::{
        command::Redemption,
        dispute::{DisputeAsk, DisputeState, NewDispute, Subject},
        erasure::{Erasure, Words},
        hold::Holds,
    },
    sys::clock::Clock,
};
use proptest::prelude::*;

use super::*;
use crate::support::{Town, on_each_empty_database, sql::Beside, terms};

/// An office where every workshop after the first of a pass in a day is held, and who asks and
/// answers there.
struct Court {
    office: Office,
    supervisor: UserId,
    judge: UserId,
}

fn on_each_court(test: impl Fn(Court)) {
    on_each_empty_database(|location, folder| {
        let clock = Clock::fixed("2026-11-23T10:00:00+01:00".parse().unwrap());
        let town = Town::found_at(location, folder, clock, Limits::default(), |funders| {
            let mut terms = terms(funders);
            terms.holds = Holds { workshops_a_day: Some(1), ..Holds::NONE };
            terms
        });
        let office = Office::equipped(town);
        let supervisor = office.person("s@o.example", Role::Supervisor(office.town.organisation));
        let judge = office.person("j@o.example", Role::Analyst(office.town.funders[0]));
        test(Court { office, supervisor, judge });
    });
}

impl Court {
    fn ask(&self, by: UserId, ask: Ask) -> Outcome {
        self.office.town.service.ask_as(Some(by), ask).unwrap()
    }

    /// The operator undoes what is held.
    fn undo(&self, redemption: Seq) -> Outcome {
        let note = "Personne n’était là".to_owned();
        self.ask(self.office.approver, Ask::DecideHold { redemption, released: false, note })
    }

    fn dispute(&self, redemption: Seq) -> Outcome {
        let new = NewDispute {
            organisation: self.office.town.organisation,
            subject: Subject::Redemption(redemption),
            programme: None,
            reason: "L’atelier a eu lieu".to_owned(),
            evidence: Some("Liste signée".to_owned()),
        };
        self.ask(self.supervisor, Ask::OrganisationDispute(DisputeAsk::Open(new)))
    }

    fn answer(&self, by: UserId, dispute: Seq, upheld: bool) -> Outcome {
        let note = "Liste signée vue".to_owned();
        let ask = DisputeAsk::Decide { dispute, upheld, note, correction: None };
        self.ask(by, Ask::OrganisationDispute(ask))
    }

    fn withdraw(&self, dispute: Seq) -> Outcome {
        let organisation = self.office.town.organisation;
        let ask = DisputeAsk::Withdraw { dispute, organisation };
        self.ask(self.supervisor, Ask::OrganisationDispute(ask))
    }

    fn state(&self, dispute: Seq) -> (DisputeState, Option<Seq>) {
        let filter = Filter::one(Tenant::Any, dispute.0);
        let rows = self.office.town.service.database().disputes(&filter).unwrap();
        (rows[0].state, rows[0].correction)
    }
}

fn opened(outcome: &Outcome) -> Seq {
    let Outcome::Added { seq, .. } = outcome else { panic!("{outcome:?}") };
    *seq
}

#[test]
fn the_words_of_a_hold_and_of_a_dispute_are_erased_and_what_was_decided_stays() {
    on_each_court(|court| {
        let held = court.office.redeem(2)[1];
        court.undo(held);
        let dispute = opened(&court.dispute(held));
        court.answer(court.judge, dispute, true);
        let town = &court.office.town;
        let words = || {
            let mut beside = Beside::open(&town.location).unwrap();
            beside.texts(
                "SELECT note AS text FROM hold WHERE note IS NOT NULL \
                 UNION ALL SELECT reason FROM dispute UNION ALL SELECT evidence FROM dispute \
                 UNION ALL SELECT note FROM dispute",
            )
        };
        let (before, database) = (court.state(dispute), town.service.database());
        assert!(words().iter().all(|text| !text.is_empty()) && words().len() == 4, "{:?}", words());
        for words in [Words::Hold(held), Words::Dispute(dispute)] {
            assert_eq!(erase(database, Erased::Words(words)).unwrap(), Erasure::Done);
        }
        assert_eq!(words(), ["", "", "", ""]);
        assert_eq!(court.state(dispute), before);
        town.audit();
    });
}

#[test]
fn a_workshop_that_was_undone_is_earned_again_once_and_paid_by_the_next_run() {
    on_each_court(|court| {
        let office = &court.office;
        let taken = office.redeem(2);
        assert!(matches!(court.undo(taken[1]), Outcome::Done { .. }));
        assert_eq!(office.stages(), [1_000, 0, 0, 0]);
        let dispute = opened(&court.dispute(taken[1]));
        assert_eq!(refused(&court.dispute(taken[1])), Reason::AlreadyDisputed);
        // Neither who decided first, nor who asks.
        for by in [office.approver, court.supervisor] {
            let own = court.answer(by, dispute, true);
            assert_eq!(refused(&own), Reason::AnotherPersonNeeded);
        }
        office.next_day();
        assert!(matches!(court.answer(court.judge, dispute, true), Outcome::Done { .. }));
        let again = court.answer(office.clerk, dispute, true);
        assert_eq!(refused(&again), Reason::AlreadyDecided);
        assert_eq!(refused(&court.dispute(taken[1])), Reason::AlreadyDisputed);
        assert_eq!(office.stages(), [2_000, 0, 0, 0]);
        let (state, correction) = court.state(dispute);
        let new = correction.unwrap();
        assert_eq!(state, DisputeState::Upheld);
        office.next_day();
        let (_, payments) = office.sent();
        assert_eq!(office.paid_by(payments[0].id), [taken[0], new]);
        office.answer(&payments[0], BankAnswer::Paid);
        assert_eq!(office.stages(), [0, 0, 2_000, 0]);
        office.town.audit();
    });
}

#[test]
fn a_pass_that_has_nothing_left_pays_nothing_again() {
    on_each_court(|court| {
        let office = &court.office;
        let voucher = office.town.issue(5).unwrap();
        let redeem = || match office.town.redeem(voucher).outcome {
            Outcome::Redeemed(Redemption { seq, .. }) => Ok(seq),
            other => Err(refused(&other)),
        };
        let taken: Vec<Seq> = (0..5).map(|_| redeem().unwrap()).collect();
        court.undo(taken[4]);
        redeem().unwrap();
        let dispute = opened(&court.dispute(taken[4]));
        let answer = court.answer(court.judge, dispute, true);
        assert_eq!(refused(&answer), Reason::WorkshopsInsufficient);
        assert_eq!(court.state(dispute), (DisputeState::Open, None));
        assert!(matches!(court.answer(court.judge, dispute, false), Outcome::Done { .. }));
        assert_eq!(office.stages(), [5_000, 0, 0, 0]);
        office.town.audit();
    });
}

#[test]
fn the_database_knows_that_another_person_answers_and_that_it_is_answered_once() {
    on_each_court(|court| {
        let office = &court.office;
        let taken = office.redeem(3);
        for redemption in &taken[1..] {
            court.undo(*redemption);
        }
        let one = opened(&court.dispute(taken[1]));
        let two = opened(&court.dispute(taken[2]));
        assert!(matches!(court.answer(court.judge, two, true), Outcome::Done { .. }));
        let upheld = "state = 'upheld', decision = 9, decided_at = 1";
        let correction = court.state(two).1.unwrap();
        for wrong in [
            format!("{upheld}, decided_by = {}", court.supervisor),
            format!("{upheld}, decided_by = {}", office.approver),
            upheld.to_owned(),
            "correction = 7".to_owned(),
            "state = 'dismissed'".to_owned(),
            format!("subject = {}", taken[2]),
            format!("{upheld}, decided_by = {}, correction = {correction}", court.judge),
        ] {
            let sql = format!("UPDATE dispute SET {wrong} WHERE id = {one}");
            assert!(office.town.execute(&sql).is_err(), "{sql}");
        }
        office.town.audit();
        office.town.execute("UPDATE dispute SET first_by = NULL").unwrap();
        let audit = office.town.service.audit().unwrap();
        assert!(audit.differences.iter().any(|one| one.place == "dispute"), "{audit:?}");
    });
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Redeem(usize),
    /// Which held redemption is undone.
    Undo(usize),
    /// Which redemption that was undone, whatever it is.
    Dispute(usize),
    /// Which dispute, and whether it is upheld.
    Answer(usize, bool),
    Withdraw(usize),
    /// A day later everything is run, approved and at the bank; whether that pays.
    Pay(bool),
}

fn action() -> impl Strategy<Value = Action> {
    prop_oneof![
        3 => (1..5_usize).prop_map(Action::Redeem),
        4 => (0..6_usize).prop_map(Action::Undo),
        5 => (0..8_usize).prop_map(Action::Dispute),
        5 => (0..8_usize, prop::bool::weighted(0.7)).prop_map(|(n, yes)| Action::Answer(n, yes)),
        1 => (0..8_usize).prop_map(Action::Withdraw),
        2 => prop::bool::weighted(0.7).prop_map(Action::Pay),
    ]
}

/// What took place, as the venue and those who look see it: no slices and no postings.
#[derive(Default)]
struct Model {
    standing: BTreeSet<Seq>,
    held: BTreeSet<Seq>,
    undone: Vec<Seq>,
    disputes: Vec<(Seq, Seq)>,
    /// Redemptions that somebody has given back once.
    given_back: BTreeSet<Seq>,
    transferred: i64,
}

fn act(court: &Court, model: &mut Model, action: Action) {
    let office = &court.office;
    match action {
        Action::Redeem(workshops) => {
            let taken = office.redeem(workshops);
            model.standing.extend(&taken);
            model.held.extend(&taken[1..]);
        }
        Action::Undo(which) => {
            let Some(seq) = model.held.iter().nth(which).copied() else { return };
            assert!(matches!(court.undo(seq), Outcome::Done { .. }));
            model.held.remove(&seq);
            model.standing.remove(&seq);
            model.undone.push(seq);
        }
        Action::Dispute(which) => {
            let Some(seq) = model.undone.get(which).copied() else { return };
            match court.dispute(seq) {
                Outcome::Added { seq: id, .. } => model.disputes.push((id, seq)),
                refusal => assert_eq!(refused(&refusal), Reason::AlreadyDisputed),
            }
        }
        Action::Answer(which, upheld) => {
            let Some((id, of)) = model.disputes.get(which).copied() else { return };
            match court.answer(court.judge, id, upheld) {
                Outcome::Done { .. } if upheld => {
                    assert!(model.given_back.insert(of), "{of} is given back twice");
                    model.standing.insert(court.state(id).1.unwrap());
                }
                Outcome::Done { .. } => {}
                refusal => assert_eq!(refused(&refusal), Reason::AlreadyDecided),
            }
        }
        Action::Withdraw(which) => {
            let Some((id, _)) = model.disputes.get(which) else { return };
            court.withdraw(*id);
        }
        Action::Pay(paid) => pay(court, model, paid),
    }
    let [earned, in_payment, paid, receivable] = office.stages();
    let standing = i64::try_from(model.standing.len()).unwrap() * 1_000;
    assert_eq!(earned + in_payment + paid + receivable, standing, "{action:?}");
    assert_eq!((in_payment, paid), (0, model.transferred), "{action:?}");
}

fn pay(court: &Court, model: &mut Model, paid: bool) {
    let office = &court.office;
    office.next_day();
    let run = office.run();
    if office.payments(run).is_empty() {
        office.ask(office.preparer, SettleAsk::Cancel { settlement: run });
        return;
    }
    assert!(matches!(office.approve(run), Outcome::Done { .. }));
    assert!(matches!(office.export(run), Outcome::Done { .. }));
    for payment in office.payments(run) {
        let answer = if paid { BankAnswer::Paid } else { BankAnswer::Rejected(None) };
        office.answer(&payment, answer);
        model.transferred += if paid { payment.amount_cents.0 } else { 0 };
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 8, max_shrink_iters: 100, ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_is_disputed_and_answered_nothing_is_earned_or_paid_twice(
        actions in prop::collection::vec(action(), 10..40)
    ) {
        on_each_court(|court| {
            let mut model = Model::default();
            for action in &actions {
                act(&court, &mut model, *action);
            }
            act(&court, &mut model, Action::Redeem(1));
            act(&court, &mut model, Action::Pay(true));
            let held = i64::try_from(model.held.len()).unwrap() * 1_000;
            all_is_paid(&court, &model, held);
            court.office.town.audit();
        });
    }
}

/// In the end all is paid that stands and is not held.
fn all_is_paid(court: &Court, model: &Model, held: i64) {
    let standing = i64::try_from(model.standing.len()).unwrap() * 1_000;
    assert_eq!(model.transferred, standing - held);
    assert_eq!(court.office.stages(), [held, 0, standing - held, 0]);
}
