//! What events do to a batch: opened with all its money at once, then minted in chunks.
//! No signing, and no voucher's later life.

use super::{Fold, Inconsistent, post::account};
use crate::domain::{
    batch::{Batch, BatchMinted, BatchOpened},
    calendar::Day,
    event::{Body, Event},
    ids::VoucherId,
    ledger::{Move, Stage},
    life::{Change, Money, Standing, Voucher},
    usage::Figures,
    voucher::payload::{Format, Kid, Payload},
};

impl Fold {
    pub(super) fn apply_batch(
        &mut self,
        event: &Event,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        match &event.body {
            Body::BatchOpened(opened) => self.open_batch(event, opened, moves),
            Body::BatchMinted(minted) => self.mint_chunk(event, minted),
            _ => Ok(()),
        }
    }

    fn open_batch(
        &mut self,
        event: &Event,
        opened: &BatchOpened,
        moves: &mut Vec<Move>,
    ) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a programme" };
        let programme = event.programme.and_then(|id| self.world.programmes.get_mut(&id));
        let programme = programme.ok_or(missing)?;
        let (id, version) = (programme.id, programme.version);
        let (first_number, first_ordinal) = (programme.next_number, programme.next_ordinal);
        let batch = Batch {
            seq: event.seq,
            programme: id,
            version,
            issuer: opened.issuer,
            agent: event.actor,
            workshops: opened.workshops,
            count: opened.count,
            stock: opened.stock,
            first_number,
            first_ordinal,
            minted: 0,
        };
        let total = batch.total_workshops();
        self.world.batches.insert(event.seq, batch);
        self.effects.changed.batches.insert(event.seq);
        self.world.allocations.entry((id, opened.issuer)).or_default().taken += total;
        self.effects.changed.allocations.insert((id, opened.issuer));
        let (count, issuer) = (i64::from(opened.count), opened.issuer);
        if opened.stock {
            let figures = Figures { stocked: count, ..Figures::default() };
            return self.count_for(event, issuer, None, figures);
        }
        let programme = self.programme(event)?;
        let cost = programme.terms.pricing().cost_of_run(first_number, total);
        if let Some(row) = self.world.programmes.get_mut(&id) {
            row.next_number += total;
            row.next_ordinal += count;
            self.effects.changed.programmes.insert(id);
        }
        let figures = Figures { handed_over: count, workshops_issued: total, ..Figures::default() };
        self.count_for(event, issuer, None, figures)?;
        for (funder, amount) in cost {
            let key = |stage| account(id, version, funder, stage, None);
            moves.push(Move { from: key(Stage::Available), to: key(Stage::Committed), amount });
            let figures = Figures { committed_cents: amount.0, ..Figures::default() };
            self.count_for(event, issuer, Some(funder), figures)?;
        }
        Ok(())
    }

    fn mint_chunk(&mut self, event: &Event, minted: &BatchMinted) -> Result<(), Inconsistent> {
        let missing = Inconsistent::Missing { seq: event.seq, what: "a batch" };
        let batch = self.world.batches.get_mut(&minted.batch).ok_or(missing)?;
        let before = batch.clone();
        batch.minted += u32::try_from(minted.vouchers.len()).unwrap_or(u32::MAX);
        self.effects.changed.batches.insert(minted.batch);
        for (index, id) in (before.minted..).zip(&minted.vouchers) {
            self.world.head.voucher += 1;
            let voucher = Voucher {
                id: *id,
                programme: before.programme,
                version: before.version,
                issuer: before.issuer,
                agent: before.agent,
                payload: payload(&before, minted, *id),
                workshops: before.workshops,
                first_day: minted.first_day,
                last_day: minted.last_day,
                life: vec![Change { at: event.occurred_at, to: before.standing(), seq: event.seq }],
                money: if before.stock { Money::None } else { Money::Committed },
                free: if before.stock { Vec::new() } else { before.numbers(index) },
                uses: Vec::new(),
                predecessor: None,
                successor: None,
                begun: false,
                last_event: None,
                issued_seq: event.seq,
                number: self.world.head.voucher,
                batch: Some(before.seq),
            };
            self.world.vouchers.insert(*id, voucher);
            self.effects.created.vouchers.insert(*id);
            self.effects.changed.vouchers.insert(*id);
        }
        Ok(())
    }
}

/// The 20 bytes that are signed; `decide` has found that they can be written.
fn payload(batch: &Batch, minted: &BatchMinted, voucher: VoucherId) -> [u8; 20] {
    let payload = Payload {
        format: batch.format(),
        kid: minted.kid,
        voucher,
        programme: batch.programme,
        workshops: batch.workshops,
        first_day: minted.first_day,
        last_day: minted.last_day,
    };
    payload.to_bytes().unwrap_or([0; 20])
}

impl Batch {
    const fn standing(&self) -> Standing {
        if self.stock { Standing::Stock } else { Standing::Active }
    }

    /// The format that its vouchers are signed in.
    #[must_use]
    pub const fn format(&self) -> Format {
        if self.stock { Format::Stock } else { Format::Issued }
    }

    /// Whether a chunk can be signed: its days and its programme fit the payload.
    #[must_use]
    pub fn fits(&self, kid: Kid, days: (Day, Day)) -> bool {
        let (first_day, last_day) = days;
        let (batch, vouchers) = (self.seq, Vec::new());
        let minted = BatchMinted { batch, kid, first_day, last_day, vouchers };
        payload(self, &minted, VoucherId(0)) != [0; 20]
    }
}
