//! The one integration binary: everything that needs a database or the source tree.
//! Unit tests stand beside their code.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test's helpers may panic, as tests may")]

mod core;
mod instances;
mod support;
mod tidy;
