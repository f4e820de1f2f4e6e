//! Random histories: the decision against a small model that is written another way.
//! The model knows stages and counts of vouchers, nothing of events and postings.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::domain::{apply::Fold, cents::legs, command::Change, ledger::Account, life::Standing};

#[derive(Clone, Copy, Debug)]
enum Action {
    Issue(u8),
    Stock(u8),
    Activate(usize),
    Suspend(usize),
    Reinstate(usize),
    Cancel(usize),
    Replace(usize),
    /// Voucher, workshops, seconds ago, which of the two organisations.
    Redeem(usize, u8, i64, bool),
    Reverse(usize),
    /// The last redemption sent again.
    Repeat,
    Expire(usize),
    Fund(usize, i64),
    Withdraw(usize, i64),
    /// A price, and which funders pay it.
    Amend(i64, usize),
    Later(i64),
}

/// What shares an amendment may bring; a weight of zero is a funder that has left.
const SHARES: [[u32; 3]; 4] = [[1, 1, 2], [2, 1, 1], [3, 0, 1], [0, 1, 0]];

fn action() -> impl Strategy<Value = Action> {
    // Newest first, and mostly one of the last two: histories of one voucher get long.
    let voucher = || prop_oneof![3 => 0..2_usize, 1 => 0..6_usize];
    let ago = prop_oneof![12 => Just(0), 2 => 0..DAY, 1 => 0..10 * DAY];
    let later = prop_oneof![6 => 60..DAY, 2 => DAY..9 * DAY, 1 => Just(115 * DAY)];
    prop_oneof![
        3 => (4..=10_u8).prop_map(Action::Issue),
        1 => (5..=7_u8).prop_map(Action::Stock),
        4 => voucher().prop_map(Action::Activate),
        1 => voucher().prop_map(Action::Suspend),
        3 => voucher().prop_map(Action::Reinstate),
        1 => voucher().prop_map(Action::Cancel),
        2 => voucher().prop_map(Action::Replace),
        26 => (voucher(), 1..4_u8, ago, any::<bool>())
            .prop_map(|(v, n, ago, other)| Action::Redeem(v, n, ago, other)),
        9 => prop_oneof![0..3_usize, 0..12_usize].prop_map(Action::Reverse),
        1 => Just(Action::Repeat),
        4 => voucher().prop_map(Action::Expire),
        1 => (0..3_usize, 1..9_000_i64).prop_map(|(f, cents)| Action::Fund(f, cents)),
        1 => (0..3_usize, 1..9_000_i64).prop_map(|(f, cents)| Action::Withdraw(f, cents)),
        2 => (prop_oneof![Just(1_001), Just(1_499), Just(700)], 0..SHARES.len())
            .prop_map(|(price, shares)| Action::Amend(price, shares)),
        6 => later.prop_map(Action::Later),
    ]
}

/// Where one workshop number's money is: `None` is back in the budget.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Committed,
    Releasable,
    Earned(OrganisationId),
}

/// A number is of a version.
type Number = (i32, i64);

/// Every number that was ever committed, where it is, what each funder paid in, and the price and
/// weights of each version.
#[derive(Clone, Default)]
struct Model {
    places: HashMap<Number, Option<Place>>,
    paid_in: HashMap<FunderId, i64>,
    issued: i64,
    versions: Vec<(i64, Vec<(FunderId, u32)>)>,
}

type Held = BTreeMap<(i32, FunderId, Stage, Option<OrganisationId>), i64>;

impl Model {
    /// Follows an accepted outcome with what the voucher's row says, as a person would.
    fn follow(&mut self, action: &Ask, before: &Town, after: &Town) {
        let places = |id: &VoucherId, place| {
            let (version, free) = (after.voucher(*id).version, after.voucher(*id).free.iter());
            free.map(|number| ((version, *number), place)).collect::<Vec<_>>()
        };
        let newest = i32::try_from(self.versions.len()).unwrap();
        match action {
            Ask::Issue { stock: false, draft, workshops, .. } => {
                self.issued += i64::from(*workshops);
                assert_eq!(after.voucher(draft.id).version, newest);
                self.places.extend(places(&draft.id, Some(Place::Committed)));
            }
            Ask::Activate { voucher, .. } => {
                self.issued += i64::from(after.voucher(*voucher).workshops);
                assert_eq!(after.voucher(*voucher).version, newest);
                self.places.extend(places(voucher, Some(Place::Committed)));
            }
            Ask::Cancel { voucher } => {
                self.places.extend(places(voucher, Some(Place::Releasable)));
            }
            Ask::Expire { voucher } => {
                let row = after.voucher(*voucher);
                let waited =
                    |number: &i64| self.places[&(row.version, *number)] == Some(Place::Releasable);
                let free = &row.free;
                let place = (!free.iter().any(waited)).then_some(Place::Releasable);
                self.places.extend(places(voucher, place));
            }
            Ask::Redeem(ask) => {
                let earned = Some(Place::Earned(ask.organisation));
                let taken = after.live.keys().filter(|key| !before.live.contains_key(key));
                let taken: Vec<_> = taken.map(|key| ((key.1, key.2), earned)).collect();
                assert_eq!(taken.len(), usize::from(ask.workshops));
                self.places.extend(taken);
            }
            Ask::Reverse(ask) => {
                let record = &after.world.redemptions[&ask.redemption];
                let voucher = after.voucher(record.voucher);
                let ended = voucher.life.last().unwrap();
                let dead = matches!(ended.to, Standing::Cancelled | Standing::Replaced);
                let run = after.journal.iter().any(|recorded| {
                    recorded.event.voucher == Some(voucher.id)
                        && recorded.event.body.kind() == "voucher_expired"
                });
                let released = after.journal.iter().any(|recorded| {
                    recorded.event.voucher == Some(voucher.id)
                        && recorded.event.body.kind() == "voucher_released"
                });
                let place = match (released, dead || run) {
                    (true, _) => None,
                    (false, true) => Some(Place::Releasable),
                    (false, false) => Some(Place::Committed),
                };
                let numbers = record.redeemed.numbers.iter();
                self.places.extend(numbers.map(|number| ((voucher.version, *number), place)));
            }
            Ask::Fund { funder, amount, .. } => {
                *self.paid_in.entry(*funder).or_default() += amount.0;
            }
            Ask::Withdraw { funder, amount, .. } => {
                *self.paid_in.entry(*funder).or_default() -= amount.0;
            }
            Ask::Replace { voucher, draft } => {
                assert_eq!(after.voucher(draft.id).version, after.voucher(*voucher).version);
            }
            Ask::Change(Change::Programme { terms, .. }) => self.amend(terms, newest, after),
            _ => {}
        }
    }

    /// Another price or other shares open a version.
    fn amend(&mut self, terms: &Terms, newest: i32, after: &Town) {
        let shares = terms.shares.iter().map(|share| (share.funder, share.weight)).collect();
        let new = (terms.price_cents.0, shares);
        let opens = self.versions.last() != Some(&new);
        let version = after.world.programmes[&after.programme].version;
        assert_eq!(version, newest + i32::from(opens));
        self.versions.extend(opens.then_some(new));
    }

    /// What a number costs each funder.
    fn legs(&self, (version, number): Number) -> Vec<(FunderId, i64)> {
        let (price, shares) = &self.versions[usize::try_from(version).unwrap() - 1];
        let weights: Vec<u32> = shares.iter().map(|(_, weight)| *weight).collect();
        let legs = legs(Cents(*price), &weights, number);
        shares.iter().zip(legs).map(|((funder, _), leg)| (*funder, leg.0)).collect()
    }

    /// What each account must hold, from the places alone; what is free and what came in count
    /// over all versions, as version 0.
    fn expected(&self) -> Held {
        let mut sums = BTreeMap::new();
        for (funder, paid_in) in &self.paid_in {
            *sums.entry((0, *funder, Stage::Funding, None)).or_default() -= paid_in;
            *sums.entry((0, *funder, Stage::Available, None)).or_default() += paid_in;
        }
        for (number, place) in &self.places {
            for (funder, leg) in self.legs(*number) {
                let (stage, of) = match place {
                    None => continue,
                    Some(Place::Committed) => (Stage::Committed, None),
                    Some(Place::Releasable) => (Stage::Releasable, None),
                    Some(Place::Earned(of)) => (Stage::Earned, Some(*of)),
                };
                *sums.entry((0, funder, Stage::Available, None)).or_default() -= leg;
                *sums.entry((number.0, funder, stage, of)).or_default() += leg;
            }
        }
        sums.retain(|_, cents| *cents != 0);
        sums
    }

    fn agrees_with(&self, town: &Town) {
        let newest = i32::try_from(self.versions.len()).unwrap();
        let mut held = Held::new();
        let mut of_funder: BTreeMap<(i32, FunderId), i64> = BTreeMap::new();
        for (key, account) in &town.world.accounts {
            let cents = account.balance().0;
            assert!(key.stage == Stage::Funding || cents >= 0, "{key:?} holds {cents}");
            *of_funder.entry((key.version, key.funder)).or_default() += cents;
            let whole = matches!(key.stage, Stage::Funding | Stage::Available);
            let version = if whole { 0 } else { key.version };
            *held.entry((version, key.funder, key.stage, key.organisation)).or_default() += cents;
            let spendable = key.version == newest;
            assert!(key.stage != Stage::Available || cents == 0 || spendable, "{key:?}: {cents}");
        }
        held.retain(|_, cents| *cents != 0);
        assert_eq!(held, self.expected());
        assert!(of_funder.values().all(|sum| *sum == 0), "funding differs: {of_funder:?}");
        for recorded in &town.journal {
            let sum: i64 = recorded.postings.iter().map(|posting| posting.amount.0).sum();
            assert_eq!(sum, 0, "{:?}", recorded.event);
        }
        self.figures_agree(town);
    }

    fn figures_agree(&self, town: &Town) {
        let count = |wanted: &dyn Fn(&Option<Place>) -> bool| -> i64 {
            i64::try_from(self.places.values().filter(|place| wanted(place)).count()).unwrap()
        };
        let used = count(&|place| matches!(place, Some(Place::Earned(_))));
        let outstanding = count(&|place| *place == Some(Place::Committed));
        let figures = town.figures();
        assert_eq!((figures.workshops_issued, figures.workshops_used), (self.issued, used));
        assert_eq!(i64::try_from(town.live.len()).unwrap(), used);
        let ended = figures.workshops_expired + figures.workshops_cancelled;
        assert_eq!(figures.workshops_issued, used + ended + outstanding);
        assert_eq!(figures.earned_cents, town.held(Stage::Earned));
        let ended = |place: &Option<Place>| matches!(place, None | Some(Place::Releasable));
        let given_back = self.places.iter().filter(|(_, place)| ended(place));
        let prices = given_back
            .map(|((version, _), _)| self.versions[usize::try_from(*version).unwrap() - 1].0);
        assert_eq!(figures.given_back_cents, prices.sum::<i64>());
        assert!(figures.values().iter().all(|value| *value >= 0), "{figures:?}");
        let vouchers = town.world.vouchers.values();
        let spent =
            vouchers.filter(|voucher| voucher.standing() != Standing::Stock && voucher.spent());
        assert_eq!(figures.exhausted, i64::try_from(spent.count()).unwrap());
    }
}

/// A town of three unequal funders and an odd price, with budget for a few vouchers.
fn small_town() -> (Town, OrganisationId, VenueId) {
    let mut town = Town::of(&[1, 1, 2], |terms| {
        (terms.price_cents, terms.workshops_a_day) = (Cents(1_001), Some(4));
    });
    for funder in town.funders.clone() {
        town.withdraw(funder, 985_000);
    }
    town.now = at("2026-11-02T09:00:00Z");
    let organisation = town.add_organisation();
    let venue = town.add_venue(organisation);
    town.now = at("2026-11-23T09:00:00Z");
    (town, organisation, venue)
}

fn command(
    town: &mut Town,
    other: (OrganisationId, VenueId),
    action: Action,
    sent: &[Command],
) -> Option<Command> {
    let mut vouchers: Vec<&Voucher> = town.world.vouchers.values().collect();
    vouchers.sort_by_key(|voucher| std::cmp::Reverse(voucher.number));
    let pick = |index: usize| vouchers.get(index).map(|voucher| voucher.id);
    let (programme, issuer, by) = (town.programme, town.issuer, Fund::Pledge);
    let ask = match action {
        Action::Issue(workshops) => {
            let draft = town.draft();
            Ask::Issue { programme, issuer, workshops, stock: false, draft }
        }
        Action::Stock(workshops) => {
            let draft = town.draft();
            Ask::Issue { programme, issuer, workshops, stock: true, draft }
        }
        Action::Activate(index) => Ask::Activate { voucher: pick(index)?, issuer },
        Action::Suspend(index) => Ask::Suspend { voucher: pick(index)? },
        Action::Reinstate(index) => Ask::Reinstate { voucher: pick(index)? },
        Action::Cancel(index) => Ask::Cancel { voucher: pick(index)? },
        Action::Replace(index) => {
            let voucher = pick(index)?;
            Ask::Replace { voucher, draft: town.draft() }
        }
        Action::Redeem(index, workshops, ago, elsewhere) => {
            let mut ask = town.redemption(pick(index)?);
            (ask.workshops, ask.occurred_at) = (workshops, town.now.plus_seconds(-ago));
            if elsewhere {
                (ask.organisation, ask.venue) = other;
            }
            Ask::Redeem(ask)
        }
        Action::Reverse(back) => {
            let mut seqs: Vec<Seq> = town.world.redemptions.keys().copied().collect();
            seqs.sort_by_key(|seq| std::cmp::Reverse(*seq));
            let redemption = *seqs.get(back)?;
            Ask::Reverse(Reverse { redemption, organisation: None, supervisor: false })
        }
        Action::Repeat => {
            let last = sent.iter().rev().find(|sent| matches!(sent.ask, Ask::Redeem(_)))?;
            return Some(Command { now: town.now, ..last.clone() });
        }
        Action::Expire(index) => Ask::Expire { voucher: pick(index)? },
        Action::Fund(index, cents) => {
            Ask::Fund { programme, funder: town.funders[index], amount: Cents(cents), by }
        }
        Action::Withdraw(index, cents) => {
            Ask::Withdraw { programme, funder: town.funders[index], amount: Cents(cents), by }
        }
        Action::Amend(price, shares) => {
            let mut terms = town.world.programmes[&programme].terms.clone();
            let weights = town.funders.iter().zip(SHARES[shares]).filter(|(_, weight)| *weight > 0);
            terms.shares = weights.map(|(&funder, weight)| Share { funder, weight }).collect();
            terms.price_cents = Cents(price);
            let (name, terms) = ("Essai".to_owned(), Box::new(terms));
            Ask::Change(Change::Programme { programme, name, terms })
        }
        Action::Later(seconds) => {
            town.later(seconds);
            return None;
        }
    };
    Some(town.command(ask))
}

/// The journal, folded from nothing but names, gives the same world.
fn replay_agrees_with(town: &Town, registry: &World) {
    let mut fold = Fold::new(registry.clone());
    for recorded in &town.journal {
        fold.apply(recorded.event.clone()).unwrap();
    }
    let balances =
        |world: &World| world.accounts.clone().into_iter().collect::<BTreeMap<_, Account>>();
    assert_eq!(balances(&fold.world), balances(&town.world));
    assert_eq!(fold.world.vouchers, town.world.vouchers);
    let programmes = |world: &World| -> Vec<_> {
        let rows = world.programmes.values();
        rows.map(|row| crate::domain::programme::Programme { name: String::new(), ..row.clone() })
            .collect()
    };
    assert_eq!(programmes(&fold.world), programmes(&town.world));
    assert_eq!(fold.world.allocations, town.world.allocations);
    assert_eq!(fold.world.redemptions, town.world.redemptions);
    assert_eq!(fold.world.head.seq, town.world.head.seq);
    assert_eq!(fold.world.head.hash, town.world.head.hash);
    assert_eq!(fold.effects.events, town.journal);
}

fn run(actions: &[Action], chunk: usize) {
    let (mut town, organisation, venue) = small_town();
    let start = town.clone();
    let mut model = Model::default();
    let weights = town.funders.iter().copied().zip([1, 1, 2]).collect();
    model.versions.push((1_001, weights));
    for funder in &town.funders {
        model.paid_in.insert(*funder, 15_000);
    }
    let (mut sent, mut answers) = (Vec::new(), Vec::new());
    for action in [Action::Issue(5), Action::Issue(7)].iter().chain(actions) {
        let Some(command) = command(&mut town, (organisation, venue), *action, &sent) else {
            continue;
        };
        let before = town.clone();
        let answer = town.answer(&command);
        let accepted = !matches!(answer.outcome, Outcome::Refused(_)) && !answer.replayed;
        if accepted {
            model.follow(&command.ask, &before, &town);
        } else {
            assert_eq!(before.world.head, town.world.head);
        }
        model.agrees_with(&town);
        sent.push(command);
        answers.push(answer);
    }
    let mut batched = start;
    let together: Vec<Answer> = sent.chunks(chunk).flat_map(|batch| batched.send(batch)).collect();
    assert_eq!(together, answers);
    assert_eq!(batched.world.head, town.world.head);
    assert_eq!((batched.live, batched.usage), (town.live.clone(), town.usage.clone()));
    // Names of the second organisation come with its command, as those of the first did.
    let mut registry = town.registry.clone();
    registry.organisations.clone_from(&town.world.organisations);
    registry.venues.clone_from(&town.world.venues);
    registry.head.account = 0;
    replay_agrees_with(&town, &registry);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_history_keeps_the_books_as_the_model_does(
        actions in prop::collection::vec(action(), 20..80),
        chunk in 1..12_usize,
    ) {
        run(&actions, chunk);
    }
}
