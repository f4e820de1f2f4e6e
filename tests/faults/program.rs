//! The real program as a process of its own, on a real port, to be killed and started again.
//! No load: `clients.rs` has that.

use std::{
    fs::{File, OpenOptions},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus},
    thread,
    time::Duration,
};

use pass_numerique::{
    app::view::{Database, Location},
    domain::{
        cents::Cents,
        command::{Ask, Outcome},
        event::Fund,
        ids::{FunderId, ProgrammeId, UserId, VenueId},
        programme::Terms,
        registry::Role,
    },
    http::auth::tokens::Tokens,
    sys::{clock::Clock, token_keys::TokenSeeds},
};

use crate::support::{Town, sql, terms};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_pass-numerique");
/// Looks at whether the program is ready, before it is given up: half a minute.
const LOOKS: u32 = 600;
const STOP_LOOKS: u32 = 400;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A founded database that no program serves yet.
pub struct Site {
    pub location: Location,
    pub programme: ProgrammeId,
    pub venue: VenueId,
    pub agent: UserId,
    pub supervisor: UserId,
    pub keys: PathBuf,
    /// The name that links and tokens have.
    pub host: String,
    port: u16,
    folder: tempfile::TempDir,
}

/// Terms around the present day, since the program goes by the machine's clock.
pub fn present_terms(funders: [FunderId; 2]) -> Terms {
    let mut terms = terms(funders);
    let today = Clock::system().now().day(&terms.time_zone);
    terms.first_day = today.plus(-20);
    terms.last_day = today.plus(300);
    terms.agent_daily_limit = 1_000_000;
    terms
}

/// A town of the present, rich enough for any load.
pub fn rich_town(location: Location, folder: tempfile::TempDir, limits: super::Limits) -> Town {
    let town = Town::found_at(location, folder, Clock::system(), limits, present_terms);
    let programme = town.programme;
    for (funder, amount) in town.funders.into_iter().zip([600_000_000, 400_000_000]) {
        let ask = Ask::Fund { programme, funder, amount: Cents(amount), by: Fund::Deposit };
        assert!(matches!(town.service.ask_as(None, ask).unwrap(), Outcome::Done { .. }));
    }
    let ask = Ask::Allocate { programme, issuer: town.issuer, workshops: 900_000 };
    assert!(matches!(town.service.ask_as(None, ask).unwrap(), Outcome::Done { .. }));
    town
}

pub fn person(town: &Town, role: Role) -> UserId {
    let email = format!("{}@example.fr", town.service.new_request_id());
    let (name, password_hash) = ("Une personne".to_owned(), "none".to_owned());
    let ask = Ask::AddUser { email, name, role, password_hash };
    let Outcome::Added { id, .. } = town.service.ask_as(None, ask).unwrap() else { panic!() };
    UserId(id)
}

impl Site {
    pub fn found(location: Location, folder: tempfile::TempDir) -> Self {
        let town = rich_town(location, folder, super::Limits::default());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            location: town.location.clone(),
            programme: town.programme,
            venue: town.venue,
            agent: person(&town, Role::Agent(town.issuer)),
            supervisor: person(&town, Role::Supervisor(town.organisation)),
            keys: town.keys.clone(),
            host: "localhost".to_owned(),
            port: listener.local_addr().unwrap().port(),
            folder: town.close(),
        }
    }

    /// As `found`, under the name by which it is reached: its links lead to it.
    pub fn reachable(location: Location, folder: tempfile::TempDir) -> Self {
        let mut site = Self::found(location, folder);
        site.host = format!("127.0.0.1:{}", site.port);
        site
    }

    /// The database, as a command is told of it.
    pub fn database(&self) -> String {
        match &self.location {
            Location::Sqlite(path) => format!("sqlite:{}", path.display()),
            Location::Postgres(url) => url.clone(),
        }
    }

    /// A bearer text; it lives ten minutes.
    pub fn bearer(&self, user: UserId) -> String {
        let clock = Clock::system();
        let seeds = TokenSeeds::load(&self.keys, None, &clock).unwrap();
        let tokens = Tokens::of_seeds(&format!("https://{}", self.host), seeds.iter()).unwrap();
        tokens.make(user, clock.now()).unwrap()
    }

    /// Starts the program; whether it is ready is another question.
    pub fn launch(&self) -> Program {
        Program::launch(&self.command(PROGRAM), self.port, &self.folder.path().join("log"))
    }

    /// As `start`, by a shell: its last words are the program and what it is told.
    pub fn start_by(&self, shell: &[&str]) -> Program {
        let words: Vec<String> = shell.iter().copied().map(str::to_owned).collect();
        let words = [words, self.command(PROGRAM)].concat();
        let mut program = Program::launch(&words, self.port, &self.folder.path().join("log"));
        program.ready();
        program
    }

    /// Starts the program and waits until it answers.
    pub fn start(&self) -> Program {
        let mut program = self.launch();
        program.ready();
        program
    }

    fn command(&self, program: &str) -> Vec<String> {
        let database = self.database();
        let words = [
            program,
            "serve",
            "--second-factor",
            "offered",
            "--database",
            &database,
            "--keys",
            self.keys.to_str().unwrap(),
            "--host",
            &self.host,
            "--listen",
            &format!("127.0.0.1:{}", self.port),
            "--address-rate",
            "1000000",
            "--account-rate",
            "1000000",
            "--log",
            "info,access=warn",
        ];
        words.map(str::to_owned).to_vec()
    }

    /// Nothing differs from the events.
    pub fn audit(&self) {
        let audit = Database::open(&self.location).unwrap().audit().unwrap();
        assert_eq!(audit.differences, []);
    }

    pub fn number(&self, query: &str) -> i64 {
        sql::number(&self.location, query)
    }
}

/// A running program.
pub struct Program {
    child: Child,
    pub base: String,
    log: PathBuf,
}

impl Program {
    fn launch(words: &[String], port: u16, log: &Path) -> Self {
        let to: File = OpenOptions::new().create(true).append(true).open(log).unwrap();
        let child = Command::new(&words[0])
            .args(&words[1..])
            .env_clear()
            .env("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
            .stdout(to.try_clone().unwrap())
            .stderr(to)
            .spawn()
            .unwrap();
        Self { child, base: format!("http://127.0.0.1:{port}"), log: log.to_owned() }
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still is the process that was started.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub fn ready(&mut self) {
        for _ in 0..LOOKS {
            if ureq::get(format!("{}/readyz", self.base)).call().is_ok() {
                return;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("{status}: {}", self.log());
            }
            thread::sleep(LOOK_EVERY);
        }
        panic!("not ready: {}", self.log());
    }

    /// What it has logged, in all its lives.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// SIGKILL: it cannot answer, flush or clean up.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM.
    pub fn terminate(&self) {
        let kill = format!("kill -TERM {}", self.child.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// How it ended, if it does within its 20 seconds.
    pub fn ended(&mut self) -> ExitStatus {
        for _ in 0..STOP_LOOKS {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            thread::sleep(LOOK_EVERY);
        }
        panic!("it does not end: {}", self.log());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
