//! Many at once on the last of something: exact counts, and a control without the one writer that
//! must fail by the same measure. No faults: nothing breaks here.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicI64, Ordering},
    },
    thread,
};

use pass_numerique::{
    app::view::Limits,
    domain::{
        cents::Cents,
        command::{Ask, Outcome, Shown},
        event::Fund,
        ids::{IssuerId, VoucherId},
        refusal::Reason,
    },
};

use super::program::rich_town;
use crate::support::{Town, on_each_database, on_each_empty_database, refused, sql, sql::Beside};

const CLIENTS: usize = 12;
/// Fewer than a voucher has workshops: one without any left cannot be cancelled.
const SCANS: usize = 9;

/// A way to take one: whether it was given.
type Take<'a> = &'a (dyn Fn() -> bool + Sync);

/// The measure: of `left`, clients that all try together and again get exactly so many.
fn exactly(left: usize, take: Take<'_>) -> Result<(), String> {
    let start = Barrier::new(CLIENTS);
    let given: usize = thread::scope(|scope| {
        let client = || {
            start.wait();
            (0..left).filter(|_| take()).count()
        };
        let all: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        all.into_iter().map(|one| one.join().unwrap()).sum()
    });
    if given == left { Ok(()) } else { Err(format!("{given} given of {left}")) }
}

/// Reads in one transaction and writes in another, as if nobody else were there. All read before
/// anybody writes, which nothing forbids without a guard.
struct Naive<'a> {
    town: &'a Town,
    all_have_read: Barrier,
}

impl Naive<'_> {
    fn of(town: &Town) -> Naive<'_> {
        Naive { town, all_have_read: Barrier::new(CLIENTS) }
    }

    /// `read` tells what is left; `write` takes one of it.
    fn take(&self, read: &str, write: impl Fn(i64) -> String) -> bool {
        let mut beside = Beside::open(&self.town.location).unwrap();
        let left = beside.number(read);
        self.all_have_read.wait();
        left > 0 && beside.execute(&write(left)).is_ok()
    }
}

#[test]
fn clients_on_the_last_workshops_get_exactly_as_many_as_there_are() {
    on_each_database(|town| {
        let voucher = town.issue(9).unwrap();
        let redeem = || matches!(town.redeem(voucher).outcome, Outcome::Redeemed(_));
        assert_eq!(exactly(9, &redeem), Ok(()));
        let taken = "SELECT COUNT(*) FROM workshop";
        assert_eq!(sql::number(&town.location, taken), 9);
        assert_eq!(refused(&town.redeem(voucher).outcome), Reason::VoucherExhausted);
        town.audit();
    });
}

#[test]
fn without_the_writer_the_same_measure_tells_an_over_spent_voucher() {
    on_each_database(|town| {
        let VoucherId(voucher) = town.issue(5).unwrap();
        let naive = Naive::of(&town);
        let seq = AtomicI64::new(1_000_000);
        let read = format!(
            "SELECT v.workshops - (SELECT COUNT(*) FROM redemption r WHERE r.voucher = v.id) \
             FROM voucher v WHERE v.id = {voucher}"
        );
        let write = |_| {
            let seq = seq.fetch_add(1, Ordering::SeqCst);
            format!(
                "INSERT INTO redemption (seq, voucher, programme, venue, organisation, issuer, \
                 territory, workshops, content, occurred_at, recorded_at, actor) \
                 VALUES ({seq}, {voucher}, 1, 1, 1, 1, '93', 1, '{{}}', 0, 0, NULL)"
            )
        };
        assert!(exactly(5, &|| naive.take(&read, write)).is_err());
        let spent = format!("SELECT COUNT(*) FROM redemption WHERE voucher = {voucher}");
        let spent = usize::try_from(sql::number(&town.location, &spent)).unwrap();
        assert!(spent >= CLIENTS, "over-spent at once by all who read");
        assert_ne!(town.service.audit().unwrap().differences, [], "the audit tells, too");
    });
}

#[test]
fn two_issuers_on_one_budget_commit_exactly_what_there_is() {
    on_each_database(|town| {
        // 1,000 € pay for ten vouchers of ten; each issuer may hand out as many alone.
        let ask = Ask::AddIssuer { name: "Mission locale".to_owned() };
        let Outcome::Added { id, .. } = town.service.ask_as(None, ask).unwrap() else { panic!() };
        let (programme, other) = (town.programme, IssuerId(id));
        let ask = Ask::Allocate { programme, issuer: other, workshops: 1_000 };
        town.service.ask_as(None, ask).unwrap();
        let turn = AtomicI64::new(0);
        let issue = || {
            let first = turn.fetch_add(1, Ordering::SeqCst) % 2 == 0;
            let issuer = if first { town.issuer } else { other };
            let draft = town.service.draft(town.service.clock.now()).unwrap();
            let ask = Ask::Issue { programme, issuer, workshops: 10, stock: false, draft };
            matches!(town.service.ask_as(None, ask).unwrap(), Outcome::Issued { .. })
        };
        assert_eq!(exactly(10, &issue), Ok(()));
        let available = "SELECT SUM(credit_cents - debit_cents) FROM account \
            WHERE stage = 'available'";
        assert_eq!(sql::number(&town.location, available), 0);
        town.audit();
    });
}

#[test]
fn without_the_writer_the_same_measure_tells_an_over_committed_budget() {
    on_each_database(|town| {
        // Two vouchers of 5 workshops are left in the first funder's share.
        let ask = Ask::Withdraw {
            programme: town.programme,
            funder: town.funders[0],
            amount: Cents(54_000),
            by: Fund::Deposit,
        };
        assert!(matches!(town.service.ask_as(None, ask).unwrap(), Outcome::Done { .. }));
        let funder = town.funders[0];
        let naive = Naive::of(&town);
        let account = format!("stage = 'available' AND funder = {funder}");
        let read =
            format!("SELECT (credit_cents - debit_cents) / 3000 FROM account WHERE {account}");
        // A total that was read is written back: the others' takings are lost.
        let write = |left: i64| {
            let debit = format!("credit_cents - {}", (left - 1) * 3_000);
            format!("UPDATE account SET debit_cents = {debit} WHERE {account}")
        };
        let told = exactly(2, &|| naive.take(&read, write)).unwrap_err();
        assert_eq!(told, format!("{} given of 2", 2 * CLIENTS));
        assert_ne!(town.service.audit().unwrap().differences, [], "the audit tells, too");
    });
}

#[test]
fn of_many_reversals_of_one_redemption_exactly_one_is_done() {
    on_each_database(|town| {
        let voucher = town.issue(5).unwrap();
        let Outcome::Redeemed(redemption) = town.redeem(voucher).outcome else { panic!() };
        let undo = || match town.reverse(redemption.seq) {
            Outcome::Reversed { .. } => true,
            refusal => {
                assert_eq!(refused(&refusal), Reason::AlreadyReversed);
                false
            }
        };
        assert_eq!(exactly(1, &undo), Ok(()));
        let undone = "SELECT COUNT(*) FROM event WHERE kind = 'reversed'";
        assert_eq!(sql::number(&town.location, undone), 1);
        assert_eq!(sql::number(&town.location, "SELECT COUNT(*) FROM workshop"), 0);
        town.audit();
    });
}

#[test]
fn against_a_cancellation_what_took_place_before_is_paid_and_nothing_after() {
    on_each_empty_database(|location, folder| {
        let town = rich_town(location, folder, Limits::default());
        for _ in 0..8 {
            let voucher = town.issue(10).unwrap();
            let start = Barrier::new(SCANS + 1);
            let ((cancelled, seq), scans) = thread::scope(|scope| {
                let scan = || {
                    start.wait();
                    let command = town.redemption(Shown::Known(voucher));
                    let Ask::Redeem(scan) = &command.ask else { panic!() };
                    (scan.occurred_at, town.service.ask(command).unwrap().outcome)
                };
                let scans: Vec<_> = (0..SCANS).map(|_| scope.spawn(scan)).collect();
                start.wait();
                let mut command = town.redemption(Shown::Known(voucher));
                command.ask = Ask::Cancel { voucher };
                let done = town.service.ask(command.clone()).unwrap().outcome;
                let Outcome::Done { seq } = done else { panic!("{done:?}") };
                let scans: Vec<_> = scans.into_iter().map(|scan| scan.join().unwrap()).collect();
                ((command.now, seq), scans)
            });
            let mut paid = 0;
            for (at, outcome) in scans {
                match outcome {
                    Outcome::Redeemed(done) => {
                        // Before it in the journal, or, recorded later, before it in time.
                        assert!(done.seq < seq || at <= cancelled, "paid after the cancellation");
                        paid += 1;
                    }
                    refusal => match refused(&refusal) {
                        Reason::VoucherCancelled => assert!(at >= cancelled, "not paid before"),
                        reason => panic!("{reason:?}"),
                    },
                }
            }
            let taken = format!("SELECT COUNT(*) FROM redemption WHERE voucher = {}", voucher.0);
            assert_eq!(sql::number(&town.location, &taken), paid);
        }
        town.audit();
    });
}
