//! Why a workshop was refused, contested, counted after all or paid by the guarantee: recomputed
//! from what the device signed and when things happened. It asks no rule of the service.

use std::collections::{BTreeMap, BTreeSet};

use pass_numerique::domain::{calendar::Instant, ids::RequestId};

use super::{
    model::{Gesture, Pass, zone},
    rows::{Conflict, Row, Use, conflicts, request, rulings, uses},
    town::{FEED_DAYS, GUARANTEED_A_MONTH, TYPED_A_MONTH},
};
use crate::support::sql::Beside;

const DAY: i64 = 86_400_000_000;

/// When it was judged: by the number of the event that it left, or else by the time.
#[derive(Clone, Copy)]
enum Judged {
    By(i64),
    At(i64),
}

pub struct Known<'a> {
    pub rows: &'a [Row],
    pub gestures: &'a BTreeMap<RequestId, Gesture>,
    pub passes: &'a [Pass],
    pub counted: &'a BTreeMap<RequestId, String>,
    /// What was asked online too, whether its answer came or not.
    pub online: &'a BTreeMap<RequestId, Vec<Instant>>,
    /// Workshops that the operator set aside.
    pub reserved: i64,
}

impl Known<'_> {
    fn gesture(&self, row: &Row) -> &Gesture {
        &self.gestures[&request(&row.request)]
    }

    pub fn check(&self, beside: &mut Beside) {
        let (uses, conflicts) = (uses(beside), conflicts(beside));
        for conflict in &conflicts {
            let row = conflict.row(self.rows);
            let excused = self.excused(row, &conflict.reason, &uses, Judged::By(conflict.seq));
            let (device, place) = (row.device, row.sequence);
            assert!(excused, "{device} knew of {} at place {place}", conflict.reason);
        }
        for row in self.rows.iter().filter(|row| row.verdict == "refused") {
            // Heard before it was recorded, it was judged as what is asked online.
            let again = self.rows.iter().filter(|other| other.request == row.request).count() > 1;
            if again || self.online.contains_key(&request(&row.request)) {
                continue;
            }
            let excused = self.excused(row, &row.why, &uses, Judged::At(row.received_at));
            let (device, place) = (row.device, row.sequence);
            assert!(!excused, "{device} could not know of {} at place {place}", row.why);
        }
        self.accepted_counts_once(&conflicts);
        self.guarantee_is_kept(&conflicts, &rulings(beside));
    }

    /// Whether the device could not know why the pass does not pay.
    fn excused(&self, row: &Row, why: &str, uses: &[Use], judged: Judged) -> bool {
        let (claims, pass) = (&row.claims, &self.passes[self.gesture(row).pass]);
        let fresh = claims.feed_at.is_some_and(|feed| row.occurred_at - feed.0 <= FEED_DAYS * DAY);
        let enough = || {
            let known = uses.iter().filter(|used| {
                used.voucher == pass.id.0
                    && (used.seq <= claims.seen.0 || used.device == Some(row.device))
                    && used.is_live(judged)
            });
            let taken: i64 = known.map(|used| used.workshops).sum();
            i64::from(pass.workshops) - taken >= i64::from(row.workshops)
        };
        match why {
            "voucher_exhausted" | "workshops_insufficient" => fresh && enough(),
            "voucher_suspended" | "voucher_cancelled" => {
                let changed = pass.changed_by(Instant(row.occurred_at));
                fresh && changed.is_some_and(|seq| seq > claims.seen)
            }
            "occurred_too_late" => enough(),
            _ => false,
        }
    }

    /// A record that was put aside and accepted is one redemption, or one conflict.
    fn accepted_counts_once(&self, conflicts: &[Conflict]) {
        for row in self.rows.iter().filter(|row| row.accepted.is_some()) {
            let id = request(&row.request);
            let of = |conflict: &&Conflict| {
                (conflict.device, conflict.sequence) == (row.device, row.sequence)
                    && conflict.hash == row.hash
            };
            let opened = conflicts.iter().filter(of).count();
            match (row.accepted, &row.redemption) {
                (Some(true), Some(seq)) => {
                    assert_eq!((self.counted.get(&id), opened), (Some(seq), 0), "{id}");
                }
                (Some(true), None) => assert_eq!(opened, 1, "{id} led to nothing"),
                (_, redemption) => assert_eq!((redemption, opened), (&None, 0), "{id}"),
            }
        }
    }

    /// No conflict is paid twice, no device costs more than its caps, and all of them no more than
    /// was set aside.
    fn guarantee_is_kept(&self, conflicts: &[Conflict], rulings: &[(i64, Vec<i64>)]) {
        let (mut paid, mut spent) = (BTreeSet::new(), BTreeSet::new());
        let mut months: BTreeMap<(i64, String), (i64, i64)> = BTreeMap::new();
        for (id, numbers) in rulings.iter().filter(|(_, numbers)| !numbers.is_empty()) {
            assert!(paid.insert(*id), "conflict {id} is paid twice");
            let conflict = conflicts.iter().find(|conflict| conflict.seq == *id).unwrap();
            let row = conflict.row(self.rows);
            assert_eq!(numbers.len(), usize::from(row.workshops), "conflict {id}");
            for number in numbers {
                assert!(spent.insert(*number), "number {number} pays twice");
            }
            let day = Instant(row.occurred_at).day(&zone()).to_string();
            let month = day.rsplit_once('-').unwrap().0.to_owned();
            let sum = months.entry((row.device, month)).or_default();
            sum.0 += i64::from(row.workshops);
            sum.1 += if self.gesture(row).typed { i64::from(row.workshops) } else { 0 };
        }
        for ((device, month), (all, typed)) in months {
            assert!(all <= GUARANTEED_A_MONTH.into(), "{device} cost {all} in {month}");
            assert!(typed <= TYPED_A_MONTH.into(), "{device} cost {typed}, typed, in {month}");
        }
        let spent = i64::try_from(spent.len()).unwrap();
        assert!(spent <= self.reserved, "{spent} paid of {}", self.reserved);
    }
}

impl Use {
    fn is_live(&self, judged: Judged) -> bool {
        let (begun, undone) = match judged {
            Judged::By(seq) => {
                (self.seq < seq, self.reversed.is_some_and(|(undone, _)| undone < seq))
            }
            Judged::At(at) => {
                (self.at <= at, self.reversed.is_some_and(|(_, undone_at)| undone_at <= at))
            }
        };
        begun && !undone
    }
}
