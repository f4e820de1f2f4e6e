//! PostgreSQL goes away under load: connections ended, the server killed and started again.
//! No kills of the program: it has to live through this.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use pass_numerique::app::view::Location;

use super::{
    clients::{Dice, History},
    kill::{agrees, desk},
    program::Site,
};
use crate::support::{fresh_postgres, sql::Beside};

const END_ALL: &str = "SELECT COUNT(*) FROM (SELECT pg_terminate_backend(pid) \
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) ended";

#[test]
fn connections_ended_by_the_server_are_made_anew_and_nothing_is_lost() {
    let Some(location) = fresh_postgres() else { return };
    let mut dice = Dice::cast();
    println!("lost: FAULT_SEED={}", dice.0);
    let site = Site::found(location, tempfile::tempdir().unwrap());
    let mut program = site.start();
    let desk = desk(&site, &program);
    let mut history = History::default();
    let ended = history.load(&desk, 8, &mut dice, || {
        let mut beside = Beside::open(&site.location).unwrap();
        let mut end = || {
            thread::sleep(Duration::from_millis(100));
            beside.number(END_ALL)
        };
        (0..15).map(|_| end()).sum::<i64>()
    });
    assert!(ended >= 15, "{ended}");
    assert!(program.lives(), "{}", program.log());
    assert!(history.later > 0, "no request was under way");
    println!(
        "lost: {ended} ended, {} answered, {} told to wait",
        history.done.len(),
        history.later
    );
    history.settle(&desk);
    history.same_again(&desk, 0);
    agrees(&site, &history);
}

/// A server of the test's own, since others use the one of `TEST_POSTGRES_URL`.
struct Server {
    script: Child,
    location: Location,
}

impl Server {
    fn start() -> Option<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/with-postgres.sh");
        let script = Command::new("bash")
            .arg(script)
            .args(["sh", "-c", "echo \"$TEST_POSTGRES_URL\"; exec cat >/dev/null"])
            .env_remove("TEST_POSTGRES_URL")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut server = Self { script, location: Location::Postgres(String::new()) };
        let mut url = String::new();
        BufReader::new(server.script.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
        server.location = url.trim().parse().ok()?;
        Beside::open(&server.location).unwrap().execute("CREATE DATABASE pass").unwrap();
        let (host, _) = url.trim().rsplit_once('/').unwrap();
        server.location = format!("{host}/pass").parse().unwrap();
        Some(server)
    }

    /// Kills every process of the server, and starts it again: it recovers from its log.
    fn restart(&self, data: &str, bin: &str) {
        let control = format!("cd / && '{bin}/pg_ctl' -D '{data}' -w -m immediate restart");
        let mut command = Command::new("sh");
        let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        if root {
            command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "sh"]);
        }
        let done = command.args(["-c", &control]).stdin(Stdio::null()).stdout(Stdio::null());
        assert!(done.status().unwrap().success(), "{control}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The script ends with its input, and takes the server down.
        drop(self.script.stdin.take());
        drop(self.script.wait());
    }
}

#[test]
fn the_server_killed_and_started_again_is_found_again_and_nothing_is_lost() {
    if fresh_postgres().is_none() {
        return;
    }
    let Some(server) = Server::start() else { return };
    let mut dice = Dice::cast();
    println!("restart: FAULT_SEED={}", dice.0);
    let ask = |query: &str| {
        let mut beside = Beside::open(&server.location).unwrap();
        beside.texts(query).concat()
    };
    let data = ask("SELECT setting AS text FROM pg_settings WHERE name = 'data_directory'");
    let options = std::fs::read_to_string(format!("{data}/postmaster.opts")).unwrap();
    let bin = Path::new(options.split(' ').next().unwrap()).parent().unwrap().to_str().unwrap();
    let site = Site::found(server.location.clone(), tempfile::tempdir().unwrap());
    let mut program = site.start();
    let desk = desk(&site, &program);
    let mut history = History::default();
    for _ in 0..3 {
        let before = history.unanswered.len() + history.later;
        let life = Duration::from_millis(100 + dice.below(300));
        history.load(&desk, 8, &mut dice, || {
            thread::sleep(life);
            server.restart(&data, bin);
            thread::sleep(Duration::from_millis(200));
        });
        assert!(program.lives(), "{}", program.log());
        assert!(history.unanswered.len() + history.later > before);
        history.settle(&desk);
        history.same_again(&desk, 0);
    }
    agrees(&site, &history);
    program.terminate();
    assert_eq!(program.ended().code(), Some(0));
}
