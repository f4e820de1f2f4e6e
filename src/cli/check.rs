//! `migrate`, `keygen`, `audit`: setting up, and checking everything.
//! No vouchers.

use super::{
    arguments::{Arguments, DatabaseOption, KeysOption, ServiceOptions},
    output::{Failure, say},
};
use crate::{
    app::{
        service::Service,
        view::{Audit, Database},
    },
    sys::{clock::Clock, keyring::Passphrase, secrets},
};

pub fn migrate(arguments: &Arguments, options: &DatabaseOption) -> Result<(), Failure> {
    let run = Database::migrate(&options.database)?;
    let line = if run.is_empty() {
        "the database is up to date".to_owned()
    } else {
        format!("migrated: {}", run.join(", "))
    };
    say(arguments.json, &line, &serde_json::json!({ "migrated": run }))
}

pub fn keygen(arguments: &Arguments, options: &KeysOption) -> Result<(), Failure> {
    let passphrase = passphrase(options)?;
    let path = secrets::keygen(&options.keys, passphrase.as_ref())?;
    let line = format!("made {}", path.display());
    say(arguments.json, &line, &serde_json::json!({ "made": path }))
}

pub fn audit(arguments: &Arguments, options: &DatabaseOption) -> Result<(), Failure> {
    let database = Database::open(&options.database)?;
    let audit = database.audit().map_err(|cause| Failure::Told(cause.to_string()))?;
    // A database that may only be read is still worth an audit.
    if let Err(cause) = database.keep_audit(&audit, Clock::system().now()) {
        tracing::warn!(%cause, "what the audit came to is not kept in the database");
    }
    told(arguments, &audit)?;
    match audit.differences.len() {
        0 => Ok(()),
        count => Err(Failure::Differences(count)),
    }
}

/// Prints what an audit found.
pub fn told(arguments: &Arguments, audit: &Audit) -> Result<(), Failure> {
    let mut line = format!(
        "{} events, {} postings, {} accounts and {} vouchers recomputed: {}",
        audit.events,
        audit.postings,
        audit.accounts,
        audit.vouchers,
        if audit.differences.is_empty() { "all agree" } else { "NOT all agree" },
    );
    for difference in &audit.differences {
        line.push_str(&format!("\n  {} {}: {}", difference.place, difference.key, difference.what));
    }
    say(arguments.json, &line, audit)
}

pub fn passphrase(options: &KeysOption) -> Result<Option<Passphrase>, Failure> {
    let told = |cause: crate::sys::keyring::KeyFileError| Failure::Told(cause.to_string());
    match &options.passphrase_file {
        Some(path) => Passphrase::from_file(path).map(Some).map_err(told),
        None => Passphrase::from_environment("PASS_NUMERIQUE_PASSPHRASE").map_err(told),
    }
}

/// Starts the service on the machine's clock.
pub fn service(options: &ServiceOptions) -> Result<Service, Failure> {
    let passphrase = passphrase(&options.keys)?;
    let (location, keys) = (&options.database.database, &options.keys.keys);
    Ok(Service::start(location, keys, passphrase.as_ref(), &options.host, Clock::system())?)
}
