//! Deciding about devices: added for venues, enrolled with a token, changed, revoked.
//! No signature is checked here, and no redemption decided (`redeem.rs`).

use super::{Decided, Desk, Stop, registry::named};
use crate::domain::{
    command::{Command, Outcome},
    device::{Device, DeviceAsk, DeviceState, Invitation, MOST_VENUES},
    event::Body,
    ids::{DeviceId, OrganisationId, Seq, VenueId},
    key::admissible,
    key_register::PublicKey,
    refusal::{Reason, Refusal},
};

impl Desk {
    pub(super) fn device(&mut self, command: &Command, ask: &DeviceAsk) -> Decided {
        let seq = match ask {
            DeviceAsk::Add { organisation, name, venues, invitation } => {
                let seq = self.add_device(command, *organisation, name, venues, *invitation)?;
                return Ok(Outcome::Added { seq, id: seq.0 });
            }
            DeviceAsk::Invite { device, invitation } => {
                if self.known_device(*device)?.state() != DeviceState::Invited {
                    return Err(Reason::DeviceEnrolled.into());
                }
                let seq = self.record(command, Body::DeviceInvited { device: *device })?;
                self.describe(*device, |row| row.invitation = Some(*invitation));
                seq
            }
            DeviceAsk::Enrol { device, token, public } => {
                self.enrol(command, *device, *token, *public)?
            }
            DeviceAsk::Change { device, name, venues } => {
                self.change_device(command, *device, name, venues)?
            }
            DeviceAsk::Revoke { device } => {
                self.known_device(*device)?;
                self.record(command, Body::DeviceRevoked { device: *device })?
            }
        };
        Ok(Outcome::Done { seq })
    }

    fn add_device(
        &mut self,
        command: &Command,
        organisation: OrganisationId,
        name: &str,
        venues: &[VenueId],
        invitation: Invitation,
    ) -> Result<Seq, Stop> {
        named(name)?;
        self.found(self.fold.world.organisations.contains_key(&organisation), "organisation")?;
        let venues = self.of_organisation(organisation, venues)?;
        let seq = self.record(command, Body::DeviceAdded { organisation, venues })?;
        self.describe(DeviceId(seq.0), |row| {
            name.clone_into(&mut row.name);
            row.invitation = Some(invitation);
        });
        Ok(seq)
    }

    fn enrol(
        &mut self,
        command: &Command,
        id: DeviceId,
        token: [u8; 32],
        public: PublicKey,
    ) -> Result<Seq, Stop> {
        let device = self.fold.world.devices.get(&id);
        // Unknown, used and late look the same.
        if !device.is_some_and(|device| device.invites(token, command.now)) {
            return Err(Reason::EnrolmentNotValid.into());
        }
        admissible(&public.0).map_err(|_| Refusal::field(Reason::KeyInadmissible, "public_key"))?;
        let seq = self.record(command, Body::DeviceEnrolled { device: id, public })?;
        self.describe(id, |row| row.invitation = None);
        Ok(seq)
    }

    fn change_device(
        &mut self,
        command: &Command,
        id: DeviceId,
        name: &str,
        venues: &[VenueId],
    ) -> Result<Seq, Stop> {
        named(name)?;
        let device = self.known_device(id)?;
        let renamed = device.name != name;
        let venues = self.of_organisation(device.organisation, venues)?;
        let venues = (venues != device.venues()).then_some(venues);
        let fields = renamed.then(|| "name".to_owned()).into_iter().collect();
        let seq = self.record(command, Body::DeviceChanged { device: id, fields, venues })?;
        self.describe(id, |row| name.clone_into(&mut row.name));
        Ok(seq)
    }

    /// Each venue once, in order; all of them the organisation's own.
    fn of_organisation(
        &self,
        organisation: OrganisationId,
        venues: &[VenueId],
    ) -> Result<Vec<VenueId>, Stop> {
        let mut venues = venues.to_vec();
        venues.sort_unstable();
        venues.dedup();
        if !(1..=MOST_VENUES).contains(&venues.len()) {
            return Err(Refusal::field(Reason::RequestMalformed, "venues").into());
        }
        let own = |id: &VenueId| {
            let venue = self.fold.world.venues.get(id);
            venue.is_some_and(|venue| venue.organisation == organisation)
        };
        self.found(venues.iter().all(own), "venues")?;
        Ok(venues)
    }

    fn known_device(&self, id: DeviceId) -> Result<&Device, Refusal> {
        let missing = || Refusal::field(Reason::NotFound, "device");
        self.fold.world.devices.get(&id).ok_or_else(missing)
    }

    /// Sets what events do not hold.
    fn describe(&mut self, id: DeviceId, set: impl FnOnce(&mut Device)) {
        if let Some(row) = self.fold.world.devices.get_mut(&id) {
            set(row);
            self.fold.effects.changed.devices.insert(id);
        }
    }
}
