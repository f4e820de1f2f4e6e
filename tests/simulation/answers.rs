//! What HTTP would tell a device of the outcomes of use cases, as its client reads it.
//! No use case (`town.rs`) and no network (`wire.rs`).

use pass_numerique::{
    app::service::Service,
    domain::{command::Redemption, device::Device, record::Verdict as Judged, refusal::Refusal},
    sys::service_client::{
        NoAnswer, Offline, OwnDevice, Profile, Programme, Receipt, Terms, Venue, Verdict,
    },
};

/// What HTTP would tell a device of itself.
pub fn own(service: &Service, device: Device) -> OwnDevice {
    let equipment = service.equipment(device).unwrap();
    let venue = |row: pass_numerique::domain::view::VenueView| Venue {
        id: row.id,
        profile: Profile { name: row.profile.name },
    };
    let programme = |row: pass_numerique::domain::view::ProgrammeView| Programme {
        id: row.id,
        terms: Terms {
            time_zone: row.terms.time_zone,
            service_required: row.terms.service_required,
            services: row.terms.services,
            workshops_a_day: row.terms.workshops_a_day,
            workshops_a_venue: row.terms.workshops_a_venue,
            offline: Offline { feed_days: row.terms.offline.feed_days },
        },
    };
    OwnDevice {
        device: equipment.device.id,
        organisation: equipment.device.organisation,
        name: equipment.device.name,
        venues: equipment.venues.into_iter().map(venue).collect(),
        programmes: equipment.programmes.into_iter().map(programme).collect(),
        root: equipment.key_set.as_ref().map(|set| set.root),
        key_set: equipment.key_set.map(|set| set.text),
        now: service.clock.now(),
    }
}

pub fn verdict(verdict: &str, kept: bool, reason: &str) -> Verdict {
    let (verdict, reason) = (verdict.to_owned(), Some(reason.to_owned()));
    Verdict { verdict, kept, reason, cause: None, redemption: None }
}

pub fn told(judged: Judged, reversed: bool) -> Verdict {
    let code = judged.code();
    match judged {
        Judged::Accepted(done) | Judged::Replayed(done) => Verdict {
            verdict: code.to_owned(),
            kept: true,
            reason: None,
            cause: None,
            redemption: Some(receipt(done, reversed)),
        },
        Judged::Refused(refusal) => verdict(code, true, refusal.reason.code()),
        Judged::Conflict(contest) => verdict(code, true, contest.refusal.reason.code()),
        Judged::Quarantined(cause) => verdict(code, true, cause.code()),
    }
}

pub fn receipt(done: Redemption, reversed: bool) -> Receipt {
    Receipt {
        seq: done.seq,
        voucher: done.voucher,
        workshops: done.workshops,
        left: done.left,
        last_day: done.last_day,
        earned_cents: done.earned_cents,
        reversed,
    }
}

pub fn refused(refusal: Refusal) -> NoAnswer {
    refused_with(409, refusal)
}

pub fn refused_with(status: u16, refusal: Refusal) -> NoAnswer {
    NoAnswer::Refused {
        status,
        reason: refusal.reason.code().to_owned(),
        detail: "refused".to_owned(),
        facts: refusal.facts,
    }
}
