//! Deciding about conflicts: what a device could not know is never its venue's loss, within the
//! programme's guarantee. No chains (`records.rs`), and no redemption (`redeem.rs`).

use super::{Decided, Desk, Stop, records::noted};
use crate::domain::{
    calendar::Instant,
    command::{Command, Outcome, Redeem, Shown},
    conflict::{Conflict, Contested, Fate, Knowledge},
    device::Served,
    event::Body,
    guarantee,
    ids::{ProgrammeId, Seq},
    life::{Use, Voucher},
    programme::Programme,
    record::{Contest, Hash},
    refusal::{Facts, Reason, Refusal},
};

/// A hundred thousand workshops: more is a slip of the pen.
const LARGEST_RESERVE: i64 = 100_000;

/// A record whose workshop the rules refuse.
pub(super) struct Refused<'a> {
    pub redeem: &'a Redeem,
    pub sequence: u32,
    pub hash: Hash,
    pub knowledge: Knowledge,
    pub refusal: Refusal,
}

impl Desk {
    /// Opens a conflict where the device could not know of the cause; `None`: it could, and the
    /// record stays refused.
    pub(super) fn contest(
        &mut self,
        command: &Command,
        refused: Refused<'_>,
    ) -> Result<Option<Contest>, Stop> {
        let Some(against) = self.excuse(&refused) else { return Ok(None) };
        let Refused { redeem, sequence, hash, knowledge, refusal } = refused;
        let Ok(shown) = self.shown(redeem) else { return Ok(None) };
        let (Some(venue), programme) =
            (self.fold.world.venues.get(&redeem.venue), self.programme(shown.programme)?)
        else {
            return Ok(None);
        };
        let zone = &programme.terms.time_zone;
        let contested = Contested {
            device: knowledge.device,
            sequence,
            hash,
            reason: refusal.reason,
            against,
            venue: venue.id,
            organisation: venue.organisation,
            issuer: shown.issuer,
            territory: venue.profile.territory.clone(),
            delivery: redeem.delivery,
            workshops: redeem.workshops,
            typed: matches!(redeem.shown, Shown::Known(_)),
            version: shown.version,
            month: redeem.occurred_at.day(zone).month_number(),
        };
        let (day, of) = (command.now.day(zone), (Some(programme.id), Some(shown.id)));
        let body = Body::ConflictOpened(contested);
        let conflict = self.append(command, redeem.occurred_at, day, of.0, of.1, body)?;
        Ok(Some(Contest { conflict, refusal }))
    }

    /// The redemptions that the device had not heard of, or none if something else was new to it;
    /// `None`: it could have known.
    fn excuse(&self, refused: &Refused<'_>) -> Option<Vec<Seq>> {
        let Refused { redeem, knowledge, refusal, .. } = refused;
        let shown = self.shown(redeem).ok()?;
        let programme = self.programme(shown.programme).ok()?;
        let at = redeem.occurred_at;
        let fresh = knowledge.fresh_at(at, programme.terms.offline.feed_days);
        let unheard = |seq: Option<Seq>| {
            let unheard = fresh && seq.is_some_and(|seq| !knowledge.has(seq));
            unheard.then(Vec::new)
        };
        match refusal.reason {
            Reason::VenueSuspended => unheard(self.venue_closed_by(redeem, at)),
            Reason::VenueNotAdmitted => match self.not_served_by(redeem, *knowledge) {
                Some(seq) => unheard(Some(seq)),
                // Terms travel with no number: whoever decides sees whether they were known.
                None => Some(Vec::new()),
            },
            Reason::VoucherSuspended | Reason::VoucherCancelled | Reason::VoucherReplaced => {
                unheard(shown.standing_at(at).map(|standing| standing.seq))
            }
            Reason::VoucherExhausted | Reason::WorkshopsInsufficient => {
                let news = self.unheard_uses(shown, *knowledge);
                (fresh && self.enough_without(shown, &news, redeem)).then(|| numbers_of(&news))
            }
            Reason::ProgrammeLimit => {
                let news = self.unheard_uses(shown, *knowledge);
                (fresh && !news.is_empty()).then(|| numbers_of(&news))
            }
            // It was there in time: what comes late is the network's doing.
            Reason::OccurredTooLate => {
                let news = self.unheard_uses(shown, *knowledge);
                self.enough_without(shown, &news, redeem).then(Vec::new)
            }
            Reason::ServiceRequired | Reason::ServiceNotAdmitted => Some(Vec::new()),
            _ => None,
        }
    }

    /// The event by which venue or organisation was closed at a moment.
    fn venue_closed_by(&self, redeem: &Redeem, at: Instant) -> Option<Seq> {
        let venue = self.fold.world.venues.get(&redeem.venue)?;
        if !venue.active_at(at) {
            return venue.opening_at(at).map(|opening| opening.seq);
        }
        let organisation = self.fold.world.organisations.get(&venue.organisation)?;
        organisation.approval_at(at).map(|approval| approval.seq)
    }

    /// The event since which the device does not serve the venue, if that is what is wrong.
    fn not_served_by(&self, redeem: &Redeem, knowledge: Knowledge) -> Option<Seq> {
        let device = self.fold.world.devices.get(&knowledge.device)?;
        let served = device.served_at(redeem.occurred_at);
        let absent = |served: &&Served| !served.venues.contains(&redeem.venue);
        served.filter(absent).map(|served| served.seq)
    }

    /// What was taken of a voucher, and of those that replace it, without the device having heard:
    /// what it took itself it knows.
    fn unheard_uses<'a>(&'a self, shown: &'a Voucher, knowledge: Knowledge) -> Vec<&'a Use> {
        let line = self.line_of(shown);
        let uses = line.into_iter().flat_map(|voucher| &voucher.uses);
        let own = Some(knowledge.device);
        uses.filter(|used| !knowledge.has(used.seq) && used.device != own).collect()
    }

    /// The voucher and its successors.
    fn line_of<'a>(&'a self, shown: &'a Voucher) -> Vec<&'a Voucher> {
        let next = |voucher: &&'a Voucher| -> Option<&'a Voucher> {
            self.fold.world.vouchers.get(&voucher.successor?)
        };
        std::iter::successors(Some(shown), next).collect()
    }

    /// Whether there would be enough workshops if those redemptions had not been.
    fn enough_without(&self, shown: &Voucher, news: &[&Use], redeem: &Redeem) -> bool {
        let free = self.line_of(shown).last().map_or(0, |paying| paying.free.len());
        let taken: usize = news.iter().map(|used| used.numbers.len()).sum();
        free + taken >= usize::from(redeem.workshops)
    }

    pub(super) fn decide_conflict(
        &mut self,
        command: &Command,
        id: Seq,
        paid: bool,
        note: &str,
    ) -> Decided {
        noted(note)?;
        let missing = || Refusal::field(Reason::NotFound, "conflict");
        let conflict = self.fold.world.conflicts.get(&id).ok_or_else(missing)?.clone();
        // What is paid is paid; what is not may still be, once somebody has asked again.
        let decided = match conflict.fate {
            Fate::Open => false,
            Fate::Unpaid(_) => !paid,
            Fate::Paid(_) => true,
        };
        if decided {
            return Err(Reason::AlreadyDecided.into());
        }
        let programme = self.programme(conflict.programme)?;
        let (version, numbers) =
            if paid { self.guaranteed(programme, &conflict)? } else { (0, Vec::new()) };
        let body = Body::ConflictDecided { conflict: id, version, numbers };
        let (voucher, programme) = (conflict.voucher, conflict.programme);
        let seq = self.record_voucher(command, voucher, programme, body)?;
        let (at, by, note) = (command.now, command.actor, note.to_owned());
        let ruling = crate::domain::conflict::Ruling { conflict: id, at, by, note };
        self.fold.effects.rulings.push(ruling);
        Ok(Outcome::Done { seq })
    }

    /// The numbers of the guarantee that pay a conflict, within what one device may cost.
    fn guaranteed(
        &self,
        programme: &Programme,
        conflict: &Conflict,
    ) -> Result<(i32, Vec<i64>), Refusal> {
        let Contested { device, month, workshops, typed, version, .. } = conflict.contested;
        let before = self.fold.world.guaranteed.get(&(programme.id, device, month));
        let before = before.copied().unwrap_or_default();
        let caps = programme.terms.offline;
        let wanted = i64::from(workshops);
        let typed = (typed, before.typed, i64::from(caps.typed_a_month));
        for (counts, before, cap) in
            [(true, before.workshops, i64::from(caps.guaranteed_a_month)), typed]
        {
            if counts && before + wanted > cap {
                let facts = Facts { limit: Some(cap), ..Facts::default() };
                return Err(Refusal::because(Reason::GuaranteeCap, facts));
            }
        }
        guarantee::next_numbers(&programme.reserves, version, workshops).ok_or_else(|| {
            let left = guarantee::left(&programme.reserves);
            let facts = Facts { limit: Some(left), ..Facts::default() };
            Refusal::because(Reason::GuaranteeExhausted, facts)
        })
    }

    pub(super) fn reserve_guarantee(
        &mut self,
        command: &Command,
        id: ProgrammeId,
        workshops: i64,
    ) -> Decided {
        let programme = self.programme(id)?.clone();
        let left = guarantee::left(&programme.reserves);
        if workshops == 0 || workshops > LARGEST_RESERVE || -workshops > left {
            let field = Some("workshops".to_owned());
            let facts = Facts { limit: Some(left), field, ..Facts::default() };
            return Err(Refusal::because(Reason::AmountInvalid, facts).into());
        }
        if workshops > 0 {
            let pricing = programme.terms.pricing();
            let cost = pricing.cost_of_run(programme.next_number, workshops);
            self.within_budget(&programme, &cost)?;
        }
        let body = Body::GuaranteeReserved { workshops };
        let seq = self.record_programme(command, id, body)?;
        Ok(Outcome::Done { seq })
    }
}

fn numbers_of(uses: &[&Use]) -> Vec<Seq> {
    uses.iter().map(|used| used.seq).collect()
}
