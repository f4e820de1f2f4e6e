//! What a device has on disk, and a power switch: it may go off before or after any write.
//! Besides what a device would have, everything that was ever made durable, for the model.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use pass_numerique::{
    app::scanning::Keeps,
    domain::{
        ids::RequestId,
        record::DecidedRecord,
        scanner::{Attempt, Counted, Entry, Step, Told},
    },
    sys::device_folder::DeviceFolderError,
};

/// Something that a device once had on disk.
pub enum Durable {
    Attempted(Box<Attempt>),
    Answered(RequestId, Option<Counted>),
    Dropped(RequestId),
    Recorded(RequestId),
    Told(RequestId, Told),
    Decided(DecidedRecord),
}

#[derive(Default)]
pub struct Disk {
    pub lines: Vec<String>,
    pub history: Vec<Durable>,
    /// Whose record stands at which place, as of now.
    pub places: BTreeMap<u32, RequestId>,
    /// The power goes off at this write, counted down; odd: after it.
    pub power: Option<u64>,
}

impl Disk {
    fn remember(&mut self, step: &Step) {
        let durable = match step {
            Step::Attempted(attempt) => Durable::Attempted(attempt.clone()),
            Step::Answered { request, counted } => Durable::Answered(*request, *counted),
            Step::Dropped { request } => Durable::Dropped(*request),
            Step::Recorded { request, .. } => {
                let sequence = self.places.keys().last().map_or(1, |last| last + 1);
                self.places.insert(sequence, *request);
                Durable::Recorded(*request)
            }
            Step::Told { verdicts, .. } => {
                for told in verdicts {
                    let request = self.places[&told.sequence];
                    self.history.push(Durable::Told(request, told.clone()));
                }
                return;
            }
            Step::Decided(decisions) => {
                self.history.extend(decisions.iter().copied().map(Durable::Decided));
                return;
            }
            Step::Equipped { .. }
            | Step::Revoked
            | Step::Heard(_)
            | Step::Fed { .. }
            | Step::Listed { .. } => return,
        };
        self.history.push(durable);
    }

    /// Whether the power goes off now: before this write, or after it.
    fn goes_off(&mut self) -> Option<bool> {
        let left = self.power?;
        self.power = left.checked_sub(2);
        self.power.is_none().then_some(left % 2 == 1)
    }
}

/// The device's end of it.
pub struct Drive(pub Rc<RefCell<Disk>>);

impl Drive {
    fn write(&self, write: impl FnOnce(&mut Disk)) -> Result<(), DeviceFolderError> {
        let mut disk = self.0.borrow_mut();
        let off = disk.goes_off();
        if off != Some(false) {
            write(&mut disk);
        }
        match off {
            None => Ok(()),
            Some(_) => Err(DeviceFolderError::Broken("power".into())),
        }
    }
}

impl Keeps for Drive {
    fn append(&mut self, entry: &Entry) -> Result<(), DeviceFolderError> {
        self.write(|disk| {
            disk.lines.push(serde_json::to_string(entry).unwrap());
            if let Entry::Step(step) = entry {
                disk.remember(step);
            }
        })
    }

    fn replace(&mut self, entry: &Entry) -> Result<(), DeviceFolderError> {
        self.write(|disk| disk.lines = vec![serde_json::to_string(entry).unwrap()])
    }

    fn length(&self) -> usize {
        self.0.borrow().lines.len()
    }
}
