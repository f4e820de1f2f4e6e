//! Another account of an organisation: two people, seven days, and nobody of them in its run.
//! The letters are tested in `notices.rs` beside this.

use super::*;

impl Office {
    pub fn person(&self, email: &str, role: Role) -> UserId {
        let (email, name) = (email.to_owned(), "N".to_owned());
        let ask = Ask::AddUser { email, name, role, password_hash: String::new() };
        match self.town.service.ask_as(None, ask).unwrap() {
            Outcome::Added { id, .. } => UserId(id),
            other => panic!("{other:?}"),
        }
    }

    /// Asks for another account; its number.
    pub fn asks(&self, person: UserId, iban: &str) -> Seq {
        let (organisation, account) = (self.town.organisation, account("Autre", iban));
        match self.ask(person, SettleAsk::EnterBankAccount { organisation, account }) {
            Outcome::Added { id, .. } => Seq(id),
            other => panic!("{other:?}"),
        }
    }

    pub fn confirms(&self, person: UserId, asked: Seq, confirmed: bool) -> Outcome {
        let organisation = self.town.organisation;
        self.ask(person, SettleAsk::ConfirmBankAccount { organisation, asked, confirmed })
    }
}

#[test]
fn another_account_needs_two_people_of_whom_one_is_the_operators() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        let of = Role::Supervisor(office.town.organisation);
        let (one, two) = (office.person("s@v.example", of), office.person("t@v.example", of));
        let asked = office.asks(one, IBANS[2]);
        // A supervisor may give themselves a colleague: that is no second person.
        for person in [one, two] {
            let outcome = office.confirms(person, asked, true);
            assert_eq!(refused(&outcome), Reason::AnotherPersonNeeded);
        }
        let organisation = office.town.organisation;
        let ask = SettleAsk::EnterBankAccount { organisation, account: account("X", IBANS[1]) };
        assert_eq!(refused(&office.ask(two, ask)), Reason::AccountChangeOpen);
        assert_eq!(refused(&office.confirms(office.clerk, Seq(1), true)), Reason::AlreadyDecided);
        assert!(matches!(office.confirms(office.clerk, asked, true), Outcome::Added { .. }));
        let again = office.confirms(office.clerk, asked, true);
        assert_eq!(refused(&again), Reason::AlreadyDecided);
        // Asked for by the operator, confirmed by the venue; and refused by whoever asked.
        let asked = office.asks(office.clerk, IBANS[1]);
        assert!(matches!(office.confirms(office.clerk, asked, false), Outcome::Done { .. }));
        let asked = office.asks(office.clerk, IBANS[1]);
        assert_eq!(
            refused(&office.confirms(office.clerk, asked, true)),
            Reason::AnotherPersonNeeded
        );
        assert!(matches!(office.confirms(two, asked, true), Outcome::Added { .. }));
        office.town.audit();
    });
}

#[test]
fn what_is_only_asked_for_changes_nothing_and_what_is_confirmed_waits_seven_days() {
    on_each_database(|town| {
        let office = Office::equipped(town);
        office.redeem(1);
        office.next_day();
        let asked = office.asks(office.clerk, IBANS[2]);
        let (_, payments) = office.sent();
        assert_eq!((payments[0].iban.as_str(), payments[0].new_account), ("…2606", true));
        office.answer(&payments[0], BankAnswer::Paid);
        office.redeem(1);
        office.next_day();
        let (_, payments) = office.sent();
        assert_eq!((payments[0].iban.as_str(), payments[0].new_account), ("…2606", false));
        office.answer(&payments[0], BankAnswer::Paid);
        let second = office.person("d@o.example", Role::Operator);
        assert!(matches!(office.confirms(second, asked, true), Outcome::Added { .. }));
        office.redeem(1);
        office.next_day();
        let run = office.run();
        let organisation = office.town.organisation;
        assert_eq!(office.waiting(run), [(organisation, WaitCause::BankAccountNew, 1_000)]);
        office.ask(office.preparer, SettleAsk::Cancel { settlement: run });
        for _ in 0..7 {
            office.next_day();
        }
        let (_, payments) = office.sent();
        assert_eq!((payments[0].iban.as_str(), payments[0].new_account), ("…3000", true));
        office.town.audit();
    });
}

#[test]
fn neither_who_asked_nor_who_confirmed_prepares_or_approves_and_the_database_knows() {
    on_each_database(|town| {
        let mut office = Office::equipped(town);
        let (asker, confirmer) = (
            office.person("d@o.example", Role::Operator),
            office.person("e@o.example", Role::Operator),
        );
        let asked = office.asks(asker, IBANS[2]);
        assert!(matches!(office.confirms(confirmer, asked, true), Outcome::Added { .. }));
        office.redeem(1);
        for _ in 0..8 {
            office.next_day();
        }
        let (organisation, preparer) = (office.town.organisation, office.preparer);
        let mut theirs = Vec::new();
        for person in [asker, confirmer] {
            office.preparer = person;
            let run = office.run();
            let waits = [(organisation, WaitCause::BankAccountByPreparer, 1_000)];
            assert_eq!(office.waiting(run), waits);
            office.ask(person, SettleAsk::Cancel { settlement: run });
            theirs.push(run);
        }
        office.preparer = preparer;
        let settlement = office.run();
        for person in [asker, confirmer] {
            let outcome = office.ask(person, SettleAsk::Approve { settlement });
            assert_eq!(refused(&outcome), Reason::AnotherPersonNeeded);
            let sql = format!(
                "UPDATE settlement SET state = 'approved', approved_by = {person}, \
                 approved_at = 1 WHERE id = {settlement}"
            );
            assert!(office.town.execute(&sql).unwrap_err().contains("does not approve"), "{sql}");
        }
        for run in theirs {
            let sql = format!(
                "INSERT INTO payment SELECT id + 1, {run}, programme, organisation, number + 1, \
                 account, NULL, NULL, lines, netted, reversed, owed, amount_cents, state, NULL, \
                 NULL, NULL FROM payment WHERE settlement = {settlement}"
            );
            assert!(office.town.execute(&sql).unwrap_err().contains("does not prepare"), "{sql}");
        }
        let asked = office.asks(asker, IBANS[1]);
        let sql = format!(
            "INSERT INTO bank_account SELECT id, organisation, holder, iban, bic, asked_by, \
             asked_at, asked_at, asked_by FROM bank_account_asked WHERE id = {asked}"
        );
        assert!(office.town.execute(&sql).is_err(), "nobody confirms what they asked for");
        assert!(matches!(office.approve(settlement), Outcome::Done { .. }));
        office.town.audit();
    });
}

#[test]
fn the_audit_tells_an_edited_change_of_an_account() {
    for sql in [
        "UPDATE bank_account_asked SET state = 'open', decision = NULL",
        "DELETE FROM bank_account_asked",
    ] {
        on_each_database(|town| {
            let office = Office::equipped(town);
            let asked = office.asks(office.approver, IBANS[2]);
            assert!(matches!(office.confirms(office.clerk, asked, true), Outcome::Added { .. }));
            office.town.execute(sql).unwrap();
            let audit = office.town.service.audit().unwrap();
            let found = audit.differences.iter().any(|one| one.place == "bank_account_asked");
            assert!(found, "{sql}: {audit:?}");
        });
    }
}
