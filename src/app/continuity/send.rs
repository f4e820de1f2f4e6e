//! An archive that is packed and sealed while it is sent: on a thread of its own, which waits for
//! whoever fetches it. No archive is anywhere in the clear but in memory, piece by piece.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{export::FETCH_S, pack::pack};
use crate::{
    app::service::{Fault, Service},
    domain::{
        calendar::Instant,
        continuity::ProgrammeExport,
        ids::{ProgrammeId, RequestId, UserId},
    },
    store::{CopyError, ProgrammeCopy, Unanswered},
    sys::{
        clock::Clock,
        sealed::{Recipients, SealedText},
        signer::ReceiptSigner,
    },
};

/// Pieces that wait at most.
const WAITING: usize = 4;
/// Bytes of a piece before they are sealed.
const PIECE: usize = 64 << 10;
/// Whoever takes no piece for so long has gone; the database is read for nobody then.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nor for longer than this at all: what a reader holds open, the database cannot tidy away.
const LONGEST_S: i64 = 3_600;
/// Archives that are sent at once: each has a thread and a connection of its own.
const MOST: usize = 2;

/// How many archives are being sent.
#[derive(Clone, Default)]
pub struct Places(Arc<AtomicUsize>);

/// One of them, until it is dropped.
struct Place(Arc<AtomicUsize>);

impl Places {
    fn take(&self) -> Option<Place> {
        let add = |taken: usize| (taken < MOST).then_some(taken + 1);
        let taken = self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add);
        taken.is_ok().then(|| Place(Arc::clone(&self.0)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

enum Piece {
    Text(String),
    End,
    Failed(Fault),
}

/// What an archive is written into: it seals, and sends.
struct Sending {
    sealed: SealedText,
    waiting: Vec<u8>,
    to: Sender<Piece>,
    clock: Clock,
    until: Instant,
    _place: Place,
}

impl Sending {
    fn send(&mut self) -> io::Result<()> {
        let piece = self.sealed.seal(&std::mem::take(&mut self.waiting))?;
        self.tell(Piece::Text(piece))
    }

    fn tell(&self, piece: Piece) -> io::Result<()> {
        if self.clock.now() > self.until {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.to.send_timeout(piece, PATIENCE).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }

    fn end(mut self) -> io::Result<()> {
        self.send()?;
        let last = self.sealed.end()?;
        self.tell(Piece::Text(last))?;
        self.tell(Piece::End)
    }
}

impl Write for Sending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= PIECE {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An archive on its way, in the armour of age.
pub struct ArchiveText {
    pieces: Receiver<Piece>,
    ended: bool,
}

impl ArchiveText {
    fn begin(
        copy: ProgrammeCopy,
        recipients: &Recipients,
        signer: Option<Arc<ReceiptSigner>>,
        (clock, place): (Clock, Place),
    ) -> Result<Self, Fault> {
        let sealed = SealedText::begin(recipients).map_err(Fault::List)?;
        let (to, pieces) = bounded(WAITING);
        let failed = to.clone();
        let until = clock.now().plus_seconds(LONGEST_S);
        let sending = Sending { sealed, waiting: Vec::new(), to, clock, until, _place: place };
        let thread = std::thread::Builder::new().name("archive".to_owned());
        thread
            .spawn(move || {
                let done = pack(copy, sending, signer.as_deref());
                let done = done.and_then(|(sending, _)| sending.end().map_err(Fault::List));
                if let Err(fault) = done {
                    tracing::warn!(%fault, "an archive of a programme was not sent to its end");
                    // Whoever has gone is told nothing.
                    drop(failed.send_timeout(Piece::Failed(fault), PATIENCE));
                }
            })
            .map_err(Fault::List)?;
        Ok(Self { pieces, ended: false })
    }

    /// The next piece; `None` after the end.
    ///
    /// # Errors
    /// When the archive could not be read to its end: nobody takes a part for the whole.
    pub fn piece(&mut self) -> Result<Option<String>, Fault> {
        if self.ended {
            return Ok(None);
        }
        match self.pieces.recv_timeout(PATIENCE) {
            Ok(Piece::Text(text)) => Ok(Some(text)),
            Ok(Piece::End) => {
                self.ended = true;
                Ok(None)
            }
            Ok(Piece::Failed(fault)) => Err(fault),
            Err(_) => Err(Fault::Copy(CopyError::Write(io::ErrorKind::TimedOut.into()))),
        }
    }
}

impl Service {
    /// The archive that this person asked for a moment ago, to be sent piece by piece.
    ///
    /// # Errors
    /// When the database does not answer, or others are being sent already.
    pub fn programme_archive(
        &self,
        id: RequestId,
        by: Option<UserId>,
    ) -> Result<Option<(ProgrammeId, ArchiveText)>, Fault> {
        let now = self.clock.now();
        let fresh =
            |noted: &ProgrammeExport| noted.by == by && now <= noted.at.plus_seconds(FETCH_S);
        let Some(noted) = self.database.programme_export(id)?.filter(fresh) else {
            return Ok(None);
        };
        let place = self.archives.take().ok_or(Unanswered::Full)?;
        let recipients = Recipients::new([noted.recipient.as_str()])?;
        let copy = self.database.copy_programme(noted.programme, now)?;
        let text = ArchiveText::begin(
            copy,
            &recipients,
            self.archive_signer(),
            (self.clock.clone(), place),
        )?;
        Ok(Some((noted.programme, text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_archives_are_sent_at_once_than_there_are_places() {
        let places = Places::default();
        let mut held: Vec<Place> = (0..MOST).map(|_| places.take().unwrap()).collect();
        assert!(places.take().is_none());
        held.pop();
        assert!(places.take().is_some());
    }
}
