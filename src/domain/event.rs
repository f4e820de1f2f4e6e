//! What happened: the events that every figure and state is folded from.
//! Ids, terms and amounts only: never a name, a contact, a secret or free text.

mod kinds;
mod parts;
mod placed;

use serde::{Deserialize, Serialize};

use super::{
    batch::{BatchMinted, BatchOpened},
    calendar::{Day, Instant},
    cents::Cents,
    conflict::Contested,
    continuity::TakenOver,
    dispute::Subject,
    ids::{
        DeviceId, FunderId, IssuerId, OrganisationId, PayerAccountId, PaymentId, PeriodId, Seq,
        SettlementId, UserId, VenueId, VoucherId,
    },
    key_register::{Early, PublicKey, Purpose},
    period::{PeriodClosed, StatementMade, YearlyAccountMade},
    programme::Terms,
    record::{Cause, Hash},
    registry::{Approval, Role},
    settlement::{PaymentState, WaitingPayee},
    voucher::Kid,
};

pub use parts::{Fund, Minted, PaymentPrepared, Redeemed};
pub use placed::Event;

/// The kinds of event, with what each one says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Body {
    FunderAdded {
        funder: FunderId,
    },
    IssuerAdded {
        issuer: IssuerId,
    },
    IssuerSuspended {
        issuer: IssuerId,
        suspended: bool,
    },
    OrganisationAdded {
        organisation: OrganisationId,
    },
    OrganisationApproval {
        organisation: OrganisationId,
        approval: Approval,
    },
    VenueAdded {
        venue: VenueId,
        organisation: OrganisationId,
        territory: String,
    },
    VenueOpened {
        venue: VenueId,
        active: bool,
    },
    VenueChanged {
        venue: VenueId,
        fields: Vec<String>,
    },
    VenueAdmitted {
        venue: VenueId,
    },
    FunderChanged {
        funder: FunderId,
        fields: Vec<String>,
    },
    IssuerChanged {
        issuer: IssuerId,
        fields: Vec<String>,
    },
    OrganisationChanged {
        organisation: OrganisationId,
        fields: Vec<String>,
    },
    UserChanged {
        user: UserId,
        fields: Vec<String>,
    },
    DailyLimitRaised {
        user: UserId,
        day: Day,
        limit: u32,
    },
    ProgrammeAmended {
        terms: Box<Terms>,
        /// The one that they are of: another price or other shares open the next.
        version: i32,
    },
    UserAdded {
        user: UserId,
        role: Role,
    },
    UserRevoked {
        user: UserId,
    },
    /// Of the actor; its number is the event's.
    ApiKeyAdded {
        role: Role,
        expires_at: Instant,
    },
    ApiKeyRevoked {
        api_key: Seq,
    },
    /// Its number is the event's.
    DeviceAdded {
        organisation: OrganisationId,
        venues: Vec<VenueId>,
    },
    /// It got another token to enrol with.
    DeviceInvited {
        device: DeviceId,
    },
    DeviceEnrolled {
        device: DeviceId,
        public: PublicKey,
    },
    DeviceChanged {
        device: DeviceId,
        fields: Vec<String>,
        /// Those that it serves from now on, if they are others.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        venues: Option<Vec<VenueId>>,
    },
    DeviceRevoked {
        device: DeviceId,
    },
    ProgrammeAdded {
        terms: Box<Terms>,
    },
    ProgrammeClosed,
    Funded {
        funder: FunderId,
        amount: Cents,
        by: Fund,
    },
    Withdrawn {
        funder: FunderId,
        amount: Cents,
        by: Fund,
    },
    Allocated {
        issuer: IssuerId,
        workshops: i64,
    },
    /// Issued on the spot: its money is committed at once.
    VoucherIssued {
        minted: Minted,
        numbers: Vec<i64>,
    },
    /// Many vouchers: allocation, money and workshop numbers of all of them are taken at once.
    BatchOpened(BatchOpened),
    /// Some of a batch's vouchers; nothing is left to be refused.
    BatchMinted(BatchMinted),
    /// Printed ahead.
    VoucherStocked {
        minted: Minted,
    },
    VoucherActivated {
        numbers: Vec<i64>,
        first_day: Day,
        last_day: Day,
    },
    VoucherSuspended,
    VoucherReinstated,
    VoucherCancelled,
    /// The old voucher's free numbers pass to a new one.
    VoucherReplaced {
        successor: VoucherId,
        minted: Minted,
    },
    VoucherExpired,
    /// The late limit has passed: free money returns to the budget.
    VoucherReleased,
    KeyAdded {
        kid: Kid,
        public: PublicKey,
        purpose: Purpose,
    },
    KeyActivated {
        kid: Kid,
        first_day: Day,
        /// Why it did not wait for its 7 days.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        early: Option<Early>,
    },
    KeyRetired {
        kid: Kid,
        last_day: Day,
        verifies_until: Day,
    },
    KeyCompromised {
        kid: Kid,
    },
    /// A key set for scanners; its text stands in a side table.
    KeySetPublished {
        sequence: u64,
        root: PublicKey,
        /// SHA-256 of the text, in hexadecimal.
        digest: String,
        expires_at: Instant,
    },
    Redeemed(Redeemed),
    /// A record of the event's device that waits until somebody has looked at it.
    RecordQuarantined {
        sequence: u32,
        hash: Hash,
        cause: Cause,
    },
    RecordDecided {
        quarantine: Seq,
        accepted: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        redemption: Option<Seq>,
        /// The workshop took place, but the pass does not pay for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        conflict: Option<Seq>,
    },
    /// A workshop taken without network that the pass does not pay for.
    ConflictOpened(Contested),
    /// The guarantee pays it, by these numbers, or it is not paid (none).
    ConflictDecided {
        conflict: Seq,
        version: i32,
        numbers: Vec<i64>,
    },
    /// Workshops set aside for conflicts; below zero: given back.
    GuaranteeReserved {
        workshops: i64,
    },
    Reversed {
        redemption: Seq,
    },
    /// The journal goes on after a backup was restored: the numbers from `lost_from` to `lost_to`
    /// were given before, what they stood for is lost, and they are never given again. None are
    /// lost if `lost_to` is the number before `lost_from`.
    Restored {
        lost_from: Seq,
        lost_to: Seq,
    },
    /// Its number is the event's; holder and IBAN stand beside.
    BankAccountEntered {
        organisation: OrganisationId,
        /// Nothing is paid to it before.
        usable_from: Instant,
        /// The event that asked for it, where it takes the place of another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<Seq>,
    },
    /// Of the programme; its number is the event's.
    PayerAccountEntered {
        minimum: Cents,
    },
    SettlementOpened {
        number: i64,
        day: Day,
        through: Seq,
        account: PayerAccountId,
        minimum: Cents,
    },
    PaymentPrepared(Box<PaymentPrepared>),
    /// Organisations up to this one have their payment, or wait.
    SettlementFilled {
        settlement: SettlementId,
        through: OrganisationId,
        waiting: Vec<WaitingPayee>,
    },
    SettlementPrepared {
        settlement: SettlementId,
    },
    SettlementApproved {
        settlement: SettlementId,
    },
    SettlementCancelled {
        settlement: SettlementId,
    },
    SettlementExported {
        settlement: SettlementId,
        /// SHA-256 of the file, in hexadecimal.
        digest: String,
    },
    PaymentPaid {
        payment: PaymentId,
    },
    /// Its money is earned again.
    PaymentFailed {
        payment: PaymentId,
        /// Rejected, returned or cancelled.
        how: PaymentState,
        /// The bank's reason: an external code of ISO 20022.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<String>,
    },
    /// A held redemption may be paid: somebody else has looked.
    HoldReleased {
        redemption: Seq,
    },
    /// What was free, and set aside, went back to the funders.
    ProgrammeEnded,
    /// A key that signs receipts; its number is the event's.
    ReceiptKeyAdded {
        public: PublicKey,
        signs_from: Instant,
    },
    ReceiptKeyCompromised {
        key: Seq,
    },
    /// Another account, which waits for a second person; its number is the event's.
    BankAccountAsked {
        organisation: OrganisationId,
    },
    BankAccountRefused {
        organisation: OrganisationId,
        asked: Seq,
    },
    /// Somebody asks that another person looks before it is paid; without an actor, whoever has the
    /// pass says that they were not there.
    RedemptionDisputed {
        redemption: Seq,
    },
    /// Its number is the event's.
    PeriodClosed(PeriodClosed),
    /// Its text stands beside; its number is the event's.
    StatementMade(StatementMade),
    /// All statements of a closed month are made.
    PeriodStated {
        period: PeriodId,
        /// Events of later months come from this one on.
        next: Seq,
    },
    /// What stands before it in this journal came from another operator's.
    ProgrammeTakenOver(TakenOver),
    /// Its text stands beside; its number is the event's.
    YearlyAccountMade(YearlyAccountMade),
    /// An organisation holds something to be wrong; its number is the event's.
    DisputeOpened {
        organisation: OrganisationId,
        subject: Subject,
        /// Who took the decision that it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decided_by: Option<UserId>,
    },
    DisputeDecided {
        dispute: Seq,
        upheld: bool,
        /// The event that puts right what was wrong.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        correction: Option<Seq>,
    },
    /// By the organisation itself.
    DisputeWithdrawn {
        dispute: Seq,
    },
}
