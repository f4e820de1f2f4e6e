//! Rows to domain values and back: vouchers, the journal, what is folded from it.
//! No queries; a row that cannot be read is a fault that names it.

mod registry;

use serde::{Serialize, de::DeserializeOwned};

use super::rows::*;
use crate::domain::{
    calendar::{Day, Instant},
    cents::Cents,
    command::{Draft, Outcome, Request},
    event::Redeemed,
    ids::*,
    ledger::{Account, AccountKey, Posting, Stage},
    life::{Money, Standing, Voucher},
    world::{Head, Recorded, RedemptionRecord, Remembered},
};

/// A row that does not hold what it should.
#[derive(Debug, thiserror::Error)]
#[error("a row of {table} cannot be read: {what}")]
pub struct Unreadable {
    pub table: &'static str,
    pub what: String,
}

type Read<T> = Result<T, Unreadable>;

pub(super) fn json<T: DeserializeOwned>(table: &'static str, text: &str) -> Read<T> {
    serde_json::from_str(text).map_err(|cause| Unreadable { table, what: cause.to_string() })
}

pub(super) fn text<T: Serialize>(table: &'static str, value: &T) -> Read<String> {
    serde_json::to_string(value).map_err(|cause| Unreadable { table, what: cause.to_string() })
}

pub(super) fn bytes<const N: usize>(table: &'static str, bytes: &[u8]) -> Read<[u8; N]> {
    bytes.try_into().map_err(|_| Unreadable { table, what: format!("expected {N} bytes") })
}

pub(super) fn small<T: TryFrom<i64>>(table: &'static str, number: i64) -> Read<T> {
    T::try_from(number).map_err(|_| Unreadable { table, what: format!("{number} out of range") })
}

pub(super) fn none_is_zero(id: i64) -> Option<i64> {
    (id != 0).then_some(id)
}

impl HeadRow {
    pub fn domain(&self) -> Read<Head> {
        Ok(Head {
            seq: self.seq,
            hash: bytes("head", &self.hash)?,
            account: self.account,
            funder: self.funder,
            issuer: self.issuer,
            organisation: self.organisation,
            venue: self.venue,
            user: self.person,
            programme: self.programme,
            voucher: self.voucher,
        })
    }

    pub fn of(head: &Head) -> Self {
        Self {
            id: 1,
            seq: head.seq,
            hash: head.hash.to_vec(),
            account: head.account,
            funder: head.funder,
            issuer: head.issuer,
            organisation: head.organisation,
            venue: head.venue,
            person: head.user,
            programme: head.programme,
            voucher: head.voucher,
        }
    }
}

fn standing(code: &str) -> Option<Standing> {
    use Standing::{Active, Cancelled, Replaced, Stock, Suspended};
    [Stock, Active, Suspended, Cancelled, Replaced].into_iter().find(|value| value.code() == code)
}

fn money(code: &str) -> Option<Money> {
    use Money::{Committed, None, Releasable, Released};
    [None, Committed, Releasable, Released].into_iter().find(|value| value.code() == code)
}

impl VoucherRow {
    pub fn domain(&self) -> Read<Voucher> {
        let unknown = |what: &str| Unreadable { table: "voucher", what: what.to_owned() };
        standing(&self.standing).ok_or_else(|| unknown("standing"))?;
        Ok(Voucher {
            id: VoucherId(self.id),
            programme: ProgrammeId(self.programme),
            version: small("voucher", self.version)?,
            issuer: IssuerId(self.issuer),
            agent: self.agent.map(UserId),
            payload: bytes("voucher", &self.payload)?,
            workshops: small("voucher", self.workshops)?,
            first_day: Day(small("voucher", self.first_day)?),
            last_day: Day(small("voucher", self.last_day)?),
            life: json("voucher", &self.life)?,
            money: money(&self.money).ok_or_else(|| unknown("money"))?,
            free: json("voucher", &self.free)?,
            uses: json("voucher", &self.uses)?,
            predecessor: self.predecessor.map(VoucherId),
            successor: self.successor.map(VoucherId),
            begun: self.begun != 0,
            last_event: self.last_event.map(Seq),
            issued_seq: Seq(self.issued_seq),
            number: self.number,
            batch: self.batch.map(Seq),
        })
    }

    /// The row of a voucher; `draft` gives what only a new one writes.
    pub fn of(row: &Voucher, draft: Option<&Draft>) -> Read<Self> {
        Ok(Self {
            number: row.number,
            issued_seq: row.issued_seq.0,
            batch: row.batch.map(|seq| seq.0),
            id: row.id.0,
            programme: row.programme.0,
            version: i64::from(row.version),
            issuer: row.issuer.0,
            agent: row.agent.map(|agent| agent.0),
            payload: row.payload.to_vec(),
            workshops: i64::from(row.workshops),
            first_day: i64::from(row.first_day.0),
            last_day: i64::from(row.last_day.0),
            standing: row.standing().code().to_owned(),
            life: text("voucher", &row.life)?,
            money: row.money.code().to_owned(),
            free: text("voucher", &row.free)?,
            uses: text("voucher", &row.uses)?,
            predecessor: row.predecessor.map(|id| id.0),
            successor: row.successor.map(|id| id.0),
            begun: i64::from(row.begun),
            last_event: row.last_event.map(|seq| seq.0),
            reference: draft.map(|draft| draft.reference.clone()).unwrap_or_default(),
            code_tag: draft.map(|draft| draft.code_tag.to_vec()).unwrap_or_default(),
        })
    }
}

impl AccountRow {
    pub fn domain(&self) -> Read<(AccountKey, Account)> {
        let stage = Stage::from_code(&self.stage)
            .ok_or_else(|| Unreadable { table: "account", what: self.stage.clone() })?;
        let key = AccountKey {
            programme: ProgrammeId(self.programme),
            version: small("account", self.version)?,
            funder: FunderId(self.funder),
            stage,
            organisation: none_is_zero(self.organisation).map(OrganisationId),
        };
        let (debit, credit) = (Cents(self.debit_cents), Cents(self.credit_cents));
        Ok((key, Account { id: AccountId(self.id), debit, credit }))
    }

    pub fn of(key: &AccountKey, account: &Account) -> Self {
        Self {
            id: account.id.0,
            programme: key.programme.0,
            version: i64::from(key.version),
            funder: key.funder.0,
            stage: key.stage.code().to_owned(),
            organisation: key.organisation.map_or(0, |id| id.0),
            debit_cents: account.debit.0,
            credit_cents: account.credit.0,
        }
    }
}

impl EventRow {
    pub fn of(recorded: &Recorded) -> Read<Self> {
        let event = &recorded.event;
        Ok(Self {
            seq: event.seq.0,
            kind: event.body.kind().to_owned(),
            occurred_at: event.occurred_at.0,
            recorded_at: event.recorded_at.0,
            day: i64::from(event.day.0),
            actor: event.actor.map(|id| id.0),
            device: event.device.map(|id| id.0),
            programme: event.programme.map(|id| id.0),
            voucher: event.voucher.map(|id| id.0),
            previous: recorded.previous.map(|seq| seq.0),
            reverses: event.reverses().map(|seq| seq.0),
            content: text("event", &event.body)?,
            hash: recorded.hash.to_vec(),
        })
    }

    pub fn domain(&self) -> Read<crate::domain::event::Event> {
        Ok(crate::domain::event::Event {
            seq: Seq(self.seq),
            occurred_at: Instant(self.occurred_at),
            recorded_at: Instant(self.recorded_at),
            day: Day(small("event", self.day)?),
            actor: self.actor.map(UserId),
            device: self.device.map(DeviceId),
            programme: self.programme.map(ProgrammeId),
            voucher: self.voucher.map(VoucherId),
            body: json("event", &self.content)?,
        })
    }
}

impl PostingRow {
    pub const fn of(event: Seq, line: i64, posting: &Posting) -> Self {
        Self {
            event: event.0,
            line,
            account: posting.account.0,
            amount_cents: posting.amount.0,
            debit_after: posting.debit_after.0,
            credit_after: posting.credit_after.0,
        }
    }
}

impl RequestRow {
    pub fn of(request: &Request, outcome: &Outcome, recorded_at: Instant) -> Read<Self> {
        Ok(Self {
            scope: request.scope.key(),
            id: request.id.0.as_bytes().to_vec(),
            hash: request.hash.to_vec(),
            outcome: text("request", outcome)?,
            recorded_at: recorded_at.0,
        })
    }

    pub fn domain(&self) -> Read<Remembered> {
        let hash = bytes("request", &self.hash)?;
        Ok(Remembered { hash, outcome: json("request", &self.outcome)? })
    }
}

impl RedemptionRow {
    pub fn of(record: &RedemptionRecord) -> Read<Self> {
        let redeemed = &record.redeemed;
        Ok(Self {
            seq: record.seq.0,
            voucher: record.voucher.0,
            programme: record.programme.0,
            venue: redeemed.venue.0,
            organisation: redeemed.organisation.0,
            issuer: redeemed.issuer.0,
            territory: redeemed.territory.clone(),
            workshops: i64::try_from(redeemed.numbers.len()).unwrap_or(i64::MAX),
            // The event has the client's id.
            content: text("redemption", &Redeemed { request: None, ..redeemed.clone() })?,
            occurred_at: record.occurred_at.0,
            recorded_at: record.recorded_at.0,
            actor: record.actor.map(|id| id.0),
        })
    }

    /// `day` is its event's.
    pub fn domain(&self, day: i64, reversed_by: Option<i64>) -> Read<RedemptionRecord> {
        let redeemed: Redeemed = json("redemption", &self.content)?;
        Ok(RedemptionRecord {
            seq: Seq(self.seq),
            voucher: VoucherId(self.voucher),
            programme: ProgrammeId(self.programme),
            redeemed,
            day: Day(small("event", day)?),
            recorded_at: Instant(self.recorded_at),
            occurred_at: Instant(self.occurred_at),
            actor: self.actor.map(UserId),
            reversed_by: reversed_by.map(Seq),
        })
    }
}
