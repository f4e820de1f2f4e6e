//! What should be zero, and is or is not: things that stay open, by how long they have.
//! No queries: `store/open_items` finds them, `app/reconciliation.rs` adds them up.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    calendar::{Day, Instant},
    cents::Cents,
    ids::{FunderId, ProgrammeId, Seq},
};

macro_rules! items {
    ($($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// A kind of thing that should not stay.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Item { $($(#[$doc])* $variant),+ }

        impl Item {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

items! {
    /// Funders whose stages do not add up to what came in.
    AccountsOff = "accounts_off",
    /// Payments of runs that are not at the bank yet.
    PaymentsUnsent = "payments_unsent",
    /// Payments of which the bank has not said what became of them.
    PaymentsUnanswered = "payments_unanswered",
    /// Payments that were rejected or came back, and that no later one has taken up.
    PaymentsFailed = "payments_failed",
    /// Organisations that a run did not pay, and that no later one has: what they have earned.
    OrganisationsWaiting = "organisations_waiting",
    /// Workshops that are held until a second person has looked.
    HoldsWaiting = "holds_waiting",
    /// Conflicts that nobody has decided about.
    ConflictsOpen = "conflicts_open",
    /// Disputes of organisations that nobody has decided about.
    DisputesOpen = "disputes_open",
    /// Records of devices that were put aside, and that nobody has decided about.
    RecordsWaiting = "records_waiting",
    /// Vouchers printed ahead that nobody has activated.
    StockAsleep = "stock_asleep",
    /// Vouchers past their last day whose money is still committed.
    CommittedPastExpiry = "committed_past_expiry",
    /// Ended vouchers whose money should have gone back: no late record can arrive any more.
    ReleasablePastLimit = "releasable_past_limit",
}

/// So many of one kind in one programme, open since a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenThing {
    pub item: Item,
    /// None where a record names no voucher that is known.
    pub programme: Option<ProgrammeId>,
    pub since: Day,
    pub count: i64,
    pub workshops: i64,
    /// What is held up, by funder; empty where no money is, or nobody knows how much.
    pub cents: Vec<(FunderId, Cents)>,
}

/// How long something has been open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// Up to seven days.
    Week,
    /// Eight to thirty days.
    Month,
    Older,
}

impl Age {
    pub const ALL: [Self; 3] = [Self::Week, Self::Month, Self::Older];

    #[must_use]
    pub const fn of(since: Day, today: Day) -> Self {
        match today.0.saturating_sub(since.0) {
            ..=7 => Self::Week,
            8..=30 => Self::Month,
            _ => Self::Older,
        }
    }

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Week => "week",
            Self::Month => "month",
            Self::Older => "older",
        }
    }
}

/// When the books were last recomputed from all events, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AuditRun {
    pub at: Instant,
    /// The end of the journal then.
    pub seq: Seq,
    /// Rows that were not as the events say.
    pub differences: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_a_week_a_month_or_more() {
        let ages = [0, 7, 8, 30, 31, 400].map(|days| Age::of(Day(1_000 - days), Day(1_000)));
        assert_eq!(ages, [Age::Week, Age::Week, Age::Month, Age::Month, Age::Older, Age::Older]);
        assert_eq!(Age::of(Day(1_001), Day(1_000)), Age::Week, "of tomorrow in another zone");
    }
}
