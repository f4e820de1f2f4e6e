//! `export-ledger`: the ledger as a text that hledger, beancount, spreadsheets or auditors read.
//! No formats: `domain/books` has them.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::PathBuf,
};

use clap::{Args, ValueEnum};

use super::{
    arguments::{Arguments, DatabaseOption},
    output::{Failure, print, say},
};
use crate::{
    app::{
        export_ledger::{Export, Wanted},
        view::Database,
    },
    domain::{
        access::Tenant,
        books::{Format, Siren, file_name},
        calendar::Day,
        ids::ProgrammeId,
    },
};

#[derive(Args)]
pub struct ExportLedger {
    #[command(flatten)]
    pub database: DatabaseOption,
    #[arg(long, value_enum)]
    pub format: Form,
    #[arg(long)]
    pub programme: Option<ProgrammeId>,
    /// First business day
    #[arg(long)]
    pub from: Option<Day>,
    /// Last business day, inclusive
    #[arg(long)]
    pub to: Option<Day>,
    /// Say the names of programmes, funders and organisations beside their numbers
    #[arg(long)]
    pub names: bool,
    /// The SIREN of whose accounts they are, for the name of a FEC
    #[arg(long, required_if_eq("format", "fec"))]
    pub siren: Option<Siren>,
    /// The day on which the financial year ends, for the name of a FEC
    #[arg(long, required_if_eq("format", "fec"))]
    pub closing: Option<Day>,
    /// The folder that a FEC is written into, under the name that the law gives it
    #[arg(long, default_value = ".")]
    pub folder: PathBuf,
}

/// What reads the text.
#[derive(Clone, Copy, ValueEnum)]
pub enum Form {
    Hledger,
    Beancount,
    /// A line a posting: UTF-8 with BOM, `;`
    Csv,
    /// Fichier des écritures comptables, as a file of its own
    Fec,
}

impl Form {
    const fn format(self) -> Format {
        match self {
            Self::Hledger => Format::Hledger,
            Self::Beancount => Format::Beancount,
            Self::Csv => Format::Csv,
            Self::Fec => Format::Fec,
        }
    }
}

pub fn export(arguments: &Arguments, options: &ExportLedger) -> Result<(), Failure> {
    let database = Database::open(&options.database.database)?;
    let wanted = Wanted {
        format: options.format.format(),
        within: Tenant::Any,
        programme: options.programme,
        from: options.from,
        to: options.to,
        named: options.names,
    };
    let mut export = Export::begin(&database, wanted)?;
    if let (Form::Fec, Some((siren, closing))) =
        (options.format, options.siren.zip(options.closing))
    {
        return into_file(arguments, &database, export, &file_name(siren, closing), options);
    }
    while let Some(piece) = export.piece(&database)? {
        print(&piece)?;
    }
    Ok(())
}

fn into_file(
    arguments: &Arguments,
    database: &Database,
    mut export: Export,
    name: &str,
    options: &ExportLedger,
) -> Result<(), Failure> {
    let path = options.folder.join(name);
    let told = |cause: std::io::Error| Failure::Told(format!("{}: {cause}", path.display()));
    let mut file = BufWriter::new(File::create_new(&path).map_err(told)?);
    while let Some(piece) = export.piece(database)? {
        file.write_all(piece.as_bytes()).map_err(told)?;
    }
    let file = file.into_inner().map_err(|cause| told(cause.into_error()))?;
    file.sync_all().map_err(told)?;
    let value = serde_json::json!({ "file": path, "as_of": export.until() });
    say(arguments.json, &format!("{}: up to event {}", path.display(), export.until()), &value)
}
