//! The link by which a device is enrolled, as its supervisor was shown it.
//! Nothing is asked here; neither link nor token is ever printed.

use super::here::is_here;
use crate::domain::ids::DeviceId;

/// Why a link is not one to be enrolled by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLink {
    #[error("expected the link of a new device: https://HOST/scan#enrol=NUMBER.TOKEN")]
    Form,
    #[error("the link must begin with https://: only this very machine is reached without")]
    InTheClear,
}

/// The link that a supervisor shows for a new device.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentLink {
    /// Scheme and authority.
    pub service: String,
    pub device: DeviceId,
    pub token: String,
}

/// Neither token nor link is printed.
impl std::fmt::Debug for EnrolmentLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EnrolmentLink").field("device", &self.device).finish_non_exhaustive()
    }
}

impl std::str::FromStr for EnrolmentLink {
    type Err = BadLink;

    fn from_str(link: &str) -> Result<Self, BadLink> {
        let (address, told) = link.trim().split_once("/scan#enrol=").ok_or(BadLink::Form)?;
        let (device, token) = told.split_once('.').ok_or(BadLink::Form)?;
        let digits = (1..=19).contains(&device.len()) && device.bytes().all(|c| c.is_ascii_digit());
        let letter = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
        let named = (1..=64).contains(&token.len()) && token.bytes().all(letter);
        let (scheme, host) = address.split_once("://").ok_or(BadLink::Form)?;
        let (scheme, host) = (scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
        let plain = |c: u8| c.is_ascii_alphanumeric() || b".-:[]".contains(&c);
        if !digits || !named || host.is_empty() || !host.bytes().all(plain) {
            return Err(BadLink::Form);
        }
        match scheme.as_str() {
            "https" => {}
            "http" if is_here(&host) => {}
            "http" => return Err(BadLink::InTheClear),
            _ => return Err(BadLink::Form),
        }
        let device = device.parse().map_err(|_| BadLink::Form)?;
        Ok(Self { service: format!("{scheme}://{host}"), device, token: token.to_owned() })
    }
}

impl EnrolmentLink {
    /// What the service's key sets name as their issuer.
    #[must_use]
    pub fn issuer(&self) -> String {
        let host = self.service.split_once("://").map_or("", |(_, host)| host);
        format!("https://{host}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(text: &str) -> Result<EnrolmentLink, BadLink> {
        text.parse()
    }

    #[test]
    fn a_link_is_read_with_its_service_and_only_over_tls() {
        let read = link("https://Pass.Exemple.fr/scan#enrol=2261.aB_-9\n").unwrap();
        assert_eq!(read.service, "https://pass.exemple.fr");
        assert_eq!((read.device, read.token.as_str()), (DeviceId(2_261), "aB_-9"));
        assert!(!format!("{read:?}").contains("aB_-9"));
        let here = link("http://127.0.0.1:8080/scan#enrol=1.a").unwrap();
        assert_eq!(here.issuer(), "https://127.0.0.1:8080");
        let clear = link("http://pass.exemple.fr/scan#enrol=1.a");
        assert_eq!(clear, Err(BadLink::InTheClear));
        for wrong in [
            "",
            "https://pass.exemple.fr/scan",
            "https://pass.exemple.fr/scan#enrol=.a",
            "https://pass.exemple.fr/scan#enrol=1.",
            "https://pass.exemple.fr/scan#enrol=1.a b",
            "https://pass.exemple.fr/scan#enrol=-1.a",
            "https://pass.exemple.fr/scan#enrol=99999999999999999999.a",
            "https://user@pass.exemple.fr/scan#enrol=1.a",
            "https:///scan#enrol=1.a",
            "ftp://pass.exemple.fr/scan#enrol=1.a",
        ] {
            assert_eq!(link(wrong), Err(BadLink::Form), "{wrong}");
        }
    }
}
