//! The API over the network, on both databases, every answer checked against openapi.yaml.
//! No rules tested again: `domain` has its own tests.

pub mod access;
mod bodies;
mod conflicts;
mod delays;
mod devices;
mod disputes;
mod feed;
mod holds;
mod outside;
mod oversight;
mod payers;
mod programmes;
mod reports;
mod session;
mod settlements;
mod statements;
mod sync;
pub mod tenants;
mod voucher;
mod wrong;
mod yearly;
