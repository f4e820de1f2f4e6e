//! Which vouchers are selected: by their state of today, in each programme's time zone.
//! No rows: a condition for the list, and it says the same as `Voucher::state`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use crate::{
    domain::{
        calendar::{Day, Instant},
        life::State,
        view::{ENDING_WITHIN_DAYS, Selection},
    },
    store::{
        connection::{Database, reading},
        reads::ReadError,
        rows::ProgrammeRow,
        schema::programme,
        usage::list,
    },
};

/// `free` and `uses` are lists in JSON.
const LEFT: &str = "voucher.free <> '[]'";

/// Days that a programme's passes are compared with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bounds {
    today: Day,
    /// What ends until then ends soon.
    soon: Day,
    /// Of what ended before, no late record can arrive any more.
    late: Day,
}

/// The programmes in which these days are the same.
type Days = BTreeMap<Bounds, Vec<i64>>;

impl Database {
    /// A condition on the rows of `voucher`. All numbers and texts in it are ours.
    pub(super) fn where_selected(
        &self,
        selection: Selection,
        now: Instant,
    ) -> Result<String, ReadError> {
        let rows: Vec<ProgrammeRow> = reading!(self, conn => programme::table.load(conn))?;
        let mut days = Days::new();
        for row in rows {
            let programme = row.domain()?;
            let terms = &programme.terms;
            let today = now.day(&terms.time_zone);
            let soon = today.plus(ENDING_WITHIN_DAYS + i32::from(terms.tolerance_days));
            let late = today.plus(-i32::from(terms.late_limit_days));
            days.entry(Bounds { today, soon, late }).or_default().push(programme.id.0);
        }
        Ok(condition(selection, &days))
    }
}

fn condition(selection: Selection, days: &Days) -> String {
    let open = format!("voucher.standing = 'active' AND {LEFT} AND {}", lasts(days));
    match selection {
        Selection::State(State::Stock) => format!("voucher.standing = 'stock' AND {}", lasts(days)),
        Selection::State(State::Active) => open,
        Selection::State(State::Suspended) => {
            format!("voucher.standing = 'suspended' AND {LEFT} AND {}", lasts(days))
        }
        Selection::State(State::Exhausted) => {
            format!("voucher.standing IN ('active', 'suspended') AND NOT ({LEFT})")
        }
        Selection::State(State::Expired) => {
            let once = format!("voucher.standing IN ('active', 'suspended') AND {LEFT}");
            format!("(voucher.standing = 'stock' OR {once}) AND NOT {}", lasts(days))
        }
        Selection::State(ended @ (State::Cancelled | State::Replaced)) => {
            format!("voucher.standing = '{}'", ended.code())
        }
        Selection::Ending => format!("{open} AND {}", by_day(days, |days| ("<=", days.soon))),
        // A replacement of one that was started does not start anew.
        Selection::Unused => format!("{open} AND voucher.uses = '[]' AND voucher.begun = 0"),
        Selection::Overdue => {
            format!("voucher.money = 'committed' AND {LEFT} AND NOT {}", lasts(days))
        }
        // Of those that people ended, all whose money waits: the day stands in the row's text.
        Selection::Unreleased => format!(
            "voucher.money = 'releasable' AND {LEFT} \
             AND (voucher.standing IN ('cancelled', 'replaced') OR {})",
            by_day(days, |days| ("<", days.late))
        ),
    }
}

/// Its last day is today or later.
fn lasts(days: &Days) -> String {
    by_day(days, |days| (">=", days.today))
}

fn by_day(days: &Days, bound: impl Fn(&Bounds) -> (&'static str, Day)) -> String {
    let parts = days.iter().map(|(key, programmes)| {
        let (sign, day) = bound(key);
        let programmes = list(programmes);
        format!("(voucher.programme IN ({programmes}) AND voucher.last_day {sign} {})", day.0)
    });
    let parts: Vec<String> = parts.collect();
    // Without a programme there is no voucher.
    if parts.is_empty() { "(1 = 0)".to_owned() } else { format!("({})", parts.join(" OR ")) }
}
