//! What a batch of commands touches, loaded before it is decided, and the changes it makes.
//! No rules: `decide/` asks, `apply/` folds events into it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    batch::Batch,
    calendar::Day,
    cents::Cents,
    command::{Draft, Outcome, Request, Scope},
    conflict::{Conflict, Exposure, Guaranteed, Ruling},
    device::Device,
    dispute::{DisputeRuling, DisputeWords, Disputes},
    event::{Event, Redeemed},
    hold::{HoldReason, HoldRuling, Signals},
    ids::{
        DeviceId, FunderId, IssuerId, OrganisationId, PaymentId, PeriodId, ProgrammeId, RequestId,
        Seq, SettlementId, StatementId, UserId, VenueId, VoucherId, YearlyAccountId,
    },
    key_register::{KeySetText, Published, Registered},
    ledger::{Account, AccountKey, Posting},
    life::Voucher,
    period::Periods,
    programme::Programme,
    receipt::ReceiptKey,
    record::{Arrived, Chain, Settled, Waiting},
    registry::{ApiKey, Funder, Issuer, Organisation, User, Venue, VenueDetails},
    scan::{FailedScans, RefusedScan},
    settlement::{Books, PaidOrder, WaitingPayee},
    usage::{Cell, Figures},
    voucher::Kid,
};

/// The end of the journal, and the last number given in each register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    pub seq: i64,
    pub hash: [u8; 32],
    pub account: i64,
    pub funder: i64,
    pub issuer: i64,
    pub organisation: i64,
    pub venue: i64,
    pub user: i64,
    pub programme: i64,
    pub voucher: i64,
}

/// Workshops that an issuer may hand out of a programme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    pub granted: i64,
    pub taken: i64,
}

/// An answer given before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    pub hash: [u8; 32],
    pub outcome: Outcome,
}

/// A redemption as a reversal needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedemptionRecord {
    pub seq: Seq,
    pub voucher: VoucherId,
    pub programme: ProgrammeId,
    pub redeemed: Redeemed,
    /// The business day of its event.
    pub day: Day,
    pub recorded_at: super::calendar::Instant,
    pub occurred_at: super::calendar::Instant,
    pub actor: Option<UserId>,
    pub reversed_by: Option<Seq>,
}

/// A text that only one thing may have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Unique {
    Voucher(VoucherId),
    Reference(String),
    CodeTag([u8; 16]),
    Email(String),
    VenueSource(OrganisationId, String),
}

/// The part of the state that a batch touches.
#[derive(Clone, Debug, Default)]
pub struct World {
    pub head: Head,
    /// Restored from a backup, and not acknowledged yet: nothing may change.
    pub read_only: bool,
    pub funders: HashMap<FunderId, Funder>,
    pub issuers: HashMap<IssuerId, Issuer>,
    pub organisations: HashMap<OrganisationId, Organisation>,
    pub venues: HashMap<VenueId, Venue>,
    pub users: HashMap<UserId, User>,
    pub devices: HashMap<DeviceId, Device>,
    pub programmes: HashMap<ProgrammeId, Programme>,
    pub admitted: HashSet<(ProgrammeId, VenueId)>,
    pub allocations: HashMap<(ProgrammeId, IssuerId), Allocation>,
    pub vouchers: HashMap<VoucherId, Voucher>,
    pub batches: HashMap<Seq, Batch>,
    pub api_keys: HashMap<Seq, ApiKey>,
    pub accounts: HashMap<AccountKey, Account>,
    pub redemptions: HashMap<Seq, RedemptionRecord>,
    pub requests: HashMap<(Scope, RequestId), Remembered>,
    /// Of the devices whose records a batch brings: the neighbours of each.
    pub records: Chain,
    /// Records to be decided about, by the event that put them in quarantine.
    pub quarantined: HashMap<Seq, Waiting>,
    /// Conflicts to be decided about, by the event that opened them.
    pub conflicts: HashMap<Seq, Conflict>,
    /// What guarantees have paid of the devices and months that the batch decides about.
    pub guaranteed: HashMap<Exposure, Guaranteed>,
    pub taken: HashSet<Unique>,
    /// Vouchers that a person issued on a day.
    pub issued: HashMap<(UserId, Day), u32>,
    /// All voucher keys, or none if the batch needs no key.
    pub keys: BTreeMap<Kid, Registered>,
    /// Of the keys that the batch retires: the last valid day of the vouchers they signed.
    pub last_expiry: BTreeMap<Kid, Day>,
    /// Key sets by sequence; of a batch the last one only.
    pub key_sets: BTreeMap<u64, Published>,
    pub books: Books,
    /// What a batch's redemptions are looked at for.
    pub signals: Signals,
    /// Of programmes that are to end: conflicts and records that nobody has decided about.
    pub undecided: HashMap<ProgrammeId, i64>,
    /// All receipt keys, or none if the batch asks nothing about keys.
    pub receipt_keys: BTreeMap<Seq, ReceiptKey>,
    pub periods: Periods,
    pub disputes: Disputes,
}

/// Good signatures over what was never issued, counted where and when they were shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alarm {
    pub kid: Kid,
    pub venue: VenueId,
    /// Hours since 1970-01-01T00:00:00Z.
    pub hour: i64,
}

/// An event with the lines it wrote and its link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub event: Event,
    pub postings: Vec<Posting>,
    /// The event before of the same voucher.
    pub previous: Option<Seq>,
    pub hash: [u8; 32],
}

/// What a batch changes: written in one transaction, in this order.
#[derive(Clone, Debug, Default)]
pub struct Effects {
    pub events: Vec<Recorded>,
    pub requests: Vec<(Request, Outcome)>,
    /// Of these, what was remembered before: it goes first.
    pub requests_forgotten: Vec<Request>,
    pub drafts: BTreeMap<VoucherId, Draft>,
    pub key_sets: Vec<KeySetText>,
    /// Counters, not events: added to those of the hour.
    pub alarms: BTreeMap<Alarm, i64>,
    pub refused_scans: Vec<RefusedScan>,
    pub records: Vec<Arrived>,
    pub settled: Vec<Settled>,
    pub rulings: Vec<Ruling>,
    pub failed_scans: BTreeMap<FailedScans, i64>,
    pub created: Created,
    pub venue_details: BTreeMap<VenueId, VenueDetails>,
    pub changed: Changed,
    pub workshops_taken: BTreeMap<(ProgrammeId, i32, i64), Seq>,
    pub workshops_freed: BTreeSet<(ProgrammeId, i32, i64)>,
    pub usage: BTreeMap<Cell, Figures>,
    /// The last event of each business day of a programme.
    pub day_ends: BTreeMap<(ProgrammeId, Day), Seq>,
    pub waiting: Vec<(SettlementId, WaitingPayee)>,
    /// Texts of payment files: one for each exported run.
    pub payment_files: BTreeMap<SettlementId, String>,
    pub hold_rulings: Vec<HoldRuling>,
    /// What accountants say of the orders that they have paid.
    pub paid_orders: BTreeMap<PaymentId, PaidOrder>,
    pub hold_reasons: Vec<HoldReason>,
    /// Texts of statements that were made.
    pub statements: BTreeMap<StatementId, String>,
    /// Texts of yearly accounts that were made.
    pub yearly_accounts: BTreeMap<YearlyAccountId, String>,
    pub dispute_words: Vec<DisputeWords>,
    pub dispute_rulings: Vec<DisputeRuling>,
}

impl Effects {
    /// Whether there is nothing to commit.
    #[must_use]
    pub fn writes_nothing(&self) -> bool {
        self.events.is_empty()
            && self.requests.is_empty()
            && self.alarms.is_empty()
            && self.failed_scans.is_empty()
            && self.records.is_empty()
    }
}

/// Rows that did not exist before the batch.
#[derive(Clone, Debug, Default)]
pub struct Created {
    pub funders: BTreeSet<FunderId>,
    pub issuers: BTreeSet<IssuerId>,
    pub organisations: BTreeSet<OrganisationId>,
    pub venues: BTreeSet<VenueId>,
    pub users: BTreeSet<UserId>,
    pub programmes: BTreeSet<ProgrammeId>,
    pub admitted: BTreeSet<(ProgrammeId, VenueId)>,
    pub vouchers: BTreeSet<VoucherId>,
    pub accounts: BTreeSet<AccountKey>,
    pub redemptions: BTreeSet<Seq>,
    pub conflicts: BTreeSet<Seq>,
    pub holds: BTreeSet<Seq>,
}

/// Rows that the batch wrote to, new ones among them.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    pub funders: BTreeSet<FunderId>,
    pub issuers: BTreeSet<IssuerId>,
    pub organisations: BTreeSet<OrganisationId>,
    pub venues: BTreeSet<VenueId>,
    pub users: BTreeSet<UserId>,
    pub programmes: BTreeSet<ProgrammeId>,
    pub allocations: BTreeSet<(ProgrammeId, IssuerId)>,
    pub vouchers: BTreeSet<VoucherId>,
    pub batches: BTreeSet<Seq>,
    pub api_keys: BTreeSet<Seq>,
    pub devices: BTreeSet<DeviceId>,
    pub accounts: BTreeSet<AccountKey>,
    pub keys: BTreeSet<Kid>,
    /// Those that were decided about.
    pub conflicts: BTreeSet<Seq>,
    pub settlements: BTreeSet<SettlementId>,
    pub payments: BTreeSet<PaymentId>,
    /// Whose account was entered.
    pub bank_accounts: BTreeSet<OrganisationId>,
    pub payer_accounts: BTreeSet<ProgrammeId>,
    pub holds: BTreeSet<Seq>,
    pub receipt_keys: BTreeSet<Seq>,
    pub asked_accounts: BTreeSet<Seq>,
    pub periods: BTreeSet<PeriodId>,
    pub disputes: BTreeSet<Seq>,
}

impl World {
    /// The balance of an account; zero before its first posting.
    #[must_use]
    pub fn balance(&self, key: &AccountKey) -> Cents {
        self.accounts.get(key).map_or(Cents::ZERO, Account::balance)
    }
}
