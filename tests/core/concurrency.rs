//! Many clients at once, with exact counts, and a control that shows that the load would tell.
//! No single rule.

use std::{sync::Barrier, thread};

use pass_numerique::domain::{
    command::{Ask, Delivery, Outcome, Redeem, Reverse, Shown},
    ids::{Seq, UserId},
    refusal::Reason,
    service::Service,
};

use crate::support::{Town, on_each_database, refused};

const CLIENTS: usize = 16;

/// Runs a client in each of many threads, all begun at once.
fn at_once<T: Send>(client: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let begin = Barrier::new(CLIENTS);
    thread::scope(|scope| {
        let run = |number| {
            let (begin, client) = (&begin, &client);
            scope.spawn(move || {
                begin.wait();
                client(number)
            })
        };
        let threads: Vec<_> = (0..CLIENTS).map(run).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn without_the_writer_the_same_clients_take_more_than_there_is() {
    on_each_database(|town| {
        let voucher = town.issue(7).unwrap();
        let looked = Barrier::new(CLIENTS);
        // The control: look, then take, as a service without one writer would.
        let naive = |_| {
            let row = pass_numerique::app::view::VoucherName::Id(voucher);
            let left = town.service.database().voucher(&row).unwrap().unwrap().left();
            looked.wait();
            left > 0
        };
        let taken = at_once(naive).into_iter().filter(|taken| *taken).count();
        assert_eq!(taken, CLIENTS, "everybody saw a workshop that was left");
        let guarded = at_once(|_| matches!(town.redeem(voucher).outcome, Outcome::Redeemed(_)));
        assert_eq!(guarded.into_iter().filter(|taken| *taken).count(), 7);
        town.audit();
    });
}

#[test]
fn redeeming_against_cancelling_pays_what_came_before_and_nothing_after() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let seqs = at_once(|number| {
            if number == CLIENTS / 2 {
                let cancelled = town.service.ask_as(None, Ask::Cancel { voucher }).unwrap();
                let Outcome::Done { seq } = cancelled else { panic!("{cancelled:?}") };
                return (seq, true);
            }
            // Nine at most, so that the voucher is never used up before it is cancelled.
            if number >= 9 {
                return (Seq(0), false);
            }
            match town.redeem(voucher).outcome {
                Outcome::Redeemed(redemption) => (redemption.seq, false),
                refusal => {
                    assert_eq!(refused(&refusal), Reason::VoucherCancelled);
                    (Seq(0), false)
                }
            }
        });
        let (cancelled, _) = seqs.iter().find(|(_, is_cancel)| *is_cancel).unwrap();
        let paid = seqs.iter().filter(|(seq, is_cancel)| seq.0 > 0 && !is_cancel);
        assert!(paid.clone().all(|(seq, _)| seq < cancelled), "{seqs:?}");
        let earned: i64 = town
            .service_balance()
            .iter()
            .filter(|line| line.stage == "earned")
            .map(|line| line.credit_cents - line.debit_cents)
            .sum();
        assert_eq!(earned, 1_000 * i64::try_from(paid.count()).unwrap());
        town.audit();
    });
}

#[test]
fn of_many_reversals_of_one_redemption_one_goes_through() {
    on_each_database(|town| {
        let voucher = town.issue(5).unwrap();
        let Outcome::Redeemed(done) = town.redeem(voucher).outcome else { panic!() };
        let organisation = Some(town.organisation);
        let ask = Reverse { redemption: done.seq, organisation, supervisor: true };
        let outcomes = at_once(|_| town.service.ask_as(None, Ask::Reverse(ask.clone())).unwrap());
        let (once, twice): (Vec<_>, Vec<_>) =
            outcomes.iter().partition(|outcome| matches!(outcome, Outcome::Reversed { .. }));
        assert_eq!(once.len(), 1);
        assert!(twice.iter().all(|outcome| refused(outcome) == Reason::AlreadyReversed));
        town.audit();
    });
}

#[test]
fn twins_in_flight_get_one_answer() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let request = town.redemption(Shown::Known(voucher));
        let answers = at_once(|_| town.service.ask(request.clone()).unwrap());
        let first = &answers[0].outcome;
        assert!(answers.iter().all(|answer| answer.outcome == *first));
        assert_eq!(answers.iter().filter(|answer| !answer.replayed).count(), 1);
        assert_eq!(refused(&spend(&town, voucher, 10)), Reason::WorkshopsInsufficient);
        assert!(matches!(spend(&town, voucher, 9), Outcome::Redeemed(_)));
        town.audit();
    });
}

fn spend(town: &Town, voucher: pass_numerique::domain::ids::VoucherId, workshops: u8) -> Outcome {
    let mut command = town.redemption(Shown::Known(voucher));
    let Ask::Redeem(redeem) = &mut command.ask else { panic!() };
    redeem.workshops = workshops;
    command.request.hash = town.service.redemption_hash(redeem);
    town.service.ask(command).unwrap().outcome
}

/// The same id with one thing changed: what is asked makes it another request, how it is asked
/// does not.
#[test]
fn a_request_id_is_bound_to_what_is_asked_and_not_to_how() {
    on_each_database(|town| {
        let (voucher, other) = (town.issue(10).unwrap(), town.issue(10).unwrap());
        let first = town.redemption(Shown::Known(voucher));
        let accepted = town.service.ask(first.clone()).unwrap().outcome;
        let changed = |change: &dyn Fn(&mut Redeem)| {
            let mut command = first.clone();
            let Ask::Redeem(redeem) = &mut command.ask else { panic!() };
            change(redeem);
            command.request.hash = town.service.redemption_hash(redeem);
            town.service.ask(command).unwrap()
        };
        let delivery = |delivery: Delivery| move |ask: &mut Redeem| ask.delivery = delivery;
        let service = Some(Service::EverydayTools);
        let another: [&dyn Fn(&mut Redeem); 6] = [
            &|ask| ask.venue.0 += 1,
            &|ask| ask.workshops = 2,
            &|ask| ask.shown = Shown::Known(other),
            &delivery(Delivery { service, ..Delivery::default() }),
            &delivery(Delivery { group: Some(true), ..Delivery::default() }),
            &delivery(Delivery { minutes: Some(60), ..Delivery::default() }),
        ];
        for (number, change) in another.into_iter().enumerate() {
            let answer = changed(change);
            assert_eq!(refused(&answer.outcome), Reason::RequestReused, "change {number}");
        }
        let later = changed(&|ask| ask.occurred_at = ask.occurred_at.plus_seconds(-60));
        assert_eq!((later.outcome, later.replayed), (accepted.clone(), true));
        let mut colleague = first;
        (colleague.actor, colleague.now) = (Some(UserId(9)), colleague.now.plus_seconds(86_400));
        let colleague = town.service.ask(colleague).unwrap();
        assert_eq!((colleague.outcome, colleague.replayed), (accepted, true));
        town.audit();
    });
}
