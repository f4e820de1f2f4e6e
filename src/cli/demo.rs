//! `demo`: makes the demonstration, and says whom to log in as and what to try.
//! No history here: `app/demo.rs` makes it.

use super::{
    arguments::{Arguments, Demo},
    output::{Failure, say},
    venues::progress,
    voucher::terminal,
};
use crate::{
    app::{
        demo::begin,
        service::Service,
        view::{Database, Location},
    },
    sys::{clock::Clock, secrets},
};

pub fn demo(arguments: &Arguments, options: &Demo) -> Result<(), Failure> {
    let folder = &options.folder;
    let database = folder.join("pass-numerique.sqlite");
    if database.exists() {
        let advice = "remove the folder to begin again";
        return Err(Failure::Told(format!("{}: is there already: {advice}", folder.display())));
    }
    std::fs::create_dir_all(folder)?;
    let keys = folder.join("keys");
    secrets::keygen(&keys, None)?;
    let location = Location::Sqlite(database.clone());
    Database::migrate(&location)?;
    let today = Clock::system().now();
    let clock = Clock::fixed(begin(today));
    let service = Service::start(&location, &keys, None, "localhost:8080", clock)?;
    let bar = progress("demo");
    let demo = service.demo(today, &|what, done, of| {
        bar.set_message(what.to_owned());
        bar.set_length(of);
        bar.set_position(done);
    })?;
    bar.finish_and_clear();
    let paper = service.paper(demo.fresh)?;
    let mut line = format!(
        "{} venues imported, {} vouchers issued, {} workshops redeemed\n\nWho may log in:\n",
        demo.venues, demo.vouchers, demo.redemptions
    );
    for login in &demo.logins {
        line.push_str(&format!("  {:<11} {:<30} {}\n", login.role, login.email, login.password));
    }
    line.push_str(&format!(
        "\nA voucher to try, at venue {}: manual code {}\n{}",
        demo.venue,
        paper.manual_code,
        terminal(&service, demo.fresh)?
    ));
    let program = std::env::args().next().unwrap_or_else(|| "pass-numerique".to_owned());
    let (shown, keys) = (database.display(), keys.display());
    line.push_str(&format!(
        "\nTry:\n  echo {} | {program} redeem --database sqlite:{shown} --keys {keys} \
         --venue {} -\n  {program} report --database sqlite:{shown} --by funder\n  \
         {program} audit --database sqlite:{shown}",
        paper.manual_code, demo.venue
    ));
    let logins: Vec<_> = demo.logins.iter().map(|login| (login.role, &login.email)).collect();
    say(
        arguments.json,
        &line,
        &serde_json::json!({
            "venues": demo.venues, "vouchers": demo.vouchers, "redemptions": demo.redemptions,
            "logins": logins, "venue": demo.venue,
        }),
    )?;
    service.stop();
    Ok(())
}
