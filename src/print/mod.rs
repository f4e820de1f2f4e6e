//! What is printed or shown: the QR of a voucher, and the PDF of a pass or of many.
//! No rules, no database, no HTTP; what to print comes in as values.

pub mod pdf;
pub mod qr;
