//! A device and its service meet: attempts are settled, records handed over, knowledge is fetched.
//! Interrupted anywhere, it goes on at the next meeting.

use super::{Asks, Device, DeviceFault, Keeps, Taken, counted, places};
use crate::{
    domain::{
        ids::VenueId,
        key_set::BadKeySet,
        refusal::Reason,
        scanner::{Scan, Step, Told, Unfit},
    },
    sys::service_client::{NoAnswer, Sent, Verdict, Who},
};

/// Pages of a feed, or of a list, in one meeting at most: 20,000 vouchers each.
const MOST_PAGES: usize = 10_000;
const VERSION: &str = concat!("pass-numerique scan ", env!("CARGO_PKG_VERSION"));

/// What became of an attempt from before.
#[derive(Clone, Debug)]
pub struct Settled {
    pub venue: VenueId,
    pub workshops: u8,
    pub taken: Taken,
}

/// What a meeting led to.
#[derive(Debug, Default)]
pub struct Synced {
    pub settled: Vec<Settled>,
    pub verdicts: Vec<Told>,
    /// A key set that was not taken.
    pub bad_key_set: Option<BadKeySet>,
    /// The feed, or a list of genuine passes, could not be verified.
    pub bad_feed: bool,
}

impl<K: Keeps, A: Asks> Device<K, A> {
    /// Settles what an earlier run left open; with the service if it is reached.
    ///
    /// # Errors
    /// When something cannot be kept.
    pub fn settle(&mut self) -> Result<Vec<Settled>, DeviceFault> {
        let mut settled = Vec::new();
        if !self.scanner.attempts().is_empty() {
            self.hand_over_first()?;
        }
        for attempt in self.scanner.attempts().to_vec() {
            let at = attempt.moment();
            let taken = self.finish(&attempt, Some(at))?;
            let Scan { venue, workshops, .. } = attempt.scan;
            settled.push(Settled { venue, workshops, taken });
        }
        Ok(settled)
    }

    /// Meets the service.
    ///
    /// # Errors
    /// When it is not reached, or something cannot be kept; what was done is done.
    pub fn sync(&mut self) -> Result<Synced, DeviceFault> {
        self.away_until = None;
        let mut synced = Synced::default();
        self.equip(&mut synced)?;
        synced.verdicts = self.hand_over()?;
        synced.settled = self.settle()?;
        if !self.scanner.revoked {
            self.fetch(&mut synced)?;
            self.fetch_lists(&mut synced)?;
            self.fetch_decisions()?;
        }
        self.keep_all()?;
        let queued = self.scanner.waiting().len();
        let who = Who { device: self.scanner.identity.device, key: &self.key };
        // For its supervisor's eyes: nothing depends on it.
        drop(self.client.report(who, VERSION, queued));
        Ok(synced)
    }

    fn equip(&mut self, synced: &mut Synced) -> Result<(), DeviceFault> {
        let who = Who { device: self.scanner.identity.device, key: &self.key };
        match self.client.own(who) {
            Ok(own) => {
                let (places, heard) = (places(&own), self.heard(own.now));
                let (step, refused) = self.scanner.equipped(places, own.root, own.key_set, heard);
                synced.bad_key_set = refused;
                self.step(step)
            }
            Err(NoAnswer::Refused { reason, .. }) if reason == Reason::DeviceRevoked.code() => {
                if self.scanner.revoked {
                    Ok(())
                } else {
                    self.step(Step::Revoked)
                }
            }
            Err(failed) => Err(failed.into()),
        }
    }

    /// What became of the records that were put aside.
    fn fetch_decisions(&mut self) -> Result<(), DeviceFault> {
        let put_aside = self.scanner.put_aside();
        if put_aside.is_empty() {
            return Ok(());
        }
        let who = Who { device: self.scanner.identity.device, key: &self.key };
        let decided = self.client.decisions(who, &put_aside)?;
        if decided.is_empty() { Ok(()) } else { self.step(Step::Decided(decided)) }
    }

    /// Everything that the service has not seen, lot by lot; and once what it did not take.
    pub(super) fn hand_over(&mut self) -> Result<Vec<Told>, DeviceFault> {
        let mut all = Vec::new();
        loop {
            let lot = self.scanner.upload();
            if lot.is_empty() {
                return Ok(all);
            }
            let sequences: Vec<u32> = lot.iter().map(|(sequence, _)| *sequence).collect();
            let sent: Vec<Sent<'_>> = lot
                .iter()
                .map(|(_, one)| Sent { record: &one.record, salt: &one.salt, code: &one.code })
                .collect();
            let who = Who { device: self.scanner.identity.device, key: &self.key };
            let told = self.client.sync(who, &sent)?;
            let heard = self.heard(told.now);
            let verdicts: Vec<Told> = sequences
                .into_iter()
                .zip(told.verdicts)
                .map(|(sequence, verdict)| verdict_on(sequence, verdict))
                .collect();
            all.extend(verdicts.iter().cloned());
            self.step(Step::Told { verdicts, heard })?;
            if !self.scanner.has_news() {
                return Ok(all);
            }
        }
    }

    fn fetch(&mut self, synced: &mut Synced) -> Result<(), DeviceFault> {
        for _ in 0..MOST_PAGES {
            let asked = self.scanner.knowledge().cursor();
            let who = Who { device: self.scanner.identity.device, key: &self.key };
            let page = self.client.feed(who, asked)?;
            match self.scanner.fed(asked, &page) {
                Ok(step) => self.step(step)?,
                Err(Unfit::Page) => {
                    synced.bad_feed = true;
                    return Ok(());
                }
                Err(other) => return Err(other.into()),
            }
            if !self.scanner.knowledge().more() {
                return Ok(());
            }
        }
        Ok(())
    }

    /// What can still be told of the passes of keys that leaked.
    fn fetch_lists(&mut self, synced: &mut Synced) -> Result<(), DeviceFault> {
        for leaked in self.scanner.leaked() {
            for _ in 0..MOST_PAGES {
                let Some(asked) = self.scanner.next_of(leaked) else { break };
                let who = Who { device: self.scanner.identity.device, key: &self.key };
                let page = match self.client.genuine(who, leaked, asked) {
                    // The service itself does not know that it has leaked: asked another time.
                    Err(NoAnswer::Refused { status: 404, .. }) => break,
                    answer => answer?,
                };
                match self.scanner.listed(leaked, asked, &page) {
                    Ok(step) => self.step(step)?,
                    Err(Unfit::Page) => {
                        synced.bad_feed = true;
                        break;
                    }
                    Err(other) => return Err(other.into()),
                }
            }
        }
        Ok(())
    }
}

fn verdict_on(sequence: u32, verdict: Verdict) -> Told {
    Told {
        sequence,
        verdict: verdict.verdict,
        kept: verdict.kept,
        why: verdict.reason.or(verdict.cause),
        counted: verdict.redemption.as_ref().map(counted),
    }
}
