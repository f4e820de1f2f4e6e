//! Accounts, and the postings that move money between them, by double entry.
//! No rule of when money moves: events say that (`event.rs`, `apply/`).

use serde::{Deserialize, Serialize};

use super::{
    cents::Cents,
    ids::{AccountId, FunderId, OrganisationId, ProgrammeId},
};

macro_rules! stages {
    ($($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// A stage that money of a funder passes through.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Stage { $($(#[$doc])* $variant),+ }

        impl Stage {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            #[must_use]
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|stage| stage.code() == code)
            }
        }
    };
}

stages! {
    /// What came in: the contra account, the only one with a debit balance.
    Funding = "funding",
    Available = "available",
    /// Reserved for conflicts of offline records.
    Guarantee = "guarantee",
    /// Issued, in people's hands.
    Committed = "committed",
    /// Of expired or cancelled vouchers, until late offline records can no longer arrive.
    Releasable = "releasable",
    /// By organisation.
    Earned = "earned",
    /// By organisation.
    InPayment = "in_payment",
    Paid = "paid",
    /// By organisation: what a reversal after payment takes back.
    Receivable = "receivable",
    /// Given back when the programme ends.
    Returned = "returned",
}

/// What names an account: one stage of one funder's money in one version of a programme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountKey {
    pub programme: ProgrammeId,
    pub version: i32,
    pub funder: FunderId,
    pub stage: Stage,
    pub organisation: Option<OrganisationId>,
}

/// An account with its monotone totals, in cents; the balance is derived, never kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub debit: Cents,
    pub credit: Cents,
}

impl Account {
    /// Credit less debit: what the stage holds (negative for `funding`).
    #[must_use]
    pub const fn balance(&self) -> Cents {
        Cents(self.credit.0 - self.debit.0)
    }
}

/// Money that leaves one account for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub from: AccountKey,
    pub to: AccountKey,
    pub amount: Cents,
}

/// One line that an event wrote: the account, what it was moved by, its totals afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posting {
    pub key: AccountKey,
    pub account: AccountId,
    /// Positive: a credit; negative: a debit.
    pub amount: Cents,
    pub debit_after: Cents,
    pub credit_after: Cents,
}
