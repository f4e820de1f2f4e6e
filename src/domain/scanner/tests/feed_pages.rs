//! Pages of a feed: in the order asked for, twice, anew, and those that are not for this device.
//! What they say of a pass is tested beside.

use super::*;

#[test]
fn a_feed_is_gone_on_with_where_it_stopped_and_pages_may_come_twice() {
    let mut scanner = scanner();
    feed_to(&mut scanner, &page(0, 10, 3, &[(1, 1)])).unwrap();
    let cursor = scanner.knowledge().cursor();
    assert_eq!(cursor, Cursor::Continuing { number: 3, until: Seq(10) });
    assert_eq!(scanner.knowledge().of(VoucherId(1)), None, "not complete");
    let again = page(0, 10, 0, &[(2, 2)]);
    feed_to(&mut scanner, &again).unwrap();
    assert_eq!((scanner.knowledge().vouchers(), scanner.knowledge().until()), (2, Seq(10)));
    // A page of an earlier question.
    let bytes = {
        let bytes = again.bytes(kid(key(1).verifying_key().as_bytes()));
        let signature = key(1).sign(&Feed::signing_input(&bytes)).to_bytes();
        [bytes, signature.to_vec()].concat()
    };
    let step = scanner.fed(cursor, &bytes).unwrap();
    let before = scanner.knowledge().clone();
    scanner.apply(&step).unwrap();
    assert_eq!(scanner.knowledge(), &before);
    let delta = page(10, 12, 0, &[(1, 0), (3, 4)]);
    feed_to(&mut scanner, &delta).unwrap();
    assert_eq!(scanner.knowledge().of(VoucherId(1)).unwrap().left, 0);
    assert_eq!(scanner.knowledge().cursor(), Cursor::After(Seq(12)));
    // Other programmes: anew, and what was known stays in use meanwhile.
    let other = Feed { programmes: vec![PROGRAMME, ProgrammeId(8)], ..page(12, 13, 0, &[]) };
    feed_to(&mut scanner, &other).unwrap();
    assert_eq!(scanner.knowledge().cursor(), Cursor::Beginning);
    assert_eq!(scanner.knowledge().vouchers(), 3);
    let begun = Feed { after: Seq(0), until: Seq(14), ..other };
    feed_to(&mut scanner, &begun).unwrap();
    assert_eq!((scanner.knowledge().vouchers(), scanner.knowledge().until()), (0, Seq(14)));
}

#[test]
fn a_feed_of_another_device_or_by_a_key_that_leaked_is_none() {
    let mut scanner = scanner();
    let strange = Feed { device: DeviceId(13), ..page(0, 10, 0, &[]) };
    assert_eq!(feed_to(&mut scanner, &strange), Err(Unfit::Page));
    let bytes = page(0, 10, 0, &[]).bytes(kid(key(2).verifying_key().as_bytes()));
    let signature = key(2).sign(&Feed::signing_input(&bytes)).to_bytes();
    let leaked = [bytes, signature.to_vec()].concat();
    assert_eq!(scanner.fed(Cursor::Beginning, &leaked), Err(Unfit::Page));
    assert_eq!(scanner.fed(Cursor::Beginning, &[]), Err(Unfit::Page));
}
