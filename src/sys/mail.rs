//! E-mail by SMTP (RFC 5321), over TLS unless the server is this machine.
//! No texts and no tries: `app/outbox.rs` has them. No error holds an address or a server's words.

use std::time::Duration;

use lettre::{
    Address, Message, SmtpTransport, Transport as _,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::Credentials,
        client::{Tls, TlsParameters},
        extension::ClientId,
    },
};

use crate::domain::message::Trouble;

/// For each step of the exchange; several stay within a try's lease.
const TIMEOUT_S: u64 = 20;
const SUBMISSIONS: u16 = 465;
const SUBMISSION: u16 = 587;
const RELAY: u16 = 25;
/// The longest address (RFC 5321, 4.5.3.1.3).
const LONGEST_ADDRESS: usize = 254;

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// What the operator set.
#[derive(Clone, Default)]
pub struct MailSettings {
    /// `smtps://[USER@]HOST[:PORT]`, or `smtp://` for STARTTLS.
    pub url: String,
    pub password: Option<String>,
    /// Who sends: `Name <address>`.
    pub from: String,
    pub reply_to: Option<String>,
}

/// What is wrong with the settings, in one sentence without a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadMailSettings {
    #[error("smtp-url: expected smtps://[USER@]HOST[:PORT], or smtp:// for STARTTLS")]
    Url,
    #[error("smtp-url: give the password by smtp-password-file, never in the URL")]
    PasswordInUrl,
    #[error("smtp-password-file: smtp-url names no user to log in as")]
    NoUser,
    #[error("smtp-url names a user: give their password by smtp-password-file")]
    NoPassword,
    #[error("{0}: expected an address, or Name <address>")]
    Sender(&'static str),
    #[error("TLS cannot be set up: are the system's root certificates there?")]
    Tls,
}

/// An e-mail ready to be sent.
pub struct Email {
    pub subject: String,
    pub text: String,
    pub html: String,
    /// A PDF with its file's name.
    pub pdf: Option<(String, Vec<u8>)>,
}

/// Sends e-mail by one server.
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
    reply_to: Option<Mailbox>,
    /// After the `@` of message ids.
    domain: String,
}

/// The parts of a server's URL.
#[derive(Debug, PartialEq, Eq)]
struct Server {
    wrapped: bool,
    user: Option<String>,
    host: String,
    port: Option<u16>,
}

fn server(url: &str) -> Result<Server, BadMailSettings> {
    let (scheme, rest) = url.split_once("://").ok_or(BadMailSettings::Url)?;
    let wrapped = match scheme {
        "smtps" => true,
        "smtp" => false,
        _ => return Err(BadMailSettings::Url),
    };
    // A user may be an address itself.
    let (user, place) = match rest.trim_end_matches('/').rsplit_once('@') {
        Some((user, place)) => (Some(user.to_owned()), place),
        None => (None, rest.trim_end_matches('/')),
    };
    if user.as_ref().is_some_and(|user| user.contains(':')) {
        return Err(BadMailSettings::PasswordInUrl);
    }
    let (host, port) = match place.rsplit_once(':') {
        Some((host, port)) => (host, Some(port.parse().map_err(|_| BadMailSettings::Url)?)),
        None => (place, None),
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    if host.is_empty() || !host.chars().all(plain) || user.as_ref().is_some_and(String::is_empty) {
        return Err(BadMailSettings::Url);
    }
    Ok(Server { wrapped, user, host: host.to_owned(), port })
}

/// This machine itself, where nobody listens in between.
fn is_here(host: &str) -> bool {
    host == "localhost"
        || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// An address as it is kept, if it is one (RFC 5321).
#[must_use]
pub fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let address: Address = text.parse().ok()?;
    // No machine name without a dot, no address literal: nobody reads mail there.
    let named = address.domain().contains('.') && !address.domain().starts_with('[');
    (named && text.len() <= LONGEST_ADDRESS).then(|| text.to_owned())
}

impl Mailer {
    /// # Errors
    /// What is wrong with the settings; the server is not asked.
    pub fn new(settings: &MailSettings, domain: &str) -> Result<Self, BadMailSettings> {
        let server = server(&settings.url)?;
        let mailbox = |text: &str, name| {
            let mailbox: Mailbox = text.parse().map_err(|_| BadMailSettings::Sender(name))?;
            address(mailbox.email.as_ref()).ok_or(BadMailSettings::Sender(name))?;
            Ok(mailbox)
        };
        let from = mailbox(&settings.from, "mail-from")?;
        let reply_to = settings.reply_to.as_deref();
        let reply_to = reply_to.map(|text| mailbox(text, "mail-reply-to")).transpose()?;
        let tls = || TlsParameters::new(server.host.clone()).map_err(|_| BadMailSettings::Tls);
        let here = is_here(&server.host);
        let (tls, port) = match (server.wrapped, here) {
            (true, _) => (Tls::Wrapper(tls()?), SUBMISSIONS),
            (false, false) => (Tls::Required(tls()?), SUBMISSION),
            (false, true) => (Tls::None, RELAY),
        };
        let domain = domain.split(':').next().unwrap_or_default().to_owned();
        let mut transport = SmtpTransport::builder_dangerous(&server.host)
            .port(server.port.unwrap_or(port))
            .tls(tls)
            .hello_name(ClientId::Domain(domain.clone()))
            .timeout(Some(Duration::from_secs(TIMEOUT_S)));
        transport = match (server.user, settings.password.clone()) {
            (Some(user), Some(password)) => transport.credentials(Credentials::new(user, password)),
            (None, None) => transport,
            (None, Some(_)) => return Err(BadMailSettings::NoUser),
            (Some(_), None) => return Err(BadMailSettings::NoPassword),
        };
        Ok(Self { transport: transport.build(), from, reply_to, domain })
    }

    /// Sends to one address; returns when the server has taken it. `id` is the same at each try,
    /// so that whoever gets two sees one.
    ///
    /// # Errors
    /// What went wrong, by a code.
    pub fn send(&self, to: &str, id: &str, email: Email) -> Result<(), Trouble> {
        let to: Address = to.parse().map_err(|_| Trouble::RecipientRefused)?;
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(email.subject)
            .message_id(Some(format!("<{id}@{}>", self.domain)))
            // RFC 3834: no answering machine answers.
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()));
        if let Some(reply_to) = &self.reply_to {
            message = message.reply_to(reply_to.clone());
        }
        let mut parts = MultiPart::mixed().multipart(
            MultiPart::alternative()
                .singlepart(SinglePart::plain(email.text))
                .singlepart(SinglePart::html(email.html)),
        );
        if let Some((name, bytes)) = email.pdf {
            let kind = ContentType::parse("application/pdf").map_err(|_| Trouble::Fault)?;
            parts = parts.singlepart(Attachment::new(name).body(bytes, kind));
        }
        let message = message.multipart(parts).map_err(|_| Trouble::Fault)?;
        self.transport.send(&message).map(|_| ()).map_err(|cause| trouble(&cause))
    }
}

/// Codes of a log-in that was refused (RFC 4954, 6): the settings' fault, not the message's.
const LOGIN: [u16; 5] = [432, 454, 530, 534, 535];

fn trouble(cause: &lettre::transport::smtp::Error) -> Trouble {
    match cause.status().map(u16::from) {
        Some(code) if LOGIN.contains(&code) => Trouble::LoginRefused,
        Some(500..) => Trouble::RecipientRefused,
        Some(_) => Trouble::ServerBusy,
        None => Trouble::Unreachable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(url: &str, password: Option<&str>, from: &str) -> Option<BadMailSettings> {
        let settings = MailSettings {
            url: url.to_owned(),
            password: password.map(ToOwned::to_owned),
            from: from.to_owned(),
            reply_to: None,
        };
        Mailer::new(&settings, "pass.example").err()
    }

    #[test]
    fn settings_are_refused_with_their_name_and_no_secret() {
        use BadMailSettings::{NoPassword, NoUser, PasswordInUrl, Sender, Url};
        let from = "Pass <pass@example.fr>";
        assert_eq!(wrong("smtp://127.0.0.1:2525", None, from), None);
        assert_eq!(wrong("http://example.fr", None, from), Some(Url));
        assert_eq!(wrong("smtps://", None, from), Some(Url));
        assert_eq!(wrong("smtps://example.fr:port", None, from), Some(Url));
        assert_eq!(wrong("smtps://a:secret@example.fr", None, from), Some(PasswordInUrl));
        assert_eq!(wrong("smtps://a@b.fr@example.fr", None, from), Some(NoPassword));
        assert_eq!(wrong("smtp://127.0.0.1", Some("x"), from), Some(NoUser));
        assert_eq!(wrong("smtp://127.0.0.1", None, "nobody"), Some(Sender("mail-from")));
    }

    #[test]
    fn a_server_elsewhere_is_never_spoken_to_in_the_clear() {
        let parts = server("smtp://user@b.fr@mail.example.fr").unwrap();
        assert_eq!(parts.user.as_deref(), Some("user@b.fr"));
        assert!(!is_here(&parts.host));
        assert!(is_here("127.0.0.1") && is_here("localhost") && !is_here("10.0.0.1"));
    }

    #[test]
    fn addresses_are_those_that_mail_can_reach() {
        assert_eq!(address(" a.b+c@example.fr ").as_deref(), Some("a.b+c@example.fr"));
        for text in ["", "a", "a@b", "a@[127.0.0.1]", "a b@example.fr", "a@example.fr\r\nBcc: b"] {
            assert_eq!(address(text), None, "{text}");
        }
        assert_eq!(address(&format!("{}@example.fr", "a".repeat(250))), None);
    }
}
