//! The signed voucher: payload, text, manual code, reference.
//! No state of a voucher here (`life.rs`).

pub mod payload;
