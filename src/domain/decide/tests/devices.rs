//! Devices: what a device may take, where, and since when.
//! No signatures: the command says that they were good.

use super::*;
use crate::domain::device::{DeviceAsk, Invitation};

const TOKEN: [u8; 32] = [7; 32];

fn public(seed: u8) -> PublicKey {
    PublicKey(ed25519_dalek::SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes())
}

impl Town {
    fn add_device(&mut self, venues: &[VenueId]) -> Outcome {
        let invitation = Invitation { hash: TOKEN, expires_at: self.now.plus_seconds(600) };
        let (organisation, name) = (self.organisation, "Tablette".to_owned());
        let venues = venues.to_vec();
        self.ask(Ask::Device(DeviceAsk::Add { organisation, name, venues, invitation }))
    }

    fn enrol(&mut self, device: DeviceId, token: [u8; 32]) -> Outcome {
        self.ask(Ask::Device(DeviceAsk::Enrol { device, token, public: public(1) }))
    }

    fn enrolled(&mut self, venues: &[VenueId]) -> DeviceId {
        let device = DeviceId(added(self.add_device(venues)));
        assert!(matches!(self.enrol(device, TOKEN), Outcome::Done { .. }));
        device
    }

    fn redeem_by(&mut self, device: DeviceId, voucher: VoucherId, venue: VenueId) -> Outcome {
        let ask = Redeem { venue, ..self.redemption(voucher) };
        let command = Command { device: Some(device), ..self.command(Ask::Redeem(ask)) };
        self.answer(&command).outcome
    }
}

#[test]
fn a_device_takes_workshops_at_the_venues_it_serves_and_events_name_it() {
    let mut town = Town::new();
    let (voucher, venue) = (town.issue(5), town.venue);
    let elsewhere = town.add_venue(town.organisation);
    let device = town.enrolled(&[venue]);
    assert_eq!(redeemed(town.redeem_by(device, voucher, venue)).left, 4);
    assert_eq!(town.journal.last().unwrap().event.device, Some(device));
    let refused = town.redeem_by(device, voucher, elsewhere);
    assert_eq!(reason(refused), Reason::VenueNotAdmitted);
    // A person may take it there.
    redeemed(town.redeem_with(voucher, |ask| ask.venue = elsewhere));
}

#[test]
fn only_an_enrolled_device_takes_workshops() {
    let mut town = Town::new();
    let (voucher, venue) = (town.issue(5), town.venue);
    assert_eq!(reason(town.redeem_by(DeviceId(999), voucher, venue)), Reason::DeviceRevoked);
    let device = DeviceId(added(town.add_device(&[venue])));
    assert_eq!(reason(town.redeem_by(device, voucher, venue)), Reason::DeviceRevoked);
    assert_eq!(reason(town.enrol(device, [8; 32])), Reason::EnrolmentNotValid);
    assert!(matches!(town.enrol(device, TOKEN), Outcome::Done { .. }));
    redeemed(town.redeem_by(device, voucher, venue));
    assert_eq!(reason(town.enrol(device, TOKEN)), Reason::EnrolmentNotValid);
    town.ask(Ask::Device(DeviceAsk::Revoke { device }));
    assert_eq!(reason(town.redeem_by(device, voucher, venue)), Reason::DeviceRevoked);
    let again = Invitation { hash: TOKEN, expires_at: town.now.plus_seconds(600) };
    let invite = DeviceAsk::Invite { device, invitation: again };
    assert_eq!(reason(town.ask(Ask::Device(invite))), Reason::DeviceEnrolled);
}

#[test]
fn a_device_serves_venues_of_its_own_organisation_alone() {
    let mut town = Town::new();
    let organisation = town.add_organisation();
    let (own, foreign) = (town.venue, town.add_venue(organisation));
    assert_eq!(reason(town.add_device(&[])), Reason::RequestMalformed);
    assert_eq!(reason(town.add_device(&[own, foreign])), Reason::NotFound);
    assert_eq!(reason(town.add_device(&[VenueId(999)])), Reason::NotFound);
    let device = town.enrolled(&[own, own]);
    let (name, venues) = ("Tablette".to_owned(), vec![foreign]);
    let moved = DeviceAsk::Change { device, name, venues };
    assert_eq!(reason(town.ask(Ask::Device(moved))), Reason::NotFound);
    assert_eq!(town.world.devices[&device].venues(), [own]);
}
