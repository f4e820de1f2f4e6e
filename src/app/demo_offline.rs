//! The demonstration's tablet that was a day without network: of what it hands over one workshop
//! counts, one is a conflict, and one waits for a decision.
//! No rules and no shortcuts into the database.

use super::{
    demo::unexpected,
    service::{Fault, Service},
    sync::Sent,
};
use crate::{
    domain::{
        calendar::{Instant, Zone},
        command::{Ask, Delivery, Outcome},
        device::{Device, DeviceAsk, Statement},
        ids::{DeviceId, OrganisationId, RequestId, Seq, VenueId, VoucherId},
        key_register::PublicKey,
        record::{Claims, Hash, shown},
        refusal::Reason,
        service::Service as Kind,
    },
    sys::{
        clock::random_bytes,
        signer::{DeviceKey, Signer},
    },
};

const HOUR_S: i64 = 3_600;
const DAY_S: i64 = 24 * HOUR_S;

/// A tablet, and where it takes workshops.
pub struct Tablet {
    device: Device,
    key: DeviceKey,
    venue: VenueId,
}

/// What happens to passes of which nobody has taken a workshop yet.
pub struct Day {
    /// Used up elsewhere, while the tablet takes its last workshop.
    pub used_up: VoucherId,
    /// Taken from by the tablet alone.
    pub usual: VoucherId,
    /// Where the other is used up, and how many workshops it has.
    pub elsewhere: (VenueId, OrganisationId),
    pub workshops: u8,
}

/// A workshop without network, and by how much the tablet's clock was ahead.
struct Taken {
    voucher: VoucherId,
    at: Instant,
    ahead_s: i64,
}

impl Service {
    /// Adds a tablet and enrols it, as its supervisor does.
    pub(super) fn enrol_demo_tablet(
        &self,
        venue: VenueId,
        organisation: OrganisationId,
    ) -> Result<Tablet, Fault> {
        let (token, invitation) = self.new_invitation()?;
        let (name, venues) = ("Tablette du bus (démonstration)".to_owned(), vec![venue]);
        let add = DeviceAsk::Add { organisation, name, venues, invitation };
        let id = match self.ask_as(None, Ask::Device(add))? {
            Outcome::Added { id, .. } => DeviceId(id),
            other => return Err(unexpected(other)),
        };
        let key = DeviceKey::new(Signer::generate()?);
        let proof = key.sign((Statement::Enrol { token: &token }).text(id).as_bytes());
        let enrolled = self.enrol(id, &token, PublicKey(key.public()), &proof)?;
        let device = enrolled.map_err(|refusal| Fault::Refused(refusal.reason))?;
        Ok(Tablet { device, key, venue })
    }

    /// A day without network, the day before `today`: what the tablet took, and what others took
    /// meanwhile, of which it has not heard.
    pub(super) fn offline_demo_day(
        &self,
        tablet: &Tablet,
        day: &Day,
        today: Instant,
    ) -> Result<(), Fault> {
        // Ten in the morning of the day before.
        let (hour, minute) = today.time(&Zone::paris());
        let since_ten = (i64::from(hour) - 10) * HOUR_S + i64::from(minute) * 60;
        let away = today.plus_seconds(-DAY_S - since_ten);
        let (knew, seen) = (away.plus_seconds(-2 * HOUR_S), self.database.as_of()?);
        let taken = [
            Taken { voucher: day.usual, at: away, ahead_s: 0 },
            Taken { voucher: day.used_up, at: away.plus_seconds(2 * HOUR_S), ahead_s: 0 },
            // Two hours from now: nobody knows when it really was.
            Taken { voucher: day.usual, at: today, ahead_s: 2 * HOUR_S },
        ];
        let mut before = Hash::default();
        let mut records = Vec::new();
        for (sequence, one) in (1..).zip(&taken) {
            let (sent, hash) = self.demo_record(tablet, one, (sequence, before), (knew, seen))?;
            before = hash;
            records.push(sent);
        }
        let (venue, organisation) = day.elsewhere;
        for workshop in 0..day.workshops {
            // Two a day, which the programme allows.
            let at = away.plus_seconds(-DAY_S * i64::from((day.workshops - 1 - workshop) / 2));
            let kind = Kind::EverydayTools;
            self.redeem_in_demo(day.used_up, (venue, organisation, 1), kind, at)?;
        }
        for command in self.read_records(&tablet.device, &records)? {
            let answer = self.ask(command.map_err(Fault::Refused)?)?;
            if let Outcome::Refused(refusal) = answer.outcome {
                return Err(Fault::Refused(refusal.reason));
            }
        }
        let (version, queued) = ("scan (démonstration)", 0);
        self.device_reported(tablet.device.id, version, queued)
    }

    fn demo_record(
        &self,
        tablet: &Tablet,
        taken: &Taken,
        (sequence, before): (u32, Hash),
        (server_at, seen): (Instant, Seq),
    ) -> Result<(Sent, Hash), Fault> {
        let code = self.paper(taken.voucher)?.url;
        let random: [u8; 32] = random_bytes()?;
        let salt = *random.first_chunk().ok_or(Fault::Refused(Reason::RequestMalformed))?;
        let request: RequestId = self.new_request_id();
        let claims = Claims {
            device: tablet.device.id,
            sequence,
            before,
            request,
            venue: tablet.venue,
            person: None,
            shown: shown(&salt, &code),
            workshops: 1,
            delivery: Delivery {
                service: Some(Kind::EverydayTools),
                group: Some(true),
                minutes: Some(90),
            },
            clock_at: taken.at.plus_seconds(taken.ahead_s),
            clock_offset_ms: 0,
            server_at,
            seen,
            feed_at: Some(server_at),
        };
        let input = claims.signing_input();
        let signature = data_encoding::BASE64URL_NOPAD.encode(&tablet.key.sign(input.as_bytes()));
        let record = format!("{input}.{signature}");
        Ok((Sent { record, salt, code }, Hash::of(input.as_bytes())))
    }
}
