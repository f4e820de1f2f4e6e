//! A programme that goes from one operator to another: the archive that a funder keeps, and the
//! service that takes it over. No choice of rows: `store/continuity` has it; no encryption: `sys`.

pub mod export;
mod pack;
pub mod send;
mod sheets;
pub mod take_over;
mod unpack;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{domain::key_register::PublicKey, store::Origin};

/// The list of contents, which is written last: until it is there an archive is not whole.
const MANIFEST: &str = "manifest.json";
/// Over the list of contents, if the service had a receipt key at hand.
const SIGNATURE: &str = "manifest.signature.json";
/// What the format is, for whoever opens an archive without this program.
const GUIDE: &str = include_str!("../../../docs/continuity.md");

/// Checks an archive without this program.
const CHECKER: &str = include_str!("../../../docs/examples/verify_archive.py");

/// What an archive holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    origin: Origin,
    files: Vec<Content>,
}

/// One file of an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    name: String,
    /// Lines of a table; of a sheet without its headings.
    rows: u64,
    bytes: u64,
    /// In hexadecimal.
    sha256: String,
}

/// A receipt key says that an archive is this service's.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signature {
    public: PublicKey,
    /// In hexadecimal, over what `domain/continuity` lays out.
    signature: String,
}

fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn hexadecimal(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
