//! The one integration binary: everything that needs a database or the source tree.
//! Unit tests stand beside their code.

mod core;
mod support;
mod tidy;
