//! Voucher keys through the real service: register, folder, rotation, leaks, publication.
//! The single rules of the register are tested beside the decision.

mod leak;
mod publish;

use std::sync::Arc;

use pass_numerique::{
    app::{
        rotate::{KeyOrder, KeyStep},
        service::{Fault, Service},
        tend::send_order,
        view::{Database, Location},
    },
    domain::{
        calendar::Instant,
        command::{Ask, Outcome, Shown},
        ids::VoucherId,
        key::KeyState,
        key_register::{Early, PublicKey},
        refusal::Reason,
        voucher::{Format, Kid, Payload, text},
    },
    sys::{
        clock::Clock,
        keyring,
        secrets::{self, new_key},
        signer::Signer,
    },
};

use crate::support::{Town, on_each_database, refused};

const DAY: i64 = 86_400;

impl Town {
    fn later(&self, seconds: i64) {
        self.service.clock.set(self.service.clock.now().plus_seconds(seconds));
    }

    fn order(&self, order: &KeyOrder) -> Vec<KeyStep> {
        self.service.order_keys(None, order).unwrap().unwrap()
    }

    fn rotate(&self) -> Vec<KeyStep> {
        self.service.rotate_keys(None, None).unwrap().unwrap()
    }

    fn states(&self) -> Vec<KeyState> {
        self.service.key_list().unwrap().iter().map(|line| line.state).collect()
    }

    fn kids(&self) -> Vec<Kid> {
        self.service.key_list().unwrap().iter().map(|line| line.kid).collect()
    }

    /// The kid that a voucher's digits name.
    fn kid_of(&self, voucher: VoucherId) -> Kid {
        let paper = self.service.paper(voucher).unwrap();
        Kid(text::read(&paper.url).unwrap().payload[1..5].try_into().unwrap())
    }

    /// Every private key of the folder, as a thief would have them.
    fn stolen(&self) -> Vec<Signer> {
        keyring::load_directory(&self.keys, None).unwrap()
    }

    /// A voucher that was never issued, with a good signature.
    fn forged(&self, signer: &Signer, voucher: VoucherId) -> String {
        let first_day = self.service.clock.now().day(&"Europe/Paris".parse().unwrap());
        let payload = Payload {
            format: Format::Issued,
            kid: signer.kid(),
            voucher,
            programme: self.programme,
            workshops: 10,
            first_day,
            last_day: first_day.plus(90),
        };
        text::encode(&signer.sign(&payload).unwrap())
    }

    fn scan(&self, digits: &str) -> Outcome {
        let shown = self.service.read_code(digits).unwrap();
        self.service.ask(self.redemption(shown)).unwrap().outcome
    }
}

fn registered(location: &Location) -> usize {
    Database::open(location).unwrap().voucher_keys().unwrap().len()
}

#[test]
fn the_first_start_registers_the_folder_s_first_key_and_later_ones_nothing() {
    on_each_database(|town| {
        assert_eq!(town.states(), [KeyState::Active]);
        let stolen = town.stolen();
        assert_eq!(town.kids(), [stolen[0].kid()]);
        assert!(town.service.key_problems().is_empty());
        let before = town.service.audit().unwrap().events;
        new_key(&town.keys, None).unwrap();
        let now = town.service.clock.now();
        Arc::into_inner(town.service).unwrap().stop();
        let clock = Clock::fixed(now);
        let again =
            Service::start(&town.location, &town.keys, None, "pass.example", clock).unwrap();
        assert_eq!(again.audit().unwrap().events, before);
        assert_eq!(registered(&town.location), 1);
        again.stop();
    });
}

#[test]
fn a_key_of_the_folder_that_is_not_registered_counts_for_nothing() {
    on_each_database(|town| {
        let (_, stranger) = new_key(&town.keys, None).unwrap();
        town.service.reload_keys().unwrap();
        let problems = town.service.key_problems();
        assert_eq!(problems.len(), 1);
        assert!(problems[0].to_string().contains(&stranger.kid().to_string()), "{problems:?}");
        assert_ne!(town.kid_of(town.issue(5).unwrap()), stranger.kid());
        let stolen = town.stolen();
        let signer = stolen.iter().find(|signer| signer.public() == stranger.0).unwrap();
        let digits = town.forged(signer, VoucherId(1));
        assert_eq!(refused(&town.scan(&digits)), Reason::KeyUnknown);
    });
}

#[test]
fn an_active_key_without_its_private_file_signs_nothing_here_and_says_so() {
    on_each_database(|town| {
        let voucher = town.issue(5).unwrap();
        let kid = town.kid_of(voucher);
        let digits = town.service.paper(voucher).unwrap().digits;
        for file in keyring::files(&town.keys).unwrap() {
            std::fs::remove_file(file).unwrap();
        }
        new_key(&town.keys, None).unwrap();
        town.service.reload_keys().unwrap();
        let now = town.service.clock.now();
        let wrong = town.service.draft(now).unwrap_err();
        assert!(matches!(wrong, Fault::NoPrivateKey(missing) if missing == kid), "{wrong}");
        let wrong = town.service.paper(voucher).map(|paper| paper.left).unwrap_err();
        assert!(matches!(wrong, Fault::NoPrivateKey(missing) if missing == kid), "{wrong}");
        assert!(
            town.service.key_problems().iter().any(|told| told.to_string().contains("missing"))
        );
        assert!(matches!(town.scan(&digits), Outcome::Redeemed(_)), "it still verifies");
    });
}

#[test]
fn a_rotation_waits_seven_days_overlaps_one_and_never_stops_the_service() {
    on_each_database(|town| {
        let old = town.issue(10).unwrap();
        let (first, digits) = (town.kid_of(old), town.service.paper(old).unwrap().digits);
        let steps = town.rotate();
        let [KeyStep::Added { kid, ready_at }] = steps.as_slice() else { panic!("{steps:?}") };
        let (kid, ready_at) = (*kid, *ready_at);
        assert_eq!(ready_at, town.service.clock.now().plus_seconds(7 * DAY));
        assert_eq!(town.rotate(), [KeyStep::Waiting { kid, ready_at }]);
        assert_eq!(town.kid_of(town.issue(5).unwrap()), first);

        town.later(7 * DAY);
        assert_eq!(town.service.advance_keys().unwrap().unwrap(), [KeyStep::Activated { kid }]);
        let until = town.service.clock.now().plus_seconds(DAY);
        assert_eq!(town.rotate(), [KeyStep::Overlapping { kid: first, until }]);
        assert_eq!(town.states(), [KeyState::Active, KeyState::Active]);
        let new = town.issue(5).unwrap();
        assert_eq!(town.kid_of(new), kid);

        town.later(DAY);
        town.service.tend_keys();
        assert_eq!(town.states(), [KeyState::Retired, KeyState::Active]);
        assert_eq!(town.service.paper(old).unwrap().digits, digits);
        assert!(matches!(town.scan(&digits), Outcome::Redeemed(_)));
        assert!(matches!(town.scan(&town.service.paper(new).unwrap().url), Outcome::Redeemed(_)));
        assert_eq!(town.service.advance_keys().unwrap().unwrap(), [], "none begins by itself");
        let again = town.rotate();
        assert!(matches!(again.as_slice(), [KeyStep::Added { .. }]), "{again:?}");
        town.audit();
    });
}

#[test]
fn a_spare_key_waits_until_it_is_asked_for() {
    on_each_database(|town| {
        let [KeyStep::Added { kid, .. }] = town.order(&KeyOrder::Add)[..] else { panic!() };
        let young = KeyOrder::Activate { kid, early: None };
        let refused = town.service.order_keys(None, &young).unwrap().unwrap_err();
        assert_eq!(refused.reason, Reason::KeyTooYoung);
        town.later(30 * DAY);
        assert_eq!(town.service.advance_keys().unwrap().unwrap(), []);
        assert_eq!(town.states(), [KeyState::Active, KeyState::Pending]);
        // A rotation takes the spare, which everybody has known for long.
        assert_eq!(town.rotate(), [KeyStep::Activated { kid }]);
        town.later(DAY);
        let steps = town.service.advance_keys().unwrap().unwrap();
        assert!(matches!(steps.as_slice(), [KeyStep::Retired { .. }]), "{steps:?}");
        town.audit();
    });
}

#[test]
fn a_draft_of_a_key_that_was_retired_meanwhile_is_drawn_again() {
    on_each_database(|town| {
        let now = town.service.clock.now();
        let stale = town.service.draft(now).unwrap();
        let first = Kid(stale.kid);
        town.service.rotate_keys(None, Some(Early::KeyLost)).unwrap().unwrap();
        town.order(&KeyOrder::Retire { kid: first });
        let (mut drafts, (programme, issuer)) = (vec![stale], (town.programme, town.issuer));
        let outcome = town.service.drawn(|fresh| {
            let draft = drafts.pop().unwrap_or(fresh);
            let ask = Ask::Issue { programme, issuer, workshops: 5, stock: false, draft };
            town.service.ask_anew(None, ask)
        });
        let Outcome::Issued { voucher, .. } = outcome.unwrap().outcome else { panic!() };
        assert_ne!(town.kid_of(voucher), first);
        town.audit();
    });
}

#[test]
fn what_another_program_changes_is_noticed() {
    on_each_database(|town| {
        let (now, name) = (town.service.clock.now(), "pass.example");
        let other = Service::start(&town.location, &town.keys, None, name, Clock::fixed(now));
        // A SQLite file has one writing program.
        let Ok(other) = other else { return };
        let first = town.kid_of(town.issue(5).unwrap());
        other.rotate_keys(None, Some(Early::KeyLost)).unwrap().unwrap();
        // The ring here is less than a minute old and does not have the key: it is looked up.
        let signer = town.stolen().into_iter().find(|signer| signer.kid() != first).unwrap();
        let shown = town.service.read_code(&town.forged(&signer, VoucherId(1))).unwrap();
        assert!(matches!(shown, Shown::Signed { .. }), "{shown:?}");

        other.order_keys(None, &KeyOrder::Compromise { kid: signer.kid() }).unwrap().unwrap();
        town.later(61);
        assert_eq!(town.kid_of(town.issue(5).unwrap()), first);
        town.audit();
        other.stop();
    });
}

#[test]
fn a_command_reaches_the_service_that_holds_the_database() {
    on_each_database(|town| {
        let steps = std::thread::scope(|scope| {
            let keys = town.keys.clone();
            let order = KeyOrder::Rotate { early: None };
            let sent = scope.spawn(move || send_order(&keys, &order).unwrap());
            while !sent.is_finished() {
                town.service.tend_keys();
            }
            let steps = sent.join().unwrap().unwrap();
            assert_eq!(town.states(), [KeyState::Active, KeyState::Pending]);
            town.audit();
            steps
        });
        assert!(matches!(steps.as_slice(), [KeyStep::Added { .. }]), "{steps:?}");
    });
}

#[test]
fn an_edited_register_shows_in_the_audit() {
    on_each_database(|town| {
        town.rotate();
        town.audit();
        town.execute("UPDATE voucher_key SET added_at = added_at - 1 WHERE state = 'pending'")
            .unwrap();
        let differences = town.service.audit().unwrap().differences;
        assert_eq!(differences.len(), 1);
        assert_eq!(differences[0].place, "voucher_key");
        town.execute("DELETE FROM voucher_key WHERE state = 'pending'").unwrap();
        let differences = town.service.audit().unwrap().differences;
        assert_eq!(differences[0].what, "is missing");
    });
}

#[test]
fn a_preview_looks_like_a_voucher_and_verifies_nowhere() {
    on_each_database(|town| {
        let preview = town.service.preview(town.programme, 10).unwrap();
        assert!(preview.specimen && !town.service.paper(town.issue(5).unwrap()).unwrap().specimen);
        assert_eq!((preview.left, preview.last_day), (10, "2027-02-21".parse().unwrap()));
        assert_eq!(refused(&town.scan(&preview.url)), Reason::KeyNotValid);
        assert_eq!(refused(&town.scan(&preview.manual_code)), Reason::VoucherUnknown);
        let kid = text::read(&preview.url).unwrap().payload[1..5].to_vec();
        assert!(town.kids().iter().all(|known| known.0.to_vec() != kid));
        let ring = secrets::load(&town.keys, None).unwrap().ring().unwrap();
        assert!(ring.verify(&text::read(&preview.url).unwrap()).is_err());
        assert_eq!(town.service.alarms(Instant(0), 9).unwrap(), [], "nobody forged anything");
        let wrong = town.service.preview(town.programme, 11).map(|paper| paper.left);
        assert!(matches!(wrong, Err(Fault::Refused(Reason::WorkshopsOutOfRange))));
        town.audit();
    });
}

fn public(signer: &Signer) -> PublicKey {
    PublicKey(signer.public())
}
