//! `demo`: makes the demonstration, says whom to log in as and what to try, and serves it.
//! No history here: `app/demo.rs` makes it.

use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

use super::{
    arguments::{Arguments, Demo},
    output::{Failure, print, say},
    serve::{Listen, Network},
    venues::progress,
    voucher::terminal,
};
use crate::{
    app::{
        demo::{Demo as Made, begin},
        service::Service,
        view::{Database, Location},
    },
    domain::{ids::RequestId, message::Opens},
    sys::{
        clock::Clock,
        keyring, secrets,
        signer::RootKey,
        telemetry::{self, LogFormat},
    },
};

/// What is printed, kept for the next start: the passwords of a demonstration, for its owner.
const NOTES: &str = "read-me-first.txt";
/// How long the links of a demonstration last.
const LINKS_S: i64 = 90 * 86_400;
/// How long its key set is valid: as long as there is.
const SET_DAYS: u8 = 35;

pub fn demo(arguments: &Arguments, options: &Demo, listen: Listen) -> Result<(), Failure> {
    let folder = &options.folder;
    let keys = folder.join("keys");
    let database = folder.join("pass-numerique.sqlite");
    let location = Location::Sqlite(database.clone());
    if !options.listen.ip().is_loopback() {
        let advice = "its passwords are printed and its money is not real";
        return Err(Failure::Told(format!(
            "the demonstration serves this machine alone, not {}: {advice}",
            options.listen
        )));
    }
    let host = options.listen.to_string();
    let notes = folder.join(NOTES);
    if notes.exists() {
        print(&fs::read_to_string(&notes)?)?;
    } else if database.exists() {
        let advice = "an earlier attempt was not finished: remove the folder to begin again";
        return Err(Failure::Told(format!("{}: {advice}", folder.display())));
    } else {
        make(arguments, options, &location, &keys, &host)?;
    }
    if options.no_serve {
        return Ok(());
    }
    telemetry::start(LogFormat::Text, "warn").map_err(Failure::Told)?;
    let service = Service::start(&location, &keys, None, &host, Clock::system())?;
    print(&format!("\nServing http://{host} until Ctrl-C\n"))?;
    let (address, rates) = (options.listen, (1_000, 1_000));
    // Who tries it out has many log-ins and one telephone, if any.
    let second_factor_required = false;
    let network =
        Network { listen, address, workers: 0, behind_proxy: false, second_factor_required, rates };
    network.serve(service, &keys, None, host, None)
}

fn make(
    arguments: &Arguments,
    options: &Demo,
    location: &Location,
    keys: &Path,
    host: &str,
) -> Result<(), Failure> {
    fs::create_dir_all(&options.folder)?;
    secrets::keygen(keys, None)?;
    Database::migrate(location)?;
    let today = Clock::system().now();
    let clock = Clock::fixed(begin(today));
    let service = Service::start(location, keys, None, host, clock)?;
    let bar = progress("demo");
    let demo = service.demo(today, &|what, done, of| {
        bar.set_message(what.to_owned());
        bar.set_length(of);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    publish(&service, &options.folder)?;
    let text = told(&service, &demo, options, host)?;
    let mut notes = fs::OpenOptions::new();
    let path = options.folder.join(NOTES);
    let mut notes = notes.write(true).create_new(true).mode(0o600).open(path)?;
    notes.write_all(text.as_bytes())?;
    let logins: Vec<_> = demo.logins.iter().map(|login| (login.role, &login.email)).collect();
    say(
        arguments.json,
        text.trim_end(),
        &serde_json::json!({
            "venues": demo.venues, "vouchers": demo.vouchers, "redemptions": demo.redemptions,
            "logins": logins, "venue": demo.venue,
        }),
    )?;
    service.stop();
    Ok(())
}

/// Scanners that work without network need a key set, and a key set its root key.
fn publish(service: &Service, folder: &Path) -> Result<(), Failure> {
    let folder = folder.join("root");
    fs::create_dir_all(&folder)?;
    let (path, _) = secrets::new_key(&folder, None)?;
    let root = keyring::load(&path, None).map_err(secrets::SecretsError::from)?;
    let set = service.publish_keys(None, &RootKey::new(root), SET_DAYS, false)?;
    set.map(|_| ()).map_err(Failure::Refused)
}

fn told(service: &Service, demo: &Made, options: &Demo, host: &str) -> Result<String, Failure> {
    let paper = service.paper(demo.fresh)?;
    let mut text = format!(
        "{} venues imported, {} vouchers issued, {} workshops redeemed\n\nWho may log in:\n",
        demo.venues, demo.vouchers, demo.redemptions
    );
    for login in &demo.logins {
        text.push_str(&format!("  {:<11} {:<30} {}\n", login.role, login.email, login.password));
    }
    text.push_str(&format!(
        "\nA voucher to try, at venue {}: manual code {}\n{}",
        demo.venue,
        paper.manual_code,
        terminal(service, demo.fresh)?
    ));
    text.push_str(&format!("\nIts holder, on a telephone:\n{}", links(service, demo, host)?));
    let program = std::env::args().next().unwrap_or_else(|| "pass-numerique".to_owned());
    let shown = options.folder.join("pass-numerique.sqlite");
    let shown = shown.display();
    text.push_str(&format!(
        "\nOver HTTP (API: http://{host}/docs), as the venue's scanner:\n{}\n\
         Beside the service:\n  {program} report --database sqlite:{shown} --by funder\n  \
         {program} audit --database sqlite:{shown}\n",
        session(demo, host, &paper.manual_code, service.new_request_id())
    ));
    Ok(text)
}

/// What messages about the voucher would lead to: the demonstration sends none.
fn links(service: &Service, demo: &Made, host: &str) -> Result<String, Failure> {
    let until = service.clock.now().plus_seconds(LINKS_S);
    let link = |opens| service.new_short_link(opens, demo.fresh, until);
    Ok(format!(
        "  from a short message   http://{host}/s/{}\n  \
         no more reminders      http://{host}/stop/{}\n",
        link(Opens::Pass)?,
        link(Opens::Stop)?
    ))
}

/// A redemption by curl, as it can be pasted; its id is drawn here, so pasting it twice shows that
/// it counts once.
fn session(demo: &Made, host: &str, code: &str, id: RequestId) -> String {
    let scanner = demo.logins.iter().find(|login| login.role == "scanner");
    let (email, password) =
        scanner.map_or(("", ""), |login| (login.email.as_str(), login.password.as_str()));
    let json = "-H 'Content-Type: application/json'";
    let login = serde_json::json!({ "email": email, "password": password });
    let scan = serde_json::json!({
        "id": id, "venue": demo.venue, "code": code, "workshops": 1,
    });
    let pick = r#"sed 's/.*access_token":"\([^"]*\).*/\1/'"#;
    format!(
        "  TOKEN=$(curl -s http://{host}/v1/auth/login {json} \\\n    -d '{login}' | {pick})\n  \
         curl -s http://{host}/v1/redemptions -H \"Authorization: Bearer $TOKEN\" \\\n    \
         {json} -d '{scan}'\n"
    )
}
