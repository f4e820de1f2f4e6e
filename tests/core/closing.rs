//! Closed months through the real writer, on both databases: nothing of them changes any more.
//! What statements say is tested beside this, in `statements.rs`.

pub mod fees;
mod held;
pub mod statements;
mod yearly;

use std::sync::{Arc, Barrier};

use pass_numerique::{
    app::view::AsOf,
    domain::{
        access::Tenant,
        calendar::{Day, Instant},
        command::{Ask, Outcome, Redeem, Reverse, Shown},
        ids::*,
        ledger::Stage,
        period::{Month, PeriodAsk, view::PeriodView},
        refusal::{Facts, Reason, Refusal},
        usage::{Breakdown, Figures, UsageFilter},
        view::Filter,
    },
};

use super::settlement::office::Office;
use crate::support::{Town, on_each_database, refused};

pub fn month(text: &str) -> Month {
    text.parse().unwrap()
}

impl Town {
    pub fn set(&self, moment: &str) {
        self.service.clock.set(moment.parse::<Instant>().unwrap());
    }

    pub fn close_month(&self, month: Month) -> Outcome {
        let ask = PeriodAsk::Close { programme: self.programme, month };
        self.service.ask_as(None, Ask::Period(ask)).unwrap()
    }

    fn undo(&self, redemption: Seq, by_operator: bool) -> Outcome {
        let organisation = (!by_operator).then_some(self.organisation);
        let ask = Reverse { redemption, organisation, supervisor: true };
        self.service.ask_as(None, Ask::Reverse(ask)).unwrap()
    }

    pub fn redeemed(&self, voucher: VoucherId) -> Seq {
        match self.redeem(voucher).outcome {
            Outcome::Redeemed(redemption) => redemption.seq,
            other => panic!("{other:?}"),
        }
    }

    fn figures(&self, month: Month) -> Figures {
        let filter = UsageFilter {
            from: Some(month.first_day()),
            to: Some(month.last_day()),
            ..UsageFilter::of(Tenant::Any)
        };
        let lines = self.service.database().usage(Breakdown::None, &filter).unwrap();
        lines.first().map(|line| line.figures).unwrap_or_default()
    }

    fn day_of(&self, seq: Seq) -> Day {
        let filter = Filter::one(Tenant::Any, seq.0);
        self.service.database().events(&filter).unwrap().remove(0).day
    }
}

fn refusal(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

fn period(town: &Town) -> PeriodView {
    town.service.database().periods(&Filter::of(Tenant::Any)).unwrap().remove(0)
}

#[test]
fn months_are_closed_in_their_order_once_they_are_over() {
    on_each_database(|town| {
        let november = month("2026-11");
        let told = |reason, day: &str| {
            let facts = Facts { day: Some(day.parse().unwrap()), ..Facts::default() };
            Refusal::because(reason, facts)
        };
        let of = |text: &str| refusal(town.close_month(month(text)));
        assert_eq!(of("2026-11"), told(Reason::DayNotOver, "2026-11-30"));
        assert_eq!(of("2026-12"), told(Reason::PeriodNotNext, "2026-11-01"));
        assert_eq!(of("2026-10"), told(Reason::PeriodClosed, "2026-10-31"));
        // The last day is over where the programme is, not where the clock's UTC is.
        town.set("2026-11-30T23:59:59+01:00");
        assert_eq!(of("2026-11"), told(Reason::DayNotOver, "2026-11-30"));
        town.set("2026-12-01T00:00:00+01:00");
        assert!(matches!(town.close_month(november), Outcome::Added { .. }));
        assert_eq!(of("2026-11"), told(Reason::PeriodClosed, "2026-11-30"));
        assert_eq!(of("2026-12"), told(Reason::DayNotOver, "2026-12-31"));
        town.set("2027-02-01T10:00:00+01:00");
        assert_eq!(of("2027-01"), told(Reason::PeriodNotNext, "2026-12-01"));
        assert!(matches!(town.close_month(november.next()), Outcome::Added { .. }));
        let nowhere = PeriodAsk::Close { programme: ProgrammeId(99), month: november };
        let outcome = town.service.ask_as(None, Ask::Period(nowhere)).unwrap();
        assert_eq!(refused(&outcome), Reason::NotFound);
        town.audit();
    });
}

#[test]
fn what_comes_late_counts_in_the_open_month_whatever_the_clock_says() {
    on_each_database(|town| {
        let (november, december) = (month("2026-11"), month("2026-12"));
        let voucher = town.issue(10).unwrap();
        town.redeemed(voucher);
        town.set("2026-12-02T10:00:00+01:00");
        town.close_month(november);
        let before = town.figures(november);
        assert_eq!(before.workshops_used, 1);
        let ends = |day: &str| {
            let all = Filter::of(Tenant::Any);
            let day = AsOf::Day(day.parse().unwrap());
            town.service.database().accounts(&all, day).unwrap()
        };
        let ledger = ends("2026-11-30");
        // A workshop of the closed month, as a device tells it late: its own date is kept.
        let mut late = town.redemption(Shown::Known(voucher));
        let Ask::Redeem(Redeem { occurred_at, .. }) = &mut late.ask else { panic!() };
        *occurred_at = "2026-11-30T16:00:00+01:00".parse().unwrap();
        let then = *occurred_at;
        let Outcome::Redeemed(late) = town.service.ask(late).unwrap().outcome else { panic!() };
        assert_eq!(
            (town.day_of(late.seq).to_string(), late.occurred_at),
            ("2026-12-02".into(), then)
        );
        // A clock that goes back: the first open day.
        town.set("2026-11-29T10:00:00+01:00");
        let back = town.redeemed(voucher);
        assert_eq!(town.day_of(back).to_string(), "2026-12-01");
        town.issue(5).unwrap();
        assert_eq!(town.figures(november), before);
        assert_eq!(ends("2026-11-30"), ledger);
        assert_eq!(town.figures(december).workshops_used, 2);
        town.audit();
    });
}

#[test]
fn a_supervisor_undoes_until_the_close_and_the_operator_into_the_open_month() {
    on_each_database(|town| {
        let november = month("2026-11");
        let voucher = town.issue(10).unwrap();
        let [first, second, third] = [(); 3].map(|()| town.redeemed(voucher));
        town.set("2026-12-01T00:05:00+01:00");
        let open = town.redeemed(voucher);
        assert!(matches!(town.undo(first, false), Outcome::Reversed { .. }));
        town.close_month(november);
        let before = town.figures(november);
        let closed = refusal(town.undo(second, false));
        assert_eq!(closed.reason, Reason::PeriodClosed);
        assert_eq!(closed.facts.day.unwrap().to_string(), "2026-11-30");
        // What was undone already is told first; a scanner hears that nobody there can undo it.
        assert_eq!(refused(&town.undo(first, false)), Reason::AlreadyReversed);
        assert_eq!(refused(&town.reverse(second)), Reason::PeriodClosed);
        assert!(matches!(town.reverse(open), Outcome::Reversed { .. }));
        let Outcome::Reversed { seq, .. } = town.undo(third, true) else { panic!() };
        assert_eq!(town.day_of(seq).to_string(), "2026-12-01");
        assert_eq!(town.figures(november), before);
        assert_eq!(town.figures(november.next()).reversals, 3);
        town.audit();
    });
}

#[test]
fn a_clock_that_went_back_keeps_a_redemption_in_the_open_month_undoable() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        town.set("2026-12-01T10:00:00+01:00");
        town.close_month(month("2026-11"));
        town.set("2026-11-30T10:00:00+01:00");
        let open = town.redeemed(voucher);
        assert!(matches!(town.undo(open, false), Outcome::Reversed { .. }));
        town.audit();
    });
}

#[test]
fn of_reversals_and_a_close_at_once_each_is_before_or_after() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let redemptions: Vec<Seq> = (0..8).map(|_| town.redeemed(voucher)).collect();
        town.set("2026-12-01T10:00:00+01:00");
        let town = Arc::new(town);
        let barrier = Arc::new(Barrier::new(redemptions.len() + 1));
        let mut undoing = Vec::new();
        for redemption in redemptions {
            let (town, barrier) = (Arc::clone(&town), Arc::clone(&barrier));
            undoing.push(std::thread::spawn(move || {
                barrier.wait();
                town.undo(redemption, false)
            }));
        }
        barrier.wait();
        let Outcome::Added { seq: closed, .. } = town.close_month(month("2026-11")) else {
            panic!()
        };
        for outcome in undoing.into_iter().map(|thread| thread.join().unwrap()) {
            match outcome {
                Outcome::Reversed { seq, .. } => assert!(seq < closed, "{seq} after {closed}"),
                other => assert_eq!(refused(&other), Reason::PeriodClosed),
            }
        }
        town.audit();
    });
}

#[test]
fn what_stands_open_is_named_and_a_run_that_is_being_filled_is_waited_for() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        office.redeem(2);
        office.town.set("2026-12-01T10:00:00+01:00");
        let november = month("2026-11");
        let Outcome::Added { .. } = office.open(office.today().plus(-1)) else { panic!() };
        let closing = || {
            let database = office.database();
            database.closing(office.town.programme, office.today()).unwrap().unwrap()
        };
        assert!(closing().filling && closing().over);
        assert_eq!(refused(&office.town.close_month(november)), Reason::SettlementOpen);
        office.tend();
        assert_eq!((closing().month, closing().filling), (november, false));
        assert!(matches!(office.town.close_month(november), Outcome::Added { .. }));
        let closed = period(&office.town);
        assert_eq!((closed.open_conflicts, closed.quarantined, closed.stated), (0, 0, false));
        assert_eq!((closing().month, closing().over), (november.next(), false));
        office.town.audit();
    });
}

#[test]
fn the_audit_tells_an_edited_month_and_the_database_keeps_what_is_archived() {
    for (sql, place) in [
        ("UPDATE period SET through = through - 1", "period"),
        ("UPDATE period SET month = 202612", "period"),
        ("UPDATE programme SET closed_through = closed_through - 1", "programme"),
        ("UPDATE programme SET closed_through = NULL", "programme"),
    ] {
        on_each_database(|town| {
            town.redeemed(town.issue(5).unwrap());
            town.set("2026-12-01T10:00:00+01:00");
            town.close_month(month("2026-11"));
            assert!(town.service.tend_statements(&|| true).unwrap() > 0);
            for table in ["statement", "statement_text"] {
                for sql in [format!("DELETE FROM {table}"), format!("UPDATE {table} SET id = 1")] {
                    let sql = sql.replace("statement_text SET id", "statement_text SET part");
                    let refusal = town.execute(&sql).unwrap_err();
                    assert!(refusal.contains("append-only"), "{sql}: {refusal}");
                }
            }
            town.audit();
            town.execute(sql).unwrap();
            let audit = town.service.audit().unwrap();
            let places: Vec<_> = audit.differences.iter().map(|d| d.place).collect();
            assert!(places.contains(&place), "{sql}: {places:?}");
        });
    }
}

#[test]
fn earned_money_is_where_the_statement_of_its_stage_says() {
    on_each_database(|town| {
        town.redeemed(town.issue(5).unwrap());
        town.set("2026-12-01T10:00:00+01:00");
        town.close_month(month("2026-11"));
        town.service.tend_statements(&|| true).unwrap();
        let all = statements::all(&town, month("2026-11"));
        let earned: Vec<i64> = all.iter().map(|one| one.closing(Stage::Earned)).collect();
        assert_eq!(earned, [600, 400, 1_000]);
    });
}
