//! Paying organisations: rows of runs, payments and accounts, and the same as values.
//! No rules: `decide/settle.rs` and `decide/payments.rs` have them.

mod asked;
mod audit;
mod lists;
mod load;
mod work;
mod write;

pub(super) use audit::Seen;
pub use lists::{FileLine, PaymentFile};
pub(super) use load::load;
pub use work::PaidWork;
pub(super) use write::{parts, write};

use diesel::prelude::*;

use super::{
    convert::{self, Unreadable},
    settlement_schema::*,
};
use crate::domain::{
    calendar::{Day, Instant},
    cents::Cents,
    ids::*,
    settlement::{
        BankAccount, NewAccount, PayerAccount, Payment, PaymentState, RunState, Settlement, Slice,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = bank_account, treat_none_as_default_value = false)]
struct BankAccountRow {
    id: i64,
    organisation: i64,
    holder: String,
    iban: String,
    bic: Option<String>,
    entered_by: Option<i64>,
    entered_at: i64,
    usable_from: i64,
    asked_by: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = payer_account, treat_none_as_default_value = false)]
struct PayerAccountRow {
    id: i64,
    programme: i64,
    holder: String,
    iban: String,
    bic: Option<String>,
    minimum_cents: i64,
    entered_at: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = settlement, treat_none_as_default_value = false, treat_none_as_null = true)]
struct SettlementRow {
    id: i64,
    programme: i64,
    number: i64,
    day: i64,
    through: i64,
    account: i64,
    minimum_cents: i64,
    state: String,
    filled_to: i64,
    payments: i64,
    amount_cents: i64,
    paid: i64,
    failed: i64,
    people: String,
    prepared_by: i64,
    prepared_at: i64,
    approved_by: Option<i64>,
    approved_at: Option<i64>,
    exported_at: Option<i64>,
    digest: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = payment, treat_none_as_default_value = false, treat_none_as_null = true)]
struct PaymentRow {
    id: i64,
    settlement: i64,
    programme: i64,
    organisation: i64,
    number: i64,
    account: i64,
    after_seq: Option<i64>,
    through_seq: Option<i64>,
    lines: String,
    netted: String,
    reversed: String,
    owed: String,
    amount_cents: i64,
    state: String,
    code: Option<String>,
    answered_at: Option<i64>,
    reissued_in: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = settlement_waiting)]
struct WaitingRow {
    settlement: i64,
    organisation: i64,
    cause: String,
    amount_cents: i64,
}

fn wrong(table: &'static str, what: &str) -> Unreadable {
    Unreadable { table, what: what.to_owned() }
}

fn account(
    table: &'static str,
    holder: &str,
    iban: &str,
    bic: Option<&str>,
) -> Result<NewAccount, Unreadable> {
    Ok(NewAccount {
        holder: holder.to_owned(),
        iban: iban.parse().map_err(|_| wrong(table, "an IBAN"))?,
        bic: bic.map(str::parse).transpose().map_err(|_| wrong(table, "a BIC"))?,
    })
}

impl BankAccountRow {
    fn domain(&self) -> Result<BankAccount, Unreadable> {
        let bic = self.bic.as_deref();
        Ok(BankAccount {
            id: BankAccountId(self.id),
            organisation: OrganisationId(self.organisation),
            entered_by: self.entered_by.map(UserId),
            asked_by: self.asked_by.map(UserId),
            entered_at: Instant(self.entered_at),
            usable_from: Instant(self.usable_from),
            account: Some(account("bank_account", &self.holder, &self.iban, bic)?),
        })
    }
}

impl PayerAccountRow {
    fn domain(&self) -> Result<PayerAccount, Unreadable> {
        let bic = self.bic.as_deref();
        Ok(PayerAccount {
            id: PayerAccountId(self.id),
            programme: ProgrammeId(self.programme),
            entered_at: Instant(self.entered_at),
            minimum: Cents(self.minimum_cents),
            account: Some(account("payer_account", &self.holder, &self.iban, bic)?),
        })
    }
}

impl SettlementRow {
    fn domain(&self) -> Result<Settlement, Unreadable> {
        const TABLE: &str = "settlement";
        Ok(Settlement {
            id: SettlementId(self.id),
            programme: ProgrammeId(self.programme),
            number: self.number,
            day: Day(convert::small(TABLE, self.day)?),
            through: Seq(self.through),
            account: PayerAccountId(self.account),
            minimum: Cents(self.minimum_cents),
            state: RunState::from_code(&self.state).ok_or_else(|| wrong(TABLE, "state"))?,
            filled_to: OrganisationId(self.filled_to),
            payments: self.payments,
            amount: Cents(self.amount_cents),
            paid: self.paid,
            failed: self.failed,
            people: convert::json(TABLE, &self.people)?,
            prepared_by: UserId(self.prepared_by),
            prepared_at: Instant(self.prepared_at),
            approved_by: self.approved_by.map(UserId),
            approved_at: self.approved_at.map(Instant),
            exported_at: self.exported_at.map(Instant),
            digest: self.digest.clone(),
        })
    }

    fn of(run: &Settlement) -> Result<Self, Unreadable> {
        Ok(Self {
            id: run.id.0,
            programme: run.programme.0,
            number: run.number,
            day: i64::from(run.day.0),
            through: run.through.0,
            account: run.account.0,
            minimum_cents: run.minimum.0,
            state: run.state.code().to_owned(),
            filled_to: run.filled_to.0,
            payments: run.payments,
            amount_cents: run.amount.0,
            paid: run.paid,
            failed: run.failed,
            people: convert::text("settlement", &run.people)?,
            prepared_by: run.prepared_by.0,
            prepared_at: run.prepared_at.0,
            approved_by: run.approved_by.map(|id| id.0),
            approved_at: run.approved_at.map(|at| at.0),
            exported_at: run.exported_at.map(|at| at.0),
            digest: run.digest.clone(),
        })
    }
}

impl PaymentRow {
    fn domain(&self) -> Result<Payment, Unreadable> {
        const TABLE: &str = "payment";
        let slice = self.after_seq.zip(self.through_seq);
        Ok(Payment {
            id: PaymentId(self.id),
            settlement: SettlementId(self.settlement),
            programme: ProgrammeId(self.programme),
            organisation: OrganisationId(self.organisation),
            number: self.number,
            account: BankAccountId(self.account),
            slice: slice.map(|(after, to)| Slice { after: Seq(after), through: Seq(to) }),
            lines: convert::json(TABLE, &self.lines)?,
            netted: convert::json(TABLE, &self.netted)?,
            reversed: convert::json(TABLE, &self.reversed)?,
            owed: convert::json(TABLE, &self.owed)?,
            state: PaymentState::from_code(&self.state).ok_or_else(|| wrong(TABLE, "state"))?,
            code: self.code.clone(),
            answered_at: self.answered_at.map(Instant),
            reissued_in: self.reissued_in.map(PaymentId),
        })
    }

    fn of(row: &Payment) -> Result<Self, Unreadable> {
        const TABLE: &str = "payment";
        Ok(Self {
            id: row.id.0,
            settlement: row.settlement.0,
            programme: row.programme.0,
            organisation: row.organisation.0,
            number: row.number,
            account: row.account.0,
            after_seq: row.slice.map(|slice| slice.after.0),
            through_seq: row.slice.map(|slice| slice.through.0),
            lines: convert::text(TABLE, &row.lines)?,
            netted: convert::text(TABLE, &row.netted)?,
            reversed: convert::text(TABLE, &row.reversed)?,
            owed: convert::text(TABLE, &row.owed)?,
            amount_cents: row.amount().0,
            state: row.state.code().to_owned(),
            code: row.code.clone(),
            answered_at: row.answered_at.map(|at| at.0),
            reissued_in: row.reissued_in.map(|id| id.0),
        })
    }
}
