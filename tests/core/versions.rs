//! A programme's price and shares change while its vouchers are out, on both databases.
//! The decision's single rules are tested beside it.

use pass_numerique::{
    app::report::usage_report,
    domain::{
        access::Tenant,
        batch::BatchOpened,
        cents::Cents,
        command::{Ask, Change, Outcome},
        event::Fund,
        ids::{FunderId, Seq, VoucherId},
        life::State,
        programme::{Share, Terms},
        refusal::Reason,
        usage::{Breakdown, UsageFilter},
        view::Filter,
    },
};

use crate::support::{Town, on_each_database, refused, terms};

const DAY: i64 = 86_400;

/// From now on 12.50 €, of which the second funder pays two thirds and a new one the third.
fn amended(town: &Town, region: FunderId) -> Terms {
    let shares = [(town.funders[1], 2), (region, 1)];
    let shares = shares.map(|(funder, weight)| Share { funder, weight });
    Terms { price_cents: Cents(1_250), shares: shares.to_vec(), ..terms(town.funders) }
}

fn amend(town: &Town, terms: Terms) {
    let (programme, name) = (town.programme, "Dispositif d'essai".to_owned());
    let change = Change::Programme { programme, name, terms: Box::new(terms) };
    done(town, Ask::Change(change));
}

fn done(town: &Town, ask: Ask) {
    let outcome = town.service.ask_as(None, ask).unwrap();
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
}

fn add_region(town: &Town) -> FunderId {
    let ask = Ask::AddFunder { name: "Région".to_owned() };
    let Outcome::Added { id, .. } = town.service.ask_as(None, ask).unwrap() else { panic!() };
    FunderId(id)
}

fn fund(town: &Town, funder: FunderId, cents: i64) {
    let (programme, amount, by) = (town.programme, Cents(cents), Fund::Deposit);
    done(town, Ask::Fund { programme, funder, amount, by });
}

fn withdraw(town: &Town, funder: FunderId, cents: i64) -> Outcome {
    let (programme, amount, by) = (town.programme, Cents(cents), Fund::Deposit);
    town.service.ask_as(None, Ask::Withdraw { programme, funder, amount, by }).unwrap()
}

fn earn(town: &Town, voucher: VoucherId) -> (Seq, i64) {
    match town.redeem(voucher).outcome {
        Outcome::Redeemed(redemption) => (redemption.seq, redemption.earned_cents.0),
        other => panic!("{other:?}"),
    }
}

fn held(town: &Town, version: i32, funder: FunderId, stage: &str) -> i64 {
    let lines = town.service_balance();
    let lines = lines.iter().filter(|line| {
        (line.version, line.funder, line.stage.as_str()) == (version.into(), funder.0, stage)
    });
    lines.map(|line| line.credit_cents - line.debit_cents).sum()
}

/// In each version, what a funder paid in is what is there.
fn adds_up(town: &Town) {
    let lines = town.service_balance();
    for of in lines.iter().map(|line| (line.version, line.funder)) {
        let own = lines.iter().filter(|line| (line.version, line.funder) == of);
        let sum: i64 = own.map(|line| line.credit_cents - line.debit_cents).sum();
        assert_eq!(sum, 0, "version and funder {of:?}: {lines:?}");
    }
    town.audit();
}

/// What reports say of each funder: earned, given back, outstanding.
fn reported(town: &Town) -> Vec<(i64, i64, i64)> {
    let all = UsageFilter::of(Tenant::Any);
    let report = usage_report(town.service.database(), Breakdown::Funder, &all).unwrap();
    let money = report.lines.iter().skip(1);
    money.map(|line| (line.earned_cents, line.given_back_cents, line.outstanding_cents)).collect()
}

#[test]
fn old_and_new_vouchers_are_used_and_expire_each_at_its_own_price() {
    on_each_database(|town| {
        let old = town.issue(10).unwrap();
        let region = add_region(&town);
        amend(&town, amended(&town, region));
        adds_up(&town);
        let [state, departement] = town.funders;
        assert_eq!(town.issue(5), Err(Reason::BudgetExhausted), "the new funder has paid nothing");
        fund(&town, region, 50_000);
        let new = town.issue(5).unwrap();
        // Another start knows nothing but the database.
        let town = town.restarted();
        let (undone, cents) = earn(&town, old);
        assert_eq!((cents, earn(&town, new).1), (1_000, 1_250));
        assert!(matches!(town.reverse(undone), Outcome::Reversed { left: 10, .. }));
        assert_eq!(earn(&town, old).1, 1_000);
        let committed = |version, funder| held(&town, version, funder, "committed");
        assert_eq!((committed(1, state), committed(1, departement)), (5_400, 3_600));
        assert_eq!((committed(2, departement), committed(2, region)), (3_333, 1_667));
        adds_up(&town);

        town.service.clock.set(town.service.clock.now().plus_seconds(121 * DAY));
        assert_eq!(town.service.expire().unwrap(), 2);
        assert_eq!(held(&town, 1, state, "releasable"), 5_400);
        assert_eq!(held(&town, 2, region, "releasable"), 1_667);
        town.service.clock.set(town.service.clock.now().plus_seconds(8 * DAY));
        assert_eq!(town.service.expire().unwrap(), 2);
        let free = |version, funder| held(&town, version, funder, "available");
        assert_eq!((free(1, state), free(1, departement)), (0, 0), "all is in the newest");
        assert_eq!(free(2, state), 59_400, "it pays nothing any more, and takes this back");
        assert_eq!((free(2, departement), free(2, region)), (38_767, 49_583));
        assert_eq!(reported(&town), [(600, 5_400, 0), (1_233, 6_933, 0), (417, 1_667, 0)]);
        adds_up(&town);

        for (funder, cents) in [(state, 59_400), (departement, 38_767), (region, 49_583)] {
            assert_eq!(refused(&withdraw(&town, funder, cents + 1)), Reason::BudgetExhausted);
            assert!(matches!(withdraw(&town, funder, cents), Outcome::Done { .. }));
        }
        let lines = town.service_balance();
        let left = lines.iter().filter(|line| line.stage == "funding");
        let left: i64 = left.map(|line| line.debit_cents - line.credit_cents).sum();
        assert_eq!(left, 1_000 + 1_250, "what was earned");
        adds_up(&town);
    });
}

#[test]
fn a_batch_and_stock_that_an_amendment_finds_half_way() {
    on_each_database(|town| {
        let open = |stock| {
            let opened = BatchOpened { issuer: town.issuer, workshops: 5, count: 3, stock };
            let ask = Ask::OpenBatch { programme: town.programme, opened };
            town.service.ask_as(None, ask).unwrap()
        };
        let Outcome::Added { .. } = open(false) else { panic!() };
        let Outcome::Added { .. } = open(true) else { panic!() };
        let region = add_region(&town);
        amend(&town, amended(&town, region));
        fund(&town, region, 50_000);
        assert_eq!(town.service.mint_batches(&|| true).unwrap(), 6);
        let filter = Filter::of(Tenant::Any);
        let now = town.service.clock.now();
        let vouchers = town.service.database().vouchers(&filter, now).unwrap();
        for voucher in &vouchers {
            let stock = voucher.state == State::Stock;
            if stock {
                let (voucher, issuer) = (voucher.id, town.issuer);
                let outcome = town.service.ask_as(None, Ask::Activate { voucher, issuer }).unwrap();
                assert!(matches!(outcome, Outcome::Issued { .. }), "{outcome:?}");
            }
            assert_eq!(earn(&town, voucher.id).1, if stock { 1_250 } else { 1_000 });
        }
        assert_eq!(held(&town, 1, town.funders[0], "earned"), 1_800);
        // Numbers 0, 6 and 12: the first one used turns with the voucher, from 0 in each version.
        assert_eq!(held(&town, 2, region, "earned"), 3 * 417);
        adds_up(&town);
    });
}
