//! Both databases: connections, tables, what is loaded and written, and the one writer.
//! No rules; diesel lives here and nowhere else.

mod agreements;
mod api_keys;
mod audit;
mod backup;
mod batches;
mod browser_sessions;
mod checkpoint;
mod connection;
mod convert;
mod declaration;
mod kept;
mod keys;
mod links;
mod lists;
mod load;
mod login_schema;
mod looks;
mod messages;
mod migrate;
mod network;
mod operator_schema;
mod own_references;
#[cfg(feature = "postgres")]
mod paired;
mod places;
mod post_schema;
mod printings;
mod queue;
mod reads;
mod restored;
mod rollup;
mod rows;
mod scans;
mod schema;
mod second_factors;
mod sessions;
mod usage;
mod wanted;
mod write;
mod writer;

pub use audit::{Audit, AuditError, Difference};
pub use backup::{Copied, CopyError};
pub use connection::{Database, Location, OpenError};
pub use keys::AlarmLine;
pub use lists::AsOf;
pub use messages::Ended;
pub use network::Drawer;
pub use own_references::SealedReference;
pub use places::Place;
pub use queue::{Counts, Limits, Queued, Unanswered, Writer};
pub use reads::{BalanceLine, OpenVenue, ReadError, VoucherName};
pub use scans::RefusalLine;
pub use second_factors::SecondFactor;
pub use usage::UsageLine;
