//! Devices: whose they are, their keys, and what each last said of itself.
//! No rules: `decide/devices.rs` has them; when a device was seen is not an event.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    connection::{Conn, Database, on_either, reading},
    convert::{self, Unreadable},
    device_schema::device,
    load::Failure,
    reads::ReadError,
    schema::admission,
};
use crate::domain::{
    access::Tenant,
    calendar::Instant,
    device::{Device, Enrolled, Invitation},
    ids::{DeviceId, OrganisationId, VenueId},
    key_register::PublicKey,
    view::{Calling, DeviceView, Filter, ProgrammeView, VenueView},
    world::{Effects, World},
};

/// The time at which a device was seen is written at most this often.
const SEEN_EVERY_S: i64 = 60;
/// There are a few hundred programmes at most, and fewer venues of one device.
const MOST_PLACES: u32 = 1_000;

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = device, treat_none_as_default_value = false)]
struct DeviceRow {
    id: i64,
    organisation: i64,
    name: String,
    served: String,
    token_hash: Option<Vec<u8>>,
    token_expires_at: Option<i64>,
    public_key: Option<Vec<u8>>,
    enrolled_at: Option<i64>,
    revoked_at: Option<i64>,
    seen_at: Option<i64>,
    version: Option<String>,
    queued: Option<i64>,
    reported_at: Option<i64>,
}

impl DeviceRow {
    fn domain(&self) -> Result<Device, Unreadable> {
        let invitation = match (&self.token_hash, self.token_expires_at) {
            (Some(hash), Some(at)) => {
                let hash = convert::bytes("device", hash)?;
                Some(Invitation { hash, expires_at: Instant(at) })
            }
            _ => None,
        };
        let enrolled = match (&self.public_key, self.enrolled_at) {
            (Some(public), Some(at)) => {
                let public = PublicKey(convert::bytes("device", public)?);
                Some(Enrolled { at: Instant(at), public })
            }
            _ => None,
        };
        Ok(Device {
            id: DeviceId(self.id),
            organisation: OrganisationId(self.organisation),
            name: self.name.clone(),
            served: convert::json("device", &self.served)?,
            invitation,
            enrolled,
            revoked_at: self.revoked_at.map(Instant),
        })
    }

    fn of(row: &Device) -> Result<Self, Unreadable> {
        Ok(Self {
            id: row.id.0,
            organisation: row.organisation.0,
            name: row.name.clone(),
            served: convert::text("device", &row.served)?,
            token_hash: row.invitation.map(|one| one.hash.to_vec()),
            token_expires_at: row.invitation.map(|one| one.expires_at.0),
            public_key: row.enrolled.map(|one| one.public.0.to_vec()),
            enrolled_at: row.enrolled.map(|one| one.at.0),
            revoked_at: row.revoked_at.map(|at| at.0),
            seen_at: None,
            version: None,
            queued: None,
            reported_at: None,
        })
    }

    fn view(self, (records, missing): (i64, i64)) -> Result<DeviceView, Unreadable> {
        let device = self.domain()?;
        Ok(DeviceView {
            id: device.id,
            organisation: device.organisation,
            state: device.state(),
            venues: device.venues().to_vec(),
            name: device.name,
            invited_until: device.invitation.map(|one| one.expires_at),
            enrolled_at: device.enrolled.map(|one| one.at),
            revoked_at: device.revoked_at,
            seen_at: self.seen_at.map(Instant),
            version: self.version,
            queued: self.queued,
            reported_at: self.reported_at.map(Instant),
            records,
            missing,
        })
    }
}

/// Loads the devices that a batch names and that are not kept from the one before.
pub(super) fn load(conn: &mut Conn, world: &mut World, ids: &BTreeSet<i64>) -> Result<(), Failure> {
    for id in ids {
        if world.devices.contains_key(&DeviceId(*id)) {
            continue;
        }
        let row: Option<DeviceRow> =
            on_either!(conn, conn => device::table.find(id).get_result(conn).optional()?);
        if let Some(row) = row {
            world.devices.insert(DeviceId(row.id), row.domain()?);
        }
    }
    Ok(())
}

/// Writes devices that were added or changed; what they said of themselves stays.
pub(super) fn write(conn: &mut Conn, world: &World, effects: &Effects) -> Result<(), Failure> {
    for row in effects.changed.devices.iter().filter_map(|id| world.devices.get(id)) {
        let row = DeviceRow::of(row)?;
        on_either!(conn, conn => {
            diesel::insert_into(device::table)
                .values(&row)
                .on_conflict(device::id)
                .do_update()
                .set((
                    device::name.eq(&row.name),
                    device::served.eq(&row.served),
                    device::token_hash.eq(&row.token_hash),
                    device::token_expires_at.eq(row.token_expires_at),
                    device::public_key.eq(&row.public_key),
                    device::enrolled_at.eq(row.enrolled_at),
                    device::revoked_at.eq(row.revoked_at),
                ))
                .execute(conn)?
        });
    }
    Ok(())
}

/// Devices that are not as the events say, by number.
pub(super) fn differences(conn: &mut Conn, world: &World) -> Result<Vec<i64>, Failure> {
    let rows: Vec<DeviceRow> =
        on_either!(conn, conn => device::table.order(device::id).load(conn)?);
    let mut expected = world.devices.clone();
    let mut differing = Vec::new();
    for row in rows {
        let stored = row.domain()?;
        // Events hold neither.
        let told = |device: Device| Device {
            name: stored.name.clone(),
            invitation: stored.invitation,
            ..device
        };
        if expected.remove(&stored.id).map(told).as_ref() != Some(&stored) {
            differing.push(row.id);
        }
    }
    differing.extend(expected.into_keys().map(|id| id.0));
    Ok(differing)
}

impl Database {
    /// A device, whatever its state.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn device(&self, id: DeviceId) -> Result<Option<Device>, ReadError> {
        let row: Option<DeviceRow> =
            reading!(self, conn => device::table.find(id.0).get_result(conn).optional())?;
        Ok(row.map(|row| row.domain()).transpose()?)
    }

    /// A device that calls.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn calling_device(&self, id: DeviceId, now: Instant) -> Result<Option<Calling>, ReadError> {
        let row: Option<DeviceRow> =
            reading!(self, conn => device::table.find(id.0).get_result(conn).optional())?;
        let Some(row) = row else { return Ok(None) };
        let stale = now.plus_seconds(-SEEN_EVERY_S).0;
        let to_note = row.seen_at.is_none_or(|at| at <= stale);
        Ok(Some(Calling { device: row.domain()?, to_note }))
    }

    /// Notes that a device was seen.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_seen(&self, id: DeviceId, now: Instant) -> Result<(), ReadError> {
        reading!(self, conn => diesel::update(device::table.find(id.0))
            .set(device::seen_at.eq(Some(now.0)))
            .execute(conn))?;
        Ok(())
    }

    /// Keeps what a device says of itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn device_reported(
        &self,
        id: DeviceId,
        version: &str,
        queued: i64,
        now: Instant,
    ) -> Result<(), ReadError> {
        reading!(self, conn => diesel::update(device::table.find(id.0))
            .set((
                device::version.eq(Some(version)),
                device::queued.eq(Some(queued)),
                device::reported_at.eq(Some(now.0)),
            ))
            .execute(conn))?;
        Ok(())
    }

    /// The newest first.
    pub fn devices(&self, filter: &Filter) -> Result<Vec<DeviceView>, ReadError> {
        let own = match filter.within {
            Tenant::Any => filter.organisation,
            Tenant::Organisation(own) => Some(own),
            Tenant::Funder(_) | Tenant::Issuer(_) => return Ok(Vec::new()),
        };
        let rows: Vec<DeviceRow> = reading!(self, conn => {
            let mut query = device::table.into_boxed();
            if let Some(own) = own {
                query = query.filter(device::organisation.eq(own.0));
            }
            if let Some(id) = filter.id {
                query = query.filter(device::id.eq(id));
            }
            if let Some(after) = filter.after {
                query = query.filter(device::id.lt(after));
            }
            query.order(device::id.desc()).limit(i64::from(filter.limit)).load(conn)
        })?;
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let chains = self.chains(&ids)?;
        let chain = |row: &DeviceRow| chains.get(&row.id).copied().unwrap_or_default();
        let view = |row: DeviceRow| {
            let chain = chain(&row);
            row.view(chain).map_err(ReadError::from)
        };
        rows.into_iter().map(view).collect()
    }

    /// The venues that a device serves now, and the programmes that admit some of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn places_of_device(
        &self,
        device: &Device,
    ) -> Result<(Vec<VenueView>, Vec<ProgrammeView>), ReadError> {
        let within = Tenant::Organisation(device.organisation);
        let all = Filter { limit: MOST_PLACES, ..Filter::of(within) };
        let venues = self.venues(&Filter { device: Some(device.id), ..all.clone() })?;
        let listed = self.admitting(device)?;
        let mut programmes = self.programmes(&all)?;
        programmes.retain(|row| !row.terms.venues_listed || listed.contains(&row.id.0));
        Ok((venues, programmes))
    }

    /// The programmes that list some venue of a device.
    fn admitting(&self, device: &Device) -> Result<Vec<i64>, ReadError> {
        let venues: Vec<i64> = device.venues().iter().map(|venue| venue.0).collect();
        Ok(reading!(self, conn => admission::table
            .filter(admission::venue.eq_any(&venues))
            .select(admission::programme)
            .distinct()
            .load(conn))?)
    }

    /// The venues that a device serves now, to narrow by; `None`: no device narrows.
    pub(super) fn venues_of_device(&self, filter: &Filter) -> Result<Option<Vec<i64>>, ReadError> {
        let Some(id) = filter.device else { return Ok(None) };
        let device = self.device(id)?;
        let venues = device.map(|device| device.venues().iter().map(|VenueId(id)| *id).collect());
        Ok(Some(venues.unwrap_or_default()))
    }
}
