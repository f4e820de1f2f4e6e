//! What a device stands on: where it keeps what happens, and how it asks its service.
//! No order of doing: a disk and a network that a test breaks have the same forms.

use crate::{
    domain::{
        record::DecidedRecord,
        scanner::{Cursor, Entry},
        voucher::Kid,
    },
    sys::{
        device_folder::{DeviceFolder, DeviceFolderError},
        service_client::{
            NoAnswer, OwnDevice, Receipt, Sent, ServiceClient, Synced as Synchronised, Wanted, Who,
        },
    },
};

/// Where a device keeps what happens: durable when it returns.
pub trait Keeps {
    /// # Errors
    /// When it is not on disk: nobody may count on it then.
    fn append(&mut self, entry: &Entry) -> Result<(), DeviceFolderError>;

    /// In the place of all before.
    ///
    /// # Errors
    /// When it is not on disk; what was before stays.
    fn replace(&mut self, entry: &Entry) -> Result<(), DeviceFolderError>;

    /// Entries since all was replaced.
    fn length(&self) -> usize;
}

impl Keeps for DeviceFolder {
    fn append(&mut self, entry: &Entry) -> Result<(), DeviceFolderError> {
        self.append(entry)
    }

    fn replace(&mut self, entry: &Entry) -> Result<(), DeviceFolderError> {
        self.replace(entry)
    }

    fn length(&self) -> usize {
        self.length()
    }
}

/// How a device asks its service: by HTTP, or by a network that a test can break.
pub trait Asks {
    /// # Errors
    /// Why there is no answer to count on.
    fn own(&mut self, who: Who<'_>) -> Result<OwnDevice, NoAnswer>;

    /// # Errors
    /// As `own`.
    fn feed(&mut self, who: Who<'_>, asked: Cursor) -> Result<Vec<u8>, NoAnswer>;

    /// # Errors
    /// As `own`.
    fn genuine(&mut self, who: Who<'_>, leaked: Kid, number: i64) -> Result<Vec<u8>, NoAnswer>;

    /// # Errors
    /// As `own`.
    fn redeem(&mut self, who: Who<'_>, wanted: &Wanted<'_>) -> Result<Receipt, NoAnswer>;

    /// # Errors
    /// As `own`.
    fn sync(&mut self, who: Who<'_>, records: &[Sent<'_>]) -> Result<Synchronised, NoAnswer>;

    /// # Errors
    /// As `own`.
    fn decisions(
        &mut self,
        who: Who<'_>,
        sequences: &[u32],
    ) -> Result<Vec<DecidedRecord>, NoAnswer>;

    /// # Errors
    /// As `own`.
    fn report(&mut self, who: Who<'_>, version: &str, queued: usize) -> Result<(), NoAnswer>;
}

impl Asks for ServiceClient {
    fn own(&mut self, who: Who<'_>) -> Result<OwnDevice, NoAnswer> {
        self.own(who)
    }

    fn feed(&mut self, who: Who<'_>, asked: Cursor) -> Result<Vec<u8>, NoAnswer> {
        self.feed(who, &asked.query())
    }

    fn genuine(&mut self, who: Who<'_>, leaked: Kid, number: i64) -> Result<Vec<u8>, NoAnswer> {
        self.genuine(who, leaked, number)
    }

    fn redeem(&mut self, who: Who<'_>, wanted: &Wanted<'_>) -> Result<Receipt, NoAnswer> {
        self.redeem(who, wanted)
    }

    fn sync(&mut self, who: Who<'_>, records: &[Sent<'_>]) -> Result<Synchronised, NoAnswer> {
        self.sync(who, records)
    }

    fn decisions(
        &mut self,
        who: Who<'_>,
        sequences: &[u32],
    ) -> Result<Vec<DecidedRecord>, NoAnswer> {
        self.decisions(who, sequences)
    }

    fn report(&mut self, who: Who<'_>, version: &str, queued: usize) -> Result<(), NoAnswer> {
        self.report(who, version, queued)
    }
}
