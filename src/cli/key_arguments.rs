//! What may be typed after `key`: the register of voucher keys and of receipt keys.
//! No work is done here.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::arguments::{DatabaseOption, ServiceOptions};
use crate::domain::{calendar::Day, ids::Seq, key_register::Early, voucher::Kid};

#[derive(Subcommand)]
pub enum Key {
    /// List all keys and their states
    List(DatabaseOption),
    /// List good signatures that were shown over what was never issued: a key leaked
    Alarms(Alarms),
    /// Register a spare: a key of the folder, or a new one; it waits until it is activated
    Add(ServiceOptions),
    /// Let a pending key sign
    Activate(Activate),
    /// Let an active key sign nothing new: it goes on verifying
    Retire(NamedKey),
    /// Let a key that leaked sign nothing more; what it issued is honoured online
    Compromise(NamedKey),
    /// Begin a rotation, or go on with the one that runs
    Rotate(Rotate),
    /// Sign the key set for scanners with the root key, and publish it
    Publish(Publish),
    /// Add the next key of receipts: it signs after a day
    RotateReceipts(ServiceOptions),
    /// Let a key of receipts that leaked sign nothing more; another one signs at once
    CompromiseReceipts(NamedReceiptKey),
}

#[derive(Args)]
pub struct Alarms {
    #[command(flatten)]
    pub database: DatabaseOption,
    /// First day, in UTC
    #[arg(long)]
    pub since: Option<Day>,
}

#[derive(Args)]
pub struct NamedKey {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// The first 8 hexadecimal digits of its thumbprint, as `key list` shows them
    pub kid: Kid,
}

#[derive(Args)]
pub struct NamedReceiptKey {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// Its number, as `key list` shows it
    #[arg(value_parser = super::arguments::seq)]
    pub key: Seq,
}

#[derive(Args)]
pub struct Activate {
    #[command(flatten)]
    pub key: NamedKey,
    /// Do not wait for its 7 days, for this reason
    #[arg(long, value_enum)]
    pub early: Option<Reason>,
}

#[derive(Args)]
pub struct Rotate {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// Let the new key sign at once, for this reason
    #[arg(long, value_enum)]
    pub early: Option<Reason>,
}

/// Why a key does not wait for its 7 days.
#[derive(Clone, Copy, ValueEnum)]
pub enum Reason {
    /// The key before leaked
    Compromised,
    /// The private file of the key before is gone
    Lost,
}

impl Reason {
    pub const fn early(self) -> Early {
        match self {
            Self::Compromised => Early::KeyCompromised,
            Self::Lost => Early::KeyLost,
        }
    }
}

#[derive(Args)]
pub struct Publish {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// The file of the root key, on a medium that is not connected otherwise
    #[arg(long)]
    pub root: PathBuf,
    /// A file whose first line is the passphrase of the root key
    #[arg(long)]
    pub root_passphrase_file: Option<PathBuf>,
    /// How long the set is valid
    #[arg(long, default_value_t = 35, value_parser = clap::value_parser!(u8).range(1..=35))]
    pub days: u8,
    /// Accept another root key than the set before: all scanners must be enrolled again
    #[arg(long)]
    pub new_root: bool,
}
