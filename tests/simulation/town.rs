//! The service's side: a founded town, copied for each run, and what devices ask of it.
//! The real use cases on a real database; no network (`wire.rs`) and no HTTP.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use pass_numerique::{
    app::{
        feed::FeedCursor,
        rotate::KeyOrder,
        scanning::Device as Scanning,
        service::Service,
        sync::Sent as SentRecord,
        view::{Limits, Location},
    },
    domain::{
        calendar::Instant,
        command::{Ask, Command, Outcome, Redeem, Request, Scope},
        device::{Device, DeviceAsk, DeviceState, Statement},
        guarantee::Offline,
        ids::{DeviceId, IssuerId, OrganisationId, ProgrammeId, RequestId, VenueId, VoucherId},
        key::KeyState,
        key_register::{Early, PublicKey},
        programme::Terms as ProgrammeTerms,
        record::DecidedRecord,
        refusal::Reason,
        registry::VenueProfile,
        scanner::{Cursor, Entry, Heard, Identity, Scanner},
        voucher::Kid,
    },
    sys::{
        clock::Clock,
        service_client::{NoAnswer, OwnDevice, Receipt, Synced, Verdict},
        signer::{DeviceKey, RootKey, Signer},
    },
};

use super::{
    answers::{own, receipt, refused, refused_with, told, verdict},
    wire::{OwnedRecord, OwnedWanted},
};
use crate::support::{Town, started_again, terms};

pub const HOST: &str = "pass.example";
pub const DEVICES: u8 = 4;
/// What one device may cost in a month, and how old what it knows may be.
pub const GUARANTEED_A_MONTH: u16 = 3;
pub const TYPED_A_MONTH: u16 = 1;
pub const FEED_DAYS: i64 = 2;
const START: &str = "2026-11-23T10:00:00+01:00";

pub fn start() -> Instant {
    START.parse().unwrap()
}

pub fn device_key(number: u8) -> DeviceKey {
    DeviceKey::new(Signer::from_seed(&[100 + number; 32]).unwrap())
}

fn root() -> RootKey {
    RootKey::new(Signer::from_seed(&[77; 32]).unwrap())
}

/// A town that is closed, to be copied.
struct Founded {
    folder: tempfile::TempDir,
    programme: ProgrammeId,
    issuer: IssuerId,
    organisation: OrganisationId,
    venues: [VenueId; 2],
    devices: Vec<(DeviceId, String)>,
}

static FOUNDED: LazyLock<Founded> = LazyLock::new(found);

/// In memory where the machine has a file system there: a run syncs hundreds of times.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// Short lives, so that passes end while devices are away.
fn short_terms(funders: [pass_numerique::domain::ids::FunderId; 2]) -> ProgrammeTerms {
    let validity_days = Some(12);
    let offline = Offline {
        guaranteed_a_month: GUARANTEED_A_MONTH,
        typed_a_month: TYPED_A_MONTH,
        feed_days: u16::try_from(FEED_DAYS).unwrap(),
    };
    let (tolerance_days, late_limit_days) = (2, 5);
    ProgrammeTerms { validity_days, tolerance_days, late_limit_days, offline, ..terms(funders) }
}

fn found() -> Founded {
    let home = folder();
    let location = Location::Sqlite(home.path().join("town.sqlite"));
    let inner = tempfile::tempdir_in(home.path()).unwrap();
    let clock = Clock::fixed(start());
    let town = Town::found_at(location, inner, clock, Limits::default(), short_terms);
    let (programme, issuer, organisation) = (town.programme, town.issuer, town.organisation);
    let profile = VenueProfile {
        name: "Bus".to_owned(),
        territory: "93".to_owned(),
        ..VenueProfile::default()
    };
    let ask = Ask::AddVenue { organisation, profile, details: None };
    let Outcome::Added { id, .. } = town.service.ask_as(None, ask).unwrap() else { panic!() };
    let venues = [town.venue, VenueId(id)];
    let published = town.service.publish_keys(None, &root(), 35, false).unwrap();
    assert!(published.is_ok(), "{published:?}");
    let devices = (0..DEVICES).map(|number| enrolled(&town, organisation, venues, number));
    let devices = devices.collect();
    fs::create_dir(home.path().join("keys")).unwrap();
    for entry in fs::read_dir(&town.keys).unwrap() {
        let from = entry.unwrap().path();
        if from.is_file() {
            fs::copy(&from, home.path().join("keys").join(from.file_name().unwrap())).unwrap();
        }
    }
    drop(town.close());
    Founded { folder: home, programme, issuer, organisation, venues, devices }
}

/// A device, and what it has on disk.
fn enrolled(
    town: &Town,
    organisation: OrganisationId,
    venues: [VenueId; 2],
    number: u8,
) -> (DeviceId, String) {
    let service = &town.service;
    let (token, invitation) = service.new_invitation().unwrap();
    let (name, venues) = (format!("Tablette {number}"), venues.to_vec());
    let add = Ask::Device(DeviceAsk::Add { organisation, name, venues, invitation });
    let Outcome::Added { id, .. } = service.ask_as(None, add).unwrap() else { panic!() };
    let (id, key) = (DeviceId(id), device_key(number));
    let proof = key.sign((Statement::Enrol { token: &token }).text(id).as_bytes());
    let device = service.enrol(id, &token, PublicKey(key.public()), &proof).unwrap().unwrap();
    let own = own(service, device.clone());
    let identity = Identity {
        device: id,
        organisation,
        public: PublicKey(key.public()),
        service: format!("https://{HOST}"),
        issuer: format!("https://{HOST}"),
        root: own.root,
    };
    let heard = Heard { server_at: own.now, clock_at: own.now };
    let mut scanner = Scanner::new(identity, heard);
    let places = pass_numerique::app::scanning::places(&own);
    let (step, refused) = scanner.equipped(places, own.root, own.key_set, heard);
    assert_eq!(refused, None);
    scanner.apply(&step).unwrap();
    let begun = FeedCursor::Beginning { number: 0, until: None };
    let page = service.feed(&device, begun).unwrap();
    let step = scanner.fed(Cursor::Beginning, &page).unwrap();
    scanner.apply(&step).unwrap();
    (id, serde_json::to_string(&Entry::All(Box::new(scanner))).unwrap())
}

/// A town that runs.
pub struct Running {
    service: Option<Service>,
    pub clock: Clock,
    pub location: Location,
    keys: PathBuf,
    /// For which moments each request was judged online, whether its answer came or not.
    pub judged: RefCell<BTreeMap<RequestId, Vec<Instant>>>,
    _folder: tempfile::TempDir,
}

pub type Client = Scanning<super::disk::Drive, super::wire::Wire>;

impl Running {
    pub fn copied() -> Self {
        let (folder, from) = (folder(), FOUNDED.folder.path());
        let keys = folder.path().join("keys");
        fs::create_dir(&keys).unwrap();
        let files = |of: &Path| -> Vec<PathBuf> {
            fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).collect()
        };
        for (files, to) in [(files(from), folder.path()), (files(&from.join("keys")), &keys)] {
            for file in files.iter().filter(|file| file.is_file()) {
                fs::copy(file, to.join(file.file_name().unwrap())).unwrap();
            }
        }
        let location = Location::Sqlite(folder.path().join("town.sqlite"));
        let clock = Clock::fixed(start());
        let judged = RefCell::default();
        let mut town = Self { service: None, clock, location, keys, judged, _folder: folder };
        town.restart();
        town
    }

    /// Ends the service, if it runs, and starts it again on its file.
    pub fn restart(&mut self) {
        if let Some(service) = self.service.take() {
            service.stop();
        }
        let service = started_again(&self.location, &self.keys, HOST, &self.clock);
        self.service = Some(service);
    }

    pub fn service(&self) -> &Service {
        self.service.as_ref().unwrap()
    }

    pub fn devices() -> &'static [(DeviceId, String)] {
        &FOUNDED.devices
    }

    pub fn venues() -> [VenueId; 2] {
        FOUNDED.venues
    }

    pub fn issue(&self, workshops: u8, stock: bool) -> Option<VoucherId> {
        let service = self.service();
        let draft = service.draft(service.clock.now()).unwrap();
        let (programme, issuer) = (FOUNDED.programme, FOUNDED.issuer);
        let ask = Ask::Issue { programme, issuer, workshops, stock, draft };
        match service.ask_as(None, ask).unwrap() {
            Outcome::Issued { voucher, .. } => Some(voucher),
            Outcome::Refused(_) => None,
            other => panic!("{other:?}"),
        }
    }

    pub fn activate(&self, voucher: VoucherId) -> Outcome {
        let ask = Ask::Activate { voucher, issuer: FOUNDED.issuer };
        self.service().ask_as(None, ask).unwrap()
    }

    pub fn reserve(&self, workshops: i64) -> Outcome {
        let ask = Ask::ReserveGuarantee { programme: FOUNDED.programme, workshops };
        self.service().ask_as(None, ask).unwrap()
    }

    /// The key that signs is compromised, and another one signs.
    pub fn compromise(&self) -> Kid {
        let keys = self.service().key_list().unwrap();
        let signing = keys.iter().rfind(|line| line.state == KeyState::Active).unwrap();
        let order = KeyOrder::Compromise { kid: signing.kid };
        self.service().order_keys(None, &order).unwrap().unwrap();
        self.rotate_for(Early::KeyCompromised);
        signing.kid
    }

    pub fn rotate(&self) {
        self.rotate_for(Early::KeyLost);
    }

    fn rotate_for(&self, why: Early) {
        let service = self.service();
        drop(service.rotate_keys(None, Some(why)).unwrap());
        let published = service.publish_keys(None, &root(), 35, false).unwrap();
        assert!(published.is_ok(), "{published:?}");
    }

    pub fn revoke(&self, device: DeviceId) {
        let ask = Ask::Device(DeviceAsk::Revoke { device });
        drop(self.service().ask_as(None, ask).unwrap());
    }

    fn calling(&self, device: DeviceId) -> Device {
        self.service().calling_device(device).unwrap().unwrap().device
    }

    fn trusted(&self, device: DeviceId) -> Result<Device, NoAnswer> {
        let device = self.calling(device);
        if device.state() == DeviceState::Enrolled {
            return Ok(device);
        }
        Err(refused(Reason::DeviceRevoked.into()))
    }

    pub fn own(&self, device: DeviceId) -> Result<OwnDevice, NoAnswer> {
        Ok(own(self.service(), self.trusted(device)?))
    }

    pub fn feed(&self, device: DeviceId, asked: Cursor) -> Result<Vec<u8>, NoAnswer> {
        let cursor = match asked {
            Cursor::Beginning => FeedCursor::Beginning { number: 0, until: None },
            Cursor::Continuing { number, until } => {
                FeedCursor::Beginning { number, until: Some(until) }
            }
            Cursor::After(seq) => FeedCursor::After(seq),
        };
        Ok(self.service().feed(&self.trusted(device)?, cursor).unwrap())
    }

    pub fn genuine(&self, device: DeviceId, leaked: Kid, number: i64) -> Result<Vec<u8>, NoAnswer> {
        let page = self.service().genuine(&self.trusted(device)?, leaked, number).unwrap();
        page.ok_or_else(|| refused_with(404, Reason::NotFound.into()))
    }

    pub fn decisions(
        &self,
        device: DeviceId,
        sequences: &[u32],
    ) -> Result<Vec<DecidedRecord>, NoAnswer> {
        let device = self.trusted(device)?.id;
        Ok(self.service().database().decided(device, sequences).unwrap())
    }

    pub fn redeem(&self, device: DeviceId, wanted: &OwnedWanted) -> Result<Receipt, NoAnswer> {
        let (service, organisation) = (self.service(), FOUNDED.organisation);
        let now = service.clock.now();
        let redeem = Redeem {
            organisation,
            venue: wanted.venue,
            shown: service.read_code(&wanted.code).unwrap(),
            workshops: wanted.workshops,
            delivery: wanted.delivery,
            occurred_at: wanted.occurred_at.unwrap_or(now),
            dry_run: false,
        };
        let mut judged = self.judged.borrow_mut();
        judged.entry(wanted.id).or_default().push(redeem.occurred_at);
        let hash = service.redemption_hash(&redeem);
        let request = Request { scope: Scope::Organisation(organisation), id: wanted.id, hash };
        let ask = Ask::Redeem(redeem);
        let command = Command { request, actor: None, device: Some(device), now, ask };
        let answer = service.ask(command).unwrap();
        match answer.outcome {
            Outcome::Redeemed(done) => Ok(receipt(done, answer.reversed)),
            Outcome::Refused(refusal) => Err(refused(refusal)),
            other => panic!("{other:?}"),
        }
    }

    /// As `POST /v1/sync`; `first` records are taken, if the service ends in between.
    pub fn sync(&self, device: DeviceId, records: &[OwnedRecord], first: usize) -> Synced {
        let service = self.service();
        let device = self.calling(device);
        let sent = |one: &OwnedRecord| SentRecord {
            record: one.record.clone(),
            salt: one.salt,
            code: one.code.clone(),
        };
        let sent: Vec<SentRecord> = records.iter().map(sent).collect();
        let taken = service.read_records(&device, &sent).unwrap();
        let mut verdicts: Vec<Option<Verdict>> = Vec::new();
        let mut commands = Vec::new();
        for (place, one) in taken.into_iter().enumerate() {
            match one {
                Ok(command) => {
                    commands.push((place, command));
                    verdicts.push(None);
                }
                Err(reason) => verdicts.push(Some(verdict("refused", false, reason.code()))),
            }
        }
        commands.sort_by_key(|(_, command)| match &command.ask {
            Ask::Record(ask) => ask.record.claims.sequence,
            _ => 0,
        });
        let queued: Vec<_> = commands
            .into_iter()
            .take(first)
            .map(|(place, command)| (place, service.queue(command).unwrap()))
            .collect();
        for (place, asked) in queued {
            let answer = asked.wait().unwrap();
            let Outcome::Recorded(judged) = answer.outcome else { panic!() };
            verdicts[place] = Some(told(judged, answer.reversed));
        }
        Synced { verdicts: verdicts.into_iter().flatten().collect(), now: service.clock.now() }
    }
}
