//! The fold: what each event does to the world, its postings and its usage figures.
//! No rules and no refusals: an event has happened, `decide` and `audit` both replay it here.

mod batch;
mod conflicts;
mod devices;
mod disputes;
mod ending;
mod holds;
mod keys;
mod periods;
mod post;
mod redeem;
mod settle;
mod usage;
mod voucher;

use post::account;

use crate::domain::{
    cents::Cents,
    event::{Body, Event},
    ids::{FunderId, Seq},
    ledger::{Move, Stage},
    programme::{Programme, Terms, Version},
    registry::{Approved, Opening},
    world::{Effects, Recorded, World},
};

/// An event that does not fit the world it is applied to: a fault of the program or an edited
/// journal, never of a caller.
#[derive(Debug, thiserror::Error)]
pub enum Inconsistent {
    #[error("event {seq} names {what}, which is not there")]
    Missing { seq: Seq, what: &'static str },
    #[error("event {seq} cannot be encoded: {cause}")]
    Encoding { seq: Seq, cause: serde_json::Error },
    #[error("event {seq}: an amount passes the range of 64 bits")]
    Overflow { seq: Seq },
}

/// A world under change, with what has to be written.
#[derive(Debug, Default)]
pub struct Fold {
    pub world: World,
    pub effects: Effects,
}

impl Fold {
    #[must_use]
    pub fn new(world: World) -> Self {
        Self { world, effects: Effects::default() }
    }

    /// Applies an event at the end of the journal, and chains it.
    ///
    /// # Errors
    /// When the event names what the world does not hold.
    pub fn apply(&mut self, event: Event) -> Result<(), Inconsistent> {
        let mut moves = Vec::new();
        self.apply_registry(&event);
        self.apply_key(&event)?;
        self.apply_device(&event)?;
        self.apply_programme(&event, &mut moves)?;
        self.count_deposit(&event)?;
        self.apply_batch(&event, &mut moves)?;
        self.apply_voucher(&event, &mut moves)?;
        self.apply_conflict(&event, &mut moves)?;
        self.apply_settlement(&event, &mut moves)?;
        self.apply_hold(&event)?;
        self.apply_ending(&event, &mut moves)?;
        self.apply_period(&event)?;
        self.apply_dispute(&event)?;
        let previous = self.follow(&event)?;
        let postings = self.post(&event, &moves)?;
        let hash = event
            .chained(&self.world.head.hash, &postings)
            .map_err(|cause| Inconsistent::Encoding { seq: event.seq, cause })?;
        if let Some(programme) = event.programme {
            self.effects.day_ends.insert((programme, event.day), event.seq);
        }
        self.world.head.seq = event.seq.0;
        self.world.head.hash = hash;
        self.effects.events.push(Recorded { event, postings, previous, hash });
        Ok(())
    }

    /// Puts the event at the end of its voucher's history, and says what stood there.
    fn follow(&mut self, event: &Event) -> Result<Option<Seq>, Inconsistent> {
        let Some(id) = event.voucher else { return Ok(None) };
        Ok(self.voucher(event, id)?.last_event.replace(event.seq))
    }

    /// What people are called comes with the command, since events hold ids only.
    fn apply_registry(&mut self, event: &Event) {
        let (world, changed) = (&mut self.world, &mut self.effects.changed);
        match &event.body {
            Body::IssuerSuspended { issuer, suspended } => {
                if let Some(row) = world.issuers.get_mut(issuer) {
                    row.suspended = *suspended;
                    changed.issuers.insert(*issuer);
                }
            }
            Body::OrganisationApproval { organisation, approval } => {
                if let Some(row) = world.organisations.get_mut(organisation) {
                    row.approvals.push(Approved {
                        at: event.occurred_at,
                        to: *approval,
                        seq: event.seq,
                    });
                    changed.organisations.insert(*organisation);
                }
            }
            Body::VenueOpened { venue, active } => {
                if let Some(row) = world.venues.get_mut(venue) {
                    row.openings.push(Opening {
                        at: event.occurred_at,
                        active: *active,
                        seq: event.seq,
                    });
                    changed.venues.insert(*venue);
                }
            }
            Body::UserRevoked { user } => {
                if let Some(row) = world.users.get_mut(user) {
                    row.revoked = true;
                    changed.users.insert(*user);
                }
            }
            Body::DailyLimitRaised { user, day, limit } => {
                if let Some(row) = world.users.get_mut(user) {
                    row.raised = Some((*day, *limit));
                    changed.users.insert(*user);
                }
            }
            Body::Restored { .. } => world.read_only = false,
            _ => {}
        }
    }

    fn apply_programme(
        &mut self,
        event: &Event,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let Some(id) = event.programme else { return Ok(()) };
        let (world, effects) = (&mut self.world, &mut self.effects);
        if let Body::ProgrammeAdded { terms } = &event.body {
            let programme = Programme {
                id,
                name: String::new(),
                version: 1,
                terms: (**terms).clone(),
                earlier: Vec::new(),
                next_number: 0,
                next_ordinal: 0,
                closed: false,
                reserves: Vec::new(),
                ended: None,
                closed_through: None,
            };
            let name = world.programmes.remove(&id).map(|draft| draft.name).unwrap_or_default();
            world.programmes.insert(id, Programme { name, ..programme });
            effects.created.programmes.insert(id);
            return Ok(());
        }
        let missing = Inconsistent::Missing { seq: event.seq, what: "a programme" };
        let programme = world.programmes.get_mut(&id).ok_or(missing)?;
        let version = programme.version;
        let key = |funder, stage| account(id, version, funder, stage, None);
        match &event.body {
            Body::ProgrammeAmended { terms, version } => {
                let old = std::mem::replace(&mut programme.terms, (**terms).clone());
                effects.changed.programmes.insert(id);
                if *version > programme.version {
                    let Terms { price_cents, shares, .. } = old;
                    programme.earlier.push(Version { price_cents, shares });
                    (programme.version, programme.next_number, programme.next_ordinal) =
                        (*version, 0, 0);
                    self.carry_all(id, *version - 1, moves);
                }
            }
            Body::ProgrammeClosed => {
                programme.closed = true;
                effects.changed.programmes.insert(id);
            }
            Body::VenueAdmitted { venue } => {
                world.admitted.insert((id, *venue));
                effects.created.admitted.insert((id, *venue));
            }
            Body::Funded { funder, amount, .. } => moves.push(Move {
                from: key(*funder, Stage::Funding),
                to: key(*funder, Stage::Available),
                amount: *amount,
            }),
            Body::Withdrawn { funder, amount, .. } => moves.push(Move {
                from: key(*funder, Stage::Available),
                to: key(*funder, Stage::Funding),
                amount: *amount,
            }),
            Body::Allocated { issuer, workshops } => {
                world.allocations.entry((id, *issuer)).or_default().granted += workshops;
                effects.changed.allocations.insert((id, *issuer));
            }
            _ => {}
        }
        Ok(())
    }

    fn programme(&self, event: &Event) -> Result<&Programme, Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a programme" };
        event.programme.and_then(|id| self.world.programmes.get(&id)).ok_or(missing)
    }

    fn cost(
        &self,
        event: &Event,
        version: i32,
        numbers: &[i64],
    ) -> Result<Vec<(FunderId, Cents)>, Inconsistent> {
        Ok(self.programme(event)?.pricing(version).cost(numbers))
    }
}
