//! The offline guarantee of a programme: workshops set aside to pay conflicts from.
//! No decision of what is paid (`decide/conflicts.rs`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much a programme risks for venues without network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Offline {
    /// Workshops of one device and calendar month that the guarantee pays at most.
    pub guaranteed_a_month: u16,
    /// Of these, those whose code was typed: nobody could verify it without network.
    pub typed_a_month: u16,
    /// Days after which what a device knows is too old: what it takes then is at the venue's risk.
    pub feed_days: u16,
}

impl Default for Offline {
    fn default() -> Self {
        Self { guaranteed_a_month: 20, typed_a_month: 5, feed_days: 7 }
    }
}

/// A run of workshop numbers that a version of a programme holds in reserve: the numbers of a
/// programme belong to one purpose for ever, so that their shares are known to the cent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reserve {
    pub version: i32,
    /// The next number that pays a workshop.
    pub next: i64,
    /// The number after the last one.
    pub end: i64,
}

impl Reserve {
    #[must_use]
    pub const fn left(&self) -> i64 {
        self.end - self.next
    }
}

/// Workshops that are left in all reserves.
#[must_use]
pub fn left(reserves: &[Reserve]) -> i64 {
    reserves.iter().map(Reserve::left).sum()
}

/// The version and the numbers that pay `workshops` of a pass of `version`: of its own price if
/// there are enough, else of the oldest reserve that has them.
#[must_use]
pub fn next_numbers(reserves: &[Reserve], version: i32, workshops: u8) -> Option<(i32, Vec<i64>)> {
    let wanted = usize::from(workshops);
    let of = |version: i32| -> Vec<i64> {
        let runs = reserves.iter().filter(|run| run.version == version);
        runs.flat_map(|run| run.next..run.end).take(wanted).collect()
    };
    let versions = std::iter::once(version).chain(reserves.iter().map(|run| run.version));
    let mut enough = versions.map(|version| (version, of(version)));
    enough.find(|(_, numbers)| numbers.len() == wanted)
}

/// Takes numbers out of their reserves.
pub fn take(reserves: &mut Vec<Reserve>, version: i32, numbers: &[i64]) {
    for run in reserves.iter_mut().filter(|run| run.version == version) {
        let taken = numbers.iter().filter(|number| (run.next..run.end).contains(number)).count();
        run.next += i64::try_from(taken).unwrap_or(i64::MAX);
    }
    reserves.retain(|run| run.left() > 0);
}

/// What giving back `workshops` takes from the end of the reserves, the newest first: versions,
/// first numbers and how many.
#[must_use]
pub fn given_back(reserves: &[Reserve], workshops: i64) -> Vec<(i32, i64, i64)> {
    let mut wanted = workshops;
    let mut back = Vec::new();
    for run in reserves.iter().rev() {
        let count = wanted.min(run.left());
        if count > 0 {
            back.push((run.version, run.end - count, count));
            wanted -= count;
        }
    }
    back
}

/// Takes what was given back out of the reserves.
pub fn cut(reserves: &mut Vec<Reserve>, mut workshops: i64) {
    for run in reserves.iter_mut().rev() {
        let count = workshops.min(run.left());
        run.end -= count;
        workshops -= count;
    }
    reserves.retain(|run| run.left() > 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNS: [Reserve; 3] = [
        Reserve { version: 1, next: 10, end: 12 },
        Reserve { version: 1, next: 40, end: 42 },
        Reserve { version: 2, next: 0, end: 5 },
    ];

    #[test]
    fn a_pass_is_paid_at_its_own_price_as_long_as_there_is_some() {
        assert_eq!(next_numbers(&RUNS, 1, 3), Some((1, vec![10, 11, 40])));
        assert_eq!(next_numbers(&RUNS, 2, 5), Some((2, vec![0, 1, 2, 3, 4])));
        assert_eq!(next_numbers(&RUNS, 1, 5), Some((2, vec![0, 1, 2, 3, 4])));
        assert_eq!(next_numbers(&RUNS, 3, 1), Some((1, vec![10])));
        assert_eq!(next_numbers(&RUNS, 1, 6), None);
    }

    #[test]
    fn what_is_taken_is_never_taken_again() {
        let mut runs = RUNS.to_vec();
        take(&mut runs, 1, &[10, 11, 40]);
        assert_eq!((left(&runs), next_numbers(&runs, 1, 1)), (6, Some((1, vec![41]))));
    }

    #[test]
    fn what_is_given_back_is_the_newest() {
        assert_eq!(given_back(&RUNS, 6), [(2, 0, 5), (1, 41, 1)]);
        let mut runs = RUNS.to_vec();
        cut(&mut runs, 6);
        assert_eq!((left(&runs), runs.len()), (3, 2));
    }
}
