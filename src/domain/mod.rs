//! The rules: vouchers, money, the decision, as pure values and functions.
//! No diesel, actix, files, environment, clock or randomness here.

pub mod access;
pub mod apply;
pub mod batch;
pub mod calendar;
pub mod cents;
pub mod command;
pub mod decide;
pub mod declaration;
pub mod device;
pub mod event;
pub mod ids;
pub mod issue_list;
pub mod key;
pub mod key_register;
pub mod key_set;
pub mod ledger;
pub mod life;
pub mod looks;
pub mod message;
pub mod national_schema;
pub mod office;
pub mod own_reference;
pub mod payee;
pub mod plain;
pub mod printing;
pub mod programme;
pub mod record;
pub mod refusal;
pub mod registry;
pub mod scan;
pub mod service;
pub mod usage;
pub mod view;
pub mod voucher;
pub mod world;
