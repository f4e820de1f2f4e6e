//! Whether a host is this machine itself, where nobody listens in between.
//! Nothing is looked up: a name that leads here counts as elsewhere.

use std::net::{IpAddr, SocketAddr};

/// Of a host with or without a port.
#[must_use]
pub fn is_here(host: &str) -> bool {
    let ip = host.parse::<SocketAddr>().map(|address| address.ip());
    let ip = ip.or_else(|_| host.trim_matches(['[', ']']).parse::<IpAddr>());
    let named = || host.split(':').next() == Some("localhost");
    ip.map_or_else(|_| named(), |ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::is_here;

    #[test]
    fn this_machine_has_several_names_and_others_are_not_it() {
        for host in ["127.0.0.1", "127.0.0.1:8080", "localhost", "localhost:1", "[::1]:1", "::1"] {
            assert!(is_here(host), "{host}");
        }
        for host in ["pass.exemple.fr", "10.0.0.1:8080", "localhost.exemple.fr", "[::2]", ""] {
            assert!(!is_here(host), "{host}");
        }
    }
}
