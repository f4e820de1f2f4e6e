//! Short messages by an HTTP gateway, whose address stands in the server's configuration alone.
//! Https only, no redirects, no private addresses; no error holds a number or a server's words.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::Arc,
    time::Duration,
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use ureq::{
    Agent,
    http::{Uri, uri::Scheme},
    tls::{Certificate, RootCerts, TlsConfig},
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::{DefaultConnector, NextTimeout},
    },
};

use crate::domain::message::Trouble;

const TIMEOUT_S: u64 = 30;
/// Filled in with the number and the text, where the address has them.
const TO: &str = "{to}";
const TEXT: &str = "{text}";

/// What the operator set.
#[derive(Clone, Default)]
pub struct GatewaySettings {
    /// `https://…`, perhaps with `{to}` and `{text}`.
    pub url: String,
    /// For `Authorization: Bearer`.
    pub token: Option<String>,
}

/// What is wrong with the settings, in one sentence without a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadGatewaySettings {
    #[error("sms-url: expected https://HOST/…, perhaps with {{to}} and {{text}} in it")]
    Url,
    #[error("sms-url: a gateway is no private address")]
    Private,
    #[error("sms-token-file: a token has no spaces and no control characters")]
    Token,
    #[error("the system has no root certificates: install them (Debian: ca-certificates)")]
    NoRoots,
}

/// Sends short messages.
pub struct Gateway {
    agent: Agent,
    url: String,
    token: Option<String>,
}

/// Whether a gateway on this machine is talked to, in the clear: for tests alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    Refused,
    Allowed,
}

impl Gateway {
    /// # Errors
    /// What is wrong with the settings; the gateway is not asked.
    pub fn new(settings: &GatewaySettings, here: Here) -> Result<Self, BadGatewaySettings> {
        let sample = filled(&settings.url, "+33600000000", "x");
        let uri: Uri = sample.parse().map_err(|_| BadGatewaySettings::Url)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(BadGatewaySettings::Url)?;
        // Only the path and the query are filled in.
        let placed = settings.url.split("://").nth(1).and_then(|rest| rest.split('/').next());
        if placed.is_none_or(|place| place.contains(['{', '@'])) {
            return Err(BadGatewaySettings::Url);
        }
        let secure = uri.scheme() == Some(&Scheme::HTTPS);
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let local = here == Here::Allowed && address.is_some_and(|address| address.is_loopback());
        let plain = local && uri.scheme() == Some(&Scheme::HTTP);
        if !(secure || plain) {
            return Err(BadGatewaySettings::Url);
        }
        if address.is_some_and(|address| !is_public(address)) && !local {
            return Err(BadGatewaySettings::Private);
        }
        let graphic =
            |token: &String| !token.is_empty() && token.bytes().all(|c| c.is_ascii_graphic());
        if settings.token.as_ref().is_some_and(|token| !graphic(token)) {
            return Err(BadGatewaySettings::Token);
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .https_only(secure)
            .timeout_global(Some(Duration::from_secs(TIMEOUT_S)))
            .tls_config(tls(secure)?)
            .build();
        let resolver = Public { system: DefaultResolver::default(), local };
        let agent = Agent::with_parts(config, DefaultConnector::default(), resolver);
        Ok(Self { agent, url: settings.url.clone(), token: settings.token.clone() })
    }

    /// Sends to one number; returns when the gateway has taken it.
    ///
    /// # Errors
    /// What went wrong, by a code.
    pub fn send(&self, to: &str, text: &str) -> Result<(), Trouble> {
        let mut request =
            self.agent.post(filled(&self.url, to, text)).header("Content-Type", "application/json");
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let body = serde_json::json!({ "to": to, "text": text }).to_string();
        let answer = request.send(body).map_err(|_| Trouble::Unreachable)?;
        match answer.status().as_u16() {
            200..=299 => Ok(()),
            401 | 403 => Err(Trouble::LoginRefused),
            400 | 404 | 410 | 422 => Err(Trouble::RecipientRefused),
            _ => Err(Trouble::ServerBusy),
        }
    }
}

fn filled(url: &str, to: &str, text: &str) -> String {
    let encoded = |value: &str| utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    url.replace(TO, &encoded(to)).replace(TEXT, &encoded(text))
}

/// The system has no root certificates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system has no root certificates: install them (Debian: ca-certificates)")]
pub struct NoRoots;

impl From<NoRoots> for BadGatewaySettings {
    fn from(_: NoRoots) -> Self {
        Self::NoRoots
    }
}

/// The system's root certificates, as for e-mail.
pub(super) fn tls(secure: bool) -> Result<TlsConfig, NoRoots> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = TlsConfig::builder().unversioned_rustls_crypto_provider(provider);
    if !secure {
        return Ok(config.build());
    }
    let roots = rustls_native_certs::load_native_certs().certs;
    if roots.is_empty() {
        return Err(NoRoots);
    }
    let roots: Vec<_> =
        roots.iter().map(|root| Certificate::from_der(root.as_ref()).to_owned()).collect();
    Ok(config.root_certs(RootCerts::new_with_certs(&roots)).build())
}

/// Names as the system knows them, without addresses inside: a name that points there is how a
/// configuration reaches what it should not.
#[derive(Debug)]
struct Public {
    system: DefaultResolver,
    local: bool,
}

impl Resolver for Public {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut open = self.empty();
        for address in &self.system.resolve(uri, config, timeout)? {
            let ip = address.ip();
            if is_public(ip) || (self.local && ip.is_loopback()) {
                open.push(*address);
            }
        }
        if open.is_empty() { Err(ureq::Error::HostNotFound) } else { Ok(open) }
    }
}

/// Whether an address is one of the public network (IANA's special-purpose registries).
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

const fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let shared = a == 100 && b & 0b1100_0000 == 64;
    let benchmark = a == 198 && (b == 18 || b == 19);
    let protocol = a == 192 && b == 0 && c == 0;
    !(a == 0
        || a >= 224
        || shared
        || benchmark
        || protocol
        || v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_documentation())
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    if let Some(v4) = v6.to_ipv4() {
        return is_public_v4(v4);
    }
    let [first, second, ..] = v6.segments();
    // Global unicast alone, without what embeds other addresses: 6to4, Teredo, documentation.
    (0x2000..0x4000).contains(&first)
        && first != 0x2002
        && !(first == 0x2001 && (second == 0 || second == 0xdb8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(url: &str, here: Here) -> Option<BadGatewaySettings> {
        let settings = GatewaySettings { url: url.to_owned(), token: None };
        Gateway::new(&settings, here).err()
    }

    #[test]
    fn a_gateway_is_https_and_no_private_address() {
        use BadGatewaySettings::{Private, Url};
        let refused = |url: &str| wrong(url, Here::Refused);
        assert_eq!(refused("http://sms.example.fr/send"), Some(Url));
        assert_eq!(refused("http://127.0.0.1:9/send"), Some(Url));
        assert_eq!(refused("ftp://sms.example.fr"), Some(Url));
        assert_eq!(refused("https://{to}.example.fr/"), Some(Url));
        assert_eq!(refused("https://user:secret@example.fr/"), Some(Url));
        assert_eq!(refused(""), Some(Url));
        for address in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "100.64.0.1", "[::1]"] {
            assert_eq!(refused(&format!("https://{address}/send")), Some(Private), "{address}");
        }
        assert_eq!(wrong("http://127.0.0.1:9/send", Here::Allowed), None);
        assert_eq!(wrong("http://10.0.0.1/send", Here::Allowed), Some(Url));
    }

    #[test]
    fn addresses_inside_are_known_in_all_their_spellings() {
        for inside in [
            "0.0.0.0",
            "192.168.1.1",
            "172.16.0.1",
            "198.18.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::",
            "::ffff:10.0.0.1",
            "fd00::1",
            "fe80::1",
            "2002:0a00:0001::1",
            "64:ff9b::a00:1",
        ] {
            assert!(!is_public(inside.parse().unwrap()), "{inside}");
        }
        for outside in ["93.184.216.34", "172.32.0.1", "2606:4700::1111"] {
            assert!(is_public(outside.parse().unwrap()), "{outside}");
        }
    }

    #[test]
    fn a_name_of_this_machine_is_not_resolved_for_a_gateway() {
        let settings = GatewaySettings { url: "https://localhost:9/send".to_owned(), token: None };
        let gateway = Gateway::new(&settings, Here::Refused);
        // A machine without root certificates says so at start.
        let Ok(gateway) = gateway else { return };
        assert_eq!(gateway.send("+33612345678", "x"), Err(Trouble::Unreachable));
    }

    #[test]
    fn what_is_filled_in_stays_one_value() {
        let url = filled("https://sms.example.fr/?to={to}&text={text}", "+33612345678", "a&b={to}");
        assert_eq!(url, "https://sms.example.fr/?to=%2B33612345678&text=a%26b%3D%7Bto%7D");
    }
}
