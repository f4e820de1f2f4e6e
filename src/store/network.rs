//! Who hands out and who receives, with what issuers have left: rows of the network report.
//! No usage figures: `usage.rs` sums those.

use std::collections::HashMap;

use diesel::{
    prelude::*,
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};

use super::{
    connection::{Database, reading},
    reads::ReadError,
    schema::*,
    usage::list,
};
use crate::domain::{access::Tenant, calendar::Day, usage::UsageFilter};

/// What an issuer may still hand out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drawer {
    pub issuer: i64,
    pub name: String,
    /// Workshops of its allocations.
    pub granted: i64,
    pub taken: i64,
    /// Vouchers printed ahead that nobody has activated and that are not past their last day.
    pub stock: i64,
    /// The day on which the oldest of these was minted.
    pub oldest: Option<Day>,
}

#[derive(QueryableByName)]
struct DrawerRow {
    #[diesel(sql_type = BigInt)]
    issuer: i64,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    granted: i64,
    #[diesel(sql_type = BigInt)]
    taken: i64,
    #[diesel(sql_type = BigInt)]
    stock: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    oldest: Option<i64>,
}

#[derive(QueryableByName)]
struct OpenRow {
    #[diesel(sql_type = Text)]
    territory: String,
    #[diesel(sql_type = BigInt)]
    venues: i64,
}

impl Database {
    /// Issuers with an allocation, by their number.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn drawers(&self, filter: &UsageFilter) -> Result<Vec<Drawer>, ReadError> {
        let mut wheres = vec!["1 = 1".to_owned()];
        match filter.within {
            Tenant::Organisation(_) => return Ok(Vec::new()),
            Tenant::Issuer(own) => wheres.push(format!("issuer = {own}")),
            Tenant::Any | Tenant::Funder(_) => {}
        }
        wheres.extend(filter.issuer.map(|id| format!("issuer = {id}")));
        if let Some(programmes) = self.programmes_counted(filter)? {
            wheres.push(format!("programme IN ({})", list(&programmes)));
        }
        let wheres = wheres.join(" AND ");
        // All numbers in it are ours.
        let sql = format!(
            "SELECT issuer.id AS issuer, issuer.name AS name, granted, taken, \
             COALESCE(stock, 0) AS stock, oldest FROM issuer \
             JOIN (SELECT issuer AS holder, CAST(SUM(granted) AS BIGINT) AS granted, \
             CAST(SUM(taken) AS BIGINT) AS taken FROM allocation WHERE {wheres} GROUP BY 1) AS g \
             ON g.holder = issuer.id \
             LEFT JOIN (SELECT issuer AS holder, COUNT(*) AS stock, MIN(first_day) AS oldest \
             FROM voucher WHERE standing = 'stock' AND money = 'none' AND {wheres} GROUP BY 1) \
             AS s ON s.holder = issuer.id ORDER BY issuer.id"
        );
        let rows: Vec<DrawerRow> = reading!(self, conn => sql_query(&sql).load(conn))?;
        let drawers = rows.into_iter().map(|row| {
            let DrawerRow { issuer, name, granted, taken, stock, oldest } = row;
            let oldest = oldest.and_then(|day| i32::try_from(day).ok()).map(Day);
            Drawer { issuer, name, granted, taken, stock, oldest }
        });
        Ok(drawers.collect())
    }

    /// How many venues of approved organisations are open, by territory.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn open_venues_by_territory(
        &self,
        filter: &UsageFilter,
    ) -> Result<Vec<(String, i64)>, ReadError> {
        let own = match filter.within {
            Tenant::Organisation(own) => format!("AND organisation.id = {own}"),
            _ => String::new(),
        };
        let sql = format!(
            "SELECT territory, COUNT(*) AS venues FROM venue \
             JOIN organisation ON organisation.id = venue.organisation \
             WHERE venue.active = 1 AND organisation.approval = 'approved' {own} \
             AND ($1 = '' OR territory = $1) GROUP BY 1 ORDER BY 1"
        );
        let territory = filter.territory.clone().unwrap_or_default();
        let rows: Vec<OpenRow> = reading!(self, conn =>
            sql_query(&sql).bind::<Text, _>(&territory).load(conn))?;
        Ok(rows.into_iter().map(|row| (row.territory, row.venues)).collect())
    }

    /// Names and territories of venues.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn venue_places(
        &self,
        numbers: &[i64],
    ) -> Result<HashMap<i64, (String, String)>, ReadError> {
        let mut places = HashMap::new();
        // In parts: SQLite takes 32,766 bound values at most.
        for part in numbers.chunks(10_000) {
            let rows: Vec<(i64, String, String)> = reading!(self, conn => venue::table
                .filter(venue::id.eq_any(part))
                .select((venue::id, venue::name, venue::territory))
                .load(conn))?;
            places.extend(rows.into_iter().map(|(id, name, territory)| (id, (name, territory))));
        }
        Ok(places)
    }
}
