//! Records: what is read, and which chains hold.
//! No verdicts on workshops: `decide/tests/records.rs` has them.

use ed25519_dalek::{Signer as _, SigningKey};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const DEVICE: DeviceId = DeviceId(12);

fn key() -> SigningKey {
    SigningKey::from_bytes(&[4; 32])
}

fn public() -> PublicKey {
    PublicKey(key().verifying_key().to_bytes())
}

fn claims(sequence: u32, before: Hash) -> Claims {
    Claims {
        device: DEVICE,
        sequence,
        before,
        request: RequestId(Uuid::from_u128(u128::from(sequence))),
        venue: VenueId(1),
        person: Some(UserId(3)),
        shown: shown(&[1; 16], "pass"),
        workshops: 1,
        delivery: Delivery::default(),
        clock_at: Instant(0).plus_seconds(i64::from(sequence) * 60),
        clock_offset_ms: 0,
        server_at: Instant(0),
        seen: Seq(5),
        feed_at: None,
    }
}

fn signed(input: &str, by: &SigningKey) -> String {
    let signature = by.sign(input.as_bytes()).to_bytes();
    format!("{input}.{}", BASE64URL_NOPAD.encode(&signature))
}

fn read(text: &str) -> Result<Record, BadRecord> {
    Record::read(text, DEVICE, &public())
}

/// A chain of so many records, as a device makes it.
fn chain(length: u32) -> Vec<Record> {
    let mut records: Vec<Record> = Vec::new();
    for sequence in 1..=length {
        let before = records.last().map(|record| record.hash).unwrap_or_default();
        records.push(read(&signed(&claims(sequence, before).signing_input(), &key())).unwrap());
    }
    records
}

/// Takes records in as the service does; how each fitted.
fn arrive(chain: &mut Chain, records: &[&Record]) -> Vec<Option<Cause>> {
    let one = |record: &&Record| {
        let cause = misfit(chain, &record.claims, record.hash);
        let refused = Verdict::Refused(Reason::VoucherUnknown.into());
        let link = Link {
            hash: record.hash,
            before: record.claims.before,
            occurred_at: record.claims.occurred_at(),
            verdict: cause.map_or(refused, Verdict::Quarantined),
        };
        chain.entry((DEVICE, record.claims.sequence)).or_default().push(link);
        cause
    };
    records.iter().map(one).collect()
}

#[test]
fn a_record_comes_back_as_it_was_signed_and_its_time_is_corrected() {
    let said = Claims { clock_offset_ms: -90_000, ..claims(2, Hash([9; 32])) };
    let record = read(&signed(&said.signing_input(), &key())).unwrap();
    assert_eq!(record.claims, said);
    assert_eq!(record.claims.occurred_at(), Instant(0).plus_seconds(30));
    assert!(said.shows(&[1; 16], "pass") && !said.shows(&[2; 16], "pass"));
}

#[test]
fn what_is_not_signed_by_this_device_for_this_purpose_is_no_record() {
    let input = claims(1, Hash::default()).signing_input();
    let stranger = SigningKey::from_bytes(&[5; 32]);
    assert_eq!(read(&signed(&input, &stranger)), Err(BadRecord::Signature));
    let text = signed(&input, &key());
    assert_eq!(Record::read(&text, DeviceId(13), &public()), Err(BadRecord::OtherDevice));
    let (_, body) = input.split_once('.').unwrap();
    for header in [r#"{"alg":"EdDSA","typ":"JWT"}"#, r#"{"alg":"none"}"#, "[]"] {
        let input = format!("{}.{body}", BASE64URL_NOPAD.encode(header.as_bytes()));
        assert_eq!(read(&signed(&input, &key())), Err(BadRecord::Malformed), "{header}");
    }
    let zero = claims(0, Hash::default()).signing_input();
    assert_eq!(read(&signed(&zero, &key())), Err(BadRecord::Malformed));
    assert_eq!(read(&"x".repeat(LONGEST + 1)), Err(BadRecord::Malformed));
}

#[test]
fn a_second_record_of_a_place_is_a_fork_and_so_is_what_follows_it() {
    let records = chain(3);
    let other = Claims { workshops: 2, ..records[1].claims.clone() };
    let other = read(&signed(&other.signing_input(), &key())).unwrap();
    let after = read(&signed(&claims(3, other.hash).signing_input(), &key())).unwrap();
    let mut arrived = Chain::new();
    let all = [&records[0], &records[1], &other, &after, &records[2]];
    let fork = Some(Cause::ChainForked);
    assert_eq!(arrive(&mut arrived, &all), [None, None, fork, fork, None]);
}

#[test]
fn a_chain_begins_with_nothing_before_it() {
    let first = read(&signed(&claims(1, Hash([1; 32])).signing_input(), &key())).unwrap();
    assert_eq!(arrive(&mut Chain::new(), &[&first]), [Some(Cause::ChainForked)]);
}

#[test]
fn time_never_goes_back_along_a_chain_nor_before_the_service_was_heard() {
    let records = chain(2);
    let early = |server_at, clock_at| {
        let said = Claims { clock_at, server_at, ..claims(3, records[1].hash) };
        read(&signed(&said.signing_input(), &key())).unwrap()
    };
    let at = |seconds| Instant(0).plus_seconds(seconds);
    for (server_at, clock_at, cause) in [
        (at(0), at(120), None),
        (at(0), at(119), Some(Cause::TimeBackwards)),
        (at(200), at(199), Some(Cause::TimeBackwards)),
    ] {
        let mut arrived = Chain::new();
        let third = early(server_at, clock_at);
        let fits = arrive(&mut arrived, &[&records[0], &records[1], &third]);
        assert_eq!(fits, [None, None, cause]);
        // The same if the later one was faster.
        let fits = arrive(&mut Chain::new(), &[&third, &records[1]]);
        let late = cause.filter(|_| server_at == at(0));
        assert_eq!((fits[0], fits[1]), (cause.filter(|_| late.is_none()), late));
    }
}

proptest! {
    #[test]
    fn in_whatever_order_an_honest_chain_arrives_it_fits(
        order in Just((0..12_usize).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let records = chain(12);
        let shuffled: Vec<&Record> = order.iter().map(|at| &records[*at]).collect();
        let fits = arrive(&mut Chain::new(), &shuffled);
        prop_assert!(fits.iter().all(Option::is_none), "{fits:?}");
    }

    #[test]
    fn a_changed_character_is_never_read_as_another_record(place in 0..400_usize, by in 1..60_u8) {
        let text = signed(&claims(1, Hash::default()).signing_input(), &key());
        let mut bytes = text.clone().into_bytes();
        let place = place % bytes.len();
        let letters = BASE64URL_NOPAD.encode(&(0..=255).collect::<Vec<u8>>()).into_bytes();
        bytes[place] = letters[usize::from(by)];
        let changed = String::from_utf8(bytes).unwrap();
        let again = read(&changed);
        prop_assert!(changed == text || again.is_err(), "{place}");
    }

    #[test]
    fn any_text_is_refused_in_peace(text in ".{0,300}") {
        prop_assert!(read(&text).is_err());
    }
}
