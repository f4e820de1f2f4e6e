//! What people see of runs, payments and accounts.
//! No queries: `store/settlements` answers. An IBAN shows its last four signs alone.

use serde::Serialize;
use utoipa::ToSchema;

use super::{FunderAmount, PaymentState, RunState, WaitCause};
use crate::domain::{
    calendar::{Day, Instant},
    cents::Cents,
    ids::{
        BankAccountId, OrganisationId, PayerAccountId, PaymentId, ProgrammeId, Seq, SettlementId,
        UserId,
    },
    view::Row,
};

/// A run, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SettlementView {
    pub id: SettlementId,
    pub programme: ProgrammeId,
    /// Gapless within the programme.
    pub number: i64,
    /// It pays what was earned up to the end of this day.
    pub day: Day,
    pub state: RunState,
    pub payments: i64,
    /// Of these, what the bank has answered.
    pub paid: i64,
    pub failed: i64,
    /// What all payments transfer.
    pub amount_cents: Cents,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    /// Organisations that it does not pay.
    pub waiting: i64,
    pub prepared_by: UserId,
    pub prepared_at: Instant,
    pub approved_by: Option<UserId>,
    pub approved_at: Option<Instant>,
    pub exported_at: Option<Instant>,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: Option<String>,
}

/// What one organisation is paid in a run, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PaymentView {
    pub id: PaymentId,
    pub settlement: SettlementId,
    pub programme: ProgrammeId,
    pub organisation: OrganisationId,
    /// Gapless within the programme.
    pub number: i64,
    /// Its name at the bank, and on the payee's account statement.
    #[schema(example = "PN1-12")]
    pub end_to_end_id: String,
    pub state: PaymentState,
    /// What is transferred.
    pub amount_cents: Cents,
    #[schema(example = "EUR")]
    pub currency: &'static str,
    /// What was earned, by version and funder.
    pub earned: Vec<FunderAmount>,
    /// What is kept back, since it was undone after it was paid.
    pub kept_back: Vec<FunderAmount>,
    pub holder: String,
    /// The last four signs.
    #[schema(example = "…2606")]
    pub iban: String,
    /// Nothing was paid to this account before.
    pub new_account: bool,
    pub prepared_at: Instant,
    pub answered_at: Option<Instant>,
    /// The bank's reason, an external code of ISO 20022.
    pub code: Option<String>,
    /// The later payment that pays again what failed here.
    pub reissued_in: Option<PaymentId>,
    /// Of a funder's accountant that has paid it, and when.
    pub reference: Option<String>,
    pub paid_on: Option<Day>,
}

/// An organisation that a run does not pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingView {
    pub organisation: OrganisationId,
    pub cause: WaitCause,
    pub amount_cents: Cents,
}

/// The account that an organisation is paid to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BankAccountView {
    pub id: BankAccountId,
    pub organisation: OrganisationId,
    pub holder: String,
    /// The last four signs.
    #[schema(example = "…2606")]
    pub iban: String,
    pub bic: Option<String>,
    pub entered_by: Option<UserId>,
    pub entered_at: Instant,
    /// Nothing is paid to it before.
    pub usable_from: Instant,
    /// Another one, which waits for a second person.
    pub asked: Option<AskedAccountView>,
}

/// An account that was asked for in the place of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AskedAccountView {
    pub id: Seq,
    pub holder: String,
    /// The last four signs.
    #[schema(example = "…3000")]
    pub iban: String,
    pub bic: Option<String>,
    pub asked_by: UserId,
    pub asked_at: Instant,
}

/// The account that a programme's venues are paid from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PayerAccountView {
    pub id: PayerAccountId,
    pub programme: ProgrammeId,
    pub holder: String,
    /// The last four signs.
    #[schema(example = "…2606")]
    pub iban: String,
    pub bic: Option<String>,
    /// What is less waits for a later run.
    pub minimum_cents: Cents,
    pub entered_at: Instant,
}

impl Row for SettlementView {
    fn cursor(&self) -> i64 {
        self.id.0
    }
}

impl Row for PaymentView {
    fn cursor(&self) -> i64 {
        self.id.0
    }
}

impl Row for WaitingView {
    fn cursor(&self) -> i64 {
        self.organisation.0
    }
}
