//! What a programme says on its papers: how its vouchers stand to VAT, how fast venues are paid,
//! what the operator charges. No figure of the ledger is computed from them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fee::{self, Fee};

/// How the vouchers of a programme stand to VAT, as its funders and their advisers have settled it.
/// (CGI, art. 256 ter; recodified with the rest of VAT by ordonnance n° 2025-1247.)
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Vat {
    /// Nothing is said.
    #[default]
    Unstated,
    /// A means of payment, given to people free of charge: no voucher in the sense of VAT.
    OutsideScope,
    /// A subsidy without direct link to a price.
    Subsidy,
    /// Place and tax of the service are known at issue: due with each transfer of the voucher.
    SinglePurpose,
    /// Due by the venue when the workshop is taken, in the amount that it gets.
    MultiPurpose,
}

impl Vat {
    pub const ALL: [Self; 5] = [
        Self::Unstated,
        Self::OutsideScope,
        Self::Subsidy,
        Self::SinglePurpose,
        Self::MultiPurpose,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unstated => "unstated",
            Self::OutsideScope => "outside_scope",
            Self::Subsidy => "subsidy",
            Self::SinglePurpose => "single_purpose",
            Self::MultiPurpose => "multi_purpose",
        }
    }

    #[must_use]
    pub fn is_unstated(&self) -> bool {
        *self == Self::Unstated
    }
}

/// What papers of a programme state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Papers {
    pub vat: Vat,
    /// Days from the recording of a workshop within which its venue is paid, at most; `None`:
    /// nothing is promised.
    pub payment_days: Option<u16>,
    /// The operator's fee, in the order of the months from which each holds; none: no fee. It is
    /// claimed of the funders, each of what venues earned of its money, and taken of nothing.
    pub fees: Vec<Fee>,
}

impl Papers {
    /// Terms that state nothing are written as before there was anything to state.
    #[must_use]
    pub fn say_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// The field that breaks a rule.
    #[must_use]
    pub fn wrong(&self) -> Option<&'static str> {
        match self.payment_days {
            Some(0 | 366..) => Some("papers.payment_days"),
            _ => fee::wrong(&self.fees),
        }
    }
}
