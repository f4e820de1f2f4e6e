//! Paying organisations: runs, payments, and the accounts that money goes from and to.
//! No rule of when (`decide/settle.rs`), no fold (`apply/settle.rs`) and no file (`sepa`).

mod amounts;
mod asked;
mod books;
pub mod view;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{
    calendar::{Day, Instant},
    cents::Cents,
    ids::{
        BankAccountId, OrganisationId, PayerAccountId, PaymentId, ProgrammeId, Seq, SettlementId,
        UserId,
    },
    payee::{Bic, Iban},
};

pub use amounts::{Amounts, FunderAmount};
pub use asked::{AskedAccount, AskedState};
pub use books::{Books, Numbers, Payee, Unpaid};

/// Organisations that one command prepares payments for.
pub const LARGEST_STEP: usize = 50;
/// Payments that one command answers.
pub const LARGEST_ANSWER: usize = 500;
/// An account that takes the place of another is paid to after so many days: time to object.
pub const NEW_ACCOUNT_DAYS: i64 = 7;
/// What a bank takes as a holder's name (ISO 20022 allows 140 signs, SEPA 70).
pub const LONGEST_HOLDER: usize = 70;

/// Redemptions of one organisation in one programme: those after one event, up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    /// The end of the slice before; zero for the first.
    pub after: Seq,
    pub through: Seq,
}

/// An account as it is entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    pub holder: String,
    pub iban: Iban,
    pub bic: Option<Bic>,
}

/// An account that an organisation is paid to; it never changes, another takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankAccount {
    pub id: BankAccountId,
    pub organisation: OrganisationId,
    pub entered_by: Option<UserId>,
    /// Who had asked for it, where it took the place of another: `entered_by` confirmed it.
    pub asked_by: Option<UserId>,
    pub entered_at: Instant,
    /// Nothing is paid to it before.
    pub usable_from: Instant,
    /// Missing where only the events are known.
    pub account: Option<NewAccount>,
}

/// An account that a programme's venues are paid from; another takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PayerAccount {
    pub id: PayerAccountId,
    pub programme: ProgrammeId,
    pub entered_at: Instant,
    /// What is less waits for a later run.
    pub minimum: Cents,
    /// Missing where only the events are known.
    pub account: Option<NewAccount>,
}

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Its payments are being prepared.
    Preparing,
    /// It waits for somebody else's approval.
    Prepared,
    Approved,
    /// Its file exists: it may be at the bank.
    Exported,
    Cancelled,
}

impl RunState {
    pub const ALL: [Self; 5] =
        [Self::Preparing, Self::Prepared, Self::Approved, Self::Exported, Self::Cancelled];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Prepared => "prepared",
            Self::Approved => "approved",
            Self::Exported => "exported",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Not at the bank yet, and not given up: a programme has one such run.
    #[must_use]
    pub const fn open(self) -> bool {
        matches!(self, Self::Preparing | Self::Prepared | Self::Approved)
    }
}

/// A run: what one programme's organisations have earned up to a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub id: SettlementId,
    pub programme: ProgrammeId,
    /// Gapless within the programme, from 1.
    pub number: i64,
    pub day: Day,
    /// The last event of that day.
    pub through: Seq,
    pub account: PayerAccountId,
    pub minimum: Cents,
    pub state: RunState,
    /// Organisations up to this one have their payment, or wait.
    pub filled_to: OrganisationId,
    pub payments: i64,
    pub amount: Cents,
    pub paid: i64,
    pub failed: i64,
    /// Who entered an account that it pays to.
    pub people: BTreeSet<UserId>,
    pub prepared_by: UserId,
    pub prepared_at: Instant,
    pub approved_by: Option<UserId>,
    pub approved_at: Option<Instant>,
    pub exported_at: Option<Instant>,
    /// SHA-256 of the file, in hexadecimal.
    pub digest: Option<String>,
}

/// What became of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// In a run, or at the bank.
    InPayment,
    Paid,
    /// By the bank, before it paid.
    Rejected,
    /// By the payee's bank, after it was paid.
    Returned,
    /// With its run.
    Cancelled,
}

impl PaymentState {
    pub const ALL: [Self; 5] =
        [Self::InPayment, Self::Paid, Self::Rejected, Self::Returned, Self::Cancelled];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InPayment => "in_payment",
            Self::Paid => "paid",
            Self::Rejected => "rejected",
            Self::Returned => "returned",
            Self::Cancelled => "cancelled",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Its money is earned again.
    #[must_use]
    pub const fn failed(self) -> bool {
        matches!(self, Self::Rejected | Self::Returned | Self::Cancelled)
    }
}

/// What one organisation is paid in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    pub id: PaymentId,
    pub settlement: SettlementId,
    pub programme: ProgrammeId,
    pub organisation: OrganisationId,
    /// Gapless within the programme, from 1.
    pub number: i64,
    pub account: BankAccountId,
    /// The redemptions that it is the first to pay.
    pub slice: Option<Slice>,
    /// What was earned: of its slice, and of failed payments that it takes up.
    pub lines: Amounts,
    /// Of earlier payments, undone since: kept back from this one.
    pub netted: Amounts,
    /// Of this payment, undone while it was in payment or after it was paid.
    pub reversed: Amounts,
    /// Of a failed one: what is to be paid anew.
    pub owed: Amounts,
    pub state: PaymentState,
    /// The bank's reason (ISO 20022 external code), if it was rejected or returned.
    pub code: Option<String>,
    pub answered_at: Option<Instant>,
    /// The later payment that took a failed one up.
    pub reissued_in: Option<PaymentId>,
}

impl Payment {
    /// What is transferred.
    #[must_use]
    pub fn amount(&self) -> Cents {
        Cents(self.lines.sum().0.saturating_sub(self.netted.sum().0))
    }

    /// Failed, and no later payment has taken it up.
    #[must_use]
    pub const fn open(&self) -> bool {
        self.state.failed() && self.reissued_in.is_none()
    }
}

/// Why an organisation is not paid in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaitCause {
    NotApproved,
    NoBankAccount,
    /// It took the place of another less than 7 days ago.
    BankAccountNew,
    /// Whoever prepared the run entered the account: somebody else has to prepare.
    BankAccountByPreparer,
    /// Less than the minimum is due, after what is kept back.
    BelowMinimum,
}

impl WaitCause {
    pub const ALL: [Self; 5] = [
        Self::NotApproved,
        Self::NoBankAccount,
        Self::BankAccountNew,
        Self::BankAccountByPreparer,
        Self::BelowMinimum,
    ];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotApproved => "not_approved",
            Self::NoBankAccount => "no_bank_account",
            Self::BankAccountNew => "bank_account_new",
            Self::BankAccountByPreparer => "bank_account_by_preparer",
            Self::BelowMinimum => "below_minimum",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }
}

/// An organisation that a run does not pay, and what it has to get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingPayee {
    pub organisation: OrganisationId,
    pub cause: WaitCause,
    pub amount_cents: Cents,
}

/// What the bank says of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BankAnswer {
    Paid,
    Rejected(Option<String>),
    Returned(Option<String>),
}

/// How a funder that pays venues itself has paid an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidOrder {
    pub reference: String,
    pub day: Day,
    pub by: Option<UserId>,
    pub at: Instant,
}

/// What is asked about paying.
#[derive(Clone, Debug)]
pub enum SettleAsk {
    EnterBankAccount {
        organisation: OrganisationId,
        account: NewAccount,
    },
    EnterPayerAccount {
        programme: ProgrammeId,
        account: NewAccount,
        minimum: Cents,
    },
    /// `through` is the last event of the day, which is over.
    Open {
        programme: ProgrammeId,
        day: Day,
        through: Seq,
    },
    /// The next organisations, in the order of their numbers; nothing of it is refused.
    Fill {
        settlement: SettlementId,
        organisations: Vec<OrganisationId>,
    },
    /// No organisation is left.
    Finish {
        settlement: SettlementId,
    },
    Approve {
        settlement: SettlementId,
    },
    Cancel {
        settlement: SettlementId,
    },
    /// Gives back what payments of a cancelled run hold.
    Release {
        settlement: SettlementId,
        payments: Vec<PaymentId>,
    },
    Export {
        settlement: SettlementId,
        digest: String,
        file: String,
    },
    /// All of the lines, or none.
    Answer {
        settlement: SettlementId,
        lines: Vec<(PaymentId, BankAnswer)>,
    },
    /// The paying funder's accountant has paid it.
    Confirm {
        settlement: SettlementId,
        payment: PaymentId,
        /// Of the accountant's own order.
        reference: String,
        day: Day,
    },
    /// Takes over an account that was asked for, or refuses it.
    ConfirmBankAccount {
        organisation: OrganisationId,
        asked: Seq,
        confirmed: bool,
    },
}
