//! A device that is a program: enrolled by a link, it takes workshops with and without network.
//! It knows no database and no voucher key: it asks its service as any other device does.

mod parts;
mod sync;

use std::path::Path;

pub use parts::{Asks, Keeps};
pub use sync::{Settled, Synced};

use crate::{
    domain::{
        calendar::Instant,
        ids::RequestId,
        key_register::PublicKey,
        refusal::{Facts, Reason, Refusal},
        scanner::{
            Admitted, Attempt, Counted, Entry, Heard, Identity, Judged, LONGEST_CODE, Places, Scan,
            Scanner, Step, Told, Unfit,
        },
    },
    sys::{
        clock::{self, Clock},
        device_folder::{DeviceFolder, DeviceFolderError},
        enrolment_link::EnrolmentLink,
        gateway::NoRoots,
        service_client::{NoAnswer, OwnDevice, Receipt, ServiceClient, Wanted, Who},
        signer::{DeviceKey, NoRandomness},
    },
};

/// After a failure the service is left alone for so long: a scan must not wait for it each time.
const AWAY_S: i64 = 20;
const SECONDS_A_DAY: i64 = 86_400;
/// Lines of a journal before all is written anew: with it go the texts that are needed no more.
const MOST_LINES: usize = 200;

/// Why a device could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DeviceFault {
    #[error(transparent)]
    Folder(#[from] DeviceFolderError),
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    #[error("what the device keeps does not agree: {0}: keep the folder, and ask for help")]
    Unfit(#[from] Unfit),
    #[error(transparent)]
    NoRoots(#[from] NoRoots),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// What became of a scan.
#[derive(Clone, Debug)]
pub enum Taken {
    /// The service has counted it.
    Counted(Receipt),
    /// Without network: to be confirmed.
    Recorded(Judged),
    Refused {
        /// The stable code.
        reason: String,
        facts: Facts,
        /// In the service's own words, if it is it that refused.
        detail: Option<String>,
    },
    /// Asked, not answered, and refused here: it is asked again until it is known.
    Unclear(Refusal),
}

/// An enrolled device, in its folder.
pub struct Device<K = DeviceFolder, A = ServiceClient> {
    folder: K,
    scanner: Scanner,
    client: A,
    key: DeviceKey,
    clock: Clock,
    /// Not asked before this moment of the device's clock.
    away_until: Option<Instant>,
    /// Verdicts that came on the way.
    news: Vec<Told>,
}

impl Device {
    /// Enrols a device in a folder. After an answer that was lost the same link goes on.
    ///
    /// # Errors
    /// When the folder has a device already, or the service does not enrol it.
    pub fn enrol(
        path: &Path,
        link: &EnrolmentLink,
        language: &'static str,
        clock: Clock,
    ) -> Result<(Self, OwnDevice), DeviceFault> {
        let mut folder = DeviceFolder::open(path)?;
        folder.vacant()?;
        let key = folder.key()?;
        let client = ServiceClient::new(&link.service, language)?;
        let own = client.enrol(link, &key)?;
        let identity = Identity {
            device: own.device,
            organisation: own.organisation,
            public: PublicKey(key.public()),
            service: link.service.clone(),
            issuer: link.issuer(),
            root: own.root,
        };
        let heard = Heard { server_at: own.now, clock_at: clock.now() };
        let mut scanner = Scanner::new(identity, heard);
        let told = own.clone();
        let (step, _) = scanner.equipped(places(&told), told.root, told.key_set, heard);
        scanner.apply(&step)?;
        folder.replace(&Entry::All(Box::new(scanner.clone())))?;
        Ok((Self::of(folder, client, key, clock, scanner), own))
    }

    /// Opens the device of a folder.
    ///
    /// # Errors
    /// When there is none, another program uses it, or what it keeps was changed.
    pub fn open(path: &Path, language: &'static str, clock: Clock) -> Result<Self, DeviceFault> {
        if !path.is_dir() {
            return Err(DeviceFolderError::NotEnrolled(path.to_owned()).into());
        }
        let mut folder = DeviceFolder::open(path)?;
        let scanner = Scanner::replayed(folder.lines::<Entry>()?)?;
        let scanner = scanner.ok_or_else(|| DeviceFolderError::NotEnrolled(path.to_owned()))?;
        let key = folder.key()?;
        if key.public() != scanner.identity.public.0 {
            return Err(Unfit::Chain.into());
        }
        let client = ServiceClient::new(&scanner.identity.service, language)?;
        Ok(Self::of(folder, client, key, clock, scanner))
    }
}

impl<K: Keeps, A: Asks> Device<K, A> {
    /// A device of these parts: its scanner is what the entries kept lead to.
    pub const fn of(folder: K, client: A, key: DeviceKey, clock: Clock, scanner: Scanner) -> Self {
        Self { folder, scanner, client, key, clock, away_until: None, news: Vec::new() }
    }

    /// What the device knows and has.
    #[must_use]
    pub const fn scanner(&self) -> &Scanner {
        &self.scanner
    }

    /// The service's time, as far as the device knows.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.scanner.moment(self.clock.now())
    }

    /// Verdicts on records that went before a scan, once.
    pub fn news(&mut self) -> Vec<Told> {
        std::mem::take(&mut self.news)
    }

    /// Leaves the service alone: what is scanned is recorded.
    pub const fn stay_away(&mut self) {
        self.away_until = Some(Instant(i64::MAX));
    }

    /// Leaves the service alone for a while: it is not there.
    pub fn pause(&mut self) {
        self.away_until = Some(self.clock.now().plus_seconds(AWAY_S));
    }

    /// Whether the service is left alone now.
    #[must_use]
    pub fn is_away(&self) -> bool {
        self.away_until.is_some_and(|until| self.clock.now() < until)
    }

    /// Takes what was scanned: asks the service, or without it decides and records.
    ///
    /// # Errors
    /// When something cannot be kept: then nothing was taken that anybody was told of.
    pub fn take(&mut self, scan: Scan) -> Result<Taken, DeviceFault> {
        if scan.code.len() > LONGEST_CODE {
            return Ok(Taken::refused_here(Reason::CodeMalformed.into()));
        }
        self.hand_over_first()?;
        let (request, clock_at) = (clock::request_id(), self.clock.now());
        let [salt, _] = salts(clock::random_bytes()?);
        let attempt = self.scanner.attempt(scan, request, salt, clock_at);
        if self.is_away() {
            let moment = self.scanner.moment(clock_at);
            if let Err(refusal) = self.scanner.judge(&attempt.scan, moment) {
                return Ok(Taken::refused_here(refusal));
            }
        }
        self.step(Step::Attempted(Box::new(attempt.clone())))?;
        let taken = self.finish(&attempt, None)?;
        if self.folder.length() > MOST_LINES {
            self.keep_all()?;
        }
        Ok(taken)
    }

    /// What was recorded goes before what is asked now: the service would give the same workshops
    /// away, and refuse the records when they come.
    fn hand_over_first(&mut self) -> Result<(), DeviceFault> {
        if self.is_away() || !self.scanner.has_news() {
            return Ok(());
        }
        match self.hand_over() {
            Ok(verdicts) => {
                self.news.extend(verdicts);
                Ok(())
            }
            Err(DeviceFault::NoAnswer(_)) => {
                self.pause();
                Ok(())
            }
            Err(fault) => Err(fault),
        }
    }

    /// Brings an attempt to its end, if that can be known.
    fn finish(
        &mut self,
        attempt: &Attempt,
        occurred_at: Option<Instant>,
    ) -> Result<Taken, DeviceFault> {
        if self.is_away() {
            // Of one from before nobody knows whether it was asked.
            return self.alone(attempt, occurred_at.is_some());
        }
        let mut unanswered = false;
        // One without an answer is asked once more, under the same id.
        for _ in 0..2 {
            match self.ask(attempt, occurred_at) {
                Ok(receipt) => {
                    self.answered(attempt.request, Some(&receipt))?;
                    return Ok(Taken::Counted(receipt));
                }
                Err(NoAnswer::Refused { reason, detail, facts, .. }) => {
                    self.answered(attempt.request, None)?;
                    if reason == Reason::DeviceRevoked.code() {
                        self.step(Step::Revoked)?;
                    }
                    return Ok(Taken::Refused { reason, facts: *facts, detail: Some(detail) });
                }
                Err(NoAnswer::NotReached | NoAnswer::Busy) => break,
                Err(NoAnswer::Unanswered | NoAnswer::Strange) => unanswered = true,
            }
        }
        self.pause();
        self.alone(attempt, unanswered || occurred_at.is_some())
    }

    fn ask(
        &mut self,
        attempt: &Attempt,
        occurred_at: Option<Instant>,
    ) -> Result<Receipt, NoAnswer> {
        let Scan { code, venue, workshops, delivery, .. } = &attempt.scan;
        let wanted = Wanted {
            id: attempt.request,
            venue: *venue,
            code,
            workshops: *workshops,
            delivery: *delivery,
            occurred_at,
        };
        let who = Who { device: self.scanner.identity.device, key: &self.key };
        self.client.redeem(who, &wanted)
    }

    fn answered(
        &mut self,
        request: RequestId,
        receipt: Option<&Receipt>,
    ) -> Result<(), DeviceFault> {
        let counted = receipt.map(counted);
        self.step(Step::Answered { request, counted })
    }

    /// Without the service.
    fn alone(&mut self, attempt: &Attempt, may_be_counted: bool) -> Result<Taken, DeviceFault> {
        match self.scanner.record(attempt, |text| self.key.sign(text)) {
            Ok((step, judged)) => {
                self.step(step)?;
                Ok(Taken::Recorded(judged))
            }
            Err(refusal) if may_be_counted => Ok(Taken::Unclear(refusal)),
            Err(refusal) => {
                self.step(Step::Dropped { request: attempt.request })?;
                Ok(Taken::refused_here(refusal))
            }
        }
    }

    /// First on disk, then in memory.
    fn step(&mut self, step: Step) -> Result<(), DeviceFault> {
        let entry = Entry::Step(step);
        self.folder.append(&entry)?;
        if let Entry::Step(step) = &entry {
            self.scanner.apply(step)?;
        }
        Ok(())
    }

    /// Writes everything anew: texts that are needed no more are gone with it.
    fn keep_all(&mut self) -> Result<(), DeviceFault> {
        Ok(self.folder.replace(&Entry::All(Box::new(self.scanner.clone())))?)
    }

    fn heard(&self, server_at: Instant) -> Heard {
        Heard { server_at, clock_at: self.clock.now() }
    }

    /// Whether the feed was complete within the days that the strictest of its programmes says.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        let programmes = self.scanner.places.programmes.values();
        let days = programmes.map(|programme| programme.feed_days).min().unwrap_or_default();
        let at = self.scanner.knowledge().at();
        at.is_some_and(|at| self.now() <= at.plus_seconds(i64::from(days) * SECONDS_A_DAY))
    }
}

impl Taken {
    fn refused_here(refusal: Refusal) -> Self {
        let (reason, facts) = (refusal.reason.code().to_owned(), *refusal.facts);
        Self::Refused { reason, facts, detail: None }
    }
}

fn counted(receipt: &Receipt) -> Counted {
    Counted {
        seq: receipt.seq,
        voucher: receipt.voucher,
        workshops: receipt.workshops,
        last_day: receipt.last_day,
        reversed: receipt.reversed,
    }
}

/// Where a device takes workshops, and for whom, of what its service tells.
#[must_use]
pub fn places(own: &OwnDevice) -> Places {
    let venues = own.venues.iter().map(|venue| (venue.id, venue.profile.name.clone()));
    let programmes = own.programmes.iter().map(|programme| {
        let terms = &programme.terms;
        let admitted = Admitted {
            time_zone: terms.time_zone.clone(),
            service_required: terms.service_required,
            services: terms.services.clone(),
            workshops_a_day: terms.workshops_a_day,
            workshops_a_venue: terms.workshops_a_venue,
            feed_days: terms.offline.feed_days,
        };
        (programme.id, admitted)
    });
    Places { venues: venues.collect(), programmes: programmes.collect() }
}

fn salts(random: [u8; 32]) -> [[u8; 16]; 2] {
    let (first, second) = random.split_at(16);
    [first, second].map(|half| half.try_into().unwrap_or_default())
}
