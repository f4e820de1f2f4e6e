//! What people see of things: plain rows for lists and single reads, and the filter they ask with.
//! No queries and no transport: `store/lists` answers, `http` and `pages` show.

mod disputes;
mod holds;
mod offline;

use serde::Serialize;

use super::{
    access::Tenant,
    calendar::{Day, Instant},
    cents::Cents,
    command::Delivery,
    ids::{
        AccountId, DeviceId, FunderId, IssuerId, OrganisationId, PaymentId, ProgrammeId, Seq,
        SettlementId, UserId, VenueId, VoucherId,
    },
    ledger::Stage,
    life::State,
    own_reference::OwnReference,
    period::Month,
    programme::Terms,
    registry::{Approval, Role, VenueProfile},
    settlement::PaymentState,
    voucher::Reference,
};

pub use super::{
    period::view::{PeriodView, StatementView, YearlyAccountView},
    settlement::view::{PaymentView, SettlementView},
};
pub use disputes::DisputeView;
pub use holds::{HeldView, HoldView};
pub use offline::{
    Calling, ConflictView, CounterpartView, DeviceView, ExposureView, QuarantinedView,
};

/// What is said to end soon ends within so many days.
pub const ENDING_WITHIN_DAYS: i32 = 30;

/// Which vouchers: those of a state, or those that somebody should look after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    State(State),
    /// Active, and the last day that paper prints is not more than 30 days away.
    Ending,
    /// Active, and no workshop was ever taken.
    Unused,
    /// Past its last day, and its money is still committed.
    Overdue,
    /// Ended, and its money has not gone back though no late record can arrive any more.
    Unreleased,
}

impl Selection {
    pub const ALL: [Self; 9] = [
        Self::State(State::Active),
        Self::Ending,
        Self::Unused,
        Self::State(State::Stock),
        Self::State(State::Suspended),
        Self::State(State::Exhausted),
        Self::State(State::Expired),
        Self::State(State::Cancelled),
        Self::State(State::Replaced),
    ];

    /// What the expiry run should have seen to: only a check of the books asks for it.
    pub const LATE: [Self; 2] = [Self::Overdue, Self::Unreleased];

    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::State(state) => state.code(),
            Self::Ending => "ending",
            Self::Unused => "unused",
            Self::Overdue => "overdue",
            Self::Unreleased => "unreleased",
        }
    }

    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().chain(Self::LATE).find(|selection| selection.code() == code)
    }
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
    /// What this device serves, and did.
    pub device: Option<DeviceId>,
    pub voucher: Option<VoucherId>,
    /// One of these.
    pub vouchers: Option<Vec<VoucherId>>,
    pub batch: Option<Seq>,
    pub settlement: Option<SettlementId>,
    pub payment: Option<PaymentId>,
    /// Statements of this funder.
    pub funder: Option<FunderId>,
    /// Statements of this month.
    pub month: Option<Month>,
    pub reference: Option<Reference>,
    pub selection: Option<Selection>,
    /// Those alone that wait for a decision.
    pub waiting: bool,
    /// Payments in this state.
    pub payment_state: Option<PaymentState>,
    /// Failed payments alone that no later one has taken up.
    pub failed: bool,
    /// Accounts of this stage.
    pub stage: Option<Stage>,
    /// What its issuer calls the voucher; for issuers alone.
    pub own_reference: Option<OwnReference>,
    /// A part of the name, in any case.
    pub search: Option<String>,
    /// Rows after this one in the order of the list: the last row's `cursor`.
    pub after: Option<i64>,
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
            device: None,
            voucher: None,
            vouchers: None,
            batch: None,
            settlement: None,
            payment: None,
            funder: None,
            month: None,
            reference: None,
            selection: None,
            waiting: false,
            payment_state: None,
            failed: false,
            stage: None,
            own_reference: None,
            search: None,
            after: None,
            limit: 50,
        }
    }

    #[must_use]
    pub const fn one(within: Tenant, id: i64) -> Self {
        let mut filter = Self::of(within);
        (filter.id, filter.limit) = (Some(id), 1);
        filter
    }
}

/// The place of a row in its list.
pub trait Row: Serialize {
    fn cursor(&self) -> i64;
}

macro_rules! rows {
    ($($(#[$of:meta])* $name:ident by $cursor:ident {
        $($(#[$meta:meta])* $field:ident: $type:ty,)+
    })+) => {$(
        $(#[$of])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
        pub struct $name { $($(#[$meta])* pub $field: $type),+ }

        impl $crate::domain::view::Row for $name {
            fn cursor(&self) -> i64 {
                self.$cursor.0
            }
        }
    )+};
}
use rows;

rows! {
    FunderView by id { id: FunderId, name: String, }
    IssuerView by id { id: IssuerId, name: String, suspended: bool, }
    ProgrammeView by id {
        id: ProgrammeId,
        name: String,
        version: i32,
        /// Nothing more is issued.
        closed: bool,
        /// Workshops that are set aside for conflicts.
        guarantee_left: i64,
        /// The day on which what was left went back to the funders.
        ended: Option<Day>,
        terms: Terms,
    }
    /// Workshops of a programme that an issuer may hand out.
    AllocationView by issuer {
        programme: ProgrammeId,
        issuer: IssuerId,
        granted: i64,
        taken: i64,
    }
    OrganisationView by id {
        id: OrganisationId,
        name: String,
        siret: Option<String>,
        approval: Approval,
    }
    VenueView by id {
        id: VenueId,
        organisation: OrganisationId,
        active: bool,
        profile: VenueProfile,
    }
    UserView by id {
        id: UserId,
        email: String,
        name: String,
        role: Role,
        revoked: bool,
    }
    /// The newest first.
    VoucherView by number {
        id: VoucherId,
        /// Its place in the register.
        number: Seq,
        batch: Option<Seq>,
        reference: String,
        programme: ProgrammeId,
        issuer: IssuerId,
        agent: Option<UserId>,
        state: State,
        /// At issue.
        workshops: u8,
        left: u8,
        first_day: Day,
        /// As paper prints it.
        last_day: Day,
        /// Until when venues accept it: the programme's tolerance included.
        accepted_until: Day,
        predecessor: Option<VoucherId>,
        successor: Option<VoucherId>,
        /// What its issuer calls it, as the number of a file; nobody else sees it.
        #[serde(skip_serializing_if = "Option::is_none")]
        own_reference: Option<String>,
    }
    /// The newest first.
    ApiKeyView by id {
        id: Seq,
        /// In whose name it acts.
        user: UserId,
        name: String,
        role: Role,
        expires_at: Instant,
        /// To the minute.
        last_used_at: Option<Instant>,
        revoked: bool,
    }
    /// The newest first.
    BatchView by id {
        id: Seq,
        programme: ProgrammeId,
        issuer: IssuerId,
        agent: Option<UserId>,
        /// Of each voucher.
        workshops: u8,
        /// Vouchers in all.
        count: u32,
        /// Vouchers that are there already.
        minted: u32,
        stock: bool,
    }
    /// The newest first.
    RedemptionView by seq {
        seq: Seq,
        voucher: VoucherId,
        programme: ProgrammeId,
        venue: VenueId,
        organisation: OrganisationId,
        issuer: IssuerId,
        territory: String,
        workshops: u8,
        delivery: Delivery,
        /// What the venue earned; for a funder its own share.
        earned_cents: Cents,
        #[schema(example = "EUR")]
        currency: &'static str,
        occurred_at: Instant,
        recorded_at: Instant,
        actor: Option<UserId>,
        device: Option<DeviceId>,
        reversed_by: Option<Seq>,
        /// A device without network took the same workshops of the pass: a conflict names it.
        contested: bool,
        /// It is paid only after a second person has looked, or was.
        #[serde(skip_serializing_if = "Option::is_none")]
        held: Option<HeldView>,
    }
    /// The newest first.
    EventView by seq {
        seq: Seq,
        kind: String,
        occurred_at: Instant,
        recorded_at: Instant,
        /// The business day.
        day: Day,
        actor: Option<UserId>,
        programme: Option<ProgrammeId>,
        voucher: Option<VoucherId>,
        /// What the event says, by its kind.
        body: serde_json::Value,
        /// Of the chain, in hexadecimal.
        hash: String,
    }
    /// The newest first.
    PostingView by cursor {
        /// Its place in the list.
        #[serde(skip)]
        cursor: PostingCursor,
        event: Seq,
        line: i64,
        account: AccountId,
        programme: ProgrammeId,
        version: i32,
        funder: FunderId,
        stage: Stage,
        organisation: Option<OrganisationId>,
        /// A credit above zero, a debit below.
        amount_cents: Cents,
        debit_after_cents: Cents,
        credit_after_cents: Cents,
    }
    AccountView by account {
        account: AccountId,
        programme: ProgrammeId,
        version: i32,
        funder: FunderId,
        stage: Stage,
        organisation: Option<OrganisationId>,
        debit_cents: Cents,
        credit_cents: Cents,
        /// Credit less debit; for `funding`, the contra account, below zero.
        balance_cents: Cents,
    }
}

/// An event's number and a line's, as one number that orders postings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostingCursor(pub i64);

impl PostingCursor {
    /// Lines of an event are far fewer.
    const LINES: i64 = 4_096;

    #[must_use]
    pub const fn new(event: i64, line: i64) -> Self {
        Self(event * Self::LINES + line)
    }

    /// The event and the line.
    #[must_use]
    pub const fn parts(self) -> (i64, i64) {
        (self.0.div_euclid(Self::LINES), self.0.rem_euclid(Self::LINES))
    }
}

/// A database that was restored from a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Restoration {
    pub restored_at: Instant,
    /// The last event that the backup holds.
    pub seq: Seq,
    /// Until then nothing changes.
    pub acknowledged_at: Option<Instant>,
}

/// A refresh token as it is kept: hashed, in a family that one log-in began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    pub hash: [u8; 32],
    pub family: uuid::Uuid,
    pub user: UserId,
    pub expires_at: Instant,
}

/// A log-in to the pages, as it is kept: the hash of its cookie, never the cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserSession {
    pub hash: [u8; 32],
    pub user: UserId,
    pub begun_at: Instant,
    /// To some minutes.
    pub seen_at: Instant,
    pub expires_at: Instant,
    /// What the browser calls itself.
    pub browser: String,
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
