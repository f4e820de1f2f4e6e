//! Held workshops: what is held and what is not, and who may look.
//! No runs: `tests/core/settlement/held.rs` pays.

use super::*;
use crate::domain::{
    hold::{HoldCause, Holds, likeness},
    record::Verdict,
    registry::Role,
};

fn watchful() -> Town {
    let mut town = Town::of(&[60, 40], |terms| terms.holds = Holds::default());
    // What the writer loads: nobody came before.
    town.world.signals.recent.entry(town.venue).or_default();
    town
}

fn causes(outcome: Outcome) -> Vec<HoldCause> {
    redeemed(outcome).held.into()
}

impl Town {
    fn person(&mut self, name: &str, role: Role) -> UserId {
        let email = format!("{}@example.fr", self.draw());
        let (name, password_hash) = (name.to_owned(), String::new());
        let like = likeness(&name);
        let id = UserId(added(self.ask(Ask::AddUser { email, name, role, password_hash })));
        self.world.signals.people.insert(id, like);
        id
    }

    fn decide_as(&mut self, actor: Option<UserId>, redemption: Seq, released: bool) -> Outcome {
        let before = std::mem::replace(&mut self.actor, actor);
        let note = "Vu avec le lieu".to_owned();
        let outcome = self.ask(Ask::DecideHold { redemption, released, note });
        self.actor = before;
        outcome
    }
}

#[test]
fn the_third_workshop_of_a_pass_in_a_day_is_held_and_none_of_an_ordinary_day() {
    let mut town = watchful();
    let voucher = town.issue(10);
    assert_eq!(causes(town.redeem(voucher)), []);
    assert_eq!(causes(town.redeem(voucher)), []);
    assert_eq!(causes(town.redeem(voucher)), [HoldCause::ManyInADay]);
    town.later(DAY);
    let two = town.redeem_with(voucher, |ask| ask.workshops = 2);
    assert_eq!(causes(two), []);
    let other = town.issue(10);
    let three = town.redeem_with(other, |ask| ask.workshops = 3);
    assert_eq!(causes(three), [HoldCause::ManyInADay]);
}

#[test]
fn a_dry_run_says_that_it_would_be_held_and_a_repetition_says_it_again() {
    let mut town = watchful();
    let voucher = town.issue(10);
    let ask = Redeem { workshops: 3, ..town.redemption(voucher) };
    let dry = redeemed(town.ask(Ask::Redeem(Redeem { dry_run: true, ..ask.clone() })));
    assert!(!dry.held.is_empty() && town.world.books.holds.is_empty());
    let command = town.command(Ask::Redeem(ask));
    let first = town.answer(&command).outcome;
    assert_eq!(town.answer(&command).outcome, first);
    assert_eq!(town.world.books.holds.len(), 1);
}

#[test]
fn an_organisation_that_hands_out_what_it_is_paid_for_is_looked_at() {
    let mut town = watchful();
    let name = "MÉDIATHÈQUE ".to_owned();
    town.issuer = IssuerId(added(town.ask(Ask::AddIssuer { name })));
    town.allocate(100);
    let voucher = town.issue(5);
    assert_eq!(causes(town.redeem(voucher)), [HoldCause::OwnIssuer]);
}

#[test]
fn who_hands_out_and_scans_under_one_name_is_looked_at() {
    let mut town = watchful();
    let agent = town.person("Marie Dupont", Role::Agent(town.issuer));
    let [same, other] = ["marie dupont", "Jean Petit"]
        .map(|name| town.person(name, Role::Scanner(town.organisation)));
    town.actor = Some(agent);
    let voucher = town.issue(5);
    town.actor = Some(other);
    assert_eq!(causes(town.redeem(voucher)), []);
    town.actor = Some(same);
    assert_eq!(causes(town.redeem(voucher)), [HoldCause::SamePerson]);
}

#[test]
fn more_than_thirty_scans_of_a_venue_within_ten_minutes_are_a_burst() {
    let mut town = watchful();
    let mut held = Vec::new();
    for _ in 0..32 {
        let voucher = town.issue(5);
        held.push(!causes(town.redeem(voucher)).is_empty());
        town.later(10);
    }
    assert_eq!(held.iter().position(|held| *held), Some(30));
    assert!(held[31]);
    town.later(600);
    let voucher = town.issue(5);
    assert_eq!(causes(town.redeem(voucher)), []);
}

#[test]
fn more_than_sixty_workshops_of_a_device_without_network_in_a_day_are_held() {
    let mut town = watchful();
    let holds = Holds { redemptions_in_10_minutes: None, ..Holds::default() };
    town.world.programmes.get_mut(&town.programme).unwrap().terms.holds = holds;
    let mut device = town.offline();
    let mut held = Vec::new();
    for _ in 0..32 {
        let voucher = town.issue(5);
        let record = town.record_with(&mut device, voucher, |claims| claims.workshops = 2);
        let Verdict::Accepted(redemption) = town.verdict(&record) else { panic!() };
        held.push(redemption.held.iter().collect::<Vec<_>>());
    }
    assert!(held[..30].iter().all(Vec::is_empty), "{held:?}");
    assert_eq!(held[30], [HoldCause::ManyOffline]);
    town.later(DAY);
    let voucher = town.issue(5);
    let record = town.record_with(&mut device, voucher, |_| {});
    let Verdict::Accepted(redemption) = town.verdict(&record) else { panic!() };
    assert!(redemption.held.is_empty());
}

#[test]
fn a_second_person_releases_once_and_nobody_of_the_venue_does() {
    let mut town = watchful();
    let scanner = town.person("Jean Petit", Role::Scanner(town.organisation));
    let supervisor = town.person("Anne Roy", Role::Supervisor(town.organisation));
    let [operator, funder] = ["O", "F"].map(|name| {
        let role = if name == "O" { Role::Operator } else { Role::Analyst(town.funders[0]) };
        town.person(name, role)
    });
    let stranger = FunderId(added(town.ask(Ask::AddFunder { name: "Autre".to_owned() })));
    let stranger = town.person("S", Role::Analyst(stranger));
    let voucher = town.issue(10);
    town.actor = Some(scanner);
    let redemption = redeemed(town.redeem_with(voucher, |ask| ask.workshops = 3)).seq;
    town.actor = None;
    for person in [scanner, supervisor, stranger] {
        let outcome = town.decide_as(Some(person), redemption, true);
        assert_eq!(reason(outcome), Reason::AnotherPersonNeeded);
    }
    assert_eq!(reason(town.decide_as(None, redemption, true)), Reason::RequestMalformed);
    let note = " ".to_owned();
    let mute = town.ask(Ask::DecideHold { redemption, released: true, note });
    assert_eq!(reason(mute), Reason::RequestMalformed);
    assert!(matches!(town.decide_as(Some(funder), redemption, true), Outcome::Done { .. }));
    let again = town.decide_as(Some(operator), redemption, false);
    assert_eq!(reason(again), Reason::AlreadyDecided);
    assert_eq!(town.held(Stage::Earned), 3_000);
}

#[test]
fn what_is_not_released_is_undone_and_the_pass_has_its_workshops_again() {
    let mut town = watchful();
    let operator = town.person("O", Role::Operator);
    let voucher = town.issue(10);
    let redemption = redeemed(town.redeem_with(voucher, |ask| ask.workshops = 3)).seq;
    assert!(matches!(town.decide_as(Some(operator), redemption, false), Outcome::Done { .. }));
    assert_eq!((town.held(Stage::Earned), town.voucher(voucher).left()), (0, 10));
    // The venue's own undo ends a hold too.
    let redemption = redeemed(town.redeem_with(voucher, |ask| ask.workshops = 3)).seq;
    assert!(matches!(town.reverse(redemption), Outcome::Reversed { .. }));
    let late = town.decide_as(Some(operator), redemption, true);
    assert_eq!(reason(late), Reason::AlreadyDecided);
    assert_eq!(reason(town.decide_as(Some(operator), Seq(1), true)), Reason::NotFound);
}

#[test]
fn whoever_has_the_pass_says_once_that_they_were_not_there() {
    let mut town = watchful();
    let [operator, analyst] = ["O", "F"].map(|name| {
        let role = if name == "O" { Role::Operator } else { Role::Analyst(town.funders[0]) };
        town.person(name, role)
    });
    let (voucher, other) = (town.issue(10), town.issue(5));
    let redemption = redeemed(town.redeem(voucher)).seq;
    let strange = town.ask(Ask::NotThere { voucher: other, redemption });
    assert_eq!(reason(strange), Reason::NotFound);
    let say = Ask::NotThere { voucher, redemption };
    assert_eq!(added(town.ask(say.clone())), redemption.0);
    assert_eq!(Vec::from(town.world.books.holds[&redemption].causes), [HoldCause::NotThere]);
    assert_eq!(reason(town.ask(say.clone())), Reason::AlreadyHeld);
    assert!(matches!(town.decide_as(Some(operator), redemption, true), Outcome::Done { .. }));
    assert_eq!(reason(town.ask(say)), Reason::AlreadyDecided);

    // Of one that a funder disputed it is one more cause, and that funder still decides nothing.
    let redemption = redeemed(town.redeem(voucher)).seq;
    let note = "Lieu fermé".to_owned();
    town.actor = Some(analyst);
    added(town.ask(Ask::Dispute { redemption, note }));
    town.actor = None;
    added(town.ask(Ask::NotThere { voucher, redemption }));
    let hold = &town.world.books.holds[&redemption];
    assert_eq!(Vec::from(hold.causes), [HoldCause::Disputed, HoldCause::NotThere]);
    let own = town.decide_as(Some(analyst), redemption, true);
    assert_eq!(reason(own), Reason::AnotherPersonNeeded);
    assert!(matches!(town.decide_as(Some(operator), redemption, false), Outcome::Done { .. }));
    assert_eq!(town.voucher(voucher).left(), 9);
    let late = town.ask(Ask::NotThere { voucher, redemption });
    assert_eq!(reason(late), Reason::AlreadyReversed);
}
