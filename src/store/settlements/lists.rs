//! Runs, payments and accounts as people see them, and what a file for the bank is made of.
//! No writes and no rules of who may ask.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{BankAccountRow, PayerAccountRow, PaymentRow, SettlementRow, WaitingRow, wrong};
use crate::{
    domain::{
        access::Tenant,
        calendar::{Day, Instant},
        cents::Cents,
        ids::*,
        sepa::end_to_end_id,
        settlement::{
            BankAccount, PayerAccount, Payment, PaymentState, RunState, Settlement, WaitCause,
            view::*,
        },
        view::Filter,
    },
    store::{
        connection::{Database, reading},
        lists::{narrow, page},
        oversight_schema::paid_order,
        reads::ReadError,
        schema::{account, day_end, event},
        settlement_schema::*,
    },
};

/// A payment with the account that it goes to.
pub struct FileLine {
    pub payment: Payment,
    pub account: BankAccount,
}

/// What a run's file for the bank is made of.
pub struct PaymentFile {
    pub settlement: Settlement,
    pub account: PayerAccount,
    pub lines: Vec<FileLine>,
}

impl Database {
    pub fn settlements(&self, filter: &Filter) -> Result<Vec<SettlementView>, ReadError> {
        let Some(programmes) = self.paid_programmes(filter.within)? else { return Ok(Vec::new()) };
        let rows: Vec<SettlementRow> = reading!(self, conn => {
            let mut query = settlement::table.into_boxed();
            narrow!(query, settlement::programme => filter.programme,
                settlement::id => filter.id.map(SettlementId));
            if let Some(programmes) = &programmes {
                query = query.filter(settlement::programme.eq_any(programmes));
            }
            page!(query, filter, desc settlement::id).load(conn)
        })?;
        rows.iter().map(|row| self.settlement_view(row)).collect()
    }

    /// The programmes whose runs a tenant sees, `Some(None)` for all; `None`: it sees no runs.
    #[expect(clippy::option_option, reason = "three cases, each read once")]
    fn paid_programmes(&self, within: Tenant) -> Result<Option<Option<Vec<i64>>>, ReadError> {
        Ok(match within {
            Tenant::Any => Some(None),
            Tenant::Funder(own) => Some(Some(self.programmes_paid_by(own)?)),
            Tenant::Organisation(_) | Tenant::Issuer(_) => None,
        })
    }

    fn settlement_view(&self, row: &SettlementRow) -> Result<SettlementView, ReadError> {
        let waiting = reading!(self, conn => settlement_waiting::table
            .filter(settlement_waiting::settlement.eq(row.id))
            .count()
            .get_result(conn))?;
        let run = row.domain()?;
        Ok(SettlementView {
            id: run.id,
            programme: run.programme,
            number: run.number,
            day: run.day,
            state: run.state,
            payments: run.payments,
            paid: run.paid,
            failed: run.failed,
            amount_cents: run.amount,
            currency: "EUR",
            waiting,
            prepared_by: run.prepared_by,
            prepared_at: run.prepared_at,
            approved_by: run.approved_by,
            approved_at: run.approved_at,
            exported_at: run.exported_at,
            sha256: run.digest,
        })
    }

    pub fn payments(&self, filter: &Filter) -> Result<Vec<PaymentView>, ReadError> {
        let (own, programmes) = match filter.within {
            Tenant::Any => (None, None),
            Tenant::Organisation(own) => (Some(own), None),
            Tenant::Funder(own) => (None, Some(self.programmes_paid_by(own)?)),
            Tenant::Issuer(_) => return Ok(Vec::new()),
        };
        let rows: Vec<(PaymentRow, BankAccountRow)> = reading!(self, conn => {
            let mut query = payment::table
                .inner_join(bank_account::table.on(bank_account::id.eq(payment::account)))
                .into_boxed();
            narrow!(query, payment::organisation => own,
                payment::organisation => filter.organisation,
                payment::programme => filter.programme,
                payment::settlement => filter.settlement,
                payment::id => filter.id.map(PaymentId));
            if let Some(programmes) = &programmes {
                query = query.filter(payment::programme.eq_any(programmes));
            }
            if let Some(state) = filter.payment_state {
                query = query.filter(payment::state.eq(state.code()));
            }
            if filter.failed {
                let failed = payment::state.eq_any(["rejected", "returned"]);
                query = query.filter(failed.and(payment::reissued_in.is_null()));
            }
            page!(query, filter, desc payment::id).load(conn)
        })?;
        let ids: Vec<i64> = rows.iter().map(|(row, _)| row.id).collect();
        let moments: Vec<(i64, i64)> = reading!(self, conn => event::table
            .filter(event::seq.eq_any(&ids))
            .select((event::seq, event::occurred_at))
            .load(conn))?;
        let moments: std::collections::HashMap<i64, i64> = moments.into_iter().collect();
        let orders: Vec<(i64, String, i64)> = reading!(self, conn => paid_order::table
            .filter(paid_order::payment.eq_any(&ids))
            .select((paid_order::payment, paid_order::reference, paid_order::paid_on))
            .load(conn))?;
        let known = self.paid_before(&ids)?;
        let view = |(row, account): (PaymentRow, BankAccountRow)| {
            let (payment, account) = (row.domain()?, account.domain()?);
            let at = moments.get(&row.id).copied().unwrap_or_default();
            let mut view = payment_view(&payment, &account, Instant(at));
            view.new_account = !known.contains(&row.id);
            if let Some((_, reference, day)) = orders.iter().find(|(id, ..)| *id == row.id) {
                view.reference = Some(reference.clone());
                view.paid_on = Some(Day(crate::store::convert::small("paid_order", *day)?));
            }
            Ok(view)
        };
        rows.into_iter().map(view).collect()
    }

    /// Those of these payments whose account an earlier one of the organisation went to.
    fn paid_before(&self, ids: &[i64]) -> Result<BTreeSet<i64>, ReadError> {
        let before = diesel::alias!(payment as before);
        let rows: Vec<i64> = reading!(self, conn => payment::table
            .inner_join(before.on(before
                .field(payment::organisation)
                .eq(payment::organisation)
                .and(before.field(payment::account).eq(payment::account))
                .and(before.field(payment::id).lt(payment::id))))
            .filter(payment::id.eq_any(ids))
            .select(payment::id)
            .distinct()
            .load(conn))?;
        Ok(rows.into_iter().collect())
    }

    /// The organisations that a run does not pay.
    pub fn waiting(&self, filter: &Filter) -> Result<Vec<WaitingView>, ReadError> {
        // Whoever sees the run sees who waits.
        let sees = matches!(filter.within, Tenant::Any | Tenant::Funder(_));
        let Some(run) = filter.settlement.filter(|_| sees) else { return Ok(Vec::new()) };
        let rows: Vec<WaitingRow> = reading!(self, conn => {
            let mut query = settlement_waiting::table.into_boxed();
            query = query.filter(settlement_waiting::settlement.eq(run.0));
            page!(query, filter, asc settlement_waiting::organisation).load(conn)
        })?;
        let view = |row: WaitingRow| {
            let cause = WaitCause::from_code(&row.cause);
            Ok(WaitingView {
                organisation: OrganisationId(row.organisation),
                cause: cause.ok_or_else(|| wrong("settlement_waiting", "a cause"))?,
                amount_cents: Cents(row.amount_cents),
            })
        };
        rows.into_iter().map(view).collect()
    }

    /// The account that an organisation is paid to now.
    pub fn bank_account(&self, of: OrganisationId) -> Result<Option<BankAccountView>, ReadError> {
        let row: Option<BankAccountRow> = reading!(self, conn => bank_account::table
            .filter(bank_account::organisation.eq(of.0))
            .order(bank_account::id.desc())
            .first(conn)
            .optional())?;
        let Some(row) = row.map(|row| row.domain()).transpose()? else { return Ok(None) };
        let Some(account) = row.account else { return Ok(None) };
        Ok(Some(BankAccountView {
            id: row.id,
            organisation: row.organisation,
            holder: account.holder,
            iban: account.iban.to_string(),
            bic: account.bic.map(|bic| bic.as_str().to_owned()),
            entered_by: row.entered_by,
            entered_at: row.entered_at,
            usable_from: row.usable_from,
            asked: self.asked_account(of)?,
        }))
    }

    /// The account that a programme's venues are paid from now.
    pub fn payer_account(&self, of: ProgrammeId) -> Result<Option<PayerAccountView>, ReadError> {
        let row: Option<PayerAccountRow> = reading!(self, conn => payer_account::table
            .filter(payer_account::programme.eq(of.0))
            .order(payer_account::id.desc())
            .first(conn)
            .optional())?;
        let Some(row) = row.map(|row| row.domain()).transpose()? else { return Ok(None) };
        let Some(account) = row.account else { return Ok(None) };
        Ok(Some(PayerAccountView {
            id: row.id,
            programme: row.programme,
            holder: account.holder,
            iban: account.iban.to_string(),
            bic: account.bic.map(|bic| bic.as_str().to_owned()),
            minimum_cents: row.minimum,
            entered_at: row.entered_at,
        }))
    }

    /// The last event of a programme until the end of a business day; zero if there is none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn last_event_of(&self, programme: ProgrammeId, day: Day) -> Result<Seq, ReadError> {
        let last: Option<i64> = reading!(self, conn => day_end::table
            .filter(day_end::programme.eq(programme.0))
            .filter(day_end::day.le(i64::from(day.0)))
            .select(diesel::dsl::max(day_end::seq))
            .first(conn))?;
        Ok(Seq(last.unwrap_or_default()))
    }

    /// Runs that are not filled yet, and cancelled ones with payments to give up.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn unfinished_settlements(&self) -> Result<Vec<Settlement>, ReadError> {
        let rows: Vec<SettlementRow> = reading!(self, conn => {
            let cancelled = settlement::state.eq(RunState::Cancelled.code());
            settlement::table
                .filter(settlement::state.eq(RunState::Preparing.code())
                    .or(cancelled.and(settlement::failed.lt(settlement::payments))))
                .order(settlement::id)
                .load(conn)
        })?;
        Ok(rows.iter().map(SettlementRow::domain).collect::<Result<_, _>>()?)
    }

    /// Organisations that have earned something in a programme and were not paid yet: those that
    /// come after one, `limit` of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn earners(
        &self,
        programme: ProgrammeId,
        after: OrganisationId,
        limit: usize,
    ) -> Result<Vec<OrganisationId>, ReadError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<i64> = reading!(self, conn => account::table
            .filter(account::programme.eq(programme.0))
            .filter(account::stage.eq("earned"))
            .filter(account::credit_cents.gt(account::debit_cents))
            .filter(account::organisation.gt(after.0))
            .select(account::organisation)
            .distinct()
            .order(account::organisation)
            .limit(limit)
            .load(conn))?;
        Ok(rows.into_iter().map(OrganisationId).collect())
    }

    /// Payments of a run that no answer has come of, from the first: `limit` of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn unanswered(&self, run: SettlementId, limit: usize) -> Result<Vec<PaymentId>, ReadError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<i64> = reading!(self, conn => payment::table
            .filter(payment::settlement.eq(run.0))
            .filter(payment::state.eq(PaymentState::InPayment.code()))
            .select(payment::id)
            .order(payment::id)
            .limit(limit)
            .load(conn))?;
        Ok(rows.into_iter().map(PaymentId).collect())
    }

    /// What a run's file is made of, in the order of the payments' numbers.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn payment_file(&self, run: SettlementId) -> Result<Option<PaymentFile>, ReadError> {
        let row: Option<(SettlementRow, PayerAccountRow)> = reading!(self, conn => settlement::table
            .inner_join(payer_account::table.on(payer_account::id.eq(settlement::account)))
            .filter(settlement::id.eq(run.0))
            .first(conn)
            .optional())?;
        let Some((settlement, account)) = row else { return Ok(None) };
        let rows: Vec<(PaymentRow, BankAccountRow)> = reading!(self, conn => payment::table
            .inner_join(bank_account::table.on(bank_account::id.eq(payment::account)))
            .filter(payment::settlement.eq(run.0))
            .order(payment::number)
            .load(conn))?;
        let line = |(payment, account): (PaymentRow, BankAccountRow)| {
            Ok(FileLine { payment: payment.domain()?, account: account.domain()? })
        };
        let lines = rows.into_iter().map(line).collect::<Result<_, ReadError>>()?;
        let (settlement, account) = (settlement.domain()?, account.domain()?);
        Ok(Some(PaymentFile { settlement, account, lines }))
    }

    /// The file as it went to the bank.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn payment_file_text(&self, run: SettlementId) -> Result<Option<String>, ReadError> {
        let parts: Vec<String> = reading!(self, conn => payment_file::table
            .filter(payment_file::settlement.eq(run.0))
            .order(payment_file::part)
            .select(payment_file::text)
            .load(conn))?;
        Ok((!parts.is_empty()).then(|| parts.concat()))
    }

    /// A condition that redemptions meet which a payment pays: of its slice, and of the slices of
    /// failed payments that it took up; what was undone before is not among them. What was held
    /// when its slice was paid is of the payment that took it up after its release.
    pub fn redemptions_paid_by(&self, id: PaymentId) -> Result<String, ReadError> {
        let line = self.line_of(id)?;
        let slices = slices(&line, "redemption", "seq");
        let ids = line.iter().map(|row| row.id.to_string()).collect::<Vec<_>>().join(", ");
        Ok(format!(
            "(({slices}) AND NOT EXISTS (SELECT 1 FROM hold \
                 WHERE hold.redemption = redemption.seq AND hold.left_out = 1) \
             OR redemption.seq IN (SELECT hold.redemption FROM hold \
                 WHERE hold.payment IN ({ids}))) \
             AND NOT EXISTS (SELECT 1 FROM event AS undone \
             WHERE undone.reverses = redemption.seq AND undone.seq < {id})"
        ))
    }

    /// A condition that conflicts meet which a payment pays, since the guarantee did: by the
    /// decision's place in the journal. What was decided so stays so.
    pub fn conflicts_paid_by(&self, id: PaymentId) -> Result<String, ReadError> {
        let slices = slices(&self.line_of(id)?, "conflict", "decision");
        Ok(format!("({slices}) AND conflict.fate = 'paid'"))
    }

    /// A payment and those that it took up.
    fn line_of(&self, id: PaymentId) -> Result<Vec<PaymentRow>, ReadError> {
        let (mut line, mut next) = (Vec::new(), vec![id.0]);
        while !next.is_empty() {
            let rows: Vec<PaymentRow> = reading!(self, conn => payment::table
                .filter(payment::id.eq_any(&next))
                .load(conn))?;
            line.extend(rows);
            let ids = std::mem::take(&mut next).into_iter().map(Some).collect::<Vec<_>>();
            next = reading!(self, conn => payment::table
                .filter(payment::reissued_in.eq_any(&ids))
                .select(payment::id)
                .load(conn))?;
        }
        Ok(line)
    }
}

/// That a row of a table is in the slice of a payment or of one that it took up.
fn slices(line: &[PaymentRow], table: &str, place: &str) -> String {
    let ranges = line.iter().filter_map(|row| {
        let (after, through) = row.after_seq.zip(row.through_seq)?;
        let (of, programme) = (row.organisation, row.programme);
        Some(format!(
            "({table}.organisation = {of} AND {table}.programme = {programme} \
             AND {table}.{place} > {after} AND {table}.{place} <= {through})"
        ))
    });
    let ranges = ranges.collect::<Vec<_>>().join(" OR ");
    if ranges.is_empty() { "1 = 0".to_owned() } else { ranges }
}

fn payment_view(payment: &Payment, account: &BankAccount, prepared_at: Instant) -> PaymentView {
    let to = account.account.as_ref();
    PaymentView {
        id: payment.id,
        settlement: payment.settlement,
        programme: payment.programme,
        organisation: payment.organisation,
        number: payment.number,
        end_to_end_id: end_to_end_id(payment.programme, payment.number),
        state: payment.state,
        amount_cents: payment.amount(),
        currency: "EUR",
        earned: payment.lines.shares().collect(),
        kept_back: payment.netted.shares().collect(),
        holder: to.map(|account| account.holder.clone()).unwrap_or_default(),
        iban: to.map(|account| account.iban.to_string()).unwrap_or_default(),
        new_account: false,
        prepared_at,
        answered_at: payment.answered_at,
        code: payment.code.clone(),
        reissued_in: payment.reissued_in,
        reference: None,
        paid_on: None,
    }
}
