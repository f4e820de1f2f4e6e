//! The feed of a device: a beginning in pages, then what changed since, each page signed; and the
//! genuine passes of a key that leaked.
//! No transport; `domain/feed.rs` has the bytes.

use std::collections::HashMap;

use super::service::{Fault, Service};
use crate::domain::{
    calendar::Zone,
    device::Device,
    feed::{Entry, Feed},
    genuine::{Genuine, mark},
    ids::{ProgrammeId, Seq},
    key::KeyState,
    programme::Terms,
    voucher::Kid,
};

/// Where a device is in its feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedCursor {
    /// It knows nothing, or is on its way through a beginning.
    Beginning {
        number: i64,
        until: Option<Seq>,
    },
    After(Seq),
}

impl Service {
    /// The next page of a device's feed, with its signature at the end.
    ///
    /// # Errors
    /// When the database does not answer, or without a key that may sign.
    pub fn feed(&self, device: &Device, cursor: FeedCursor) -> Result<Vec<u8>, Fault> {
        let (_, programmes) = self.database.places_of_device(device)?;
        let terms: HashMap<ProgrammeId, Terms> =
            programmes.into_iter().map(|row| (row.id, row.terms)).collect();
        let mut programmes: Vec<ProgrammeId> = terms.keys().copied().collect();
        programmes.sort_unstable();
        let (after, changed) = match cursor {
            FeedCursor::Beginning { number, until } => {
                (Seq(0), self.database.vouchers_from(&programmes, number, until)?)
            }
            FeedCursor::After(seq) => (seq, self.database.changed_after(&programmes, seq)?),
        };
        let at = self.clock.now();
        let begins = matches!(cursor, FeedCursor::Beginning { .. });
        let entries = changed.vouchers.iter().filter_map(|voucher| {
            let today = at.day(&terms.get(&voucher.programme)?.time_zone);
            let entry = Entry::of(voucher, today)?;
            // Whoever begins need not hear what a signature says; others may have heard otherwise.
            (!begins || !entry.follows_from(voucher)).then_some(entry)
        });
        let entries = entries.collect();
        let (device, until, next) = (device.id, changed.until, changed.next);
        let feed = Feed { device, programmes, after, until, next, at, entries };
        let signer = self.signer(self.signing_kid(at)?)?;
        Ok(signer.sign_feed(&feed))
    }

    /// The next page of the genuine passes of a key that leaked, with its signature at the end;
    /// `None` if no such key has.
    ///
    /// # Errors
    /// When the database does not answer, or without a key that may sign.
    pub fn genuine(
        &self,
        device: &Device,
        leaked: Kid,
        number: i64,
    ) -> Result<Option<Vec<u8>>, Fault> {
        let key = self.database.voucher_key(leaked)?;
        if key.is_none_or(|key| key.state != KeyState::Compromised) {
            return Ok(None);
        }
        let (_, programmes) = self.database.places_of_device(device)?;
        let programmes: Vec<ProgrammeId> = programmes.into_iter().map(|row| row.id).collect();
        let at = self.clock.now();
        // A day more than any time zone needs: it is no use to be exact about what has ended.
        let today = at.day(&Zone::paris()).plus(-1);
        let page = self.database.signed_with(&programmes, leaked, today, number)?;
        let (device, next) = (device.id, page.next);
        let marks = page.payloads.iter().map(mark).collect();
        let signer = self.signer(self.signing_kid(at)?)?;
        Ok(Some(signer.sign_genuine(&Genuine { device, leaked, next, at, marks })))
    }
}
