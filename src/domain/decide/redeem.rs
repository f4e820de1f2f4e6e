//! Deciding a redemption: the checks in the order of docs/algorithms/redeem.md, first one wins.
//! No signature check: the command carries its verdict.

use super::{Decided, Desk, Stop};
use crate::domain::{
    calendar::{Day, Instant, MICROSECONDS_A_SECOND},
    cents::Cents,
    command::{Ask, Command, Outcome, Redeem, Redemption, Shown},
    device::DeviceState,
    event::{Body, Redeemed},
    ids::{OrganisationId, Seq, VenueId, VoucherId},
    life::{Money, Standing, Voucher},
    programme::Programme,
    refusal::{Facts, Reason, Refusal},
    registry::Venue,
    scan::{FailedScans, RefusedScan},
    voucher::{Kid, payload::head},
    world::Alarm,
};

/// How far a caller's clock may be off.
const CLOCK_TOLERANCE_SECONDS: i64 = 120;

impl Shown {
    /// The voucher, if it could be told.
    #[must_use]
    pub const fn voucher(&self) -> Option<VoucherId> {
        match self {
            Self::Signed { voucher, .. } | Self::Known(voucher) => Some(*voucher),
            Self::Refused(_) => None,
        }
    }

    /// The key whose good signature was shown.
    #[must_use]
    pub fn signed_by(&self) -> Option<Kid> {
        match self {
            Self::Signed { payload, .. } => head(payload).map(|(_, kid)| kid),
            Self::Known(_) | Self::Refused(_) => None,
        }
    }
}

impl Desk {
    pub(super) fn redeem(&mut self, command: &Command, ask: &Redeem) -> Decided {
        if !(1..=10).contains(&ask.workshops) {
            return Err(Refusal::field(Reason::RequestMalformed, "workshops").into());
        }
        self.by_device(command, ask.organisation, ask.venue, ask.occurred_at)?;
        self.take(command, ask)
    }

    /// Takes the workshops, whatever has become of the device that asks.
    pub(super) fn take(&mut self, command: &Command, ask: &Redeem) -> Decided {
        let venue = self.venue_of(ask)?;
        let shown = match self.shown(ask) {
            Ok(shown) => shown,
            Err(stop) => {
                self.count_alarm(command, ask);
                return Err(stop);
            }
        };
        let programme = self.programme(shown.programme)?;
        self.admitted(programme, venue)?;
        let day = ask.occurred_at.day(&programme.terms.time_zone);
        standing(shown, ask.occurred_at, day)?;
        plausible(command.now, ask.occurred_at, programme)?;
        let paying = self.paying(shown)?;
        let numbers = workshops(paying, ask)?;
        within_limits(paying, programme, ask, day)?;
        delivered(programme, ask)?;
        let held = self.signals(command, ask, (shown, paying), programme, day);
        let (left, earned_cents) = self.figures(paying, programme, &numbers);
        let mut redemption = Redemption {
            seq: Seq(0),
            voucher: shown.id,
            venue: venue.id,
            workshops: ask.workshops,
            left,
            last_day: shown.last_day,
            earned_cents,
            occurred_at: ask.occurred_at,
            held,
        };
        if ask.dry_run {
            return Ok(Outcome::Redeemed(redemption));
        }
        let body = Body::Redeemed(Redeemed {
            venue: venue.id,
            organisation: venue.organisation,
            issuer: paying.issuer,
            territory: venue.profile.territory.clone(),
            delivery: ask.delivery,
            numbers,
            shown: (shown.id != paying.id).then_some(shown.id),
            held,
            request: Some(command.request.id),
        });
        let business_day = command.now.day(&programme.terms.time_zone);
        let (id, of) = (Some(paying.id), Some(programme.id));
        redemption.seq = self.append(command, ask.occurred_at, business_day, of, id, body)?;
        Ok(Outcome::Redeemed(redemption))
    }

    /// A device that was revoked takes nothing any more, and the others where they are listed.
    pub(super) fn by_device(
        &self,
        command: &Command,
        organisation: OrganisationId,
        venue: VenueId,
        at: Instant,
    ) -> Result<(), Stop> {
        let Some(id) = command.device else { return Ok(()) };
        let device = self.fold.world.devices.get(&id);
        let Some(device) = device.filter(|device| device.state() == DeviceState::Enrolled) else {
            return Err(Reason::DeviceRevoked.into());
        };
        if device.organisation != organisation || !device.serves_at(venue, at) {
            return Err(Refusal::field(Reason::VenueNotAdmitted, "venue").into());
        }
        Ok(())
    }

    fn venue_of(&self, ask: &Redeem) -> Result<&Venue, Stop> {
        let world = &self.fold.world;
        let missing = || Refusal::field(Reason::VenueNotAdmitted, "venue");
        let venue = world.venues.get(&ask.venue).ok_or_else(missing)?;
        if venue.organisation != ask.organisation {
            return Err(missing().into());
        }
        let approved = |id: &OrganisationId| {
            world.organisations.get(id).is_some_and(|row| row.approved_at(ask.occurred_at))
        };
        // A workshop before the venue was known here is not its workshop.
        if !venue.active_at(ask.occurred_at) || !approved(&venue.organisation) {
            return Err(Reason::VenueSuspended.into());
        }
        Ok(venue)
    }

    pub(super) fn shown(&self, ask: &Redeem) -> Result<&Voucher, Stop> {
        match ask.shown {
            Shown::Refused(reason) => Err(reason.into()),
            Shown::Known(id) => Ok(self.known_voucher(id)?),
            Shown::Signed { voucher, payload } => {
                let known = self.known_voucher(voucher)?;
                // A good signature over other bytes means a leaked key; over the bytes stored at
                // issue it is honoured, whatever has become of its key since.
                if known.payload != payload {
                    return Err(Reason::VoucherUnknown.into());
                }
                Ok(known)
            }
        }
    }

    /// Refusals of known vouchers are kept with venue, device, actor and time; other failed scans
    /// are counted by the hour.
    pub(super) fn note_refusal(&mut self, command: &Command, outcome: &Outcome) {
        let (Ask::Redeem(ask), Outcome::Refused(refusal)) = (&command.ask, outcome) else { return };
        if ask.dry_run {
            return;
        }
        let reason = refusal.reason;
        let known = ask.shown.voucher().and_then(|id| self.fold.world.vouchers.get(&id));
        // Its id is not remembered, so that it may come again.
        let counted = [Reason::VoucherUnknown, Reason::DeviceRevoked];
        let Some(voucher) = known.filter(|_| !counted.contains(&reason)) else {
            let failed = FailedScans::of(command, ask, reason);
            *self.fold.effects.failed_scans.entry(failed).or_default() += 1;
            return;
        };
        self.fold.effects.refused_scans.push(RefusedScan {
            request: command.request,
            reason,
            voucher: voucher.id,
            programme: voucher.programme,
            issuer: voucher.issuer,
            venue: ask.venue,
            organisation: ask.organisation,
            actor: command.actor,
            device: command.device,
            at: command.now,
        });
    }

    /// A good signature over what was never issued: a key leaked, or a backup was restored.
    fn count_alarm(&mut self, command: &Command, ask: &Redeem) {
        if let Some(kid) = ask.shown.signed_by()
            && !ask.dry_run
        {
            let hour = command.now.0.div_euclid(3_600 * MICROSECONDS_A_SECOND);
            let alarm = Alarm { kid, venue: ask.venue, hour };
            *self.fold.effects.alarms.entry(alarm).or_default() += 1;
        }
    }

    fn admitted(&self, programme: &Programme, venue: &Venue) -> Result<(), Stop> {
        let listed = self.fold.world.admitted.contains(&(programme.id, venue.id));
        if programme.terms.venues_listed && !listed {
            return Err(Reason::VenueNotAdmitted.into());
        }
        Ok(())
    }

    /// The voucher whose numbers pay: a late record of a replaced one is paid by its successor.
    pub(super) fn paying<'a>(&'a self, shown: &'a Voucher) -> Result<&'a Voucher, Stop> {
        let mut paying = shown;
        // Each step is a replacement, and a voucher has at most one successor.
        while let Some(successor) = paying.successor {
            paying = self.known_voucher(successor)?;
        }
        if paying.money == Money::Released {
            return Err(Reason::OccurredTooLate.into());
        }
        Ok(paying)
    }

    fn figures(&self, paying: &Voucher, programme: &Programme, numbers: &[i64]) -> (u8, Cents) {
        let taken = u8::try_from(numbers.len()).unwrap_or(u8::MAX);
        let price = programme.pricing(paying.version).price_cents;
        let earned = price.times(i64::from(taken));
        (paying.left().saturating_sub(taken), earned.unwrap_or(Cents(i64::MAX)))
    }
}

/// The voucher's standing and days at the moment of the workshop.
fn standing(voucher: &Voucher, at: Instant, day: Day) -> Result<(), Stop> {
    let left = Some(voucher.left());
    let refuse = |reason, facts| Err(Refusal::because(reason, facts).into());
    let Some(standing) = voucher.standing_at(at) else {
        let facts = Facts { left, day: Some(voucher.first_day), ..Facts::default() };
        return refuse(Reason::VoucherNotYetValid, facts);
    };
    let since = Facts { at: Some(standing.at), ..Facts::default() };
    match standing.to {
        Standing::Stock => return refuse(Reason::VoucherStock, Facts { left, ..since }),
        Standing::Suspended => return refuse(Reason::VoucherSuspended, Facts { left, ..since }),
        Standing::Cancelled => return refuse(Reason::VoucherCancelled, since),
        Standing::Replaced => return refuse(Reason::VoucherReplaced, since),
        Standing::Active => {}
    }
    if day < voucher.first_day {
        let facts = Facts { left, day: Some(voucher.first_day), ..Facts::default() };
        return refuse(Reason::VoucherNotYetValid, facts);
    }
    if day > voucher.last_day {
        let facts = Facts { left, day: Some(voucher.last_day), ..Facts::default() };
        return refuse(Reason::VoucherExpired, facts);
    }
    Ok(())
}

fn plausible(now: Instant, at: Instant, programme: &Programme) -> Result<(), Stop> {
    if at > now.plus_seconds(CLOCK_TOLERANCE_SECONDS) {
        return Err(Reason::OccurredInFuture.into());
    }
    let limit = i64::from(programme.terms.late_limit_days);
    if at < now.plus_seconds(-limit * 86_400 - CLOCK_TOLERANCE_SECONDS) {
        let facts = Facts { limit: Some(limit), ..Facts::default() };
        return Err(Refusal::because(Reason::OccurredTooLate, facts).into());
    }
    Ok(())
}

fn workshops(paying: &Voucher, ask: &Redeem) -> Result<Vec<i64>, Stop> {
    let wanted = usize::from(ask.workshops);
    if paying.free.is_empty() {
        let last = paying.uses.last();
        let at = last.map(|used| used.at);
        let own = last.filter(|used| used.venue == ask.venue);
        let (redemption, venue) = (own.map(|used| used.seq), own.map(|used| used.venue));
        let facts = Facts { left: Some(0), at, redemption, venue, ..Facts::default() };
        return Err(Refusal::because(Reason::VoucherExhausted, facts).into());
    }
    let Some(numbers) = paying.free.get(..wanted) else {
        let facts = Facts { left: Some(paying.left()), ..Facts::default() };
        return Err(Refusal::because(Reason::WorkshopsInsufficient, facts).into());
    };
    Ok(numbers.to_vec())
}

fn within_limits(
    paying: &Voucher,
    programme: &Programme,
    ask: &Redeem,
    day: Day,
) -> Result<(), Stop> {
    let count = |today: bool, here: bool| {
        let counted = |used: &&crate::domain::life::Use| {
            (!today || used.day == day) && (!here || used.venue == ask.venue)
        };
        paying.uses.iter().filter(counted).map(|used| used.numbers.len()).sum::<usize>()
    };
    for (limit, used) in [
        (programme.terms.workshops_a_day, count(true, false)),
        (programme.terms.workshops_a_venue, count(false, true)),
    ] {
        let Some(limit) = limit else { continue };
        if used + usize::from(ask.workshops) > usize::from(limit) {
            let left = Some(paying.left());
            let facts = Facts { left, limit: Some(i64::from(limit)), ..Facts::default() };
            return Err(Refusal::because(Reason::ProgrammeLimit, facts).into());
        }
    }
    Ok(())
}

fn delivered(programme: &Programme, ask: &Redeem) -> Result<(), Stop> {
    let terms = &programme.terms;
    let Some(service) = ask.delivery.service else {
        if terms.service_required {
            return Err(Refusal::field(Reason::ServiceRequired, "service").into());
        }
        return Ok(());
    };
    if !terms.services.is_empty() && !terms.services.contains(&service) {
        return Err(Refusal::field(Reason::ServiceNotAdmitted, "service").into());
    }
    Ok(())
}
