//! Issuing: terms, budget, allocation, limits of people, collisions, stock.
//! Nothing that happens to a voucher afterwards.

use super::*;

#[test]
fn issuing_commits_each_funder_its_share_at_once() {
    let mut town = Town::new();
    let voucher = town.issue(10);
    let committed = |town: &Town, funder: usize| -> i64 {
        let accounts = town.world.accounts.iter();
        let own = accounts
            .filter(|(key, _)| key.stage == Stage::Committed && key.funder == town.funders[funder]);
        own.map(|(_, account)| account.balance().0).sum()
    };
    assert_eq!((committed(&town, 0), committed(&town, 1)), (6_000, 4_000));
    assert_eq!(town.state(voucher), State::Active);
    let figures = town.figures();
    assert_eq!((figures.handed_over, figures.workshops_issued), (1, 10));
    assert_eq!(figures.committed_cents, 10_000);
}

#[test]
fn the_first_number_used_turns_with_the_voucher() {
    let mut town = Town::of(&[1, 1, 1], |_| {});
    let firsts: Vec<Vec<i64>> = (0..3)
        .map(|_| {
            let voucher = town.issue(5);
            town.voucher(voucher).free.clone()
        })
        .collect();
    assert_eq!(firsts, [vec![0, 1, 2, 3, 4], vec![6, 7, 8, 9, 5], vec![12, 13, 14, 10, 11]]);
}

#[test]
fn an_exhausted_budget_names_the_funder_and_what_it_has_left() {
    let mut town = Town::new();
    let second = town.funders[1];
    town.withdraw(second, 1_000_000 - 3_999);
    let refused = refusal(town.try_issue(10));
    assert_eq!(refused.reason, Reason::BudgetExhausted);
    assert_eq!(refused.facts.funder, Some(second));
    assert_eq!(refused.facts.available_cents, Some(Cents(3_999)));
    assert_eq!(town.held(Stage::Committed), 0);
    town.fund(second, 1);
    town.issue(10);
    assert_eq!(refusal(town.try_issue(5)).facts.available_cents, Some(Cents(0)));
}

#[test]
fn a_funder_takes_back_only_what_is_free_and_pays_only_its_programme() {
    let mut town = Town::new();
    let first = town.funders[0];
    town.issue(10);
    let refused = refusal(town.withdraw(first, 994_001));
    assert_eq!(refused.reason, Reason::BudgetExhausted);
    assert_eq!(refused.facts.available_cents, Some(Cents(994_000)));
    assert!(matches!(town.withdraw(first, 994_000), Outcome::Done { .. }));
    for cents in [0, -1, 10_000_000_001] {
        assert_eq!(reason(town.fund(first, cents)), Reason::AmountInvalid, "{cents}");
    }
    let stranger = FunderId(added(town.ask(Ask::AddFunder { name: "Autre".to_owned() })));
    assert_eq!(reason(town.fund(stranger, 1)), Reason::NotFound);
}

#[test]
fn an_issuer_hands_out_no_more_than_its_allocation() {
    let mut town = Town::new();
    assert!(matches!(town.allocate(-9_988), Outcome::Done { .. }));
    town.issue(5);
    let refused = refusal(town.try_issue(8));
    assert_eq!((refused.reason, refused.facts.limit), (Reason::AllocationExhausted, Some(7)));
    let refused = refusal(town.allocate(-8));
    assert_eq!((refused.reason, refused.facts.limit), (Reason::AmountInvalid, Some(7)));
    town.issue(7);
    assert_eq!(reason(town.allocate(0)), Reason::AmountInvalid);
}

#[test]
fn stock_takes_no_budget_until_it_is_activated_and_is_valid_from_that_day() {
    let mut town = Town::new();
    let voucher = town.stock(5);
    assert_eq!((town.state(voucher), town.held(Stage::Committed)), (State::Stock, 0));
    assert_eq!((town.figures().stocked, town.figures().workshops_issued), (1, 0));
    assert_eq!(reason(town.redeem(voucher)), Reason::VoucherStock);
    let in_the_drawer = town.now;
    town.later(2 * DAY);
    assert_eq!(issued(town.activate(voucher)), voucher);
    assert_eq!((town.state(voucher), town.held(Stage::Committed)), (State::Active, 5_000));
    assert_eq!(town.voucher(voucher).first_day, day("2026-11-25"));
    assert_eq!(town.voucher(voucher).last_day, day("2027-03-25"));
    assert_eq!((town.figures().handed_over, town.figures().workshops_issued), (1, 5));
    assert_eq!(reason(town.redeem_at(voucher, in_the_drawer)), Reason::VoucherStock);
    redeemed(town.redeem(voucher));
    assert_eq!(reason(town.activate(voucher)), Reason::VoucherStateConflict);
}

#[test]
fn stock_needs_free_budget_and_its_own_issuer_to_be_activated() {
    let mut town = Town::new();
    let voucher = town.stock(10);
    let other = IssuerId(added(town.ask(Ask::AddIssuer { name: "Autre".to_owned() })));
    let outcome = town.ask(Ask::Activate { voucher, issuer: other });
    assert_eq!(reason(outcome), Reason::VoucherUnknown);
    let first = town.funders[0];
    town.withdraw(first, 994_001);
    assert_eq!(reason(town.activate(voucher)), Reason::BudgetExhausted);
    let issuer = town.issuer;
    town.ask(Ask::SuspendIssuer { issuer, suspended: true });
    assert_eq!(reason(town.activate(voucher)), Reason::IssuerSuspended);
    town.ask(Ask::SuspendIssuer { issuer, suspended: false });
    town.fund(first, 1);
    issued(town.activate(voucher));
}

#[test]
fn an_agent_has_a_daily_limit_which_ends_at_midnight_in_the_programme() {
    let mut town = Town::of(&[60, 40], |terms| terms.agent_daily_limit = 2);
    town.now = at("2026-11-23T22:59:00Z");
    town.actor = Some(UserId(1));
    town.issue(5);
    town.stock(5);
    let refused = refusal(town.try_issue(5));
    assert_eq!((refused.reason, refused.facts.limit), (Reason::AgentDailyLimit, Some(2)));
    town.actor = Some(UserId(2));
    town.issue(5);
    town.actor = Some(UserId(1));
    town.later(60);
    town.issue(5);
}

#[test]
fn a_collision_is_drawn_again_under_the_same_request() {
    let mut town = Town::new();
    town.issue(5);
    let (programme, issuer, workshops, stock) = (town.programme, town.issuer, 5, false);
    let used = town.world.taken.len();
    let taken = Draft { id: VoucherId(77), ..town.draft() };
    let (reference, code_tag) = (taken.reference.clone(), taken.code_tag);
    issued(town.ask(Ask::Issue { programme, issuer, workshops, stock, draft: taken }));
    let fresh = town.draft();
    for draft in [
        Draft { id: VoucherId(77), ..fresh.clone() },
        Draft { reference, ..fresh.clone() },
        Draft { code_tag, ..fresh.clone() },
    ] {
        let ask = Ask::Issue { programme, issuer, workshops, stock, draft };
        let mut command = town.command(ask);
        assert_eq!(reason(town.answer(&command).outcome), Reason::DrawAgain);
        assert_eq!(town.world.taken.len(), used + 3);
        let draft = town.draft();
        command.ask = Ask::Issue { programme, issuer, workshops, stock, draft };
        let answer = town.answer(&command);
        assert!(!answer.replayed);
        issued(answer.outcome);
        return_to(&mut town, used + 3);
    }
}

/// Forgets the names of the newest voucher, so that each collision starts from the same.
fn return_to(town: &mut Town, used: usize) {
    let drawn = town.drawn;
    town.world.taken.retain(|text| match text {
        crate::domain::world::Unique::Voucher(id) => i128::from(id.0) != drawn.cast_signed(),
        crate::domain::world::Unique::Reference(text) => *text != format!("R{drawn}"),
        crate::domain::world::Unique::CodeTag(tag) => *tag != drawn.to_be_bytes(),
        _ => true,
    });
    assert_eq!(town.world.taken.len(), used);
}

#[test]
fn nothing_is_issued_outside_the_programme_s_range_and_days() {
    let mut town = Town::new();
    for workshops in [0, 4, 11] {
        assert_eq!(reason(town.try_issue(workshops)), Reason::WorkshopsOutOfRange);
    }
    town.now = at("2027-10-15T21:59:59Z");
    town.issue(5);
    town.later(1);
    let refused = refusal(town.try_issue(5));
    assert_eq!(refused.reason, Reason::ProgrammeBlocked);
    assert_eq!(refused.facts.day, Some(day("2027-10-31")));
    town.now = at("2026-11-23T09:00:00Z");
    let programme = town.programme;
    town.ask(Ask::CloseProgramme { programme });
    assert_eq!(reason(town.try_issue(5)), Reason::ProgrammeBlocked);
    let issuer = town.issuer;
    town.ask(Ask::SuspendIssuer { issuer, suspended: true });
    assert_eq!(reason(town.try_issue(5)), Reason::IssuerSuspended);
}

#[test]
fn terms_that_break_a_rule_are_refused_by_their_field() {
    let town = Town::new();
    let check = |reason: Reason, field: &str, change: &dyn Fn(&mut Terms)| {
        let mut town = town.clone();
        let mut terms = terms(&town.funders, &[60, 40]);
        change(&mut terms);
        let refused = refusal(town.add_programme(terms));
        assert_eq!((refused.reason, refused.facts.field.as_deref()), (reason, Some(field)));
    };
    let wrong = |field: &str, change: &dyn Fn(&mut Terms)| {
        check(Reason::TermsInvalid, field, change);
    };
    wrong("price_cents", &|terms| terms.price_cents = Cents(0));
    wrong("price_cents", &|terms| terms.price_cents = Cents(1_000_001));
    wrong("shares", &|terms| terms.shares.clear());
    wrong("shares", &|terms| terms.shares[1] = terms.shares[0]);
    wrong("shares.weight", &|terms| terms.shares[0].weight = 0);
    wrong("shares.weight", &|terms| terms.shares[0].weight = 1_000_001);
    wrong("workshops_min", &|terms| terms.workshops_min = 4);
    wrong("workshops_min", &|terms| terms.workshops_max = 11);
    wrong("workshops_max", &|terms| (terms.workshops_min, terms.workshops_max) = (8, 7));
    wrong("last_day", &|terms| terms.last_day = terms.first_day.plus(-1));
    wrong("last_day", &|terms| terms.last_day = Day(65_536 - 30));
    wrong("validity_days", &|terms| terms.validity_days = Some(0));
    wrong("territory", &|terms| terms.territory.clear());
    wrong("workshops_a_day", &|terms| terms.workshops_a_day = Some(0));
    wrong("workshops_a_venue", &|terms| terms.workshops_a_venue = Some(0));
    check(Reason::NotFound, "shares.funder", &|terms| terms.shares[0].funder = FunderId(9));
}

#[test]
fn a_share_under_one_cent_a_workshop_is_refused_and_one_of_a_cent_is_not() {
    let mut town = Town::new();
    let mut terms = terms(&town.funders, &[999, 1]);
    added(town.add_programme(terms.clone()));
    terms.price_cents = Cents(999);
    let refused = refusal(town.add_programme(terms));
    assert_eq!(refused.reason, Reason::ShareUnderOneCent);
}
