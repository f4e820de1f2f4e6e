//! Closed months and statements as people see them, and which are still to be made.
//! No writes and no rules of who may ask.

use std::collections::HashMap;

use diesel::{prelude::*, sql_query, sql_types::BigInt};

use super::{PeriodRow, StatementRow, load, month, sides};
use crate::{
    domain::{
        access::Tenant,
        calendar::{Day, Instant},
        ids::*,
        period::{
            Month, Party, Period,
            view::{Closing, PeriodView, StatementView},
        },
        usage::UsageFilter,
        view::Filter,
    },
    store::{
        connection::{Database, reading},
        lists::{narrow, page},
        period_schema::*,
        reads::ReadError,
        schema::{event, programme, venue},
        usage::list,
    },
};

#[derive(QueryableByName)]
struct ClosedRow {
    #[diesel(sql_type = BigInt)]
    open: i64,
    #[diesel(sql_type = BigInt)]
    seq: i64,
    #[diesel(sql_type = BigInt)]
    at: i64,
}

impl Database {
    pub fn periods(&self, filter: &Filter) -> Result<Vec<PeriodView>, ReadError> {
        if filter.within != Tenant::Any {
            return Ok(Vec::new());
        }
        let rows: Vec<PeriodRow> = reading!(self, conn => {
            let mut query = period::table.into_boxed();
            narrow!(query, period::programme => filter.programme,
                period::id => filter.id.map(PeriodId));
            if let Some(month) = filter.month {
                query = query.filter(period::month.eq(month.number()));
            }
            page!(query, filter, desc period::id).load(conn)
        })?;
        let view = |row: &PeriodRow| {
            let row = row.domain()?;
            Ok(PeriodView {
                id: row.id,
                programme: row.programme,
                month: row.closed.month,
                through: row.closed.through,
                closed_at: row.closed_at,
                closed_by: row.closed_by,
                open_conflicts: row.closed.conflicts,
                quarantined: row.closed.quarantined,
                statements: row.statements,
                stated: row.next.is_some(),
            })
        };
        rows.iter().map(view).collect()
    }

    /// The month of a programme that is closed next, and what stands open on `today` there.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn closing(&self, id: ProgrammeId, today: Day) -> Result<Option<Closing>, ReadError> {
        let closed: Option<Option<i64>> = reading!(self, conn => programme::table
            .find(id.0)
            .select(programme::closed_through)
            .get_result(conn)
            .optional())?;
        let closed = closed.flatten().and_then(|day| i32::try_from(day).ok()).map(Day);
        let text = load::ends_statement(id, Month::of(today));
        let row: load::EndsRow = reading!(self, conn => sql_query(&text).get_result(conn))?;
        let Some(ends) = row.value()? else { return Ok(None) };
        let month = closed.map_or(ends.first, |day| Month::of(day).next());
        Ok(Some(Closing {
            programme: id,
            month,
            last_day: month.last_day(),
            over: today > month.last_day(),
            filling: ends.filling,
            open_conflicts: ends.conflicts,
            quarantined: ends.quarantined,
        }))
    }

    pub fn statements(&self, filter: &Filter) -> Result<Vec<StatementView>, ReadError> {
        let (funder, organisation) = match filter.within {
            Tenant::Any => (None, None),
            Tenant::Funder(own) => (Some(own), None),
            Tenant::Organisation(own) => (None, Some(own)),
            Tenant::Issuer(_) => return Ok(Vec::new()),
        };
        let rows: Vec<(StatementRow, i64)> = reading!(self, conn => {
            let mut query = statement::table
                .inner_join(event::table.on(event::seq.eq(statement::id)))
                .select((statement::all_columns, event::occurred_at))
                .into_boxed();
            narrow!(query, statement::funder => funder,
                statement::organisation => organisation,
                statement::funder => filter.funder,
                statement::organisation => filter.organisation,
                statement::programme => filter.programme,
                statement::id => filter.id.map(StatementId));
            if let Some(month) = filter.month {
                query = query.filter(statement::month.eq(month.number()));
            }
            page!(query, filter, desc statement::id).load(conn)
        })?;
        let view = |(row, at): (StatementRow, i64)| {
            Ok(StatementView {
                id: StatementId(row.id),
                programme: ProgrammeId(row.programme),
                month: month(row.month)?,
                number: row.number,
                party: row.party(),
                made_at: Instant(at),
                sha256: row.digest,
            })
        };
        rows.into_iter().map(view).collect()
    }

    /// The JSON of a statement, as it was archived.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn statement_text(&self, id: StatementId) -> Result<Option<String>, ReadError> {
        let parts: Vec<String> = reading!(self, conn => statement_text::table
            .filter(statement_text::statement.eq(id.0))
            .order(statement_text::part)
            .select(statement_text::text)
            .load(conn))?;
        Ok((!parts.is_empty()).then(|| parts.concat()))
    }

    /// Closed months whose statements are not all made, the first closed first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn unstated_periods(&self) -> Result<Vec<Period>, ReadError> {
        let rows: Vec<PeriodRow> = reading!(self, conn => period::table
            .filter(period::next.is_null())
            .order(period::id)
            .load(conn))?;
        Ok(rows.iter().map(PeriodRow::domain).collect::<Result<_, _>>()?)
    }

    /// The closed month before another one of a programme.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn period_before(&self, of: &Period) -> Result<Option<Period>, ReadError> {
        let row: Option<PeriodRow> = reading!(self, conn => period::table
            .filter(period::programme.eq(of.programme.0))
            .filter(period::id.lt(of.id.0))
            .order(period::id.desc())
            .first(conn)
            .optional())?;
        Ok(row.map(|row| row.domain()).transpose()?)
    }

    /// The parties that have their statement of a month.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn stated(&self, id: PeriodId) -> Result<Vec<(Party, StatementId)>, ReadError> {
        let rows: Vec<StatementRow> = reading!(self, conn => statement::table
            .filter(statement::period.eq(id.0))
            .load(conn))?;
        Ok(rows.iter().map(|row| (row.party(), StatementId(row.id))).collect())
    }

    /// The statement of a party, if there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn statement_of(&self, id: PeriodId, of: Party) -> Result<Option<StatementId>, ReadError> {
        let (funder, organisation) = sides(of);
        let row: Option<i64> = reading!(self, conn => statement::table
            .filter(statement::period.eq(id.0))
            .filter(statement::funder.eq(funder))
            .filter(statement::organisation.eq(organisation))
            .select(statement::id)
            .first(conn)
            .optional())?;
        Ok(row.map(StatementId))
    }

    /// Which organisation each venue is of.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn owners(&self) -> Result<HashMap<VenueId, OrganisationId>, ReadError> {
        let rows: Vec<(i64, i64)> = reading!(self, conn => venue::table
            .select((venue::id, venue::organisation))
            .load(conn))?;
        Ok(rows.into_iter().map(|(id, of)| (VenueId(id), OrganisationId(of))).collect())
    }

    /// The last number of a programme's statements.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn last_statement(&self, of: ProgrammeId) -> Result<i64, ReadError> {
        let last: Option<i64> = reading!(self, conn => statement::table
            .filter(statement::programme.eq(of.0))
            .select(diesel::dsl::max(statement::number))
            .first(conn))?;
        Ok(last.unwrap_or_default())
    }

    /// If the days of a filter are a closed month of all programmes that it counts: the event that
    /// closed the last of them, and its moment.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn closed_month(&self, filter: &UsageFilter) -> Result<Option<(Seq, Instant)>, ReadError> {
        let (Some(from), Some(to)) = (filter.from, filter.to) else { return Ok(None) };
        let month = Month::of(from);
        if (from, to) != (month.first_day(), month.last_day()) {
            return Ok(None);
        }
        let counted = match self.programmes_counted(filter)? {
            Some(own) => format!("id IN ({})", list(&own)),
            None => "1 = 1".to_owned(),
        };
        let (last, number) = (to.0, month.number());
        // A programme that began later has nothing in it, and cannot get anything.
        let text = format!(
            "SELECT (SELECT COUNT(*) FROM programme WHERE {counted} \
                 AND (closed_through IS NULL OR closed_through < {last}) AND EXISTS \
                     (SELECT 1 FROM day_end WHERE day_end.programme = programme.id \
                     AND day_end.day <= {last})) AS open, \
             COALESCE(MAX(id), 0) AS seq, COALESCE(MAX(closed_at), 0) AS at FROM period \
             WHERE month = {number} AND programme IN (SELECT id FROM programme WHERE {counted})"
        );
        let row: ClosedRow = reading!(self, conn => sql_query(text.as_str()).get_result(conn))?;
        Ok((row.open == 0 && row.seq > 0).then_some((Seq(row.seq), Instant(row.at))))
    }
}
