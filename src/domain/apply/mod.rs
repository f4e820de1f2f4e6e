//! The fold: what each event does to the world, its postings and its usage figures.
//! No rules and no refusals: an event has happened, `decide` and `audit` both replay it here.

mod post;

use post::account;

use crate::domain::{
    calendar::Instant,
    cents::Cents,
    event::{Body, Event, Minted, Redeemed},
    ids::{FunderId, ProgrammeId, Seq, VoucherId},
    ledger::{Move, Stage},
    life::{Change, Money, Standing, Use, Voucher},
    programme::Programme,
    registry::{Approved, Opening},
    usage::Figures,
    world::{Effects, Recorded, RedemptionRecord, World},
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
        self.apply_programme(&event, &mut moves)?;
        self.apply_voucher(&event, &mut moves)?;
        let postings = self.post(&event, &moves)?;
        let hash = event
            .chained(&self.world.head.hash, &postings)
            .map_err(|cause| Inconsistent::Encoding { seq: event.seq, cause })?;
        self.world.head.seq = event.seq.0;
        self.world.head.hash = hash;
        self.effects.events.push(Recorded { event, postings, hash });
        Ok(())
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
                    row.approvals.push(Approved { at: event.occurred_at, to: *approval });
                    changed.organisations.insert(*organisation);
                }
            }
            Body::VenueOpened { venue, active } => {
                if let Some(row) = world.venues.get_mut(venue) {
                    row.openings.push(Opening { at: event.occurred_at, active: *active });
                    changed.venues.insert(*venue);
                }
            }
            Body::UserRevoked { user } => {
                if let Some(row) = world.users.get_mut(user) {
                    row.revoked = true;
                    changed.users.insert(*user);
                }
            }
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
                next_number: 0,
                next_ordinal: 0,
                closed: false,
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

    fn apply_voucher(&mut self, event: &Event, moves: &mut Vec<Move>) -> Result<(), Inconsistent> {
        let (Some(id), Some(_)) = (event.voucher, event.programme) else { return Ok(()) };
        match &event.body {
            Body::VoucherIssued { minted, numbers } => {
                self.mint(event, id, minted, Standing::Active);
                self.take_allocation(event, minted);
                self.commit(event, id, numbers, moves)?;
            }
            Body::VoucherStocked { minted } => {
                self.mint(event, id, minted, Standing::Stock);
                self.take_allocation(event, minted);
                self.count(event, id, None, Figures { stocked: 1, ..Figures::default() })?;
            }
            Body::VoucherActivated { numbers, first_day, last_day } => {
                let voucher = self.voucher(event, id)?;
                (voucher.first_day, voucher.last_day) = (*first_day, *last_day);
                stand(voucher, event.occurred_at, Standing::Active);
                self.commit(event, id, numbers, moves)?;
            }
            Body::VoucherSuspended => {
                stand(self.voucher(event, id)?, event.occurred_at, Standing::Suspended);
            }
            Body::VoucherReinstated => {
                stand(self.voucher(event, id)?, event.occurred_at, Standing::Active);
            }
            Body::VoucherCancelled => {
                stand(self.voucher(event, id)?, event.occurred_at, Standing::Cancelled);
                self.set_free(event, id, moves, |figures, left| {
                    (figures.cancelled, figures.workshops_cancelled) = (1, left);
                })?;
            }
            Body::VoucherExpired => self.set_free(event, id, moves, |figures, left| {
                (figures.expired, figures.workshops_expired) = (1, left);
            })?,
            Body::VoucherReleased => {
                let free = self.voucher(event, id)?.free.clone();
                self.shift(event, id, &free, Money::Released, moves)?;
            }
            Body::VoucherReplaced { successor, minted } => {
                self.replace(event, id, *successor, minted)?;
            }
            Body::Redeemed(redeemed) => self.redeem(event, id, redeemed, moves)?,
            Body::Reversed { redemption } => self.reverse(event, id, *redemption, moves)?,
            _ => {}
        }
        Ok(())
    }

    fn voucher(&mut self, event: &Event, id: VoucherId) -> Result<&mut Voucher, Inconsistent> {
        self.effects.changed.vouchers.insert(id);
        let missing = Inconsistent::Missing { seq: event.seq, what: "a voucher" };
        self.world.vouchers.get_mut(&id).ok_or(missing)
    }

    fn mint(&mut self, event: &Event, id: VoucherId, minted: &Minted, standing: Standing) {
        let mut payload = [0; 20];
        // `decide` encoded these 20 bytes itself; audit reports a journal that says otherwise.
        let decoded = data_encoding::HEXLOWER.decode(minted.payload.as_bytes());
        if let Some(bytes) = decoded.ok().and_then(|bytes| <[u8; 20]>::try_from(bytes).ok()) {
            payload = bytes;
        }
        let voucher = Voucher {
            id,
            programme: event.programme.unwrap_or(ProgrammeId(0)),
            version: minted.version,
            issuer: minted.issuer,
            agent: event.actor,
            payload,
            workshops: minted.workshops,
            first_day: minted.first_day,
            last_day: minted.last_day,
            life: vec![Change { at: event.occurred_at, to: standing }],
            money: Money::None,
            free: Vec::new(),
            uses: Vec::new(),
            predecessor: None,
            successor: None,
            issued_seq: event.seq,
        };
        self.world.vouchers.insert(id, voucher);
        self.effects.created.vouchers.insert(id);
        self.effects.changed.vouchers.insert(id);
    }

    fn take_allocation(&mut self, event: &Event, minted: &Minted) {
        let Some(programme) = event.programme else { return };
        let key = (programme, minted.issuer);
        let allocation = self.world.allocations.entry(key).or_default();
        allocation.taken += i64::from(minted.workshops);
        self.effects.changed.allocations.insert(key);
        if let Some(agent) = event.actor {
            *self.world.issued.entry((agent, event.day)).or_default() += 1;
        }
    }

    /// Takes the programme's next numbers for a voucher, and their money.
    fn commit(
        &mut self,
        event: &Event,
        id: VoucherId,
        numbers: &[i64],
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        voucher.free = numbers.to_vec();
        voucher.money = Money::Committed;
        let (programme, version) = (voucher.programme, voucher.version);
        let count = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
        if let Some(row) = self.world.programmes.get_mut(&programme) {
            row.next_number += count;
            row.next_ordinal += 1;
            self.effects.changed.programmes.insert(programme);
        }
        let figures = Figures { handed_over: 1, workshops_issued: count, ..Figures::default() };
        self.count(event, id, None, figures)?;
        for (funder, amount) in self.cost(event, numbers)? {
            let key = |stage| account(programme, version, funder, stage, None);
            moves.push(Move { from: key(Stage::Available), to: key(Stage::Committed), amount });
            let figures = Figures { committed_cents: amount.0, ..Figures::default() };
            self.count(event, id, Some(funder), figures)?;
        }
        Ok(())
    }

    /// Moves the money of `free` numbers from where it stands to a later stage.
    fn shift(
        &mut self,
        event: &Event,
        id: VoucherId,
        free: &[i64],
        to: Money,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        let from = voucher.money;
        voucher.money = to;
        let (programme, version) = (voucher.programme, voucher.version);
        let (Some(from), Some(to)) = (from.stage(), to.stage()) else { return Ok(()) };
        for (funder, amount) in self.cost(event, free)? {
            let key = |stage| account(programme, version, funder, stage, None);
            moves.push(Move { from: key(from), to: key(to), amount });
        }
        Ok(())
    }

    /// Expiry and cancellation: what was not used starts on its way back.
    fn set_free(
        &mut self,
        event: &Event,
        id: VoucherId,
        moves: &mut Vec<Move>,
        count: impl Fn(&mut Figures, i64),
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        let (free, held) = (voucher.free.clone(), voucher.money != Money::None);
        let mut figures = Figures::default();
        count(&mut figures, i64::try_from(free.len()).unwrap_or(i64::MAX));
        self.count(event, id, None, figures)?;
        // Stock holds no money: it is done at once.
        let to = if held { Money::Releasable } else { Money::Released };
        for (funder, amount) in self.cost(event, &free)? {
            let figures = Figures { given_back_cents: amount.0, ..Figures::default() };
            self.count(event, id, Some(funder), figures)?;
        }
        self.shift(event, id, &free, to, moves)
    }

    fn replace(
        &mut self,
        event: &Event,
        id: VoucherId,
        successor: VoucherId,
        minted: &Minted,
    ) -> Result<(), Inconsistent> {
        let old = self.voucher(event, id)?;
        old.successor = Some(successor);
        stand(old, event.occurred_at, Standing::Replaced);
        let (free, money) = (std::mem::take(&mut old.free), old.money);
        // What a reversal frees here later goes back to the budget, not to the successor.
        old.money = Money::Releasable;
        self.mint(event, successor, minted, Standing::Active);
        let new = self.voucher(event, successor)?;
        (new.free, new.money, new.predecessor) = (free, money, Some(id));
        self.count(event, id, None, Figures { replaced: 1, ..Figures::default() })
    }

    fn redeem(
        &mut self,
        event: &Event,
        id: VoucherId,
        redeemed: &Redeemed,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let zone = self.programme(event)?.terms.time_zone.clone();
        let voucher = self.voucher(event, id)?;
        let started = voucher.uses.is_empty();
        voucher.free.retain(|number| !redeemed.numbers.contains(number));
        voucher.uses.push(Use {
            seq: event.seq,
            venue: redeemed.venue,
            at: event.occurred_at,
            day: event.occurred_at.day(&zone),
            numbers: redeemed.numbers.clone(),
        });
        let exhausted = voucher.free.is_empty();
        self.effects.created.redemptions.insert(event.seq);
        self.world.redemptions.insert(
            event.seq,
            RedemptionRecord {
                seq: event.seq,
                voucher: id,
                programme: event.programme.unwrap_or(ProgrammeId(0)),
                redeemed: redeemed.clone(),
                recorded_at: event.recorded_at,
                occurred_at: event.occurred_at,
                actor: event.actor,
                reversed_by: None,
            },
        );
        self.earn(event, id, redeemed, 1, moves)?;
        let figures = Figures {
            started: i64::from(started),
            exhausted: i64::from(exhausted),
            redemptions: 1,
            workshops_used: i64::try_from(redeemed.numbers.len()).unwrap_or(i64::MAX),
            ..Figures::default()
        };
        self.count_at(event, redeemed, None, figures);
        Ok(())
    }

    fn reverse(
        &mut self,
        event: &Event,
        id: VoucherId,
        redemption: Seq,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a redemption" };
        let record = self.world.redemptions.get_mut(&redemption).ok_or(missing)?;
        record.reversed_by = Some(event.seq);
        let redeemed = record.redeemed.clone();
        let voucher = self.voucher(event, id)?;
        let exhausted = voucher.free.is_empty();
        voucher.uses.retain(|used| used.seq != redemption);
        let started = voucher.uses.is_empty();
        // The freed numbers are the next ones used.
        voucher.free.splice(0..0, redeemed.numbers.iter().copied());
        self.earn(event, id, &redeemed, -1, moves)?;
        let figures = Figures {
            started: -i64::from(started),
            exhausted: -i64::from(exhausted),
            redemptions: -1,
            reversals: 1,
            workshops_used: -i64::try_from(redeemed.numbers.len()).unwrap_or(i64::MAX),
            ..Figures::default()
        };
        self.count_at(event, &redeemed, None, figures);
        Ok(())
    }

    /// Moves the money of a redemption to the organisation, or back (`sign` −1).
    fn earn(
        &mut self,
        event: &Event,
        id: VoucherId,
        redeemed: &Redeemed,
        sign: i64,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let voucher = self.voucher(event, id)?;
        let (programme, version) = (voucher.programme, voucher.version);
        let stage = voucher.money.stage().unwrap_or(Stage::Committed);
        let expired = voucher.standing() == Standing::Active;
        for number in &redeemed.numbers {
            let key = (programme, version, *number);
            if sign > 0 {
                self.effects.workshops_freed.remove(&key);
                self.effects.workshops_taken.insert(key, event.seq);
            } else if self.effects.workshops_taken.remove(&key).is_none() {
                self.effects.workshops_freed.insert(key);
            }
        }
        for (funder, amount) in self.cost(event, &redeemed.numbers)? {
            let held = account(programme, version, funder, stage, None);
            let earned =
                account(programme, version, funder, Stage::Earned, Some(redeemed.organisation));
            moves.push(if sign > 0 {
                Move { from: held, to: earned, amount }
            } else {
                Move { from: earned, to: held, amount }
            });
            let figures = Figures { earned_cents: sign * amount.0, ..Figures::default() };
            self.count_at(event, redeemed, Some(funder), figures);
            if stage != Stage::Committed {
                let back = Figures { given_back_cents: -sign * amount.0, ..Figures::default() };
                self.count(event, id, Some(funder), back)?;
            }
        }
        if stage == Stage::Committed {
            return Ok(());
        }
        // Issued = used + expired + cancelled + outstanding, also after the voucher's end.
        let workshops = -sign * i64::try_from(redeemed.numbers.len()).unwrap_or(i64::MAX);
        let figures = if expired {
            Figures { workshops_expired: workshops, ..Figures::default() }
        } else {
            Figures { workshops_cancelled: workshops, ..Figures::default() }
        };
        self.count(event, id, None, figures)
    }

    fn programme(&self, event: &Event) -> Result<&Programme, Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a programme" };
        event.programme.and_then(|id| self.world.programmes.get(&id)).ok_or(missing)
    }

    fn cost(&self, event: &Event, numbers: &[i64]) -> Result<Vec<(FunderId, Cents)>, Inconsistent> {
        Ok(self.programme(event)?.terms.cost(numbers))
    }
}

fn stand(voucher: &mut Voucher, at: Instant, to: Standing) {
    voucher.life.push(Change { at, to });
}
