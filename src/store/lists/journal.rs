//! The journal and the ledger as lists: events, postings, accounts, as of any event or day.
//! No sums of usage: `reads` has them.

use diesel::prelude::*;

use super::{narrow, of_history, page};
use crate::{
    domain::{
        access::Tenant,
        calendar::{Day, Instant},
        cents::Cents,
        ids::*,
        ledger::Stage,
        view::{AccountView, EventView, Filter, PostingCursor, PostingView},
    },
    store::{
        connection::{Database, reading},
        convert::{self, Unreadable},
        reads::ReadError,
        rows::*,
        schema::*,
    },
};

/// The moment that the ledger is read as of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    Now,
    /// After this event.
    Seq(Seq),
    /// At the end of this business day.
    Day(Day),
}

impl Database {
    pub fn events(&self, filter: &Filter) -> Result<Vec<EventView>, ReadError> {
        if filter.within != Tenant::Any {
            return Ok(Vec::new());
        }
        let rows: Vec<EventRow> = reading!(self, conn => {
            let mut query = event::table.into_boxed();
            narrow!(query, event::programme => filter.programme,
                event::seq => filter.id.map(Seq));
            if let Some(voucher) = filter.voucher {
                query = query.filter(of_history("event.seq", voucher));
            }
            page!(query, filter, desc event::seq).load(conn)
        })?;
        let view = |row: EventRow| {
            Ok(EventView {
                body: convert::json("event", &row.content)?,
                seq: Seq(row.seq),
                kind: row.kind,
                occurred_at: Instant(row.occurred_at),
                recorded_at: Instant(row.recorded_at),
                day: Day(convert::small("event", row.day)?),
                actor: row.actor.map(UserId),
                programme: row.programme.map(ProgrammeId),
                voucher: row.voucher.map(VoucherId),
                hash: data_encoding::HEXLOWER.encode(&row.hash),
            })
        };
        rows.into_iter().map(view).collect()
    }

    pub fn postings(&self, filter: &Filter) -> Result<Vec<PostingView>, ReadError> {
        let Some(funder) = funder_of(filter.within) else { return Ok(Vec::new()) };
        let after = filter.after.map(|cursor| PostingCursor(cursor).parts());
        let rows: Vec<(PostingRow, AccountRow)> = reading!(self, conn => {
            let mut query = posting::table
                .inner_join(account::table.on(account::id.eq(posting::account)))
                .into_boxed();
            narrow!(query, account::funder => funder, account::programme => filter.programme,
                account::organisation => filter.organisation,
                posting::account => filter.id.map(AccountId));
            if let Some((event, line)) = after {
                let same = posting::event.eq(event).and(posting::line.lt(line));
                query = query.filter(posting::event.lt(event).or(same));
            }
            query
                .order((posting::event.desc(), posting::line.desc()))
                .limit(i64::from(filter.limit))
                .load(conn)
        })?;
        let view = |(row, of): (PostingRow, AccountRow)| {
            Ok(PostingView {
                cursor: PostingCursor::new(row.event, row.line),
                event: Seq(row.event),
                line: row.line,
                account: AccountId(row.account),
                programme: ProgrammeId(of.programme),
                version: convert::small("account", of.version)?,
                funder: FunderId(of.funder),
                stage: stage(&of.stage)?,
                organisation: convert::none_is_zero(of.organisation).map(OrganisationId),
                amount_cents: Cents(row.amount_cents),
                debit_after_cents: Cents(row.debit_after),
                credit_after_cents: Cents(row.credit_after),
            })
        };
        rows.into_iter().map(view).collect()
    }

    /// Every account's totals: the trial balance.
    pub fn accounts(&self, filter: &Filter, as_of: AsOf) -> Result<Vec<AccountView>, ReadError> {
        let Some(funder) = funder_of(filter.within) else { return Ok(Vec::new()) };
        let rows: Vec<AccountRow> = reading!(self, conn => {
            let mut query = account::table.into_boxed();
            narrow!(query, account::funder => funder, account::programme => filter.programme,
                account::organisation => filter.organisation);
            if let Some(stage) = filter.stage {
                query = query.filter(account::stage.eq(stage.code()));
            }
            page!(query, filter, asc account::id).load(conn)
        })?;
        let mut views = Vec::with_capacity(rows.len());
        for row in rows {
            let (debit, credit) = match as_of {
                AsOf::Now => (row.debit_cents, row.credit_cents),
                AsOf::Seq(seq) => self.totals_after(row.id, seq)?,
                AsOf::Day(day) => self.totals_after(row.id, self.day_end(row.programme, day)?)?,
            };
            views.push(AccountView {
                account: AccountId(row.id),
                programme: ProgrammeId(row.programme),
                version: convert::small("account", row.version)?,
                funder: FunderId(row.funder),
                stage: stage(&row.stage)?,
                organisation: convert::none_is_zero(row.organisation).map(OrganisationId),
                debit_cents: Cents(debit),
                credit_cents: Cents(credit),
                balance_cents: Cents(credit - debit),
            });
        }
        Ok(views)
    }

    fn totals_after(&self, account: i64, seq: Seq) -> Result<(i64, i64), ReadError> {
        let last: Option<(i64, i64)> = reading!(self, conn => posting::table
            .filter(posting::account.eq(account))
            .filter(posting::event.le(seq.0))
            .order((posting::event.desc(), posting::line.desc()))
            .select((posting::debit_after, posting::credit_after))
            .first(conn)
            .optional())?;
        Ok(last.unwrap_or_default())
    }

    /// The last event of a programme until the end of a business day.
    fn day_end(&self, programme: i64, day: Day) -> Result<Seq, ReadError> {
        let last: Option<i64> = reading!(self, conn => day_end::table
            .filter(day_end::programme.eq(programme))
            .filter(day_end::day.le(i64::from(day.0)))
            .order(day_end::day.desc())
            .select(day_end::seq)
            .first(conn)
            .optional())?;
        Ok(Seq(last.unwrap_or_default()))
    }
}

/// Whose money a tenant sees: `None` for nobody's, `Some(None)` for everybody's.
#[expect(clippy::option_option, reason = "three cases, each read once")]
pub(super) const fn funder_of(within: Tenant) -> Option<Option<FunderId>> {
    match within {
        Tenant::Any => Some(None),
        Tenant::Funder(own) => Some(Some(own)),
        _ => None,
    }
}

pub(in crate::store) fn stage(code: &str) -> Result<Stage, Unreadable> {
    Stage::from_code(code)
        .ok_or_else(|| Unreadable { table: "account", what: "an unknown stage".to_owned() })
}
