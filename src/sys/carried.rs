//! Files that the program carries, packed when it is built (`build.rs`): a tenth of their room.
//! No routes: `http` and `pages` serve them.

use std::io::{self, Read as _};

use flate2::read::GzDecoder;

/// The one stylesheet.
pub const STYLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/style.css.gz"));
/// The contract as committed, which a test compares with the code.
pub const CONTRACT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.yaml.gz"));
/// The demonstration's real venues, of the Hub du Sud, Licence Ouverte 2.0:
/// tests/data/venues/README.md.
pub const VENUES: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/hub-du-sud-646-schema-v1.json.gz"));

/// What was packed.
///
/// # Errors
/// When it is not gzip.
pub fn unpacked(gzip: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(gzip).read_to_end(&mut bytes)?;
    Ok(bytes)
}
