//! Settings from a file: the same names as the flags, which win over the environment, which wins
//! over the file. No setting is read elsewhere.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use clap::{Command, CommandFactory as _, FromArgMatches as _};

use super::{arguments::Arguments, output::Failure};

/// The flags that a file may set: those of a running service.
const SETTINGS: [&str; 20] = [
    "database",
    "keys",
    "passphrase-file",
    "host",
    "listen",
    "workers",
    "behind-proxy",
    "second-factor",
    "address-rate",
    "account-rate",
    "log",
    "log-format",
    "smtp-url",
    "smtp-password-file",
    "smtp-ca-file",
    "mail-from",
    "mail-reply-to",
    "sms-url",
    "sms-token-file",
    "json",
];
const VARIABLE: &str = "PASS_NUMERIQUE_CONFIG";

/// The command line, with the file's settings as defaults.
///
/// # Errors
/// What is wrong with the file, and where. Wrong usage ends the process with code 2.
pub fn arguments(given: &[OsString]) -> Result<Arguments, Failure> {
    let mut command = Arguments::command();
    if let Some(path) = file(given) {
        command = with_defaults(command, &read(&path)?);
    }
    let matches = command.get_matches_from(given);
    Arguments::from_arg_matches(&matches).map_err(|cause| Failure::Told(cause.to_string()))
}

/// The file that `--config` or the environment names.
#[expect(clippy::disallowed_methods, reason = "the file is known before the flags are read")]
fn file(given: &[OsString]) -> Option<PathBuf> {
    let mut words = given.iter().filter_map(|word| word.to_str());
    while let Some(word) = words.next() {
        if word == "--config" {
            return words.next().map(PathBuf::from);
        }
        if let Some(path) = word.strip_prefix("--config=") {
            return Some(PathBuf::from(path));
        }
    }
    std::env::var_os(VARIABLE).map(PathBuf::from)
}

fn read(path: &Path) -> Result<Vec<(&'static str, String)>, Failure> {
    let told = |what: String| Failure::Told(format!("{}: {what}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|cause| told(cause.to_string()))?;
    let table: toml::Table =
        text.parse().map_err(|cause: toml::de::Error| told(cause.to_string()))?;
    let mut settings = Vec::new();
    for (key, value) in table {
        let Some(name) = SETTINGS.iter().find(|name| **name == key) else {
            let known = SETTINGS.join(", ");
            return Err(told(format!("unknown setting {key:?}; there are {known}")));
        };
        let value = match value {
            toml::Value::String(text) => text,
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(set) => set.to_string(),
            _ => return Err(told(format!("{key} must be a text, a number, true or false"))),
        };
        settings.push((*name, value));
    }
    Ok(settings)
}

/// Every subcommand takes the settings that it knows as defaults.
fn with_defaults(command: Command, settings: &[(&'static str, String)]) -> Command {
    command.mut_subcommands(|mut verb| {
        for (name, value) in settings {
            let known = verb.get_arguments().any(|argument| argument.get_long() == Some(name));
            if known {
                let id = name.replace('-', "_");
                let value = value.clone();
                verb = verb.mut_arg(id, |argument| argument.required(false).default_value(value));
            }
        }
        verb
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::Verb;

    fn parsed(file: &str, words: &[&str]) -> Result<Arguments, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, file).unwrap();
        let settings = read(&path).map_err(|failure| failure.to_string())?;
        let command = with_defaults(Arguments::command(), &settings);
        let matches = command.try_get_matches_from(words).map_err(|cause| cause.to_string())?;
        Ok(Arguments::from_arg_matches(&matches).unwrap())
    }

    #[test]
    fn flags_win_over_the_file_and_the_file_over_defaults() {
        let file = "database = \"sqlite:a\"\nkeys = \"k\"\nlisten = \"127.0.0.1:1\"\nworkers = 3";
        let Verb::Serve(options) = parsed(file, &["x", "serve", "--workers", "4"]).unwrap().verb
        else {
            panic!()
        };
        assert_eq!((options.listen.port(), options.workers), (1, 4));
        assert_eq!(format!("{:?}", options.service.database.database), "sqlite:a");
    }

    #[test]
    fn an_unknown_or_wrong_setting_is_told_by_name() {
        let unknown = parsed("colour = 1", &["x", "serve"]).err().unwrap();
        assert!(unknown.contains("unknown setting \"colour\"; there are database"), "{unknown}");
        let file = "database = \"mysql:x\"\nkeys = \"k\"";
        let wrong = parsed(file, &["x", "serve"]).err().unwrap();
        assert!(wrong.contains("unknown database"), "{wrong}");
        let list = parsed("keys = []", &["x", "serve"]).err().unwrap();
        assert!(list.contains("keys must be a text"), "{list}");
        assert!(parsed("keys = ", &["x", "serve"]).err().unwrap().contains("line 1"));
    }
}
