//! What the transports need of the service: plain rows, one filter, one trait.
//! No transport types, and no queries: `Service` answers it from the store.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::{
    access::Tenant,
    calendar::{Day, Instant},
    cents::Cents,
    command::{Answer, Command, Delivery, Draft, Redeem, Shown},
    ids::{
        FunderId, IssuerId, OrganisationId, ProgrammeId, RequestId, Seq, UserId, VenueId, VoucherId,
    },
    life::State,
    programme::Terms,
    registry::{Approval, Role, User, VenueProfile},
};

/// Why there was no answer. It is logged where it arises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the queue is full; try again in {retry_after_seconds} s")]
    Busy { retry_after_seconds: u32 },
    #[error("the database does not answer")]
    Unavailable,
    #[error("a fault of the service")]
    Internal,
}

/// Which rows: every field that is set narrows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Rows of another tenant are not there.
    pub within: Tenant,
    /// This row alone: a `Seq` for redemptions and events.
    pub id: Option<i64>,
    pub programme: Option<ProgrammeId>,
    pub issuer: Option<IssuerId>,
    pub organisation: Option<OrganisationId>,
    pub venue: Option<VenueId>,
    pub voucher: Option<VoucherId>,
    pub reference: Option<String>,
    /// Rows after this one in the order of the list: the last row's `cursor`.
    pub after: i64,
    pub limit: u32,
}

impl Filter {
    #[must_use]
    pub const fn of(within: Tenant) -> Self {
        Self {
            within,
            id: None,
            programme: None,
            issuer: None,
            organisation: None,
            venue: None,
            voucher: None,
            reference: None,
            after: i64::MIN,
            limit: 50,
        }
    }

    #[must_use]
    pub fn one(within: Tenant, id: i64) -> Self {
        Self { id: Some(id), limit: 1, ..Self::of(within) }
    }
}

/// The place of a row in its list.
pub trait Row: Serialize {
    fn cursor(&self) -> i64;
}

macro_rules! rows {
    ($($name:ident by $cursor:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)+ })+) => {$(
        #[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
        pub struct $name { $($(#[$meta])* pub $field: $type),+ }

        impl Row for $name {
            fn cursor(&self) -> i64 {
                self.$cursor.0
            }
        }
    )+};
}

rows! {
    FunderRow by id { id: FunderId, name: String, }
    IssuerRow by id { id: IssuerId, name: String, suspended: bool, }
    ProgrammeRow by id {
        id: ProgrammeId,
        name: String,
        version: i32,
        closed: bool,
        terms: Terms,
    }
    OrganisationRow by id {
        id: OrganisationId,
        name: String,
        siret: Option<String>,
        approval: Approval,
    }
    VenueRow by id {
        id: VenueId,
        organisation: OrganisationId,
        active: bool,
        profile: VenueProfile,
    }
    UserRow by id {
        id: UserId,
        email: String,
        name: String,
        role: Role,
        revoked: bool,
    }
    VoucherRow by id {
        id: VoucherId,
        reference: Option<String>,
        programme: ProgrammeId,
        issuer: IssuerId,
        state: State,
        /// At issue.
        workshops: u8,
        left: u8,
        first_day: Day,
        /// With the programme's tolerance.
        last_day: Day,
        predecessor: Option<VoucherId>,
        successor: Option<VoucherId>,
    }
    RedemptionRow by seq {
        seq: Seq,
        voucher: VoucherId,
        programme: ProgrammeId,
        venue: VenueId,
        organisation: OrganisationId,
        workshops: u8,
        delivery: Delivery,
        earned_cents: Cents,
        occurred_at: Instant,
        recorded_at: Instant,
        reversed_by: Option<Seq>,
    }
    EventRow by seq {
        seq: Seq,
        kind: String,
        occurred_at: Instant,
        recorded_at: Instant,
        actor: Option<UserId>,
        programme: Option<ProgrammeId>,
        voucher: Option<VoucherId>,
        /// What the event says, by its kind.
        body: serde_json::Value,
        /// Of the chain, in hexadecimal.
        hash: String,
    }
}

/// By what a usage report is broken down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum By {
    #[default]
    None,
    Programme,
    Month,
    Territory,
    Issuer,
    Venue,
    Service,
    Funder,
}

/// What a usage report counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageAsk {
    pub within: Tenant,
    pub by: By,
    pub from: Option<Day>,
    pub to: Option<Day>,
    pub programme: Option<ProgrammeId>,
    pub venue: Option<VenueId>,
    pub issuer: Option<IssuerId>,
    pub funder: Option<FunderId>,
}

/// One line of a usage report: the key of the breakdown, and the figures by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UsageRow {
    pub key: String,
    pub figures: std::collections::BTreeMap<String, i64>,
}

/// A line of the trial balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BalanceRow {
    pub programme: ProgrammeId,
    pub funder: FunderId,
    pub stage: String,
    pub organisation: Option<OrganisationId>,
    pub debit_cents: Cents,
    pub credit_cents: Cents,
}

/// What paper shows of a voucher: bearer value, never logged.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct VoucherPaper {
    /// The text of the QR: a URL.
    pub qr_text: String,
    pub reference: String,
    pub manual_code: String,
}

/// A refresh token as it is kept: hashed, in a family that one log-in began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    pub hash: [u8; 32],
    pub family: Uuid,
    pub user: UserId,
    pub expires_at: Instant,
}

/// What taking a refresh token gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// Known and unused until now; it is used from now on.
    Fresh(Refresh),
    /// Used before, or of an ended family: somebody has a copy.
    Reused(Refresh),
    Unknown,
}

/// The service as the transports see it. Every method may block; a `Fault` is already logged.
#[expect(clippy::missing_errors_doc, reason = "each fails with a Fault alone")]
pub trait Port: Send + Sync {
    fn now(&self) -> Instant;
    fn new_request_id(&self) -> RequestId;
    fn random(&self) -> Result<[u8; 32], Fault>;

    /// Answers once the outcome is durable.
    fn ask(&self, command: Command) -> Result<Answer, Fault>;
    /// Keyed.
    fn request_hash(&self, content: &[u8]) -> [u8; 32];
    /// Keyed; the same for one content by every route.
    fn redemption_hash(&self, redeem: &Redeem) -> [u8; 32];

    /// A scanned text or a typed code, verified.
    fn read_code(&self, text: &str) -> Result<Shown, Fault>;
    fn draft(&self) -> Result<Draft, Fault>;
    /// `None` for a voucher that is unknown or may not be printed.
    fn voucher_text(&self, voucher: VoucherId) -> Result<Option<VoucherPaper>, Fault>;
    /// As `voucher_text`.
    fn qr_svg(&self, voucher: VoucherId) -> Result<Option<String>, Fault>;

    /// By the address in lower case.
    fn user_by_email(&self, email: &str) -> Result<Option<User>, Fault>;
    fn user(&self, id: UserId) -> Result<Option<User>, Fault>;
    fn keep_refresh(&self, token: Refresh) -> Result<(), Fault>;
    /// In one transaction: two that take the same token get one `Fresh`.
    fn take_refresh(&self, hash: [u8; 32]) -> Result<Taken, Fault>;
    fn end_family(&self, family: Uuid) -> Result<(), Fault>;

    fn funders(&self, filter: &Filter) -> Result<Vec<FunderRow>, Fault>;
    fn programmes(&self, filter: &Filter) -> Result<Vec<ProgrammeRow>, Fault>;
    fn issuers(&self, filter: &Filter) -> Result<Vec<IssuerRow>, Fault>;
    fn organisations(&self, filter: &Filter) -> Result<Vec<OrganisationRow>, Fault>;
    fn venues(&self, filter: &Filter) -> Result<Vec<VenueRow>, Fault>;
    fn users(&self, filter: &Filter) -> Result<Vec<UserRow>, Fault>;
    fn vouchers(&self, filter: &Filter) -> Result<Vec<VoucherRow>, Fault>;
    fn redemptions(&self, filter: &Filter) -> Result<Vec<RedemptionRow>, Fault>;
    fn events(&self, filter: &Filter) -> Result<Vec<EventRow>, Fault>;
    fn usage(&self, ask: &UsageAsk) -> Result<Vec<UsageRow>, Fault>;
    fn trial_balance(&self, within: Tenant) -> Result<Vec<BalanceRow>, Fault>;
    /// The end of the journal.
    fn as_of(&self) -> Result<Seq, Fault>;
    /// The public voucher keys (RFC 7517).
    fn jwks(&self) -> serde_json::Value;
    /// Whether the database answers.
    fn ready(&self) -> Result<(), Fault>;
}
