//! The one integration binary: everything that needs a database or the source tree.
//! Unit tests stand beside their code.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers may panic, as tests may"
)]

mod backup;
mod continuity;
mod core;
mod faults;
mod fuzz;
mod http;
mod instances;
mod keys;
mod pages;
mod people;
mod post;
mod scanning;
mod simulation;
mod support;
mod tidy;
