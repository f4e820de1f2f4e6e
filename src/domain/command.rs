//! What is asked of the writer, and what it answers.
//! No transport: DTOs become commands in `http`, with signatures already checked.

use serde::{Deserialize, Serialize};

use super::{
    batch::BatchOpened,
    calendar::{Day, Instant},
    cents::Cents,
    device::DeviceAsk,
    dispute::DisputeAsk,
    event::Fund,
    hold::HoldCauses,
    ids::{
        DeviceId, FunderId, IssuerId, OrganisationId, ProgrammeId, RequestId, Seq, UserId, VenueId,
        VoucherId,
    },
    key_register::KeyAsk,
    period::PeriodAsk,
    programme::Terms,
    receipt::ReceiptKeyAsk,
    record::{RecordAsk, Verdict},
    refusal::{Reason, Refusal},
    registry::{Approval, Role, VenueDetails, VenueProfile},
    service::Service,
    settlement::SettleAsk,
};

/// Whose request ids these are: an id is unique within one scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Redemptions and their reversals.
    Organisation(OrganisationId),
    User(UserId),
    /// The command line and the service's own runs.
    System,
}

impl Scope {
    /// The scope as the database keeps it.
    #[must_use]
    pub fn key(self) -> String {
        match self {
            Self::Organisation(id) => format!("o{id}"),
            Self::User(id) => format!("u{id}"),
            Self::System => "s".to_owned(),
        }
    }
}

/// A request's name and the hash of what it asks, so that a repetition is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    pub scope: Scope,
    pub id: RequestId,
    /// Keyed hash of the content, as `docs/algorithms/redeem.md` defines it.
    pub hash: [u8; 32],
}

/// A command with who asks, and when.
#[derive(Clone, Debug)]
pub struct Command {
    pub request: Request,
    pub actor: Option<UserId>,
    pub device: Option<DeviceId>,
    pub now: Instant,
    pub ask: Ask,
}

/// A voucher as it was shown: the checks that need no database are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The signature is good over these bytes.
    Signed { voucher: VoucherId, payload: [u8; 20] },
    /// Found by manual code, reference or id.
    Known(VoucherId),
    /// It could not be read or verified.
    Refused(Reason),
}

/// What was delivered.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes: Option<u16>,
}

/// Signed bytes and identifiers of a voucher that is to be issued, made before the decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    pub id: VoucherId,
    /// First four bytes of the signing key's thumbprint.
    pub kid: [u8; 4],
    /// Keyed tag of the manual code.
    pub code_tag: [u8; 16],
    pub reference: String,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Ask {
    AddFunder {
        name: String,
    },
    AddIssuer {
        name: String,
    },
    SuspendIssuer {
        issuer: IssuerId,
        suspended: bool,
    },
    AddOrganisation {
        name: String,
        siret: Option<String>,
        approval: Approval,
    },
    ApproveOrganisation {
        organisation: OrganisationId,
        approval: Approval,
    },
    AddVenue {
        organisation: OrganisationId,
        profile: VenueProfile,
        details: Option<VenueDetails>,
    },
    ChangeVenue {
        venue: VenueId,
        profile: VenueProfile,
        /// `None` leaves them as they are.
        details: Option<VenueDetails>,
    },
    OpenVenue {
        venue: VenueId,
        active: bool,
    },
    AddUser {
        email: String,
        name: String,
        role: Role,
        password_hash: String,
    },
    RevokeUser {
        user: UserId,
    },
    /// For the actor.
    AddApiKey {
        name: String,
        role: Role,
        hash: [u8; 32],
        expires_at: Instant,
    },
    RevokeApiKey {
        api_key: Seq,
    },
    Change(Change),
    AddProgramme {
        name: String,
        terms: Box<Terms>,
    },
    CloseProgramme {
        programme: ProgrammeId,
    },
    AdmitVenue {
        programme: ProgrammeId,
        venue: VenueId,
    },
    Fund {
        programme: ProgrammeId,
        funder: FunderId,
        amount: Cents,
        by: Fund,
    },
    Withdraw {
        programme: ProgrammeId,
        funder: FunderId,
        amount: Cents,
        by: Fund,
    },
    Allocate {
        programme: ProgrammeId,
        issuer: IssuerId,
        workshops: i64,
    },
    Issue {
        programme: ProgrammeId,
        issuer: IssuerId,
        workshops: u8,
        stock: bool,
        draft: Draft,
    },
    OpenBatch {
        programme: ProgrammeId,
        opened: BatchOpened,
    },
    /// The next vouchers of a batch, from its voucher `first` on.
    MintChunk {
        batch: Seq,
        first: u32,
        drafts: Vec<Draft>,
    },
    Activate {
        voucher: VoucherId,
        issuer: IssuerId,
    },
    Suspend {
        voucher: VoucherId,
    },
    Reinstate {
        voucher: VoucherId,
    },
    Cancel {
        voucher: VoucherId,
    },
    Replace {
        voucher: VoucherId,
        draft: Draft,
    },
    Redeem(Redeem),
    /// A workshop taken without network, as a device recorded it.
    Record(Box<RecordAsk>),
    /// What becomes of a record in quarantine: the number of the event that put it there.
    DecideRecord {
        quarantine: Seq,
        accepted: bool,
        note: String,
    },
    /// Whether the guarantee pays a conflict: the number of the event that opened it.
    DecideConflict {
        conflict: Seq,
        paid: bool,
        note: String,
    },
    /// Sets workshops aside for conflicts, or gives some back (below zero).
    ReserveGuarantee {
        programme: ProgrammeId,
        workshops: i64,
    },
    Reverse(Reverse),
    Key(KeyAsk),
    Device(DeviceAsk),
    /// Ends the time in which a restored database takes no changes.
    AcknowledgeRestore {
        /// The highest number that any event is known to have had.
        last_seq: Seq,
    },
    /// One voucher of an expiry run; `VoucherStateConflict` if there is nothing to do.
    Expire {
        voucher: VoucherId,
    },
    Settle(SettleAsk),
    /// Holds a redemption that no payment has yet, until somebody else has looked.
    Dispute {
        redemption: Seq,
        note: String,
    },
    /// Whether a held redemption may be paid, or is undone.
    DecideHold {
        redemption: Seq,
        released: bool,
        note: String,
    },
    /// Gives what is left of a programme back to its funders.
    EndProgramme {
        programme: ProgrammeId,
    },
    ReceiptKey(ReceiptKeyAsk),
    Period(PeriodAsk),
    /// Whoever has the pass says that they were not there: held, as by `Dispute`, but once only.
    NotThere {
        voucher: VoucherId,
        redemption: Seq,
    },
    /// What an organisation holds to be wrong.
    OrganisationDispute(DisputeAsk),
}

/// What becomes of something that is there: all of its fields, changed or not.
#[derive(Clone, Debug)]
pub enum Change {
    Funder {
        funder: FunderId,
        name: String,
    },
    Issuer {
        issuer: IssuerId,
        name: String,
    },
    Organisation {
        organisation: OrganisationId,
        name: String,
        siret: Option<String>,
    },
    /// `None` leaves the password as it is.
    User {
        user: UserId,
        name: String,
        password_hash: Option<String>,
    },
    /// That this person's log-ins ask for a second factor, or no more.
    SecondFactor {
        user: UserId,
        on: bool,
    },
    /// How many vouchers this person may issue on this day, if that is more than usual.
    DailyLimit {
        user: UserId,
        day: Day,
        limit: u32,
    },
    Programme {
        programme: ProgrammeId,
        name: String,
        terms: Box<Terms>,
    },
}

#[derive(Clone, Debug)]
pub struct Redeem {
    pub organisation: OrganisationId,
    pub venue: VenueId,
    pub shown: Shown,
    pub workshops: u8,
    pub delivery: Delivery,
    /// When the workshop took place.
    pub occurred_at: Instant,
    /// The same verdict, nothing written.
    pub dry_run: bool,
}

#[derive(Clone, Debug)]
pub struct Reverse {
    /// The redemption: the seq of its event.
    pub redemption: Seq,
    /// Who undoes: `None` is the operator.
    pub organisation: Option<OrganisationId>,
    /// Not bound by the programme's window.
    pub supervisor: bool,
}

/// What an accepted command led to: ids and figures, so that it is told again in the same words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum Outcome {
    /// Something was added; its number.
    Added {
        seq: Seq,
        id: i64,
    },
    /// Something changed.
    Done {
        seq: Seq,
    },
    Issued {
        seq: Seq,
        voucher: VoucherId,
    },
    Redeemed(Redemption),
    Reversed {
        seq: Seq,
        redemption: Seq,
        left: u8,
    },
    Recorded(Verdict),
    Refused(Refusal),
}

/// An accepted redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    /// Zero for a dry run.
    pub seq: Seq,
    pub voucher: VoucherId,
    pub venue: VenueId,
    pub workshops: u8,
    pub left: u8,
    /// Of the voucher, tolerance included.
    pub last_day: Day,
    /// What the venue earned.
    pub earned_cents: Cents,
    pub occurred_at: Instant,
    /// Why somebody looks before it is paid.
    #[serde(default, skip_serializing_if = "HoldCauses::is_empty")]
    pub held: HoldCauses,
}

/// An outcome, and whether it was given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    pub replayed: bool,
    /// The redemption told of has been reversed since.
    pub reversed: bool,
    /// Of a redemption that was just made: its link of the journal's chain.
    pub head: Option<[u8; 32]>,
}
