//! Devices: scanners of an organisation with a key of their own, and the venues they serve.
//! No secret is known here: of a token only its hash, of a key only its public half.

use ed25519_dalek::Signature;
use serde::{Deserialize, Serialize};

use super::{
    calendar::Instant,
    ids::{DeviceId, OrganisationId, Seq, VenueId},
    key::admissible,
    key_register::PublicKey,
};

/// How long a new device may be enrolled, in seconds: ten minutes.
pub const INVITATION_S: i64 = 600;
/// How long a challenge may be answered, in seconds.
pub const CHALLENGE_S: i64 = 120;
/// Venues that one device serves at most.
pub const MOST_VENUES: usize = 100;

/// A scanner of an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// The number of the event that added it.
    pub id: DeviceId,
    pub organisation: OrganisationId,
    pub name: String,
    /// The venues that it serves, in the order of time; never empty.
    pub served: Vec<Served>,
    /// The one-time token that enrols it, until it does.
    pub invitation: Option<Invitation>,
    pub enrolled: Option<Enrolled>,
    pub revoked_at: Option<Instant>,
}

/// From this moment on, these venues.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Served {
    pub at: Instant,
    pub venues: Vec<VenueId>,
    /// The event that said so.
    pub seq: Seq,
}

/// A token that is good once, until a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of the token.
    pub hash: [u8; 32],
    pub expires_at: Instant,
}

/// The key that a device made for itself, and when it showed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolled {
    pub at: Instant,
    pub public: PublicKey,
}

/// What is asked about devices.
#[derive(Clone, Debug)]
pub enum DeviceAsk {
    Add {
        organisation: OrganisationId,
        name: String,
        venues: Vec<VenueId>,
        invitation: Invitation,
    },
    /// Another token for a device that is not enrolled yet.
    Invite {
        device: DeviceId,
        invitation: Invitation,
    },
    /// With the hash of the token; that the device has the private half was checked before.
    Enrol {
        device: DeviceId,
        token: [u8; 32],
        public: PublicKey,
    },
    Change {
        device: DeviceId,
        name: String,
        venues: Vec<VenueId>,
    },
    Revoke {
        device: DeviceId,
    },
}

/// What a device is good for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    Invited,
    Enrolled,
    Revoked,
}

impl Device {
    /// The venues that it serves now.
    #[must_use]
    pub fn venues(&self) -> &[VenueId] {
        self.served.last().map_or(&[], |last| &last.venues)
    }

    /// What it served at a moment, `None` before it was added.
    #[must_use]
    pub fn served_at(&self, at: Instant) -> Option<&Served> {
        self.served.iter().rev().find(|change| change.at <= at)
    }

    #[must_use]
    pub fn serves_at(&self, venue: VenueId, at: Instant) -> bool {
        self.served_at(at).is_some_and(|change| change.venues.contains(&venue))
    }

    #[must_use]
    pub const fn state(&self) -> DeviceState {
        match (self.revoked_at, self.enrolled) {
            (Some(_), _) => DeviceState::Revoked,
            (None, Some(_)) => DeviceState::Enrolled,
            (None, None) => DeviceState::Invited,
        }
    }

    /// Whether the hash is of a token that enrols it at `now`.
    #[must_use]
    pub fn invites(&self, token: [u8; 32], now: Instant) -> bool {
        self.state() == DeviceState::Invited
            && self.invitation.is_some_and(|one| one.hash == token && now < one.expires_at)
    }
}

/// What a device signs, by what for: a signature is good for one purpose alone.
#[derive(Clone, Copy, Debug)]
pub enum Statement<'a> {
    /// With the token: this key is this device's.
    Enrol { token: &'a str },
    /// With what the service asked: it is this device that calls.
    SignIn { challenge: &'a str },
}

impl Statement<'_> {
    /// The signed text: its purpose, the device and what it answers to, a line each.
    #[must_use]
    pub fn text(self, device: DeviceId) -> String {
        let (purpose, answers) = match self {
            Self::Enrol { token } => ("enrol", token),
            Self::SignIn { challenge } => ("sign-in", challenge),
        };
        format!("pass-numerique/device/{purpose}/1\n{device}\n{answers}")
    }

    /// Whether `signature` is the device's over this statement (RFC 8032, strictly).
    #[must_use]
    pub fn signed(self, device: DeviceId, public: &PublicKey, signature: &[u8; 64]) -> bool {
        signs(public, self.text(device).as_bytes(), signature)
    }
}

/// Whether a key that is admissible signed these bytes.
pub(super) fn signs(public: &PublicKey, bytes: &[u8], signature: &[u8; 64]) -> bool {
    let signature = Signature::from_bytes(signature);
    admissible(&public.0).is_ok_and(|key| key.verify_strict(bytes, &signature).is_ok())
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant(0).plus_seconds(seconds)
    }

    fn device() -> Device {
        Device {
            id: DeviceId(7),
            organisation: OrganisationId(1),
            name: "Accueil".into(),
            served: vec![
                Served { at: at(10), venues: vec![VenueId(1)], seq: Seq(1) },
                Served { at: at(20), venues: vec![VenueId(2), VenueId(3)], seq: Seq(2) },
            ],
            invitation: Some(Invitation { hash: [1; 32], expires_at: at(610) }),
            enrolled: None,
            revoked_at: None,
        }
    }

    #[test]
    fn a_device_serves_what_was_listed_at_that_moment() {
        let device = device();
        let served = |second: i64| -> Vec<i64> {
            (1..=3).filter(|id| device.serves_at(VenueId(*id), at(second))).collect()
        };
        assert_eq!(served(9), [0; 0]);
        assert_eq!((served(10), served(19), served(20)), (vec![1], vec![1], vec![2, 3]));
        assert_eq!(device.venues(), [VenueId(2), VenueId(3)]);
    }

    #[test]
    fn a_token_is_good_until_its_time_is_over_or_the_device_is_enrolled_or_revoked() {
        let invited = device();
        assert!(invited.invites([1; 32], at(609)));
        assert!(!invited.invites([1; 32], at(610)));
        assert!(!invited.invites([2; 32], at(609)));
        let revoked = Device { revoked_at: Some(at(30)), ..device() };
        assert!(!revoked.invites([1; 32], at(609)));
        let enrolled = Some(Enrolled { at: at(30), public: PublicKey([0; 32]) });
        assert!(!Device { enrolled, ..device() }.invites([1; 32], at(609)));
    }

    #[test]
    fn a_signature_is_good_for_one_purpose_device_text_and_key() {
        let key = SigningKey::from_bytes(&[9; 32]);
        let public = PublicKey(key.verifying_key().to_bytes());
        let enrol = Statement::Enrol { token: "abc" };
        let signature = key.sign(enrol.text(DeviceId(7)).as_bytes()).to_bytes();
        assert!(enrol.signed(DeviceId(7), &public, &signature));
        assert!(!enrol.signed(DeviceId(8), &public, &signature));
        assert!(!Statement::Enrol { token: "abd" }.signed(DeviceId(7), &public, &signature));
        assert_eq!(enrol.text(DeviceId(7)), "pass-numerique/device/enrol/1\n7\nabc");
        let sign_in = Statement::SignIn { challenge: "abc" };
        assert!(!sign_in.signed(DeviceId(7), &public, &signature));
        let other = PublicKey(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
        assert!(!enrol.signed(DeviceId(7), &other, &signature));
        // Weak keys sign anything.
        let mut weak = [0; 32];
        weak[0] = 1;
        assert!(!enrol.signed(DeviceId(7), &PublicKey(weak), &signature));
    }
}
