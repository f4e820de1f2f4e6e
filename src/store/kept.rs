//! What the writer keeps from one batch for the next: who takes part, programmes, accounts.
//! No queries and no rules: `decide` keeps it right, since it is the world that it left behind.

use std::collections::{BTreeSet, HashSet};

use crate::domain::{
    calendar::Day,
    dispute::Disputes,
    period::Periods,
    settlement::Books,
    world::{Head, World},
};

/// Entries kept at most; past that the writer begins anew.
const MOST: usize = 500_000;

/// What is kept is true only at the end of the journal where this writer left it: where another
/// instance has written since, or a batch was given up, all is read again.
#[derive(Default)]
pub(super) struct Kept {
    world: World,
    /// Programmes and organisations of which every account is in the world.
    ledgers: HashSet<(i64, i64)>,
    /// Programmes and venues of which it is known whether one admits the other.
    lists: HashSet<(i64, i64)>,
    /// Whether it is known if the database takes changes: that too changes with an event alone.
    mark: bool,
    /// The last day that is in the monthly figures, if it is known.
    pub rolled: Option<Day>,
}

impl Kept {
    /// The world to load a batch into, at the end of the journal that the batch saw. Until it is
    /// given back nothing is kept.
    pub fn take(&mut self, head: Head) -> World {
        // The hash too: a database put back from a copy may be as long as this one was.
        // Debug builds forget every second time, so that tests see what a fresh start would.
        let forgets = cfg!(debug_assertions) && head.seq % 2 == 0;
        if self.world.head != head || forgets {
            *self = Self::default();
        }
        let world = std::mem::take(&mut self.world);
        World { head, ..world }
    }

    /// Keeps the world of a batch that is committed, or that changed nothing.
    pub fn give_back(&mut self, mut world: World) {
        let entries = [
            world.venues.len(),
            world.devices.len(),
            world.organisations.len(),
            world.accounts.len(),
            world.allocations.len(),
            world.signals.recent.values().map(|recent| 1 + recent.len() / 8).sum(),
            world.signals.people.len(),
            self.ledgers.len(),
            self.lists.len(),
        ];
        if entries.iter().sum::<usize>() > MOST {
            *self = Self::default();
            return;
        }
        // These are the batch's own; people are seldom asked for, and personal.
        world.users.clear();
        world.vouchers.clear();
        world.batches.clear();
        world.api_keys.clear();
        world.redemptions.clear();
        world.requests.clear();
        world.records.clear();
        world.quarantined.clear();
        world.conflicts.clear();
        world.guaranteed.clear();
        world.taken.clear();
        world.issued.clear();
        (world.books, world.periods) = (Books::default(), Periods::default());
        world.disputes = Disputes::default();
        world.signals.offline.clear();
        world.undecided.clear();
        self.world = world;
    }

    /// The pairs whose accounts are still to be read; from now on they count as read.
    pub fn unread_ledgers(
        &mut self,
        programmes: &BTreeSet<i64>,
        organisations: impl Iterator<Item = i64> + Clone,
    ) -> BTreeSet<(i64, i64)> {
        let pairs = programmes
            .iter()
            .flat_map(|programme| organisations.clone().map(move |id| (*programme, id)));
        pairs.filter(|pair| self.ledgers.insert(*pair)).collect()
    }

    /// Whether the mark of a restored database is still to be read; from now on it counts as read.
    pub fn unread_mark(&mut self) -> bool {
        !std::mem::replace(&mut self.mark, true)
    }

    /// The pairs of programme and venue to be looked up; from now on they count as read.
    pub fn unread_lists<'a>(
        &mut self,
        programmes: impl Iterator<Item = &'a i64>,
        venues: &BTreeSet<i64>,
    ) -> Vec<(i64, i64)> {
        let pairs =
            programmes.flat_map(|programme| venues.iter().map(move |venue| (*programme, *venue)));
        pairs.filter(|pair| self.lists.insert(*pair)).collect()
    }
}
