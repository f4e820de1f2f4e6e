//! The outside world in values: time, randomness, private keys and their files.
//! No rules, no diesel, no HTTP.

pub mod clock;
pub mod keyring;
pub mod orders;
pub mod secrets;
pub mod signer;
