//! Yearly accounts: their rows, what is still to be made, and what moved in a year.
//! No sums by account (`gather.rs`), and no account: `app/yearly` makes those.

use std::collections::{BTreeMap, HashMap};

use diesel::{prelude::*, sql_query, sql_types::BigInt, sql_types::Text};

use super::{
    MonthSlice, PeriodRow,
    audit::{Differences, compare},
    told::KEYS,
};
use crate::{
    domain::{
        access::Tenant,
        calendar::{Day, Instant},
        event::Body,
        ids::*,
        period::{Party, Period, YearlyAccountMade, view::YearlyAccountView},
        settlement::{Amounts, PaymentState},
        view::Filter,
        world::{Effects, World},
    },
    store::{
        connection::{Conn, Database, on_either, reading},
        convert::{self, Unreadable},
        lists::{narrow, page},
        load::Failure,
        oversight_schema::paid_order,
        period_schema::period,
        reads::ReadError,
        schema::event,
        settlement_schema::{payment, settlement},
        settlements::parts,
        yearly_schema::*,
    },
};

#[derive(Clone, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = yearly_account)]
struct Row {
    id: i64,
    period: i64,
    programme: i64,
    year: i64,
    funder: i64,
    digest: String,
}

impl Row {
    fn of(id: YearlyAccountId, made: &YearlyAccountMade, period: &Period) -> Self {
        Self {
            id: id.0,
            period: period.id.0,
            programme: period.programme.0,
            year: period.closed.month.year(),
            funder: made.funder.0,
            digest: made.digest.clone(),
        }
    }
}

/// Loads the accounts that a year's last month has already.
pub fn accounted(conn: &mut Conn, world: &mut World, id: PeriodId) -> Result<(), Failure> {
    let rows: Vec<Row> = on_either!(conn, conn => yearly_account::table
        .filter(yearly_account::period.eq(id.0))
        .load(conn)?);
    for row in rows {
        let (period, funder) = (PeriodId(row.period), FunderId(row.funder));
        let made = YearlyAccountMade { period, funder, digest: row.digest };
        world.periods.yearly_accounts.insert(YearlyAccountId(row.id), made);
    }
    Ok(())
}

/// Writes what a batch made.
pub fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    for (id, text) in &effects.yearly_accounts {
        let Some(made) = world.periods.yearly_accounts.get(id) else { continue };
        let Some(of) = world.periods.rows.get(&made.period) else { continue };
        let row = Row::of(*id, made, of);
        on_either!(conn, conn => {
            diesel::insert_into(yearly_account::table).values(&row).execute(conn)?
        });
        for (part, text) in (0_i64..).zip(parts(text)) {
            let row = (
                yearly_account_text::account.eq(id.0),
                yearly_account_text::part.eq(part),
                yearly_account_text::text.eq(text),
            );
            on_either!(conn, conn => {
                diesel::insert_into(yearly_account_text::table).values(row).execute(conn)?
            });
        }
    }
    Ok(())
}

/// What is not as the events say.
pub fn differences(conn: &mut Conn, world: &World, wrong: &mut Differences) -> Result<(), Failure> {
    let rows: Vec<Row> = on_either!(conn, conn => yearly_account::table.load(conn)?);
    let stored: BTreeMap<i64, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let made = world.periods.yearly_accounts.iter().filter_map(|(id, made)| {
        let of = world.periods.rows.get(&made.period)?;
        Some((id.0, Row::of(*id, made, of)))
    });
    compare("yearly_account", &stored, made.collect(), wrong);
    for (id, made) in &world.periods.yearly_accounts {
        let parts: Vec<String> = on_either!(conn, conn => yearly_account_text::table
            .filter(yearly_account_text::account.eq(id.0))
            .order(yearly_account_text::part)
            .select(yearly_account_text::text)
            .load(conn)?);
        if crate::domain::sepa::digest(&parts.concat()) != made.digest {
            wrong.push(("yearly_account_text", id.to_string()));
        }
    }
    Ok(())
}

/// What an event moved of a funder's money into the programme, or out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundLine {
    pub seq: Seq,
    pub day: Day,
    pub body: Body,
    /// What came in, below zero what went back; of an end: what was returned.
    pub cents: i64,
}

/// A payment that was paid, or came back after it had been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderPaid {
    pub seq: Seq,
    pub day: Day,
    pub returned: bool,
    pub payment: PaymentId,
    pub number: i64,
    /// Of its run: the number, and the day up to which it pays.
    pub run: i64,
    pub run_day: Day,
    pub organisation: OrganisationId,
    pub lines: Amounts,
    pub netted: Amounts,
    /// Of the accountant who paid it, and when.
    pub reference: Option<(String, Day)>,
}

#[derive(QueryableByName)]
struct FundRow {
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = BigInt)]
    day: i64,
    #[diesel(sql_type = Text)]
    content: String,
    #[diesel(sql_type = BigInt)]
    cents: i64,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

type PaymentCells = (i64, i64, i64, String, String, i64);

impl Database {
    pub fn yearly_accounts(&self, filter: &Filter) -> Result<Vec<YearlyAccountView>, ReadError> {
        let own = match filter.within {
            Tenant::Any => None,
            Tenant::Funder(own) => Some(own),
            Tenant::Issuer(_) | Tenant::Organisation(_) => return Ok(Vec::new()),
        };
        let rows: Vec<(Row, i64)> = reading!(self, conn => {
            let mut query = yearly_account::table
                .inner_join(event::table.on(event::seq.eq(yearly_account::id)))
                .select((yearly_account::all_columns, event::occurred_at))
                .into_boxed();
            narrow!(query, yearly_account::funder => own,
                yearly_account::funder => filter.funder,
                yearly_account::programme => filter.programme,
                yearly_account::id => filter.id.map(YearlyAccountId));
            page!(query, filter, desc yearly_account::id).load(conn)
        })?;
        let view = |(row, at): (Row, i64)| YearlyAccountView {
            id: YearlyAccountId(row.id),
            programme: ProgrammeId(row.programme),
            year: row.year,
            funder: FunderId(row.funder),
            made_at: Instant(at),
            sha256: row.digest,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// The JSON of a yearly account, as it was archived.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn yearly_account_text(&self, id: YearlyAccountId) -> Result<Option<String>, ReadError> {
        let parts: Vec<String> = reading!(self, conn => yearly_account_text::table
            .filter(yearly_account_text::account.eq(id.0))
            .order(yearly_account_text::part)
            .select(yearly_account_text::text)
            .load(conn))?;
        Ok((!parts.is_empty()).then(|| parts.concat()))
    }

    /// The account of a funder's year in a programme, if it was made.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn yearly_account_of(
        &self,
        programme: ProgrammeId,
        year: i64,
        funder: FunderId,
    ) -> Result<Option<YearlyAccountId>, ReadError> {
        let id: Option<i64> = reading!(self, conn => yearly_account::table
            .filter(yearly_account::programme.eq(programme.0))
            .filter(yearly_account::year.eq(year))
            .filter(yearly_account::funder.eq(funder.0))
            .select(yearly_account::id)
            .first(conn)
            .optional())?;
        Ok(id.map(YearlyAccountId))
    }

    /// Last months of years whose statements are made, and of which a funder has no yearly
    /// account: the first closed first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn unaccounted_years(&self) -> Result<Vec<PeriodId>, ReadError> {
        let text = "SELECT period.id AS n FROM period \
             WHERE period.month % 100 = 12 AND period.next IS NOT NULL AND EXISTS \
                 (SELECT 1 FROM statement WHERE statement.period = period.id \
                     AND statement.funder > 0 AND NOT EXISTS \
                     (SELECT 1 FROM yearly_account WHERE yearly_account.period = period.id \
                         AND yearly_account.funder = statement.funder)) \
             ORDER BY 1";
        let rows: Vec<Number> = reading!(self, conn => sql_query(text).load(conn))?;
        Ok(rows.into_iter().map(|row| PeriodId(row.n)).collect())
    }

    /// The closed months of a programme's year whose statements are made, in their order.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn months_of(&self, of: ProgrammeId, year: i64) -> Result<Vec<Period>, ReadError> {
        let rows: Vec<PeriodRow> = reading!(self, conn => period::table
            .filter(period::programme.eq(of.0))
            .filter(period::month.gt(year * 100))
            .filter(period::month.lt((year + 1) * 100))
            .filter(period::next.is_not_null())
            .order(period::month)
            .load(conn))?;
        Ok(rows.iter().map(PeriodRow::domain).collect::<Result<_, _>>()?)
    }

    /// # Errors
    /// When the database does not answer.
    pub fn period(&self, id: PeriodId) -> Result<Option<Period>, ReadError> {
        let row: Option<PeriodRow> =
            reading!(self, conn => period::table.find(id.0).get_result(conn).optional())?;
        Ok(row.map(|row| row.domain()).transpose()?)
    }

    /// The last closed month of a programme whose statements are made.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn last_stated(&self, of: ProgrammeId) -> Result<Option<Period>, ReadError> {
        let row: Option<PeriodRow> = reading!(self, conn => period::table
            .filter(period::programme.eq(of.0))
            .filter(period::next.is_not_null())
            .order(period::month.desc())
            .first(conn)
            .optional())?;
        Ok(row.map(|row| row.domain()).transpose()?)
    }

    /// The funders that have a statement of a month.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn funders_stated(&self, id: PeriodId) -> Result<Vec<FunderId>, ReadError> {
        let mut funders: Vec<FunderId> = self
            .stated(id)?
            .into_iter()
            .filter_map(|(party, _)| match party {
                Party::Funder(funder) => Some(funder),
                Party::Organisation(_) => None,
            })
            .collect();
        funders.sort_unstable();
        Ok(funders)
    }

    /// What came in of a funder's money and what went back, event by event.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn fund_lines(
        &self,
        of: &MonthSlice,
        funder: FunderId,
    ) -> Result<Vec<FundLine>, ReadError> {
        // Of the contra account what it was debited, of what is returned what it was credited.
        let text = format!(
            "SELECT event.seq AS seq, event.day AS day, event.content AS content, \
                 CAST(SUM(CASE WHEN account.stage = 'funding' THEN -posting.amount_cents \
                     ELSE posting.amount_cents END) AS BIGINT) AS cents \
             FROM event CROSS JOIN posting CROSS JOIN account \
             WHERE {} AND {} \
                 AND event.kind IN ('funded', 'withdrawn', 'programme_ended') \
                 AND posting.event = event.seq AND account.id = posting.account \
                 AND account.funder = {funder} AND account.stage IN ('funding', 'returned') \
             GROUP BY 1, 2, 3 ORDER BY 1",
            of.events(),
            of.lines()
        );
        let rows: Vec<FundRow> = reading!(self, conn => sql_query(&text).load(conn))?;
        let line = |row: FundRow| {
            Ok(FundLine {
                seq: Seq(row.seq),
                day: Day(convert::small("event", row.day)?),
                body: convert::json("event", &row.content)?,
                cents: row.cents,
            })
        };
        rows.into_iter().map(line).collect()
    }

    /// Payments that were paid, and those that came back after it, event by event.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn orders_paid(&self, of: &MonthSlice) -> Result<Vec<OrderPaid>, ReadError> {
        let events: Vec<(Seq, Day, bool, i64)> = self
            .bodies(of, &["payment_paid", "payment_failed"])?
            .into_iter()
            .filter_map(|(seq, day, body)| match body {
                Body::PaymentPaid { payment } => Some((seq, day, false, payment.0)),
                Body::PaymentFailed { payment, how: PaymentState::Returned, .. } => {
                    Some((seq, day, true, payment.0))
                }
                _ => None,
            })
            .collect();
        let mut ids: Vec<i64> = events.iter().map(|(.., id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let (mut rows, mut references) = (HashMap::new(), HashMap::new());
        for part in ids.chunks(KEYS) {
            let found: Vec<(i64, PaymentCells)> = reading!(self, conn => payment::table
                .inner_join(settlement::table.on(settlement::id.eq(payment::settlement)))
                .filter(payment::id.eq_any(part))
                .select((payment::id, (
                    payment::number,
                    payment::organisation,
                    settlement::number,
                    payment::lines,
                    payment::netted,
                    settlement::day,
                )))
                .load(conn))?;
            rows.extend(found);
            let found: Vec<(i64, String, i64)> = reading!(self, conn => paid_order::table
                .filter(paid_order::payment.eq_any(part))
                .select((paid_order::payment, paid_order::reference, paid_order::paid_on))
                .load(conn))?;
            references.extend(found.into_iter().map(|(id, text, day)| (id, (text, day))));
        }
        let mut orders = Vec::with_capacity(events.len());
        for (seq, day, returned, id) in events {
            let Some(cells) = rows.get(&id) else { continue };
            let reference = references.get(&id).filter(|_| !returned);
            orders.push(order((seq, day, returned), PaymentId(id), cells, reference)?);
        }
        Ok(orders)
    }
}

fn order(
    (seq, day, returned): (Seq, Day, bool),
    payment: PaymentId,
    (number, organisation, run, lines, netted, run_day): &PaymentCells,
    reference: Option<&(String, i64)>,
) -> Result<OrderPaid, Unreadable> {
    let reference = reference
        .map(|(text, on)| Ok((text.clone(), Day(convert::small("paid_order", *on)?))))
        .transpose()?;
    Ok(OrderPaid {
        seq,
        day,
        returned,
        payment,
        number: *number,
        run: *run,
        run_day: Day(convert::small("settlement", *run_day)?),
        organisation: OrganisationId(*organisation),
        lines: convert::json("payment", lines)?,
        netted: convert::json("payment", netted)?,
        reference,
    })
}
