//! What a program wrote to some files, in order, as strace tells it, and what a disk may hold of
//! that after a power loss. Nothing of vouchers.

use std::{collections::BTreeMap, process::Command};

use super::clients::Dice;

/// A disk writes a sector whole or not at all.
const SECTOR: usize = 512;

/// The calls that change a file, and those that say where: SQLite seeks before it writes.
const CALLS: &str = "trace=openat,close,lseek,write,pwrite64,ftruncate,fsync,fdatasync,unlink";

/// What happened to a file of the given number.
#[derive(Debug)]
pub enum Act {
    Write {
        at: usize,
        bytes: Vec<u8>,
    },
    Resize(usize),
    /// Covers what was done before the step of this number: what was done while the disk was at
    /// it may have come too late.
    Synced {
        before: usize,
    },
}

/// An act, the file it was done to, and the time when it was begun, in microseconds.
#[derive(Debug)]
pub struct Step {
    pub file: usize,
    pub at_us: i64,
    pub act: Act,
}

/// The words before a program that let strace note what it does to `files`; none where a program
/// may not be traced.
pub fn words<'a>(files: &'a [String], to: &'a str) -> Option<Vec<&'a str>> {
    let strace = ["strace", "-f", "-qq"];
    let tried = Command::new(strace[0]).args(&strace[1..]).arg("true").output();
    tried.ok().filter(|tried| tried.status.success())?;
    let mut words = strace.to_vec();
    words.extend(["-ttt", "-xx", "-s", "1000000", "-e", CALLS, "-o", to]);
    words.extend(files.iter().flat_map(|file| ["-P", file.as_str()]));
    Some(words)
}

/// The steps of a trace of `files`.
pub fn read(trace: &str, files: &[String]) -> Vec<Step> {
    let mut reader = Reader { files, ..Reader::default() };
    for line in trace.lines() {
        reader.line(line);
    }
    reader.steps
}

#[derive(Default)]
struct Reader<'a> {
    files: &'a [String],
    steps: Vec<Step>,
    /// Descriptors: the file, and where a plain write goes.
    open: BTreeMap<i64, (usize, usize)>,
    /// Of each thread, the call that another's interrupted in the trace: when and after how many
    /// steps it was begun.
    begun: BTreeMap<&'a str, (i64, usize, &'a str)>,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str) {
        let (thread, rest) = line.split_once(' ').unwrap();
        let (time, rest) = rest.trim_start().split_once(' ').unwrap();
        let at_us = time.replace('.', "").parse().unwrap();
        if let Some(begun) = rest.strip_suffix(" <unfinished ...>") {
            self.begun.insert(thread, (at_us, self.steps.len(), begun));
        } else if let Some(resumed) = rest.strip_prefix("<... ") {
            let (at_us, before, begun) = self.begun.remove(thread).unwrap();
            let end = resumed.split_once(" resumed>").unwrap().1;
            self.call(at_us, before, &format!("{begun}{end}"));
        } else {
            self.call(at_us, self.steps.len(), rest);
        }
    }

    fn call(&mut self, at_us: i64, before: usize, call: &str) {
        // No call, or one that the program's end cut off.
        let Some((call, result)) = call.rsplit_once(" = ") else { return };
        let Ok(result) = result.split(' ').next().unwrap().parse::<i64>() else { return };
        let Some((name, arguments)) = call.split_once('(') else { return };
        let arguments = arguments.trim_end().trim_end_matches(')');
        let arguments: Vec<&str> = arguments.split(", ").collect();
        assert!(result >= 0 || name == "openat", "a call failed: {name} {arguments:?}");
        let number = |index: usize| arguments[index].parse::<i64>().unwrap();
        let size = |index: usize| usize::try_from(number(index)).unwrap();
        if name == "openat" {
            let path = String::from_utf8(bytes(arguments[1])).unwrap();
            if let Some(file) = self.files.iter().position(|file| *file == path) {
                self.open.insert(result, (file, 0));
            }
            return;
        }
        assert_ne!(name, "unlink", "a file went: {arguments:?}");
        let Some((file, position)) = self.open.get_mut(&number(0)) else { return };
        let file = *file;
        let act = match name {
            "lseek" => {
                *position = usize::try_from(result).unwrap();
                return;
            }
            "close" => {
                self.open.remove(&number(0));
                return;
            }
            "write" | "pwrite64" => {
                let bytes = bytes(arguments[1]);
                assert_eq!(usize::try_from(result).unwrap(), bytes.len(), "a part was written");
                let at = if name == "write" { *position } else { size(3) };
                *position = at + bytes.len();
                Act::Write { at, bytes }
            }
            "ftruncate" => Act::Resize(size(1)),
            _ => Act::Synced { before },
        };
        self.steps.push(Step { file, at_us, act });
    }
}

/// The bytes of `"\x00\xff"`.
fn bytes(text: &str) -> Vec<u8> {
    let digit = |digit: u8| u8::try_from(char::from(digit).to_digit(16).unwrap()).unwrap();
    let text = text.trim_matches('"').as_bytes();
    text.chunks(4).map(|escape| digit(escape[2]) * 16 + digit(escape[3])).collect()
}

/// What of the writes that were not synced has reached the disk.
#[derive(Clone, Copy, Debug)]
pub enum Unsynced {
    Nothing,
    Everything,
    /// Any sectors of any of them.
    Some,
}

/// The files of a machine whose power may be cut after any step.
pub struct Disk {
    synced: Vec<Vec<u8>>,
    /// Of each file, what was done since it was synced.
    since: Vec<Vec<usize>>,
}

impl Disk {
    pub fn new(files: Vec<Vec<u8>>) -> Self {
        Self { since: vec![Vec::new(); files.len()], synced: files }
    }

    /// Goes on by the step of this number.
    pub fn step(&mut self, steps: &[Step], number: usize) {
        let step = &steps[number];
        let since = &mut self.since[step.file];
        let Act::Synced { before } = step.act else { return since.push(number) };
        let covered = since.partition_point(|earlier| *earlier < before);
        for earlier in since.drain(..covered) {
            apply(&mut self.synced[step.file], &steps[earlier].act, |_| true);
        }
    }

    /// What is there when the power comes back.
    pub fn after_power_loss(
        &self,
        steps: &[Step],
        unsynced: Unsynced,
        dice: &mut Dice,
    ) -> Vec<Vec<u8>> {
        let mut files = self.synced.clone();
        for (file, since) in files.iter_mut().zip(&self.since) {
            for number in since {
                apply(file, &steps[*number].act, |_| match unsynced {
                    Unsynced::Nothing => false,
                    Unsynced::Everything => true,
                    Unsynced::Some => dice.below(2) == 0,
                });
            }
        }
        files
    }
}

/// Does to a file's bytes what was done to it, as far as `kept` keeps each sector.
fn apply(file: &mut Vec<u8>, act: &Act, mut kept: impl FnMut(usize) -> bool) {
    match act {
        Act::Synced { .. } => {}
        Act::Resize(size) => {
            if kept(0) {
                file.resize(*size, 0);
            }
        }
        Act::Write { at, bytes } => {
            let mut from = 0;
            while from < bytes.len() {
                let sector = (at + from) / SECTOR;
                let until = bytes.len().min((sector + 1) * SECTOR - at);
                if kept(sector) {
                    let end = at + until;
                    file.resize(file.len().max(end), 0);
                    file[at + from..end].copy_from_slice(&bytes[from..until]);
                }
                from = until;
            }
        }
    }
}
