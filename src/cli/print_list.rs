//! `print-list`: the stock of a batch for a print shop, sealed to its key.
//! No text of a voucher is printed, and none is on disk in the clear.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{
    arguments::{Arguments, ServiceOptions, seq},
    check::service,
    output::{Failure, say},
};
use crate::{
    app::print_list::WantedList,
    domain::{ids::Seq, printing::Again},
};

#[derive(Args)]
pub struct PrintList {
    #[command(flatten)]
    pub service: ServiceOptions,
    /// The number of the batch
    #[arg(long, value_parser = seq)]
    pub batch: Seq,
    /// The print shop's age public key (age1…): nobody else can open the file
    #[arg(long)]
    pub recipient: String,
    /// The file to make; one that is there is never overwritten
    #[arg(long)]
    pub to: PathBuf,
    /// Why the list is taken once more
    #[arg(long, value_enum)]
    pub reason: Option<Reason>,
}

/// Why a list is taken once more.
#[derive(Clone, Copy, ValueEnum)]
pub enum Reason {
    /// The printer did not print it, or not well
    Failed,
    /// It was spoilt before it was handed over
    Spoilt,
    /// Another copy is needed
    Copy,
}

impl Reason {
    const fn again(self) -> Again {
        match self {
            Self::Failed => Again::Failed,
            Self::Spoilt => Again::Spoilt,
            Self::Copy => Again::Copy,
        }
    }
}

pub fn print_list(arguments: &Arguments, options: &PrintList) -> Result<(), Failure> {
    let service = service(&options.service)?;
    let wanted = WantedList {
        id: service.new_request_id(),
        batch: options.batch,
        recipient: options.recipient.clone(),
        by: None,
        again: options.reason.map(Reason::again),
    };
    let vouchers = service.write_print_list(&wanted, &options.to)?;
    let line = format!(
        "{vouchers} vouchers of batch {} in {}, which {} alone opens",
        options.batch,
        options.to.display(),
        options.recipient
    );
    let told = serde_json::json!({ "batch": options.batch, "vouchers": vouchers });
    say(arguments.json, &line, &told)?;
    service.stop();
    Ok(())
}
