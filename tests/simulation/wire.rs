//! The network between devices and their service: it loses, delays, repeats and overtakes.
//! What a device may conclude from silence is the device's business.

use std::{cell::RefCell, rc::Rc};

use pass_numerique::{
    app::scanning::Asks,
    domain::{
        calendar::Instant,
        command::Delivery,
        ids::{DeviceId, RequestId, VenueId},
        record::DecidedRecord,
        scanner::Cursor,
        voucher::Kid,
    },
    sys::service_client::{NoAnswer, OwnDevice, Receipt, Sent, Synced, Wanted, Who},
};

use super::town::Running;
use crate::faults::clients::Dice;

#[derive(Clone)]
pub struct OwnedWanted {
    pub id: RequestId,
    pub venue: VenueId,
    pub code: String,
    pub workshops: u8,
    pub delivery: Delivery,
    pub occurred_at: Option<Instant>,
}

#[derive(Clone)]
pub struct OwnedRecord {
    pub record: String,
    pub salt: [u8; 16],
    pub code: String,
}

/// A request that is under way, and whose answer nobody waits for any more.
#[derive(Clone)]
pub enum Flying {
    Redeem(DeviceId, OwnedWanted),
    Sync(DeviceId, Vec<OwnedRecord>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Link {
    Good,
    Bad,
    Down,
}

/// What becomes of one request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Luck {
    Answered,
    NotReached,
    Busy,
    Lost,
    AnswerLost,
    /// The service ends with it, done or half done.
    Ends,
    Late,
    Twice,
}

/// The service, and everything on its way to it.
pub struct World {
    pub town: Running,
    pub dice: Dice,
    pub flying: Vec<Flying>,
    pub links: Vec<(DeviceId, Link)>,
    /// What happened, for whoever looks at a failure.
    pub log: Vec<String>,
}

impl World {
    fn luck(&mut self, device: DeviceId) -> Luck {
        let link = self.links.iter().find(|(id, _)| *id == device).map(|(_, link)| *link);
        match (link, self.dice.below(100)) {
            (Some(Link::Down) | None, _) => Luck::NotReached,
            (Some(Link::Good), 0..=93) => Luck::Answered,
            (_, roll) => match roll % 10 {
                0 | 1 => Luck::Answered,
                2 => Luck::NotReached,
                3 => Luck::Busy,
                4 => Luck::Lost,
                5 | 6 => Luck::AnswerLost,
                7 => Luck::Ends,
                8 => Luck::Late,
                _ => Luck::Twice,
            },
        }
    }

    /// Something that is under way arrives; nobody hears the answer.
    pub fn deliver(&mut self) {
        if self.flying.is_empty() {
            return;
        }
        let place = usize::try_from(self.dice.below(self.flying.len() as u64)).unwrap();
        match self.flying.swap_remove(place) {
            Flying::Redeem(device, wanted) => drop(self.town.redeem(device, &wanted)),
            Flying::Sync(device, records) => {
                self.town.sync(device, &records, usize::MAX);
            }
        }
    }

    fn read<T>(
        &mut self,
        device: DeviceId,
        ask: impl FnOnce(&Running) -> Result<T, NoAnswer>,
    ) -> Result<T, NoAnswer> {
        match self.luck(device) {
            Luck::Answered | Luck::Twice => ask(&self.town),
            Luck::NotReached => Err(NoAnswer::NotReached),
            Luck::Busy => Err(NoAnswer::Busy),
            Luck::Lost | Luck::AnswerLost | Luck::Late => Err(NoAnswer::Unanswered),
            Luck::Ends => {
                self.town.restart();
                Err(NoAnswer::Unanswered)
            }
        }
    }

    fn redeem(&mut self, device: DeviceId, wanted: OwnedWanted) -> Result<Receipt, NoAnswer> {
        match self.luck(device) {
            Luck::Answered => self.town.redeem(device, &wanted),
            Luck::NotReached => Err(NoAnswer::NotReached),
            Luck::Busy => Err(NoAnswer::Busy),
            Luck::Lost => Err(NoAnswer::Unanswered),
            Luck::AnswerLost => {
                drop(self.town.redeem(device, &wanted));
                Err(NoAnswer::Unanswered)
            }
            Luck::Ends => {
                if self.dice.below(2) == 0 {
                    drop(self.town.redeem(device, &wanted));
                }
                self.town.restart();
                Err(NoAnswer::Unanswered)
            }
            Luck::Late => {
                self.flying.push(Flying::Redeem(device, wanted));
                Err(NoAnswer::Unanswered)
            }
            Luck::Twice => {
                self.flying.push(Flying::Redeem(device, wanted.clone()));
                self.town.redeem(device, &wanted)
            }
        }
    }

    fn sync(&mut self, device: DeviceId, records: Vec<OwnedRecord>) -> Result<Synced, NoAnswer> {
        let all = records.len();
        match self.luck(device) {
            Luck::Answered => Ok(self.town.sync(device, &records, all)),
            Luck::NotReached => Err(NoAnswer::NotReached),
            Luck::Busy => Err(NoAnswer::Busy),
            Luck::Lost => Err(NoAnswer::Unanswered),
            Luck::AnswerLost => {
                self.town.sync(device, &records, all);
                Err(NoAnswer::Unanswered)
            }
            Luck::Ends => {
                let first = usize::try_from(self.dice.below(all as u64 + 1)).unwrap();
                self.town.sync(device, &records, first);
                self.town.restart();
                Err(NoAnswer::Unanswered)
            }
            Luck::Late => {
                self.flying.push(Flying::Sync(device, records));
                Err(NoAnswer::Unanswered)
            }
            Luck::Twice => {
                // In another order, as a proxy that tries again piece by piece would.
                let mut again = records.clone();
                again.reverse();
                self.flying.push(Flying::Sync(device, again));
                Ok(self.town.sync(device, &records, all))
            }
        }
    }
}

/// One device's end of it.
pub struct Wire(pub Rc<RefCell<World>>);

impl Asks for Wire {
    fn own(&mut self, who: Who<'_>) -> Result<OwnDevice, NoAnswer> {
        self.0.borrow_mut().read(who.device, |town| town.own(who.device))
    }

    fn feed(&mut self, who: Who<'_>, asked: Cursor) -> Result<Vec<u8>, NoAnswer> {
        self.0.borrow_mut().read(who.device, |town| town.feed(who.device, asked))
    }

    fn genuine(&mut self, who: Who<'_>, leaked: Kid, number: i64) -> Result<Vec<u8>, NoAnswer> {
        self.0.borrow_mut().read(who.device, |town| town.genuine(who.device, leaked, number))
    }

    fn redeem(&mut self, who: Who<'_>, wanted: &Wanted<'_>) -> Result<Receipt, NoAnswer> {
        let wanted = OwnedWanted {
            id: wanted.id,
            venue: wanted.venue,
            code: wanted.code.to_owned(),
            workshops: wanted.workshops,
            delivery: wanted.delivery,
            occurred_at: wanted.occurred_at,
        };
        self.0.borrow_mut().redeem(who.device, wanted)
    }

    fn sync(&mut self, who: Who<'_>, records: &[Sent<'_>]) -> Result<Synced, NoAnswer> {
        let owned = |one: &Sent<'_>| OwnedRecord {
            record: one.record.to_owned(),
            salt: *one.salt,
            code: one.code.to_owned(),
        };
        let records = records.iter().map(owned).collect();
        self.0.borrow_mut().sync(who.device, records)
    }

    fn decisions(
        &mut self,
        who: Who<'_>,
        sequences: &[u32],
    ) -> Result<Vec<DecidedRecord>, NoAnswer> {
        self.0.borrow_mut().read(who.device, |town| town.decisions(who.device, sequences))
    }

    fn report(&mut self, _: Who<'_>, _: &str, _: usize) -> Result<(), NoAnswer> {
        Ok(())
    }
}
