//! A mail server on this machine (RFC 5321), which answers as a test wants, and reads what it got.
//! No assertions.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use pass_numerique::sys::mail::{MailSettings, Mailer};

/// What the server does at the end of a message, or at its recipient.
#[derive(Clone, Copy, Debug)]
pub enum Then {
    /// This line instead of taking the recipient.
    AtRecipient(&'static str),
    /// This line instead of taking the message.
    AtEnd(&'static str),
    /// The line goes dead after the message.
    Drop,
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
}

/// The server; it ends with the test's process.
#[derive(Clone)]
pub struct Smtp {
    port: u16,
    kept: Arc<Mutex<Kept>>,
}

impl Smtp {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let kept = Arc::new(Mutex::new(Kept::default()));
        let shared = Arc::clone(&kept);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let shared = Arc::clone(&shared);
                // A client that goes away ends its exchange, not the server.
                thread::spawn(move || drop(exchange(stream.unwrap(), &shared)));
            }
        });
        Self { port, kept }
    }

    pub fn mailer(&self) -> Mailer {
        let settings = MailSettings {
            url: format!("smtp://127.0.0.1:{}", self.port),
            password: None,
            from: "Pass numérique <pass@pass.example>".to_owned(),
            reply_to: Some("aide@pass.example".to_owned()),
        };
        Mailer::new(&settings, "pass.example").unwrap()
    }

    /// What happens to the next messages, in their order.
    pub fn then(&self, next: &[Then]) {
        self.kept.lock().unwrap().next.extend(next);
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.kept.lock().unwrap().arrived.clone()
    }
}

fn exchange(stream: TcpStream, kept: &Mutex<Kept>) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream;
    writer.write_all(b"220 test ESMTP\r\n")?;
    let (mut from, mut to) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer = match line.split([' ', '\r']).next().unwrap().to_uppercase().as_str() {
            "EHLO" => "250-test\r\n250 8BITMIME",
            "MAIL" => {
                from = between(&line);
                "250 ok"
            }
            "RCPT" => {
                to = between(&line);
                let mut kept = kept.lock().unwrap();
                match kept.next.front() {
                    Some(Then::AtRecipient(line)) => {
                        let line = *line;
                        kept.next.pop_front();
                        line
                    }
                    _ => "250 ok",
                }
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n")?;
                let data = text(&mut reader)?;
                let mut kept = kept.lock().unwrap();
                match kept.next.pop_front() {
                    Some(Then::AtEnd(line)) => line,
                    Some(_) => return Ok(()),
                    None => {
                        kept.arrived.push(Arrived { from: from.clone(), to: to.clone(), data });
                        "250 taken"
                    }
                }
            }
            "QUIT" => return writer.write_all(b"221 bye\r\n"),
            "RSET" | "NOOP" => "250 ok",
            _ => "500 what?",
        };
        writer.write_all(format!("{answer}\r\n").as_bytes())?;
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
