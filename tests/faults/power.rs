//! The power goes: what the disk may hold then is made from a trace of what the program wrote, at
//! every sync of it. No kills: `kill.rs` has those, and there the kernel keeps what was written.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use pass_numerique::app::view::{Database, Location};

use super::{
    clients::{Dice, Done, History, setting},
    kill::desk,
    program::{Program, Site},
    trace::{self, Act, Disk, Step, Unsynced},
};
use crate::support::sql::Beside;

/// Images that are looked at, unless `FAULT_IMAGES` says another number.
const IMAGES: usize = 60;
/// How long clients send while the program is traced: long enough to copy the log back.
const LIFE: Duration = Duration::from_secs(10);

/// The database's file and its log.
fn files(folder: &Path) -> [PathBuf; 2] {
    ["test.sqlite", "test.sqlite-wal"].map(|name| folder.join(name))
}

/// SIGKILL for the program that strace runs, which then ends too.
fn kill_traced(mut strace: Program) {
    let children = format!("/proc/{0}/task/{0}/children", strace.id());
    let traced = fs::read_to_string(children).unwrap();
    assert!(Command::new("kill").args(["-KILL", traced.trim()]).status().unwrap().success());
    strace.ended();
}

/// A moment at which the power may go: before the step of this number, with what was not synced.
type Moment = (usize, Unsynced);

/// Each sync of the trace, in every way: before it most is at stake. Fewer are drawn, if fewer are
/// wanted, but all in which the log was being copied to the file.
fn moments(steps: &[Step], wanted: usize, dice: &mut Dice) -> Vec<Moment> {
    let syncs = (0..steps.len()).filter(|at| matches!(steps[*at].act, Act::Synced { .. }));
    let ways = [Unsynced::Nothing, Unsynced::Everything, Unsynced::Some];
    let all: Vec<Moment> = syncs.flat_map(|at| ways.map(|unsynced| (at, unsynced))).collect();
    let some = u64::try_from(all.len().div_ceil(wanted.max(1))).unwrap();
    let copying = |at: usize| steps[at].file == 0;
    all.into_iter().filter(|(at, _)| copying(*at) || dice.below(some) == 0).collect()
}

/// An image holds all that was answered before, and nothing that contradicts itself.
fn holds(folder: &Path, image: &[Vec<u8>], answered: &BTreeSet<String>) {
    for (path, bytes) in files(folder).iter().zip(image) {
        fs::write(path, bytes).unwrap();
    }
    let location = Location::Sqlite(files(folder)[0].clone());
    let audit = Database::open(&location).unwrap().audit().unwrap();
    assert_eq!(audit.differences, []);
    let mut beside = Beside::open(&location).unwrap();
    assert_eq!(beside.texts("SELECT integrity_check AS text FROM pragma_integrity_check"), ["ok"]);
    let there = beside.texts("SELECT lower(hex(id)) AS text FROM request");
    let there: BTreeSet<String> = there.into_iter().collect();
    let lost: Vec<_> = answered.difference(&there).collect();
    assert!(lost.is_empty(), "answered and lost: {lost:?}");
}

#[test]
fn after_a_power_loss_at_any_sync_every_answer_is_there_and_the_audit_agrees() {
    let mut dice = Dice::cast();
    println!("power: FAULT_SEED={}", dice.0);
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().to_owned();
    let mut site = Site::found(Location::Sqlite(files(&home)[0].clone()), folder);
    let names = files(&home).map(|path| path.to_str().unwrap().to_owned());
    let log = home.join("trace");
    let Some(words) = trace::words(&names, log.to_str().unwrap()) else {
        println!("left out: a power loss, since no program can be traced here (strace)");
        return;
    };
    let mut disk = Disk::new(names.iter().map(|name| fs::read(name).unwrap_or_default()).collect());
    let program = site.start_by(&words);
    let mut history = History::default();
    history.load(&desk(&site, &program), 8, &mut dice, || {
        thread::sleep(LIFE);
        kill_traced(program);
    });
    let steps = trace::read(&fs::read_to_string(&log).unwrap(), &names);
    let images = home.join("images");
    fs::create_dir(&images).unwrap();
    site.location = Location::Sqlite(files(&images)[0].clone());
    let wanted = setting("FAULT_IMAGES").map_or(IMAGES, |wanted| usize::try_from(wanted).unwrap());
    let mut moments = moments(&steps, wanted, &mut dice).into_iter().peekable();
    let (mut looked_at, mut copying, mut most) = (0, 0, 0);
    for at in 0..steps.len() {
        while let Some((_, unsynced)) = moments.next_if(|moment| moment.0 == at) {
            let image = disk.after_power_loss(&steps, unsynced, &mut dice);
            let before = |done: &&Done| done.status == 201 && done.at.0 < steps[at].at_us;
            let keys =
                history.done.iter().filter(before).map(|done| done.sent.key.replace('-', ""));
            let answered = keys.collect();
            holds(&images, &image, &answered);
            most = most.max(answered.len());
            copying += usize::from(steps[at].file == 0);
            looked_at += 1;
        }
        disk.step(&steps, at);
    }
    println!("power: {looked_at} images, {copying} of them while the log was copied, of a run");
    println!("power: with {} steps and {most} answers", steps.len());
    assert!(copying > 0, "the log was never copied to the file");
    // The last of them goes on where it was.
    holds(&images, &disk.after_power_loss(&steps, Unsynced::Nothing, &mut dice), &BTreeSet::new());
    let again = site.start();
    history.settle(&desk(&site, &again));
    history.same_again(&desk(&site, &again), 0);
    super::kill::agrees(&site, &history);
    again.kill();
}
