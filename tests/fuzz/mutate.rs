//! Bytes that were good once, made wrong in the ways that bytes go wrong.
//! No parser is known here.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use pass_numerique::{domain::calendar::Instant, sys::clock::Clock};
use serde_json::{Value, json};

use crate::faults::clients::{Dice, setting};

/// How long each parser is tried in a normal run, unless `FUZZ_SECONDS` says more.
const MILLISECONDS: u64 = 500;

/// Texts that have broken parsers before.
const NASTY: [&str; 16] = [
    "",
    "0",
    "-0",
    "-9223372036854775808",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "99999999999999999999999999999999999999",
    "1e999",
    "NaN",
    "null",
    "\u{0}",
    "\u{feff}",
    "\u{202e}é",
    "-262143-01-01T00:00:00Z",
    "9999-12-31T23:59:60.999999999+25:59",
];

/// Tries something again and again with other dice; one that fails prints how to see it again.
#[expect(clippy::print_stdout, reason = "how to see a failure again is told where it happens")]
pub fn rounds(what: &str, one: impl Fn(&mut Dice)) {
    if let Some(seed) = setting("FUZZ_SEED") {
        one(&mut Dice(seed));
        return;
    }
    let clock = Clock::system();
    let seed = clock.now().0.cast_unsigned();
    let budget_ms = setting("FUZZ_SECONDS").map_or(MILLISECONDS, |seconds| seconds * 1_000);
    let end = Instant(clock.now().0 + i64::try_from(budget_ms).unwrap() * 1_000);
    let mut round = 0;
    while round < 50 || clock.now() < end {
        let seed = seed.wrapping_add(round);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| one(&mut Dice(seed)))) {
            println!("FUZZ_SEED={seed} cargo test --test main fuzz::{what} -- --nocapture");
            resume_unwind(panic);
        }
        round += 1;
    }
    println!("{what}: {round} rounds");
}

fn place(dice: &mut Dice, length: usize) -> usize {
    usize::try_from(dice.below(length.max(1) as u64)).unwrap()
}

/// Changes bytes in one to four places.
pub fn bytes(dice: &mut Dice, good: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for _ in 0..=dice.below(4) {
        let at = place(dice, bytes.len());
        let to = at + place(dice, bytes.len().saturating_sub(at));
        match dice.below(9) {
            0 | 1 if !bytes.is_empty() => bytes[at] ^= 1 << dice.below(8),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..to)),
            4 => bytes.splice(at..at, bytes[at..to].to_vec()).for_each(drop),
            5 => bytes.insert(at, u8::try_from(dice.below(256)).unwrap()),
            6 => {
                let piece = NASTY[place(dice, NASTY.len())].bytes();
                bytes.splice(at..to, piece).for_each(drop);
            }
            7 => {
                let piece = good[place(dice, good.len())..].to_vec();
                bytes.splice(at..to, piece).for_each(drop);
            }
            _ => {
                let deep = [b"[".as_slice(), b"{\"a\":", b"9"][place(dice, 3)];
                let times = 1 << dice.below(12);
                bytes.splice(at..to, deep.repeat(times)).for_each(drop);
            }
        }
    }
    bytes
}

/// The same for a text.
pub fn text(dice: &mut Dice, good: &str) -> String {
    String::from_utf8_lossy(&bytes(dice, good.as_bytes())).into_owned()
}

/// JSON of the same form with one to three values exchanged, or members lost, doubled or new.
pub fn tree(dice: &mut Dice, good: &Value) -> Value {
    let mut tree = good.clone();
    for _ in 0..=dice.below(3) {
        let count = nodes(&mut tree);
        let mut at = place(dice, count);
        change(dice, &mut tree, &mut at);
    }
    tree
}

fn nodes(tree: &mut Value) -> usize {
    1 + match tree {
        Value::Object(members) => members.values_mut().map(nodes).sum::<usize>(),
        Value::Array(items) => items.iter_mut().map(nodes).sum(),
        _ => 0,
    }
}

fn change(dice: &mut Dice, tree: &mut Value, at: &mut usize) {
    if *at == 0 {
        exchange(dice, tree);
        *at = usize::MAX;
        return;
    }
    *at -= 1;
    let members: Vec<&mut Value> = match tree {
        Value::Object(members) => members.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        _ => return,
    };
    for member in members {
        change(dice, member, at);
        if *at == usize::MAX {
            return;
        }
    }
}

fn exchange(dice: &mut Dice, value: &mut Value) {
    let nasty = NASTY[place(dice, NASTY.len())];
    *value = match (dice.below(9), &*value) {
        (0, _) => Value::Null,
        (1, _) => json!(i64::MIN),
        (2, _) => json!(u64::MAX),
        (3, Value::String(text)) => json!(self::text(dice, text)),
        (4, Value::Object(members)) => {
            let mut members = members.clone();
            members.insert(nasty.to_owned(), json!(nasty));
            Value::Object(members)
        }
        (5, Value::Object(members)) => {
            let mut members = members.clone();
            let name = members.keys().nth(place(dice, members.len())).cloned();
            drop(name.and_then(|name| members.remove(&name)));
            Value::Object(members)
        }
        (6, other) => json!([other, other]),
        (7, Value::Number(_)) => json!(dice.next().cast_signed()),
        _ => json!(nasty),
    };
}
