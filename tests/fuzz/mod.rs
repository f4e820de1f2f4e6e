//! Every parser that a device's network reaches, on wrong bytes with good signatures and without:
//! none panics, and what is read says the same when it is written again.
//! No rules: what a good record is worth others test.

mod mutate;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer as _, SigningKey};
use pass_numerique::{
    app::sync::Sent,
    domain::{
        calendar::{Day, Instant},
        command::{Ask, Delivery, Outcome},
        device::{DeviceAsk, Statement},
        feed::{Entry as FeedEntry, Feed},
        ids::{DeviceId, ProgrammeId, RequestId, Seq, UserId, VenueId, VoucherId},
        key::{KeyState, VoucherKey, admissible},
        key_register::PublicKey,
        key_set::KeySet,
        record::{Claims, Hash, Record, shown},
        registry::Role,
        scanner::{Cursor, Entry, Heard, Identity, Places, Scanner},
        voucher::{CodeKeys, Kid, ManualCode, Signed, text},
    },
    http::auth::tokens::{TokenKey, Tokens},
    sys::enrolment_link::EnrolmentLink,
};
use serde_json::{Value, json};

use crate::{
    faults::clients::Dice,
    support::{Town, api::Api, device::Device, on_each_database},
};
use mutate::rounds;

const ISSUER: &str = "https://pass.exemple.fr";
const DEVICE: DeviceId = DeviceId(12);

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> PublicKey {
    PublicKey(key(seed).verifying_key().to_bytes())
}

fn noon() -> Instant {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn part(text: &[u8]) -> String {
    BASE64URL_NOPAD.encode(text)
}

fn jws(input: &str, by: &SigningKey) -> String {
    format!("{input}.{}", part(&by.sign(input.as_bytes()).to_bytes()))
}

/// A JWS by the right key whose header or claims are wrong in form or in value.
fn wrong_jws(dice: &mut Dice, good: &str, by: &SigningKey) -> String {
    let (header, rest) = good.split_once('.').unwrap();
    let claims = rest.split('.').next().unwrap();
    let decoded = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes()).unwrap();
    let (mut header, mut claims) = (decoded(header), decoded(claims));
    let of = if dice.below(6) == 0 { &mut header } else { &mut claims };
    *of = if dice.below(2) == 0 {
        mutate::bytes(dice, of)
    } else {
        let tree: Value = serde_json::from_slice(of).unwrap();
        mutate::tree(dice, &tree).to_string().into_bytes()
    };
    jws(&format!("{}.{}", part(&header), part(&claims)), by)
}

fn claims() -> Claims {
    Claims {
        device: DEVICE,
        sequence: 1,
        before: Hash::default(),
        request: RequestId(uuid::Uuid::from_u128(7)),
        venue: VenueId(1),
        person: Some(UserId(3)),
        shown: shown(&[1; 16], "pass"),
        workshops: 1,
        delivery: Delivery { group: Some(true), ..Delivery::default() },
        clock_at: noon(),
        clock_offset_ms: -90,
        server_at: noon(),
        seen: Seq(5),
        feed_at: Some(noon()),
    }
}

#[test]
fn records() {
    let good = jws(&claims().signing_input(), &key(4));
    let read = |text: &str| Record::read(text, DEVICE, &public(4));
    assert!(read(&good).is_ok());
    rounds("records", |dice| {
        let unsigned = mutate::text(dice, &good);
        assert!(unsigned == good || read(&unsigned).is_err());
        let Ok(record) = read(&wrong_jws(dice, &good, &key(4))) else { return };
        let again = read(&jws(&record.claims.signing_input(), &key(4))).unwrap();
        assert_eq!(again.claims, record.claims);
        // Whatever it says, its moment can be told.
        drop(record.claims.occurred_at().to_string());
    });
}

fn page(dice: &mut Dice) -> Feed {
    let entry = |dice: &mut Dice| FeedEntry {
        voucher: VoucherId(dice.next().cast_signed()),
        left: u8::try_from(dice.below(11)).unwrap(),
        last_day: Day(i32::try_from(dice.below(65_536)).unwrap()),
    };
    Feed {
        device: DEVICE,
        programmes: vec![ProgrammeId(1), ProgrammeId(65_535)],
        after: Seq(0),
        until: Seq(70_000),
        next: 3,
        at: noon(),
        entries: (0..dice.below(6)).map(|_| entry(dice)).collect(),
    }
}

fn scanner() -> Scanner {
    let identity = Identity {
        device: DEVICE,
        organisation: pass_numerique::domain::ids::OrganisationId(1),
        public: public(4),
        service: ISSUER.to_owned(),
        issuer: ISSUER.to_owned(),
        root: Some(public(9)),
    };
    let heard = Heard { server_at: noon(), clock_at: noon() };
    let mut scanner = Scanner::new(identity, heard);
    let set = jws(&key_set().signing_input(&public(9).0).unwrap(), &key(9));
    let (step, refused) = scanner.equipped(Places::default(), None, Some(set), heard);
    assert_eq!(refused, None);
    scanner.apply(&step).unwrap();
    scanner
}

#[test]
fn feeds() {
    let by = key(1);
    let kid = public(1).kid();
    let signed = |bytes: &[u8]| {
        let signature = by.sign(&Feed::signing_input(bytes)).to_bytes();
        [bytes, &signature].concat()
    };
    let scanner = scanner();
    rounds("feeds", |dice| {
        let good = page(dice).bytes(kid);
        let read = |page: &[u8]| Feed::read(page, &by.verifying_key());
        let wrong = mutate::bytes(dice, &good);
        if let Some(feed) = read(&signed(&wrong)) {
            let kid = Kid(wrong[1..5].try_into().unwrap());
            assert_eq!(feed.bytes(kid), wrong, "another text says the same");
        }
        let unsigned = mutate::bytes(dice, &signed(&good));
        assert!(unsigned == signed(&good) || read(&unsigned).is_none());
        // And what a device makes of it.
        let mut device = scanner.clone();
        for page in [signed(&wrong), unsigned, signed(&good)] {
            if let Ok(step) = device.fed(Cursor::Beginning, &page) {
                device.apply(&step).unwrap();
            }
        }
    });
}

fn key_set() -> KeySet {
    let key = |seed: u8, state| VoucherKey::new(public(seed).0, state, Day(20_000), None).unwrap();
    KeySet {
        issuer: ISSUER.to_owned(),
        sequence: 12,
        issued_at: noon(),
        expires_at: noon().plus_seconds(86_400),
        keys: vec![key(1, KeyState::Active), key(2, KeyState::Compromised)],
    }
}

#[test]
fn key_sets() {
    let good = jws(&key_set().signing_input(&public(9).0).unwrap(), &key(9));
    let root = admissible(&public(9).0).unwrap();
    let read = |text: &str, seen| KeySet::read(text, &root, ISSUER, seen);
    assert_eq!(read(&good, 12), Ok(key_set()));
    rounds("key_sets", |dice| {
        let unsigned = mutate::text(dice, &good);
        assert!(unsigned == good || read(&unsigned, 0).is_err());
        drop(KeySet::peek(&unsigned));
        let Ok(mut set) = read(&wrong_jws(dice, &good, &key(9)), 0) else { return };
        // Keys of previews are never published, and no more is a set that is valid for ever.
        set.keys.retain(|key| key.state != KeyState::Test);
        let Ok(input) = set.signing_input(&public(9).0) else { return };
        assert_eq!(read(&jws(&input, &key(9)), 0), Ok(set));
    });
}

#[test]
fn enrolment_links() {
    let good = "https://pass.exemple.fr/scan#enrol=2261.aB_-9";
    rounds("enrolment_links", |dice| {
        let Ok(link) = mutate::text(dice, good).parse::<EnrolmentLink>() else { return };
        let EnrolmentLink { service, device, token } = &link;
        let again = format!("{service}/scan#enrol={device}.{token}");
        assert_eq!(again.parse(), Ok(link.clone()));
        assert!(service.starts_with("https://") || service.starts_with("http://"));
    });
}

#[test]
fn voucher_texts_and_manual_codes() {
    let signed = Signed::from_bytes(&[7; 84]).unwrap();
    let good = format!("HTTPS://PASS.EXEMPLE.FR/{}", text::encode(&signed));
    let code = ManualCode::of(VoucherId(5), &CodeKeys::new([1; 32])).to_string();
    rounds("voucher_texts_and_manual_codes", |dice| {
        let scanned = mutate::text(dice, &good);
        if let Ok(signed) = text::read(&scanned) {
            assert_eq!(Ok(text::encode(&signed)), text::clean(&scanned));
        }
        if let Ok(typed) = mutate::text(dice, &code).parse::<ManualCode>() {
            assert_eq!(typed.to_string().parse(), Ok(typed));
        }
    });
}

#[test]
fn tokens() {
    let (seed, now) = ([1; 32], noon());
    let tokens = Tokens::new("test", TokenKey::from_seed(&seed).unwrap(), Vec::new());
    let good = tokens.make(DEVICE, now).unwrap();
    assert!(tokens.read(&good, now).is_some());
    rounds("tokens", |dice| {
        let unsigned = mutate::text(dice, &good);
        assert!(unsigned == good || tokens.read(&unsigned, now).is_none());
        let wrong = wrong_jws(dice, &good, &SigningKey::from_bytes(&seed));
        if let Some(who) = tokens.read(&wrong, now) {
            // Good for the same hour and the same service: it says who, and only that.
            assert_eq!(tokens.read(&wrong, now.plus_seconds(86_400 * 400_000)), None, "{who:?}");
        }
    });
}

#[test]
fn journals_of_devices() {
    let line = serde_json::to_string(&Entry::All(Box::new(scanner()))).unwrap();
    let tree: Value = serde_json::from_str(&line).unwrap();
    rounds("journals_of_devices", |dice| {
        let wrong = if dice.below(2) == 0 {
            mutate::text(dice, &line)
        } else {
            mutate::tree(dice, &tree).to_string()
        };
        let Ok(entry) = serde_json::from_str::<Entry>(&wrong) else { return };
        if let Ok(Some(scanner)) = Scanner::replayed([entry]) {
            drop(scanner.moment(noon()).to_string());
        }
    });
}

/// A device of a town, enrolled.
fn enrolled(town: &Town) -> DeviceId {
    let service = &town.service;
    let (token, invitation) = service.new_invitation().unwrap();
    let (organisation, venues) = (town.organisation, vec![town.venue]);
    let add = DeviceAsk::Add { organisation, name: "Bus".to_owned(), venues, invitation };
    let added = service.ask_as(None, Ask::Device(add)).unwrap();
    let Outcome::Added { id, .. } = added else { panic!("{added:?}") };
    let id = DeviceId(id);
    let statement = Statement::Enrol { token: &token }.text(id);
    let proof = key(4).sign(statement.as_bytes()).to_bytes();
    service.enrol(id, &token, public(4), &proof).unwrap().unwrap();
    id
}

#[test]
fn challenges() {
    on_each_database(|town| {
        let (service, id) = (&town.service, enrolled(&town));
        let signed = |challenge: &str| {
            let text = Statement::SignIn { challenge }.text(id);
            key(4).sign(text.as_bytes()).to_bytes()
        };
        let good = service.challenge(id).unwrap();
        assert!(service.signed_in(id, &good, &signed(&good)).unwrap().is_some());
        rounds("challenges", |dice| {
            let wrong = mutate::text(dice, &good);
            let known = service.signed_in(id, &wrong, &signed(&wrong)).unwrap();
            assert!(wrong == good || known.is_none());
        });
    });
}

/// Records that the device signed, of anything: each gets its verdict, and the books agree.
#[test]
fn signed_records_of_anything() {
    on_each_database(|town| {
        let id = enrolled(&town);
        let voucher = town.issue(10).unwrap();
        let code = town.service.paper(voucher).unwrap().url;
        let device = town.service.calling_device(id).unwrap().unwrap().device;
        let good = Claims {
            device: id,
            venue: town.venue,
            person: None,
            shown: shown(&[1; 16], &code),
            clock_at: town.service.clock.now(),
            server_at: town.service.clock.now(),
            ..claims()
        };
        let service = &town.service;
        let one = |dice: &mut Dice| {
            let request = RequestId(uuid::Uuid::from_u64_pair(dice.next(), dice.next()));
            let sequence = u32::try_from(1 + dice.below(40)).unwrap();
            let said = Claims { request, sequence, ..good.clone() };
            let record = wrong_jws(dice, &jws(&said.signing_input(), &key(4)), &key(4));
            let sent = Sent { record, salt: [1; 16], code: code.clone() };
            let taken = service.read_records(&device, &[sent]).unwrap();
            for command in taken.into_iter().flatten() {
                let answer = service.ask(command).unwrap();
                assert!(matches!(answer.outcome, Outcome::Recorded(_)), "{answer:?}");
                serde_json::to_string(&answer.outcome).unwrap();
            }
        };
        rounds("signed_records_of_anything", one);
        town.audit();
    });
}

/// Bodies of the device's operations, by HTTP: refused with a reason, never a fault.
#[test]
fn bodies() {
    on_each_database(|town| {
        let api = Api::start(town);
        let supervisor = api.person(Role::Supervisor(api.town.organisation));
        let device = Device::enrolled(&api, &supervisor, &[api.town.venue], 1);
        let voucher = api.town.issue(10).unwrap();
        let code = api.town.service.paper(voucher).unwrap().url;
        let sent = device.record(&api, &code);
        let proof = device.sign(Statement::Enrol { token: "abc" });
        let challenge = device.challenge(&api);
        let signature = device.sign(Statement::SignIn { challenge: &challenge });
        let public = data_encoding::HEXLOWER.encode(device.key.verifying_key().as_bytes());
        let good = [
            ("/v1/sync", json!({"records": [sent]})),
            (
                "/v1/devices/enrol",
                json!({"device": device.id, "token": "abc",
                "public_key": public, "proof": proof}),
            ),
            ("/v1/devices/challenge", json!({"device": device.id})),
            (
                "/v1/devices/session",
                json!({"device": device.id, "challenge": challenge,
                "signature": signature}),
            ),
            ("/v1/devices/self/report", json!({"version": "x", "queued": 1})),
        ];
        let bearer = device.caller(&api);
        let one = |dice: &mut Dice| {
            let place = usize::try_from(dice.below(good.len() as u64)).unwrap();
            let (path, body) = &good[place];
            let body = if dice.below(2) == 0 {
                mutate::text(dice, &body.to_string())
            } else {
                mutate::tree(dice, body).to_string()
            };
            let reply = bearer.send("POST", path, &[], Some(&body));
            assert!(reply.status < 500, "{path}: {}", reply.text);
        };
        rounds("bodies", one);
        api.town.audit();
    });
}
