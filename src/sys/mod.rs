//! The outside world in values: time, randomness, private keys and their files.
//! No rules, no diesel, no HTTP.

pub mod carried;
pub mod clock;
pub mod contacts;
pub mod device_folder;
pub mod enrolment_link;
pub mod gateway;
pub mod here;
pub mod keyring;
pub mod mail;
mod mail_trouble;
pub mod one_time;
pub mod orders;
pub mod password;
pub mod sealed;
pub mod secrets;
pub mod service_client;
pub mod signer;
pub mod telemetry;
pub mod token_keys;
