//! A gateway for short messages on this machine: it keeps what it gets and answers as told.
//! No assertions.

use std::{
    io::{BufRead, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use pass_numerique::sys::gateway::{Gateway, GatewaySettings, Here};
use serde_json::Value;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub head: String,
    pub body: Value,
}

#[derive(Default)]
struct Kept {
    asked: Vec<Asked>,
    next: Vec<&'static str>,
}

/// The gateway; it ends with the test's process.
#[derive(Clone)]
pub struct Gate {
    port: u16,
    kept: Arc<Mutex<Kept>>,
}

impl Gate {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let shared = Arc::clone(&kept);
        thread::spawn(move || {
            for stream in listener.incoming() {
                drop(answer(stream.unwrap(), &shared));
            }
        });
        Self { port, kept }
    }

    pub fn gateway(&self) -> Gateway {
        let url = format!("http://127.0.0.1:{}/send", self.port);
        let settings = GatewaySettings { url, token: Some("gate-token".to_owned()) };
        Gateway::new(&settings, Here::Allowed).unwrap()
    }

    /// The status lines of the next answers, the last one first; then 202.
    pub fn then(&self, next: &[&'static str]) {
        self.kept.lock().unwrap().next.extend(next);
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.kept.lock().unwrap().asked.clone()
    }
}

fn answer(stream: TcpStream, kept: &Mutex<Kept>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut kept = kept.lock().unwrap();
    kept.asked.push(Asked { head, body: serde_json::from_slice(&body).unwrap_or_default() });
    let status = kept.next.pop().unwrap_or("202 Accepted");
    let text = format!(
        "HTTP/1.1 {status}\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\
         Connection: close\r\n\r\n"
    );
    (&stream).write_all(text.as_bytes())
}
