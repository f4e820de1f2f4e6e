//! A programme that goes from one operator to another: which events are its own, and what the new
//! journal says of where they come from. No files, no tables: `app` and `store` have those.

use std::collections::BTreeSet;

use ed25519_dalek::Signature;
use serde::{Deserialize, Serialize};

use super::{
    calendar::Instant,
    event::{Body, Event},
    ids::{
        DeviceId, FunderId, IssuerId, OrganisationId, ProgrammeId, RequestId, Seq, UserId, VenueId,
    },
    key::admissible,
    receipt::ReceiptKey,
    voucher::Kid,
};

/// What an archive says it is; another layout gets another number.
pub const FORMAT: &str = "pass-numerique programme 1";

/// What separates a signature over an archive from any other of the same key.
const PREFIX: &[u8] = b"pass-numerique/archive/1\0";

/// What a receipt key signs of an archive, by the SHA-256 of its list of contents.
#[must_use]
pub fn signing_input(digest: &[u8; 32]) -> Vec<u8> {
    [PREFIX, digest].concat()
}

/// Whether one of these receipt keys, none of which leaked, signed an archive.
#[must_use]
pub fn signed_by(keys: &[ReceiptKey], digest: &[u8; 32], signature: &[u8]) -> bool {
    let Ok(signature) = Signature::from_slice(signature) else { return false };
    let input = signing_input(digest);
    keys.iter().filter(|key| key.compromised_at.is_none()).any(|key| {
        let verifier = admissible(&key.public.0);
        verifier.is_ok_and(|verifier| verifier.verify_strict(&input, &signature).is_ok())
    })
}

/// Where the events of a taken-over programme come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenOver {
    /// The last number of that journal that anybody knows of: those up to it that are missing here
    /// are of other programmes, or came too late for the archive, and are never given again.
    pub through: Seq,
    /// Of that journal's last event, in hexadecimal.
    pub head: String,
    /// Events that came from it.
    pub events: u64,
    /// SHA-256 of the archive's list of contents, in hexadecimal.
    pub digest: String,
}

/// An archive that somebody took, as the log has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeExport {
    /// Of the request: asked twice, taken once.
    pub id: RequestId,
    pub programme: ProgrammeId,
    /// The age key that it was sealed to: a public one.
    pub recipient: String,
    /// Nobody: from the command line.
    pub by: Option<UserId>,
    pub at: Instant,
}

/// Whom and what the history of one programme names, besides itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub funders: BTreeSet<FunderId>,
    pub issuers: BTreeSet<IssuerId>,
    pub organisations: BTreeSet<OrganisationId>,
    pub venues: BTreeSet<VenueId>,
    pub devices: BTreeSet<DeviceId>,
    /// Keys that may have signed a voucher.
    pub keys: BTreeSet<Kid>,
    /// The events that put a record of one of its vouchers aside.
    pub quarantined: BTreeSet<Seq>,
}

impl Named {
    /// Whether an event goes over with the programme. People stay behind: an event names who acted
    /// by a number, and no more.
    #[must_use]
    pub fn carries(&self, programme: ProgrammeId, event: &Event) -> bool {
        if let Some(of) = event.programme {
            return of == programme;
        }
        match &event.body {
            Body::FunderAdded { funder } | Body::FunderChanged { funder, .. } => {
                self.funders.contains(funder)
            }
            Body::IssuerAdded { issuer }
            | Body::IssuerSuspended { issuer, .. }
            | Body::IssuerChanged { issuer, .. } => self.issuers.contains(issuer),
            Body::OrganisationAdded { organisation }
            | Body::OrganisationApproval { organisation, .. }
            | Body::OrganisationChanged { organisation, .. }
            | Body::BankAccountEntered { organisation, .. }
            | Body::BankAccountAsked { organisation }
            | Body::BankAccountRefused { organisation, .. } => {
                self.organisations.contains(organisation)
            }
            Body::VenueAdded { venue, .. }
            | Body::VenueOpened { venue, .. }
            | Body::VenueChanged { venue, .. } => self.venues.contains(venue),
            Body::DeviceAdded { .. } => self.devices.contains(&DeviceId(event.seq.0)),
            Body::DeviceInvited { device }
            | Body::DeviceEnrolled { device, .. }
            | Body::DeviceChanged { device, .. }
            | Body::DeviceRevoked { device } => self.devices.contains(device),
            Body::KeyAdded { kid, .. }
            | Body::KeyActivated { kid, .. }
            | Body::KeyRetired { kid, .. }
            | Body::KeyCompromised { kid } => self.keys.contains(kid),
            Body::RecordQuarantined { .. } => self.quarantined.contains(&event.seq),
            Body::RecordDecided { quarantine, .. } => self.quarantined.contains(quarantine),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;
    use crate::domain::{
        calendar::Day, cents::Cents, event::Fund, key_register::PublicKey, registry::Approval,
    };

    fn event(programme: Option<i64>, body: Body) -> Event {
        let (at, programme) = (Instant(0), programme.map(ProgrammeId));
        let (actor, device, voucher) = (Some(UserId(1)), None, None);
        let (seq, day) = (Seq(9), Day(0));
        Event {
            seq,
            occurred_at: at,
            recorded_at: at,
            day,
            actor,
            device,
            programme,
            voucher,
            body,
        }
    }

    #[test]
    fn a_programme_takes_its_own_events_and_those_of_whom_it_names() {
        let named = Named {
            organisations: BTreeSet::from([OrganisationId(1)]),
            devices: BTreeSet::from([DeviceId(9)]),
            quarantined: BTreeSet::from([Seq(5)]),
            ..Named::default()
        };
        let carried = |programme, body| named.carries(ProgrammeId(7), &event(programme, body));
        let funded = || Body::Funded { funder: FunderId(1), amount: Cents(1), by: Fund::Deposit };
        assert!(carried(Some(7), funded()));
        assert!(!carried(Some(8), funded()));
        let approved = |organisation| Body::OrganisationApproval {
            organisation: OrganisationId(organisation),
            approval: Approval::Approved,
        };
        assert!(carried(None, approved(1)));
        assert!(!carried(None, approved(2)));
        // A device has the number of its event.
        let venues = Vec::new();
        let added = Body::DeviceAdded { organisation: OrganisationId(1), venues };
        assert!(carried(None, added));
        let decided = |quarantine| Body::RecordDecided {
            quarantine: Seq(quarantine),
            accepted: false,
            redemption: None,
            conflict: None,
        };
        assert!(carried(None, decided(5)));
        assert!(!carried(None, decided(6)));
        assert!(!carried(None, Body::UserRevoked { user: UserId(1) }));
    }

    #[test]
    fn an_archive_is_signed_by_a_key_that_is_known_and_did_not_leak() {
        let signing = SigningKey::from_bytes(&[7; 32]);
        let mut key = ReceiptKey {
            id: Seq(1),
            public: PublicKey(signing.verifying_key().to_bytes()),
            added_at: Instant(0),
            signs_from: Instant(0),
            compromised_at: None,
        };
        let digest = [1; 32];
        let signature = signing.sign(&signing_input(&digest)).to_bytes();
        assert!(signed_by(&[key], &digest, &signature));
        assert!(!signed_by(&[], &digest, &signature));
        assert!(!signed_by(&[key], &[2; 32], &signature));
        let bare = signing.sign(&digest).to_bytes();
        assert!(!signed_by(&[key], &digest, &bare), "a signature over something else");
        assert!(!signed_by(&[key], &digest, &signature[1..]));
        key.compromised_at = Some(Instant(1));
        assert!(!signed_by(&[key], &digest, &signature));
    }

    #[test]
    fn a_take_over_takes_the_number_after_the_last_of_the_old_journal() {
        let taken = |through| {
            let (head, digest) = (String::new(), String::new());
            Body::ProgrammeTakenOver(TakenOver { through: Seq(through), head, events: 3, digest })
        };
        assert_eq!(taken(20).seq_after(12), Seq(21));
        assert_eq!(taken(12).seq_after(12), Seq(13));
        // What lies cannot go back.
        assert_eq!(taken(3).seq_after(12), Seq(13));
    }
}
