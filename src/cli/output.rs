//! What a command prints, and how it fails: sentences for people, JSON for programs.
//! The only place that writes to the terminal.

use std::{io::Write as _, process::ExitCode};

use serde::Serialize;

use crate::{app::service::Fault, domain::refusal::Refusal};

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("refused: {}", .0.reason)]
    Refused(Refusal),
    /// In words instead of a reason: those of a service that this program asks, too.
    #[error("refused: {0}")]
    Denied(String),
    #[error("{refused} of {of} refused")]
    RefusedScans { refused: usize, of: usize },
    #[error("{0}")]
    Told(String),
    #[error("{0} differences between the data and its events")]
    Differences(usize),
}

macro_rules! from_fault {
    ($($source:ty),+) => {$(
        impl From<$source> for Failure {
            fn from(cause: $source) -> Self {
                Self::Fault(cause.into())
            }
        }
    )+};
}

from_fault!(
    crate::app::view::OpenError,
    crate::sys::secrets::SecretsError,
    crate::print::qr::QrFailure
);

impl From<std::io::Error> for Failure {
    fn from(cause: std::io::Error) -> Self {
        Self::Told(cause.to_string())
    }
}

impl Failure {
    /// Says what went wrong, and gives the exit code.
    pub fn report(&self, json: bool) -> ExitCode {
        let mut err = std::io::stderr().lock();
        let (code, refusal) = match self {
            Self::Refused(refusal) => (3, Some(refusal)),
            Self::Fault(Fault::Refused(_)) | Self::Denied(_) | Self::RefusedScans { .. } => {
                (3, None)
            }
            Self::Differences(_) => (4, None),
            Self::Fault(_) | Self::Told(_) => (1, None),
        };
        // A closed terminal is no reason for another failure.
        let written = if json {
            let facts = refusal.map(|refusal| &refusal.facts);
            let told = serde_json::json!({ "error": self.to_string(), "facts": facts });
            writeln!(err, "{told}")
        } else {
            match refusal.and_then(|refusal| serde_json::to_string(&refusal.facts).ok()) {
                Some(facts) if facts != "{}" => writeln!(err, "{self} {facts}"),
                _ => writeln!(err, "{self}"),
            }
        };
        drop(written);
        ExitCode::from(code)
    }
}

/// Prints a line for people, or a value for programs.
pub fn say(json: bool, line: &str, value: &impl Serialize) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if json {
        let text =
            serde_json::to_string(value).map_err(|cause| Failure::Told(cause.to_string()))?;
        writeln!(out, "{text}")?;
    } else {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// Prints text as it is.
pub fn print(text: &str) -> Result<(), Failure> {
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(())
}
