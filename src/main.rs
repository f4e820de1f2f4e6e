//! The entry: hands the command line to `cli` and its answer to the shell.
//! Nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    pass_numerique::cli::run()
}
