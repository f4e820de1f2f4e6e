//! One programme with all that its history names: which rows go over to another operator.
//! No file formats: `app/continuity` packs the rows, `domain/continuity` says which events go.

mod copy;
mod named;
mod replay;
mod take_over;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    backup::CopyError,
    connection::{Conn, on_either},
    load::Failure,
    schema::event,
};
use crate::domain::{
    calendar::Instant,
    ids::{FunderId, OrganisationId, ProgrammeId, Seq},
    ledger::Stage,
    world::Head,
};

pub use copy::ProgrammeCopy;

/// What hands over the lines of a table of an archive, one by one.
pub type Lines<'a> = dyn FnMut(&str, Take<'_>) -> Result<(), CopyError> + 'a;
/// What takes them.
pub type Take<'a> = &'a mut dyn FnMut(&str) -> Result<(), CopyError>;

/// Every table that goes over, with what orders its rows and which they are: `{p}` is the
/// programme, `{voucher}` that of an outcome, the others are lists of numbers (`named.rs`). One
/// that refers to another comes later; events come first of all, since accounts and vouchers get
/// new numbers from them.
pub const TABLES: [(&str, &[&str], &str); 38] = [
    ("event", &["seq"], ""),
    ("account", &["id"], "programme = {p}"),
    ("funder", &["id"], "id IN ({funders})"),
    ("issuer", &["id"], "id IN ({issuers})"),
    ("organisation", &["id"], "id IN ({organisations})"),
    ("venue", &["id"], "id IN ({venues})"),
    ("venue_detail", &["venue"], "venue IN ({venues})"),
    ("device", &["id"], "id IN ({devices})"),
    ("record", &["device", "sequence", "hash"], OF_VOUCHERS),
    ("programme", &["id"], "id = {p}"),
    ("conflict", &["seq"], "programme = {p}"),
    ("conflict_against", &["redemption", "conflict"], OF_CONFLICTS),
    ("admission", &["programme", "venue"], "programme = {p}"),
    ("allocation", &["programme", "issuer"], "programme = {p}"),
    ("voucher", &["number"], "programme = {p}"),
    ("batch", &["seq"], "programme = {p}"),
    ("bank_account", &["id"], "organisation IN ({organisations})"),
    ("bank_account_asked", &["id"], "organisation IN ({organisations})"),
    ("payer_account", &["id"], "programme = {p}"),
    ("settlement", &["id"], "programme = {p}"),
    ("payment", &["id"], OF_SETTLEMENTS),
    ("settlement_waiting", &["settlement", "organisation"], OF_SETTLEMENTS),
    ("payment_file", &["settlement", "part"], OF_SETTLEMENTS),
    ("paid_order", &["payment"], OF_PAYMENTS),
    ("period", &["id"], "programme = {p}"),
    ("statement", &["id"], "programme = {p}"),
    ("statement_text", &["statement", "part"], OF_STATEMENTS),
    ("yearly_account", &["id"], "programme = {p}"),
    ("yearly_account_text", &["account", "part"], OF_YEARLY_ACCOUNTS),
    ("day_end", &["programme", "day"], "programme = {p}"),
    ("redemption", &["seq"], "programme = {p}"),
    ("workshop", &["programme", "version", "number"], "programme = {p}"),
    (
        "usage_day",
        &["day", "programme", "issuer", "venue", "territory", "service", "funder"],
        "programme = {p}",
    ),
    ("voucher_key", &["kid"], "state <> 'pending'"),
    ("hold", &["redemption"], "programme = {p}"),
    ("people", &["programme", "month", "issuer", "fact", "code"], "programme = {p}"),
    ("request", &["scope", "id"], REDEEMED),
    ("dispute", &["id"], "programme = {p}"),
];

/// Of redemptions alone: whoever had no answer asks again, and is not counted twice.
const REDEEMED: &str = "outcome LIKE '%\"outcome\":\"redeemed\"%' \
     AND {voucher} IN (SELECT id FROM voucher WHERE programme = {p})";
const OF_VOUCHERS: &str = "voucher IN (SELECT id FROM voucher WHERE programme = {p})";
const OF_CONFLICTS: &str = "conflict IN (SELECT seq FROM conflict WHERE programme = {p})";
const OF_SETTLEMENTS: &str = "settlement IN (SELECT id FROM settlement WHERE programme = {p})";
const OF_PAYMENTS: &str = "payment IN (SELECT payment.id FROM payment JOIN settlement \
     ON settlement.id = payment.settlement WHERE settlement.programme = {p})";
const OF_YEARLY_ACCOUNTS: &str = "account IN (SELECT id FROM yearly_account WHERE programme = {p})";
const OF_STATEMENTS: &str = "statement IN (SELECT id FROM statement WHERE programme = {p})";

/// What is left out of the rows: what opens a door, what a device said of itself, and people, who
/// stay behind.
const LEFT_OUT: [(&str, &str); 7] = [
    ("device", "token_hash"),
    ("device", "token_expires_at"),
    ("device", "seen_at"),
    ("device", "version"),
    ("device", "queued"),
    ("device", "reported_at"),
    ("paid_order", "entered_by"),
];

/// The last number given in each register that is not signed or chained: a new one comes after.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counters {
    funder: i64,
    issuer: i64,
    organisation: i64,
    venue: i64,
    user: i64,
    programme: i64,
}

impl Counters {
    const fn of(head: &Head) -> Self {
        let Head { funder, issuer, organisation, venue, user, programme, .. } = *head;
        Self { funder, issuer, organisation, venue, user, programme }
    }

    const fn continue_in(self, head: &mut Head) {
        head.funder = self.funder;
        head.issuer = self.issuer;
        head.organisation = self.organisation;
        head.venue = self.venue;
        head.user = self.user;
        head.programme = self.programme;
    }
}

/// Where a copy comes from, and of which moment it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The number of the newest migration.
    pub schema: String,
    pub programme: ProgrammeId,
    pub name: String,
    pub made_at: Instant,
    /// The last event of the whole journal, and its link of the chain in hexadecimal.
    pub seq: Seq,
    pub hash: String,
    counters: Counters,
}

/// What one account of a copy holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub version: i32,
    pub funder: FunderId,
    pub stage: Stage,
    pub organisation: Option<OrganisationId>,
    pub cents: i64,
}

/// The event that says that what stands before it came from another operator's journal; zero
/// where none does.
pub(super) fn taken_over(conn: &mut Conn) -> Result<i64, Failure> {
    let last = event::table.filter(event::kind.eq("programme_taken_over"));
    let last = last.select(diesel::dsl::max(event::seq));
    let seq: Option<i64> = on_either!(conn, conn => last.get_result(conn)?);
    Ok(seq.unwrap_or_default())
}

/// Reads at one moment, and writes nothing. On SQLite the first read fixes the moment.
fn begin(conn: &mut Conn) -> Result<(), Failure> {
    conn.execute(match conn {
        Conn::Sqlite(_) => "BEGIN",
        // Whoever fetches an archive may be slow.
        #[cfg(feature = "postgres")]
        Conn::Pg(_) => {
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; \
             SET LOCAL idle_in_transaction_session_timeout = 0"
        }
    })?;
    Ok(())
}
