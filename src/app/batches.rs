//! Batches of vouchers: opened in one step, minted chunk by chunk, also after a crash.
//! No rules: each chunk is decided like any other command.

use super::service::{Fault, Service};
use crate::domain::{
    batch::{Batch, LARGEST_CHUNK},
    command::{Ask, Draft, Outcome},
    ids::Seq,
    refusal::Reason,
};

impl Service {
    /// Mints what is left of every batch, until `go_on` says no; the number of vouchers. What
    /// fails is tried again the next time, from where it stopped.
    ///
    /// # Errors
    /// When the writer does not answer.
    pub fn mint_batches(&self, go_on: &dyn Fn() -> bool) -> Result<u64, Fault> {
        let mut minted = 0;
        for mut batch in self.database.open_batches()? {
            while batch.left() > 0 && go_on() {
                let size = self.mint_chunk(&batch)?;
                // Somebody else mints it, or it cannot go on.
                if size == 0 {
                    break;
                }
                batch.minted += size;
                minted += u64::from(size);
            }
        }
        Ok(minted)
    }

    /// Mints one batch to its end, telling how far it is.
    ///
    /// # Errors
    /// As `mint_batches`.
    pub fn mint_batch(&self, id: Seq, progress: &dyn Fn(u32, u32)) -> Result<(), Fault> {
        let open = self.database.open_batches()?;
        let Some(mut batch) = open.into_iter().find(|batch| batch.seq == id) else {
            return Ok(());
        };
        while batch.left() > 0 {
            let size = self.mint_chunk(&batch)?;
            if size == 0 {
                return Err(Fault::Refused(Reason::BatchAdvanced));
            }
            batch.minted += size;
            progress(batch.minted, batch.count);
        }
        Ok(())
    }

    /// Mints the next chunk; its size, or zero if another was faster.
    fn mint_chunk(&self, batch: &Batch) -> Result<u32, Fault> {
        let most = u32::try_from(LARGEST_CHUNK).unwrap_or(u32::MAX);
        let size = batch.left().min(most);
        let now = self.clock.now();
        let answer = self.drawn(|first| {
            let drafts = self.drafts(first, size)?;
            let ask = Ask::MintChunk { batch: batch.seq, first: batch.minted, drafts };
            self.ask_bulk(now, ask)
        })?;
        match answer.outcome {
            Outcome::Done { .. } => Ok(size),
            Outcome::Refused(refusal) if refusal.reason == Reason::BatchAdvanced => Ok(0),
            Outcome::Refused(refusal) => {
                let (batch, reason) = (batch.seq, refusal.reason);
                tracing::error!(%batch, %reason, "the batch does not go on");
                Ok(0)
            }
            _ => Ok(0),
        }
    }

    /// `size` drafts of the key that `first` names.
    fn drafts(&self, first: Draft, size: u32) -> Result<Vec<Draft>, Fault> {
        let kid = first.kid;
        let mut drafts = vec![first];
        while drafts.len() < usize::try_from(size).unwrap_or(usize::MAX) {
            drafts.push(self.draft_with(kid)?);
        }
        Ok(drafts)
    }
}
