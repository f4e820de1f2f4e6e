//! Passes of a key that leaked: those in its list, and no others, however the list comes.
//! Other keys are tested beside.

use super::*;
use crate::domain::genuine::{Genuine, mark};

fn kid_of(seed: u8) -> Kid {
    kid(key(seed).verifying_key().as_bytes())
}

/// A pass that key 2 signed before it leaked, or a thief after.
fn of_the_leaked(voucher: i64) -> Payload {
    payload(voucher, 2)
}

fn list(next: i64, vouchers: &[i64]) -> Genuine {
    let marks = vouchers.iter().map(|voucher| mark(&of_the_leaked(*voucher).to_bytes().unwrap()));
    Genuine { device: DEVICE, leaked: kid_of(2), next, at: noon(), marks: marks.collect() }
}

fn signed(list: &Genuine, by: u8) -> Vec<u8> {
    let bytes = list.bytes(kid_of(by));
    let signature = key(by).sign(&Genuine::signing_input(&bytes)).to_bytes();
    [bytes, signature.to_vec()].concat()
}

fn list_to(scanner: &mut Scanner, asked: i64, list: &Genuine) -> Result<(), Unfit> {
    let step = scanner.listed(kid_of(2), asked, &signed(list, 1))?;
    scanner.apply(&step)
}

fn accepts(scanner: &Scanner, voucher: i64) -> bool {
    match verdict(scanner, &scan(&code(&of_the_leaked(voucher), 2), 1)) {
        Ok(_) => true,
        Err(reason) => {
            assert_eq!(reason, Reason::KeyNotValid);
            false
        }
    }
}

#[test]
fn of_a_leaked_key_the_passes_in_its_list_are_good_and_no_others() {
    let mut scanner = scanner();
    assert_eq!((scanner.leaked(), scanner.next_of(kid_of(2))), (vec![kid_of(2)], Some(0)));
    assert!(!accepts(&scanner, 5), "nothing is known yet");
    list_to(&mut scanner, 0, &list(40, &[5])).unwrap();
    assert_eq!(scanner.next_of(kid_of(2)), Some(40));
    assert!(accepts(&scanner, 5) && !accepts(&scanner, 6));
    // A page that answers another question is left alone.
    list_to(&mut scanner, 0, &list(0, &[7])).unwrap();
    assert_eq!((scanner.next_of(kid_of(2)), accepts(&scanner, 7)), (Some(40), false));
    list_to(&mut scanner, 40, &list(0, &[6])).unwrap();
    assert_eq!(scanner.next_of(kid_of(2)), None, "it is whole");
    assert!(accepts(&scanner, 5) && accepts(&scanner, 6) && !accepts(&scanner, 7));
    // The thief has the key: another content of a pass in the list is still none.
    let more = Payload { workshops: 10, ..of_the_leaked(5) };
    assert_eq!(refused(&scanner, &code(&more, 2)), Reason::KeyNotValid);
    // What the list says, the feed and the device's own workshops still limit.
    feed_to(&mut scanner, &page(0, 10, 0, &[(5, 0)])).unwrap();
    assert_eq!(refused(&scanner, &code(&of_the_leaked(5), 2)), Reason::VoucherExhausted);
    take(&mut scanner, scan(&code(&of_the_leaked(6), 2), 5), noon()).unwrap();
    assert_eq!(refused(&scanner, &code(&of_the_leaked(6), 2)), Reason::VoucherExhausted);
}

#[test]
fn a_list_of_another_device_or_key_or_by_a_key_that_leaked_is_none() {
    let scanner = scanner();
    let good = list(0, &[5]);
    let taken = |leaked, page: &[u8]| scanner.listed(leaked, 0, page).map(drop);
    assert_eq!(taken(kid_of(2), &signed(&good, 1)), Ok(()));
    assert_eq!(taken(kid_of(2), &signed(&good, 2)), Err(Unfit::Page), "the thief's own list");
    assert_eq!(taken(kid_of(2), &signed(&good, 4)), Err(Unfit::Page), "a key of nobody's");
    assert_eq!(taken(kid_of(1), &signed(&good, 1)), Err(Unfit::Page), "it was not asked for");
    let strange = Genuine { device: DeviceId(13), ..good.clone() };
    assert_eq!(taken(kid_of(2), &signed(&strange, 1)), Err(Unfit::Page));
    let mut touched = signed(&good, 1);
    touched[40] ^= 1;
    assert_eq!(taken(kid_of(2), &touched), Err(Unfit::Page));
    // A page of the feed is none of a list, whoever signed it.
    let feed = page(0, 10, 0, &[]).bytes(kid_of(1));
    let signature = key(1).sign(&Feed::signing_input(&feed)).to_bytes();
    assert_eq!(taken(kid_of(2), &[feed, signature.to_vec()].concat()), Err(Unfit::Page));
}

#[test]
fn a_list_is_kept_through_a_restart_and_asked_for_anew_where_the_programmes_are_others() {
    let mut scanner = scanner();
    let begun = Entry::All(Box::new(scanner.clone()));
    let step = scanner.listed(kid_of(2), 0, &signed(&list(40, &[5]), 1)).unwrap();
    scanner.apply(&step).unwrap();
    let lines = [begun, Entry::Step(step)].map(|entry| serde_json::to_string(&entry).unwrap());
    let read = |lines: &[String]| {
        let entries = lines.iter().map(|line| serde_json::from_str::<Entry>(line).unwrap());
        Scanner::replayed(entries).unwrap().unwrap()
    };
    let replayed = read(&lines);
    assert_eq!(replayed.next_of(kid_of(2)), Some(40));
    let all = serde_json::to_string(&Entry::All(Box::new(replayed))).unwrap();
    let mut again = read(&[all]);
    assert_eq!((again.next_of(kid_of(2)), accepts(&again, 5)), (Some(40), true));
    list_to(&mut again, 40, &list(0, &[6])).unwrap();
    assert_eq!(again.next_of(kid_of(2)), None);
    // Kept by a device that knew no lists.
    let mut old: serde_json::Value =
        serde_json::to_value(Entry::All(Box::new(again.clone()))).unwrap();
    assert!(old["all"].as_object_mut().unwrap().remove("lists").is_some());
    assert_eq!(read(&[old.to_string()]).next_of(kid_of(2)), Some(0));
    let mut more = places(admitted());
    more.programmes.insert(ProgrammeId(8), admitted());
    let (step, _) = again.equipped(more, None, None, heard(noon()));
    again.apply(&step).unwrap();
    assert_eq!(again.next_of(kid_of(2)), Some(0));
    assert!(accepts(&again, 5), "what has come stays in use");
}
