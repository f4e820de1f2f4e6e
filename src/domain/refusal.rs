//! The one catalogue of refusals: stable codes, and the facts that explain each.
//! No sentences and no status codes: `locales/` and `http/problem.rs` hold those.

use serde::{Deserialize, Serialize};

use super::{
    calendar::{Day, Instant},
    cents::Cents,
    ids::{FunderId, Seq, VenueId},
    ledger::Stage,
};

macro_rules! catalogue {
    ($($(#[$doc:meta])* $variant:ident = $code:literal),+ $(,)?) => {
        /// Why a command was refused; the code is stable for ever.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Reason {
            $($(#[$doc])* #[serde(rename = $code)] $variant),+
        }

        impl Reason {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code, as API clients and the database see it.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

catalogue! {
    // The request itself.
    RequestReused = "request_reused",
    RequestMalformed = "request_malformed",
    NotFound = "not_found",
    // The service itself.
    /// The database was restored from a backup, and nobody has said yet how much is missing.
    RestoredReadOnly = "restored_read_only",
    // Who scans.
    VenueSuspended = "venue_suspended",
    VenueNotAdmitted = "venue_not_admitted",
    DeviceRevoked = "device_revoked",
    /// It has its key: another one is another device.
    DeviceEnrolled = "device_enrolled",
    /// The token is not, or no more, one that enrols this device.
    EnrolmentNotValid = "enrolment_not_valid",
    // What was scanned.
    CodeMalformed = "code_malformed",
    SignatureInvalid = "signature_invalid",
    KeyUnknown = "key_unknown",
    KeyNotValid = "key_not_valid",
    VoucherUnknown = "voucher_unknown",
    // A record made without network.
    RecordMalformed = "record_malformed",
    /// Not signed by the key of the device that hands it over.
    RecordNotSigned = "record_not_signed",
    AlreadyDecided = "already_decided",
    // The guarantee that pays conflicts.
    /// Too few workshops are set aside.
    GuaranteeExhausted = "guarantee_exhausted",
    /// The guarantee pays no more of this device in this month.
    GuaranteeCap = "guarantee_cap",
    // The voucher.
    VoucherStock = "voucher_stock",
    VoucherSuspended = "voucher_suspended",
    VoucherCancelled = "voucher_cancelled",
    VoucherReplaced = "voucher_replaced",
    VoucherNotYetValid = "voucher_not_yet_valid",
    VoucherExpired = "voucher_expired",
    VoucherExhausted = "voucher_exhausted",
    WorkshopsInsufficient = "workshops_insufficient",
    /// The state that a voucher is in does not allow this change.
    VoucherStateConflict = "voucher_state_conflict",
    /// It is on paper already, and nobody said why it should be once more.
    PrintedBefore = "printed_before",
    // The moment and the programme's limits.
    OccurredInFuture = "occurred_in_future",
    OccurredTooLate = "occurred_too_late",
    ProgrammeLimit = "programme_limit",
    ServiceRequired = "service_required",
    ServiceNotAdmitted = "service_not_admitted",
    // A reversal.
    PeriodClosed = "period_closed",
    ReversalTooLate = "reversal_too_late",
    AlreadyReversed = "already_reversed",
    // Issuing.
    BudgetExhausted = "budget_exhausted",
    AllocationExhausted = "allocation_exhausted",
    ProgrammeBlocked = "programme_blocked",
    IssuerSuspended = "issuer_suspended",
    AgentDailyLimit = "agent_daily_limit",
    WorkshopsOutOfRange = "workshops_out_of_range",
    /// The key that the draft names may not sign today; the caller draws again.
    SigningKeyNotActive = "signing_key_not_active",
    /// The voucher's key leaked: it is replaced, not printed again.
    KeyCompromised = "key_compromised",
    /// This chunk of the batch is minted already.
    BatchAdvanced = "batch_advanced",
    /// A random id, reference or manual code that is taken already; the caller draws again.
    DrawAgain = "draw_again",
    // Setting up.
    NameTaken = "name_taken",
    /// Nobody ends their own access: the last operator would lock everybody out.
    OwnAccount = "own_account",
    ShareUnderOneCent = "share_under_one_cent",
    TermsInvalid = "terms_invalid",
    /// Who owes venues, and where business days end, stays as it was agreed.
    TermsFixed = "terms_fixed",
    ProgrammesExhausted = "programmes_exhausted",
    AmountInvalid = "amount_invalid",
    // Voucher keys.
    /// Not canonical, weak, with torsion, or no point of the curve.
    KeyInadmissible = "key_inadmissible",
    /// The key, or another with the same kid, is registered already.
    KeyTaken = "key_taken",
    /// Not published for 7 days yet.
    KeyTooYoung = "key_too_young",
    /// The state that a key is in does not allow this change.
    KeyStateConflict = "key_state_conflict",
    /// Nothing could be issued after it.
    KeyLastActive = "key_last_active",
    /// The signed key set does not follow from the register; `field` says where.
    KeySetRefused = "key_set_refused",
    // Paying venues.
    /// Nobody has said yet from which account the programme's venues are paid.
    PayerAccountMissing = "payer_account_missing",
    /// The day is not over yet.
    DayNotOver = "day_not_over",
    /// Another run of the programme is not at the bank yet.
    SettlementOpen = "settlement_open",
    /// The state that a run is in does not allow this.
    SettlementStateConflict = "settlement_state_conflict",
    /// These organisations have been seen to already.
    SettlementAdvanced = "settlement_advanced",
    /// A run without payments has nothing to approve.
    SettlementEmpty = "settlement_empty",
    /// Who prepares a run, who approves it and who enters an account in it are different people.
    AnotherPersonNeeded = "another_person_needed",
    /// What became of the payment before does not allow this.
    PaymentStateConflict = "payment_state_conflict",
    // The bank's answer; `field` names the line.
    AnswerMalformed = "answer_malformed",
    /// It answers another file.
    AnswerForeign = "answer_foreign",
    AnswerPaymentUnknown = "answer_payment_unknown",
    /// It says two things of one payment.
    AnswerContradicts = "answer_contradicts",
    AnswerAmountDiffers = "answer_amount_differs",
    AnswerStatusUnknown = "answer_status_unknown",
    /// The programme's venues are not paid by a funder itself.
    NotPaidByFunder = "not_paid_by_funder",
    /// A funder that pays venues itself says with which order, and when.
    OrderReferenceNeeded = "order_reference_needed",
    // The end of a programme.
    /// Late records may still arrive until `day`.
    ProgrammeNotOver = "programme_not_over",
    /// Money of it is on its way (`stage`), or something of it is undecided.
    ProgrammeUnsettled = "programme_unsettled",
    /// What was left has gone back.
    ProgrammeEnded = "programme_ended",
    // The list of a print shop.
    /// What is active is worth money: only stock is printed elsewhere.
    BatchNotStock = "batch_not_stock",
    /// Not all of its vouchers are there yet.
    BatchMinting = "batch_minting",
    // Bank details.
    /// Another account was asked for already: it is confirmed or refused first.
    AccountChangeOpen = "account_change_open",
    /// Somebody has to look at it already.
    AlreadyHeld = "already_held",
    // Closing months.
    /// A month before it is not closed yet; `day` is the first one of that.
    PeriodNotNext = "period_not_next",
    /// These statements have been made already, or all of the month.
    StatementsAdvanced = "statements_advanced",
    // Papers.
    /// The fee of a month that is closed is accounted for.
    FeeFixed = "fee_fixed",
    // Disputes of organisations.
    /// It is disputed already, or was and somebody has answered.
    AlreadyDisputed = "already_disputed",
    /// Nothing was decided against the organisation.
    NothingToDispute = "nothing_to_dispute",
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

/// The facts behind a refusal; ids only, never a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Facts {
    /// Workshops that the voucher still opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<u8>,
    /// The day that explains: first or last valid day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<Day>,
    /// The moment that explains: of the cancellation, of the last workshop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Instant>,
    /// The redemption that used the last workshop, told to the venue that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redemption: Option<Seq>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub venue: Option<VenueId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub funder: Option<FunderId>,
    /// What is still free of a budget.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available_cents: Option<Cents>,
    /// The limit that was reached, in workshops or vouchers as the reason says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// The field that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where money stands that should have moved on, and how much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount_cents: Option<Cents>,
}

/// A refused command: a value, not a fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub reason: Reason,
    #[serde(default)]
    pub facts: Box<Facts>,
}

impl Refusal {
    #[must_use]
    pub fn because(reason: Reason, facts: Facts) -> Self {
        Self { reason, facts: Box::new(facts) }
    }

    /// What is wrong with one field of a set-up command.
    #[must_use]
    pub fn field(reason: Reason, field: &str) -> Self {
        Self::because(reason, Facts { field: Some(field.to_owned()), ..Facts::default() })
    }
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        Self { reason, facts: Box::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_and_its_json_are_the_same_text() {
        for reason in Reason::ALL {
            let json = serde_json::to_string(reason).unwrap();
            assert_eq!(json, format!("\"{}\"", reason.code()));
        }
    }
}
