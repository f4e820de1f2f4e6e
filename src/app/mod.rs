//! Use cases: what a person or a program asks for, one file each.
//! No transport and no SQL: `http` and `cli` call in here, `store` is called from here.

pub mod accounts;
mod alerts;
pub mod asking;
pub mod background;
pub mod backup;
pub mod batches;
pub mod browser_session;
pub mod continuity;
pub mod delays;
pub mod delays_sheet;
pub mod demo;
mod demo_ending;
mod demo_month;
mod demo_offline;
pub mod devices;
pub mod ending;
pub mod erase;
pub mod evidence;
pub mod expire;
pub mod export_ledger;
pub mod export_venues;
pub mod feed;
pub mod forecast;
pub mod import_venues;
pub mod keys;
pub mod looks;
pub mod nearby;
pub mod network;
mod notices;
pub mod open_data;
mod orders;
pub mod outbox;
pub mod own_references;
pub mod paper;
pub mod people;
pub mod people_sheet;
pub mod post;
pub mod print_list;
pub mod printing;
pub mod publish;
pub mod receipts;
pub mod reconciliation;
pub mod reminders;
pub mod report;
pub mod report_sheet;
pub mod rotate;
pub mod scanning;
pub mod second_factor;
pub mod sending;
pub mod service;
pub mod session;
pub mod settle;
pub mod short_links;
pub mod statement_sheet;
pub mod statements;
pub mod sync;
pub mod tend;
mod watch;
pub mod yearly;
pub mod yearly_sheet;

/// What `http` and `cli` see of the store: values only, never a query.
pub mod view {
    pub use crate::store::{
        AlarmLine, AsOf, Audit, BalanceLine, Copied, CopyError, Database, Difference, Limits,
        Location, OpenError, Unanswered, VoucherName,
    };
}
