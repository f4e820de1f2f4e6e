//! What is printed or shown: the QR of a voucher.
//! No rules, no database, no HTTP; what to print comes in as values.

pub mod qr;
