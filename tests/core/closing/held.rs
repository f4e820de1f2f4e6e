//! What statements say of held workshops: those of the month's end, whatever became of them since.
//! Their forms are tested over the API.

use pass_numerique::{
    app::view::Limits,
    domain::{
        command::{Ask, Outcome},
        hold::Holds,
        ids::Seq,
        period::Party,
        statement::{HeldSum, Statement},
    },
    sys::clock::Clock,
};

use super::{month, statements::all};
use crate::{
    core::settlement::office::Office,
    support::{Town, on_each_empty_database, terms},
};

fn on_each_watchful_office(test: impl Fn(Office)) {
    on_each_empty_database(|location, folder| {
        let clock = Clock::fixed("2026-11-23T10:00:00+01:00".parse().unwrap());
        let town = Town::found_at(location, folder, clock, Limits::default(), |funders| {
            let mut terms = terms(funders);
            terms.holds = Holds { workshops_a_day: Some(1), ..Holds::NONE };
            terms
        });
        test(Office::equipped(town));
    });
}

impl Office {
    fn looked_at(&self, redemption: Seq, released: bool) {
        let note = "Vu".to_owned();
        let ask = Ask::DecideHold { redemption, released, note };
        let outcome = self.town.service.ask_as(Some(self.approver), ask).unwrap();
        assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
    }

    fn asked_about(&self, redemption: Seq) {
        let ask = Ask::Dispute { redemption, note: "Fermé ce jour-là".to_owned() };
        let outcome = self.town.service.ask_as(Some(self.clerk), ask).unwrap();
        assert!(matches!(outcome, Outcome::Added { .. }), "{outcome:?}");
    }

    /// The statements of a month: the organisation's sum, and the funders' together.
    fn held_in(&self, text: &str) -> [HeldSum; 2] {
        let outcome = self.town.close_month(month(text));
        assert!(matches!(outcome, Outcome::Added { .. }), "{outcome:?}");
        assert!(self.town.service.tend_statements(&|| true).unwrap() > 0);
        let statements = all(&self.town, month(text));
        let of = |party: fn(&Statement) -> bool| {
            let meant = statements.iter().filter(|one| party(one));
            meant.map(|one| one.held.unwrap()).fold(HeldSum::default(), |sum, one| HeldSum {
                redemptions: one.redemptions,
                workshops: one.workshops,
                amount_cents: sum.amount_cents + one.amount_cents,
            })
        };
        assert!(statements.iter().all(|one| one.contradiction().is_none()));
        [
            of(|one| matches!(one.party, Party::Organisation(_))),
            of(|one| matches!(one.party, Party::Funder(_))),
        ]
    }
}

const fn sum(redemptions: i64) -> HeldSum {
    HeldSum { redemptions, workshops: redemptions, amount_cents: redemptions * 1_000 }
}

#[test]
fn a_statement_has_what_was_held_at_the_months_end_whatever_became_of_it_since() {
    on_each_watchful_office(|office| {
        let taken = office.redeem(6);
        // Released, undone, and asked about again within the month.
        office.looked_at(taken[1], true);
        office.looked_at(taken[2], false);
        office.looked_at(taken[3], true);
        office.asked_about(taken[3]);
        // Of December: three more that are held, and one of before that is not any more.
        office.town.set("2026-12-01T09:00:00+01:00");
        office.redeem(3);
        office.looked_at(taken[4], true);
        office.asked_about(taken[1]);
        assert_eq!(office.held_in("2026-11"), [sum(3); 2], "the third, fourth and fifth after one");
        office.town.set("2027-01-01T09:00:00+01:00");
        office.looked_at(taken[5], false);
        assert_eq!(office.held_in("2026-12"), [sum(5); 2]);
        office.town.audit();
    });
}
