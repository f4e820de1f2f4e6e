//! The disk is full, or fails: what SQLite cannot write is refused, and what nobody knows ends
//! the process. No locks: `blocked.rs` has those. Needs Linux, and the right to mount for a while.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use pass_numerique::app::view::Location;

use super::{
    clients::{Dice, History},
    kill::{agrees, desk},
    program::{Program, Site},
};

/// A mount that only the program and its children see; gone when they are.
/// It has room for the write-ahead log, which grows to 16 MB before it is copied back.
const MOUNT: &str =
    "mount -t tmpfs -o size=40m tmpfs \"$0\" && cp \"$1\" \"$0\" && shift && exec \"$@\"";
/// Half a megabyte a file in dash, a whole one in bash; beyond, a write fails and no signal comes.
const LIMIT: &str = "trap '' XFSZ; ulimit -f 1024; shift 0; exec \"$0\" \"$@\"";

fn file(location: &Location) -> PathBuf {
    let Location::Sqlite(path) = location else { panic!("SQLite only") };
    path.clone()
}

fn found() -> Site {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("test.sqlite"));
    Site::found(location, folder)
}

/// How to have mounts of one's own, if that is allowed here.
fn unshare() -> Option<Vec<&'static str>> {
    let ways = [vec!["unshare", "-m"], vec!["unshare", "-Urm"]];
    ways.into_iter().find(|way| {
        let tried = Command::new(way[0])
            .args(&way[1..])
            .args(["sh", "-c", "mount -t tmpfs -o size=1m tmpfs /mnt"])
            .output();
        tried.is_ok_and(|tried| tried.status.success())
    })
}

/// Writes until there is no room.
fn fill(path: &Path) {
    let mut file = fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    for size in [65_536, 4_096, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
}

/// How often the program has told of a full disk.
fn told(program: &Program) -> usize {
    program.log().matches("database or disk is full").count()
}

fn wait_until_told(program: &Program, before: usize) {
    for _ in 0..600 {
        if told(program) > before {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("the disk was never full: {}", program.log());
}

#[test]
fn a_full_disk_is_refused_and_when_there_is_room_it_goes_on() {
    let Some(way) = unshare() else {
        println!("left out: a full disk, since nothing may be mounted here");
        return;
    };
    let mut dice = Dice::cast();
    println!("disk: FAULT_SEED={}", dice.0);
    let mut site = found();
    let original = file(&site.location);
    let disk = original.parent().unwrap().join("disk");
    fs::create_dir(&disk).unwrap();
    site.location = Location::Sqlite(disk.join("test.sqlite"));
    let shell = [disk.to_str().unwrap(), original.to_str().unwrap()];
    let mut program = site.start_by(&[way, vec!["sh", "-c", MOUNT], shell.to_vec()].concat());
    // What the program sees, from outside.
    let within = |name: &str| {
        Path::new(&format!("/proc/{}/root", program.id()))
            .join(disk.strip_prefix("/").unwrap())
            .join(name)
    };
    let filler = within("filler");
    let inside = ["test.sqlite", "test.sqlite-wal"].map(|name| (name, within(name)));
    let desk = desk(&site, &program);
    let mut history = History::default();
    for _ in 0..2 {
        let (before, before_told) = (history.later, told(&program));
        history.load(&desk, 8, &mut dice, || {
            thread::sleep(Duration::from_millis(200));
            fill(&filler);
            wait_until_told(&program, before_told);
            thread::sleep(Duration::from_millis(200));
            fs::remove_file(&filler).unwrap();
            thread::sleep(Duration::from_millis(300));
        });
        assert!(history.later > before, "nobody was refused");
        assert!(program.lives(), "{}", program.log());
        history.settle(&desk);
        history.same_again(&desk, 0);
    }
    let copy = original.parent().unwrap().join("copy");
    fs::create_dir(&copy).unwrap();
    for (name, path) in inside {
        fs::copy(path, copy.join(name)).unwrap();
    }
    site.location = Location::Sqlite(copy.join("test.sqlite"));
    agrees(&site, &history);
}

#[test]
fn after_a_write_that_failed_in_commit_the_process_ends_and_nothing_answered_is_lost() {
    let mut dice = Dice::cast();
    println!("disk error: FAULT_SEED={}", dice.0);
    let site = found();
    let mut program = site.start_by(&["sh", "-c", LIMIT]);
    let desk = desk(&site, &program);
    let mut history = History::default();
    let ended = history.load(&desk, 8, &mut dice, || program.ended());
    assert_eq!(ended.code(), None, "it was no abort: {ended} {}", program.log());
    assert!(program.log().contains("nobody knows what is on disk"), "{}", program.log());
    let again = site.start();
    assert!(!history.done.is_empty());
    history.settle(&desk);
    history.same_again(&desk, 0);
    agrees(&site, &history);
    again.kill();
}
