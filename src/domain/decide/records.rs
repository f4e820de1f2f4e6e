//! Deciding about records made without network: where they stand in their chain, what they count.
//! The workshop itself is decided as any other (`redeem.rs`).

use super::{Decided, Desk, Stop, conflicts::Refused};
use crate::domain::{
    apply::Inconsistent,
    command::{Answer, Ask, Command, Outcome, Redeem, Request},
    conflict::Knowledge,
    event::Body,
    hold::TakenOffline,
    ids::{Seq, UserId},
    plain::is_plain,
    record::{Arrived, Cause, Link, RecordAsk, Settled, Verdict, Waiting, misfit},
    refusal::{Reason, Refusal},
    registry::Role,
    world::Remembered,
};

/// Characters of a note, in bytes.
const LONGEST_NOTE: usize = 500;

impl Desk {
    /// A record gets one verdict, and the same one again however often it comes.
    pub(super) fn record_answer(
        &mut self,
        command: &Command,
        ask: &RecordAsk,
    ) -> Result<Answer, Inconsistent> {
        if let Some(answer) = self.arrived(ask) {
            return Ok(answer);
        }
        if self.fold.world.read_only {
            let outcome = Outcome::Refused(Reason::RestoredReadOnly.into());
            return Ok(Answer { outcome, replayed: false, reversed: false, head: None });
        }
        let claims = &ask.record.claims;
        self.record = Some((claims.device, claims.sequence));
        let verdict = match self.verdict(command, ask) {
            Ok(verdict) => verdict,
            Err(Stop::Refused(refusal)) => Verdict::Refused(refusal),
            Err(Stop::Fault(fault)) => return Err(fault),
        };
        self.record = None;
        let event = match self.note(command, ask, &verdict) {
            Ok(event) => event,
            Err(Stop::Fault(fault)) => return Err(fault),
            Err(Stop::Refused(_)) => None,
        };
        let place = (claims.device, claims.sequence);
        let link = Link {
            hash: ask.record.hash,
            before: claims.before,
            occurred_at: claims.occurred_at(),
            verdict: verdict.clone(),
        };
        self.fold.world.records.entry(place).or_default().push(link.clone());
        if matches!(link.verdict, Verdict::Accepted(_) | Verdict::Conflict(_)) {
            let taken = self.fold.world.signals.offline.entry(claims.device).or_default();
            let (sequence, at) = (claims.sequence, link.occurred_at);
            taken.push(TakenOffline { sequence, at, workshops: ask.redeem.workshops });
        }
        let (request, ask, received_at) = (command.request, ask.clone(), command.now);
        let arrived = Arrived { request, ask, link, event, received_at };
        self.fold.effects.records.push(arrived);
        let reversed = self.is_reversed(&verdict);
        let outcome = Outcome::Recorded(verdict);
        Ok(Answer { outcome, replayed: false, reversed, head: None })
    }

    /// The verdict of a record that has come before.
    pub(super) fn arrived(&self, ask: &RecordAsk) -> Option<Answer> {
        let claims = &ask.record.claims;
        let links = self.fold.world.records.get(&(claims.device, claims.sequence))?;
        let link = links.iter().find(|link| link.hash == ask.record.hash)?;
        let verdict = link.verdict.clone();
        let reversed = self.is_reversed(&verdict);
        let outcome = Outcome::Recorded(verdict);
        Some(Answer { outcome, replayed: true, reversed, head: None })
    }

    fn is_reversed(&self, verdict: &Verdict) -> bool {
        let (Verdict::Accepted(redemption) | Verdict::Replayed(redemption)) = verdict else {
            return false;
        };
        let record = self.fold.world.redemptions.get(&redemption.seq);
        record.is_some_and(|record| record.reversed_by.is_some())
    }

    fn verdict(&mut self, command: &Command, ask: &RecordAsk) -> Result<Verdict, Stop> {
        let claims = &ask.record.claims;
        if let Some(cause) = misfit(&self.fold.world.records, claims, ask.record.hash) {
            return Ok(Verdict::Quarantined(cause));
        }
        let online = Command {
            actor: claims.person,
            ask: Ask::Redeem(ask.redeem.clone()),
            ..command.clone()
        };
        // The online attempt was heard, though its answer was not.
        if let Some(before) = self.asked_before(command.request) {
            return Ok(match self.again(&online, before).outcome {
                Outcome::Redeemed(redemption) => Verdict::Replayed(redemption),
                Outcome::Refused(refusal) if refusal.reason != Reason::RequestReused => {
                    Verdict::Refused(refusal)
                }
                _ => Verdict::Quarantined(Cause::RequestReused),
            });
        }
        if let Some(cause) = self.doubt(&ask.redeem, &online) {
            return Ok(Verdict::Quarantined(cause));
        }
        let outcome = self.taken(&online, &ask.redeem)?;
        let Outcome::Refused(refusal) = &outcome else {
            self.settle(&online, &outcome);
            return Ok(match outcome {
                Outcome::Redeemed(redemption) => Verdict::Accepted(redemption),
                _ => Verdict::Quarantined(Cause::RequestReused),
            });
        };
        self.refused(&online, ask, refusal.clone())
    }

    /// What the same request came to with network. A refusal because its time was still to come
    /// says that a clock was ahead, and nothing of the pass: the record is judged for itself.
    fn asked_before(&self, request: Request) -> Option<&Remembered> {
        let before = self.fold.world.requests.get(&(request.scope, request.id))?;
        let too_soon = matches!(&before.outcome, Outcome::Refused(refusal)
            if refusal.reason == Reason::OccurredInFuture);
        (!too_soon || before.hash != request.hash).then_some(before)
    }

    /// The verdict on a record whose workshop the rules refuse. In doubt and in conflict it is no
    /// refused scan: nobody was sent away.
    fn refused(
        &mut self,
        online: &Command,
        ask: &RecordAsk,
        refusal: Refusal,
    ) -> Result<Verdict, Stop> {
        if refusal.reason == Reason::OccurredInFuture {
            return Ok(Verdict::Quarantined(Cause::TimeAhead));
        }
        let outcome = Outcome::Refused(refusal.clone());
        let signed = ask.redeem.shown.signed_by().is_some();
        if refusal.reason == Reason::VoucherUnknown && signed {
            self.settle(online, &outcome);
            return Ok(Verdict::Quarantined(Cause::VoucherUnknown));
        }
        let claims = &ask.record.claims;
        let refused = Refused {
            redeem: &ask.redeem,
            sequence: claims.sequence,
            hash: ask.record.hash,
            knowledge: Knowledge::of(claims),
            refusal: refusal.clone(),
        };
        if let Some(contest) = self.contest(online, refused)? {
            self.remember(online, &outcome);
            return Ok(Verdict::Conflict(contest));
        }
        self.settle(online, &outcome);
        Ok(Verdict::Refused(refusal))
    }

    /// The workshop as any other; what the rules refuse is an outcome here.
    fn taken(&mut self, online: &Command, redeem: &Redeem) -> Result<Outcome, Stop> {
        match self.redeem(online, redeem) {
            Err(Stop::Refused(refusal)) => Ok(Outcome::Refused(refusal)),
            other => other,
        }
    }

    /// Why nobody can tell whether this device may say so.
    fn doubt(&self, redeem: &Redeem, online: &Command) -> Option<Cause> {
        let device = online.device.and_then(|id| self.fold.world.devices.get(&id));
        if device.is_none_or(|device| device.revoked_at.is_some()) {
            return Some(Cause::DeviceRevoked);
        }
        let person = online.actor?;
        let role = self.fold.world.users.get(&person).map(|user| user.role);
        let of = match role {
            Some(Role::Supervisor(of) | Role::Scanner(of)) => Some(of),
            _ => None,
        };
        (of != Some(redeem.organisation)).then_some(Cause::PersonUnknown)
    }

    /// That a record waits to be looked at is something that happened.
    fn note(
        &mut self,
        command: &Command,
        ask: &RecordAsk,
        verdict: &Verdict,
    ) -> Result<Option<Seq>, Stop> {
        let Verdict::Quarantined(cause) = verdict else { return Ok(None) };
        let (sequence, hash) = (ask.record.claims.sequence, ask.record.hash);
        let body = Body::RecordQuarantined { sequence, hash, cause: *cause };
        self.record(command, body).map(Some)
    }

    /// A record in quarantine becomes the workshop that it tells of, or nothing; the rules hold
    /// for it as for any other, but for the device that made it.
    pub(super) fn decide_record(
        &mut self,
        command: &Command,
        quarantine: Seq,
        accepted: bool,
        note: &str,
    ) -> Decided {
        noted(note)?;
        let missing = || Refusal::field(Reason::NotFound, "record");
        let waiting = self.fold.world.quarantined.get(&quarantine).ok_or_else(missing)?.clone();
        if waiting.decided {
            return Err(Reason::AlreadyDecided.into());
        }
        let (redemption, conflict) =
            if accepted { self.honour(command, &waiting)? } else { (None, None) };
        let body = Body::RecordDecided { quarantine, accepted, redemption, conflict };
        let seq = self.record(command, body)?;
        if let Some(row) = self.fold.world.quarantined.get_mut(&quarantine) {
            row.decided = true;
        }
        let (at, by, note) = (command.now, command.actor, note.to_owned());
        let settled = Settled { quarantine, accepted, redemption, at, by, note };
        self.fold.effects.settled.push(settled);
        Ok(Outcome::Done { seq })
    }

    /// The redemption of an accepted record: the one there was already, or a new one; or the
    /// conflict that it opens.
    fn honour(
        &mut self,
        command: &Command,
        waiting: &Waiting,
    ) -> Result<(Option<Seq>, Option<Seq>), Stop> {
        let known = |id: &UserId| self.fold.world.users.contains_key(id);
        let online = Command {
            request: waiting.request,
            actor: waiting.person.filter(known),
            device: Some(waiting.device),
            now: command.now,
            ask: Ask::Redeem(waiting.redeem.clone()),
        };
        // What was asked with network meanwhile has its outcome already.
        let before = self.asked_before(waiting.request);
        let asked_before = before.is_some();
        let outcome = match before {
            Some(before) => self.again(&online, before).outcome,
            None => match self.take(&online, &waiting.redeem) {
                Err(Stop::Refused(refusal)) => Outcome::Refused(refusal),
                other => other?,
            },
        };
        match outcome {
            Outcome::Redeemed(redemption) => {
                if !asked_before {
                    self.settle(&online, &Outcome::Redeemed(redemption));
                }
                Ok((Some(redemption.seq), None))
            }
            Outcome::Refused(refusal) => {
                let refused = Refused {
                    redeem: &waiting.redeem,
                    sequence: waiting.sequence,
                    hash: waiting.hash,
                    knowledge: waiting.knowledge,
                    refusal: refusal.clone(),
                };
                match self.contest(&online, refused)? {
                    Some(contest) => {
                        if !asked_before {
                            self.remember(&online, &Outcome::Refused(refusal));
                        }
                        Ok((None, Some(contest.conflict)))
                    }
                    None => Err(refusal.into()),
                }
            }
            _ => Err(Reason::RequestReused.into()),
        }
    }
}

/// A decision about money says why.
pub(super) fn noted(note: &str) -> Result<(), Refusal> {
    if note.trim().is_empty() || note.len() > LONGEST_NOTE || !is_plain(note) {
        return Err(Refusal::field(Reason::RequestMalformed, "note"));
    }
    Ok(())
}
