//! Passes by what is to be looked after: what a list selects is what each row says of itself.
//! No pages.

use pass_numerique::domain::{
    access::Tenant,
    calendar::{Instant, Zone},
    command::{Ask, Outcome},
    ids::VoucherId,
    life::State,
    view::{Filter, Selection, VoucherView},
};

use crate::support::{Town, on_each_database};

fn done(town: &Town, ask: Ask) {
    let outcome = town.service.ask_as(None, ask).unwrap();
    assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
}

/// One voucher of each standing, and some of each use.
fn issued(town: &Town) -> Vec<VoucherId> {
    let [_new, used, spent, lost, gone, paused, paused_new] =
        std::array::from_fn(|_| town.issue(5).unwrap());
    town.redeem(used);
    town.redeem(paused);
    for _ in 0..5 {
        town.redeem(spent);
    }
    let draft = || town.service.draft(town.service.clock.now()).unwrap();
    done(town, Ask::Replace { voucher: lost, draft: draft() });
    done(town, Ask::Replace { voucher: used, draft: draft() });
    done(town, Ask::Cancel { voucher: gone });
    done(town, Ask::Suspend { voucher: paused });
    done(town, Ask::Suspend { voucher: paused_new });
    let (programme, issuer) = (town.programme, town.issuer);
    done(town, Ask::Issue { programme, issuer, workshops: 6, stock: true, draft: draft() });
    vec![lost, used]
}

fn belongs(row: &VoucherView, selection: Selection, now: Instant, begun: &[VoucherId]) -> bool {
    let active = row.state == State::Active;
    match selection {
        Selection::State(state) => row.state == state,
        Selection::Ending => active && row.last_day <= now.day(&Zone::paris()).plus(30),
        Selection::Unused => {
            active
                && row.left == row.workshops
                && row.predecessor.is_none_or(|old| !begun.contains(&old))
        }
        // A check of the books asks for these: `http/oversight.rs`.
        Selection::Overdue | Selection::Unreleased => false,
    }
}

#[test]
fn a_list_selects_the_rows_of_a_state_on_every_day() {
    on_each_database(|town| {
        let [_, used] = issued(&town).try_into().unwrap();
        let mut met = Vec::new();
        // Valid for 90 days and tolerated for 30 more, from 23 November.
        for now in [
            "2026-11-23T12:00:00+01:00",
            "2027-01-21T23:59:00+01:00",
            "2027-01-22T00:01:00+01:00",
            "2027-02-22T12:00:00+01:00",
            "2027-03-23T23:59:00+01:00",
            "2027-03-24T00:01:00+01:00",
            "2028-01-01T00:00:00+01:00",
        ] {
            let now: Instant = now.parse().unwrap();
            let database = town.service.database();
            let all = database.vouchers(&Filter::of(Tenant::Any), now).unwrap();
            assert_eq!(all.len(), 10);
            for selection in Selection::ALL {
                let filter = Filter { selection: Some(selection), ..Filter::of(Tenant::Any) };
                let selected = database.vouchers(&filter, now).unwrap();
                let belong = |row: &&VoucherView| belongs(row, selection, now, &[used]);
                let expected: Vec<VoucherView> = all.iter().filter(belong).cloned().collect();
                assert_eq!(selected, expected, "{selection:?} at {now:?}");
                if !selected.is_empty() && selected.len() < all.len() {
                    met.push(selection);
                }
            }
        }
        for selection in Selection::ALL {
            assert!(met.contains(&selection), "{selection:?} was never tried");
        }
    });
}
