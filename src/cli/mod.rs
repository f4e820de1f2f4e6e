//! The command line: one command a file, and the exit codes.
//! No rules and no SQL: commands call `app`.

mod arguments;
mod check;
mod demo;
mod key;
mod ledger;
mod output;
mod venues;
mod voucher;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Verb};
use output::Failure;

/// Runs the command line. Exit codes: 0 done, 1 a fault, 2 wrong usage, 3 refused,
/// 4 the audit found differences.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(arguments.json),
    }
}

fn dispatch(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.verb {
        Verb::Migrate(options) => check::migrate(arguments, options),
        Verb::Keygen(options) => check::keygen(arguments, options),
        Verb::Audit(options) => check::audit(arguments, options),
        Verb::Key(verb) => key::key(arguments, verb),
        Verb::Issue(options) => voucher::issue(arguments, options),
        Verb::Verify(options) => voucher::verify(arguments, options),
        Verb::Redeem(options) => voucher::redeem(arguments, options),
        Verb::Report(options) => ledger::report(arguments, options),
        Verb::ImportVenues(options) => venues::import(arguments, options),
        Verb::Demo(options) => demo::demo(arguments, options),
    }
}
