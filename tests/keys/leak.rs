//! A key that leaked: what it signed is honoured, what a thief signs is refused and counted.
//! No real key: the thief is a test that reads the folder.

use super::*;

#[test]
fn genuine_vouchers_of_a_leaked_key_are_honoured_but_not_printed_again() {
    on_each_database(|town| {
        let voucher = town.issue(10).unwrap();
        let paper = town.service.paper(voucher).unwrap();
        let kid = town.kid_of(voucher);
        let steps = town.order(&KeyOrder::Compromise { kid });
        let shown = town.service.read_code(&paper.url).unwrap();
        assert_eq!(town.service.shown(&shown).unwrap().unwrap().id, voucher);
        assert_eq!(steps, [KeyStep::Compromised { kid }]);
        assert!(matches!(town.scan(&paper.url), Outcome::Redeemed(_)));
        assert!(matches!(town.scan(&paper.manual_code), Outcome::Redeemed(_)));
        let again = town.service.paper(voucher).map(|paper| paper.left);
        assert!(matches!(again, Err(Fault::Refused(Reason::KeyCompromised))), "{again:?}");
        assert_eq!(town.service.alarms(Instant(0), 9).unwrap(), []);
        town.audit();
    });
}

#[test]
fn after_a_leak_nothing_is_issued_until_another_key_is_active() {
    on_each_database(|town| {
        let lost = town.issue(10).unwrap();
        let kid = town.kid_of(lost);
        let now = town.service.clock.now();
        let draft = town.service.draft(now).unwrap();
        town.order(&KeyOrder::Compromise { kid });
        let (programme, issuer) = (town.programme, town.issuer);
        // A draft that was drawn before the leak was known is refused by the writer too.
        let ask = Ask::Issue { programme, issuer, workshops: 5, stock: false, draft };
        let outcome = town.service.ask_as(None, ask).unwrap();
        assert_eq!(refused(&outcome), Reason::SigningKeyNotActive);
        let wrong = town.service.draft(now).unwrap_err();
        assert!(matches!(wrong, Fault::Refused(Reason::SigningKeyNotActive)), "{wrong}");
        let early = Some(Early::KeyCompromised);
        let steps = town.service.rotate_keys(None, early).unwrap().unwrap();
        let [KeyStep::Added { kid: new, .. }, KeyStep::Activated { .. }] = steps.as_slice() else {
            panic!("{steps:?}")
        };
        let draft = town.service.draft(now).unwrap();
        let outcome = town.service.ask_as(None, Ask::Replace { voucher: lost, draft }).unwrap();
        let Outcome::Issued { voucher, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(town.kid_of(voucher), *new);
        town.audit();
    });
}

#[test]
fn forged_vouchers_raise_an_alarm_whatever_the_state_of_their_key() {
    on_each_database(|town| {
        let voucher = town.issue(5).unwrap();
        let (signer, venue) = (town.stolen().remove(0), town.venue);
        let hour: Instant = "2026-11-23T09:00:00Z".parse().unwrap();
        let counted = |town: &Town| -> Vec<(Instant, i64)> {
            let lines = town.service.alarms(Instant(0), 9).unwrap();
            assert!(lines.iter().all(|line| line.kid == signer.kid() && line.venue == venue));
            lines.iter().map(|line| (line.hour, line.times)).collect()
        };
        // While it is active: an unknown id, and a known one with more workshops.
        for id in [VoucherId(1), VoucherId(1), voucher] {
            let forged = town.forged(&signer, id);
            let shown = town.service.read_code(&forged).unwrap();
            let looked_at = town.service.shown(&shown).unwrap();
            assert_eq!(looked_at, Err(Reason::VoucherUnknown));
            assert_eq!(refused(&town.scan(&forged)), Reason::VoucherUnknown);
        }
        assert_eq!(counted(&town), [(hour, 3)]);
        // Compromised, an hour later.
        town.order(&KeyOrder::Compromise { kid: signer.kid() });
        town.later(3_600);
        let forged = town.forged(&signer, VoucherId(2));
        let mut dry = town.redemption(town.service.read_code(&forged).unwrap());
        let Ask::Redeem(redeem) = &mut dry.ask else { panic!() };
        redeem.dry_run = true;
        let outcome = town.service.ask(dry).unwrap().outcome;
        assert_eq!(refused(&outcome), Reason::VoucherUnknown);
        assert_eq!(counted(&town), [(hour, 3)], "a dry run writes nothing");
        assert_eq!(refused(&town.scan(&forged)), Reason::VoucherUnknown);
        assert_eq!(counted(&town), [(hour.plus_seconds(3_600), 1), (hour, 3)]);
        let since = hour.plus_seconds(3_600);
        assert_eq!(town.service.alarms(since, 9).unwrap().len(), 1);
        town.audit();
    });
}

#[test]
fn a_retired_key_signs_nothing_new_for_a_thief_either() {
    on_each_database(|town| {
        let signer = town.stolen().remove(0);
        town.service.rotate_keys(None, Some(Early::KeyLost)).unwrap().unwrap();
        town.order(&KeyOrder::Retire { kid: signer.kid() });
        town.later(3 * DAY);
        let forged = town.forged(&signer, VoucherId(1));
        assert_eq!(refused(&town.scan(&forged)), Reason::VoucherUnknown);
        assert_eq!(town.service.alarms(Instant(0), 9).unwrap().len(), 1);
        // Past the last voucher's expiry and 90 days nobody has to know the key.
        let until = town.service.key_list().unwrap()[0].verifies_until.unwrap();
        let paris = "Europe/Paris".parse().unwrap();
        let days = i64::from(until.0 - town.service.clock.now().day(&paris).0);
        town.later((days + 2) * DAY);
        let forged = town.forged(&signer, VoucherId(1));
        assert_eq!(refused(&town.scan(&forged)), Reason::KeyUnknown);
        town.audit();
    });
}
