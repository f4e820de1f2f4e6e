//! Disputes as sentences: what may be disputed, who answers, what puts a decision right.
//! No runs: `tests/core/settlement/disputed.rs` pays.

use super::*;
use crate::domain::{
    dispute::{Disputable, DisputeAsk, DisputeState, MOST_MISSING, NewDispute, Subject},
    event::Body,
    registry::Role,
};

/// A town with people, and a workshop that the operator has undone.
struct Court {
    town: Town,
    voucher: VoucherId,
    undone: Seq,
    first: UserId,
    supervisor: UserId,
}

fn person(town: &mut Town, role: Role) -> UserId {
    let (email, name) = (format!("{}@example.fr", town.draw()), "N".to_owned());
    UserId(added(town.ask(Ask::AddUser { email, name, role, password_hash: String::new() })))
}

impl Court {
    fn new() -> Self {
        let mut town = Town::new();
        let first = person(&mut town, Role::Operator);
        let role = Role::Supervisor(town.organisation);
        let supervisor = person(&mut town, role);
        let voucher = town.issue(5);
        let undone = redeemed(town.redeem_with(voucher, |ask| ask.workshops = 2)).seq;
        town.actor = Some(first);
        assert!(matches!(town.overrule(undone), Outcome::Reversed { .. }));
        town.actor = None;
        let mut court = Self { town, voucher, undone, first, supervisor };
        court.knows(undone);
        court
    }

    /// What the writer loads of a redemption: whose it is, and who has undone it.
    fn knows(&mut self, redemption: Seq) {
        let by = self.town.journal.iter().find(|one| one.event.reverses() == Some(redemption));
        let disputable = Disputable {
            organisation: self.town.organisation,
            programme: self.town.programme,
            first_by: by.and_then(|one| one.event.actor),
        };
        let subject = Subject::Redemption(redemption);
        self.town.world.disputes.subjects.insert(subject, disputable);
    }

    fn ask_as(&mut self, actor: UserId, ask: DisputeAsk) -> Outcome {
        self.town.actor = Some(actor);
        let outcome = self.town.ask(Ask::OrganisationDispute(ask));
        self.town.actor = None;
        outcome
    }

    fn open_with(&mut self, change: impl FnOnce(&mut NewDispute)) -> Outcome {
        let mut new = NewDispute {
            organisation: self.town.organisation,
            subject: Subject::Redemption(self.undone),
            programme: None,
            reason: "L’atelier a eu lieu".to_owned(),
            evidence: None,
        };
        change(&mut new);
        self.ask_as(self.supervisor, DisputeAsk::Open(new))
    }

    fn open(&mut self) -> Seq {
        Seq(added(self.open_with(|_| {})))
    }

    fn answer(&mut self, actor: UserId, dispute: Seq, upheld: bool) -> Outcome {
        let note = "Liste signée vue".to_owned();
        self.ask_as(actor, DisputeAsk::Decide { dispute, upheld, note, correction: None })
    }

    fn withdraw(&mut self, dispute: Seq, organisation: OrganisationId) -> Outcome {
        self.ask_as(self.supervisor, DisputeAsk::Withdraw { dispute, organisation })
    }

    fn state(&self, dispute: Seq) -> DisputeState {
        self.town.world.disputes.rows[&dispute].state
    }
}

#[test]
fn what_somebody_else_upholds_is_earned_again_from_what_the_pass_has_left() {
    let mut court = Court::new();
    let dispute = court.open();
    assert_eq!((court.town.held(Stage::Earned), court.town.voucher(court.voucher).left()), (0, 5));
    let role = Role::Analyst(court.town.funders[0]);
    let funder = person(&mut court.town, role);
    court.town.later(3 * DAY);
    assert!(matches!(court.answer(funder, dispute, true), Outcome::Done { .. }));
    assert_eq!(court.town.held(Stage::Earned), 2_000);
    assert_eq!(court.town.voucher(court.voucher).left(), 3);
    let row = &court.town.world.disputes.rows[&dispute];
    assert_eq!((row.state, row.decided_by), (DisputeState::Upheld, Some(funder)));
    let new = &court.town.world.redemptions[&row.correction.unwrap()];
    let old = &court.town.world.redemptions[&court.undone];
    assert_eq!((new.occurred_at, new.redeemed.venue), (old.occurred_at, old.redeemed.venue));
    assert!(new.redeemed.held.is_empty() && new.recorded_at > old.recorded_at);
    // Once.
    let operator = person(&mut court.town, Role::Operator);
    assert_eq!(reason(court.answer(operator, dispute, true)), Reason::AlreadyDecided);
    assert_eq!(reason(court.open_with(|_| {})), Reason::AlreadyDisputed);
}

#[test]
fn nobody_answers_what_they_have_decided_asked_or_do_not_pay_for() {
    let mut court = Court::new();
    let dispute = court.open();
    let stranger = court.town.ask(Ask::AddFunder { name: "Autre".to_owned() });
    let stranger = person(&mut court.town, Role::Analyst(FunderId(added(stranger))));
    let auditor = person(&mut court.town, Role::Auditor);
    for wrong in [court.first, court.supervisor, stranger, auditor] {
        assert_eq!(reason(court.answer(wrong, dispute, false)), Reason::AnotherPersonNeeded);
    }
    let operator = person(&mut court.town, Role::Operator);
    let (note, correction) = (String::new(), None);
    let mute = DisputeAsk::Decide { dispute, upheld: true, note, correction };
    assert_eq!(reason(court.ask_as(operator, mute)), Reason::RequestMalformed);
    assert!(matches!(court.answer(operator, dispute, false), Outcome::Done { .. }));
    assert_eq!(
        (court.state(dispute), court.town.held(Stage::Earned)),
        (DisputeState::Dismissed, 0)
    );
    // A decision is answered once.
    assert_eq!(reason(court.open_with(|_| {})), Reason::AlreadyDisputed);
}

#[test]
fn only_what_others_decided_against_the_organisation_is_disputed() {
    let mut court = Court::new();
    let standing = redeemed(court.town.redeem(court.voucher)).seq;
    court.knows(standing);
    let standing = court.open_with(|new| new.subject = Subject::Redemption(standing));
    assert_eq!(reason(standing), Reason::NothingToDispute);
    // Its own people have undone it.
    let own = redeemed(court.town.redeem(court.voucher)).seq;
    court.town.actor = Some(court.supervisor);
    court.town.reverse(own);
    court.knows(own);
    let own = court.open_with(|new| new.subject = Subject::Redemption(own));
    assert_eq!(reason(own), Reason::NothingToDispute);
    let other = court.town.add_organisation();
    let foreign = court.open_with(|new| new.organisation = other);
    assert_eq!(reason(foreign), Reason::NotFound);
    let unknown = court.open_with(|new| new.subject = Subject::Conflict(Seq(1)));
    assert_eq!(reason(unknown), Reason::NotFound);
    let mute = court.open_with(|new| new.reason = " ".to_owned());
    assert_eq!(reason(mute), Reason::RequestMalformed);
}

#[test]
fn a_pass_without_workshops_left_or_whose_money_went_back_pays_nothing_again() {
    let mut court = Court::new();
    let dispute = court.open();
    let operator = person(&mut court.town, Role::Operator);
    let mut other = court.town.clone();
    court.town.redeem_with(court.voucher, |ask| ask.workshops = 4);
    let short = refusal(court.answer(operator, dispute, true));
    assert_eq!((short.reason, short.facts.left), (Reason::WorkshopsInsufficient, Some(1)));
    assert_eq!(court.state(dispute), DisputeState::Open);
    // Expired, and past the late limit.
    other.later(200 * DAY);
    for _ in 0..2 {
        other.expire(court.voucher);
    }
    std::mem::swap(&mut court.town, &mut other);
    assert_eq!(reason(court.answer(operator, dispute, true)), Reason::OccurredTooLate);
}

#[test]
fn what_is_withdrawn_nobody_answers_and_it_may_be_opened_again() {
    let mut court = Court::new();
    let dispute = court.open();
    let other = court.town.add_organisation();
    assert_eq!(reason(court.withdraw(dispute, other)), Reason::NotFound);
    let own = court.town.organisation;
    assert!(matches!(court.withdraw(dispute, own), Outcome::Done { .. }));
    assert_eq!(reason(court.withdraw(dispute, own)), Reason::AlreadyDecided);
    let operator = person(&mut court.town, Role::Operator);
    assert_eq!(reason(court.answer(operator, dispute, true)), Reason::AlreadyDecided);
    let again = court.open();
    assert_ne!(again, dispute);
}

#[test]
fn so_much_is_said_to_be_missing_until_some_of_it_is_answered() {
    let mut court = Court::new();
    let missing = |court: &mut Court| {
        let programme = Some(court.town.programme);
        court.open_with(|new| (new.subject, new.programme) = (Subject::Missing, programme))
    };
    let opened: Vec<i64> = (0..MOST_MISSING).map(|_| added(missing(&mut court))).collect();
    assert_eq!(reason(missing(&mut court)), Reason::AlreadyDisputed);
    let operator = person(&mut court.town, Role::Operator);
    assert!(matches!(court.answer(operator, Seq(opened[0]), true), Outcome::Done { .. }));
    assert!(matches!(missing(&mut court), Outcome::Added { .. }));
}

#[test]
fn events_of_disputes_hold_numbers_and_no_words() {
    let mut court = Court::new();
    let dispute = court.open_with(|new| new.evidence = Some("Liste signée".to_owned()));
    let dispute = Seq(added(dispute));
    let operator = person(&mut court.town, Role::Operator);
    court.answer(operator, dispute, true);
    let text: Vec<String> = court
        .town
        .journal
        .iter()
        .filter(|one| one.event.seq >= dispute)
        .map(|one| serde_json::to_string(&one.event.body).unwrap())
        .collect();
    let all = text.join("\n");
    assert!(all.contains("dispute_opened") && all.contains("dispute_decided"), "{all}");
    for words in ["atelier", "Liste"] {
        assert!(!all.contains(words), "{all}");
    }
    let last = &court.town.journal.last().unwrap().event.body;
    assert!(matches!(last, Body::DisputeDecided { upheld: true, correction: Some(_), .. }));
}
