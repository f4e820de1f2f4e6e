//! Amending a programme: another price or other shares open a version, and vouchers keep theirs.
//! No transport; the same through both databases is in the integration tests.

use super::*;
use crate::domain::command::Change;

const DAY: i64 = 86_400;

fn amend(town: &mut Town, change: impl FnOnce(&mut Terms)) -> Outcome {
    let programme = town.programme;
    let mut terms = town.world.programmes[&programme].terms.clone();
    change(&mut terms);
    let (name, terms) = ("Essai".to_owned(), Box::new(terms));
    town.ask(Ask::Change(Change::Programme { programme, name, terms }))
}

/// 1,200 instead of 1,000, half and half instead of 60 to 40.
fn dearer(town: &mut Town) {
    let amended = amend(town, |terms| {
        terms.price_cents = Cents(1_200);
        terms.shares.iter_mut().for_each(|share| share.weight = 50);
    });
    assert!(matches!(amended, Outcome::Done { .. }), "{amended:?}");
}

/// What a funder has in a stage, by version.
fn held(town: &Town, funder: usize, stage: Stage) -> Vec<i64> {
    let newest = town.world.programmes[&town.programme].version;
    let of = |version| {
        let own = town.world.accounts.iter().filter(move |(key, _)| {
            (key.version, key.funder, key.stage) == (version, town.funders[funder], stage)
        });
        own.map(|(_, account)| account.balance().0).sum()
    };
    (1..=newest).map(of).collect()
}

/// In every version, for every funder: what came in is what its stages hold.
fn adds_up(town: &Town) {
    let mut sums: BTreeMap<(i32, FunderId), i64> = BTreeMap::new();
    for (key, account) in &town.world.accounts {
        *sums.entry((key.version, key.funder)).or_default() += account.balance().0;
    }
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
}

#[test]
fn a_voucher_keeps_the_price_it_was_issued_at() {
    let mut town = Town::new();
    let old = town.issue(5);
    dearer(&mut town);
    let new = town.issue(5);
    assert_eq!((town.voucher(old).version, town.voucher(new).version), (1, 2));
    assert_eq!(town.voucher(new).free[0], 0, "numbers and ordinals begin anew");
    assert_eq!(held(&town, 0, Stage::Committed), [3_000, 3_000]);
    assert_eq!(held(&town, 1, Stage::Committed), [2_000, 3_000]);
    let first = redeemed(town.redeem(old));
    assert_eq!(first.earned_cents, Cents(1_000));
    assert_eq!(redeemed(town.redeem(new)).earned_cents, Cents(1_200));
    assert_eq!(held(&town, 1, Stage::Earned), [400, 600]);
    town.reverse(first.seq);
    assert_eq!(held(&town, 0, Stage::Committed), [3_000, 2_400]);
    adds_up(&town);
}

#[test]
fn what_is_free_goes_over_and_what_comes_back_later_follows() {
    let mut town = Town::new();
    let (old, used) = (town.issue(5), town.issue(5));
    let redemption = redeemed(town.redeem(used)).seq;
    dearer(&mut town);
    assert_eq!(held(&town, 0, Stage::Available), [0, 994_000]);
    assert_eq!(town.figures().deposited_cents, 2_000_000, "nothing came in");
    adds_up(&town);
    town.cancel(old);
    town.cancel(used);
    assert_eq!(held(&town, 0, Stage::Releasable), [5_400, 0]);
    town.later(8 * DAY);
    for voucher in [old, used] {
        town.expire(voucher);
    }
    assert_eq!(held(&town, 0, Stage::Available), [0, 999_400]);
    // Undone after its money has come back: that workshop's follows.
    town.overrule(redemption);
    assert_eq!(held(&town, 0, Stage::Available), [0, 1_000_000]);
    assert_eq!(held(&town, 1, Stage::Available), [0, 1_000_000]);
    adds_up(&town);
}

#[test]
fn stock_takes_the_price_of_its_hand_over_and_a_replacement_that_of_the_lost_one() {
    let mut town = Town::new();
    let (stock, lost) = (town.stock(5), town.issue(5));
    dearer(&mut town);
    town.activate(stock);
    assert_eq!(town.voucher(stock).version, 2);
    assert_eq!(held(&town, 0, Stage::Committed), [3_000, 3_000]);
    let replacement = issued(town.replace(lost));
    assert_eq!(town.voucher(replacement).version, 1);
    assert_eq!(redeemed(town.redeem(replacement)).earned_cents, Cents(1_000));
    assert_eq!(held(&town, 0, Stage::Earned), [600, 0]);
    adds_up(&town);
}

#[test]
fn a_funder_that_leaves_takes_back_what_is_free_and_a_new_one_pays_from_then_on() {
    let mut town = Town::new();
    let old = town.issue(5);
    let third = FunderId(added(town.ask(Ask::AddFunder { name: "Région".to_owned() })));
    let (first, second) = (town.funders[0], town.funders[1]);
    let unknown = amend(&mut town, |terms| terms.shares[1].funder = FunderId(99));
    assert_eq!(reason(unknown), Reason::NotFound);
    amend(&mut town, |terms| terms.shares[1].funder = third);
    assert_eq!(reason(town.fund(second, 1)), Reason::NotFound);
    let refused = refusal(town.try_issue(5));
    assert_eq!((refused.reason, refused.facts.funder), (Reason::BudgetExhausted, Some(third)));
    town.fund(third, 2_000);
    town.issue(5);
    assert!(matches!(town.withdraw(second, 998_000), Outcome::Done { .. }));
    assert_eq!(reason(town.withdraw(second, 1)), Reason::BudgetExhausted);
    redeemed(town.redeem(old));
    assert_eq!(held(&town, 1, Stage::Earned), [400, 0], "it still owes what it had committed");
    assert_eq!(held(&town, 0, Stage::Available)[1], 1_000_000 - 6_000);
    assert!(town.world.programmes[&town.programme].paid_by(second));
    assert!(matches!(town.withdraw(first, 1), Outcome::Done { .. }));
    adds_up(&town);
}

#[test]
fn other_terms_open_no_version_and_payer_and_time_zone_stay() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    amend(&mut town, |terms| (terms.workshops_a_day, terms.late_limit_days) = (Some(1), 3));
    assert_eq!(town.world.programmes[&town.programme].version, 1);
    redeemed(town.redeem(voucher));
    assert_eq!(reason(town.redeem(voucher)), Reason::ProgrammeLimit, "limits are for all vouchers");
    assert_eq!(
        refusal(amend(&mut town, |terms| terms.payer = Payer::Funder)).reason,
        Reason::TermsFixed
    );
    let refused = refusal(amend(&mut town, |terms| {
        terms.time_zone = "Indian/Reunion".parse().unwrap();
    }));
    assert_eq!(refused.facts.field.as_deref(), Some("time_zone"));
    let cheap = amend(&mut town, |terms| terms.price_cents = Cents(1));
    assert_eq!(reason(cheap), Reason::ShareUnderOneCent);
}
