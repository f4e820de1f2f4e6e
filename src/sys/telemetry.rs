//! Where log lines go: standard error, as text for people or JSON for collectors.
//! No line is written here; bodies, tokens and voucher texts are never given to it.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, fmt};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    #[default]
    Text,
    Json,
}

/// Starts logging; `filter` is a level, or levels by target (`info,access=warn`).
///
/// # Errors
/// If the filter cannot be read, or logging was started before.
pub fn start(format: LogFormat, filter: &str) -> Result<(), String> {
    let filter = EnvFilter::try_new(filter).map_err(|cause| format!("log filter: {cause}"))?;
    // Colours are for terminals: a collector would keep their codes.
    let colours = std::io::stderr().is_terminal();
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours);
    let started = match format {
        LogFormat::Text => lines.try_init(),
        LogFormat::Json => lines.json().try_init(),
    };
    started.map_err(|cause| cause.to_string())
}
