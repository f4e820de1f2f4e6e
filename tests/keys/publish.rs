//! What is published of keys: the plain set for everyone, the signed one for scanners.
//! The forms of both are tested beside the domain.

use pass_numerique::{
    domain::{
        key::admissible,
        key_set::{BadKeySet, KeySet},
    },
    sys::signer::RootKey,
};

use super::*;

const ISSUER: &str = "https://pass.example";

fn read(town: &Town, root: &RootKey, seen: u64) -> Result<KeySet, BadKeySet> {
    let text = town.service.key_set().unwrap().unwrap();
    KeySet::read(&text, &admissible(&root.public()).unwrap(), ISSUER, seen)
}

fn published(town: &Town, root: &RootKey) -> (u64, Instant) {
    let steps = town.service.publish_keys(None, root, 35, false).unwrap().unwrap();
    let [KeyStep::Published { sequence, expires_at }] = steps.as_slice() else {
        panic!("{steps:?}")
    };
    (*sequence, *expires_at)
}

fn root() -> RootKey {
    RootKey::new(Signer::generate().unwrap())
}

#[test]
fn scanners_get_a_set_whose_sequence_grows_and_that_ends_within_35_days() {
    on_each_database(|town| {
        let root = root();
        assert_eq!(town.service.key_set().unwrap(), None);
        let now = town.service.clock.now();
        assert_eq!(published(&town, &root), (1, now.plus_seconds(35 * DAY)));
        assert_eq!(read(&town, &root, 1).unwrap().keys.len(), 1);
        let long = town.service.publish_keys(None, &root, 36, false);
        assert!(matches!(long, Err(Fault::KeySet(BadKeySet::Validity))), "{long:?}");

        let [first] = town.kids()[..] else { panic!() };
        town.rotate();
        town.order(&KeyOrder::Compromise { kid: first });
        assert_eq!(published(&town, &root).0, 2);
        let set = read(&town, &root, 2).unwrap();
        let states: Vec<_> = set.keys.iter().map(|key| key.state).collect();
        assert_eq!(states, [KeyState::Compromised, KeyState::Pending]);

        let other = RootKey::new(Signer::generate().unwrap());
        let refused = town.service.publish_keys(None, &other, 35, false).unwrap().unwrap_err();
        assert_eq!(refused.reason, Reason::KeySetRefused);
        assert_eq!(refused.facts.field.as_deref(), Some("root"));
        town.service.publish_keys(None, &other, 35, true).unwrap().unwrap();
        assert_eq!(read(&town, &root, 0), Err(BadKeySet::Signature));
        assert_eq!(read(&town, &other, 0).unwrap().sequence, 3);
        town.audit();
    });
}

#[test]
fn a_voucher_key_is_never_a_root() {
    on_each_database(|town| {
        let root = RootKey::new(town.stolen().remove(0));
        let refused = town.service.publish_keys(None, &root, 35, false);
        assert!(matches!(refused, Err(Fault::KeySet(BadKeySet::RootInSet))), "{refused:?}");
    });
}

#[test]
fn a_rotation_does_not_go_on_before_scanners_know_the_new_key() {
    on_each_database(|town| {
        let root = root();
        published(&town, &root);
        let steps = town.rotate();
        let [KeyStep::Added { kid, .. }] = steps[..] else { panic!("{steps:?}") };
        town.later(8 * DAY);
        assert_eq!(town.rotate(), [KeyStep::Unpublished { kid }]);
        published(&town, &root);
        assert_eq!(town.rotate(), [KeyStep::Activated { kid }]);
        town.audit();
    });
}

#[test]
fn everyone_gets_the_keys_that_vouch_or_are_about_to() {
    on_each_database(|town| {
        let kids = |town: &Town| -> Vec<PublicKey> {
            let set = town.service.jwks().unwrap();
            let keys = set["keys"].as_array().unwrap().clone();
            let x = keys.iter().map(|key| key["x"].as_str().unwrap().to_owned());
            x.map(|x| {
                let bytes = data_encoding::BASE64URL_NOPAD.decode(x.as_bytes()).unwrap();
                PublicKey(bytes.try_into().unwrap())
            })
            .collect()
        };
        let first = public(&town.stolen()[0]);
        assert_eq!(kids(&town), [first]);
        town.rotate();
        assert_eq!(kids(&town).len(), 2);
        town.order(&KeyOrder::Compromise { kid: first.kid() });
        assert!(!kids(&town).contains(&first) && kids(&town).len() == 1);
    });
}

#[test]
fn an_edited_set_shows_in_the_audit() {
    on_each_database(|town| {
        published(&town, &root());
        town.audit();
        town.execute("UPDATE key_set SET text = 'x'").unwrap();
        let differences = town.service.audit().unwrap().differences;
        assert_eq!((differences.len(), differences[0].place), (1, "key_set"));
    });
}
