//! The daily usage figures that reports add up, one cell per combination of dimensions.
//! No reading of them: `store/reports.rs` sums, and `audit` rebuilds them from the events.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    access::Tenant,
    calendar::Day,
    ids::{FunderId, IssuerId, ProgrammeId, VenueId},
    service::Service,
};

/// By what a usage report is broken down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Breakdown {
    #[default]
    None,
    Programme,
    Month,
    Territory,
    Issuer,
    Venue,
    Service,
    Funder,
}

impl Breakdown {
    pub const ALL: [Self; 8] = [
        Self::None,
        Self::Programme,
        Self::Month,
        Self::Territory,
        Self::Issuer,
        Self::Venue,
        Self::Service,
        Self::Funder,
    ];

    /// As it is written in JSON.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Programme => "programme",
            Self::Month => "month",
            Self::Territory => "territory",
            Self::Issuer => "issuer",
            Self::Venue => "venue",
            Self::Service => "service",
            Self::Funder => "funder",
        }
    }
}

/// What a usage report counts; `None` means all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageFilter {
    /// Nothing of other tenants is counted.
    pub within: Tenant,
    pub from: Option<Day>,
    /// Inclusive.
    pub to: Option<Day>,
    pub programme: Option<ProgrammeId>,
    pub funder: Option<FunderId>,
    pub issuer: Option<IssuerId>,
    pub venue: Option<VenueId>,
    pub territory: Option<String>,
}

impl UsageFilter {
    /// Everything of a tenant.
    #[must_use]
    pub const fn of(within: Tenant) -> Self {
        Self {
            within,
            from: None,
            to: None,
            programme: None,
            funder: None,
            issuer: None,
            venue: None,
            territory: None,
        }
    }
}

/// Under what a figure counts. Counts stand in the cell without a funder, money in those with one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cell {
    pub day: Day,
    pub programme: ProgrammeId,
    /// Zero for the money of a programme that no voucher holds.
    pub issuer: IssuerId,
    pub venue: Option<VenueId>,
    /// Of the venue; of the programme where there is no venue.
    pub territory: String,
    pub service: Option<Service>,
    pub funder: Option<FunderId>,
}

/// Calls a macro with the list of figures: rows, tables and statements have the names from here.
#[macro_export]
macro_rules! with_figures {
    ($then:ident) => {
        $then! {
            /// Vouchers printed ahead.
            stocked,
            /// Of these, activated at hand-over.
            activated,
            /// Vouchers with committed money: issued on the spot, or activated.
            handed_over,
            workshops_issued,
            /// Vouchers with their first workshop taken.
            started,
            /// Days from a voucher's first day to its first workshop, over all started ones.
            days_to_start,
            /// Vouchers with a workshop at a venue, once for each venue.
            received,
            redemptions,
            workshops_used,
            /// Of the workshops used, those known to have been for one person, or for a group.
            workshops_single,
            workshops_group,
            /// Redemptions that say how long they took, and the minutes of these.
            redemptions_timed,
            minutes,
            /// Used up before people ended them; never counted as expired too.
            exhausted,
            /// Ended by their last day with workshops left, stock included.
            expired,
            /// Not used at expiry, less late records, plus what was undone later.
            workshops_expired,
            /// Ended by people, stock included; late records that use one up do not change that.
            cancelled,
            /// As for expiry; undone redemptions of replaced vouchers among them.
            workshops_cancelled,
            replaced,
            reversals,
            /// Paid in or pledged, less what was taken back.
            deposited_cents,
            committed_cents,
            earned_cents,
            /// Of what was earned, that which the guarantee paid for conflicts.
            guaranteed_cents,
            /// Of expired, cancelled and replaced vouchers: the cost of `workshops_expired` and
            /// `workshops_cancelled`.
            given_back_cents,
        }
    };
}
pub use with_figures;

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident,)+) => {
        /// What is counted: vouchers, workshops, days and cents; a reversal counts backwards.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Figures { $($(#[$doc])* pub $name: i64),+ }

        impl Figures {
            pub const NAMES: &'static [&'static str] = &[$(stringify!($name)),+];

            pub const fn add(&mut self, other: &Self) {
                $(self.$name += other.$name;)+
            }

            #[must_use]
            pub const fn values(&self) -> [i64; Self::NAMES.len()] {
                [$(self.$name),+]
            }

            #[must_use]
            pub const fn from_values(values: [i64; Self::NAMES.len()]) -> Self {
                let [$($name),+] = values;
                Self { $($name),+ }
            }
        }
    };
}

with_figures!(figures);
