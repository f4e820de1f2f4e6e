//! `key`: the register of voucher keys from the command line, also while the service runs.
//! No rules: the writer decides; no private byte is printed.

use super::{
    arguments::{Arguments, DatabaseOption, ServiceOptions},
    check::{passphrase, service},
    key_arguments::{Alarms, Key, Publish, Reason},
    output::{Failure, say},
};
use crate::{
    app::{
        publish::signed_set,
        rotate::{KeyLine, KeyOrder, KeyStep, key_lines},
        service::Fault,
        tend::send_order,
        view::{Database, OpenError},
    },
    domain::{calendar::Instant, key::KeyState},
    sys::{
        clock::Clock,
        keyring::{self, Passphrase},
        signer::RootKey,
    },
};

/// Lines of alarms that are shown at most.
const MOST_ALARMS: i64 = 1_000;
const DAY_S: i64 = 86_400;

pub fn key(arguments: &Arguments, verb: &Key) -> Result<(), Failure> {
    match verb {
        Key::List(options) => list(arguments, options),
        Key::Alarms(options) => alarms(arguments, options),
        Key::Add(options) => order(arguments, options, &KeyOrder::Add),
        Key::Activate(options) => {
            let early = options.early.map(Reason::early);
            let activate = KeyOrder::Activate { kid: options.key.kid, early };
            order(arguments, &options.key.service, &activate)
        }
        Key::Retire(options) => {
            order(arguments, &options.service, &KeyOrder::Retire { kid: options.kid })
        }
        Key::Compromise(options) => {
            order(arguments, &options.service, &KeyOrder::Compromise { kid: options.kid })
        }
        Key::Rotate(options) => {
            let early = options.early.map(Reason::early);
            order(arguments, &options.service, &KeyOrder::Rotate { early })
        }
        Key::Publish(options) => publish(arguments, options),
        Key::RotateReceipts(options) => order(arguments, options, &KeyOrder::RotateReceipts),
        Key::CompromiseReceipts(options) => {
            let compromise = KeyOrder::CompromiseReceipts { key: options.key };
            order(arguments, &options.service, &compromise)
        }
    }
}

/// Carries an order out, or has the service do it that holds the database.
fn order(arguments: &Arguments, options: &ServiceOptions, order: &KeyOrder) -> Result<(), Failure> {
    let ordered = match service(options) {
        Ok(service) => {
            let ordered = service.order_keys(None, order)?;
            service.stop();
            ordered
        }
        Err(Failure::Fault(Fault::Open(OpenError::SecondWriter))) => {
            send_order(&options.keys.keys, order)?
        }
        Err(failure) => return Err(failure),
    };
    let steps = ordered.map_err(Failure::Refused)?;
    let lines: Vec<String> = steps.iter().map(sentence).collect();
    say(arguments.json, &lines.join("\n"), &serde_json::json!({ "steps": steps }))
}

fn sentence(step: &KeyStep) -> String {
    match step {
        KeyStep::Added { kid, ready_at } => format!(
            "added {kid}: pending; publish it, copy its file to every instance; ready {ready_at}"
        ),
        KeyStep::Activated { kid } => format!("activated {kid}: new vouchers are signed with it"),
        KeyStep::Retired { kid } => format!("retired {kid}: it goes on verifying"),
        KeyStep::Compromised { kid } => {
            format!("compromised {kid}: it signs nothing more; publish a set, look at `key alarms`")
        }
        KeyStep::Published { sequence, expires_at } => {
            format!("published set {sequence}, valid until {expires_at}")
        }
        KeyStep::Waiting { kid, ready_at } => format!("waiting for {kid} until {ready_at}"),
        KeyStep::Unpublished { kid } => {
            format!("{kid} is ready but scanners do not know it: `key publish` first")
        }
        KeyStep::ReceiptKeyAdded { key, signs_from } => format!(
            "added receipt key {key}: copy its file to every instance; it signs from {signs_from}"
        ),
        KeyStep::ReceiptKeyCompromised { key } => {
            format!("receipt key {key} signs nothing more: its receipts are to be fetched again")
        }
        KeyStep::Overlapping { kid, until } => {
            format!("{kid} stays active beside its successor until {until}")
        }
    }
}

fn publish(arguments: &Arguments, options: &Publish) -> Result<(), Failure> {
    let told = |cause: keyring::KeyFileError| Failure::Told(cause.to_string());
    let secret = match &options.root_passphrase_file {
        Some(path) => Some(Passphrase::from_file(path).map_err(told)?),
        None => passphrase(&options.service.keys)?,
    };
    let root = RootKey::new(keyring::load(&options.root, secret.as_ref()).map_err(told)?);
    let database = Database::open(&options.service.database.database)?;
    let (now, host) = (Clock::system().now(), &options.service.host);
    let set = signed_set(&database, &root, host, now, options.days, options.new_root)?;
    order(arguments, &options.service, &set)
}

fn list(arguments: &Arguments, options: &DatabaseOption) -> Result<(), Failure> {
    let database = Database::open(&options.database)?;
    let lines = key_lines(&database)?;
    let receipts = database.receipt_keys().map_err(Fault::from)?;
    let mut text = format!("{:<9} {:<12} {:<17} {:<17} ", "kid", "state", "added (UTC)", "until");
    text.push_str("signing days");
    for line in &lines {
        text.push_str(&row(line));
    }
    for key in &receipts {
        let state = if key.compromised_at.is_some() { "compromised" } else { "receipts" };
        text.push_str(&format!("\n{:<9} {state:<12} signs from {}", key.id, key.signs_from));
    }
    say(arguments.json, &text, &serde_json::json!({ "keys": lines, "receipt_keys": receipts }))
}

fn row(line: &KeyLine) -> String {
    let until = match line.state {
        KeyState::Pending => line.ready_at.map(|at| at.to_string()),
        KeyState::Retired => line.verifies_until.map(|day| day.to_string()),
        KeyState::Compromised => line.ended_at.map(|at| at.to_string()),
        KeyState::Active | KeyState::Test => None,
    };
    let day = |day: Option<crate::domain::calendar::Day>| {
        day.map_or_else(|| "…".to_owned(), |day| day.to_string())
    };
    format!(
        "\n{:<9} {:<12} {:<17.16} {:<17.16} {} to {}",
        line.kid.to_string(),
        line.state.code(),
        line.added_at.to_string(),
        until.unwrap_or_else(|| "–".to_owned()),
        day(line.first_day),
        day(line.last_day),
    )
}

fn alarms(arguments: &Arguments, options: &Alarms) -> Result<(), Failure> {
    let database = Database::open(&options.database.database)?;
    let since =
        options.since.map_or(Instant(0), |day| Instant(0).plus_seconds(i64::from(day.0) * DAY_S));
    let lines = database.alarms(since, MOST_ALARMS).map_err(Fault::from)?;
    let mut text = format!("{:<21} {:<9} {:>8} {:>8}", "hour", "kid", "venue", "times");
    for line in &lines {
        text.push_str(&format!(
            "\n{:<21} {:<9} {:>8} {:>8}",
            line.hour.to_string(),
            line.kid.to_string(),
            line.venue,
            line.times
        ));
    }
    say(arguments.json, &text, &serde_json::json!({ "alarms": lines }))
}
