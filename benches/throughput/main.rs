//! Throughput on both databases, next to the raw database in the same run: `make bench`.
//! No tests: what it prints goes to docs/performance.md.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::float_arithmetic,
    clippy::cast_precision_loss,
    reason = "a benchmark may stop, measures in floats, and prints what it measured"
)]

mod baseline;
mod contest;
mod machine;
mod naive;
mod program;
/// What `rows` and `schema` take from the library.
mod domain {
    pub use pass_numerique::domain::usage;
}
#[path = "../../src/store/rows.rs"]
mod rows;
#[path = "../../src/store/schema.rs"]
mod schema;
mod sections;
mod seed;
mod service;
mod sheets;
mod town;

use std::{path::PathBuf, time::Duration};

/// As in the program's `main.rs`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How much is measured.
pub struct Plan {
    pub rounds: usize,
    pub time: Duration,
    /// Vouchers of the small towns.
    pub vouchers: usize,
    /// Vouchers of the grown town.
    pub grown: usize,
    /// Only sections whose name begins so.
    pub only: Option<String>,
    pub folder: PathBuf,
    /// Where PostgreSQL is, if it is there.
    pub server: Option<String>,
}

impl Plan {
    fn of(arguments: &[String], folder: PathBuf) -> Self {
        let has = |name: &str| arguments.iter().any(|argument| argument == name);
        let only = arguments.iter().position(|argument| argument == "--only");
        let only = only.and_then(|at| arguments.get(at + 1).cloned());
        #[expect(clippy::disallowed_methods, reason = "the server is named by the environment")]
        let server = std::env::var("TEST_POSTGRES_URL").ok();
        let server = server.filter(|_| cfg!(feature = "postgres"));
        let plan = Self {
            rounds: 5,
            time: Duration::from_secs(2),
            vouchers: 40_000,
            grown: if has("--large") { 10_000_000 } else { 1_000_000 },
            only,
            folder,
            server,
        };
        if has("--quick") {
            let (vouchers, grown, time) = (5_000, 50_000, Duration::from_millis(200));
            return Self { rounds: 1, time, vouchers, grown, ..plan };
        }
        plan
    }

    /// The databases there are: SQLite, and PostgreSQL where it is given.
    pub fn servers(&self) -> Vec<(&'static str, Option<&str>)> {
        let postgres = self.server.as_deref().map(|server| ("PostgreSQL", Some(server)));
        [("SQLite", None)].into_iter().chain(postgres).collect()
    }

    fn wants(&self, section: &str) -> bool {
        self.only.as_ref().is_none_or(|only| section.starts_with(only.as_str()))
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    // On the disk of the build: a memory file system would have no fsync.
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let plan = Plan::of(&arguments, folder.path().to_owned());
    let fsync = machine::fsync_ms(&plan.folder, if plan.rounds == 1 { 50 } else { 500 });
    let cores = std::thread::available_parallelism().unwrap();
    println!("{cores} cores; an append of 4 KiB with fsync takes {fsync:.2} ms (median)");
    if plan.server.is_none() {
        println!("no TEST_POSTGRES_URL: left out: everything on PostgreSQL");
    }
    let sections = [
        ("engine", sections::engine as fn(&Plan)),
        ("writer", sections::writer),
        ("hot", sections::hot_funder),
        ("growth", sections::growth),
        ("report", sections::report),
        ("statement", sections::statement),
        ("issuing", service::issuing),
        ("sheets", sheets::sheets),
        ("http", service::http),
    ];
    for (name, section) in sections {
        if plan.wants(name) {
            section(&plan);
        }
    }
}
