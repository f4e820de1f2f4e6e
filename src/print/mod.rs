//! What is printed or shown: the QR of a voucher, the PDF of a pass or of many, charts.
//! No rules, no database, no HTTP; what to print comes in as values.

pub mod chart;
pub mod pdf;
pub mod qr;
