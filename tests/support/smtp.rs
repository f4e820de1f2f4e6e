//! A mail server on this machine (RFC 5321), which answers as a test wants, and reads what it got.
//! It may demand TLS and a log-in. No assertions.

use std::{
    collections::VecDeque,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use pass_numerique::sys::mail::{MailSettings, Mailer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::authority::Authority;

/// Who may hand in messages at a server that asks.
pub const USER: &str = "pass@relay.example";
pub const SECRET: &str = "a relay's password";

/// What the server does at the end of a message, or before.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// This line instead of a greeting.
    AtOpening(&'static str),
    /// No greeting, until the server is told to go on.
    Silence,
    /// This line instead of taking the sender.
    AtSender(&'static str),
    /// This line instead of taking the recipient.
    AtRecipient(&'static str),
    /// This line instead of taking the message.
    AtEnd(&'static str),
    /// The line goes dead after the message.
    Drop,
}

/// What the server demands of who comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demands {
    Nothing,
    /// STARTTLS, and a log-in within.
    StartTls,
    /// TLS from the first byte, and a log-in within.
    Tls,
}

/// A message as it arrived.
#[derive(Clone, Debug)]
pub struct Arrived {
    pub from: String,
    pub to: String,
    pub data: String,
}

#[derive(Default)]
struct Kept {
    arrived: Vec<Arrived>,
    next: VecDeque<Then>,
    log_ins: usize,
    goes_on: bool,
}

/// The server; it ends with the test's process.
#[derive(Clone)]
pub struct Smtp {
    port: u16,
    demands: Demands,
    kept: Arc<Mutex<Kept>>,
    authority: Option<Arc<Authority>>,
}

impl Smtp {
    pub fn start() -> Self {
        Self::demanding(Demands::Nothing)
    }

    pub fn demanding(demands: Demands) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let guarded = demands != Demands::Nothing;
        let authority = guarded.then(|| Arc::new(Authority::new("127.0.0.1")));
        let server = Self { port, demands, kept: Arc::default(), authority };
        let shared = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = shared.clone();
                // A client that goes away ends its exchange, not the server.
                thread::spawn(move || drop(shared.serve(stream.unwrap())));
            }
        });
        server
    }

    /// Settings that this server asks for.
    pub fn settings(&self) -> MailSettings {
        let scheme = if self.demands == Demands::Tls { "smtps" } else { "smtp" };
        let (user, password) = match self.demands {
            Demands::Nothing => (String::new(), None),
            _ => (format!("{USER}@"), Some(SECRET.to_owned())),
        };
        MailSettings {
            url: format!("{scheme}://{user}127.0.0.1:{}", self.port),
            password,
            authorities: self.authority.as_ref().map(|authority| authority.pem.clone()),
            from: "Pass numérique <pass@pass.example>".to_owned(),
            reply_to: Some("aide@pass.example".to_owned()),
        }
    }

    pub fn mailer(&self) -> Mailer {
        Mailer::new(&self.settings(), "pass.example").unwrap()
    }

    /// What happens to the next messages, in their order.
    pub fn then(&self, next: &[Then]) {
        self.kept.lock().unwrap().next.extend(next);
    }

    /// Ends every silence.
    pub fn go_on(&self) {
        self.kept.lock().unwrap().goes_on = true;
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.kept.lock().unwrap().arrived.clone()
    }

    /// How often somebody sent a password.
    pub fn log_ins(&self) -> usize {
        self.kept.lock().unwrap().log_ins
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let secure = self.demands == Demands::Tls;
        let wire: Box<dyn Wire> = if secure { self.encrypted(stream) } else { Box::new(stream) };
        let wire = BufReader::new(wire);
        let (from, to) = (String::new(), String::new());
        Exchange { server: self, wire, secure, known: false, from, to }.run()
    }

    fn encrypted(&self, wire: impl Read + Write + 'static) -> Box<dyn Wire> {
        let config: Arc<ServerConfig> = Arc::clone(&self.authority.as_ref().unwrap().server);
        Box::new(StreamOwned::new(ServerConnection::new(config).unwrap(), wire))
    }
}

/// The line to a client, in the clear or not.
trait Wire: Read + Write {}

impl<T: Read + Write> Wire for T {}

/// One client's visit.
struct Exchange<'a> {
    server: &'a Smtp,
    wire: BufReader<Box<dyn Wire>>,
    secure: bool,
    known: bool,
    from: String,
    to: String,
}

impl Exchange<'_> {
    fn run(mut self) -> io::Result<()> {
        match self.next(|then| matches!(then, Then::AtOpening(_) | Then::Silence)) {
            Some(Then::AtOpening(line)) => return self.say(line),
            Some(_) => {
                while !self.server.kept.lock().unwrap().goes_on {
                    thread::sleep(Duration::from_millis(10));
                }
            }
            None => {}
        }
        self.say("220 test ESMTP")?;
        loop {
            let mut line = String::new();
            if self.wire.read_line(&mut line)? == 0 {
                return Ok(());
            }
            let answer = match line.split([' ', '\r']).next().unwrap().to_uppercase().as_str() {
                "EHLO" => self.hello(),
                "STARTTLS" if !self.secure && self.server.demands == Demands::StartTls => {
                    self.say("220 go on")?;
                    self.encrypt();
                    continue;
                }
                "AUTH" => self.log_in(&line),
                "MAIL" => self.sender(&line),
                "RCPT" => self.recipient(&line),
                "DATA" => match self.message()? {
                    Some(answer) => answer,
                    None => return Ok(()),
                },
                "QUIT" => return self.say("221 bye"),
                "RSET" | "NOOP" => "250 ok",
                _ => "500 what?",
            };
            self.say(answer)?;
        }
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        let wire = self.wire.get_mut();
        wire.write_all(format!("{line}\r\n").as_bytes())?;
        wire.flush()
    }

    /// What the test wants now, if it is of a kind.
    fn next(&self, kind: impl Fn(Then) -> bool) -> Option<Then> {
        self.server.kept.lock().unwrap().next.pop_front_if(|then| kind(*then))
    }

    fn hello(&self) -> &'static str {
        match (self.server.demands, self.secure) {
            (Demands::Nothing, _) => "250-test\r\n250 8BITMIME",
            (_, false) => "250-test\r\n250-8BITMIME\r\n250 STARTTLS",
            (_, true) => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
        }
    }

    fn encrypt(&mut self) {
        let nobody: Box<dyn Wire> = Box::new(io::Cursor::new(Vec::new()));
        let clear = std::mem::replace(&mut self.wire, BufReader::new(nobody)).into_inner();
        self.wire = BufReader::new(self.server.encrypted(clear));
        self.secure = true;
    }

    /// AUTH PLAIN (RFC 4616).
    fn log_in(&mut self, line: &str) -> &'static str {
        self.server.kept.lock().unwrap().log_ins += 1;
        if !self.secure {
            return "538 5.7.11 encryption required";
        }
        let given = line.trim_end().strip_prefix("AUTH PLAIN ").unwrap_or_default();
        let right = format!("\0{USER}\0{SECRET}");
        self.known = given == data_encoding::BASE64.encode(right.as_bytes());
        if self.known { "235 2.7.0 welcome" } else { "535 5.7.8 who are you?" }
    }

    fn sender(&mut self, line: &str) -> &'static str {
        if self.server.demands != Demands::Nothing && !(self.secure && self.known) {
            return "530 5.7.0 log in first";
        }
        if let Some(Then::AtSender(line)) = self.next(|then| matches!(then, Then::AtSender(_))) {
            return line;
        }
        self.from = between(line);
        "250 ok"
    }

    fn recipient(&mut self, line: &str) -> &'static str {
        self.to = between(line);
        match self.next(|then| matches!(then, Then::AtRecipient(_))) {
            Some(Then::AtRecipient(line)) => line,
            _ => "250 ok",
        }
    }

    /// `None` for a line that goes dead.
    fn message(&mut self) -> io::Result<Option<&'static str>> {
        self.say("354 go on")?;
        let data = text(&mut self.wire)?;
        let mut kept = self.server.kept.lock().unwrap();
        Ok(match kept.next.pop_front() {
            Some(Then::AtEnd(line)) => Some(line),
            Some(_) => None,
            None => {
                let (from, to) = (self.from.clone(), self.to.clone());
                kept.arrived.push(Arrived { from, to, data });
                Some("250 taken")
            }
        })
    }
}

fn between(line: &str) -> String {
    line.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}

fn text(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut data = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == ".\r\n" {
            return Ok(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

impl Arrived {
    /// The parts of the message by their type, decoded.
    pub fn parts(&self) -> Vec<(String, Vec<u8>)> {
        parts(&self.data)
    }

    /// The first part of a type, as text.
    pub fn part(&self, kind: &str) -> String {
        let found = self.parts().into_iter().find(|(name, _)| name == kind).unwrap().1;
        String::from_utf8(found).unwrap()
    }

    /// The last part of the first link of a kind, such as `/password/`.
    pub fn link(&self, path: &str) -> String {
        let text = self.part("text/plain");
        let rest = text.split(path).nth(1).unwrap_or_else(|| panic!("no {path}: {text}"));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

/// The parts of a MIME text (RFC 2045, 2046), depth first.
fn parts(text: &str) -> Vec<(String, Vec<u8>)> {
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let head = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.map(|line| line.split_once(':').unwrap().1.trim().to_owned()).unwrap_or_default()
    };
    let kind = header("content-type");
    if let Some(boundary) = kind.split("boundary=\"").nth(1) {
        let boundary = format!("--{}", boundary.split('"').next().unwrap());
        let inner = body.split(boundary.as_str()).skip(1).filter(|part| !part.starts_with("--"));
        return inner.flat_map(|part| parts(part.trim_start_matches("\r\n"))).collect();
    }
    let bytes = match header("content-transfer-encoding").to_lowercase().as_str() {
        "base64" => {
            let bare: String = body.split_whitespace().collect();
            data_encoding::BASE64.decode(bare.as_bytes()).unwrap()
        }
        "quoted-printable" => quoted(body),
        _ => body.as_bytes().to_vec(),
    };
    vec![(kind.split(';').next().unwrap().to_owned(), bytes)]
}

fn quoted(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let [first, tail @ ..] = rest {
        if *first == b'=' {
            let code = std::str::from_utf8(&tail[..2]).unwrap();
            bytes.push(u8::from_str_radix(code, 16).unwrap());
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    bytes
}
