//! `scan`: a device without a browser, which takes workshops with and without network.
//! No rules: `app::scanning` has them. Codes come by standard input or images, never as arguments.

use std::{
    io::{BufRead as _, Read as _},
    path::PathBuf,
};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::{
    arguments::Arguments,
    output::{Failure, say},
    voucher::scanned,
};
use crate::{
    app::scanning::{Device, DeviceFault, Settled, Synced, Taken},
    domain::{
        command::Delivery,
        ids::{UserId, VenueId},
        refusal::Facts,
        scanner::{Judged, Scan, Scanner, Told},
        service::Service,
    },
    sys::{
        clock::Clock,
        enrolment_link::{BadLink, EnrolmentLink},
        service_client::NoAnswer,
    },
    words::{Fact, Language, Words},
};

/// The longest line that is read, in bytes: what is longer is no code.
const LONGEST_LINE: u64 = 4_096;

#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ScanOptions {
    #[command(subcommand)]
    verb: Option<ScanVerb>,
    #[command(flatten)]
    device: DeviceOptions,
    #[command(flatten)]
    take: Take,
}

#[derive(Args)]
struct DeviceOptions {
    /// The folder of this device: its key, and what it keeps
    #[arg(
        long,
        global = true,
        env = "PASS_NUMERIQUE_DEVICE",
        hide_env_values = true,
        default_value = "var/device"
    )]
    folder: PathBuf,
    /// fr or en
    #[arg(
        long,
        global = true,
        env = "PASS_NUMERIQUE_LANGUAGE",
        hide_env_values = true,
        value_parser = language,
        default_value = "fr"
    )]
    language: Language,
}

#[derive(Subcommand)]
enum ScanVerb {
    /// Enrol this device by the link that its supervisor was shown
    Enrol {
        /// <https://HOST/scan#enrol=NUMBER.TOKEN>; `-` reads it from standard input
        link: String,
    },
    /// Hand over what was recorded, and fetch what is new
    Sync,
    /// Show what the device knows and what waits on it
    State,
}

/// How workshops are taken. Without images, each line of standard input is a code.
#[derive(Args)]
struct Take {
    /// Where; may be left out by a device of one venue
    #[arg(long)]
    venue: Option<VenueId>,
    /// Workshops of each pass
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=10))]
    workshops: u8,
    /// Who takes the workshop
    #[arg(long)]
    person: Option<UserId>,
    /// The service that was delivered, such as `everyday_tools`
    #[arg(long)]
    service: Option<Service>,
    /// Whether several people took part
    #[arg(long)]
    group: Option<bool>,
    #[arg(long)]
    minutes: Option<u16>,
    /// Record everything, and ask the service for nothing
    #[arg(long)]
    offline: bool,
    /// A PNG file with the QR, or a file with the text; repeat for several
    #[arg(long)]
    image: Vec<PathBuf>,
}

fn language(code: &str) -> Result<Language, String> {
    Language::of_code(code).ok_or_else(|| "expected fr or en".to_owned())
}

/// What a command says, in its language or in JSON.
struct Says {
    json: bool,
    language: Language,
    words: Words,
}

impl From<DeviceFault> for Failure {
    fn from(fault: DeviceFault) -> Self {
        match fault {
            DeviceFault::NoAnswer(NoAnswer::Refused { detail, .. }) => Self::Denied(detail),
            other => Self::Told(other.to_string()),
        }
    }
}

pub fn scan(arguments: &Arguments, options: &ScanOptions) -> Result<(), Failure> {
    let DeviceOptions { folder, language } = &options.device;
    let says = Says { json: arguments.json, language: *language, words: Words::new() };
    let open = || Device::open(folder, language.code(), Clock::system());
    match &options.verb {
        Some(ScanVerb::Enrol { link }) => enrol(&says, folder, link),
        Some(ScanVerb::Sync) => {
            let synced = open()?.sync()?;
            says.synced(&synced)?;
            looked_at(&synced)
        }
        Some(ScanVerb::State) => says.state(open()?.scanner()),
        None => take(&says, open()?, &options.take),
    }
}

fn enrol(says: &Says, folder: &std::path::Path, link: &str) -> Result<(), Failure> {
    let mut typed = String::new();
    if link == "-" {
        std::io::stdin().take(LONGEST_LINE).read_to_string(&mut typed)?;
    }
    let link = if link == "-" { typed.as_str() } else { link };
    let link: EnrolmentLink =
        link.parse().map_err(|bad: BadLink| Failure::Told(bad.to_string()))?;
    let clock = Clock::system();
    let (mut device, own) = Device::enrol(folder, &link, says.language.code(), clock)?;
    let line = says.line("scan-enrolled", &[("device", own.name.as_str().into())]);
    let venues: Vec<_> = own.venues.iter().map(|venue| venue.id).collect();
    let told = json!({ "device": own.device, "name": own.name, "venues": venues });
    say(says.json, &line, &told)?;
    let synced = device.sync()?;
    says.trouble(&synced)
}

fn take(says: &Says, mut device: Device, options: &Take) -> Result<(), Failure> {
    let venue = venue(device.scanner(), options.venue)?;
    if options.offline {
        device.stay_away();
    }
    for settled in device.settle()? {
        says.settled(&settled)?;
    }
    if !options.offline {
        meet(says, &mut device)?;
    }
    let Take { workshops, person, service, group, minutes, .. } = *options;
    let delivery = Delivery { service, group, minutes };
    let (mut scans, mut refused) = (0, 0);
    let mut one = |code: String| -> Result<(), Failure> {
        let scan = Scan { code, venue, person, workshops, delivery };
        let taken = device.take(scan)?;
        scans += 1;
        refused += usize::from(matches!(taken, Taken::Refused { .. }));
        let verdicts = device.news();
        if !verdicts.is_empty() {
            says.synced(&Synced { verdicts, ..Synced::default() })?;
        }
        says.taken(&taken, device.is_fresh())?;
        // The service is back.
        if matches!(taken, Taken::Counted(_)) && device.scanner().has_news() {
            meet(says, &mut device)?;
        }
        Ok(())
    };
    if options.image.is_empty() {
        let mut lines = std::io::stdin().lock();
        while let Some(code) = line(&mut lines)? {
            if !code.is_empty() {
                one(code)?;
            }
        }
    } else {
        for path in &options.image {
            one(scanned(path)?)?;
        }
    }
    match refused {
        0 => Ok(()),
        refused => Err(Failure::RefusedScans { refused, of: scans }),
    }
}

/// Meets the service if it is there; without it scanning goes on.
fn meet(says: &Says, device: &mut Device) -> Result<(), Failure> {
    match device.sync() {
        Ok(synced) => {
            for settled in &synced.settled {
                says.settled(settled)?;
            }
            if synced.verdicts.is_empty() { says.trouble(&synced) } else { says.synced(&synced) }
        }
        // What it refuses is told.
        Err(fault @ DeviceFault::NoAnswer(NoAnswer::Refused { .. })) => Err(fault.into()),
        Err(DeviceFault::NoAnswer(_)) => {
            device.pause();
            Ok(())
        }
        Err(fault) => Err(fault.into()),
    }
}

fn venue(scanner: &Scanner, wanted: Option<VenueId>) -> Result<VenueId, Failure> {
    let venues = &scanner.places.venues;
    let list = || -> String {
        venues.iter().map(|(id, name)| format!("\n  {id}  {name}")).collect::<String>()
    };
    match (wanted, venues.keys().next(), venues.len()) {
        (Some(venue), _, _) if venues.contains_key(&venue) => Ok(venue),
        (None, Some(venue), 1) => Ok(*venue),
        (Some(venue), _, _) => {
            Err(Failure::Told(format!("the device does not serve venue {venue}, but{}", list())))
        }
        (None, _, _) => Err(Failure::Told(format!("choose one with --venue:{}", list()))),
    }
}

/// The next line without its end; `None` after the last. What is too long is cut, and no code.
fn line(from: &mut impl std::io::BufRead) -> Result<Option<String>, Failure> {
    let mut bytes = Vec::new();
    if from.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') {
        from.skip_until(b'\n')?;
    }
    Ok(Some(String::from_utf8_lossy(&bytes).trim().to_owned()))
}

/// What the service did not take, somebody must look at.
fn looked_at(synced: &Synced) -> Result<(), Failure> {
    match synced.verdicts.iter().filter(|told| !told.kept).count() {
        0 => Ok(()),
        refused => Err(Failure::RefusedScans { refused, of: synced.verdicts.len() }),
    }
}

impl Says {
    fn line(&self, key: &str, facts: &[(&str, Fact)]) -> String {
        self.words.say(self.language, key, facts)
    }

    /// The sentence of a refusal that the device gave itself.
    fn sentence(&self, reason: &str, facts: &Facts) -> String {
        let day = facts.day.map(|day| day.to_string()).unwrap_or_default();
        let field = facts.field.clone().unwrap_or_default();
        let facts = [
            ("left", Fact::Count(facts.left.map_or(-1, i64::from))),
            ("day", Fact::Text(day)),
            ("at", Fact::Text(facts.at.map(|at| at.to_string()).unwrap_or_default())),
            ("limit", Fact::Count(facts.limit.unwrap_or(-1))),
            ("field", Fact::Text(field)),
        ];
        self.line(reason, &facts)
    }

    fn taken(&self, taken: &Taken, fresh: bool) -> Result<(), Failure> {
        let (line, told) = self.tells(taken, fresh);
        say(self.json, &line, &told)
    }

    fn tells(&self, taken: &Taken, fresh: bool) -> (String, Value) {
        let left = |left: u8| ("left", Fact::Count(left.into()));
        match taken {
            Taken::Counted(receipt) => {
                let day = ("day", Fact::Text(receipt.last_day.to_string()));
                let line = self.line("scan-counted", &[left(receipt.left), day]);
                let told = json!({
                    "result": "counted", "seq": receipt.seq, "voucher": receipt.voucher,
                    "workshops": receipt.workshops, "left": receipt.left,
                    "last_day": receipt.last_day, "earned_cents": receipt.earned_cents,
                });
                (line, told)
            }
            Taken::Recorded(Judged::Accepted { voucher, left: rest, last_day }) => {
                let key = if fresh { "scan-recorded" } else { "scan-recorded-old" };
                let day = ("day", Fact::Text(last_day.to_string()));
                let told = json!({
                    "result": "recorded", "voucher": voucher, "left": rest,
                    "last_day": last_day, "fresh": fresh,
                });
                (self.line(key, &[left(*rest), day]), told)
            }
            Taken::Recorded(Judged::Claim) => {
                (self.line("scan-claimed", &[]), json!({ "result": "claimed" }))
            }
            Taken::Refused { reason, facts, detail } => {
                let why = detail.clone().unwrap_or_else(|| self.sentence(reason, facts));
                let told = json!({
                    "result": "refused", "reason": reason, "facts": facts, "detail": why,
                });
                (self.line("scan-refused", &[("why", why.into())]), told)
            }
            Taken::Unclear(refusal) => {
                let why = self.sentence(refusal.reason.code(), &refusal.facts);
                let told = json!({ "result": "unclear", "reason": refusal.reason });
                (self.line("scan-unclear", &[("why", why.into())]), told)
            }
        }
    }

    fn settled(&self, settled: &Settled) -> Result<(), Failure> {
        let (line, told) = self.tells(&settled.taken, true);
        let line = self.line("scan-settled", &[("what", line.into())]);
        say(self.json, &line, &json!({ "settled": told }))
    }

    fn synced(&self, synced: &Synced) -> Result<(), Failure> {
        let count = |wanted: fn(&Told) -> bool| {
            let found = synced.verdicts.iter().filter(|told| wanted(told)).count();
            i64::try_from(found).unwrap_or(i64::MAX)
        };
        let counted = count(|told| told.kept && told.counted.is_some());
        let refused = count(|told| told.kept && told.verdict == "refused");
        let look = count(|told| !told.kept);
        let facts = [
            ("counted", Fact::Count(counted)),
            ("refused", Fact::Count(refused)),
            ("waiting", Fact::Count(count(|_| true) - counted - refused - look)),
            ("problems", Fact::Count(look)),
        ];
        let key_set = synced.bad_key_set.as_ref().map(ToString::to_string);
        let told = json!({
            "verdicts": synced.verdicts, "key_set": key_set, "feed_refused": synced.bad_feed,
        });
        say(self.json, &self.line("scan-synced", &facts), &told)?;
        if self.json { Ok(()) } else { self.trouble(synced) }
    }

    /// What an operator must look at, where all else is well.
    fn trouble(&self, synced: &Synced) -> Result<(), Failure> {
        if let Some(bad) = &synced.bad_key_set {
            let line = self.line("scan-bad-keys", &[("why", bad.to_string().into())]);
            say(self.json, &line, &json!({ "key_set": bad.to_string() }))?;
        }
        if synced.bad_feed {
            say(self.json, &self.line("scan-bad-feed", &[]), &json!({ "feed_refused": true }))?;
        }
        Ok(())
    }

    fn state(&self, scanner: &Scanner) -> Result<(), Failure> {
        let knowledge = scanner.knowledge();
        let problems: Vec<&str> =
            scanner.waiting().values().filter_map(|one| one.problem.as_deref()).collect();
        let told = json!({
            "device": scanner.identity.device, "service": scanner.identity.service,
            "revoked": scanner.revoked, "venues": scanner.places.venues,
            "recorded": scanner.head().sequence, "waiting": scanner.waiting().len(),
            "problems": problems, "unsettled": scanner.attempts().len(),
            "feed_until": knowledge.until(), "feed_at": knowledge.at(),
            "vouchers": knowledge.vouchers(), "keys_expire_at": scanner.keys_expire_at(),
            "fates": scanner.fates(),
        });
        let size = |count: usize| Fact::Count(i64::try_from(count).unwrap_or(i64::MAX));
        let none = || self.line("scan-never", &[]);
        let feed_at = knowledge.at().map_or_else(none, |at| at.to_string());
        let keys = scanner.keys_expire_at().map_or_else(none, |at| at.to_string());
        let facts = [
            ("device", Fact::Text(scanner.identity.device.to_string())),
            ("service", Fact::Text(scanner.identity.service.clone())),
            ("recorded", Fact::Count(scanner.head().sequence.into())),
            ("waiting", size(scanner.waiting().len())),
            ("problems", size(problems.len())),
            ("unsettled", size(scanner.attempts().len())),
            ("vouchers", size(knowledge.vouchers())),
            ("feed", Fact::Text(feed_at)),
            ("keys", Fact::Text(keys)),
        ];
        let key = if scanner.revoked { "scan-state-revoked" } else { "scan-state" };
        say(self.json, &self.line(key, &facts), &told)
    }
}
