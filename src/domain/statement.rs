//! A statement: a funder's or an organisation's account of a closed month of a programme.
//! No queries and no forms: `app/statements` makes it, `app/statement_sheet` draws its tables.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    calendar::{Day, Instant, Zone},
    fee::FeeLine,
    ids::{OrganisationId, PaymentId, ProgrammeId, Seq, VenueId},
    ledger::Stage,
    papers::Vat,
    period::{Month, Party},
    settlement::PaymentState,
};

/// What it says it is; another set of figures gets another number.
pub const FORMAT: &str = "pass-numerique statement 2";

/// Its JSON is archived as it was made, and is the source of every other form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Statement {
    #[schema(example = "pass-numerique statement 2")]
    pub format: String,
    /// Gapless within the programme.
    pub number: i64,
    #[serde(flatten)]
    pub party: Party,
    pub party_name: String,
    pub programme: ProgrammeId,
    pub programme_name: String,
    #[schema(example = "2026-10")]
    pub month: Month,
    pub first_day: Day,
    pub last_day: Day,
    pub time_zone: Zone,
    #[schema(example = "EUR")]
    pub currency: String,
    /// How the programme's vouchers stood to VAT when this was made, if that was stated.
    #[serde(default, skip_serializing_if = "Vat::is_unstated")]
    pub vat: Vat,
    /// The event that closed the month.
    pub closed_seq: Seq,
    pub closed_at: Instant,
    /// Its link of the journal's chain, in hexadecimal: it covers everything before.
    pub chain: String,
    /// What stood open then, and counts in a later month: conflicts,
    pub open_conflicts: i64,
    /// and records in quarantine, of all programmes.
    pub quarantined: i64,
    /// What was held at the month's end: it is earned, and in every sum. Missing in statements of
    /// format 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<HeldSum>,
    /// Of a funder: where its money stands. Of an organisation: what it has to get.
    pub stages: Vec<StageLine>,
    /// Of a funder: issued = used + expired + cancelled + outstanding.
    pub balance: Vec<BalanceLine>,
    /// Of a funder, where the operator charges a fee: what it owes for that, apart from the money.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<FeeLine>,
    pub territories: Vec<PlaceLine>,
    pub venues: Vec<PlaceLine>,
    /// Of an organisation: every workshop that was recorded in the month.
    pub workshops: Vec<WorkshopLine>,
    /// Workshops that had taken place before the month, and were recorded in it.
    pub late: Vec<WorkshopLine>,
    /// Of a funder: those that undo a workshop of an earlier month. Of an organisation: all.
    pub reversals: Vec<ReversalLine>,
    /// Those that were opened or decided in the month.
    pub conflicts: Vec<ConflictLine>,
    /// Those that were prepared or answered in the month.
    pub payments: Vec<PaymentLine>,
    pub controls: Vec<Control>,
}

/// Workshops that a second person had still to look at, before they are paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeldSum {
    pub redemptions: i64,
    pub workshops: i64,
    /// Of a funder: its own share.
    pub amount_cents: i64,
}

/// A stage of the ledger: opening + in − out = closing. What came in, and what venues owe, stands
/// above zero too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StageLine {
    pub stage: Stage,
    pub opening_cents: i64,
    pub in_cents: i64,
    pub out_cents: i64,
    pub closing_cents: i64,
}

/// What becomes of workshops. A replacement is not issued anew: what its pass had left counts as
/// issued once, with the pass that was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BalanceItem {
    Issued,
    Used,
    Expired,
    Cancelled,
    Outstanding,
}

impl BalanceItem {
    pub const ALL: [Self; 5] =
        [Self::Issued, Self::Used, Self::Expired, Self::Cancelled, Self::Outstanding];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Outstanding => "outstanding",
        }
    }
}

/// Workshops are those of the whole programme; cents are the funder's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceLine {
    pub item: BalanceItem,
    /// Before the month, in it, and at its end.
    pub opening_workshops: i64,
    pub month_workshops: i64,
    pub closing_workshops: i64,
    pub opening_cents: i64,
    pub month_cents: i64,
    pub closing_cents: i64,
}

/// What was done at a place in the month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlaceLine {
    /// A territory's code, or a venue's number.
    pub key: String,
    /// What a venue was called when the statement was made.
    pub name: String,
    pub redemptions: i64,
    pub workshops: i64,
    pub earned_cents: i64,
    /// Of this, what the guarantee paid for conflicts.
    pub guaranteed_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkshopLine {
    pub seq: Seq,
    pub occurred_at: Instant,
    pub venue: VenueId,
    pub venue_name: String,
    pub workshops: i64,
    pub amount_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReversalLine {
    pub seq: Seq,
    /// What it undid, and the business day of that.
    pub redemption: Seq,
    pub day: Day,
    pub venue: VenueId,
    pub venue_name: String,
    pub workshops: i64,
    /// Below zero.
    pub amount_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConflictLine {
    pub seq: Seq,
    pub occurred_at: Instant,
    pub venue: VenueId,
    pub venue_name: String,
    pub workshops: i64,
    /// Why the pass does not pay: a code of the catalogue.
    pub reason: String,
    /// At the month's end: `open`, `paid` or `unpaid`.
    pub state: String,
    pub amount_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PaymentLine {
    pub id: PaymentId,
    pub number: i64,
    #[schema(example = "PN1-12")]
    pub end_to_end_id: String,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    /// Of its preparation, or of the bank's answer.
    pub day: Day,
    /// At the month's end.
    pub state: PaymentState,
    /// Of a funder: its own share.
    pub amount_cents: i64,
}

/// Two ways to the same figure; a statement in which they differ is not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Control {
    /// What is compared.
    pub check: String,
    pub one: i64,
    pub other: i64,
}

impl Statement {
    /// What a stage held at the end of the month.
    #[must_use]
    pub fn closing(&self, stage: Stage) -> i64 {
        self.stages.iter().find(|line| line.stage == stage).map_or(0, |line| line.closing_cents)
    }

    /// The cents of an item at the end of the month.
    #[must_use]
    pub fn closing_of(&self, item: BalanceItem) -> i64 {
        self.balance.iter().find(|line| line.item == item).map_or(0, |line| line.closing_cents)
    }

    /// The control in which two figures differ, if there is one.
    #[must_use]
    pub fn contradiction(&self) -> Option<&Control> {
        self.controls.iter().find(|control| control.one != control.other)
    }
}
