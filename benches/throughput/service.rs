//! The whole service: issuing in bulk, and redemptions over HTTP by clients with open connections.
//! No database below the service, but for the raw rows that it is compared with.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use diesel::connection::SimpleConnection as _;
use ed25519_dalek::{Signer as _, SigningKey};
use pass_numerique::{
    app::service::Service,
    domain::{
        batch::BatchOpened,
        command::{Ask, Command, Delivery, Outcome, Redeem, Request, Scope},
        event::Fund,
        ids::*,
        registry::{Approval, Role, VenueProfile},
    },
    http::{
        Settings, Shared, State,
        auth::tokens::{TokenKey, Tokens},
        limits::Rates,
        server,
    },
    store::{Database, Location},
    sys::{clock::Clock, secrets},
};

use crate::{
    Plan,
    baseline::{Client, RAW},
    contest::{Contender, contest},
    machine::now,
    sections::{CLIENTS, heading, print},
    town::{NOW, WORKSHOPS, location, terms},
};

/// Vouchers of one chunk, and rows of one raw commit.
const CHUNK: usize = 500;

/// A service with a programme, an organisation's venue and nothing issued yet.
pub struct Running {
    pub service: Arc<Service>,
    programme: ProgrammeId,
    issuer: IssuerId,
    organisation: OrganisationId,
    venue: VenueId,
}

impl Running {
    pub fn start(folder: &Path, location: &Location) -> Self {
        let keys = tempfile::tempdir_in(folder).unwrap().keep();
        secrets::keygen(&keys, None).unwrap();
        Database::migrate(location).unwrap();
        let clock = Clock::fixed(NOW.parse().unwrap());
        let service = Service::start(location, &keys, None, "pass.example", clock).unwrap();
        let add = |ask| match service.ask_as(None, ask).unwrap() {
            Outcome::Added { id, .. } => id,
            other => panic!("{other:?}"),
        };
        let funders: Vec<_> =
            ["A", "B"].map(|name| FunderId(add(Ask::AddFunder { name: name.to_owned() }))).into();
        let issuer = IssuerId(add(Ask::AddIssuer { name: "CCAS".to_owned() }));
        let (name, approval) = ("Structure".to_owned(), Approval::Approved);
        let ask = Ask::AddOrganisation { name, siret: None, approval };
        let organisation = OrganisationId(add(ask));
        let (name, territory) = ("Lieu".to_owned(), "93".to_owned());
        let profile = VenueProfile { name, territory, ..VenueProfile::default() };
        let venue = VenueId(add(Ask::AddVenue { organisation, profile, details: None }));
        let (name, terms) = ("Dispositif".to_owned(), Box::new(terms(&funders)));
        let programme = ProgrammeId(add(Ask::AddProgramme { name, terms }));
        for funder in funders {
            let amount = pass_numerique::domain::cents::Cents(10_000_000_000);
            let ask = Ask::Fund { programme, funder, amount, by: Fund::Deposit };
            service.ask_as(None, ask).unwrap();
        }
        let ask = Ask::Allocate { programme, issuer, workshops: 10_000_000 };
        service.ask_as(None, ask).unwrap();
        Self { service: Arc::new(service), programme, issuer, organisation, venue }
    }

    /// Issues a batch of vouchers, all of it.
    pub fn issue(&self, count: usize) {
        let count = u32::try_from(count).unwrap();
        let opened = BatchOpened { issuer: self.issuer, workshops: 10, count, stock: false };
        self.service.ask_as(None, Ask::OpenBatch { programme: self.programme, opened }).unwrap();
        let minted = self.service.mint_batches(&|| true).unwrap();
        assert_eq!(minted, u64::from(count));
    }

    /// What the QR of each voucher says.
    fn texts(&self, location: &Location) -> Vec<String> {
        let ids = crate::town::ids(location, "SELECT id FROM voucher ORDER BY number");
        ids.into_iter().map(|id| self.service.paper(id).unwrap().digits).collect()
    }

    fn redeem(&self, text: &str) {
        let now = self.service.clock.now();
        let redeem = Redeem {
            organisation: self.organisation,
            venue: self.venue,
            shown: self.service.read_code(text).unwrap(),
            workshops: 1,
            delivery: Delivery::default(),
            occurred_at: now,
            dry_run: false,
        };
        let hash = self.service.redemption_hash(&redeem);
        let id = self.service.new_request_id();
        let request = Request { scope: Scope::Organisation(self.organisation), id, hash };
        let ask = Ask::Redeem(redeem);
        let command = Command { request, actor: None, device: None, now, ask };
        let answer = self.service.ask(command).unwrap();
        assert!(matches!(answer.outcome, Outcome::Redeemed(_)), "{:?}", answer.outcome);
    }
}

/// Megabytes of memory at most since `/proc/self/clear_refs` was told to count anew.
fn peak_mb() -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1024.0
}

/// Vouchers issued in bulk, against signing them and inserting a raw row for each.
pub fn issuing(plan: &Plan) {
    let count = if plan.rounds == 1 { 5_000 } else { 100_000 };
    for (database, server) in plan.servers() {
        heading(&format!("Issuing {count} vouchers at once, {database}"));
        let place = location(&plan.folder, server);
        let running = Running::start(&plan.folder, &place);
        drop(fs::write("/proc/self/clear_refs", "5"));
        let before = peak_mb();
        let begin = now();
        running.issue(count);
        let ours = count as f64 / begin.elapsed().as_secs_f64();
        let more = peak_mb() - before;
        let mut client = Client::of(&place);
        client.execute(&RAW.replace("$BYTES", server.map_or("BLOB", |_| "BYTEA")));
        let key = SigningKey::from_bytes(&[1; 32]);
        let begin = now();
        for chunk in 0..count / CHUNK {
            client.execute("BEGIN");
            for row in 0..CHUNK {
                std::hint::black_box(key.sign(&row.to_be_bytes()));
                client.insert_raw(i64::try_from(chunk * CHUNK + row).unwrap());
            }
            client.execute("COMMIT");
        }
        let raw = count as f64 / begin.elapsed().as_secs_f64();
        println!("| | vouchers a second | ÷ signing and a raw row each |\n|---|---:|---:|");
        println!("| signing and a raw row each, {CHUNK} a commit | {raw:.0} | 1.00 |");
        println!("| batch, memory at most {more:.0} MB more | {ours:.0} | {:.2} |", ours / raw);
    }
}

/// A connection that stays open; each request waits for its answer.
struct Connection {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { address, stream: BufReader::new(stream) }
    }

    /// Posts, on a new connection where the server has closed this one: contenders take turns, and
    /// meanwhile nobody asks.
    fn post(&mut self, path: &str, token: &str, body: &str) {
        if !self.answered(path, token, body) {
            *self = Self::open(self.address);
            assert!(self.answered(path, token, body), "closed again");
        }
    }

    fn answered(&mut self, path: &str, token: &str, body: &str) -> bool {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: pass.example\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        if self.stream.get_mut().write_all(request.as_bytes()).is_err() {
            return false;
        }
        let (mut line, mut length, mut status) = (String::new(), 0, String::new());
        loop {
            line.clear();
            if !self.stream.read_line(&mut line).is_ok_and(|read| read > 0) {
                return false;
            }
            let text = line.trim().to_ascii_lowercase();
            if status.is_empty() {
                status.clone_from(&text);
            }
            if let Some(told) = text.strip_prefix("content-length:") {
                length = told.trim().parse().unwrap();
            }
            if text.is_empty() {
                break;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer).unwrap();
        assert!(status.contains(" 201"), "{status}: {}", String::from_utf8_lossy(&answer));
        true
    }
}

/// Runs a server on a thread until the process ends; its address.
fn serve(run: impl FnOnce(TcpListener) -> actix_web::dev::Server + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = run(listener);
            sender.send(()).unwrap();
            server.await.unwrap();
        });
    });
    receiver.recv().unwrap();
    address
}

/// One raw row a request, each in a commit of its own.
fn serve_raw(client: Client) -> SocketAddr {
    let (client, id) = (Arc::new(Mutex::new(client)), Arc::new(AtomicI64::new(0)));
    serve(move |listener| {
        let app = move || {
            let (client, id) = (Arc::clone(&client), Arc::clone(&id));
            let insert = move || {
                let (client, id) = (Arc::clone(&client), Arc::clone(&id));
                async move {
                    web::block(move || {
                        client.lock().unwrap().insert_raw(id.fetch_add(1, Ordering::Relaxed));
                    })
                    .await
                    .unwrap();
                    HttpResponse::Created().finish()
                }
            };
            App::new().route("/raw", web::post().to(insert))
        };
        let server = HttpServer::new(app).workers(2);
        server.listen(listener).unwrap().run()
    })
}

/// Redemptions over HTTP, beside the engine alone and raw rows over HTTP.
pub fn http(plan: &Plan) {
    for (database, server) in plan.servers() {
        heading(&format!("Redemptions over HTTP, {CLIENTS} clients, {database}"));
        let place = location(&plan.folder, server);
        let running = Running::start(&plan.folder, &place);
        running.issue(plan.vouchers);
        let texts = running.texts(&place);
        let next = AtomicUsize::new(0);
        let text = || {
            let next = next.fetch_add(1, Ordering::Relaxed);
            assert!(next < texts.len() * WORKSHOPS, "all workshops are used: issue more");
            &texts[next % texts.len()]
        };
        let seed = TokenKey::from_seed(&[1; 32]).unwrap();
        let tokens = Tokens::new("bench", seed, Vec::new());
        let rates = Rates { address: 100_000_000, account: 100_000_000 };
        let settings = Settings { rates, behind_proxy: false, second_factor_required: false };
        let state = Shared::new(State::new(Arc::clone(&running.service), tokens, settings));
        let bearers: Vec<String> = (0..CLIENTS).map(|n| bearer(&running, &state, n)).collect();
        let address = serve(move |listener| {
            server::listen(state, pass_numerique::pages::routes, listener, 2).unwrap()
        });
        let mut raw = Client::of(&place);
        raw.execute(&RAW.replace("$BYTES", server.map_or("BLOB", |_| "BYTEA")));
        let raw = serve_raw(raw);
        let open = |to| (0..CLIENTS).map(|_| Mutex::new(Connection::open(to))).collect::<Vec<_>>();
        let (ours, rows) = (open(address), open(raw));
        let contenders = [
            Contender::new("raw over HTTP", CLIENTS, |client| {
                rows[client].lock().unwrap().post("/raw", "", "{}");
            }),
            Contender::new("engine, signature checked", CLIENTS, |_| running.redeem(text())),
            Contender::new("service over HTTP", CLIENTS, |client| {
                let (id, venue, code) = (running.service.new_request_id(), running.venue, text());
                let body = format!(
                    "{{\"id\":\"{id}\",\"venue\":\"{venue}\",\"code\":\"{code}\",\"workshops\":1}}"
                );
                let mut connection = ours[client].lock().unwrap();
                connection.post("/v1/redemptions", &bearers[client], &body);
            }),
        ];
        print(&contest(&contenders, plan.rounds, plan.time), &[0, 1]);
    }
}

/// The token of a person who scans.
fn bearer(running: &Running, state: &State, number: usize) -> String {
    let (email, name) = (format!("p{number}@example.fr"), "Une personne".to_owned());
    let role = Role::Scanner(running.organisation);
    let ask = Ask::AddUser { email, name, role, password_hash: String::new() };
    let Outcome::Added { id, .. } = running.service.ask_as(None, ask).unwrap() else { panic!() };
    state.tokens.make(UserId(id), running.service.clock.now()).unwrap()
}

impl Client {
    fn execute(&mut self, sql: &str) {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(sql),
            #[cfg(feature = "postgres")]
            Self::Pg(conn) => conn.batch_execute(sql),
        }
        .unwrap();
    }
}
