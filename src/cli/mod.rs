//! The command line: one command a file, and the exit codes.
//! No rules and no SQL: commands call `app`.

mod arguments;
mod backup;
mod check;
mod closing;
mod configuration;
mod continuity;
mod demo;
mod erase;
mod export;
mod key;
mod key_arguments;
mod ledger;
mod output;
mod print_list;
mod receipts;
mod scan;
mod sending;
mod serve;
mod venues;
mod voucher;

use std::process::ExitCode;

use arguments::{Arguments, Verb};
use output::Failure;
pub use serve::{Listen, Serving};

/// Runs the command line; `listen` is what `serve` runs. Exit codes: 0 done, 1 a fault,
/// 2 wrong usage, 3 refused, 4 the audit found differences.
#[must_use]
pub fn run(listen: Listen) -> ExitCode {
    let given: Vec<_> = std::env::args_os().collect();
    let json = given.iter().any(|word| word == "--json");
    let done = configuration::arguments(&given).and_then(|arguments| dispatch(&arguments, listen));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(json),
    }
}

fn dispatch(arguments: &Arguments, listen: Listen) -> Result<(), Failure> {
    match &arguments.verb {
        Verb::Serve(options) => serve::serve(options, listen),
        Verb::Migrate(options) => check::migrate(arguments, options),
        Verb::Keygen(options) => check::keygen(arguments, options),
        Verb::Audit(options) => check::audit(arguments, options),
        Verb::Key(verb) => key::key(arguments, verb),
        Verb::Issue(options) => voucher::issue(arguments, options),
        Verb::Verify(options) => receipts::verify(arguments, options),
        Verb::PrintList(options) => print_list::print_list(arguments, options),
        Verb::Redeem(options) => voucher::redeem(arguments, options),
        Verb::Scan(options) => scan::scan(arguments, options),
        Verb::Report(options) => ledger::report(arguments, options),
        Verb::ExportLedger(options) => export::export(arguments, options),
        Verb::Close(options) => closing::close(arguments, options),
        Verb::Statement(options) => closing::statement(options),
        Verb::ImportVenues(options) => venues::import(arguments, options),
        Verb::Backup(options) => backup::backup(arguments, options),
        Verb::Restore(options) => backup::restore(arguments, options),
        Verb::AcknowledgeRestore(options) => backup::acknowledge_restore(arguments, options),
        Verb::ExportProgramme(options) => continuity::export(arguments, options),
        Verb::TakeOver(options) => continuity::take_over(arguments, options),
        Verb::Erase(options) => erase::run(arguments, options),
        Verb::Demo(options) => demo::demo(arguments, options, listen),
    }
}
