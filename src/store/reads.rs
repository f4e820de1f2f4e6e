//! Reads of single things that go through the pool.
//! No writes.

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{
    connection::{Database, OpenError, reading},
    convert::Unreadable,
    rows::*,
    schema::*,
};
use crate::domain::{
    calendar::Day,
    ids::{OrganisationId, ProgrammeId, Seq, VenueId, VoucherId},
    life::Voucher,
    programme::Programme,
    registry::Venue,
    world::RedemptionRecord,
};

/// As the index `voucher_open` says it: with bound values SQLite would not know that it may use it.
const OPEN: &str = "(money IN ('committed', 'releasable') OR standing = 'stock')";

/// Why a read gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// A line of the trial balance, in cents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BalanceLine {
    pub programme: i64,
    pub version: i64,
    pub funder: i64,
    pub stage: String,
    pub organisation: Option<i64>,
    pub debit_cents: i64,
    pub credit_cents: i64,
}

/// How a voucher is named by people: nothing of it is shown in an error.
#[derive(Clone, PartialEq, Eq)]
pub enum VoucherName {
    Id(VoucherId),
    Reference(String),
    CodeTag([u8; 16]),
}

/// A venue for publication.
pub struct OpenVenue {
    pub venue: Venue,
    pub siret: Option<String>,
    /// In the national standard's JSON.
    pub record: Option<String>,
}

impl Database {
    /// A voucher with the end of the journal when it was read.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn voucher(&self, name: &VoucherName) -> Result<Option<Voucher>, ReadError> {
        let row: Option<VoucherRow> = match name {
            VoucherName::Id(id) => reading!(self, conn =>
                voucher::table.filter(voucher::id.eq(id.0)).first(conn).optional())?,
            VoucherName::Reference(text) => reading!(self, conn =>
                voucher::table.filter(voucher::reference.eq(text)).first(conn).optional())?,
            VoucherName::CodeTag(tag) => reading!(self, conn =>
                voucher::table.filter(voucher::code_tag.eq(tag.to_vec())).first(conn).optional())?,
        };
        Ok(row.map(|row| row.domain()).transpose()?)
    }

    /// # Errors
    /// When the database does not answer.
    pub fn programme(&self, id: ProgrammeId) -> Result<Option<Programme>, ReadError> {
        let row: Option<ProgrammeRow> =
            reading!(self, conn => programme::table.find(id.0).get_result(conn).optional())?;
        Ok(row.map(ProgrammeRow::domain).transpose()?)
    }

    /// # Errors
    /// When the database does not answer.
    pub fn redemption(&self, seq: Seq) -> Result<Option<RedemptionRecord>, ReadError> {
        let row: Option<RedemptionRow> =
            reading!(self, conn => redemption::table.find(seq.0).get_result(conn).optional())?;
        let by: Option<i64> = reading!(self, conn => event::table
            .filter(event::reverses.eq(Some(seq.0)))
            .select(event::seq)
            .first(conn)
            .optional())?;
        let day: Option<i64> = reading!(self, conn => event::table
            .find(seq.0)
            .select(event::day)
            .get_result(conn)
            .optional())?;
        Ok(row.map(|row| row.domain(day.unwrap_or_default(), by)).transpose()?)
    }

    /// The organisation of a venue.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn payee(&self, id: VenueId) -> Result<Option<OrganisationId>, ReadError> {
        let of = reading!(self, conn => venue::table
            .find(id.0)
            .select(venue::organisation)
            .get_result(conn)
            .optional())?;
        Ok(of.map(OrganisationId))
    }

    /// The seq of the last event: what a read is `as_of`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn as_of(&self) -> Result<Seq, ReadError> {
        let seq = reading!(self, conn => head::table.select(head::seq).first(conn))?;
        Ok(Seq(seq))
    }

    /// Every account's totals.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn trial_balance(&self) -> Result<Vec<BalanceLine>, ReadError> {
        let rows: Vec<AccountRow> =
            reading!(self, conn => account::table.order(account::id).load(conn))?;
        let line = |row: AccountRow| BalanceLine {
            programme: row.programme,
            version: row.version,
            funder: row.funder,
            stage: row.stage,
            organisation: (row.organisation != 0).then_some(row.organisation),
            debit_cents: row.debit_cents,
            credit_cents: row.credit_cents,
        };
        Ok(rows.into_iter().map(line).collect())
    }

    /// Vouchers past their last day on `today` that an expiry run has to look at: `limit` of them,
    /// those that come after a day and a number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn ended(
        &self,
        today: Day,
        after: (Day, i64),
        limit: i64,
    ) -> Result<Vec<Voucher>, ReadError> {
        let (day, number) = (i64::from(after.0.0), after.1);
        let rows: Vec<VoucherRow> = reading!(self, conn => voucher::table
            .filter(sql::<Bool>(OPEN))
            .filter(voucher::last_day.lt(i64::from(today.0)))
            .filter(voucher::last_day.ge(day))
            .filter(voucher::last_day.gt(day).or(voucher::number.gt(number)))
            .filter(voucher::standing.ne("stock").or(voucher::money.eq("none")))
            .order((voucher::last_day, voucher::number))
            .limit(limit)
            .load(conn))?;
        rows.iter().map(|row| row.domain().map_err(ReadError::from)).collect()
    }

    /// Vouchers not past their last day on `today` whose money waits to return: `limit` of them,
    /// those that come after a number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn releasable(
        &self,
        today: Day,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Voucher>, ReadError> {
        let rows: Vec<VoucherRow> = reading!(self, conn => voucher::table
            .filter(sql::<Bool>("money = 'releasable'"))
            .filter(voucher::last_day.ge(i64::from(today.0)))
            .filter(voucher::number.gt(after))
            .order(voucher::number)
            .limit(limit)
            .load(conn))?;
        rows.iter().map(|row| row.domain().map_err(ReadError::from)).collect()
    }

    /// Venues that came from a file, with their records in the standard's JSON.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn imported_venues(&self) -> Result<Vec<(Venue, String)>, ReadError> {
        let rows: Vec<(VenueRow, VenueDetailRow)> = reading!(self, conn => venue::table
            .inner_join(venue_detail::table.on(venue_detail::venue.eq(venue::id)))
            .filter(venue::source.is_not_null())
            .load(conn))?;
        rows.into_iter().map(|(row, detail)| Ok((row.domain()?, detail.record))).collect()
    }

    /// Every venue that is open, with its payee's SIRET and, if a file told it, its record.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open_venues(&self) -> Result<Vec<OpenVenue>, ReadError> {
        let rows: Vec<(VenueRow, Option<String>, Option<String>)> = reading!(self, conn =>
            venue::table
                .inner_join(organisation::table.on(organisation::id.eq(venue::organisation)))
                .left_join(venue_detail::table.on(venue_detail::venue.eq(venue::id)))
                .filter(venue::active.eq(1))
                .order(venue::id)
                .select((
                    venue::all_columns,
                    organisation::siret,
                    venue_detail::record.nullable(),
                ))
                .load(conn))?;
        let open = |(row, siret, record): (VenueRow, Option<String>, Option<String>)| {
            Ok(OpenVenue { venue: row.domain()?, siret, record })
        };
        rows.into_iter().map(open).collect()
    }

    /// Every organisation by number, name and SIRET.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn payees(&self) -> Result<Vec<(i64, String, Option<String>)>, ReadError> {
        Ok(reading!(self, conn => organisation::table
            .select((organisation::id, organisation::name, organisation::siret))
            .load(conn))?)
    }
}
