//! A yearly account: what a mandated operator owes each funder of a programme once a year (CGCT,
//! art. L. 1611-7, D. 1611-25). No queries and no forms: `app/yearly` makes it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    calendar::{Day, Instant, Zone},
    ids::{FunderId, OrganisationId, PaymentId, ProgrammeId, Seq},
    ledger::Stage,
    papers::Vat,
    period::Month,
    programme::Payer,
    statement::{BalanceItem, Control},
};

/// What it says it is; another set of figures gets another number.
pub const FORMAT: &str = "pass-numerique yearly account 1";

/// Its JSON is archived as it was made, and is the source of every other form. Cents are the
/// funder's own, workshops those of the whole programme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearlyAccount {
    #[schema(example = "pass-numerique yearly account 1")]
    pub format: String,
    pub programme: ProgrammeId,
    pub programme_name: String,
    pub funder: FunderId,
    pub funder_name: String,
    #[schema(example = 2026)]
    pub year: i64,
    pub first_day: Day,
    /// Of the year, or of the last closed month.
    pub last_day: Day,
    /// Months of the year are not closed yet: another account takes its place.
    pub provisional: bool,
    pub time_zone: Zone,
    #[schema(example = "EUR")]
    pub currency: String,
    /// How the programme's vouchers stood to VAT when this was made, if that was stated.
    #[serde(default, skip_serializing_if = "Vat::is_unstated")]
    pub vat: Vat,
    pub payer: Payer,
    /// The event that closed the last month.
    pub closed_seq: Seq,
    pub closed_at: Instant,
    /// Its link of the journal's chain, in hexadecimal: it covers everything before.
    pub chain: String,
    /// The trial balance: what each stage held, what moved, what it holds.
    pub stages: Vec<YearStage>,
    /// Issued = used + expired + cancelled + outstanding.
    pub balance: Vec<YearItem>,
    /// Where the operator charges a fee: what the funder owes for that, month by month, beside the
    /// money above.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fees: Vec<YearFee>,
    /// The statements that it rests on.
    pub months: Vec<YearMonth>,
    /// Receipts: each deposit or pledge, what was taken back, what was returned at the end.
    pub funds: Vec<YearFund>,
    /// Expenses: each payment that was made, and each that came back, without netting.
    pub payments: Vec<YearPayment>,
    /// The same by run: what is claimed where a funder pays venues itself.
    pub runs: Vec<YearRun>,
    /// The balances that belong to organisations, one by one.
    pub organisations: Vec<YearPayee>,
    pub controls: Vec<Control>,
}

/// A stage of the ledger in the year: opening + in − out = closing, by double entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearStage {
    pub stage: Stage,
    pub opening_cents: i64,
    pub in_cents: i64,
    pub out_cents: i64,
    pub closing_cents: i64,
    /// The balance as accountants write it, one of them zero.
    pub debit_cents: i64,
    pub credit_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearItem {
    pub item: BalanceItem,
    /// Before the year, in it, and at its end.
    pub opening_workshops: i64,
    pub year_workshops: i64,
    pub closing_workshops: i64,
    pub opening_cents: i64,
    pub year_cents: i64,
    pub closing_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearFee {
    #[schema(example = "2026-10")]
    pub month: Month,
    /// In hundredths of a percent, of what venues earned of the funder in the month.
    pub basis_points: u16,
    pub base_cents: i64,
    /// Without any tax on it.
    pub amount_cents: i64,
}

/// A closed month, by its statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearMonth {
    #[schema(example = "2026-10")]
    pub month: Month,
    pub statement: i64,
    pub funded_cents: i64,
    pub used_cents: i64,
    pub paid_cents: i64,
    /// SHA-256 of the statement's JSON, in hexadecimal.
    pub sha256: String,
}

/// What moved money of the funder into the programme, or out of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FundKind {
    Deposit,
    Pledge,
    DepositTakenBack,
    PledgeTakenBack,
    /// When the programme ended.
    Returned,
}

impl FundKind {
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Pledge => "pledge",
            Self::DepositTakenBack => "deposit_taken_back",
            Self::PledgeTakenBack => "pledge_taken_back",
            Self::Returned => "returned",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearFund {
    pub seq: Seq,
    pub day: Day,
    pub kind: FundKind,
    /// Below zero: it went out.
    pub amount_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearPayment {
    /// The event of the bank's or the accountant's answer.
    pub seq: Seq,
    pub day: Day,
    /// It came back: the amounts are below zero.
    pub returned: bool,
    pub id: PaymentId,
    /// Its name at the bank, and on the payee's account statement.
    #[schema(example = "PN1-12")]
    pub end_to_end_id: String,
    #[schema(example = "PN1-R3")]
    pub run: String,
    /// Of the accountant who paid it, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paid_on: Option<Day>,
    pub organisation: OrganisationId,
    pub organisation_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    /// Workshops that it pays, whoever funds them.
    pub workshops: i64,
    /// The funder's share of what was earned,
    pub earned_cents: i64,
    /// less what was kept back, since it was undone after it was paid,
    pub kept_back_cents: i64,
    /// is its share of what was transferred.
    pub amount_cents: i64,
    /// What was transferred, of all funders.
    pub transferred_cents: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearRun {
    #[schema(example = "PN1-R3")]
    pub run: String,
    /// The claim of the funder that pays venues itself, where there is one and it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "PN1-R3-F2")]
    pub claim: Option<String>,
    /// It pays what was earned up to the end of this day.
    pub up_to: Day,
    /// Paid less returned.
    pub payments: i64,
    pub workshops: i64,
    pub amount_cents: i64,
}

/// What an organisation had of the funder's money: earned in the year, paid in it, and what its
/// accounts hold at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct YearPayee {
    pub organisation: OrganisationId,
    pub organisation_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub siret: Option<String>,
    pub earned_cents: i64,
    pub paid_cents: i64,
    /// Earned and not yet in a run, in a run that the bank has not answered, owed back.
    pub closing_earned_cents: i64,
    pub closing_in_payment_cents: i64,
    pub closing_receivable_cents: i64,
}

impl YearPayee {
    /// Whether any figure is there.
    #[must_use]
    pub const fn says_something(&self) -> bool {
        self.earned_cents != 0
            || self.paid_cents != 0
            || self.closing_earned_cents != 0
            || self.closing_in_payment_cents != 0
            || self.closing_receivable_cents != 0
    }
}

impl YearlyAccount {
    /// What a stage held at the end.
    #[must_use]
    pub fn closing(&self, stage: Stage) -> i64 {
        self.stages.iter().find(|line| line.stage == stage).map_or(0, |line| line.closing_cents)
    }

    /// The control in which two figures differ, if there is one.
    #[must_use]
    pub fn contradiction(&self) -> Option<&Control> {
        self.controls.iter().find(|control| control.one != control.other)
    }
}
