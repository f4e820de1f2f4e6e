//! A town to measure in: funders, programmes, issuers, venues, and vouchers that are seeded.
//! No measuring; what is seeded by SQL has no chain, so it is nothing for `audit`.

use std::{
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    thread::JoinHandle,
};

use diesel::{connection::SimpleConnection as _, prelude::*};
use pass_numerique::{
    domain::{
        calendar::Instant,
        cents::Cents,
        command::{Ask, Command, Delivery, Outcome, Redeem, Request, Scope, Shown},
        ending::Ending,
        event::Fund,
        guarantee::Offline,
        hold::Holds,
        ids::*,
        key_register::{KeyAsk, PublicKey, Purpose},
        papers::Papers,
        programme::{Payer, Share, Terms},
        registry::{Approval, VenueProfile},
        service::Service,
    },
    store::{Database, Location, Writer},
    sys::{clock, signer::Signer},
};

pub const NOW: &str = "2026-11-23T10:00:00+01:00";
pub const WORKSHOPS: usize = 10;

/// Who takes part, and how many vouchers there are.
#[derive(Clone, Copy)]
pub struct Shape {
    pub programmes: usize,
    /// Of each programme; no two programmes share one.
    pub funders: usize,
    pub organisations: usize,
    pub venues: usize,
    /// In all.
    pub vouchers: usize,
}

impl Shape {
    /// A département's programme: two co-funders, 20 venues of 10 organisations.
    pub const fn usual(vouchers: usize) -> Self {
        Self { programmes: 1, funders: 2, organisations: 10, venues: 20, vouchers }
    }
}

pub struct Town {
    pub database: Database,
    pub location: Location,
    pub writer: Writer,
    thread: JoinHandle<()>,
    pub now: Instant,
    venues: Vec<(OrganisationId, VenueId)>,
    vouchers: Vec<VoucherId>,
    next: AtomicUsize,
}

/// One redemption to ask for.
#[derive(Clone, Copy)]
pub struct Visit {
    pub voucher: VoucherId,
    pub organisation: OrganisationId,
    pub venue: VenueId,
}

/// A new database: a file in `folder`, or a database on `server` where that is given.
pub fn location(folder: &Path, server: Option<&str>) -> Location {
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let number = NUMBER.fetch_add(1, Ordering::SeqCst);
    match server {
        None => Location::Sqlite(folder.join(format!("{number}.sqlite"))),
        Some(url) => {
            let name = format!("bench_{}_{number}", std::process::id());
            execute_at(url, &format!("CREATE DATABASE {name}"));
            let (server, _) = url.rsplit_once('/').unwrap();
            format!("{server}/{name}").parse().unwrap()
        }
    }
}

#[cfg(feature = "postgres")]
fn execute_at(url: &str, sql: &str) {
    PgConnection::establish(url).unwrap().batch_execute(sql).unwrap();
}

#[cfg(not(feature = "postgres"))]
fn execute_at(_: &str, _: &str) {
    panic!("built without PostgreSQL");
}

impl Town {
    /// Ends when nobody writes to the database any more: another program may.
    pub fn end(self) {
        let Self { writer, thread, .. } = self;
        drop(writer);
        thread.join().unwrap();
    }

    pub fn found(location: Location, shape: Shape) -> Self {
        Database::migrate(&location).unwrap();
        let database = Database::open(&location).unwrap();
        let (writer, thread) = Writer::start(&database).unwrap();
        let mut town = Self {
            database,
            location,
            writer,
            thread,
            now: NOW.parse().unwrap(),
            venues: Vec::new(),
            vouchers: Vec::new(),
            next: AtomicUsize::new(0),
        };
        let key = PublicKey(Signer::from_seed(&[1; 32]).unwrap().public());
        town.ask(Ask::Key(KeyAsk::Add { public: key, purpose: Purpose::First }));
        let issuer = IssuerId(town.add(Ask::AddIssuer { name: "CCAS".to_owned() }));
        for number in 0..shape.organisations {
            let ask = Ask::AddOrganisation {
                name: format!("Structure {number}"),
                siret: None,
                approval: Approval::Approved,
            };
            let organisation = OrganisationId(town.add(ask));
            for venue in (number..shape.venues).step_by(shape.organisations) {
                let name = format!("Lieu {venue}");
                let profile =
                    VenueProfile { name, territory: "93".to_owned(), ..VenueProfile::default() };
                let venue =
                    VenueId(town.add(Ask::AddVenue { organisation, profile, details: None }));
                town.venues.push((organisation, venue));
            }
        }
        for number in 0..shape.programmes {
            let add = |n| FunderId(town.add(Ask::AddFunder { name: format!("Financeur {n}") }));
            let funders: Vec<_> = (0..shape.funders).map(add).collect();
            let (name, terms) = (format!("Dispositif {number}"), Box::new(terms(&funders)));
            let programme = ProgrammeId(town.add(Ask::AddProgramme { name, terms }));
            for funder in funders {
                let amount = Cents(10_000_000_000);
                town.ask(Ask::Fund { programme, funder, amount, by: Fund::Deposit });
            }
            town.ask(Ask::Allocate { programme, issuer, workshops: 10_000_000 });
            // The template that the seed copies; its accounts are the programme's.
            let draft = pass_numerique::domain::command::Draft {
                id: clock::random_voucher_id().unwrap(),
                kid: key.kid().0,
                code_tag: (u128::try_from(number).unwrap() + 1).to_be_bytes(),
                reference: format!("T{number}"),
            };
            town.ask(Ask::Issue { programme, issuer, workshops: 10, stock: false, draft });
        }
        town.seed(shape.vouchers);
        town
    }

    fn seed(&mut self, vouchers: usize) {
        self.execute(&crate::seed::statements(&self.location, vouchers));
        // At most these are visited: taken evenly from all there are.
        let step = i64::try_from((vouchers / 200_000).max(1)).unwrap();
        let load = "SELECT id FROM voucher WHERE issued_seq >= 1000000 AND issued_seq % ";
        self.vouchers = ids(&self.location, &format!("{load}{step} = 0"));
        assert!(!self.vouchers.is_empty());
    }

    pub fn execute(&self, sql: &str) {
        match &self.location {
            Location::Sqlite(path) => crate::baseline::sqlite(path).batch_execute(sql).unwrap(),
            Location::Postgres(url) => execute_at(url, sql),
        }
    }

    /// The next voucher at the next venue; each voucher comes again after all others.
    pub fn visit(&self) -> Visit {
        let next = self.next.fetch_add(1, Ordering::Relaxed);
        assert!(next < self.vouchers.len() * WORKSHOPS, "all workshops are used: seed more");
        let voucher = self.vouchers[next % self.vouchers.len()];
        let (organisation, venue) = self.venues[next % self.venues.len()];
        Visit { voucher, organisation, venue }
    }

    pub fn command(&self, visit: Visit) -> Command {
        let request = Request {
            scope: Scope::Organisation(visit.organisation),
            id: clock::request_id(),
            hash: [7; 32],
        };
        let ask = Redeem {
            organisation: visit.organisation,
            venue: visit.venue,
            shown: Shown::Known(visit.voucher),
            workshops: 1,
            delivery: Delivery {
                service: Some(Service::EverydayTools),
                group: Some(true),
                minutes: Some(90),
            },
            occurred_at: self.now,
            dry_run: false,
        };
        Command { request, actor: None, device: None, now: self.now, ask: Ask::Redeem(ask) }
    }

    /// Redeems once through the engine; a refusal would be a mistake of the benchmark.
    pub fn redeem(&self) {
        let answer = self.writer.ask(self.command(self.visit())).unwrap();
        assert!(matches!(answer.outcome, Outcome::Redeemed(_)), "{:?}", answer.outcome);
    }

    fn ask(&self, ask: Ask) -> Outcome {
        let request = Request { scope: Scope::System, id: clock::request_id(), hash: [0; 32] };
        let command = Command { request, actor: None, device: None, now: self.now, ask };
        let outcome = self.writer.ask(command).unwrap().outcome;
        assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
        outcome
    }

    fn add(&self, ask: Ask) -> i64 {
        match self.ask(ask) {
            Outcome::Added { id, .. } => id,
            other => panic!("{other:?}"),
        }
    }
}

/// The vouchers' ids that a query gives.
pub fn ids(location: &Location, sql: &str) -> Vec<VoucherId> {
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        id: i64,
    }
    let query = diesel::sql_query(sql);
    let ids: Vec<Id> = match location {
        Location::Sqlite(path) => query.load(&mut crate::baseline::sqlite(path)).unwrap(),
        #[cfg(feature = "postgres")]
        Location::Postgres(url) => query.load(&mut PgConnection::establish(url).unwrap()).unwrap(),
        #[cfg(not(feature = "postgres"))]
        Location::Postgres(_) => panic!("built without PostgreSQL"),
    };
    ids.into_iter().map(|row| VoucherId(row.id)).collect()
}

pub fn terms(funders: &[FunderId]) -> Terms {
    let weights = [60, 40];
    let shares = funders.iter().zip(weights.iter().cycle());
    Terms {
        price_cents: Cents(1_000),
        shares: shares.map(|(funder, weight)| Share { funder: *funder, weight: *weight }).collect(),
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
        reminders: false,
        offline: Offline::default(),
        // A venue takes more here than any real one: its signals are read, and none holds.
        papers: Papers::default(),
        holds: Holds { workshops_a_day: None, redemptions_in_10_minutes: None, ..Holds::default() },
        ending: Ending::default(),
        facts: Vec::new(),
        open_data_withheld: false,
    }
}
