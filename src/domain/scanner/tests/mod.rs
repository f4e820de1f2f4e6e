//! A device by itself: what it accepts and refuses, records, hears and forgets.
//! No service: `tests/simulation` has both sides.

mod feed_pages;
mod leaked_keys;

use data_encoding::BASE64URL_NOPAD;
use ed25519_dalek::{Signer as _, SigningKey};
use uuid::Uuid;

use super::*;
use crate::domain::{
    feed::{self, Feed},
    key::{VoucherKey, kid},
    record::{Cause, Chain, DecidedRecord, Link, Record, Verdict, misfit},
    refusal::{Reason, Refusal},
    voucher::{CodeKeys, Format, ManualCode, Payload, Signed, signing_input, text},
};

const DEVICE: DeviceId = DeviceId(12);
const VENUE: VenueId = VenueId(4);
const PROGRAMME: ProgrammeId = ProgrammeId(7);
const ISSUER: &str = "https://pass.exemple.fr";

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn noon() -> Instant {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn today() -> Day {
    "2026-11-23".parse().unwrap()
}

fn sign(by: &SigningKey) -> impl FnOnce(&[u8]) -> [u8; 64] {
    |input| by.sign(input).to_bytes()
}

/// Keys 1 (good), 2 (compromised) and 3 (pending, from today), under the root key 9.
fn key_set(sequence: u64) -> String {
    let voucher_key = |seed: u8, state| {
        VoucherKey::new(key(seed).verifying_key().to_bytes(), state, today(), None).unwrap()
    };
    let set = KeySet {
        issuer: ISSUER.to_owned(),
        sequence,
        issued_at: noon(),
        expires_at: noon().plus_seconds(86_400),
        keys: vec![
            voucher_key(1, KeyState::Active),
            voucher_key(2, KeyState::Compromised),
            voucher_key(3, KeyState::Pending),
        ],
    };
    let input = set.signing_input(key(9).verifying_key().as_bytes()).unwrap();
    format!("{input}.{}", BASE64URL_NOPAD.encode(&key(9).sign(input.as_bytes()).to_bytes()))
}

fn admitted() -> Admitted {
    Admitted {
        time_zone: "Europe/Paris".parse().unwrap(),
        service_required: false,
        services: Vec::new(),
        workshops_a_day: None,
        workshops_a_venue: None,
        feed_days: 7,
    }
}

fn places(admitted: Admitted) -> Places {
    Places {
        venues: BTreeMap::from([(VENUE, "Espace".to_owned())]),
        programmes: BTreeMap::from([(PROGRAMME, admitted)]),
    }
}

fn heard(server_at: Instant) -> Heard {
    Heard { server_at, clock_at: server_at }
}

fn scanner_of(terms: Admitted) -> Scanner {
    let identity = Identity {
        device: DEVICE,
        organisation: OrganisationId(1),
        public: PublicKey(key(8).verifying_key().to_bytes()),
        service: ISSUER.to_owned(),
        issuer: ISSUER.to_owned(),
        root: Some(PublicKey(key(9).verifying_key().to_bytes())),
    };
    let mut scanner = Scanner::new(identity, heard(noon()));
    let (step, refused) = scanner.equipped(places(terms), None, Some(key_set(2)), heard(noon()));
    assert_eq!(refused, None);
    scanner.apply(&step).unwrap();
    scanner
}

fn scanner() -> Scanner {
    scanner_of(admitted())
}

fn payload(voucher: i64, by: u8) -> Payload {
    Payload {
        format: Format::Issued,
        kid: kid(key(by).verifying_key().as_bytes()),
        voucher: VoucherId(voucher),
        programme: PROGRAMME,
        workshops: 5,
        first_day: today(),
        last_day: today().plus(90),
    }
}

fn code(payload: &Payload, by: u8) -> String {
    let bytes = payload.to_bytes().unwrap();
    let signature = key(by).sign(&signing_input(&bytes)).to_bytes();
    format!("HTTPS://PASS.EXEMPLE.FR/{}", text::encode(&Signed { payload: bytes, signature }))
}

fn pass(voucher: i64) -> String {
    code(&payload(voucher, 1), 1)
}

fn scan(code: &str, workshops: u8) -> Scan {
    let (code, delivery) = (code.to_owned(), Delivery::default());
    Scan { code, venue: VENUE, person: None, workshops, delivery }
}

fn verdict(scanner: &Scanner, scan: &Scan) -> Result<(u8, Day), Reason> {
    match scanner.judge(scan, noon()) {
        Ok(Judged::Accepted { left, last_day, .. }) => Ok((left, last_day)),
        Ok(Judged::Claim) => panic!("a claim"),
        Err(refusal) => Err(refusal.reason),
    }
}

fn refused(scanner: &Scanner, code: &str) -> Reason {
    verdict(scanner, &scan(code, 1)).unwrap_err()
}

/// Scans without network; the record if it was accepted.
fn take(scanner: &mut Scanner, scan: Scan, clock_at: Instant) -> Result<Record, Refusal> {
    let number = scanner.head().sequence + 100;
    let request = RequestId(Uuid::from_u128(u128::from(number)));
    let attempt = scanner.attempt(scan, request, [7; 16], clock_at);
    scanner.apply(&Step::Attempted(Box::new(attempt.clone()))).unwrap();
    match scanner.record(&attempt, sign(&key(8))) {
        Ok((step, _)) => {
            scanner.apply(&step).unwrap();
            let Step::Recorded { record, .. } = step else { panic!() };
            Ok(Record::read(&record, DEVICE, &scanner.identity.public).unwrap())
        }
        Err(refusal) => {
            scanner.apply(&Step::Dropped { request }).unwrap();
            Err(refusal)
        }
    }
}

fn page(after: i64, until: i64, next: i64, entries: &[(i64, u8)]) -> Feed {
    let entry = |(voucher, left): &(i64, u8)| feed::Entry {
        voucher: VoucherId(*voucher),
        left: *left,
        last_day: today().plus(200),
    };
    Feed {
        device: DEVICE,
        programmes: vec![PROGRAMME],
        after: Seq(after),
        until: Seq(until),
        next,
        at: noon(),
        entries: entries.iter().map(entry).collect(),
    }
}

fn feed_to(scanner: &mut Scanner, feed: &Feed) -> Result<(), Unfit> {
    let by = key(1);
    let bytes = feed.bytes(kid(by.verifying_key().as_bytes()));
    let signature = by.sign(&Feed::signing_input(&bytes)).to_bytes();
    let step = scanner.fed(scanner.knowledge().cursor(), &[bytes, signature.to_vec()].concat())?;
    scanner.apply(&step)
}

fn told(sequence: u32, verdict: &str, kept: bool, counted: Option<(i64, i64)>) -> Told {
    let counted = counted.map(|(seq, voucher)| Counted {
        seq: Seq(seq),
        voucher: VoucherId(voucher),
        workshops: 1,
        last_day: today().plus(90),
        reversed: false,
    });
    Told { sequence, verdict: verdict.to_owned(), kept, why: None, counted }
}

fn tell(scanner: &mut Scanner, verdicts: Vec<Told>) {
    scanner.apply(&Step::Told { verdicts, heard: heard(noon()) }).unwrap();
}

#[test]
fn a_good_pass_is_accepted_until_its_own_workshops_are_taken() {
    let mut scanner = scanner();
    let pass = pass(5);
    assert_eq!(verdict(&scanner, &scan(&pass, 1)), Ok((4, today().plus(90))));
    assert_eq!(refused(&scanner, "x"), Reason::CodeMalformed);
    for left in [4, 2] {
        let workshops = if left == 4 { 1 } else { 2 };
        take(&mut scanner, scan(&pass, workshops), noon()).unwrap();
        let next = verdict(&scanner, &scan(&pass, 1));
        assert_eq!(next, Ok((left - 1, today().plus(90))));
    }
    let three = verdict(&scanner, &scan(&pass, 3));
    assert_eq!(three, Err(Reason::WorkshopsInsufficient));
    take(&mut scanner, scan(&pass, 2), noon()).unwrap();
    assert_eq!(refused(&scanner, &pass), Reason::VoucherExhausted);
}

#[test]
fn what_was_put_aside_is_spent_until_somebody_decides() {
    let mut scanner = scanner();
    let pass = pass(5);
    let mut records = Vec::new();
    for workshops in [2, 2, 1] {
        records.push(take(&mut scanner, scan(&pass, workshops), noon()).unwrap());
    }
    let aside = [1, 2, 3].map(|place| told(place, "quarantined", true, None));
    tell(&mut scanner, aside.to_vec());
    assert_eq!(scanner.put_aside(), [3, 2, 1]);
    let left = |scanner: &Scanner| verdict(scanner, &scan(&pass, 1)).map(|(left, _)| left);
    assert_eq!(left(&scanner), Err(Reason::VoucherExhausted));
    let decided = |place: usize, accepted: bool, redemption: Option<i64>| DecidedRecord {
        sequence: u32::try_from(place).unwrap() + 1,
        request: records[place].claims.request,
        accepted,
        redemption: redemption.map(Seq),
    };
    // Rejected; a redemption; a conflict, which the pass does not pay.
    let all = [decided(0, false, None), decided(1, true, Some(40)), decided(2, true, None)];
    scanner.apply(&Step::Decided(all.to_vec())).unwrap();
    assert_eq!((left(&scanner), scanner.put_aside()), (Ok(2), vec![]));
    // The feed tells of the second, which is not subtracted twice.
    feed_to(&mut scanner, &page(0, 41, 0, &[(5, 3)])).unwrap();
    assert_eq!(left(&scanner), Ok(2));
}

#[test]
fn what_is_not_signed_by_a_key_that_vouches_is_refused() {
    let scanner = scanner();
    let good = pass(5);
    let last = good.len() - 1;
    let forged = format!("{}{}", &good[..last], if good.ends_with('1') { 2 } else { 1 });
    assert_eq!(refused(&scanner, &forged), Reason::SignatureInvalid);
    assert_eq!(refused(&scanner, &code(&payload(5, 2), 2)), Reason::KeyNotValid);
    assert_eq!(refused(&scanner, &code(&payload(5, 4), 4)), Reason::KeyUnknown);
    let before = Payload { first_day: today().plus(-1), ..payload(5, 1) };
    assert_eq!(refused(&scanner, &code(&before, 1)), Reason::KeyNotValid);
    // Known before it began to sign.
    assert!(verdict(&scanner, &scan(&code(&payload(5, 3), 3), 1)).is_ok());
}

#[test]
fn the_feed_overrules_what_was_signed() {
    let mut scanner = scanner();
    let stock = code(&Payload { format: Format::Stock, ..payload(6, 1) }, 1);
    assert_eq!(refused(&scanner, &stock), Reason::VoucherStock);
    feed_to(&mut scanner, &page(0, 10, 0, &[(5, 0), (6, 6), (7, 2)])).unwrap();
    assert_eq!(refused(&scanner, &pass(5)), Reason::VoucherExhausted);
    assert_eq!(verdict(&scanner, &scan(&stock, 1)), Ok((5, today().plus(200))));
    assert_eq!(verdict(&scanner, &scan(&pass(7), 1)), Ok((1, today().plus(200))));
    let late = noon().plus_seconds(91 * 86_400);
    let extended = scanner.judge(&scan(&pass(7), 1), late);
    assert!(extended.is_ok());
    let over = scanner.judge(&scan(&pass(8), 1), late).unwrap_err();
    assert_eq!((over.reason, over.facts.day), (Reason::VoucherExpired, Some(today().plus(90))));
    let early = scanner.judge(&scan(&pass(8), 1), noon().plus_seconds(-86_400)).unwrap_err();
    assert_eq!(early.reason, Reason::VoucherNotYetValid);
}

#[test]
fn places_limits_and_services_are_the_programmes() {
    let limited = Admitted { workshops_a_day: Some(2), service_required: true, ..admitted() };
    let mut scanner = scanner_of(limited);
    let elsewhere = Payload { programme: ProgrammeId(8), ..payload(5, 1) };
    assert_eq!(refused(&scanner, &code(&elsewhere, 1)), Reason::VenueNotAdmitted);
    let other_venue = Scan { venue: VenueId(5), ..scan(&pass(5), 1) };
    assert_eq!(verdict(&scanner, &other_venue), Err(Reason::VenueNotAdmitted));
    assert_eq!(refused(&scanner, &pass(5)), Reason::ServiceRequired);
    let delivery = Delivery { service: Some(Service::EverydayTools), ..Delivery::default() };
    let with = |workshops| Scan { delivery, ..scan(&pass(5), workshops) };
    assert_eq!(verdict(&scanner, &with(3)), Err(Reason::ProgrammeLimit));
    take(&mut scanner, with(2), noon()).unwrap();
    assert_eq!(verdict(&scanner, &with(1)), Err(Reason::ProgrammeLimit));
    let tomorrow = noon().plus_seconds(86_400);
    assert!(scanner.judge(&with(1), tomorrow).is_ok());
    scanner.apply(&Step::Revoked).unwrap();
    assert_eq!(verdict(&scanner, &with(1)), Err(Reason::DeviceRevoked));
}

#[test]
fn own_workshops_are_subtracted_once_whether_the_feed_knows_them_or_not() {
    let mut scanner = scanner();
    feed_to(&mut scanner, &page(0, 10, 0, &[])).unwrap();
    take(&mut scanner, scan(&pass(5), 1), noon()).unwrap();
    let left = |scanner: &Scanner| verdict(scanner, &scan(&pass(5), 1)).unwrap().0;
    assert_eq!(left(&scanner), 3);
    tell(&mut scanner, vec![told(1, "accepted", true, Some((11, 5)))]);
    assert_eq!(left(&scanner), 3, "the feed does not know it yet");
    feed_to(&mut scanner, &page(10, 11, 0, &[(5, 4)])).unwrap();
    assert_eq!(left(&scanner), 3, "now it does");
    take(&mut scanner, scan(&pass(5), 1), noon()).unwrap();
    tell(&mut scanner, vec![told(2, "refused", true, None)]);
    assert_eq!(left(&scanner), 3, "nothing was taken");
    take(&mut scanner, scan(&pass(5), 1), noon()).unwrap();
    tell(&mut scanner, vec![told(3, "quarantined", true, None)]);
    assert_eq!(left(&scanner), 2, "it may still be counted");
    take(&mut scanner, scan(&pass(5), 1), noon()).unwrap();
    tell(&mut scanner, vec![told(4, "conflict", true, None)]);
    assert_eq!(left(&scanner), 2, "the pass does not pay for it");
}

#[test]
fn records_are_one_chain_whose_time_never_goes_back_whatever_the_clock_does() {
    let mut scanner = scanner();
    let mut arrived = Chain::new();
    for (voucher, minutes) in [(1, 10), (2, -600), (3, -599), (4, 5), (5, 90)] {
        let clock_at = noon().plus_seconds(minutes * 60);
        let record = take(&mut scanner, scan(&pass(voucher), 1), clock_at).unwrap();
        assert_eq!(record.claims.clock_at, clock_at);
        assert_eq!(misfit(&arrived, &record.claims, record.hash), None::<Cause>);
        let link = Link {
            hash: record.hash,
            before: record.claims.before,
            occurred_at: record.claims.occurred_at(),
            verdict: Verdict::Refused(Reason::VoucherUnknown.into()),
        };
        arrived.insert((DEVICE, record.claims.sequence), vec![link]);
    }
    assert_eq!(arrived.len(), 5);
    // What the service says of the time corrects the clock.
    let clock_at = noon().plus_seconds(-3_600);
    let server_at = noon().plus_seconds(2 * 3_600);
    scanner.apply(&Step::Heard(Heard { server_at, clock_at })).unwrap();
    let record = take(&mut scanner, scan(&pass(6), 1), clock_at.plus_seconds(60)).unwrap();
    assert_eq!(record.claims.occurred_at(), server_at.plus_seconds(60));
    assert_eq!(record.claims.server_at, server_at);
}

#[test]
fn a_text_is_forgotten_when_it_is_kept_and_one_that_is_not_blocks_nothing() {
    let mut scanner = scanner();
    for voucher in 1..=3 {
        take(&mut scanner, scan(&pass(voucher), 1), noon()).unwrap();
    }
    let places = |scanner: &Scanner| -> Vec<u32> {
        scanner.upload().into_iter().map(|(sequence, _)| sequence).collect()
    };
    assert_eq!(places(&scanner), [1, 2, 3]);
    let kept = vec![told(1, "refused", false, None), told(2, "accepted", true, Some((9, 2)))];
    tell(&mut scanner, kept);
    assert_eq!(places(&scanner), [3, 1]);
    let all = serde_json::to_string(&scanner).unwrap();
    assert!(all.contains(&pass(3)) && !all.contains(&pass(2)));
    assert_eq!(scanner.fates()[0].told.counted.unwrap().seq, Seq(9));
    // The same verdict again changes nothing.
    tell(&mut scanner, vec![told(2, "accepted", true, Some((9, 2)))]);
    assert_eq!(scanner.fates().len(), 1);
}

#[test]
fn a_typed_code_is_a_claim_and_there_are_not_many() {
    let mut scanner = scanner();
    let typed = ManualCode::of(VoucherId(5), &CodeKeys::new([1; 32])).to_string();
    for _ in 0..MOST_CLAIMS {
        take(&mut scanner, scan(&typed, 1), noon()).unwrap();
    }
    let many = take(&mut scanner, scan(&typed, 1), noon()).unwrap_err();
    assert_eq!(many.reason, Reason::ProgrammeLimit);
    assert!(take(&mut scanner, scan(&pass(1), 1), noon()).is_ok());
    tell(&mut scanner, vec![told(1, "accepted", true, Some((9, 5)))]);
    assert_eq!(verdict(&scanner, &scan(&pass(5), 1)).unwrap().0, 3, "now it knows whose");
}

#[test]
fn a_lower_key_set_or_one_of_another_root_is_left_out() {
    let scanner = scanner();
    let read =
        |text: String| scanner.equipped(Places::default(), None, Some(text), heard(noon())).1;
    assert_eq!(read(key_set(1)), Some(BadKeySet::Sequence { found: 1, seen: 2 }));
    assert_eq!(read(key_set(3)), None);
    let (input, _) = key_set(3).rsplit_once('.').map(|(a, b)| (a.to_owned(), b.len())).unwrap();
    let signature = key(1).sign(input.as_bytes()).to_bytes();
    let strange = format!("{input}.{}", BASE64URL_NOPAD.encode(&signature));
    assert_eq!(read(strange), Some(BadKeySet::Signature));
}

#[test]
fn what_is_kept_comes_back_the_same_and_a_changed_chain_is_found() {
    let mut scanner = scanner();
    feed_to(&mut scanner, &page(0, 10, 0, &[(1, 3), (2, 0)])).unwrap();
    let all = Entry::All(Box::new(scanner.clone()));
    let attempt = scanner.attempt(scan(&pass(1), 1), RequestId(Uuid::nil()), [1; 16], noon());
    let (recorded, _) = scanner.record(&attempt, sign(&key(8))).unwrap();
    let steps = [Step::Attempted(Box::new(attempt)), recorded];
    for step in &steps {
        scanner.apply(step).unwrap();
    }
    let [first, second] = steps.map(Entry::Step);
    let entries = [all, first, second].map(|entry| serde_json::to_string(&entry).unwrap());
    let read = |texts: &[&String]| {
        Scanner::replayed(texts.iter().map(|text| serde_json::from_str(text).unwrap()))
    };
    let [all, first, second] = &entries;
    let again = read(&[all, first, second]).unwrap().unwrap();
    assert_eq!(serde_json::to_string(&again).unwrap(), serde_json::to_string(&scanner).unwrap());
    assert_eq!(verdict(&again, &scan(&pass(1), 1)), verdict(&scanner, &scan(&pass(1), 1)));
    assert_eq!(read(&[all, second]).unwrap_err(), Unfit::NoAttempt);
    assert_eq!(read(&[all, first, second, first, second]).unwrap_err(), Unfit::Chain);
    assert!(read(&[]).unwrap().is_none());
}
