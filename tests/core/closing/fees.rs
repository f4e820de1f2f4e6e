//! The operator's fee on statements: by the month from which it holds, exact for each funder, and
//! taken of nothing. The rule of cents is tested in `domain/fee.rs`.

use pass_numerique::domain::{
    command::{Ask, Change, Outcome},
    fee::Fee,
    ledger::Stage,
    papers::Vat,
    period::Party,
    refusal::{Reason, Refusal},
};

use super::{month, statements::all};
use crate::support::{Town, on_each_database};

/// Gives the programme other fees: first months and basis points.
pub fn charge(town: &Town, fees: &[(&str, u16)]) -> Result<(), Refusal> {
    let programme = town.service.database().programme(town.programme).unwrap().unwrap();
    let mut terms = programme.terms;
    let fee = |(from, basis_points): &(&str, u16)| Fee {
        from: from.parse().unwrap(),
        basis_points: *basis_points,
    };
    terms.papers.fees = fees.iter().map(fee).collect();
    terms.papers.vat = Vat::MultiPurpose;
    let (programme, name) = (town.programme, programme.name);
    let change = Change::Programme { programme, name, terms: Box::new(terms) };
    match town.service.ask_as(None, Ask::Change(change)).unwrap() {
        Outcome::Refused(refusal) => Err(refusal),
        _ => Ok(()),
    }
}

fn closed(town: &Town, at: &str, closed: &str) {
    town.set(at);
    assert!(matches!(town.close_month(month(closed)), Outcome::Added { .. }));
    town.service.tend_statements(&|| true).unwrap();
}

#[test]
fn a_fee_is_a_line_of_its_own_and_moves_nothing() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        for _ in 0..3 {
            town.redeemed(voucher);
        }
        let before = town.service_balance();
        // 4.25 % from December on.
        charge(&town, &[("2026-12", 425)]).unwrap();
        assert_eq!(town.service_balance(), before);
        closed(&town, "2026-12-01T10:00:00+01:00", "2026-11");
        assert!(all(&town, month("2026-11")).iter().all(|one| one.fee.is_none()));
        for _ in 0..2 {
            town.redeemed(voucher);
        }
        closed(&town, "2027-01-01T10:00:00+01:00", "2026-12");
        let december = all(&town, month("2026-12"));
        let fees: Vec<i64> =
            december.iter().filter_map(|one| one.fee).map(|fee| fee.month_cents).collect();
        // Of 1 200 and of 800 cents; an organisation has none.
        assert_eq!(fees, [51, 34]);
        for statement in &december {
            assert_eq!(statement.fee.is_some(), matches!(statement.party, Party::Funder(_)));
            assert_eq!(statement.contradiction(), None);
            assert_eq!(statement.vat, Vat::MultiPurpose);
        }
        // The venue has all that it earned.
        let venue = december.last().unwrap();
        assert_eq!(venue.closing(Stage::Earned), 5_000);
        town.audit();
    });
}

#[test]
fn the_fee_of_a_closed_month_stays_and_another_rate_goes_on() {
    on_each_database(|town| {
        town.redeemed(town.issue(5).unwrap());
        charge(&town, &[("2026-11", 400)]).unwrap();
        closed(&town, "2026-12-01T10:00:00+01:00", "2026-11");
        for wrong in [&[][..], &[("2026-11", 300)], &[("2026-10", 100), ("2026-11", 400)]] {
            let refusal = charge(&town, wrong).unwrap_err();
            assert_eq!(refusal.reason, Reason::FeeFixed, "{wrong:?}");
        }
        for wrong in [&[("2026-11", 400), ("2026-11", 300)][..], &[("2026-12", 2_600)]] {
            assert_eq!(charge(&town, wrong).unwrap_err().reason, Reason::TermsInvalid);
        }
        charge(&town, &[("2026-11", 400), ("2026-12", 250)]).unwrap();
        town.redeemed(town.issue(5).unwrap());
        closed(&town, "2027-01-01T10:00:00+01:00", "2026-12");
        let fee = all(&town, month("2026-12"))[0].fee.unwrap();
        assert_eq!((fee.basis_points, fee.opening_cents), (250, 24));
        assert_eq!((fee.month_cents, fee.closing_cents), (15, 39));
        assert_eq!(town.service.tend_yearly_accounts(&|| true).unwrap(), 2);
        let account = pass_numerique::app::yearly::account(
            town.service.database(),
            town.programme,
            2026,
            town.funders[0],
        );
        let account = pass_numerique::app::yearly::read(&account.unwrap().text).unwrap();
        let fees: Vec<i64> = account.fees.iter().map(|line| line.amount_cents).collect();
        assert_eq!(fees, [24, 15]);
        assert_eq!(account.vat, Vat::MultiPurpose);
        town.audit();
    });
}
