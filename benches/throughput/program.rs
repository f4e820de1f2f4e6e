//! The program itself on a grown database: how soon it answers, what it holds when nobody asks.
//! No load: the other sections have that.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use pass_numerique::{store::Location, sys::secrets};

use crate::machine::{median, now};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pass-numerique");
const LOOK_EVERY: Duration = Duration::from_millis(2);
/// What is held right after the start need not be held for long.
const IDLE: Duration = Duration::from_secs(3);

/// Ends with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Starts the program some times, and prints medians.
pub fn start(location: &Location, folder: &Path, times: usize) {
    let keys = tempfile::tempdir_in(folder).unwrap();
    secrets::keygen(keys.path(), None).unwrap();
    let url = match location {
        Location::Sqlite(path) => format!("sqlite:{}", path.display()),
        Location::Postgres(url) => url.clone(),
    };
    let (mut ready_ms, mut memory_mb) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let begin = now();
        let child = Command::new(PROGRAM)
            .args(["serve", "--second-factor", "offered", "--database", &url])
            .args(["--keys", keys.path().to_str().unwrap(), "--listen", &free.to_string()])
            .stdout(Stdio::null())
            // Why it ended, if it does.
            .env("RUST_LOG", "error")
            .spawn();
        let mut running = Running(child.unwrap());
        while !is_ready(free) {
            assert!(running.0.try_wait().unwrap().is_none(), "the program ended");
            thread::sleep(LOOK_EVERY);
        }
        ready_ms.push(begin.elapsed().as_secs_f64() * 1e3);
        thread::sleep(IDLE);
        let status = fs::read_to_string(format!("/proc/{}/status", running.0.id())).unwrap();
        let held = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        memory_mb.push(held.trim().trim_end_matches(" kB").parse::<f64>().unwrap() / 1024.0);
    }
    let size_mb = fs::metadata(PROGRAM).unwrap().len() as f64 / 1024.0 / 1024.0;
    let (ready_ms, memory_mb) = (median(&ready_ms), median(&memory_mb));
    println!(
        "\nThe program on it: ready after {ready_ms:.0} ms; idle, it holds {memory_mb:.0} MB; \
         its file has {size_mb:.0} MB."
    );
}

fn is_ready(address: SocketAddr) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.contains(" 200 ")
}
