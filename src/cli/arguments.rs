//! What may be typed: verbs, options, and what they mean.
//! No work is done here.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::{
    closing::{Close, StatementOptions},
    continuity::{ExportProgramme, TakeOver},
    erase::EraseOptions,
    export::ExportLedger,
    key_arguments::Key,
    ledger::Report,
    print_list::PrintList,
    scan::ScanOptions,
    sending::SendingOptions,
};
use crate::{
    app::view::Location,
    domain::ids::{IssuerId, ProgrammeId, RequestId, Seq, UserId, VenueId},
};

/// Issues, redeems and accounts for the vouchers of digital-skills workshops.
#[derive(Parser)]
#[command(name = "pass-numerique", version)]
pub struct Arguments {
    /// Answer in JSON, for programs
    #[arg(long, global = true)]
    pub json: bool,
    /// A TOML file with the settings that flags and environment leave open
    #[arg(long, global = true, env = "PASS_NUMERIQUE_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Run the service
    Serve(Serve),
    /// Make the database, or bring it up to date
    Migrate(DatabaseOption),
    /// Make a voucher key
    Keygen(KeysOption),
    /// Registered voucher keys: their states, rotation and publication
    #[command(subcommand)]
    Key(Key),
    /// Issue a voucher
    Issue(Issue),
    /// Check a voucher, or receipts, without a database
    Verify(Verify),
    /// Write the list of a batch of stock for a print shop, which alone can read it
    PrintList(PrintList),
    /// Redeem workshops of a voucher at a venue
    Redeem(Redeem),
    /// Take workshops as a device of a venue, with and without network
    Scan(Box<ScanOptions>),
    /// Show what was issued, used, earned and is left
    Report(Report),
    /// Write the ledger as a text that other programs recompute
    ExportLedger(ExportLedger),
    /// Close a month of a programme for ever, and make its statements
    Close(Close),
    /// Write the archived statement of a funder or an organisation, as JSON
    Statement(StatementOptions),
    /// Import mediation venues in the national schema (CSV or JSON)
    ImportVenues(ImportVenues),
    /// Recompute everything from the events, and say what differs
    Audit(DatabaseOption),
    /// Copy the database to a file that only the holder of an age key can read
    Backup(Backup),
    /// Put a backup back into an empty database, which takes no changes at first
    Restore(Restore),
    /// Let a restored database take changes, under numbers that were never given before
    AcknowledgeRestore(AcknowledgeRestore),
    /// Write all of a programme to an archive that its funder alone can open
    ExportProgramme(ExportProgramme),
    /// Go on with a programme of another operator, in a new database
    TakeOver(TakeOver),
    /// Erase who a revoked person was, or what somebody wrote beside an event
    Erase(EraseOptions),
    /// Set up a demonstration with real venues and weeks of history
    Demo(Demo),
}

#[derive(Args, Clone)]
pub struct DatabaseOption {
    /// Where the data is: sqlite:PATH or `postgres://USER@HOST/NAME`
    #[arg(long, env = "PASS_NUMERIQUE_DATABASE", hide_env_values = true, value_parser = location)]
    pub database: Location,
}

#[derive(Args, Clone)]
pub struct KeysOption {
    /// The folder of private keys
    #[arg(long, env = "PASS_NUMERIQUE_KEYS", hide_env_values = true)]
    pub keys: PathBuf,
    /// A file whose first line is the passphrase of the keys
    #[arg(long, env = "PASS_NUMERIQUE_PASSPHRASE_FILE", hide_env_values = true)]
    pub passphrase_file: Option<PathBuf>,
}

/// What a command needs that works on the data.
#[derive(Args, Clone)]
pub struct ServiceOptions {
    #[command(flatten)]
    pub database: DatabaseOption,
    #[command(flatten)]
    pub keys: KeysOption,
    /// The host that voucher URLs name
    #[arg(long, env = "PASS_NUMERIQUE_HOST", hide_env_values = true, default_value = "localhost")]
    pub host: String,
}

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// Address and port
    #[arg(
        long,
        env = "PASS_NUMERIQUE_LISTEN",
        hide_env_values = true,
        default_value = "127.0.0.1:8080"
    )]
    pub listen: SocketAddr,
    /// Threads that answer; 0: one a core
    #[arg(long, env = "PASS_NUMERIQUE_WORKERS", hide_env_values = true, default_value_t = 0)]
    pub workers: usize,
    /// A proxy in front says who calls, in `Forwarded` or `X-Forwarded-For`
    #[arg(long, env = "PASS_NUMERIQUE_BEHIND_PROXY", hide_env_values = true)]
    pub behind_proxy: bool,
    /// Whether operators must have a second factor; others may always
    #[arg(
        long,
        env = "PASS_NUMERIQUE_SECOND_FACTOR",
        hide_env_values = true,
        value_enum,
        default_value = "required"
    )]
    pub second_factor: SecondFactor,
    /// Requests a second that one address may make; offices share one
    #[arg(
        long,
        env = "PASS_NUMERIQUE_ADDRESS_RATE",
        hide_env_values = true,
        default_value_t = 100
    )]
    pub address_rate: u32,
    /// Requests a second that one account may make
    #[arg(long, env = "PASS_NUMERIQUE_ACCOUNT_RATE", hide_env_values = true, default_value_t = 50)]
    pub account_rate: u32,
    /// What is logged: a level, or levels by target (info,access=warn)
    #[arg(
        long,
        env = "PASS_NUMERIQUE_LOG",
        hide_env_values = true,
        default_value = "info,actix_server=warn,actix_http=off"
    )]
    pub log: String,
    #[arg(
        long,
        env = "PASS_NUMERIQUE_LOG_FORMAT",
        hide_env_values = true,
        value_enum,
        default_value = "text"
    )]
    pub log_format: LogFormat,
    #[command(flatten)]
    pub sending: SendingOptions,
}

/// Who must have a second factor.
#[derive(Clone, Copy, ValueEnum)]
pub enum SecondFactor {
    /// Operators may do nothing without one
    Required,
    /// Nobody must; everybody may
    Offered,
}

/// Lines for people, or JSON for collectors.
#[derive(Clone, Copy, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

#[derive(Args)]
pub struct Issue {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// The number of the programme
    #[arg(long)]
    pub programme: ProgrammeId,
    /// The number of the issuer
    #[arg(long)]
    pub issuer: IssuerId,
    /// 5 to 10, as the programme allows
    #[arg(long)]
    pub workshops: u8,
    /// Print ahead: it holds no budget until it is activated
    #[arg(long)]
    pub stock: bool,
    /// A batch of so many, up to 100,000, without showing them
    #[arg(long, conflicts_with = "png")]
    pub count: Option<u32>,
    /// The person who issues
    #[arg(long)]
    pub agent: Option<UserId>,
    /// Also write the QR as a PNG
    #[arg(long)]
    pub png: Option<PathBuf>,
}

#[derive(Args)]
pub struct Verify {
    /// Of a voucher: the folder of private keys
    #[arg(
        long,
        env = "PASS_NUMERIQUE_KEYS",
        hide_env_values = true,
        required_unless_present = "receipt_keys"
    )]
    pub keys: Option<PathBuf>,
    /// A file whose first line is the passphrase of the keys
    #[arg(long, env = "PASS_NUMERIQUE_PASSPHRASE_FILE", hide_env_values = true)]
    pub passphrase_file: Option<PathBuf>,
    /// Of receipts: the file that the service publishes at /.well-known/receipt-keys.json
    #[arg(long)]
    pub receipt_keys: Option<PathBuf>,
    /// A PNG file, or a file with the text, or with a receipt a line; `-` reads standard input
    pub file: PathBuf,
}

#[derive(Args)]
pub struct Redeem {
    #[command(flatten)]
    pub service: ServiceOptions,
    #[arg(long)]
    pub venue: VenueId,
    #[arg(long, default_value_t = 1)]
    pub workshops: u8,
    /// Say what would happen, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The request's id: sent again, it never counts twice
    #[arg(long)]
    pub id: Option<RequestId>,
    /// A PNG file, or a file with the scanned text or typed code; `-` reads standard input
    pub file: PathBuf,
}

#[derive(Args)]
pub struct ImportVenues {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// Approve the organisations that are new, so that their venues may redeem at once
    #[arg(long)]
    pub approve: bool,
    pub file: PathBuf,
}

#[derive(Args)]
pub struct Backup {
    #[command(flatten)]
    pub database: DatabaseOption,
    /// The file to make; one that is there is never overwritten
    #[arg(long)]
    pub to: PathBuf,
    /// Who may open it: an age public key (age1…); repeat for several
    #[arg(long, required_unless_present = "recipients_file")]
    pub recipient: Vec<String>,
    /// A file with one age public key a line
    #[arg(long)]
    pub recipients_file: Vec<PathBuf>,
}

#[derive(Args)]
pub struct Restore {
    #[command(flatten)]
    pub database: DatabaseOption,
    /// The backup
    #[arg(long)]
    pub from: PathBuf,
    /// The file with the age private key, as `age-keygen` makes it
    #[arg(long)]
    pub identity: PathBuf,
}

#[derive(Args)]
pub struct AcknowledgeRestore {
    #[command(flatten)]
    pub database: DatabaseOption,
    /// The highest event number that stands on any receipt, report or statement
    #[arg(long, value_parser = seq)]
    pub last_seq: Seq,
    /// How many events are lost by that, as this command says without it
    #[arg(long)]
    pub lost: Option<i64>,
    /// The person who says so
    #[arg(long)]
    pub by: Option<UserId>,
}

#[derive(Args)]
pub struct Demo {
    /// The folder for the demonstration's database and keys; one that is there is gone on with
    #[arg(long, default_value = "var/demo")]
    pub folder: PathBuf,
    /// Address and port: of this machine alone
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Make it, and end
    #[arg(long)]
    pub no_serve: bool,
}

fn location(url: &str) -> Result<Location, String> {
    url.parse().map_err(|cause: crate::app::view::OpenError| cause.to_string())
}

pub fn seq(text: &str) -> Result<Seq, String> {
    text.parse().map(Seq).map_err(|_| "expected a number".to_owned())
}
