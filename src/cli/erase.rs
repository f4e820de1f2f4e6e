//! `erase`: who a person was, or what somebody wrote beside an event.
//! No rows: `app/erase.rs` erases.

use clap::{Args, ValueEnum};

use super::{
    arguments::{Arguments, DatabaseOption},
    output::{Failure, say},
};
use crate::{
    app::{
        erase::{Erased, erase},
        view::Database,
    },
    domain::{
        erasure::{Erasure, Words},
        ids::{Seq, UserId},
    },
};

#[derive(Args)]
pub struct EraseOptions {
    #[command(flatten)]
    database: DatabaseOption,
    /// What is erased
    #[arg(value_enum)]
    of: Of,
    /// Its number, as pages and answers show it
    #[arg(value_parser = clap::value_parser!(i64).range(1..))]
    number: i64,
}

#[derive(Clone, Copy, ValueEnum)]
enum Of {
    /// Name, address and log-in of a person who was revoked
    Person,
    /// Why a record in quarantine was decided so
    Record,
    /// Why a conflict was decided so
    Conflict,
    /// Why a held workshop was decided so, and why that was disputed; by the workshop's number
    Hold,
    /// Reason, evidence and answer of an organisation's dispute
    Dispute,
}

pub fn run(arguments: &Arguments, options: &EraseOptions) -> Result<(), Failure> {
    let (number, seq) = (options.number, Seq(options.number));
    let what = match options.of {
        Of::Person => Erased::Person(UserId(number)),
        Of::Record => Erased::Words(Words::Record(seq)),
        Of::Conflict => Erased::Words(Words::Conflict(seq)),
        Of::Hold => Erased::Words(Words::Hold(seq)),
        Of::Dispute => Erased::Words(Words::Dispute(seq)),
    };
    match erase(&Database::open(&options.database.database)?, what)? {
        Erasure::Done => {
            say(arguments.json, "erased", &serde_json::json!({ "erased": number.to_string() }))
        }
        Erasure::NotThere => Err(Failure::Denied(format!("there is nothing with number {number}"))),
        Erasure::StillActs => {
            Err(Failure::Denied("this person may still log in: revoke them first".to_owned()))
        }
    }
}
