//! Runs through the real writer, on both databases: what is paid, to whom, once.
//! The files' own format is tested in `files.rs` beside this.

mod accounts;
mod demo;
mod disputed;
mod files;
pub mod guaranteed;
mod held;
pub mod office;
mod random;

use pass_numerique::{
    app::evidence,
    domain::{
        access::Tenant,
        cents::Cents,
        command::{Ask, Command, Outcome, Request, Scope, Shown},
        ids::*,
        refusal::Reason,
        registry::{Approval, Role},
        settlement::{
            BankAnswer, NewAccount, PaymentState, RunState, SettleAsk, WaitCause, view::PaymentView,
        },
        view::Filter,
    },
};

use crate::support::{on_each_database, refused};
use office::{IBANS, Office, account};

#[test]
fn a_run_pays_what_was_earned_up_to_its_day() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        let mut first = office.redeem(4);
        // What was undone before is nobody's.
        let undone = office.town.reverse(first.remove(1));
        assert!(matches!(undone, Outcome::Reversed { .. }));
        office.next_day();
        office.redeem(2);
        let (run, payments) = office.sent();
        assert_eq!(office.stages(), [2_000, 3_000, 0, 0]);
        let [payment] = payments.as_slice() else { panic!("{payments:?}") };
        assert_eq!((payment.amount_cents, payment.number), (Cents(3_000), 1));
        assert_eq!(payment.iban, "…2606");
        let earned: Vec<i64> = payment.earned.iter().map(|share| share.amount_cents.0).collect();
        assert_eq!(earned, [1_800, 1_200]);
        assert_eq!(office.paid_by(payment.id), first);
        assert!(matches!(office.answer(payment, BankAnswer::Paid), Outcome::Done { .. }));
        assert_eq!(office.stages(), [2_000, 0, 3_000, 0]);
        // Once answered so, it stays so, whatever comes again.
        office.answer(payment, BankAnswer::Paid);
        let rejected = office.answer(payment, BankAnswer::Rejected(None));
        assert_eq!(refused(&rejected), Reason::PaymentStateConflict);
        assert_eq!(office.stages(), [2_000, 0, 3_000, 0]);
        let settled = office.settlement(run);
        assert_eq!((settled.number, settled.paid, settled.failed), (1, 1, 0));
        office.town.audit();
    });
}

#[test]
fn what_the_bank_rejects_or_returns_is_paid_by_a_later_run() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        let first = office.redeem(2);
        office.next_day();
        let (_, payments) = office.sent();
        office.answer(&payments[0], BankAnswer::Rejected(Some("AC04".to_owned())));
        assert_eq!(office.stages(), [2_000, 0, 0, 0]);
        let second = office.redeem(1);
        office.next_day();
        let (_, again) = office.sent();
        assert_eq!((again[0].amount_cents, again[0].number), (Cents(3_000), 2));
        assert_eq!(office.paid_by(again[0].id), [first.clone(), second.clone()].concat());
        office.answer(&again[0], BankAnswer::Paid);
        office.answer(&again[0], BankAnswer::Returned(Some("AC04".to_owned())));
        assert_eq!(office.stages(), [3_000, 0, 0, 0]);
        let (_, third) = office.sent();
        assert_eq!(office.paid_by(third[0].id), [first, second].concat());
        office.answer(&third[0], BankAnswer::Paid);
        assert_eq!(office.stages(), [0, 0, 3_000, 0]);
        let late = office.answer(&payments[0], BankAnswer::Paid);
        assert_eq!(refused(&late), Reason::PaymentStateConflict);
        office.town.audit();
    });
}

#[test]
fn what_is_undone_after_it_was_paid_is_kept_back_from_the_next_payment() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        let first = office.redeem(3);
        office.next_day();
        let (_, payments) = office.sent();
        office.answer(&payments[0], BankAnswer::Paid);
        let undone = Ask::Reverse(pass_numerique::domain::command::Reverse {
            redemption: first[0],
            organisation: None,
            supervisor: false,
        });
        assert!(matches!(
            office.town.service.ask_as(None, undone).unwrap(),
            Outcome::Reversed { .. }
        ));
        assert_eq!(office.stages(), [0, 0, 3_000, -1_000]);
        office.redeem(2);
        office.next_day();
        let (run, next) = office.sent();
        assert_eq!(next[0].amount_cents, Cents(1_000));
        assert_eq!(next[0].kept_back.iter().map(|share| share.amount_cents.0).sum::<i64>(), 1_000);
        let database = office.database();
        let one = Filter::one(Tenant::Any, run.0);
        let run = &database.settlements(&one).unwrap()[0];
        let claims = evidence::claims(&office.town.service, Tenant::Any, run).unwrap().claims;
        let owed: Vec<i64> = claims.iter().map(|claim| claim.amount_cents.0).collect();
        assert_eq!(owed.iter().sum::<i64>(), 1_000, "funders owe what is paid: {owed:?}");
        office.answer(&next[0], BankAnswer::Paid);
        assert_eq!(office.stages(), [0, 0, 4_000, 0]);
        office.town.audit();
    });
}

#[test]
fn a_cancelled_run_gives_back_what_it_held_and_leaves_no_gap() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        let first = office.redeem(2);
        office.next_day();
        let run = office.run();
        assert_eq!(refused(&office.open(office.today().plus(-1))), Reason::SettlementOpen);
        assert!(matches!(office.approve(run), Outcome::Done { .. }));
        let cancel = SettleAsk::Cancel { settlement: run };
        assert!(matches!(office.ask(office.preparer, cancel.clone()), Outcome::Done { .. }));
        office.tend();
        assert_eq!(office.stages(), [2_000, 0, 0, 0]);
        assert_eq!(office.payments(run)[0].state, PaymentState::Cancelled);
        let ask = office.town.service.draw_payment_file(run).unwrap();
        let exported = office.town.service.ask_as(Some(office.approver), ask).unwrap();
        assert_eq!(refused(&exported), Reason::SettlementStateConflict);
        let (second, payments) = office.sent();
        assert_eq!((office.settlement(second).number, payments[0].number), (2, 2));
        assert_eq!(office.paid_by(payments[0].id), first);
        let late = office.ask(office.preparer, SettleAsk::Cancel { settlement: second });
        assert_eq!(refused(&late), Reason::SettlementStateConflict);
        office.town.audit();
    });
}

#[test]
fn three_people_see_to_a_run_and_the_database_knows() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        office.redeem(2);
        office.next_day();
        let run = office.run();
        let settlement = run;
        for person in [office.preparer, office.clerk] {
            let outcome = office.ask(person, SettleAsk::Approve { settlement });
            assert_eq!(refused(&outcome), Reason::AnotherPersonNeeded);
            let sql = format!(
                "UPDATE settlement SET state = 'approved', approved_by = {person}, \
                 approved_at = 1 WHERE id = {run}"
            );
            assert!(office.town.execute(&sql).is_err(), "{sql}");
        }
        let nobody = Ask::Settle(SettleAsk::Approve { settlement });
        assert_eq!(
            refused(&office.town.service.ask_as(None, nobody).unwrap()),
            Reason::RequestMalformed
        );
        assert!(matches!(office.approve(run), Outcome::Done { .. }));
        assert_eq!(office.settlement(run).state, RunState::Approved);
        assert!(office.town.execute("UPDATE bank_account SET iban = 'FR00'").is_err());
        office.town.audit();
    });
}

#[test]
fn who_cannot_be_paid_waits_visibly_and_is_paid_later() {
    on_each_database(|town| {
        let office = Office::new(town);
        let organisation = office.town.organisation;
        office.redeem(2);
        office.next_day();
        assert_eq!(refused(&office.open(office.today().plus(-1))), Reason::PayerAccountMissing);
        office.payer_account(5_000);
        assert_eq!(refused(&office.open(office.today())), Reason::DayNotOver);
        let expect = |cause, cents| {
            let run = office.run();
            assert_eq!(office.waiting(run), [(organisation, cause, cents)]);
            assert_eq!(refused(&office.approve(run)), Reason::SettlementEmpty);
            office.ask(office.preparer, SettleAsk::Cancel { settlement: run });
            assert_eq!(office.stages(), [cents, 0, 0, 0]);
        };
        expect(WaitCause::NoBankAccount, 2_000);
        let entered = account("Médiathèque", IBANS[0]);
        let ask = SettleAsk::EnterBankAccount { organisation, account: entered };
        office.ask(office.preparer, ask);
        expect(WaitCause::BankAccountByPreparer, 2_000);
        let asker = office.person("d@o.example", Role::Operator);
        let asked = office.asks(asker, IBANS[2]);
        assert!(matches!(office.confirms(office.clerk, asked, true), Outcome::Added { .. }));
        expect(WaitCause::BankAccountNew, 2_000);
        for _ in 0..7 {
            office.next_day();
        }
        expect(WaitCause::BelowMinimum, 2_000);
        let suspend = |approval| Ask::ApproveOrganisation { organisation, approval };
        office.town.service.ask_as(None, suspend(Approval::Suspended)).unwrap();
        expect(WaitCause::NotApproved, 2_000);
        office.town.service.ask_as(None, suspend(Approval::Approved)).unwrap();
        office.redeem(3);
        office.next_day();
        let (_, payments) = office.sent();
        assert_eq!(payments[0].amount_cents, Cents(5_000));
        assert_eq!(payments[0].iban, "…3000");
        office.town.audit();
    });
}

#[test]
fn an_amended_programme_is_settled_with_all_its_versions() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        office.redeem(1);
        let mut terms = crate::support::terms(office.town.funders);
        terms.price_cents = Cents(1_001);
        let change = pass_numerique::domain::command::Change::Programme {
            programme: office.town.programme,
            name: "Essai".to_owned(),
            terms: Box::new(terms),
        };
        office.town.service.ask_as(None, Ask::Change(change)).unwrap();
        office.redeem(1);
        office.next_day();
        let (_, payments) = office.sent();
        assert_eq!(payments[0].amount_cents, Cents(2_001));
        let versions: Vec<i32> = payments[0].earned.iter().map(|share| share.version).collect();
        assert_eq!(versions, [1, 1, 2, 2]);
        office.answer(&payments[0], BankAnswer::Paid);
        assert_eq!(office.held("paid"), 2_001);
        office.town.audit();
    });
}

#[test]
fn a_run_asked_again_is_one_run_and_is_gone_on_with_after_a_stop() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        office.redeem(2);
        office.next_day();
        let service = &office.town.service;
        let ask = service.settlement_of(office.town.programme, office.today().plus(-1)).unwrap();
        let request = Request {
            scope: Scope::User(office.preparer),
            id: service.new_request_id(),
            hash: [1; 32],
        };
        let (actor, now) = (Some(office.preparer), service.clock.now());
        let command = Command { request, actor, device: None, now, ask };
        let first = service.ask(command.clone()).unwrap();
        let again = service.ask(command).unwrap();
        assert_eq!((&first.outcome, again.replayed), (&again.outcome, true));
        let Outcome::Added { id, .. } = first.outcome else { panic!("{first:?}") };
        let Office { town, clerk, preparer, approver } = office;
        let office = Office { town: town.restarted(), clerk, preparer, approver };
        assert_eq!(office.settlement(SettlementId(id)).state, RunState::Preparing);
        office.tend();
        assert_eq!(office.settlement(SettlementId(id)).state, RunState::Prepared);
        office.town.audit();
    });
}

#[test]
fn the_audit_tells_an_edited_payment() {
    for (sql, place) in [
        ("UPDATE payment SET lines = '[]'", "payment"),
        ("UPDATE payment SET state = 'paid', answered_at = 1", "payment"),
        ("UPDATE settlement SET payments = payments + 1", "settlement"),
        ("DELETE FROM payment_file", "payment_file"),
        (
            "INSERT INTO settlement_waiting SELECT id, 1, 'not_approved', 1 FROM settlement",
            "settlement_waiting",
        ),
    ] {
        on_each_database(|town| {
            let office = Office::equipped(town);
            office.redeem(1);
            office.next_day();
            office.sent();
            office.town.execute(sql).unwrap();
            let audit = office.town.service.audit().unwrap();
            let places: Vec<_> = audit.differences.iter().map(|d| d.place).collect();
            assert!(places.contains(&place), "{sql}: {places:?}");
        });
    }
}

#[test]
fn a_shown_voucher_is_no_part_of_paying() {
    // A dry run earns nothing.
    on_each_database(|town| {
        let office = Office::equipped(town);
        let voucher = office.town.issue(5).unwrap();
        let mut dry = office.town.redemption(Shown::Known(voucher));
        let Ask::Redeem(redeem) = &mut dry.ask else { panic!() };
        redeem.dry_run = true;
        office.town.service.ask(dry).unwrap();
        office.next_day();
        let run = office.run();
        assert_eq!((office.payments(run).len(), office.waiting(run).len()), (0, 0));
    });
}
