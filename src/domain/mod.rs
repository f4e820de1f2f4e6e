//! The rules: vouchers, money, the decision, as pure values and functions.
//! No diesel, actix, files, environment, clock or randomness here.

pub mod calendar;
pub mod cents;
pub mod ids;
pub mod national_schema;
pub mod payee;
pub mod service;
