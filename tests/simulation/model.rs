//! What must be true of both sides, whatever happened: a model that knows only what devices had
//! on disk, what passes were good for, and when they ended. It asks no rule of the service.

use std::collections::{BTreeMap, BTreeSet};

use pass_numerique::{
    domain::{
        calendar::{Day, Instant, Zone},
        command::Shown,
        ids::{RequestId, Seq, VoucherId},
        life::Voucher,
        scanner::{Counted, Told},
        voucher::{payload::head, text},
    },
    sys::clock::Clock,
};

use super::{
    Handheld,
    causes::Known,
    disk::Durable,
    rows::{Row, request, rows, uses},
    town::Running,
    wire::World,
};
use crate::support::sql::Beside;

const TOLERANCE: i64 = 120_000_000;
const DAY: i64 = 86_400_000_000;
const LATE_DAYS: i64 = 5;

/// A pass, and when it was open to workshops.
pub struct Pass {
    pub id: VoucherId,
    pub code: String,
    pub manual_code: String,
    pub workshops: u8,
    pub issued_at: Instant,
    /// Its holder goes to the place of one device alone.
    pub only: Option<usize>,
    /// Printed ahead: worth nothing until it is handed over.
    pub stock: bool,
    pub activated: bool,
    /// From when on it was open, or not, and the event that said so.
    pub open: Vec<(Instant, bool, Seq)>,
}

impl Pass {
    fn open_at(&self, at: Instant) -> bool {
        self.open.iter().rev().find(|(since, ..)| *since <= at).is_none_or(|(_, open, _)| *open)
    }

    /// The event that opened or closed it last before a moment.
    pub fn changed_by(&self, at: Instant) -> Option<Seq> {
        let last = self.open.iter().rev().find(|(since, ..)| *since <= at);
        last.map(|(.., seq)| *seq)
    }

    pub fn is_open(&self) -> bool {
        self.open.last().is_none_or(|(_, open, _)| *open)
    }

    fn ever_ended(&self) -> bool {
        self.open.iter().any(|(_, open, _)| !open)
    }
}

/// What a device did about one request.
pub struct Gesture {
    pub pass: usize,
    /// Its manual code was typed.
    pub typed: bool,
    workshops: u8,
    device: usize,
    recorded: bool,
    /// Ended without a workshop, as the device knows.
    refused: bool,
    counted: Option<Counted>,
    fate: Option<Told>,
    /// What the device heard of a decision, where it was put aside.
    ruling: Option<bool>,
}

pub fn zone() -> Zone {
    "Europe/Paris".parse().unwrap()
}

fn gestures(passes: &[Pass], devices: &[Handheld]) -> BTreeMap<RequestId, Gesture> {
    let mut all = BTreeMap::new();
    for (device, held) in devices.iter().enumerate() {
        for durable in &held.disk.borrow().history {
            match durable {
                Durable::Attempted(attempt) => {
                    let code = &attempt.scan.code;
                    let of = |pass: &Pass| pass.code == *code || pass.manual_code == *code;
                    let pass = passes.iter().position(of).unwrap();
                    let gesture = Gesture {
                        pass,
                        typed: *code == passes[pass].manual_code,
                        workshops: attempt.scan.workshops,
                        device,
                        recorded: false,
                        refused: false,
                        counted: None,
                        fate: None,
                        ruling: None,
                    };
                    all.insert(attempt.request, gesture);
                }
                Durable::Answered(request, counted) => {
                    let gesture: &mut Gesture = all.get_mut(request).unwrap();
                    gesture.counted = gesture.counted.or(*counted);
                    gesture.refused = counted.is_none();
                }
                Durable::Dropped(request) => all.get_mut(request).unwrap().refused = true,
                Durable::Recorded(request) => all.get_mut(request).unwrap().recorded = true,
                Durable::Told(request, told) if told.kept => {
                    let gesture = all.get_mut(request).unwrap();
                    gesture.counted = gesture.counted.or(told.counted);
                    gesture.fate = Some(told.clone());
                }
                Durable::Decided(decided) => {
                    // After a fork another record may stand at the same place.
                    let Some(gesture) = all.get_mut(&decided.request) else { continue };
                    gesture.ruling = Some(decided.accepted);
                }
                Durable::Told(request, told) => panic!("{request} was not kept: {told:?}"),
            }
        }
    }
    all
}

/// Whether a device may refuse for want of workshops: nobody can have taken more than was asked.
pub fn may_be_short(
    passes: &[Pass],
    devices: &[Handheld],
    place: usize,
    pass: usize,
    wanted: u8,
) -> bool {
    let all = gestures(passes, devices);
    let asked = all.iter().filter(|(_, one)| one.pass == pass);
    // What it asked and has no answer to: it may count, and the feed may have told of it. A device
    // that was put back to an earlier day asks again what it was refused since.
    let open = |id: &RequestId| {
        devices[place].device().scanner().attempts().iter().any(|one| one.request == *id)
    };
    // One that was put aside and accepted counts twice until the device hears of the decision:
    // its feed may have told already what is left besides.
    let aside = |one: &Gesture| one.fate.as_ref().is_some_and(|fate| fate.verdict == "quarantined");
    let times = |id: &RequestId, one: &Gesture| match one.ruling {
        _ if open(id) => 2,
        _ if one.refused => 0,
        Some(false) => 0,
        None if aside(one) => 2,
        _ => 1,
    };
    let asked = asked.map(|(id, one)| u32::from(one.workshops) * times(id, one));
    let asked: u32 = asked.sum();
    // The attempt itself is among them, or it was never made.
    asked + u32::from(wanted) > u32::from(passes[pass].workshops) || passes[pass].ever_ended()
}

/// Whether a device may take a genuine pass for none: the list of its key is not whole there, or
/// the pass had ended when it was told.
pub fn may_be_unlisted(held: &Handheld, pass: &Pass, town: &Running) -> bool {
    let scanner = held.device().scanner();
    let (_, leaked) = head(&text::read(&pass.code).unwrap().payload).unwrap();
    let ended = town.clock.now().day(&zone()) > voucher(town, pass.id).last_day;
    scanner.leaked().contains(&leaked) && (scanner.next_of(leaked).is_some() || ended)
}

/// How often what came out.
pub type Tally = BTreeMap<String, u64>;

/// Everything that must hold once all has been delivered.
pub fn check(world: &World, passes: &[Pass], devices: &[Handheld], reserved: i64) -> Tally {
    let service = world.town.service();
    let audit = service.audit().unwrap();
    assert_eq!(audit.differences, [], "audit");
    let mut beside = Beside::open(&world.town.location).unwrap();
    let all = gestures(passes, devices);
    let counted = counted_requests(&mut beside);
    every_workshop_once(&all, &counted, devices);
    let mut taken = vec![0_u32; passes.len()];
    for request in counted.keys() {
        let gesture = &all[request];
        taken[gesture.pass] += u32::from(gesture.workshops);
    }
    let (now, uses) = (service.clock.now(), uses(&mut beside));
    let vouchers: Vec<Voucher> = passes.iter().map(|pass| voucher(&world.town, pass.id)).collect();
    for ((pass, taken), voucher) in passes.iter().zip(&taken).zip(&vouchers) {
        let undone = uses.iter().filter(|one| one.voucher == pass.id.0 && one.reversed.is_some());
        let undone: i64 = undone.map(|one| one.workshops).sum();
        let taken = i64::from(*taken) - undone;
        let worth = if pass.stock && !pass.activated { 0 } else { pass.workshops };
        assert!(taken <= i64::from(worth), "{} was over-spent", pass.id);
        if worth > 0 {
            assert_eq!(i64::from(voucher.left()) + taken, i64::from(worth), "{}", pass.id);
        }
    }
    let rows = rows(&mut beside);
    fates_agree(&all, &rows, devices);
    chains_hold(&rows, devices);
    let judged = world.town.judged.borrow();
    let (gestures, online) = (&all, &*judged);
    let known = Known { rows: &rows, gestures, passes, counted: &counted, online, reserved };
    known.check(&mut beside);
    for row in &rows {
        let id = request(&row.request);
        let gesture = &all[&id];
        let pass = &passes[gesture.pass];
        let short = taken[gesture.pass] + u32::from(row.workshops) > u32::from(pass.workshops)
            && !alone_with(&all, gesture, pass, devices);
        let last_day = vouchers[gesture.pass].last_day;
        // An attempt that was heard, though its answer was not, was judged then.
        let online = judged.get(&id).into_iter().flatten().copied();
        let mut moments = online.chain([Instant(row.occurred_at)]);
        let held = &devices[gesture.device];
        let why = moments.any(|at| explained(row, at, held, pass, short, last_day));
        let (place, pass) = (gesture.device, gesture.pass);
        assert!(why, "device {place} pass {pass} {id}: {} as {}", row.verdict, row.why);
    }
    for held in devices.iter().filter(|held| !held.revoked) {
        knows(held, passes, &vouchers, now);
    }
    let mut tally = Tally::from([
        ("online".to_owned(), (counted.len() - counted_records(&rows, &counted)) as u64),
        ("put back".to_owned(), devices.iter().filter(|held| held.put_back).count() as u64),
    ]);
    for row in &rows {
        *tally.entry(format!("{} {}", row.verdict, row.why).trim().to_owned()).or_default() += 1;
    }
    tally
}

/// Whether nobody but this device used the pass, by its QR and never put back: then it knew what
/// was left, and takes nothing that is refused for want of workshops.
fn alone_with(
    all: &BTreeMap<RequestId, Gesture>,
    gesture: &Gesture,
    pass: &Pass,
    devices: &[Handheld],
) -> bool {
    let held = &devices[gesture.device];
    let typed = held.disk.borrow().history.iter().any(|durable| {
        matches!(durable, Durable::Attempted(attempt) if attempt.scan.code == pass.manual_code)
    });
    let others =
        all.values().any(|other| other.pass == gesture.pass && other.device != gesture.device);
    !(typed || others || held.put_back || held.revoked)
}

fn counted_records(rows: &[Row], counted: &BTreeMap<RequestId, String>) -> usize {
    let of = |row: &&Row| row.verdict == "accepted" && counted.contains_key(&request(&row.request));
    rows.iter().filter(of).count()
}

pub fn voucher(town: &Running, id: VoucherId) -> Voucher {
    town.service().shown(&Shown::Known(id)).unwrap().unwrap()
}

/// The redemptions there are, by the requests that made them.
fn counted_requests(beside: &mut Beside) -> BTreeMap<RequestId, String> {
    let seqs = beside.texts("SELECT CAST(seq AS TEXT) AS text FROM redemption");
    let mut seqs: BTreeSet<String> = seqs.into_iter().collect();
    let query = "SELECT hex(id) || ' ' || outcome AS text FROM request WHERE scope LIKE 'o%'";
    let mut counted = BTreeMap::new();
    for line in beside.texts(query) {
        let (id, outcome) = line.split_once(' ').unwrap();
        let outcome: serde_json::Value = serde_json::from_str(outcome).unwrap();
        if outcome["outcome"] == "redeemed" {
            let seq = outcome["seq"].as_str().unwrap().to_owned();
            assert!(seqs.remove(&seq), "two requests made redemption {seq}");
            counted.insert(request(id), seq);
        }
    }
    assert_eq!(seqs, BTreeSet::new(), "redemptions that nobody asked for");
    counted
}

/// Each redemption is one workshop of a device, and each workshop that a device was told to be
/// counted is one redemption.
fn every_workshop_once(
    all: &BTreeMap<RequestId, Gesture>,
    counted: &BTreeMap<RequestId, String>,
    devices: &[Handheld],
) {
    for (request, seq) in counted {
        let gesture = all.get(request).unwrap_or_else(|| panic!("{seq} is of no device"));
        let known = gesture.counted.map(|counted| counted.seq.to_string());
        // A device that was put back to an earlier day has forgotten what came after. And while a
        // record is put aside, its own online attempt may still arrive: it is that workshop.
        let aside = gesture.fate.as_ref().is_some_and(|fate| fate.verdict == "quarantined");
        if !(devices[gesture.device].put_back || aside) || known.is_some() {
            let (place, pass) = (gesture.device, gesture.pass);
            let what = format!("redemption {seq} of device {place}, pass {pass}, {request}");
            let ended = (gesture.recorded, gesture.refused);
            assert_eq!(known.as_ref(), Some(seq), "{what} without a workshop, {ended:?}");
        }
    }
    for (request, gesture) in all {
        if let Some(told) = gesture.counted {
            assert_eq!(counted.get(request), Some(&told.seq.to_string()), "counted and not there");
            assert_eq!(told.workshops, gesture.workshops);
        }
    }
}

/// What a device was told of a record is what the service has.
fn fates_agree(all: &BTreeMap<RequestId, Gesture>, rows: &[Row], devices: &[Handheld]) {
    let kept: BTreeSet<RequestId> = rows.iter().map(|row| request(&row.request)).collect();
    for (id, gesture) in all.iter().filter(|(_, gesture)| gesture.recorded) {
        let held = &devices[gesture.device];
        if held.put_back {
            continue;
        }
        let fate = gesture.fate.as_ref().unwrap_or_else(|| panic!("{id}: its fate is unknown"));
        assert!(kept.contains(id), "{id}: told {fate:?}, and not there");
        let row = rows.iter().find(|row| request(&row.request) == *id).unwrap();
        assert_eq!(row.verdict, fate.verdict, "{id}");
    }
    for held in devices {
        let device = held.device();
        assert_eq!(device.scanner().waiting().len(), 0, "something waits");
        assert_eq!(device.scanner().attempts().len(), 0, "something is unsettled");
    }
}

/// One record at each place, each naming the one before, none before it in time.
fn chains_hold(rows: &[Row], devices: &[Handheld]) {
    for held in devices {
        let forked = |row: &&Row| row.why == "chain_forked";
        let own = || rows.iter().filter(|row| row.device == held.id.0);
        assert!(held.put_back || !own().any(|row| forked(&row)), "a fork");
        let mut before: Option<&Row> = None;
        for row in own().filter(|row| !forked(row)) {
            if let Some(last) = before {
                assert!(row.sequence > last.sequence, "two records at place {}", row.sequence);
                if row.sequence == last.sequence + 1 {
                    assert_eq!(row.before, last.hash, "the chain is broken");
                    let backwards = row.occurred_at < last.occurred_at;
                    assert!(!backwards || row.why == "time_backwards", "time goes back");
                }
            }
            assert!(held.put_back || row.sequence == before.map_or(1, |row| row.sequence + 1));
            before = Some(row);
        }
    }
}

/// Whether what became of a record has a cause that the model knows of.
fn explained(
    row: &Row,
    at: Instant,
    held: &Handheld,
    pass: &Pass,
    short: bool,
    last_day: Day,
) -> bool {
    let day = at.day(&zone());
    match (row.verdict.as_str(), row.why.as_str()) {
        ("quarantined", "device_revoked") => held.revoked,
        ("quarantined", "chain_forked" | "time_backwards") => held.put_back,
        ("quarantined", "time_ahead") => at.0 > row.received_at + TOLERANCE,
        ("refused" | "conflict", why) => match why {
            "voucher_exhausted" | "workshops_insufficient" => short,
            "voucher_suspended" | "voucher_cancelled" => !pass.open_at(at),
            "voucher_stock" => pass.stock,
            "voucher_not_yet_valid" => at < pass.issued_at,
            "voucher_expired" => day > last_day,
            "occurred_in_future" => at.0 > row.received_at + TOLERANCE,
            "occurred_too_late" => {
                let released = Instant(row.received_at).day(&zone()) > last_day;
                row.received_at - at.0 > LATE_DAYS * DAY || released || pass.ever_ended()
            }
            _ => false,
        },
        ("accepted" | "replayed", _) => true,
        _ => false,
    }
}

/// A device that met its service knows of each pass what the service knows.
fn knows(held: &Handheld, passes: &[Pass], vouchers: &[Voucher], now: Instant) {
    let device = held.device();
    for (pass, voucher) in passes.iter().zip(vouchers) {
        let known = device.scanner().knowledge().of(pass.id);
        let (left, last_day) =
            known.map_or((pass.workshops, voucher.last_day), |known| (known.left, known.last_day));
        assert_eq!(last_day, voucher.last_day);
        if pass.stock && !pass.activated {
            assert_eq!(known, None, "device {} of pass {}", held.id, pass.id);
            continue;
        }
        // What is over is not told again.
        if now.day(&zone()) <= last_day {
            let open = if pass.is_open() { voucher.left() } else { 0 };
            assert_eq!(left, open, "device {} of pass {}", held.id, pass.id);
        }
    }
}

/// A clock that runs wrong: ahead or behind by so much, and more each day.
pub struct Wrong {
    pub clock: Clock,
    pub jump_us: i64,
    pub drift_ppm: i64,
}

impl Wrong {
    pub fn tick(&self, now: Instant, start: Instant) {
        let drift = (now.0 - start.0) / 1_000_000 * self.drift_ppm;
        self.clock.set(Instant(now.0 + self.jump_us + drift));
    }
}
