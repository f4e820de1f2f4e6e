//! A town to test in: a database of its own, keys, two co-funders, an issuer, a venue.
//! No assertions.

pub mod api;
pub mod authority;
pub mod browser;
pub mod contract;
pub mod device;
pub mod gate;
pub mod smtp;
pub mod sql;

use std::{path::PathBuf, sync::Arc};

use pass_numerique::{
    app::{
        service::Service,
        view::{Database, Limits, Location},
    },
    domain::{
        calendar::Instant,
        cents::Cents,
        command::{
            Answer, Ask, Command, Delivery, Outcome, Redeem, Request, Reverse, Scope, Shown,
        },
        ending::Ending,
        event::Fund,
        guarantee::Offline,
        hold::Holds,
        ids::*,
        programme::{Payer, Share, Terms},
        refusal::Reason,
        registry::{Approval, VenueProfile},
    },
    sys::{clock::Clock, secrets},
};

pub struct Town {
    pub service: Arc<Service>,
    pub funders: [FunderId; 2],
    pub location: Location,
    pub programme: ProgrammeId,
    pub issuer: IssuerId,
    pub organisation: OrganisationId,
    pub venue: VenueId,
    pub keys: PathBuf,
    folder: tempfile::TempDir,
}

/// Runs a test on every database there is: SQLite, and PostgreSQL where `TEST_POSTGRES_URL` is.
pub fn on_each_database(test: impl Fn(Town)) {
    on_each_empty_database(|location, folder| test(Town::found(location, folder)));
}

/// As `on_each_database`, before anything is in it.
pub fn on_each_empty_database(test: impl Fn(Location, tempfile::TempDir)) {
    let folder = tempfile::tempdir().unwrap();
    let file = Location::Sqlite(folder.path().join("test.sqlite"));
    test(file, folder);
    if let Some(location) = fresh_postgres() {
        test(location, tempfile::tempdir().unwrap());
    }
}

/// A new empty database on the test server.
#[cfg(feature = "postgres")]
pub fn fresh_postgres() -> Option<Location> {
    use std::sync::atomic::{AtomicU32, Ordering};

    use diesel::{Connection as _, connection::SimpleConnection as _};
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    #[expect(clippy::disallowed_methods, reason = "the test server is named by the environment")]
    let url = std::env::var("TEST_POSTGRES_URL").ok()?;
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    let name = format!("test_{}_{number}", std::process::id());
    let mut conn = diesel::PgConnection::establish(&url).unwrap();
    conn.batch_execute(&format!("CREATE DATABASE {name}")).unwrap();
    let (server, _) = url.rsplit_once('/').unwrap();
    Some(format!("{server}/{name}").parse().unwrap())
}

#[cfg(not(feature = "postgres"))]
pub fn fresh_postgres() -> Option<Location> {
    None
}

impl Town {
    fn found(location: Location, folder: tempfile::TempDir) -> Self {
        let now: Instant = "2026-11-23T10:00:00+01:00".parse().unwrap();
        Self::found_at(location, folder, Clock::fixed(now), Limits::default(), terms)
    }

    /// Founds a town at another time, with other limits or terms.
    pub fn found_at(
        location: Location,
        folder: tempfile::TempDir,
        clock: Clock,
        limits: Limits,
        terms: impl Fn([FunderId; 2]) -> Terms,
    ) -> Self {
        let keys = folder.path().join("keys");
        secrets::keygen(&keys, None).unwrap();
        Database::migrate(&location).unwrap();
        let host = "pass.example";
        let service = Service::start_within(&location, &keys, None, host, clock, limits).unwrap();
        let service = Arc::new(service);
        let add = |ask| match service.ask_as(None, ask).unwrap() {
            Outcome::Added { id, .. } => id,
            other => panic!("{other:?}"),
        };
        let funders = ["État", "Département"]
            .map(|name| FunderId(add(Ask::AddFunder { name: name.to_owned() })));
        let issuer = IssuerId(add(Ask::AddIssuer { name: "CCAS".to_owned() }));
        let organisation = OrganisationId(add(Ask::AddOrganisation {
            name: "Médiathèque".to_owned(),
            siret: None,
            approval: Approval::Approved,
        }));
        let profile = VenueProfile {
            name: "Espace numérique".to_owned(),
            territory: "93".to_owned(),
            ..VenueProfile::default()
        };
        let venue = VenueId(add(Ask::AddVenue { organisation, profile, details: None }));
        let terms = Box::new(terms(funders));
        let name = "Dispositif d'essai".to_owned();
        let programme = ProgrammeId(add(Ask::AddProgramme { name, terms }));
        for (funder, amount) in funders.into_iter().zip([Cents(60_000), Cents(40_000)]) {
            let ask = Ask::Fund { programme, funder, amount, by: Fund::Deposit };
            service.ask_as(None, ask).unwrap();
        }
        let ask = Ask::Allocate { programme, issuer, workshops: 1_000 };
        service.ask_as(None, ask).unwrap();
        Self { service, funders, location, programme, issuer, organisation, venue, keys, folder }
    }

    /// The same town after the service was stopped and started.
    pub fn restarted(self) -> Self {
        let now = self.service.clock.now();
        // The threads of a server that was stopped let go of it a moment later.
        for _ in 0..1_000 {
            if Arc::strong_count(&self.service) == 1 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Arc::into_inner(self.service).unwrap().stop();
        let clock = Clock::fixed(now);
        let service = started_again(&self.location, &self.keys, "pass.example", &clock);
        Self { service: Arc::new(service), ..self }
    }

    pub fn issue(&self, workshops: u8) -> Result<VoucherId, Reason> {
        let draft = self.service.draft(self.service.clock.now()).unwrap();
        let (programme, issuer) = (self.programme, self.issuer);
        let ask = Ask::Issue { programme, issuer, workshops, stock: false, draft };
        match self.service.ask_as(None, ask).unwrap() {
            Outcome::Issued { voucher, .. } => Ok(voucher),
            Outcome::Refused(refusal) => Err(refusal.reason),
            other => panic!("{other:?}"),
        }
    }

    /// A request to redeem one workshop, to be sent as often as wanted.
    pub fn redemption(&self, shown: Shown) -> Command {
        let ask = Redeem {
            organisation: self.organisation,
            venue: self.venue,
            shown,
            workshops: 1,
            delivery: Delivery::default(),
            occurred_at: self.service.clock.now(),
            dry_run: false,
        };
        let request = Request {
            scope: Scope::Organisation(self.organisation),
            id: self.service.new_request_id(),
            hash: self.service.redemption_hash(&ask),
        };
        let now = self.service.clock.now();
        Command { request, actor: None, device: None, now, ask: Ask::Redeem(ask) }
    }

    pub fn redeem(&self, voucher: VoucherId) -> Answer {
        self.service.ask(self.redemption(Shown::Known(voucher))).unwrap()
    }

    pub fn reverse(&self, redemption: Seq) -> Outcome {
        let ask = Reverse { redemption, organisation: Some(self.organisation), supervisor: false };
        self.service.ask_as(None, Ask::Reverse(ask)).unwrap()
    }

    /// The same town in another database, with the service that runs there.
    pub fn moved(self, location: Location, service: Arc<Service>) -> Self {
        Self { service, location, ..self }
    }

    /// Ends the service; the database, the keys and the folder stay.
    pub fn close(self) -> tempfile::TempDir {
        // The threads of a server that was stopped let go of it a moment later.
        for _ in 0..1_000 {
            if Arc::strong_count(&self.service) == 1 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Arc::into_inner(self.service).unwrap().stop();
        self.folder
    }

    /// Nothing differs from the events.
    pub fn audit(&self) {
        let audit = self.service.audit().unwrap();
        assert_eq!(audit.differences, []);
        assert!(audit.events > 5);
    }
}

/// The reason of a refusal.
/// Starts a service where one has just ended. A process that another test is about to start holds
/// the lock of the file too, until it has become another program.
pub fn started_again(
    location: &Location,
    keys: &std::path::Path,
    host: &str,
    clock: &Clock,
) -> Service {
    for _ in 0..500 {
        match Service::start(location, keys, None, host, clock.clone()) {
            Err(fault) if format!("{fault:?}").contains("SecondWriter") => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            started => return started.unwrap(),
        }
    }
    panic!("another writer holds the file");
}

pub fn refused(outcome: &Outcome) -> Reason {
    match outcome {
        Outcome::Refused(refusal) => refusal.reason,
        other => panic!("{other:?}"),
    }
}

pub fn terms([state, departement]: [FunderId; 2]) -> Terms {
    Terms {
        price_cents: Cents(1_000),
        shares: vec![
            Share { funder: state, weight: 60 },
            Share { funder: departement, weight: 40 },
        ],
        payer: Payer::Operator,
        workshops_min: 5,
        workshops_max: 10,
        first_day: "2026-11-01".parse().unwrap(),
        last_day: "2027-10-31".parse().unwrap(),
        validity_days: Some(90),
        tolerance_days: 30,
        late_limit_days: 7,
        territory: "93".to_owned(),
        time_zone: "Europe/Paris".parse().unwrap(),
        issuing_stops_days: 15,
        workshops_a_day: None,
        workshops_a_venue: None,
        undo_minutes: 15,
        agent_daily_limit: 30,
        service_required: false,
        services: Vec::new(),
        venues_listed: false,
        reminders: true,
        offline: Offline::default(),
        holds: Holds::NONE,
        ending: Ending::default(),
        facts: Vec::new(),
        open_data_withheld: false,
        papers: pass_numerique::domain::papers::Papers::default(),
    }
}

/// What the program itself never does: statements beside the writer.
impl Town {
    pub fn service_balance(&self) -> Vec<pass_numerique::app::view::BalanceLine> {
        self.service.database().trial_balance().unwrap()
    }

    pub fn execute(&self, sql: &str) -> Result<(), String> {
        sql::execute(&self.location, sql)
    }
}
