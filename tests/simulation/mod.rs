//! Many devices, their network and their service in one thread, all from one seed: whatever is
//! lost, repeated, late or switched off, every workshop is counted once. `model.rs` says what that
//! means; a seed that fails prints how to see it again.

mod answers;
mod causes;
mod disk;
mod model;
mod office;
mod rows;
mod town;
mod wire;

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use pass_numerique::{
    app::scanning::{Device, DeviceFault, Taken},
    domain::{
        calendar::Instant,
        command::Delivery,
        ids::DeviceId,
        scanner::{Entry, Scan, Scanner},
    },
    sys::clock::Clock,
};

use crate::faults::clients::{Dice, setting};
use disk::{Disk, Drive};
use model::{Pass, Tally, Wrong, may_be_short, may_be_unlisted};
use town::{Client, DEVICES, Running, device_key, start};
use wire::{Link, Wire, World};

/// Seeds of a normal run, unless `SIMULATION_SEEDS` says another number.
const SEEDS: u64 = 200;
const STEPS: u64 = 55;
/// What comes out now and then in a normal run.
const EXPECTED: [&str; 19] = [
    "accept record: done",
    "accepted",
    "conflict voucher_cancelled",
    "conflict voucher_exhausted",
    "key leaked",
    "not pay conflict: done",
    "online",
    "pay conflict: already_decided",
    "pay conflict: done",
    "pay conflict: guarantee_cap",
    "pay conflict: guarantee_exhausted",
    "put back",
    "quarantined chain_forked",
    "quarantined device_revoked",
    "quarantined time_ahead",
    "refused voucher_exhausted",
    "reject record: done",
    "replayed",
    "reverse: done",
];
const MINUTE: i64 = 60_000_000;

/// A device in somebody's hands.
pub struct Handheld {
    number: u8,
    id: DeviceId,
    disk: Rc<RefCell<Disk>>,
    wrong: Wrong,
    /// None while it is switched off.
    device: Option<Client>,
    /// Its disk as it was on an earlier day.
    image: Option<Disk>,
    /// It was put back to that day: what it did since it has forgotten.
    put_back: bool,
    revoked: bool,
}

impl Handheld {
    fn device(&self) -> &Client {
        self.device.as_ref().unwrap()
    }
}

struct Run {
    world: Rc<RefCell<World>>,
    devices: Vec<Handheld>,
    passes: Vec<Pass>,
    /// Workshops that are set aside for conflicts.
    reserved: i64,
    /// How often what was decided in the office.
    tally: Tally,
}

impl Run {
    fn new(seed: u64) -> Self {
        let ids = Running::devices();
        let links = ids.iter().map(|(id, _)| (*id, Link::Good)).collect();
        // Streams of seeds side by side would be one stream.
        let dice = Dice(Dice(seed).next());
        let world =
            World { town: Running::copied(), dice, flying: Vec::new(), links, log: Vec::new() };
        let handheld = |(number, (id, line)): (u8, &(DeviceId, String))| {
            let disk = Disk { lines: vec![line.clone()], ..Disk::default() };
            Handheld {
                number,
                id: *id,
                disk: Rc::new(RefCell::new(disk)),
                wrong: Wrong { clock: Clock::fixed(start()), jump_us: 0, drift_ppm: 0 },
                device: None,
                image: None,
                put_back: false,
                revoked: false,
            }
        };
        let devices = (0..DEVICES).zip(ids).map(handheld).collect();
        let (passes, tally) = (Vec::new(), Tally::new());
        let world = Rc::new(RefCell::new(world));
        let mut run = Self { world, devices, passes, reserved: 0, tally };
        run.reserve();
        for place in 0..run.devices.len() {
            run.devices[place].wrong.drift_ppm = run.below(400).cast_signed() - 200;
        }
        for place in (0..run.devices.len()).step_by(2) {
            run.world.borrow_mut().links[place].1 = Link::Down;
        }
        for place in 0..6 {
            run.issue(place == 5);
        }
        run
    }

    fn below(&self, limit: u64) -> u64 {
        self.world.borrow_mut().dice.below(limit)
    }

    fn place(&self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap()
    }

    fn log(&self, line: String) {
        let mut world = self.world.borrow_mut();
        let at = world.town.clock.now();
        world.log.push(format!("{at} {line}"));
    }

    fn now(&self) -> Instant {
        self.world.borrow().town.clock.now()
    }

    fn later(&self, microseconds: i64) {
        let now = self.now();
        self.world.borrow().town.clock.set(Instant(now.0 + microseconds));
    }

    /// Switches a device on, if it is off: it goes on from its disk.
    fn on(&mut self, place: usize) {
        let now = self.now();
        let held = &mut self.devices[place];
        held.wrong.tick(now, start());
        if held.device.is_none() {
            let lines = held.disk.borrow().lines.clone();
            let entries = lines.iter().map(|line| serde_json::from_str::<Entry>(line).unwrap());
            let scanner = Scanner::replayed(entries).unwrap().unwrap();
            let (drive, wire) = (Drive(Rc::clone(&held.disk)), Wire(Rc::clone(&self.world)));
            let (key, clock) = (device_key(held.number), held.wrong.clock.clone());
            held.device = Some(Device::of(drive, wire, key, clock, scanner));
        }
    }

    /// Does something with a device; if its power goes off meanwhile, it is off.
    fn with<T>(
        &mut self,
        place: usize,
        what: impl FnOnce(&mut Client) -> Result<T, DeviceFault>,
    ) -> Option<T> {
        self.on(place);
        let power = (self.below(12) == 0).then(|| self.below(8));
        let held = &mut self.devices[place];
        held.disk.borrow_mut().power = power;
        let done = what(held.device.as_mut().unwrap());
        held.disk.borrow_mut().power = None;
        match done {
            Ok(done) => Some(done),
            Err(DeviceFault::NoAnswer(_)) => None,
            Err(DeviceFault::Folder(_)) => {
                held.device = None;
                self.log(format!("device {place}: the power goes off"));
                None
            }
            Err(fault) => panic!("device {place}: {fault}"),
        }
    }

    fn scan(&mut self) {
        let (place, pass) = (self.place(self.devices.len()), self.place(self.passes.len()));
        let place = self.passes[pass].only.unwrap_or(place);
        let workshops = u8::try_from(1 + self.below(8) / 6).unwrap();
        let typed = self.below(10) == 0;
        let one = &self.passes[pass];
        let code = if typed { &one.manual_code } else { &one.code }.clone();
        let venue = Running::venues()[self.place(2)];
        let scan = Scan { code, venue, person: None, workshops, delivery: Delivery::default() };
        let again = Scan { code: one.manual_code.clone(), ..scan.clone() };
        if self.devices[place].device.is_none() {
            let settled = self.with(place, Device::settle);
            self.log(format!("device {place}: on again, settled {settled:?}"));
        }
        if self.take(place, pass, scan) && self.below(2) == 0 {
            // Somebody types what the device did not take, though it knew.
            self.take(place, pass, again);
        }
    }

    /// Whether it was refused.
    fn take(&mut self, place: usize, pass: usize, scan: Scan) -> bool {
        let workshops = scan.workshops;
        let Some(taken) = self.with(place, |device| device.take(scan)) else { return false };
        self.log(format!("device {place} pass {pass} ×{workshops}: {taken:?}"));
        let Taken::Refused { reason, .. } = &taken else { return false };
        self.refusal_is_right(place, pass, workshops, reason);
        true
    }

    fn refusal_is_right(&self, place: usize, pass: usize, workshops: u8, reason: &str) {
        let held = &self.devices[place];
        let right = match reason {
            "voucher_exhausted" | "workshops_insufficient" => {
                may_be_short(&self.passes, &self.devices, place, pass, workshops)
            }
            "voucher_suspended" | "voucher_cancelled" => !self.passes[pass].is_open(),
            "device_revoked" => held.revoked,
            "voucher_stock" => self.passes[pass].stock,
            "key_not_valid" => may_be_unlisted(held, &self.passes[pass], &self.world.borrow().town),
            // As far as its clock, its keys and its room for typed codes go.
            "voucher_expired"
            | "voucher_not_yet_valid"
            | "key_unknown"
            | "programme_limit"
            | "occurred_too_late" => true,
            _ => false,
        };
        assert!(right, "device {place} refused pass {pass} as {reason}");
    }

    fn step(&mut self) {
        let minutes = 1 + self.below(40).cast_signed();
        self.later(minutes * MINUTE);
        let place = self.place(self.devices.len());
        match self.below(120) {
            0..=47 => (0..=self.below(3)).for_each(|_| self.scan()),
            48..=60 => {
                let synced = self.with(place, Device::sync);
                self.log(format!("device {place} meets: {synced:?}"));
            }
            61..=68 => self.world.borrow_mut().deliver(),
            69..=78 => {
                let link =
                    [Link::Good, Link::Bad, Link::Bad, Link::Down, Link::Down][self.place(5)];
                let id = self.devices[place].id;
                let mut world = self.world.borrow_mut();
                world.links.iter_mut().filter(|(of, _)| *of == id).for_each(|(_, to)| *to = link);
            }
            79..=81 => {
                let jump = self.below(360).cast_signed() - 180;
                self.devices[place].wrong.jump_us = jump * MINUTE;
                self.log(format!("device {place}: clock off by {jump} min"));
            }
            82 | 83 => self.world.borrow_mut().town.restart(),
            84..=87 => self.change(),
            88..=91 => {
                let stock = self.below(4) == 0;
                self.issue(stock);
            }
            92 => {
                self.world.borrow().town.rotate();
                self.log("keys are rotated".to_owned());
            }
            93 => self.revoke(place),
            94 | 95 => {
                let days = 1 + self.below(3).cast_signed();
                self.later(days * 1_440 * MINUTE);
                let ended = self.world.borrow().town.service().expire().unwrap();
                self.log(format!("{days} days later {ended} passes have ended"));
            }
            96..=99 => self.image(place),
            100..=104 => self.decide_conflict(),
            105..=107 => self.decide_record(),
            108..=110 => self.reverse(),
            111..=113 => self.activate(),
            114 | 115 => self.leak_now_and_then(),
            _ => self.put_back(),
        }
    }

    /// Somebody copies the folder of a device.
    fn image(&mut self, place: usize) {
        let held = &mut self.devices[place];
        let disk = held.disk.borrow();
        let (lines, places) = (disk.lines.clone(), disk.places.clone());
        drop(disk);
        held.image = Some(Disk { lines, places, ..Disk::default() });
    }

    /// And puts it back on a later day: a chain that goes on from there forks.
    fn put_back(&mut self) {
        // Rather one that has recorded something since.
        let records = |disk: &Disk| disk.places.len();
        let copied = |held: &Handheld, more: usize| {
            let image = held.image.as_ref();
            image.is_some_and(|image| records(&held.disk.borrow()) >= records(image) + more)
        };
        let found = |more| self.devices.iter().position(|held| copied(held, more));
        let Some(place) = found(1).or_else(|| found(0)) else { return };
        self.world.borrow_mut().links[place].1 = Link::Down;
        let held = &mut self.devices[place];
        let Some(image) = held.image.take() else { return };
        let mut disk = held.disk.borrow_mut();
        (disk.lines, disk.places) = (image.lines, image.places);
        drop(disk);
        (held.device, held.put_back) = (None, true);
        self.log(format!("device {place} is put back to an earlier day"));
    }

    /// Everything arrives, and all devices meet their service.
    fn end(&mut self) {
        for (_, link) in &mut self.world.borrow_mut().links {
            *link = Link::Good;
        }
        while !self.world.borrow().flying.is_empty() {
            self.world.borrow_mut().deliver();
        }
        // What one hands over late, another hears of at its next meeting.
        for _ in 0..2 {
            for place in 0..self.devices.len() {
                let met = (0..60).any(|_| {
                    self.later(MINUTE);
                    self.with(place, Device::sync).is_some()
                        && self.devices[place].device().scanner().attempts().is_empty()
                });
                assert!(met, "device {place} never met its service");
            }
            while !self.world.borrow().flying.is_empty() {
                self.world.borrow_mut().deliver();
            }
        }
        self.close_the_books();
        for place in 0..self.devices.len() {
            let met = (0..60).any(|_| self.with(place, Device::sync).is_some());
            assert!(met, "device {place} never met its service");
            self.on(place);
        }
    }
}

#[expect(clippy::print_stdout, reason = "how to see a failure again is told where it happens")]
fn run(seed: u64) -> Tally {
    let mut run = Run::new(seed);
    let done = catch_unwind(AssertUnwindSafe(|| {
        for _ in 0..STEPS {
            run.step();
        }
        run.end();
        let mut tally = model::check(&run.world.borrow(), &run.passes, &run.devices, run.reserved);
        tally.append(&mut run.tally);
        tally
    }));
    done.unwrap_or_else(|panic| {
        if let Ok(world) = run.world.try_borrow() {
            println!("{}", world.log.join("\n"));
        }
        println!("SIMULATION_SEED={seed} cargo test --test main simulation -- --nocapture");
        resume_unwind(panic)
    })
}

#[test]
fn whatever_breaks_every_workshop_is_counted_once_and_its_fate_known_on_both_sides() {
    if let Some(seed) = setting("SIMULATION_SEED") {
        println!("{:#?}", run(seed));
        return;
    }
    let seeds = setting("SIMULATION_SEEDS").unwrap_or(SEEDS);
    let (next, tally) = (AtomicU64::new(0), Mutex::new(Tally::new()));
    thread::scope(|threads| {
        let work = || {
            loop {
                let seed = next.fetch_add(1, Ordering::SeqCst);
                if seed >= seeds {
                    break;
                }
                for (what, times) in run(seed) {
                    *tally.lock().unwrap().entry(what).or_default() += times;
                }
            }
        };
        let running = [threads.spawn(work), threads.spawn(work)];
        for thread in running {
            if let Err(panic) = thread.join() {
                resume_unwind(panic);
            }
        }
    });
    let tally = tally.into_inner().unwrap();
    println!("simulation: {seeds} runs {tally:#?}");
    // Otherwise it shows less than it says.
    for what in EXPECTED {
        assert!(seeds < SEEDS || tally.contains_key(what), "{what} did not happen: {tally:?}");
    }
}
