//! `issue`, `verify`, `redeem`: one voucher from the command line.
//! Its text is read from files, since arguments are seen by every user of the machine.

use std::{io::Read as _, path::Path};

use super::{
    arguments::{Arguments, Issue, KeysOption, Redeem},
    check::{passphrase, service},
    output::{Failure, print, say},
    venues::progress,
};
use crate::{
    app::{asking::accepted, service::Service},
    domain::{
        batch::BatchOpened,
        command::{Ask, Command, Delivery, Outcome, Redeem as Order, Request, Scope},
        voucher::text,
    },
    print::qr::{Medium, decode_png},
    sys::secrets,
};

const LARGEST_FILE: u64 = 16 * 1024 * 1024;

pub fn issue(arguments: &Arguments, options: &Issue) -> Result<(), Failure> {
    let service = service(&options.service)?;
    if let Some(count) = options.count {
        return issue_batch(arguments, options, service, count);
    }
    let outcome = service.drawn(|draft| {
        let ask = Ask::Issue {
            programme: options.programme,
            issuer: options.issuer,
            workshops: options.workshops,
            stock: options.stock,
            draft,
        };
        service.ask_anew(options.agent, ask)
    })?;
    let Outcome::Issued { seq, voucher } = accepted(outcome.outcome).map_err(Failure::Refused)?
    else {
        return Err(Failure::Told("the voucher was not issued".to_owned()));
    };
    let paper = service.paper(voucher)?;
    if let Some(path) = &options.png {
        let png = paper.qr(Medium::Paper { side_mm: 55 })?.png(8)?;
        std::fs::write(path, png)?;
    }
    let line = format!(
        "issued {} workshops until {}\nreference    {}\nmanual code  {}\n{}",
        paper.left, paper.last_day, paper.reference, paper.manual_code, paper.url
    );
    let told = serde_json::json!({
        "seq": seq, "voucher": voucher, "workshops": paper.left, "last_day": paper.last_day,
        "reference": paper.reference, "manual_code": paper.manual_code, "url": paper.url,
    });
    say(arguments.json, &line, &told)?;
    if !arguments.json {
        print(&terminal(&service, voucher)?)?;
    }
    service.stop();
    Ok(())
}

/// A batch that is broken off is gone on with by the service, or by the next batch.
fn issue_batch(
    arguments: &Arguments,
    options: &Issue,
    service: Service,
    count: u32,
) -> Result<(), Failure> {
    let (issuer, workshops, stock) = (options.issuer, options.workshops, options.stock);
    let opened = BatchOpened { issuer, workshops, count, stock };
    let ask = Ask::OpenBatch { programme: options.programme, opened };
    let outcome = accepted(service.ask_as(options.agent, ask)?).map_err(Failure::Refused)?;
    let Outcome::Added { seq, .. } = outcome else {
        return Err(Failure::Told("the batch was not opened".to_owned()));
    };
    let bar = progress("vouchers");
    service.mint_batch(seq, &|done, of| {
        bar.set_length(of.into());
        bar.set_position(done.into());
    })?;
    bar.finish_and_clear();
    let line = format!("batch {seq}: {count} vouchers of {workshops} workshops");
    say(arguments.json, &line, &serde_json::json!({ "batch": seq, "vouchers": count }))?;
    service.stop();
    Ok(())
}

/// The QR in half blocks, dark on light, for a camera before a terminal.
pub fn terminal(
    service: &Service,
    voucher: crate::domain::ids::VoucherId,
) -> Result<String, Failure> {
    let qr = service.paper(voucher)?.qr(Medium::Screen)?;
    let dark = |x: u32, y: u32| y < qr.side() && qr.is_dark(x, y);
    let mut drawn = String::new();
    for y in (0..qr.side()).step_by(2) {
        drawn.push_str("\x1b[30;107m");
        for x in 0..qr.side() {
            drawn.push(match (dark(x, y), dark(x, y + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        drawn.push_str("\x1b[0m\n");
    }
    Ok(drawn)
}

/// Checks a voucher with the keys of a folder.
pub fn verify(arguments: &Arguments, keys: &KeysOption, scanned: &str) -> Result<(), Failure> {
    let secrets = secrets::load(&keys.keys, passphrase(keys)?.as_ref())?;
    let refused = |reason: &str| Failure::Told(format!("not a genuine voucher: {reason}"));
    let signed = text::read(scanned).map_err(|cause| refused(cause.code()))?;
    let ring = secrets.ring()?;
    let (payload, _) = ring.verify(&signed).map_err(|cause| refused(cause.code()))?;
    let line = format!(
        "genuine: {} workshops of programme {}, {} to {}, key {}",
        payload.workshops, payload.programme, payload.first_day, payload.last_day, payload.kid
    );
    let told = serde_json::json!({
        "genuine": true, "workshops": payload.workshops, "programme": payload.programme,
        "first_day": payload.first_day, "last_day": payload.last_day,
        "key": payload.kid.to_string(),
    });
    say(arguments.json, &line, &told)
}

pub fn redeem(arguments: &Arguments, options: &Redeem) -> Result<(), Failure> {
    let service = service(&options.service)?;
    let shown = service.read_code(&scanned(&options.file)?)?;
    let Some(organisation) = service.payee(options.venue)? else {
        return Err(Failure::Told(format!("there is no venue {}", options.venue)));
    };
    let id = options.id.unwrap_or_else(|| service.new_request_id());
    let now = service.clock.now();
    let order = Order {
        organisation,
        venue: options.venue,
        shown,
        workshops: options.workshops,
        delivery: Delivery::default(),
        occurred_at: now,
        dry_run: options.dry_run,
    };
    let hash = service.redemption_hash(&order);
    let request = Request { scope: Scope::Organisation(organisation), id, hash };
    let ask = Ask::Redeem(order);
    let answer = service.ask(Command { request, actor: None, device: None, now, ask })?;
    let Outcome::Redeemed(redemption) = accepted(answer.outcome).map_err(Failure::Refused)? else {
        return Err(Failure::Told("the voucher was not redeemed".to_owned()));
    };
    let line = format!(
        "{}: {} taken, {} left, valid until {}",
        if options.dry_run {
            "would be accepted"
        } else if answer.reversed {
            "reversed since"
        } else if answer.replayed {
            "accepted before"
        } else {
            "accepted"
        },
        redemption.workshops,
        redemption.left,
        redemption.last_day
    );
    let told = serde_json::json!({
        "id": id, "redemption": redemption, "replayed": answer.replayed,
        "reversed": answer.reversed,
    });
    say(arguments.json, &line, &told)?;
    service.stop();
    Ok(())
}

/// The text of a file, or of the QR in a PNG file.
pub fn scanned(path: &Path) -> Result<String, Failure> {
    let told = |cause: std::io::Error| Failure::Told(format!("{}: {cause}", path.display()));
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(LARGEST_FILE).read_to_end(&mut bytes)?;
    } else {
        let file = std::fs::File::open(path).map_err(told)?;
        file.take(LARGEST_FILE).read_to_end(&mut bytes).map_err(told)?;
    }
    if bytes.starts_with(b"\x89PNG") {
        return Ok(decode_png(&bytes)?);
    }
    String::from_utf8(bytes)
        .map(|text| text.trim().to_owned())
        .map_err(|_| Failure::Told(format!("{}: is neither a PNG nor text", path.display())))
}
