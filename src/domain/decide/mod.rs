//! The decision: one pure function turns a world and commands into outcomes and effects.
//! No I/O; each command kind has its file, `docs/algorithms/redeem.md` explains the order.

mod accounts;
mod api_keys;
mod batch;
mod change;
mod conflicts;
mod devices;
mod disputes;
mod ending;
mod holds;
mod issue;
mod keys;
mod money;
mod payments;
mod periods;
mod receipts;
mod records;
mod redeem;
mod registry;
mod restore;
mod reverse;
mod settle;
mod standing;

#[cfg(test)]
pub(crate) mod tests;

pub use restore::LARGEST_LOSS;

use super::{
    apply::{Fold, Inconsistent},
    calendar::{Day, Instant, Zone},
    command::{Answer, Ask, Command, Outcome},
    event::{Body, Event},
    ids::{DeviceId, ProgrammeId, Seq, VoucherId},
    life::Voucher,
    programme::Programme,
    refusal::{Reason, Refusal},
    world::{Effects, Remembered, World},
};

/// Decides commands in order, each seeing what the ones before it did.
///
/// # Errors
/// When the world contradicts itself: a fault, after which nothing of the batch may be written.
pub fn decide(
    world: World,
    commands: &[Command],
) -> Result<(Vec<Answer>, World, Effects), Inconsistent> {
    let mut desk = Desk { fold: Fold::new(world), record: None };
    let answers = commands.iter().map(|command| desk.answer(command)).collect::<Result<_, _>>()?;
    Ok((answers, desk.fold.world, desk.fold.effects))
}

/// The first outcomes of those commands whose request ids the world remembers; nothing is decided.
#[must_use]
pub fn known(world: World, commands: &[Command]) -> Vec<Option<Answer>> {
    let desk = Desk { fold: Fold::new(world), record: None };
    let first = commands.iter().map(|command| {
        if let Ask::Record(ask) = &command.ask {
            return desk.arrived(ask);
        }
        let request = command.request;
        let before = desk.fold.world.requests.get(&(request.scope, request.id))?;
        Some(desk.again(command, before))
    });
    first.collect()
}

/// Why a command did not go through.
enum Stop {
    Refused(Refusal),
    Fault(Inconsistent),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Reason> for Stop {
    fn from(reason: Reason) -> Self {
        Self::Refused(reason.into())
    }
}

impl From<Inconsistent> for Stop {
    fn from(fault: Inconsistent) -> Self {
        Self::Fault(fault)
    }
}

type Decided = Result<Outcome, Stop>;

/// Where commands are decided: all checks of one come before its first event.
struct Desk {
    fold: Fold,
    /// The device and the place in its chain of the record that is decided now.
    record: Option<(DeviceId, u32)>,
}

impl Desk {
    fn answer(&mut self, command: &Command) -> Result<Answer, Inconsistent> {
        if let Ask::Record(ask) = &command.ask {
            return self.record_answer(command, ask);
        }
        let request = command.request;
        if let Some(before) = self.fold.world.requests.get(&(request.scope, request.id)) {
            return Ok(self.again(command, before));
        }
        let outcome = match self.decide_one(command) {
            Ok(outcome) => outcome,
            Err(Stop::Refused(refusal)) => Outcome::Refused(refusal),
            Err(Stop::Fault(fault)) => return Err(fault),
        };
        self.settle(command, &outcome);
        let made = matches!(&outcome, Outcome::Redeemed(made) if made.seq != Seq(0));
        let head = made.then_some(self.fold.world.head.hash);
        Ok(Answer { outcome, replayed: false, reversed: false, head })
    }

    /// Keeps what has to be known of an outcome later.
    fn settle(&mut self, command: &Command, outcome: &Outcome) {
        self.note_refusal(command, outcome);
        self.remember(command, outcome);
    }

    fn remember(&mut self, command: &Command, outcome: &Outcome) {
        let request = command.request;
        if self.remembered(command, outcome) {
            let remembered = Remembered { hash: request.hash, outcome: outcome.clone() };
            let key = (request.scope, request.id);
            if self.fold.world.requests.insert(key, remembered).is_some() {
                let effects = &mut self.fold.effects;
                effects.requests.retain(|(one, _)| (one.scope, one.id) != key);
                effects.requests_forgotten.push(request);
            }
            self.fold.effects.requests.push((request, outcome.clone()));
        }
    }

    /// The first outcome again, whatever has happened since.
    fn again(&self, command: &Command, before: &Remembered) -> Answer {
        if before.hash != command.request.hash {
            let outcome = Outcome::Refused(Reason::RequestReused.into());
            return Answer { outcome, replayed: false, reversed: false, head: None };
        }
        let reversed = match &before.outcome {
            Outcome::Redeemed(redemption) => {
                let record = self.fold.world.redemptions.get(&redemption.seq);
                record.is_some_and(|record| record.reversed_by.is_some())
            }
            _ => false,
        };
        Answer { outcome: before.outcome.clone(), replayed: true, reversed, head: None }
    }

    /// Ids are kept for accepted requests and for refusals of a known voucher; a dry run and
    /// what could not be read leave no trace.
    fn remembered(&self, command: &Command, outcome: &Outcome) -> bool {
        // What a restored database could not take yet is sent again under the same id, and what a
        // revoked device asked may come as a record, which waits for a decision.
        let later = [Reason::RestoredReadOnly, Reason::DeviceRevoked];
        if matches!(outcome, Outcome::Refused(refusal) if later.contains(&refusal.reason)) {
            return false;
        }
        let Ask::Redeem(redeem) = &command.ask else {
            let again = [Reason::DrawAgain, Reason::SigningKeyNotActive];
            return !matches!(outcome, Outcome::Refused(refusal)
                if again.contains(&refusal.reason));
        };
        let known =
            redeem.shown.voucher().is_some_and(|id| self.fold.world.vouchers.contains_key(&id));
        !redeem.dry_run && (matches!(outcome, Outcome::Redeemed(_)) || known)
    }

    fn decide_one(&mut self, command: &Command) -> Decided {
        if let Ask::AcknowledgeRestore { last_seq } = command.ask {
            return self.acknowledge_restore(command, last_seq);
        }
        if self.fold.world.read_only {
            return Err(Reason::RestoredReadOnly.into());
        }
        match &command.ask {
            Ask::Redeem(ask) => self.redeem(command, ask),
            Ask::DecideRecord { quarantine, accepted, note } => {
                self.decide_record(command, *quarantine, *accepted, note)
            }
            Ask::DecideConflict { conflict, paid, note } => {
                self.decide_conflict(command, *conflict, *paid, note)
            }
            Ask::Reverse(ask) => self.reverse(command, ask),
            Ask::Issue { programme, issuer, workshops, stock, draft } => {
                self.issue(command, *programme, *issuer, *workshops, *stock, draft)
            }
            Ask::AddApiKey { name, role, hash, expires_at } => {
                self.add_api_key(command, name, *role, *hash, *expires_at)
            }
            Ask::RevokeApiKey { api_key } => self.revoke_api_key(command, *api_key),
            Ask::OpenBatch { programme, opened } => self.open_batch(command, *programme, opened),
            Ask::MintChunk { batch, first, drafts } => {
                self.mint_chunk(command, *batch, *first, drafts)
            }
            Ask::Activate { voucher, issuer } => self.activate(command, *voucher, *issuer),
            Ask::Replace { voucher, draft } => self.replace(command, *voucher, draft),
            Ask::Suspend { voucher } => self.suspend(command, *voucher),
            Ask::Reinstate { voucher } => self.reinstate(command, *voucher),
            Ask::Cancel { voucher } => self.cancel(command, *voucher),
            Ask::Expire { voucher } => self.expire(command, *voucher),
            Ask::Change(change) => self.change(command, change),
            Ask::Key(ask) => self.key(command, ask),
            Ask::Device(ask) => self.device(command, ask),
            Ask::Settle(ask) => self.settlement(command, ask),
            Ask::Dispute { redemption, note } => self.dispute(command, *redemption, note),
            Ask::NotThere { voucher, redemption } => self.not_there(command, *voucher, *redemption),
            Ask::DecideHold { redemption, released, note } => {
                self.decide_hold(command, *redemption, *released, note)
            }
            Ask::ReceiptKey(ask) => self.receipt_key(command, *ask),
            Ask::Period(ask) => self.period(command, ask),
            Ask::OrganisationDispute(ask) => self.organisation_dispute(command, ask),
            Ask::AddProgramme { .. }
            | Ask::CloseProgramme { .. }
            | Ask::AdmitVenue { .. }
            | Ask::Fund { .. }
            | Ask::Withdraw { .. }
            | Ask::Allocate { .. }
            | Ask::ReserveGuarantee { .. }
            | Ask::EndProgramme { .. } => self.money(command),
            _ => self.registry(command),
        }
    }

    /// The number of the next event.
    fn next_seq(&self) -> Seq {
        Seq(self.fold.world.head.seq + 1)
    }

    /// Records an event that belongs to no programme: its business day is that of UTC.
    fn record(&mut self, command: &Command, body: Body) -> Result<Seq, Stop> {
        let day = Day(i32::try_from(command.now.0.div_euclid(86_400_000_000)).unwrap_or(i32::MAX));
        self.append(command, command.now, day, None, None, body)
    }

    fn record_programme(
        &mut self,
        command: &Command,
        programme: ProgrammeId,
        body: Body,
    ) -> Result<Seq, Stop> {
        let day = command.now.day(&self.programme(programme)?.terms.time_zone);
        self.append(command, command.now, day, Some(programme), None, body)
    }

    fn record_voucher(
        &mut self,
        command: &Command,
        voucher: VoucherId,
        programme: ProgrammeId,
        body: Body,
    ) -> Result<Seq, Stop> {
        let day = command.now.day(&self.programme(programme)?.terms.time_zone);
        self.append(command, command.now, day, Some(programme), Some(voucher), body)
    }

    fn append(
        &mut self,
        command: &Command,
        occurred_at: Instant,
        day: Day,
        programme: Option<ProgrammeId>,
        voucher: Option<VoucherId>,
        body: Body,
    ) -> Result<Seq, Stop> {
        let seq = body.seq_after(self.fold.world.head.seq);
        // Nothing that comes, however late or by whatever clock, changes a month that is closed.
        let of = programme.and_then(|id| self.fold.world.programmes.get(&id));
        let day = of.map_or(day, |programme| programme.open_day(day));
        self.fold.apply(Event {
            seq,
            occurred_at,
            recorded_at: command.now,
            day,
            actor: command.actor,
            device: command.device,
            programme,
            voucher,
            body,
        })?;
        Ok(seq)
    }

    fn programme(&self, id: ProgrammeId) -> Result<&Programme, Refusal> {
        self.fold
            .world
            .programmes
            .get(&id)
            .ok_or_else(|| Refusal::field(Reason::NotFound, "programme"))
    }

    fn known_voucher(&self, id: VoucherId) -> Result<&Voucher, Refusal> {
        self.fold.world.vouchers.get(&id).ok_or_else(|| Reason::VoucherUnknown.into())
    }

    /// A voucher with its programme and the present day there.
    fn voucher_today(
        &self,
        id: VoucherId,
        now: Instant,
    ) -> Result<(Voucher, Programme, Day), Refusal> {
        let voucher = self.known_voucher(id)?.clone();
        let programme = self.programme(voucher.programme)?.clone();
        let today = today(now, &programme.terms.time_zone);
        Ok((voucher, programme, today))
    }
}

fn today(now: Instant, zone: &Zone) -> Day {
    now.day(zone)
}
