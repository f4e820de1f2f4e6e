//! Funders, issuers, organisations, venues and people: what may be added and changed.
//! No vouchers.

use super::*;
use crate::domain::registry::Role;

fn user(town: &mut Town, email: &str, role: Role) -> Outcome {
    let (email, name) = (email.to_owned(), "Camille".to_owned());
    town.ask(Ask::AddUser { email, name, role, password_hash: "$argon2id$".to_owned() })
}

#[test]
fn numbers_are_given_in_order_and_names_stay_out_of_the_journal() {
    let mut town = Town::new();
    let first = added(town.ask(Ask::AddIssuer { name: "Mairie de Bobigny".to_owned() }));
    let second = added(town.ask(Ask::AddIssuer { name: "Mission locale".to_owned() }));
    assert_eq!(second, first + 1);
    let journal = serde_json::to_string(&town.journal.iter().map(|r| &r.event).collect::<Vec<_>>());
    let journal = journal.unwrap();
    for name in ["Bobigny", "Mission", "CCAS", "Espace", "Médiathèque"] {
        assert!(!journal.contains(name), "{name}");
    }
}

#[test]
fn empty_and_deceiving_names_are_refused() {
    let mut town = Town::new();
    for name in ["", "  ", "a\u{202e}b", "a\nb", &"x".repeat(201)] {
        let refused = refusal(town.ask(Ask::AddFunder { name: name.to_owned() }));
        assert_eq!(refused.reason, Reason::RequestMalformed, "{name:?}");
        assert_eq!(refused.facts.field.as_deref(), Some("name"));
    }
}

#[test]
fn a_person_has_an_address_of_their_own_and_a_tenant_that_exists() {
    let mut town = Town::new();
    added(user(&mut town, " Camille@Example.org", Role::Operator));
    let twice = user(&mut town, "camille@example.ORG ", Role::Auditor);
    assert_eq!(reason(twice), Reason::NameTaken);
    for email in ["camille", "@example.org", "a@b@c.d", "a b@c.d", "a@b"] {
        let refused = reason(user(&mut town, email, Role::Operator));
        assert_eq!(refused, Reason::RequestMalformed, "{email}");
    }
    for role in [
        Role::Analyst(FunderId(99)),
        Role::Manager(IssuerId(99)),
        Role::Agent(IssuerId(99)),
        Role::Supervisor(OrganisationId(99)),
        Role::Scanner(OrganisationId(99)),
    ] {
        assert_eq!(reason(user(&mut town, "new@example.org", role)), Reason::NotFound);
    }
    let id = UserId(added(user(&mut town, "new@example.org", Role::Auditor)));
    town.actor = Some(id);
    assert_eq!(reason(town.ask(Ask::RevokeUser { user: id })), Reason::OwnAccount);
    assert!(!town.world.users[&id].revoked);
    town.actor = None;
    town.ask(Ask::RevokeUser { user: id });
    assert!(town.world.users[&id].revoked);
    assert_eq!(reason(town.ask(Ask::RevokeUser { user: UserId(99) })), Reason::NotFound);
}

#[test]
fn a_venue_says_which_fields_changed_and_its_past_stays_where_it_was() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    redeemed(town.redeem(voucher));
    let (venue, name) = (town.venue, "Espace numérique".to_owned());
    let profile = VenueProfile { name, territory: "95".to_owned(), ..VenueProfile::default() };
    town.ask(Ask::ChangeVenue { venue, profile: profile.clone(), details: None });
    let changed = town.journal.last().unwrap();
    let expected =
        crate::domain::event::Body::VenueChanged { venue, fields: vec!["territory".to_owned()] };
    assert_eq!(changed.event.body, expected);
    redeemed(town.redeem(voucher));
    let used = |territory: &str| -> i64 {
        let cells = town.usage.iter().filter(|(cell, _)| cell.territory == territory);
        cells.map(|(_, figures)| figures.workshops_used).sum()
    };
    assert_eq!((used("93"), used("95")), (1, 1));
    let missing = Ask::ChangeVenue { venue: VenueId(99), profile, details: None };
    assert_eq!(reason(town.ask(missing)), Reason::NotFound);
}

#[test]
fn a_place_is_imported_once_and_admitted_once() {
    let mut town = Town::new();
    let organisation = town.organisation;
    let profile = VenueProfile {
        name: "Bus".to_owned(),
        territory: "16".to_owned(),
        source: Some("bus-1".to_owned()),
        ..VenueProfile::default()
    };
    let add = |organisation, profile: &VenueProfile| Ask::AddVenue {
        organisation,
        profile: profile.clone(),
        details: None,
    };
    let venue = VenueId(added(town.ask(add(organisation, &profile))));
    assert_eq!(reason(town.ask(add(organisation, &profile))), Reason::NameTaken);
    assert_eq!(reason(town.ask(add(OrganisationId(99), &profile))), Reason::NotFound);
    let nowhere = VenueProfile { territory: String::new(), ..profile };
    assert_eq!(reason(town.ask(add(organisation, &nowhere))), Reason::RequestMalformed);
    let admit = Ask::AdmitVenue { programme: town.programme, venue };
    assert!(matches!(town.ask(admit.clone()), Outcome::Done { .. }));
    assert_eq!(reason(town.ask(admit)), Reason::NameTaken);
}
