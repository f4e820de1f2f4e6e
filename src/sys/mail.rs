//! E-mail by SMTP (RFC 5321), over TLS unless the server is this machine.
//! No texts and no tries: `app/outbox.rs` has them. No error holds an address or a server's words.

use std::time::Duration;

use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{Certificate, CertificateStore, SmtpConnection, Tls, TlsParameters},
        commands::{Data, Mail, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

use super::{
    here::is_here,
    mail_trouble::{Step, trouble},
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
    /// In PEM: the certificates that the server's must come from, instead of the system's roots.
    pub authorities: Option<Vec<u8>>,
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
    #[error("smtp-ca-file: expected certificates in PEM")]
    Authorities,
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
    host: String,
    port: u16,
    tls: Tls,
    credentials: Option<Credentials>,
    hello: ClientId,
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
        let tls = || tls(&server.host, settings.authorities.as_deref());
        // Who names authorities wants TLS on this machine too.
        let clear = is_here(&server.host) && settings.authorities.is_none();
        let (tls, port) = match (server.wrapped, clear) {
            (true, _) => (Tls::Wrapper(tls()?), SUBMISSIONS),
            (false, false) => (Tls::Required(tls()?), SUBMISSION),
            (false, true) => (Tls::None, RELAY),
        };
        let credentials = match (server.user, settings.password.clone()) {
            (Some(user), Some(password)) => Some(Credentials::new(user, password)),
            (None, None) => None,
            (None, Some(_)) => return Err(BadMailSettings::NoUser),
            (Some(_), None) => return Err(BadMailSettings::NoPassword),
        };
        let domain = domain.split(':').next().unwrap_or_default().to_owned();
        let hello = ClientId::Domain(domain.clone());
        let (host, port) = (server.host, server.port.unwrap_or(port));
        Ok(Self { host, port, tls, credentials, hello, from, reply_to, domain })
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
            .to(Mailbox::new(None, to.clone()))
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
        let mut connection = self.open()?;
        let handed = hand_over(&mut connection, &self.from.email, &to, &message.formatted());
        connection.abort();
        handed
    }

    /// A connection on which messages are taken: encrypted, and logged in.
    fn open(&self) -> Result<SmtpConnection, Trouble> {
        let failed = |step| move |cause| trouble(step, &cause);
        let place = (self.host.as_str(), self.port);
        let timeout = Some(Duration::from_secs(TIMEOUT_S));
        let wrapper = match &self.tls {
            Tls::Wrapper(tls) => Some(tls),
            _ => None,
        };
        let mut connection = SmtpConnection::connect(place, timeout, &self.hello, wrapper, None)
            .map_err(failed(Step::Opening))?;
        if let Tls::Required(tls) = &self.tls {
            // Without it there may be somebody in between who took it away.
            if !connection.can_starttls() {
                connection.abort();
                return Err(Trouble::TlsFailed);
            }
            connection.starttls(tls, &self.hello).map_err(failed(Step::Opening))?;
        }
        if let Some(credentials) = &self.credentials
            && let Err(cause) = connection.auth(DEFAULT_MECHANISMS, credentials)
        {
            connection.abort();
            return Err(trouble(Step::LogIn, &cause));
        }
        Ok(connection)
    }
}

/// One message for one recipient, step by step: what an answer means depends on what was asked.
fn hand_over(
    connection: &mut SmtpConnection,
    from: &Address,
    to: &Address,
    message: &[u8],
) -> Result<(), Trouble> {
    let failed = |step| move |cause| trouble(step, &cause);
    // RFC 6531: an address beyond ASCII needs a server that knows such.
    let addresses: [&str; 2] = [from.as_ref(), to.as_ref()];
    let international = !addresses.iter().all(|address| address.is_ascii());
    if international && !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
        return Err(Trouble::RecipientRefused);
    }
    let mut options = Vec::new();
    if international {
        options.push(MailParameter::SmtpUtfEight);
        options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let sender = Mail::new(Some(from.clone()), options);
    connection.command(sender).map_err(failed(Step::Sender))?;
    let recipient = Rcpt::new(to.clone(), Vec::new());
    connection.command(recipient).map_err(failed(Step::Recipient))?;
    connection.command(Data).map_err(failed(Step::Message))?;
    connection.message(message).map_err(failed(Step::Message))?;
    Ok(())
}

/// The system's root certificates; or `authorities` alone, so that nobody else can vouch for a
/// relay of one's own.
fn tls(host: &str, authorities: Option<&[u8]>) -> Result<TlsParameters, BadMailSettings> {
    let mut tls = TlsParameters::builder(host.to_owned());
    if let Some(pem) = authorities {
        let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let certificates = certificates.map_err(|_| BadMailSettings::Authorities)?;
        if certificates.is_empty() {
            return Err(BadMailSettings::Authorities);
        }
        tls = tls.certificate_store(CertificateStore::None);
        for certificate in certificates {
            let certificate = Certificate::from_der(certificate.to_vec());
            tls = tls.add_root_certificate(certificate.map_err(|_| BadMailSettings::Authorities)?);
        }
        return tls.build().map_err(|_| BadMailSettings::Authorities);
    }
    tls.build().map_err(|_| BadMailSettings::Tls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(url: &str, password: Option<&str>, from: &str) -> Option<BadMailSettings> {
        let settings = MailSettings {
            url: url.to_owned(),
            password: password.map(ToOwned::to_owned),
            authorities: None,
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
    fn authorities_are_certificates() {
        let with = |pem: &str| MailSettings {
            url: "smtps://mail.example.fr".to_owned(),
            authorities: Some(pem.as_bytes().to_vec()),
            from: "pass@example.fr".to_owned(),
            ..MailSettings::default()
        };
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for wrong in ["", "a password", broken] {
            let found = Mailer::new(&with(wrong), "pass.example").err();
            assert_eq!(found, Some(BadMailSettings::Authorities), "{wrong}");
        }
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
