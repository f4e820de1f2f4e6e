//! A key that leaked, for a device without network: its passes are in a list, a thief's are not.
//! What the service does online `keys/leak.rs` has.

use pass_numerique::{
    domain::{
        ids::VoucherId,
        voucher::{Payload, payload::head, text},
    },
    sys::keyring,
};

use super::*;

/// What a thief makes of a pass, with the key that signed it: another one.
fn forged(site: &Site, code: &str, voucher: VoucherId) -> String {
    let payload = Payload::from_bytes(&text::read(code).unwrap().payload).unwrap();
    let stolen = keyring::load_directory(&site.keys, None).unwrap();
    let signer = stolen.iter().find(|signer| signer.kid() == payload.kid).unwrap();
    text::encode(&signer.sign(&Payload { voucher, ..payload }).unwrap())
}

#[test]
fn of_a_key_that_leaked_a_device_alone_accepts_what_was_issued_and_nothing_else() {
    on_each_empty_database(|location, folder| {
        let site = Site::reachable(location, folder);
        let home = tempfile::tempdir().unwrap();
        let root = published(&site, home.path());
        let program = site.start();
        let (scanner, _) = enrolled(&site, &program, home.path());
        let [(one, _), (two, _)] = [(); 2].map(|()| pass(&site, &program));
        let [early, late] = [1, 2].map(|id| forged(&site, &one, VoucherId(id)));
        // Before anybody knows, a good signature is all there is to go by.
        assert_eq!(scanner.scan(&["--offline"], &[&early, &one]).results(), ["recorded"; 2]);
        program.kill();

        let (_, leaked) = head(&text::read(&one).unwrap().payload).unwrap();
        key_command(&site, &["compromise", &leaked.to_string()]);
        key_command(&site, &["rotate", "--early", "compromised"]);
        key_command(&site, &["publish", "--root", root.to_str().unwrap()]);
        let program = site.start();
        let (three, _) = pass(&site, &program);
        let synced = scanner.verb(&["sync"]);
        assert_eq!((synced.code, &synced.lines[0]["feed_refused"]), (0, &json!(false)));
        let verdicts = &synced.lines[0]["verdicts"];
        assert_eq!(verdicts[0]["why"], "voucher_unknown", "{verdicts}");
        assert_eq!(verdicts[1]["verdict"], "accepted", "{verdicts}");
        program.kill();

        let alone = scanner.scan(&["--offline"], &[&early, &late, &one, &two, &three]);
        let results = ["refused", "refused", "recorded", "recorded", "recorded"];
        assert_eq!(alone.results(), results, "{:?}", alone.lines);
        let reasons = [&alone.lines[0]["reason"], &alone.lines[1]["reason"]];
        assert_eq!(reasons, ["key_not_valid"; 2]);
        let program = site.start();
        let synced = scanner.verb(&["sync"]);
        let verdicts = synced.lines[0]["verdicts"].as_array().unwrap();
        assert!(verdicts.iter().all(|told| told["verdict"] == "accepted"), "{verdicts:?}");
        assert_eq!(site.number("SELECT SUM(workshops) FROM redemption"), 4);
        drop(program);
        site.audit();
    });
}
