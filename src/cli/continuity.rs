//! `export-programme`, `take-over`: what a funder keeps, and what another operator goes on with.
//! No packing and no rows: `app/continuity` has them.

use std::path::PathBuf;

use clap::Args;

use super::{
    arguments::{Arguments, DatabaseOption, seq},
    check::told,
    ledger::euros,
    output::{Failure, say},
};
use crate::{
    app::{
        continuity::{
            export::{To, export_programme},
            take_over::{self, Archive, Owed, Takeover},
        },
        receipts::folder_signer,
        service::Fault,
        view::CopyError,
    },
    domain::{
        cents::Cents,
        ids::{ProgrammeId, Seq},
        receipt::read_keys,
    },
    sys::{clock::Clock, keyring::Passphrase},
};

#[derive(Args)]
pub struct ExportProgramme {
    #[command(flatten)]
    pub database: DatabaseOption,
    /// The number of the programme
    #[arg(long)]
    pub programme: ProgrammeId,
    /// Who may open it: the funder's age public key (age1…); repeat for several
    #[arg(long, required = true)]
    pub to: Vec<String>,
    /// The file to make; one that is there is never overwritten
    #[arg(long)]
    pub out: PathBuf,
    /// The folder of private keys: the archive is signed with its receipt key
    #[arg(long, env = "PASS_NUMERIQUE_KEYS", hide_env_values = true)]
    pub keys: Option<PathBuf>,
    /// A file whose first line is the passphrase of the keys
    #[arg(long, env = "PASS_NUMERIQUE_PASSPHRASE_FILE", hide_env_values = true)]
    pub passphrase_file: Option<PathBuf>,
}

#[derive(Args)]
pub struct TakeOver {
    #[command(flatten)]
    pub database: DatabaseOption,
    /// The archive of the programme
    #[arg(long)]
    pub archive: PathBuf,
    /// The file with the age private key, as `age-keygen` makes it
    #[arg(long)]
    pub identity: PathBuf,
    /// The old service's /.well-known/receipt-keys.json, kept before: it must have signed
    #[arg(long)]
    pub receipt_keys: Option<PathBuf>,
    /// The highest event number that anybody holds: the journal goes on after it
    #[arg(long, value_parser = seq)]
    pub last_seq: Option<Seq>,
}

pub fn export(arguments: &Arguments, options: &ExportProgramme) -> Result<(), Failure> {
    let now = Clock::system().now();
    let passphrase = options.passphrase_file.as_deref().map(Passphrase::from_file).transpose();
    let passphrase = passphrase.map_err(|cause| Failure::Fault(cause.into()))?;
    let location = &options.database.database;
    let signer = match &options.keys {
        Some(folder) => folder_signer(location, folder, passphrase.as_ref(), now)?,
        None => None,
    };
    let to = To { path: &options.out, recipients: &options.to, signer: signer.as_ref() };
    let made = export_programme(location, options.programme, &to, now)?;
    let packed = &made.packed;
    let signed = if packed.signed { "signed with a receipt key" } else { "not signed" };
    let line = format!(
        "programme {} ({}) up to event {}: {} rows in {} files, {} bytes in {}, {signed}\n\
         the event's hash is {}\nthe digest of its contents is {}",
        packed.programme,
        packed.name,
        packed.seq,
        packed.rows,
        packed.files,
        made.bytes,
        options.out.display(),
        packed.hash,
        packed.digest,
    );
    say(arguments.json, &line, &made)
}

pub fn take_over(arguments: &Arguments, options: &TakeOver) -> Result<(), Failure> {
    let keys = options.receipt_keys.as_deref().map(|path| {
        let text = std::fs::read_to_string(path)
            .map_err(|cause| Failure::Told(format!("{}: {cause}", path.display())))?;
        read_keys(&text).map_err(|cause| Failure::Told(format!("{}: {cause}", path.display())))
    });
    let keys = keys.transpose()?;
    let archive = Archive {
        path: &options.archive,
        identity: &options.identity,
        keys: keys.as_deref(),
        last_seq: options.last_seq,
    };
    let now = Clock::system().now();
    let done = take_over::take_over(&options.database.database, &archive, now);
    match done {
        Ok(taken) => say(arguments.json, &text(&taken), &taken),
        Err(Fault::Copy(CopyError::Differs(audit))) => {
            told(arguments, &audit)?;
            Err(Failure::Differences(audit.differences.len()))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// What was taken over, as a person reads it.
fn text(taken: &Takeover) -> String {
    let signed = match taken.signed {
        Some(_) => "signed by one of its receipt keys",
        None => "its signature was not checked: give --receipt-keys",
    };
    let mut lines = vec![
        format!(
            "programme {} ({}) taken over by event {}: {} events of a journal up to {}, as of {}; \
             all agree",
            taken.programme, taken.name, taken.seq, taken.events, taken.through, taken.made_at,
        ),
        format!("the archive has digest {}, {signed}", taken.digest),
        format!("the hash of the old journal's last event is {}", taken.head),
    ];
    let counted = taken.vouchers.iter().map(|row| format!("{} {}", row.vouchers, row.state));
    lines.push(format!("vouchers: {}", counted.collect::<Vec<_>>().join(", ")));
    lines.push(String::new());
    lines.push(format!(
        "{:>12} {:>12} {:>12} {:>12}  organisation",
        "earned", "of it held", "in payment", "to give back"
    ));
    let total = |of: fn(&Owed) -> Cents| taken.owed.iter().map(|row| of(row).0).sum::<i64>();
    let totals = [
        total(|row| row.earned_cents),
        total(|row| row.held_cents),
        total(|row| row.in_payment_cents),
        total(|row| row.to_give_back_cents),
    ];
    for row in &taken.owed {
        let [earned, held, moving, back] =
            [row.earned_cents, row.held_cents, row.in_payment_cents, row.to_give_back_cents]
                .map(|amount| euros(amount.0));
        lines.push(format!(
            "{earned:>12} {held:>12} {moving:>12} {back:>12}  {} {}",
            row.organisation, row.name
        ));
    }
    let [earned, held, moving, back] = totals.map(euros);
    lines.push(format!("{earned:>12} {held:>12} {moving:>12} {back:>12}  in all"));
    if !taken.unanswered.is_empty() {
        lines.push(String::new());
        lines.push("Payments without an answer: ask the payer's bank before anything".to_owned());
        lines.push("is paid again, then enter what became of each.".to_owned());
    }
    for row in &taken.unanswered {
        lines.push(format!(
            "{:>12}  payment {} (number {}) of run {}, {}, to {} {}",
            euros(row.amount_cents.0),
            row.payment,
            row.number,
            row.run,
            row.run_state.code(),
            row.organisation,
            row.name
        ));
    }
    lines.join("\n")
}
