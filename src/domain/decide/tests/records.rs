//! Records made without network: one verdict each, whatever the way and the order they come.
//! No signatures and no chains of their own (`domain/record`).

use proptest::prelude::*;

use super::*;
use crate::domain::{
    conflict::Knowledge,
    device::{DeviceAsk, Invitation},
    record::{Cause, Claims, Hash, Record, RecordAsk, Verdict, shown},
    registry::Role,
};

/// A device of the town, with the end of its chain.
pub(super) struct Offline {
    pub device: DeviceId,
    sequence: u32,
    before: Hash,
}

impl Town {
    pub(super) fn offline(&mut self) -> Offline {
        let invitation = Invitation { hash: [7; 32], expires_at: self.now.plus_seconds(600) };
        let (organisation, venues) = (self.organisation, vec![self.venue]);
        let name = "Tablette".to_owned();
        let add = DeviceAsk::Add { organisation, name, venues, invitation };
        let device = DeviceId(added(self.ask(Ask::Device(add))));
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
        let enrol = DeviceAsk::Enrol { device, token: [7; 32], public: PublicKey(key) };
        self.ask(Ask::Device(enrol));
        Offline { device, sequence: 0, before: Hash::default() }
    }

    pub(super) fn record_with(
        &mut self,
        device: &mut Offline,
        voucher: VoucherId,
        change: impl FnOnce(&mut Claims),
    ) -> Command {
        device.sequence += 1;
        let mut claims = Claims {
            device: device.device,
            sequence: device.sequence,
            before: device.before,
            request: RequestId(Uuid::from_u128(self.draw())),
            venue: self.venue,
            person: None,
            shown: shown(&[0; 16], "pass"),
            workshops: 1,
            delivery: Delivery::default(),
            clock_at: self.now,
            clock_offset_ms: 0,
            server_at: self.now,
            seen: Seq(1),
            feed_at: None,
        };
        change(&mut claims);
        let text = claims.signing_input();
        let hash = Hash::of(text.as_bytes());
        device.before = hash;
        let redeem = Redeem {
            workshops: claims.workshops,
            occurred_at: claims.occurred_at(),
            ..self.redemption(voucher)
        };
        let online = self.command(Ask::Redeem(redeem.clone()));
        let request = Request { id: claims.request, ..online.request };
        let ask = RecordAsk { record: Record { claims, hash, text }, redeem };
        let (device, ask) = (Some(device.device), Ask::Record(Box::new(ask)));
        Command { request, device, ask, ..online }
    }

    fn record(&mut self, device: &mut Offline, voucher: VoucherId) -> Command {
        self.record_with(device, voucher, |_| {})
    }

    pub(super) fn verdict(&mut self, command: &Command) -> Verdict {
        let command = Command { now: self.now, ..command.clone() };
        match self.answer(&command).outcome {
            Outcome::Recorded(verdict) => verdict,
            other => panic!("{other:?}"),
        }
    }

    pub(super) fn revoke(&mut self, device: &Offline) {
        self.ask(Ask::Device(DeviceAsk::Revoke { device: device.device }));
    }

    /// The last event, which says that a record waits.
    pub(super) fn waits(&self) -> Seq {
        let last = self.journal.last().unwrap();
        assert_eq!(last.event.body.kind(), "record_quarantined");
        last.event.seq
    }

    pub(super) fn judge(&mut self, quarantine: Seq, accepted: bool) -> Outcome {
        let note = "Vu avec le lieu".to_owned();
        let waiting = self.world.quarantined.contains_key(&quarantine);
        assert!(waiting, "the writer loads it");
        self.ask(Ask::DecideRecord { quarantine, accepted, note })
    }

    /// What the writer loads for a decision.
    pub(super) fn load_waiting(&mut self, quarantine: Seq, command: &Command) {
        let Ask::Record(ask) = &command.ask else { panic!("no record") };
        let waiting = crate::domain::record::Waiting {
            device: ask.record.claims.device,
            person: ask.record.claims.person,
            request: command.request,
            redeem: ask.redeem.clone(),
            sequence: ask.record.claims.sequence,
            hash: ask.record.hash,
            knowledge: Knowledge::of(&ask.record.claims),
            decided: false,
        };
        self.world.quarantined.insert(quarantine, waiting);
    }
}

pub(super) fn accepted(verdict: Verdict) -> Redemption {
    let Verdict::Accepted(redemption) = verdict else { panic!("not accepted: {verdict:?}") };
    redemption
}

#[test]
fn a_record_of_yesterday_counts_once_however_often_it_comes() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let record = town.record(&mut device, voucher);
    let then = town.now;
    town.later(DAY);
    let first = accepted(town.verdict(&record));
    assert_eq!((first.left, first.occurred_at), (4, then));
    assert_eq!(town.journal.last().unwrap().event.device, Some(device.device));
    let events = town.journal.len();
    assert_eq!(town.verdict(&record), Verdict::Accepted(first));
    assert_eq!(town.journal.len(), events);
}

#[test]
fn an_online_attempt_whose_answer_was_lost_is_not_counted_again() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let record = town.record(&mut device, voucher);
    let Ask::Record(ask) = &record.ask else { panic!() };
    let online = Command { ask: Ask::Redeem(ask.redeem.clone()), ..record.clone() };
    let counted = redeemed(town.answer(&online).outcome);
    assert_eq!(town.verdict(&record), Verdict::Replayed(counted));
    assert_eq!(town.voucher(voucher).free.len(), 4);
    // The other way round as well.
    let record = town.record(&mut device, voucher);
    let counted = accepted(town.verdict(&record));
    let Ask::Record(ask) = &record.ask else { panic!() };
    let online = Command { ask: Ask::Redeem(ask.redeem.clone()), ..record.clone() };
    let answer = town.answer(&online);
    assert!(answer.replayed);
    assert_eq!(redeemed(answer.outcome), counted);
}

/// As a device asks whose clock is half an hour ahead.
fn asked_too_soon(town: &mut Town, device: &mut Offline, voucher: VoucherId) -> [Command; 2] {
    let ahead = town.now.plus_seconds(1_800);
    let record = town.record_with(device, voucher, |claims| claims.clock_at = ahead);
    let Ask::Record(ask) = &record.ask else { panic!() };
    let online = Command { ask: Ask::Redeem(ask.redeem.clone()), ..record.clone() };
    assert_eq!(reason(town.answer(&online).outcome), Reason::OccurredInFuture);
    [record, online]
}

#[test]
fn what_was_asked_too_soon_counts_once_when_its_record_comes_in_time() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let mut copy = Offline { before: Hash::default(), sequence: 0, ..device };
    let [record, online] = asked_too_soon(&mut town, &mut device, voucher);
    assert_eq!(reason(town.answer(&online).outcome), Reason::OccurredInFuture, "the first answer");
    town.later(3_600);
    let counted = accepted(town.verdict(&record));
    assert_eq!(town.verdict(&record), Verdict::Accepted(counted));
    let again = town.answer(&online);
    assert!(again.replayed);
    assert_eq!(redeemed(again.outcome), counted);
    // Put back to an earlier day, the device records the same attempt once more.
    let mut other = town.record_with(&mut copy, voucher, |claims| claims.workshops = 2);
    other.request = record.request;
    assert_eq!(town.verdict(&other), Verdict::Quarantined(Cause::ChainForked));
    let waits = town.waits();
    town.load_waiting(waits, &other);
    assert!(matches!(town.judge(waits, true), Outcome::Done { .. }));
    assert_eq!((town.held(Stage::Earned), town.voucher(voucher).free.len()), (1_000, 4));
}

#[test]
fn another_content_under_the_id_of_what_was_asked_too_soon_waits() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let [record, _] = asked_too_soon(&mut town, &mut device, voucher);
    town.later(3_600);
    let mut reused = town.record(&mut device, voucher);
    reused.request = Request { hash: [9; 32], ..record.request };
    assert_eq!(town.verdict(&reused), Verdict::Quarantined(Cause::RequestReused));
}

#[test]
fn what_was_asked_too_soon_and_still_is_waits_and_counts_once_when_it_is_accepted() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let [record, online] = asked_too_soon(&mut town, &mut device, voucher);
    assert_eq!(town.verdict(&record), Verdict::Quarantined(Cause::TimeAhead));
    let waits = town.waits();
    town.load_waiting(waits, &record);
    town.later(3_600);
    assert!(matches!(town.judge(waits, true), Outcome::Done { .. }));
    assert_eq!((town.held(Stage::Earned), town.voucher(voucher).free.len()), (1_000, 4));
    assert!(matches!(town.answer(&online).outcome, Outcome::Redeemed(_)), "told since");
    assert_eq!(town.voucher(voucher).free.len(), 4);
}

#[test]
fn a_record_under_another_request_s_id_waits() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let first = town.record(&mut device, voucher);
    accepted(town.verdict(&first));
    let mut reused = town.record_with(&mut device, voucher, |claims| claims.workshops = 2);
    reused.request.id = first.request.id;
    assert_eq!(town.verdict(&reused), Verdict::Quarantined(Cause::RequestReused));
}

#[test]
fn a_bad_record_is_refused_and_the_next_ones_are_not() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let cancelled = town.issue(5);
    town.cancel(cancelled);
    town.later(60);
    let records = [
        town.record(&mut device, voucher),
        town.record(&mut device, cancelled),
        town.record(&mut device, voucher),
    ];
    let answers = town.send(&records);
    let verdicts: Vec<&str> = answers
        .iter()
        .map(|answer| match &answer.outcome {
            Outcome::Recorded(verdict) => verdict.code(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(verdicts, ["accepted", "refused", "accepted"]);
    assert_eq!(town.voucher(voucher).free.len(), 3);
}

#[test]
fn a_forked_chain_waits_and_its_first_branch_goes_on() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let first = town.record(&mut device, voucher);
    let mut copy = Offline { before: Hash::default(), sequence: 0, ..device };
    let other = town.record(&mut copy, voucher);
    let after = town.record(&mut copy, voucher);
    let next = town.record(&mut device, voucher);
    accepted(town.verdict(&first));
    assert_eq!(town.verdict(&other), Verdict::Quarantined(Cause::ChainForked));
    assert_eq!(town.verdict(&after), Verdict::Quarantined(Cause::ChainForked));
    accepted(town.verdict(&next));
    assert_eq!(town.voucher(voucher).free.len(), 3);
}

#[test]
fn what_a_revoked_device_hands_over_waits_for_a_decision_and_is_paid_if_it_is_accepted() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let [good, bad] = [(); 2].map(|()| town.record(&mut device, voucher));
    town.later(60);
    town.revoke(&device);
    assert_eq!(town.verdict(&good), Verdict::Quarantined(Cause::DeviceRevoked));
    let first = town.waits();
    assert_eq!(town.verdict(&bad), Verdict::Quarantined(Cause::DeviceRevoked));
    let second = town.waits();
    town.load_waiting(first, &good);
    town.load_waiting(second, &bad);
    assert_eq!(town.held(Stage::Earned), 0);
    assert!(matches!(town.judge(first, true), Outcome::Done { .. }));
    assert_eq!((town.held(Stage::Earned), town.voucher(voucher).free.len()), (1_000, 4));
    assert_eq!(reason(town.judge(first, true)), Reason::AlreadyDecided);
    assert!(matches!(town.judge(second, false), Outcome::Done { .. }));
    assert_eq!(town.held(Stage::Earned), 1_000);
    let empty = Ask::DecideRecord { quarantine: first, accepted: true, note: " ".to_owned() };
    assert_eq!(reason(town.ask(empty)), Reason::RequestMalformed);
}

#[test]
fn a_pass_that_was_never_issued_waits_and_cannot_be_accepted() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let payload = town.voucher(voucher).payload;
    let mut record = town.record(&mut device, voucher);
    let Ask::Record(ask) = &mut record.ask else { panic!() };
    ask.redeem.shown = Shown::Signed { voucher: VoucherId(999_999), payload };
    assert_eq!(town.verdict(&record), Verdict::Quarantined(Cause::VoucherUnknown));
    let waits = town.waits();
    town.load_waiting(waits, &record);
    assert_eq!(reason(town.judge(waits, true)), Reason::VoucherUnknown);
    assert!(matches!(town.judge(waits, false), Outcome::Done { .. }));
}

#[test]
fn a_person_of_another_organisation_makes_a_record_wait() {
    let mut town = Town::new();
    let (voucher, mut device) = (town.issue(5), town.offline());
    let other = town.add_organisation();
    let person = |town: &mut Town, of| {
        let role = Role::Scanner(of);
        let email = format!("{}@example.fr", town.draw());
        let (name, password_hash) = ("Une personne".to_owned(), String::new());
        UserId(added(town.ask(Ask::AddUser { email, name, role, password_hash })))
    };
    let organisation = town.organisation;
    let own = person(&mut town, organisation);
    let foreign = person(&mut town, other);
    let record = town.record_with(&mut device, voucher, |claims| claims.person = Some(own));
    accepted(town.verdict(&record));
    assert_eq!(town.journal.last().unwrap().event.actor, Some(own));
    let record = town.record_with(&mut device, voucher, |claims| claims.person = Some(foreign));
    assert_eq!(town.verdict(&record), Verdict::Quarantined(Cause::PersonUnknown));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_the_order_and_however_often_each_workshop_counts_once(
        plan in proptest::collection::vec((0..2_usize, 0..2_usize, any::<bool>()), 1..14),
        deliveries in proptest::collection::vec(0..1_000_usize, 0..30),
    ) {
        let mut town = Town::new();
        let vouchers = [town.issue(5), town.issue(5)];
        let mut devices = [town.offline(), town.offline()];
        let mut records = Vec::new();
        for (device, voucher, online) in plan {
            town.later(60);
            let record = town.record(&mut devices[device], vouchers[voucher]);
            let Ask::Record(ask) = &record.ask else { panic!() };
            // The answer of an attempt with network is lost.
            if online {
                let ask = Ask::Redeem(ask.redeem.clone());
                town.answer(&Command { ask, now: town.now, ..record.clone() });
            }
            records.push(record);
        }
        town.later(DAY);
        let order = deliveries.iter().map(|at| at % records.len()).chain((0..records.len()).rev());
        let mut verdicts = BTreeMap::new();
        for at in order.collect::<Vec<_>>() {
            let verdict = town.verdict(&records[at]);
            prop_assert_ne!(verdict.code(), "quarantined");
            let first = verdicts.entry(at).or_insert_with(|| verdict.clone());
            prop_assert_eq!(&*first, &verdict);
        }
        let counted = verdicts.values().filter(|verdict| verdict.code() != "refused").count();
        let redeemed = town.journal.iter().filter(|one| one.event.body.kind() == "redeemed");
        prop_assert_eq!(redeemed.count(), counted);
        let free: usize = vouchers.iter().map(|id| town.voucher(*id).free.len()).sum();
        prop_assert_eq!(10 - free, counted);
    }
}
