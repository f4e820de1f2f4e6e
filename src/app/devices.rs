//! Devices: invited by a token, enrolled with a key of their own, signed in by a challenge.
//! No rules (`domain/decide/devices.rs`) and no short-lived tokens: those belong to the transport.

use super::{
    service::{Fault, Service, keyed},
    session::hashed,
};
use crate::{
    domain::{
        calendar::Instant,
        command::{Ask, Command, Outcome, Request, Scope},
        device::{CHALLENGE_S, Device, DeviceAsk, INVITATION_S, Invitation, Statement},
        ids::{DeviceId, RequestId},
        key_register::{KeySetText, PublicKey},
        refusal::{Reason, Refusal},
        view::{Calling, ProgrammeView, VenueView},
    },
    sys::clock,
};

/// Bytes of a challenge before its keyed hash: until when it is good, and 32 random ones.
const CHALLENGE_HEAD: usize = 40;

/// What a device works with.
pub struct Equipment {
    pub device: Device,
    pub venues: Vec<VenueView>,
    /// Those that admit some of its venues.
    pub programmes: Vec<ProgrammeView>,
    /// To be verified with its root key, which a device pins when it is enrolled.
    pub key_set: Option<KeySetText>,
}

impl Service {
    /// A new one-time token, and what is kept of it.
    ///
    /// # Errors
    /// Without randomness.
    pub fn new_invitation(&self) -> Result<(String, Invitation), Fault> {
        let token = data_encoding::BASE64URL_NOPAD.encode(&clock::random_bytes()?);
        let expires_at = self.clock.now().plus_seconds(INVITATION_S);
        let invitation = Invitation { hash: hashed(&token), expires_at };
        Ok((token, invitation))
    }

    /// The link that a scanner opens to enrol: what stands after `#` is sent to nobody.
    #[must_use]
    pub fn enrolment_link(&self, device: DeviceId, token: &str) -> String {
        self.link(&format!("/scan#enrol={device}.{token}"))
    }

    /// Enrols a device with a key that signed the token. The same key with the same token gets
    /// the same answer again.
    ///
    /// # Errors
    /// When the database does not answer, or the writer fails; a refusal is a value.
    pub fn enrol(
        &self,
        id: DeviceId,
        token: &str,
        public: PublicKey,
        proof: &[u8; 64],
    ) -> Result<Result<Device, Refusal>, Fault> {
        let not_valid = || Ok(Err(Reason::EnrolmentNotValid.into()));
        if !(Statement::Enrol { token }).signed(id, &public, proof) {
            return not_valid();
        }
        let (hash, now) = (hashed(token), self.clock.now());
        let Some(device) = self.database.device(id)? else { return not_valid() };
        let again = device.enrolled.is_some_and(|enrolled| enrolled.public == public);
        // The writer remembers every refusal, so that strangers must not cause any.
        if !again && !device.invites(hash, now) {
            return not_valid();
        }
        let content = format!("enrol {id} {token} {public}");
        let request = Request {
            scope: Scope::System,
            id: RequestId(self.id_of(&content)),
            hash: self.request_hash(content.as_bytes()),
        };
        let ask = Ask::Device(DeviceAsk::Enrol { device: id, token: hash, public });
        let command = Command { request, actor: None, device: Some(id), now, ask };
        if let Outcome::Refused(refusal) = self.ask(command)?.outcome {
            return Ok(Err(refusal));
        }
        let device = self.database.device(id)?;
        Ok(device.ok_or_else(|| Reason::EnrolmentNotValid.into()))
    }

    /// What a device has to sign to get in. Nothing is kept: the hash tells whose it is, and until
    /// when; an unknown device gets one too.
    ///
    /// # Errors
    /// Without randomness.
    pub fn challenge(&self, device: DeviceId) -> Result<String, Fault> {
        let until = self.clock.now().plus_seconds(CHALLENGE_S).0;
        let mut bytes = until.to_be_bytes().to_vec();
        bytes.extend(clock::random_bytes()?);
        bytes.extend(self.challenge_hash(device, &bytes));
        Ok(data_encoding::BASE64URL_NOPAD.encode(&bytes))
    }

    /// The device that signed a challenge of ours in time, revoked or not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn signed_in(
        &self,
        id: DeviceId,
        challenge: &str,
        signature: &[u8; 64],
    ) -> Result<Option<Device>, Fault> {
        if !self.is_challenge(id, challenge) {
            return Ok(None);
        }
        let Some(device) = self.database.device(id)? else { return Ok(None) };
        let statement = Statement::SignIn { challenge };
        let own = device.enrolled.is_some_and(|own| statement.signed(id, &own.public, signature));
        if own {
            self.note_seen(id)?;
        }
        Ok(own.then_some(device))
    }

    /// A device that calls, revoked or not.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn calling_device(&self, id: DeviceId) -> Result<Option<Calling>, Fault> {
        let calling = self.database.calling_device(id, self.clock.now())?;
        Ok(calling.filter(|calling| calling.device.enrolled.is_some()))
    }

    /// Notes that a device has called now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn note_seen(&self, id: DeviceId) -> Result<(), Fault> {
        Ok(self.database.note_seen(id, self.clock.now())?)
    }

    /// Keeps what a device says of itself.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn device_reported(&self, id: DeviceId, version: &str, queued: u32) -> Result<(), Fault> {
        let now = self.clock.now();
        Ok(self.database.device_reported(id, version, i64::from(queued), now)?)
    }

    /// What a device works with.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn equipment(&self, device: Device) -> Result<Equipment, Fault> {
        let (venues, programmes) = self.database.places_of_device(&device)?;
        let key_set = self.database.key_set()?;
        Ok(Equipment { device, venues, programmes, key_set })
    }

    fn is_challenge(&self, device: DeviceId, challenge: &str) -> bool {
        let Ok(bytes) = data_encoding::BASE64URL_NOPAD.decode(challenge.as_bytes()) else {
            return false;
        };
        let Some((head, hash)) = bytes.split_at_checked(CHALLENGE_HEAD) else { return false };
        let until =
            head.first_chunk::<8>().map_or(Instant(0), |at| Instant(i64::from_be_bytes(*at)));
        hash == self.challenge_hash(device, head) && self.clock.now() < until
    }

    fn challenge_hash(&self, device: DeviceId, head: &[u8]) -> [u8; 32] {
        let key = keyed(&self.request_key, b"device challenge");
        let mut content = device.0.to_be_bytes().to_vec();
        content.extend(head);
        keyed(&key, &content)
    }
}
