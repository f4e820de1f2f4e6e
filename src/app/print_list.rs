//! The list of a batch of stock for a print shop: noted before it is begun, once more only with a
//! reason, and sealed to the shop's key while it is made. Never in the clear on any disk.

use std::io::Write as _;

use serde::Serialize;

use super::service::{Fault, Service};
use crate::{
    domain::{
        calendar::Day,
        ids::{RequestId, Seq, UserId},
        printing::{Again, PrintList},
        refusal::Reason,
        view::{BatchView, Filter},
    },
    sys::sealed::{Recipients, SealedText, Sealing},
};

/// Vouchers of one piece.
const VOUCHERS: i64 = 200;
/// How long a list that was asked for can be fetched, also once more after a broken transfer.
const FETCH_S: i64 = 15 * 60;

/// What a printer needs of a voucher.
#[derive(Serialize)]
struct Line<'a> {
    number: u32,
    reference: &'a str,
    workshops: u8,
    /// As it is printed.
    last_day: Day,
    typed_code: &'a str,
    qr_text: &'a str,
}

/// The stock of a batch as CSV, from one voucher to the next: bearer value, for sealing alone.
struct Stock {
    batch: Seq,
    after: i64,
    number: u32,
}

impl Stock {
    const fn of(batch: Seq) -> Self {
        Self { batch, after: 0, number: 0 }
    }

    /// The next lines; `None` after the last ones.
    fn next(&mut self, service: &Service) -> Result<Option<Vec<u8>>, Fault> {
        let vouchers = service.database.stock_of_batch(self.batch, self.after, VOUCHERS)?;
        let Some((last, _)) = vouchers.last() else { return Ok(None) };
        self.after = *last;
        let mut writer = csv::WriterBuilder::new()
            .has_headers(self.number == 0)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        for (_, voucher) in vouchers {
            let paper = match service.paper(voucher) {
                Ok(paper) => paper,
                // Activated or cancelled a moment ago, or past its last day.
                Err(Fault::Refused(Reason::VoucherStateConflict)) => continue,
                Err(fault) => return Err(fault),
            };
            self.number += 1;
            let line = Line {
                number: self.number,
                reference: &paper.reference,
                workshops: paper.left,
                last_day: paper.last_day,
                typed_code: &paper.manual_code,
                qr_text: &paper.url,
            };
            writer.serialize(line).map_err(|cause| Fault::List(cause.into()))?;
        }
        let bytes = writer.into_inner().map_err(|cause| Fault::List(cause.into_error()))?;
        Ok(Some(bytes))
    }
}

/// A list that is made and sealed piece by piece.
pub struct PrintListText {
    stock: Stock,
    sealed: SealedText,
    ended: bool,
}

impl PrintListText {
    /// The next piece; `None` after the end.
    ///
    /// # Errors
    /// When the database does not answer, or a voucher may not be signed any more.
    pub fn piece(&mut self, service: &Service) -> Result<Option<String>, Fault> {
        if self.ended {
            return Ok(None);
        }
        match self.stock.next(service)? {
            Some(lines) => self.sealed.seal(&lines),
            None => {
                self.ended = true;
                self.sealed.end()
            }
        }
        .map(Some)
        .map_err(Fault::List)
    }
}

/// What is asked for a print shop.
#[derive(Clone, Debug)]
pub struct WantedList {
    pub id: RequestId,
    pub batch: Seq,
    /// The print shop's age key: `age1…`.
    pub recipient: String,
    pub by: Option<UserId>,
    pub again: Option<Again>,
}

impl Service {
    /// Notes that somebody takes a list for a print shop. The same request again, a moment later,
    /// is the same list.
    ///
    /// # Errors
    /// Refused for what is not a whole batch of stock, or a second list without a reason.
    pub fn note_print_list(&self, batch: &BatchView, wanted: &WantedList) -> Result<(), Fault> {
        Recipients::new([wanted.recipient.as_str()])?;
        if !batch.stock {
            return Err(Fault::Refused(Reason::BatchNotStock));
        }
        if batch.minted < batch.count {
            return Err(Fault::Refused(Reason::BatchMinting));
        }
        let (id, at) = (wanted.id, self.clock.now());
        let WantedList { batch, by, again, .. } = *wanted;
        let recipient = wanted.recipient.clone();
        if self.database.keep_print_list(&PrintList { id, batch, recipient, by, at, again })? {
            return Ok(());
        }
        let before = self.database.print_list(id)?;
        let same = |before: &PrintList| {
            before.batch == batch && before.by == by && before.recipient == wanted.recipient
        };
        match before {
            Some(before) if same(&before) && at <= before.at.plus_seconds(FETCH_S) => Ok(()),
            Some(_) => Err(Fault::Refused(Reason::RequestReused)),
            None => Err(Fault::Refused(Reason::PrintedBefore)),
        }
    }

    /// The list that this person asked for a moment ago, to be sent piece by piece.
    ///
    /// # Errors
    /// When the database does not answer.
    pub fn print_list(
        &self,
        id: RequestId,
        by: Option<UserId>,
    ) -> Result<Option<(Seq, PrintListText)>, Fault> {
        let now = self.clock.now();
        let noted = self.database.print_list(id)?;
        let fresh = |list: &PrintList| list.by == by && now <= list.at.plus_seconds(FETCH_S);
        let Some(list) = noted.filter(fresh) else { return Ok(None) };
        let recipients = Recipients::new([list.recipient.as_str()])?;
        let sealed = SealedText::begin(&recipients).map_err(Fault::List)?;
        let (stock, ended) = (Stock::of(list.batch), false);
        Ok(Some((list.batch, PrintListText { stock, sealed, ended })))
    }

    /// Writes a list to a new file that only the print shop can open; its vouchers.
    ///
    /// # Errors
    /// As `note_print_list`, or when the file cannot be written: then there is none.
    pub fn write_print_list(
        &self,
        wanted: &WantedList,
        to: &std::path::Path,
    ) -> Result<u32, Fault> {
        let filter = Filter::one(crate::domain::access::Tenant::Any, wanted.batch.0);
        let batch = self.database.batches(&filter)?.into_iter().next();
        let batch = batch.ok_or(Fault::Refused(Reason::NotFound))?;
        let recipients = Recipients::new([wanted.recipient.as_str()])?;
        let mut file = Sealing::create(to, &recipients)?;
        let mut stock = Stock::of(wanted.batch);
        let mut write = || {
            self.note_print_list(&batch, wanted)?;
            while let Some(lines) = stock.next(self)? {
                file.write_all(&lines).map_err(Fault::List)?;
            }
            Ok::<(), Fault>(())
        };
        match write() {
            Ok(()) => {
                file.finish()?;
                Ok(stock.number)
            }
            Err(fault) => {
                file.discard();
                Err(fault)
            }
        }
    }
}
