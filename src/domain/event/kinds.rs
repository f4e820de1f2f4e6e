//! The stable name of each kind of event.
//! What each one says: `event.rs`. A name is never changed: stored events have it.

use super::Body;

macro_rules! kinds {
    ($($variant:ident: $code:literal,)+) => {
        impl Body {
            /// Every name.
            pub const KINDS: &[&str] = &[$($code),+];

            /// The stable name, as the database and the audit trail show it.
            #[must_use]
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $code),+
                }
            }
        }
    };
}

kinds! {
    FunderAdded: "funder_added",
    IssuerAdded: "issuer_added",
    IssuerSuspended: "issuer_suspended",
    OrganisationAdded: "organisation_added",
    OrganisationApproval: "organisation_approval",
    VenueAdded: "venue_added",
    VenueOpened: "venue_opened",
    VenueChanged: "venue_changed",
    VenueAdmitted: "venue_admitted",
    FunderChanged: "funder_changed",
    IssuerChanged: "issuer_changed",
    OrganisationChanged: "organisation_changed",
    UserChanged: "user_changed",
    DailyLimitRaised: "daily_limit_raised",
    ProgrammeAmended: "programme_amended",
    UserAdded: "user_added",
    UserRevoked: "user_revoked",
    ApiKeyAdded: "api_key_added",
    ApiKeyRevoked: "api_key_revoked",
    DeviceAdded: "device_added",
    DeviceInvited: "device_invited",
    DeviceEnrolled: "device_enrolled",
    DeviceChanged: "device_changed",
    DeviceRevoked: "device_revoked",
    ProgrammeAdded: "programme_added",
    ProgrammeClosed: "programme_closed",
    Funded: "funded",
    Withdrawn: "withdrawn",
    Allocated: "allocated",
    VoucherIssued: "voucher_issued",
    BatchOpened: "batch_opened",
    BatchMinted: "batch_minted",
    VoucherStocked: "voucher_stocked",
    VoucherActivated: "voucher_activated",
    VoucherSuspended: "voucher_suspended",
    VoucherReinstated: "voucher_reinstated",
    VoucherCancelled: "voucher_cancelled",
    VoucherReplaced: "voucher_replaced",
    VoucherExpired: "voucher_expired",
    VoucherReleased: "voucher_released",
    KeyAdded: "key_added",
    KeyActivated: "key_activated",
    KeyRetired: "key_retired",
    KeyCompromised: "key_compromised",
    KeySetPublished: "key_set_published",
    Redeemed: "redeemed",
    RecordQuarantined: "record_quarantined",
    RecordDecided: "record_decided",
    ConflictOpened: "conflict_opened",
    ConflictDecided: "conflict_decided",
    GuaranteeReserved: "guarantee_reserved",
    Reversed: "reversed",
    Restored: "restored",
    BankAccountEntered: "bank_account_entered",
    PayerAccountEntered: "payer_account_entered",
    SettlementOpened: "settlement_opened",
    PaymentPrepared: "payment_prepared",
    SettlementFilled: "settlement_filled",
    SettlementPrepared: "settlement_prepared",
    SettlementApproved: "settlement_approved",
    SettlementCancelled: "settlement_cancelled",
    SettlementExported: "settlement_exported",
    PaymentPaid: "payment_paid",
    PaymentFailed: "payment_failed",
    HoldReleased: "hold_released",
    ProgrammeEnded: "programme_ended",
    ReceiptKeyAdded: "receipt_key_added",
    ReceiptKeyCompromised: "receipt_key_compromised",
    BankAccountAsked: "bank_account_asked",
    BankAccountRefused: "bank_account_refused",
    RedemptionDisputed: "redemption_disputed",
    PeriodClosed: "period_closed",
    StatementMade: "statement_made",
    PeriodStated: "period_stated",
    ProgrammeTakenOver: "programme_taken_over",
    YearlyAccountMade: "yearly_account_made",
    DisputeOpened: "dispute_opened",
    DisputeDecided: "dispute_decided",
    DisputeWithdrawn: "dispute_withdrawn",
}
