//! What is personal goes when its time is over or somebody asks; what was decided stays, and the
//! books agree. Through the real writer, on both databases.

use pass_numerique::{
    app::erase::{Erased, erase},
    domain::{
        command::{Ask, Outcome},
        erasure::{Erasure, Words},
        ids::{Seq, UserId},
        refusal::Reason,
        registry::Role,
    },
};

use crate::support::{Town, on_each_database, refused, sql::Beside};

const DAY_S: i64 = 86_400;
const PASSWORD: &str = "les trois mousquetaires";

fn person(town: &Town) -> UserId {
    let ask = Ask::AddUser {
        email: "marie.durand@structure.example".to_owned(),
        name: "Marie Durand".to_owned(),
        role: Role::Scanner(town.organisation),
        password_hash: pass_numerique::sys::password::hash(PASSWORD).unwrap(),
    };
    let Outcome::Added { id, .. } = town.service.ask_as(None, ask).unwrap() else { panic!() };
    UserId(id)
}

fn later(town: &Town, days: i64) {
    town.service.clock.set(town.service.clock.now().plus_seconds(days * DAY_S));
    town.service.forget().unwrap();
}

/// Name and address, as they stand there.
fn who(town: &Town, id: UserId) -> String {
    let query = format!("SELECT name || ' ' || email AS text FROM person WHERE id = {id}");
    Beside::open(&town.location).unwrap().texts(&query).remove(0)
}

#[test]
fn a_person_is_erased_a_year_after_they_were_revoked_and_their_number_stays() {
    on_each_database(|town| {
        let (id, other) = (person(&town), "Marie Durand marie.durand@structure.example");
        let (email, service) = ("marie.durand@structure.example", &town.service);
        assert!(service.log_in(email, PASSWORD).unwrap().is_some());
        later(&town, 400);
        assert_eq!(who(&town, id), other, "who acts is not forgotten");
        service.ask_as(None, Ask::RevokeUser { user: id }).unwrap();
        later(&town, 365);
        assert_eq!(who(&town, id), other, "a year is not over yet");
        later(&town, 1);
        assert_eq!(who(&town, id), format!("– erased-{id}"));
        let mut beside = Beside::open(&town.location).unwrap();
        assert_eq!(beside.number("SELECT COUNT(*) FROM refresh_token"), 0);
        assert!(service.log_in(&format!("erased-{id}"), "").unwrap().is_none());
        assert!(service.database().user(id).unwrap().unwrap().revoked);
        town.audit();
        // The address is free again, for a new number.
        assert_ne!(person(&town), id);
        town.audit();
    });
}

#[test]
fn whoever_may_still_log_in_is_not_erased_and_an_unknown_number_is_said() {
    on_each_database(|town| {
        let (id, database) = (person(&town), town.service.database());
        let erased = |what| erase(database, what).unwrap();
        assert_eq!(erased(Erased::Person(id)), Erasure::StillActs);
        assert_eq!(erased(Erased::Person(UserId(999))), Erasure::NotThere);
        for words in [Words::Record, Words::Conflict, Words::Hold, Words::Dispute] {
            assert_eq!(erased(Erased::Words(words(Seq(999)))), Erasure::NotThere);
        }
        town.service.ask_as(None, Ask::RevokeUser { user: id }).unwrap();
        assert_eq!(erased(Erased::Person(id)), Erasure::Done);
        assert_eq!(erased(Erased::Person(id)), Erasure::Done, "again changes nothing");
        assert_eq!(who(&town, id), format!("– erased-{id}"));
        town.audit();
    });
}

#[test]
fn a_refused_scan_is_forgotten_after_a_year() {
    on_each_database(|town| {
        let voucher = town.issue(5).unwrap();
        for _ in 0..5 {
            town.redeem(voucher);
        }
        assert_eq!(refused(&town.redeem(voucher).outcome), Reason::VoucherExhausted);
        let count = || {
            let mut beside = Beside::open(&town.location).unwrap();
            beside.number("SELECT COUNT(*) FROM refused_scan")
        };
        later(&town, 365);
        assert_eq!(count(), 1);
        later(&town, 1);
        assert_eq!(count(), 0);
        town.audit();
    });
}
