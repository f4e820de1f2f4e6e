//! The outside world in values: private keys and their files.
//! No rules, no diesel, no HTTP.

pub mod keyring;
pub mod signer;
