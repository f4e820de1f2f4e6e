//! Deciding about batches: everything is taken when one is opened, so that no chunk can fail.
//! No single voucher here.

use super::{Decided, Desk};
use crate::domain::{
    batch::{Batch, BatchMinted, BatchOpened, LARGEST_BATCH, LARGEST_CHUNK},
    command::{Command, Draft, Outcome},
    event::Body,
    ids::{ProgrammeId, Seq},
    refusal::{Facts, Reason, Refusal},
    voucher::payload::Kid,
};

impl Desk {
    pub(super) fn open_batch(
        &mut self,
        command: &Command,
        programme: ProgrammeId,
        opened: &BatchOpened,
    ) -> Decided {
        let BatchOpened { issuer, workshops, count, stock } = *opened;
        if !(1..=LARGEST_BATCH).contains(&count) {
            let limit = Some(i64::from(LARGEST_BATCH));
            let facts = Facts { limit, field: Some("count".to_owned()), ..Facts::default() };
            return Err(Refusal::because(Reason::RequestMalformed, facts).into());
        }
        let programme = self.programme(programme)?.clone();
        let today = command.now.day(&programme.terms.time_zone);
        self.may_issue(&programme, issuer, workshops, today)?;
        let total = i64::from(count) * i64::from(workshops);
        self.within_allocation(programme.id, issuer, total)?;
        if !stock {
            let cost = programme.terms.pricing().cost_of_run(programme.next_number, total);
            self.within_budget(&programme, &cost)?;
        }
        let body = Body::BatchOpened(opened.clone());
        let seq = self.record_programme(command, programme.id, body)?;
        Ok(Outcome::Added { seq, id: seq.0 })
    }

    /// The next chunk; `first` says which, so that one sent twice is minted once.
    pub(super) fn mint_chunk(
        &mut self,
        command: &Command,
        batch: Seq,
        first: u32,
        drafts: &[Draft],
    ) -> Decided {
        let missing = || Refusal::field(Reason::NotFound, "batch");
        let batch = self.fold.world.batches.get(&batch).ok_or_else(missing)?.clone();
        let size = u32::try_from(drafts.len()).unwrap_or(u32::MAX);
        if first != batch.minted || size > batch.left() {
            return Err(Reason::BatchAdvanced.into());
        }
        if drafts.is_empty() || drafts.len() > LARGEST_CHUNK {
            return Err(Refusal::field(Reason::RequestMalformed, "drafts").into());
        }
        let programme = self.programme(batch.programme)?;
        let terms = &programme.terms;
        let today = command.now.day(&terms.time_zone);
        let last_day = if batch.stock {
            terms.last_day.plus(i32::from(terms.tolerance_days))
        } else {
            terms.last_signed_day(today)
        };
        // A programme that has ended meanwhile does not keep the batch open for ever: what is left
        // is minted past its last day, and expires with its money.
        let first_day = today.min(last_day);
        let kid = drafts.first().map_or(Kid([0; 4]), |draft| Kid(draft.kid));
        if !batch.fits(kid, (first_day, last_day)) {
            return Err(Refusal::field(Reason::TermsInvalid, "last_day").into());
        }
        self.reserve_all(drafts, kid, today)?;
        let vouchers = drafts.iter().map(|draft| draft.id).collect();
        let minted = BatchMinted { batch: batch.seq, kid, first_day, last_day, vouchers };
        let seq = self.record_batch(command, &batch, Body::BatchMinted(minted))?;
        Ok(Outcome::Done { seq })
    }

    fn reserve_all(
        &mut self,
        drafts: &[Draft],
        kid: Kid,
        today: crate::domain::calendar::Day,
    ) -> Result<(), super::Stop> {
        for draft in drafts {
            if draft.kid != kid.0 {
                return Err(Reason::SigningKeyNotActive.into());
            }
            self.may_sign(draft, today)?;
        }
        // Each sees those before it: two of one chunk may collide too.
        let taken = self.fold.world.taken.clone();
        for draft in drafts {
            if let Err(stop) = self.reserve(draft) {
                self.fold.world.taken = taken;
                for draft in drafts {
                    self.fold.effects.drafts.remove(&draft.id);
                }
                return Err(stop);
            }
        }
        Ok(())
    }

    fn record_batch(
        &mut self,
        command: &Command,
        batch: &Batch,
        body: Body,
    ) -> Result<Seq, super::Stop> {
        let day = command.now.day(&self.programme(batch.programme)?.terms.time_zone);
        // Chunks belong to who opened the batch, whoever runs them.
        let command = Command { actor: batch.agent, ..command.clone() };
        self.append(&command, command.now, day, Some(batch.programme), None, body)
    }
}
