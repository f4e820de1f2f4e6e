//! Open venues as places on a map, and what a file told of one.
//! No distances: `app/nearby.rs` has them.

use diesel::prelude::*;

use super::{
    connection::{Database, reading},
    reads::ReadError,
    schema::*,
};
use crate::domain::ids::{ProgrammeId, VenueId};

/// Where a venue is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub venue: VenueId,
    pub name: String,
    pub address: String,
    pub postcode: String,
    pub commune: String,
    /// Latitude and longitude in millionths of a degree, if they are known.
    pub position: Option<(i64, i64)>,
}

type Row = (i64, String, String, String, String, Option<i64>, Option<i64>);

impl Database {
    /// All open venues; of a programme that lists its venues, those that it admits.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn places(&self, programme: Option<ProgrammeId>) -> Result<Vec<Place>, ReadError> {
        let listed = programme.map(|id| self.programme(id)).transpose()?.flatten();
        let listed = listed.filter(|programme| programme.terms.venues_listed);
        let rows: Vec<Row> = reading!(self, conn => {
            let mut query = venue::table
                .left_join(venue_detail::table.on(venue_detail::venue.eq(venue::id)))
                .filter(venue::active.eq(1))
                .order(venue::id)
                .select((
                    venue::id,
                    venue::name,
                    venue::address,
                    venue::postcode,
                    venue::commune,
                    venue_detail::latitude_microdegrees.nullable(),
                    venue_detail::longitude_microdegrees.nullable(),
                ))
                .into_boxed();
            if let Some(programme) = &listed {
                let admitted = admission::table
                    .filter(admission::programme.eq(programme.id.0))
                    .select(admission::venue);
                query = query.filter(venue::id.eq_any(admitted));
            }
            query.load(conn)
        })?;
        let place = |(id, name, address, postcode, commune, latitude, longitude): Row| Place {
            venue: VenueId(id),
            name,
            address,
            postcode,
            commune,
            position: Option::zip(latitude, longitude),
        };
        Ok(rows.into_iter().map(place).collect())
    }

    /// What a file told of a venue, in the national standard's JSON.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn venue_record(&self, venue: VenueId) -> Result<Option<String>, ReadError> {
        Ok(reading!(self, conn => venue_detail::table
            .find(venue.0)
            .select(venue_detail::record)
            .get_result(conn)
            .optional())?)
    }
}
