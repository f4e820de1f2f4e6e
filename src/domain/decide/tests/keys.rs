//! The register of keys: what is admitted, when each state follows, what may sign when.
//! No private key but of tests, and no file.

use ed25519_dalek::{Signer as _, SigningKey};

use super::*;
use crate::domain::{
    key::KeyState,
    key_register::{Early, Registered, published, utc_day},
    key_set::KeySet,
    world::Alarm,
};

const HOUR: i64 = 3_600;

fn public(seed: u8) -> PublicKey {
    PublicKey(SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes())
}

impl Town {
    fn key(&mut self, ask: KeyAsk) -> Outcome {
        self.ask(Ask::Key(ask))
    }

    fn add_key(&mut self, seed: u8) -> Kid {
        let public = public(seed);
        done(self.key(KeyAsk::Add { public, purpose: Purpose::Rotation }));
        public.kid()
    }

    fn activate_key(&mut self, kid: Kid) -> Outcome {
        self.key(KeyAsk::Activate { kid, early: None })
    }

    fn early(&mut self, kid: Kid, early: Early) -> Outcome {
        self.key(KeyAsk::Activate { kid, early: Some(early) })
    }

    fn retire(&mut self, kid: Kid) -> Outcome {
        self.key(KeyAsk::Retire { kid })
    }

    fn compromise(&mut self, kid: Kid) -> Outcome {
        self.key(KeyAsk::Compromise { kid })
    }

    fn registered(&self, kid: Kid) -> &Registered {
        &self.world.keys[&kid]
    }

    /// A second key, active beside the first.
    fn second(&mut self) -> Kid {
        let kid = self.add_key(5);
        done(self.early(kid, Early::KeyLost));
        kid
    }
}

fn done(outcome: Outcome) {
    assert!(matches!(outcome, Outcome::Done { .. }), "{outcome:?}");
}

#[test]
fn the_first_key_of_a_service_is_active_at_once_and_says_why() {
    let town = Town::new();
    let key = town.registered(town.kid);
    assert_eq!(key.state, KeyState::Active);
    // The date that it still was somewhere: UTC−12.
    assert_eq!(key.first_day, Some(day("2026-11-01")));
    let kinds: Vec<_> = town.journal.iter().take(2).map(|row| row.event.body.kind()).collect();
    assert_eq!(kinds, ["key_added", "key_activated"]);
    let mut town = town;
    let late = KeyAsk::Add { public: public(5), purpose: Purpose::First };
    assert_eq!(reason(town.key(late)), Reason::KeyStateConflict);
}

#[test]
fn a_later_key_waits_for_its_seven_days_unless_a_reason_is_given() {
    let mut town = Town::new();
    let kid = town.add_key(5);
    let added = town.now;
    assert_eq!(town.registered(kid).state, KeyState::Pending);
    town.later(7 * DAY - 1);
    let refused = refusal(town.activate_key(kid));
    assert_eq!(refused.reason, Reason::KeyTooYoung);
    assert_eq!(refused.facts.at, Some(added.plus_seconds(7 * DAY)));
    town.later(1);
    done(town.activate_key(kid));
    let key = town.registered(kid);
    assert_eq!((key.state, key.activated_at), (KeyState::Active, Some(town.now)));
    assert_eq!(reason(town.activate_key(kid)), Reason::KeyStateConflict);

    let hasty = town.add_key(6);
    assert_eq!(reason(town.activate_key(hasty)), Reason::KeyTooYoung);
    done(town.early(hasty, Early::KeyCompromised));
    let body = &town.journal.last().unwrap().event.body;
    let why = serde_json::to_value(body).unwrap()["early"].clone();
    assert_eq!(why, "key_compromised");
}

#[test]
fn only_admissible_keys_are_added_and_each_kid_once() {
    let mut town = Town::new();
    let (mut weak, purpose) = (PublicKey([0; 32]), Purpose::Spare);
    assert_eq!(reason(town.key(KeyAsk::Add { public: weak, purpose })), Reason::KeyInadmissible);
    weak.0[0] = 2;
    assert_eq!(reason(town.key(KeyAsk::Add { public: weak, purpose })), Reason::KeyInadmissible);
    town.add_key(5);
    let again = KeyAsk::Add { public: public(5), purpose };
    assert_eq!(reason(town.key(again)), Reason::KeyTaken);
    let refused = refusal(town.retire(Kid([9; 4])));
    let field = refused.facts.field.as_deref();
    assert_eq!((refused.reason, field), (Reason::NotFound, Some("key")));
}

#[test]
fn a_draft_of_a_key_that_may_not_sign_today_is_drawn_again() {
    let mut town = Town::new();
    let first = town.kid;
    town.kid = Kid([9; 4]);
    assert_eq!(reason(town.try_issue(5)), Reason::SigningKeyNotActive);
    town.kid = town.add_key(5);
    let draft = town.draft();
    let (programme, issuer) = (town.programme, town.issuer);
    let ask = Ask::Issue { programme, issuer, workshops: 5, stock: false, draft };
    let mut command = town.command(ask);
    assert_eq!(reason(town.answer(&command).outcome), Reason::SigningKeyNotActive);
    town.kid = first;
    let draft = town.draft();
    command.ask = Ask::Issue { programme, issuer, workshops: 5, stock: false, draft };
    let answer = town.answer(&command);
    assert!(!answer.replayed, "the refusal must not stick to the request");
    let lost = issued(answer.outcome);

    done(town.early(public(5).kid(), Early::KeyLost));
    done(town.retire(first));
    assert_eq!(reason(town.try_issue(5)), Reason::SigningKeyNotActive);
    assert_eq!(reason(town.replace(lost)), Reason::SigningKeyNotActive);
    town.kid = public(5).kid();
    issued(town.replace(lost));
}

#[test]
fn a_key_signs_no_voucher_whose_first_day_is_before_its_window() {
    let mut town = Town::of(&[60, 40], |terms| {
        terms.time_zone = "Etc/GMT+12".parse().unwrap();
    });
    town.kid = town.second();
    // West of all others the date is the window's first day: just inside.
    issued(town.try_issue(5));
    town.world.keys.get_mut(&town.kid).unwrap().first_day = Some(day("2026-11-23"));
    assert_eq!(reason(town.try_issue(5)), Reason::SigningKeyNotActive);
}

#[test]
fn a_retired_key_verifies_until_90_days_after_its_last_voucher() {
    let mut town = Town::new();
    let first = town.kid;
    assert_eq!(reason(town.retire(first)), Reason::KeyLastActive);
    let voucher = town.issue(5);
    town.second();
    town.kid = public(5).kid();
    town.later(40 * DAY);
    town.issue(5);
    let expiry = town.voucher(voucher).last_day;
    done(town.retire(first));
    let key = town.registered(first);
    assert_eq!(key.state, KeyState::Retired);
    assert_eq!(
        (key.last_day, key.verifies_until),
        (Some(day("2027-01-02")), Some(expiry.plus(90)))
    );
    assert!(key.published(expiry.plus(90)) && !key.published(expiry.plus(91)));
    assert_eq!(reason(town.retire(first)), Reason::KeyStateConflict);
    assert_eq!(reason(town.activate_key(first)), Reason::KeyStateConflict);
}

#[test]
fn a_key_that_leaked_signs_nothing_more_from_any_state() {
    let mut town = Town::new();
    let (first, second, pending) = (town.kid, town.second(), town.add_key(6));
    done(town.retire(first));
    for kid in [first, second, pending] {
        done(town.compromise(kid));
        assert_eq!(town.registered(kid).state, KeyState::Compromised);
        assert_eq!(reason(town.compromise(kid)), Reason::KeyStateConflict);
        assert_eq!(reason(town.early(kid, Early::KeyLost)), Reason::KeyStateConflict);
        assert_eq!(reason(town.retire(kid)), Reason::KeyStateConflict);
        town.kid = kid;
        assert_eq!(reason(town.try_issue(5)), Reason::SigningKeyNotActive);
    }
}

#[test]
fn a_genuine_voucher_of_a_leaked_key_is_honoured_and_a_forged_one_counted() {
    let mut town = Town::new();
    let voucher = town.issue(5);
    let kid = town.kid;
    done(town.compromise(kid));
    let payload = town.voucher(voucher).payload;
    redeemed(town.redeem_with(voucher, |ask| ask.shown = Shown::Signed { voucher, payload }));
    let mut forged = payload;
    forged[15] = 10;
    let unknown = VoucherId(4_711);
    town.later(HOUR);
    for (voucher, payload) in [(voucher, forged), (unknown, payload), (unknown, payload)] {
        let shown = Shown::Signed { voucher, payload };
        let mut ask = town.redemption(voucher);
        ask.shown = shown;
        ask.dry_run = true;
        let (_, _, effects) = send(&mut town, &ask);
        assert!(effects.alarms.is_empty(), "a dry run writes nothing");
        ask.dry_run = false;
        let (outcome, alarm, effects) = send(&mut town, &ask);
        assert_eq!(reason(outcome), Reason::VoucherUnknown);
        assert_eq!(effects.alarms, BTreeMap::from([(alarm, 1)]));
        assert_eq!(alarm.kid, kid);
    }
    let typed = town.redemption(unknown);
    let (outcome, _, effects) = send(&mut town, &typed);
    assert_eq!(reason(outcome), Reason::VoucherUnknown);
    assert!(effects.alarms.is_empty(), "nobody signed a mistyped code");
}

/// Decides a redemption and says what it wrote, and which alarm would be its own.
fn send(town: &mut Town, ask: &Redeem) -> (Outcome, Alarm, crate::domain::world::Effects) {
    let command = town.command(Ask::Redeem(ask.clone()));
    let world = town.world.clone();
    let (answers, _, effects) = decide(world, std::slice::from_ref(&command)).unwrap();
    let hour = town.now.0.div_euclid(3_600_000_000);
    let alarm = Alarm { kid: town.kid, venue: town.venue, hour };
    (answers[0].outcome.clone(), alarm, effects)
}

/// What a root key would sign for the register as it is.
fn set(town: &Town, sequence: u64) -> KeySet {
    KeySet {
        issuer: "https://pass.exemple.fr".to_owned(),
        sequence,
        issued_at: town.now,
        expires_at: town.now.plus_seconds(35 * DAY),
        keys: published(town.world.keys.values(), utc_day(town.now)).unwrap(),
    }
}

fn publish(root: &SigningKey, set: &KeySet, new_root: bool) -> KeyAsk {
    let root_key = PublicKey(root.verifying_key().to_bytes());
    let input = set.signing_input(&root_key.0).unwrap();
    let signature = root.sign(input.as_bytes()).to_bytes();
    let text = format!("{input}.{}", data_encoding::BASE64URL_NOPAD.encode(&signature));
    KeyAsk::Publish { root: root_key, issuer: set.issuer.clone(), text, new_root }
}

#[test]
fn a_key_set_is_published_only_if_it_says_what_the_register_says() {
    let mut town = Town::new();
    let (root, other) = (SigningKey::from_bytes(&[3; 32]), SigningKey::from_bytes(&[4; 32]));
    let refused = |town: &mut Town, ask| {
        let refused = refusal(town.key(ask));
        assert_eq!(refused.reason, Reason::KeySetRefused);
        refused.facts.field.unwrap()
    };
    let first = set(&town, 1);
    assert_eq!(refused(&mut town, publish(&root, &set_sequence(&first, 2), false)), "sequence");
    done(town.key(publish(&root, &first, false)));
    assert_eq!(refused(&mut town, publish(&root, &first, false)), "sequence");
    let second = set_sequence(&first, 2);
    assert_eq!(refused(&mut town, publish(&other, &second, false)), "root");
    let mut forged = publish(&other, &second, false);
    let KeyAsk::Publish { root: pinned, .. } = &mut forged else { panic!() };
    *pinned = PublicKey(root.verifying_key().to_bytes());
    assert_eq!(refused(&mut town, forged), "signature");
    town.add_key(5);
    assert_eq!(refused(&mut town, publish(&root, &second, false)), "keys");
    let second = set(&town, 2);
    done(town.key(publish(&root, &second, false)));
    let third = set_sequence(&second, 3);
    done(town.key(publish(&other, &third, true)));
    let sequences: Vec<_> = town.world.key_sets.keys().copied().collect();
    assert_eq!(sequences, [1, 2, 3]);
}

fn set_sequence(set: &KeySet, sequence: u64) -> KeySet {
    KeySet { sequence, ..set.clone() }
}
