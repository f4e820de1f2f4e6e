//! The API over the network, on both databases, every answer checked against openapi.yaml.
//! No rules tested again: `domain` has its own tests.

mod access;
mod devices;
mod feed;
mod programmes;
mod reports;
mod session;
mod sync;
mod tenants;
mod voucher;
mod wrong;
