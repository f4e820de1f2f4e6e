//! What events do to devices: added, enrolled, moved to other venues, revoked.
//! Names and tokens come with the command, since events hold ids only.

use super::{Fold, Inconsistent};
use crate::domain::{
    device::{Device, Enrolled, Served},
    event::{Body, Event},
    ids::{DeviceId, VenueId},
};

impl Fold {
    pub(super) fn apply_device(&mut self, event: &Event) -> Result<(), Inconsistent> {
        match &event.body {
            Body::DeviceAdded { organisation, venues } => {
                let id = DeviceId(event.seq.0);
                let served = vec![served(event, venues)];
                let device = Device {
                    id,
                    organisation: *organisation,
                    name: String::new(),
                    served,
                    invitation: None,
                    enrolled: None,
                    revoked_at: None,
                };
                self.world.devices.insert(id, device);
                self.effects.changed.devices.insert(id);
            }
            Body::DeviceEnrolled { device, public } => {
                let enrolled = Enrolled { at: event.occurred_at, public: *public };
                self.device(event, *device)?.enrolled = Some(enrolled);
            }
            Body::DeviceChanged { device, venues: Some(venues), .. } => {
                self.device(event, *device)?.served.push(served(event, venues));
            }
            Body::DeviceRevoked { device } => {
                self.device(event, *device)?.revoked_at.get_or_insert(event.occurred_at);
            }
            _ => {}
        }
        Ok(())
    }

    fn device(&mut self, event: &Event, id: DeviceId) -> Result<&mut Device, Inconsistent> {
        self.effects.changed.devices.insert(id);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a device" };
        self.world.devices.get_mut(&id).ok_or(missing)
    }
}

fn served(event: &Event, venues: &[VenueId]) -> Served {
    Served { at: event.occurred_at, venues: venues.to_vec(), seq: event.seq }
}
